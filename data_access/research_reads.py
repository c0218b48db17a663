"""What 研判 reads: counts by place and category, closures, reports, returns, rework, repeats.

Columns of integers as matrices (``data_access.matrix``): ids, epoch milliseconds with NULL_MS for
"has not happened", ``place`` (an area's number in depth-first order) and flags of 0 and 1. All are
of the cases below an area and in a slice; void cases count only where it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union,
    union_all,
)

from data_access.case_columns import is_wanted
from data_access.counted_rows import LIVE, is_counted_move, is_move
from data_access.frames import NULL_MS, Ints
from data_access.matrix import int_matrix
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import (
    area_paths,
    case_cycles,
    case_events,
    case_extensions,
    cases,
    sources,
)
from data_access.types import epoch_ms

Moments = tuple[datetime, datetime]
# The plus bars the index by area, which SQLite would choose before it counts any row.
_AREA: Final = literal_column("+cases.area_id", Integer)
_NULL: Final = literal(NULL_MS, BigInteger)
# Kinds of limits as numbers; the order is dashboard.clocks.LIMIT_KINDS, -1 is none.
LIMIT_KINDS: Final = ("urgent_hour", "work_hour", "work_day", "natural_day")


@dataclass(frozen=True, kw_only=True)
class Field:
    """Whose cases are looked at: an area with all below it, and a slice."""

    area: AreaRow
    chosen: Slice = EVERY_CASE

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on ``located``."""
        return and_(is_below(self.area), slice_condition(self.chosen))


def located() -> Any:
    """Cases with the path of their area."""
    return cases.join(area_paths, area_paths.c.area_id == _AREA)


def _ms(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(epoch_ms(column), _NULL)


def flag_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, literal_column("1")), else_=literal_column("0"))


def inside(column: ColumnElement[Any], moments: Moments) -> ColumnElement[bool]:
    return and_(column >= moments[0], column < moments[1])


def read_arrivals(connection: Connection, field: Field, days: Sequence[Moments]) -> Ints:
    """Cases accepted in each of a few stretches of time: (place, category_id, number of the
    stretch, count) by leaf. One statement, by the index of acceptance."""
    arms = [
        select(
            area_paths.c.first_order,
            cases.c.category_id,
            literal_column(str(number)).label("number"),
            func.count().label("found"),
        )
        .select_from(located())
        .where(LIVE, inside(cases.c.accepted_at, moments), field.condition)
        .group_by(area_paths.c.first_order, cases.c.category_id)
        for number, moments in enumerate(days)
    ]
    return int_matrix(connection, union_all(*arms).subquery().select())


def read_accepted_ids(
    connection: Connection, field: Field, moments: Moments, category_id: int | None = None
) -> list[int]:
    """Cases accepted in a stretch of time, of one category itself or of all."""
    own = [] if category_id is None else [cases.c.category_id == category_id]
    query = (
        select(cases.c.case_id)
        .select_from(located())
        .where(LIVE, inside(cases.c.accepted_at, moments), field.condition, *own)
    )
    return list(connection.execute(query).scalars())


CLOSURES: Final = (
    "case_id", "place", "department_id", "begun_ms", "done_ms", "deadline_ms", "kind",
    "amount_thousandths", "is_direct", "is_self", "is_extended",
)  # fmt: skip


def read_closures(connection: Connection, field: Field, moments: Moments) -> Ints:
    """Cases closed in a stretch of time; columns CLOSURES.

    ``begun``: 签收, else 受理; ``done``: 处置完成, else 结案; ``deadline``: that of handling, else
    of closing; ``is_direct``: closed on the spot or answered at once; ``is_self``: reported by a
    worker and closed on the spot (自报自结); ``is_extended``: an extension was granted.
    """
    kind = case(
        *((cases.c.limit_kind == name, number) for number, name in enumerate(LIMIT_KINDS)),
        else_=-1,
    )
    by_worker = cases.c.source_id.in_(select(sources.c.source_id).where(sources.c.kind == "worker"))
    extended = select(case_extensions.c.case_id).where(case_extensions.c.is_approved)
    amount = func.coalesce(cases.c.limit_amount, literal_column("0.0"))
    query = (
        select(
            cases.c.case_id,
            area_paths.c.first_order,
            func.coalesce(cases.c.department_id, literal_column("0")),
            func.coalesce(epoch_ms(cases.c.signed_at), _ms(cases.c.accepted_at)),
            func.coalesce(epoch_ms(cases.c.handled_at), _ms(cases.c.closed_at)),
            func.coalesce(epoch_ms(cases.c.deadline_handle_at), _ms(cases.c.deadline_at)),
            kind,
            cast(func.round(amount * 1000), BigInteger),
            flag_of(cases.c.close_kind.in_(("on_site", "answered"))),
            flag_of(and_(cases.c.close_kind == "on_site", by_worker)),
            flag_of(cases.c.case_id.in_(extended)),
        )
        .select_from(located())
        .where(inside(cases.c.closed_at, moments), LIVE, field.condition)
        .order_by(cases.c.case_id)
    )
    return int_matrix(connection, query)


REPORTS: Final = (
    "case_id", "place", "source_id", "worker_id", "reported_ms", "accepted_ms", "dispatched_ms",
    "handled_ms", "checked_ms", "closed_ms", "voided_ms", "is_merged",
)  # fmt: skip


def read_reports(connection: Connection, field: Field, moments: Moments) -> Ints:
    """Cases reported in a stretch of time, void ones too; columns REPORTS."""
    start, end = moments
    begun = and_(cases.c.reported_at >= start, cases.c.reported_at < end)
    # Found by the indexes that hold the report with what became of it.
    found = union(
        select(cases.c.case_id).where(cases.c.closed_at >= start, begun),
        select(cases.c.case_id).where(cases.c.voided_at >= start, begun),
        select(cases.c.case_id).where(
            cases.c.closed_at.is_(None), cases.c.voided_at.is_(None), begun
        ),
    )
    names = ("reported", "accepted", "dispatched", "handled", "checked", "closed", "voided")
    query = (
        select(
            cases.c.case_id,
            area_paths.c.first_order,
            cases.c.source_id,
            func.coalesce(cases.c.worker_id, literal_column("0")),
            *(_ms(cases.c[f"{name}_at"]) for name in names),
            flag_of(cases.c.master_case_id.is_not(None)),
        )
        .select_from(located())
        .where(cases.c.case_id.in_(found), field.condition)
        .order_by(cases.c.case_id)
    )
    return int_matrix(connection, query)


def read_returns(connection: Connection, field: Field, moments: Moments) -> Ints:
    """部门回退 of cases sent back by a unit in a stretch of time, with their earlier ones:
    (case_id, department_id or 0, moment), by case and moment."""
    recent = select(case_events.c.case_id).where(
        is_counted_move(case_events),
        case_events.c.to_state == "returned_unit",
        inside(case_events.c.event_at, moments),
    )
    query = (
        select(
            case_events.c.case_id,
            func.coalesce(case_events.c.department_id, literal_column("0")),
            epoch_ms(case_events.c.event_at),
        )
        .select_from(located().join(case_events, case_events.c.case_id == cases.c.case_id))
        .where(
            case_events.c.case_id.in_(recent),
            case_events.c.to_state == "returned_unit",
            is_move(case_events),
            case_events.c.event_at < moments[1],
            LIVE,
            field.condition,
        )
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    return int_matrix(connection, query)


def read_reworks(connection: Connection, field: Field, moments: Moments) -> list[Any]:
    """返工 in a stretch of time, one row for each: case_id, reopened_ms, category_id,
    department_id (0: nobody), from_state and opinion of the move (None: not logged)."""
    moved = and_(
        case_events.c.case_id == case_cycles.c.case_id,
        case_events.c.to_state == "rework",
        case_events.c.event_at == case_cycles.c.reopened_at,
    )
    source = located().join(case_cycles, case_cycles.c.case_id == cases.c.case_id)
    # First which cases: SQLite would look through all there are instead of the few sent back.
    again = case_cycles.alias("again")
    sent_back = select(again.c.case_id).where(inside(again.c.reopened_at, moments))
    query = (
        select(
            cases.c.case_id,
            epoch_ms(case_cycles.c.reopened_at).label("reopened_ms"),
            cases.c.category_id,
            func.coalesce(cases.c.department_id, literal_column("0")).label("department_id"),
            case_events.c.from_state,
            case_events.c.opinion,
        )
        .select_from(source.outerjoin(case_events, moved))
        .where(
            cases.c.case_id.in_(sent_back),
            inside(case_cycles.c.reopened_at, moments),
            LIVE,
            field.condition,
        )
        .order_by(cases.c.case_id, case_cycles.c.cycle_no)
    )
    return list(connection.execute(query))


def read_repeat_links(connection: Connection, ids: Sequence[int]) -> Ints:
    """Every link 重复诉求 of the groups these cases are of: (case_id, the case it repeats)."""
    links: dict[int, int] = {}
    seen: set[int] = set()
    new = set(ids)
    query = select(cases.c.case_id, cases.c.repeat_of_case_id)
    query = query.where(cases.c.repeat_of_case_id.is_not(None))
    while new:  # one step up and down the groups
        ends = (cases.c.case_id, cases.c.repeat_of_case_id)
        found = union(*(query.where(is_wanted(connection, end, [*new])) for end in ends))
        links.update((row[0], row[1]) for row in connection.execute(found))
        seen |= new
        new = (links.keys() | set(links.values())) - seen
    return np.array(sorted(links.items()), dtype=np.int64).reshape(-1, 2)


def read_repeat_ids(connection: Connection, field: Field, moments: Moments) -> list[int]:
    """Cases accepted in a stretch of time that repeat an earlier one."""
    query = (
        select(cases.c.case_id)
        .select_from(located())
        .where(
            cases.c.repeat_of_case_id.is_not(None),
            LIVE,
            inside(cases.c.accepted_at, moments),
            field.condition,
        )
    )
    return list(connection.execute(query).scalars())


def read_members(connection: Connection, area: AreaRow, ids: Sequence[int], end: datetime) -> Ints:
    """(case_id, place, accepted_ms, is_open) of those of these cases that lie below an area and
    were accepted before ``end``."""
    query = (
        select(
            cases.c.case_id,
            area_paths.c.first_order,
            epoch_ms(cases.c.accepted_at),
            flag_of(cases.c.closed_at.is_(None)),
        )
        .select_from(located())
        .where(
            is_wanted(connection, cases.c.case_id, ids),
            LIVE,
            cases.c.accepted_at < end,
            is_below(area),
        )
        .order_by(cases.c.case_id)
    )
    return int_matrix(connection, query)


def read_told(connection: Connection, ids: Sequence[int]) -> list[Any]:
    """What groups of repeats are compared by: case_id, case_code, category_id, address, phone,
    and the path of the area."""
    query = select(
        cases.c.case_id, cases.c.case_code, cases.c.category_id, cases.c.address,
        cases.c.reporter_phone, area_paths.c.path,
    ).select_from(located())  # fmt: skip
    return list(connection.execute(query.where(is_wanted(connection, cases.c.case_id, ids))))


def read_grid_counts(connection: Connection, field: Field, moments: Moments) -> Ints:
    """(place, accepted, of these repeats) by leaf, counted from the cases."""
    query = (
        select(
            area_paths.c.first_order,
            func.count(),
            func.sum(flag_of(cases.c.repeat_of_case_id.is_not(None))),
        )
        .select_from(located())
        .where(LIVE, inside(cases.c.accepted_at, moments), field.condition)
        .group_by(area_paths.c.first_order)
    )
    return int_matrix(connection, query)


def rows_of(connection: Connection, ids: Sequence[int]) -> Any:
    """These cases as rows that count (``counted_rows``): case_id and the moment of each."""
    at = func.coalesce(cases.c.accepted_at, cases.c.reported_at, type_=cases.c.closed_at.type)
    return select(cases.c.case_id, at.label("at")).where(
        is_wanted(connection, cases.c.case_id, ids)
    )
