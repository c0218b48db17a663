"""What only the video wall 大屏 asks: cases by hour of a day, alarms not acknowledged yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)

from data_access.case_lists import listed
from data_access.counted_rows import LIVE, Span, is_suspended
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, case_remarks, cases

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
# The plus bars the index by area: SQLite would look through all cases of all areas.
_AREA: Final = literal_column("+cases.area_id", Integer)


def read_hours(
    connection: Connection, area: AreaRow, bounds: Sequence[datetime], as_of: datetime
) -> list[int]:
    """Cases accepted 受理 below an area between each two of the ascending ``bounds`` and not after
    ``as_of``: the measure ``accepted``, by the hour. At least two bounds."""
    at = cases.c.accepted_at
    hours = [
        func.coalesce(func.sum(case((and_(at >= start, at < end), 1), else_=0)), 0)
        for start, end in pairwise(bounds)
    ]
    row = connection.execute(
        select(*hours)
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(is_below(area), LIVE, at >= bounds[0], at < bounds[-1], at <= as_of)
    ).one()
    return [int(count) for count in row]


def _acknowledged(since: ColumnElement[Any]) -> ColumnElement[bool]:
    """知悉: somebody has said so since the alarm began."""
    remark = case_remarks.alias("seen")
    return exists(
        select(remark.c.remark_id).where(
            remark.c.case_id == cases.c.case_id,
            remark.c.kind == "acknowledgement",
            remark.c.made_at >= since,
        )
    )


def _wide(source: Any) -> Any:
    """A list's columns and those an alarm needs beside them."""
    return listed(source).add_columns(
        cases.c.title,
        cases.c.address,
        cases.c.dispatched_at,
        cases.c.ingested_at,
        cases.c.supervise_level,
        cases.c.is_typical,
    )


def _placed() -> Any:
    return cases.join(area_paths, area_paths.c.area_id == _AREA)


def _is_running() -> ColumnElement[bool]:
    """Neither closed nor void, as a list of cases: they have an index of their own, and SQLite else
    begins with every urgent case there ever was."""
    running = select(cases.c.case_id).where(LIVE, cases.c.closed_at.is_(None)).correlate(None)
    return cases.c.case_id.in_(running)


def read_unsigned(
    connection: Connection, area: AreaRow, before: datetime, *, limit: int
) -> list[Any]:
    """Open urgent cases below an area that were dispatched before a moment and are not signed for
    紧急未签收, longest waiting first; those acknowledged since their dispatch are left out."""
    sent = cases.c.dispatched_at
    return list(
        connection.execute(
            _wide(_placed())
            .where(
                is_below(area), _is_running(), cases.c.is_urgent,
                cases.c.accepted_at.is_not(None), sent < before, cases.c.signed_at.is_(None),
                ~_acknowledged(sent),
            )
            .order_by(sent, cases.c.case_id)
            .limit(limit)
        )
    )  # fmt: skip


def read_new_urgent(
    connection: Connection, area: AreaRow, since: datetime, *, limit: int
) -> list[Any]:
    """Open urgent cases below an area of which the store learned since a moment, newest first."""
    return list(
        connection.execute(
            _wide(_placed())
            .where(
                is_below(area), LIVE, cases.c.closed_at.is_(None), cases.c.is_urgent,
                cases.c.accepted_at >= since, cases.c.ingested_at >= since,
            )
            .order_by(cases.c.ingested_at.desc(), cases.c.case_id)
            .limit(limit)
        )
    )  # fmt: skip


def read_red(connection: Connection, area: AreaRow, as_of: datetime, *, limit: int) -> list[Any]:
    """Overdue cases 超期未结 below an area that nobody has acknowledged since, newest first."""
    return list(
        connection.execute(
            _wide(_placed())
            .where(is_below(area), _is_overdue(as_of), ~_acknowledged(cases.c.deadline_at))
            .order_by(cases.c.deadline_at.desc(), cases.c.case_id)
            .limit(limit)
        )
    )


def count_acknowledged(connection: Connection, area: AreaRow, as_of: datetime) -> int:
    """How many of the overdue cases below an area somebody has acknowledged since."""
    return connection.execute(
        select(func.count())
        .select_from(_placed())
        .where(is_below(area), _is_overdue(as_of), _acknowledged(cases.c.deadline_at))
    ).scalar_one()


def _is_overdue(as_of: datetime) -> ColumnElement[bool]:
    """As in ``case_lists``: the stock of now, in the words of the index of what is running."""
    return and_(
        cases.c.closed_at.is_(None),
        cases.c.voided_at.is_(None),
        cases.c.deadline_at < as_of,
        cases.c.accepted_at <= as_of,
        ~cases.c.timeout_exempt,
        ~is_suspended(Span(start=as_of, end=_FOREVER, as_of=as_of)),
    )
