"""Reading what repeats what 重复诉求 (rule: lifecycle/repeats.py), and keeping it on the cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from data_access.case_columns import Wanted, is_wanted
from data_access.tables import cases, sources
from data_access.types import epoch_ms, from_epoch_ms

Row = dict[str, Any]

# Whose telephone tells a caller: a worker's own stands on many reports.
CALLER_KINDS: Final = ("hotline", "public")
_COUNTED: Final = and_(cases.c.accepted_at.is_not(None), cases.c.voided_at.is_(None))


def read_accepted_span(
    connection: Connection, wanted: Wanted | None = None
) -> tuple[datetime, datetime] | None:
    """When the first and the last of the wanted cases were accepted; None where none was."""
    query = select(func.min(cases.c.accepted_at), func.max(cases.c.accepted_at)).where(_COUNTED)
    if wanted is not None:
        query = query.where(is_wanted(connection, cases.c.case_id, wanted))
    first, last = connection.execute(query).one()
    return None if first is None else (first, last)


def read_accepted_between(connection: Connection, first: datetime, last: datetime) -> list[Row]:
    """Accepted cases that are not void, accepted in [first, last], as the rule needs them."""
    return _read(connection, cases.c.accepted_at.between(first, last))


def read_accepted_cases(connection: Connection, case_ids: Sequence[int]) -> list[Row]:
    """Those of the cases that are accepted and not void, as the rule needs them."""
    return _read(connection, is_wanted(connection, cases.c.case_id, list(case_ids)))


def read_same_callers(
    connection: Connection, phones: Iterable[str], first: datetime, last: datetime
) -> list[Row]:
    """Accepted cases with one of the telephones, accepted in [first, last]."""
    return _read(
        connection,
        cases.c.reporter_phone.in_(sorted(set(phones))),
        cases.c.accepted_at.between(first, last),
    )


def read_same_place(
    connection: Connection, row: Row, first: datetime, last: datetime, degrees: tuple[float, float]
) -> list[Row]:
    """Accepted cases of the category of ``row``, accepted in [first, last], at its address or not
    further from its point than ``degrees`` of longitude and latitude."""
    places: list[ColumnElement[bool]] = []
    if row["address"]:
        places.append(cases.c.address == row["address"])
    if row["longitude"] is not None and row["latitude"] is not None:
        east, north = degrees
        places.append(
            and_(
                cases.c.longitude.between(row["longitude"] - east, row["longitude"] + east),
                cases.c.latitude.between(row["latitude"] - north, row["latitude"] + north),
            )
        )
    if not places:
        return []
    return _read(
        connection,
        cases.c.category_id == row["category_id"],
        cases.c.accepted_at.between(first, last),
        or_(*places),
    )


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[Row]:
    """Rows with instants as epoch ms; ``phone`` None where it is no caller's; ``linked_ms``: when
    the case that the row already repeats was accepted."""
    earlier = cases.alias()
    query = (
        select(
            cases.c.case_id,
            epoch_ms(cases.c.accepted_at).label("accepted_ms"),
            cases.c.category_id,
            case((sources.c.kind.in_(CALLER_KINDS), cases.c.reporter_phone)).label("phone"),
            cases.c.address,
            cases.c.longitude,
            cases.c.latitude,
            cases.c.repeat_of_case_id,
            epoch_ms(earlier.c.accepted_at).label("linked_ms"),
            epoch_ms(cases.c.repeated_at).label("repeated_ms"),
        )
        .join(sources, sources.c.source_id == cases.c.source_id)
        .outerjoin(earlier, earlier.c.case_id == cases.c.repeat_of_case_id)
        .where(_COUNTED, *conditions)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def save_repeats(
    connection: Connection,
    repeats: Mapping[int, int | None],
    repeated: Mapping[int, int | None],
) -> None:
    """case → the case it repeats, and case → epoch ms at which it was first repeated; None: none.

    Rows are written in order of their id, as every writer does.
    """
    links = [{"the_case": one, "the_value": other} for one, other in sorted(repeats.items())]
    moments = [
        {"the_case": one, "the_value": None if ms is None else from_epoch_ms(ms)}
        for one, ms in sorted(repeated.items())
    ]
    for column, values in ((cases.c.repeat_of_case_id, links), (cases.c.repeated_at, moments)):
        if values:
            connection.execute(
                update(cases)
                .where(cases.c.case_id == bindparam("the_case"))
                .values({column.name: bindparam("the_value")}),
                values,
            )
