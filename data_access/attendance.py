"""五必到: events at which somebody must turn up, and whether they did within the limit.

Which events these are is the flag ``must_attend`` of a category, or of the one above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from data_access.counted_rows import LIVE, Span, within
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, cases, categories
from data_access.types import epoch_ms, to_epoch_ms

MARKS = ("must_attend", "attended", "unattended")
_MINUTE_MS = 60_000


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """Flagged events of an area: all, attended within the limit, and not so though it has run out;
    the others still have time. ``minutes``: from acceptance to arrival, ascending."""

    flagged: int = 0
    attended: int = 0
    unattended: int = 0
    minutes: tuple[int, ...] = ()


def attend_condition(mark: str, *, as_of: datetime, limit_minutes: int) -> ColumnElement[bool]:
    """One of MARKS as a condition on ``cases``; the limit counts from acceptance."""
    upper = categories.alias("upper")
    flagged = cases.c.category_id.in_(
        select(categories.c.category_id)
        .outerjoin(upper, upper.c.category_id == categories.c.parent_id)
        .where(or_(categories.c.must_attend, upper.c.must_attend))
    )
    if mark == "must_attend":
        return flagged
    accepted, arrived = epoch_ms(cases.c.accepted_at), epoch_ms(cases.c.arrived_at)
    limit_ms, now_ms = limit_minutes * _MINUTE_MS, to_epoch_ms(as_of)
    if mark == "attended":
        return and_(flagged, arrived <= now_ms, arrived - accepted <= limit_ms)
    too_late = or_(arrived.is_(None), arrived > now_ms, arrived - accepted > limit_ms)
    return and_(flagged, accepted < now_ms - limit_ms, too_late)


def read_attendance(
    connection: Connection,
    area: AreaRow,
    children: Sequence[AreaRow],
    span: Span,
    *,
    limit_minutes: int,
) -> dict[int, Attendance]:
    """The events accepted in a span, by child and for the area itself: area id → Attendance."""
    counts = [
        case((attend_condition(mark, as_of=span.as_of, limit_minutes=limit_minutes), 1), else_=0)
        for mark in ("attended", "unattended")
    ]
    rows = connection.execute(
        select(
            area_paths.c.first_order,
            *counts,
            case(
                (cases.c.arrived_at > span.as_of, None),
                else_=epoch_ms(cases.c.arrived_at) - epoch_ms(cases.c.accepted_at),
            ),
        )
        .select_from(cases.join(area_paths, area_paths.c.area_id == cases.c.area_id))
        .where(
            is_below(area),
            LIVE,
            within(cases.c.accepted_at, span),
            attend_condition("must_attend", as_of=span.as_of, limit_minutes=limit_minutes),
        )
    ).all()
    return {one.area_id: _of(one, rows) for one in (area, *children)}


def _of(area: AreaRow, rows: Sequence[Any]) -> Attendance:
    own = [row for row in rows if area.first_order <= row[0] <= area.last_order]
    return Attendance(
        flagged=len(own),
        attended=sum(row[1] for row in own),
        unattended=sum(row[2] for row in own),
        minutes=tuple(sorted(row[3] // _MINUTE_MS for row in own if row[3] is not None)),
    )
