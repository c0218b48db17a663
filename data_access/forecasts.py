"""Counting what will be overdue 超期预测 at later moments if nothing is done until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, not_, select

from data_access.counted_rows import Span, is_suspended
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import area_paths, cases

_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class OverdueForecast:
    """Open cases whose deadline lies before ``until``.

    ``overdue_now``: it has passed already; ``becoming``: it passes from now on. Set aside from both
    are the ``suspended`` 挂账, whose deadline moves when they resume, and the ``exempt`` 申诉通过.
    """

    until: datetime
    overdue_now: int
    becoming: int
    suspended: int
    exempt: int

    @property
    def overdue_then(self) -> int:
        """How many cases are overdue at ``until`` if nothing is done."""
        return self.overdue_now + self.becoming


def read_overdue_forecast(
    connection: Connection,
    area: AreaRow,
    now: datetime,
    until: Sequence[datetime],
    *,
    chosen: Slice = EVERY_CASE,
) -> list[OverdueForecast]:
    """One forecast for each moment of ``until`` (aware, not before ``now``), below an area.

    A deadline has passed only after its own moment, as everywhere. One statement.
    """
    if not until:
        return []
    span = Span(start=now, end=_FOREVER, as_of=now)
    paused, exempt = is_suspended(span), cases.c.timeout_exempt
    counted = and_(not_(paused), not_(exempt))
    below = select(area_paths.c.area_id).where(is_below(area))
    columns: list[ColumnElement[int]] = [_count(counted, cases.c.deadline_at < now)]
    for moment in until:
        before = cases.c.deadline_at < moment
        columns += [
            _count(counted, cases.c.deadline_at >= now, before),
            _count(paused, before),
            _count(exempt, not_(paused), before),
        ]
    row = connection.execute(
        select(*columns).where(
            # The first two are the partial index's own words, which the planner wants to hear.
            cases.c.closed_at.is_(None),
            cases.c.voided_at.is_(None),
            cases.c.deadline_at < max(until),
            cases.c.accepted_at <= now,
            # The plus bars the index by area: SQLite would look through all cases of all areas.
            literal_column("+cases.area_id").in_(below),
            slice_condition(chosen),
        )
    ).one()
    return [
        OverdueForecast(
            until=moment,
            overdue_now=row[0],
            becoming=row[3 * number + 1],
            suspended=row[3 * number + 2],
            exempt=row[3 * number + 3],
        )
        for number, moment in enumerate(until)
    ]


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)
