"""How long closed cases took, kept by day 办结时长日存: what quantiles of long windows are made of.

A quantile does not add up, so every single length is kept, some thirty bytes a case; a year of a
large city is read in milliseconds. A day here is a day of UTC: whoever reads cuts by the closure
itself, so that no time zone matters. A day without a row is read from the cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from data_access.case_columns import is_wanted
from data_access.counted_rows import LIVE, Span, within
from data_access.frames import Ints
from data_access.matrix import int_matrix
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, case_suspensions, cases, closing_days
from data_access.types import epoch_ms, from_epoch_ms, to_epoch_ms

DAY_MS = 86_400_000
_INSTANT = cases.c.closed_at.type
_FIRST_SIGHT = func.coalesce(cases.c.accepted_at, cases.c.reported_at, type_=_INSTANT)
_MEMBERS = ("place", "category", "source", "department")


@dataclass(frozen=True, kw_only=True)
class Closings:
    """Closed cases, one row each: ``members`` (n, 4) are the area, category, source and department
    (0: none), ``spells`` (n, 2) first sight and closure in epoch ms, ``pauses`` (m, 3) the row,
    start and end of what interrupts them, inside them, of one case without overlap in order."""

    members: Ints
    spells: Ints
    pauses: Ints

    @property
    def area_id(self) -> Ints:
        return self.members[:, 0]

    @property
    def department_id(self) -> Ints:
        return self.members[:, 3]

    @property
    def start_ms(self) -> Ints:
        return self.spells[:, 0]

    @property
    def end_ms(self) -> Ints:
        return self.spells[:, 1]

    def member(self, dimension: str) -> Ints:
        """The members of a dimension of ``Slice.members``."""
        return self.members[:, _MEMBERS.index(dimension)]

    def only(self, chosen: NDArray[np.bool_]) -> Closings:
        """These rows alone."""
        if chosen.all():
            return self
        number = np.cumsum(chosen) - 1
        row = self.pauses[:, 0]
        pauses = self.pauses[chosen[row]]
        return Closings(
            members=self.members[chosen],
            spells=self.spells[chosen],
            pauses=np.column_stack([number[pauses[:, 0]], pauses[:, 1], pauses[:, 2]]),
        )


def join_closings(parts: Sequence[Closings]) -> Closings:
    """All of them, one after the other."""
    firsts = np.cumsum([0, *(len(part.spells) for part in parts)])
    moved = [
        part.pauses + np.array([first, 0, 0])
        for part, first in zip(parts, firsts[:-1], strict=True)
    ]
    return Closings(
        members=np.concatenate([np.zeros((0, 4), np.int64), *(one.members for one in parts)]),
        spells=np.concatenate([np.zeros((0, 2), np.int64), *(one.spells for one in parts)]),
        pauses=np.concatenate([np.zeros((0, 3), np.int64), *moved]),
    )


def read_closings(connection: Connection, found: Any, area: AreaRow | None = None) -> Closings:
    """The cases that the query ``found`` selects by id, all of them closed; ``area``: those below
    it alone."""
    closed = cases.c.case_id.in_(found)
    below = area_paths.c.area_id == cases.c.area_id
    query = select(
        cases.c.case_id,
        cases.c.area_id,
        cases.c.category_id,
        cases.c.source_id,
        func.coalesce(cases.c.department_id, 0),
        epoch_ms(_FIRST_SIGHT),
        epoch_ms(cases.c.closed_at),
    ).where(closed)
    pause = case_suspensions
    paused_query = (
        select(
            pause.c.case_id,
            epoch_ms(pause.c.started_at),
            epoch_ms(func.coalesce(pause.c.ended_at, cases.c.closed_at, type_=_INSTANT)),
        )
        .join(cases, cases.c.case_id == pause.c.case_id)
        .where(closed)
    )
    if area is not None:
        query = query.join(area_paths, below).where(is_below(area))
        paused_query = paused_query.join(area_paths, below).where(is_below(area))
    rows = int_matrix(connection, query)
    # Sorted here: asked to sort, a planner walks all cases in their order.
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    paused = int_matrix(connection, paused_query)
    paused = paused[np.lexsort((paused[:, 1], paused[:, 0]))]
    return Closings(members=rows[:, 1:5], spells=rows[:, 5:7], pauses=_cut(paused, rows))


def _cut(paused: Ints, rows: Ints) -> Ints:
    """Pauses inside their stretch, each beginning not before the one before it ended."""
    row = np.searchsorted(rows[:, 0], paused[:, 0])
    start = np.maximum(paused[:, 1], rows[row, 5])
    end = np.minimum(paused[:, 2], rows[row, 6])
    for number in range(1, len(row)):
        if row[number] == row[number - 1]:
            end[number] = max(end[number], end[number - 1])
            start[number] = max(start[number], end[number - 1])
    inside = start < end
    return np.column_stack([row[inside], start[inside], end[inside]])


def read_kept_days(
    connection: Connection, span: Span
) -> tuple[list[Closings], list[tuple[datetime, datetime]]]:
    """The kept days that touch a span, whole; and [start, end) of what is left of the span."""
    first, last = to_epoch_ms(span.start) // DAY_MS, (to_epoch_ms(span.end) - 1) // DAY_MS
    table = closing_days
    rows = connection.execute(
        select(table).where(table.c.day.between(first, last)).order_by(table.c.day)
    ).all()
    gaps, since = [], span.start
    for row in rows:
        begin, end = (from_epoch_ms(day * DAY_MS) for day in (row.day, row.day + 1))
        if since < begin:
            gaps.append((since, begin))
        since = end
    if since < span.end:
        gaps.append((since, span.end))
    return ([_unpacked(rows)] if rows else []), gaps


def _unpacked(rows: Sequence[Any]) -> Closings:
    """All rows together: a few arrays of a year, not a year of arrays."""
    counts = [len(row.spells) // 16 for row in rows]
    firsts = np.cumsum([0, *counts[:-1]])
    pauses = np.frombuffer(b"".join(row.pauses for row in rows), dtype="<i8").reshape(-1, 3)
    moved = pauses.astype(np.int64)
    moved[:, 0] += np.repeat(firsts, [len(row.pauses) // 24 for row in rows])
    members = np.frombuffer(b"".join(row.members for row in rows), dtype="<i4").reshape(-1, 4)
    spells = np.frombuffer(b"".join(row.spells for row in rows), dtype="<i8").reshape(-1, 2)
    return Closings(members=members.astype(np.int64), spells=spells.astype(np.int64), pauses=moved)


def read_days_kept(connection: Connection, first: int, last: int) -> set[int]:
    """Which of the days [first, last] are kept."""
    day = closing_days.c.day
    return set(connection.execute(select(day).where(day.between(first, last))).scalars())


def read_first_closure(connection: Connection) -> datetime | None:
    """When the first case was closed; None without any."""
    at = cases.c.closed_at
    query = select(func.min(at)).where(at.is_not(None))  # said for the index of closed cases
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def read_closed_days(connection: Connection, case_ids: Sequence[int]) -> set[int]:
    """The days on which any of these cases is closed now."""
    wanted = is_wanted(connection, cases.c.case_id, case_ids)
    query = select(cases.c.closed_at).where(wanted, cases.c.closed_at.is_not(None))
    return {to_epoch_ms(one) // DAY_MS for one in connection.execute(query).scalars()}


def keep_days(connection: Connection, first: int, last: int) -> None:
    """Keep the days [first, last], of which none is kept yet, in the caller's transaction."""
    start, end = (from_epoch_ms(day * DAY_MS) for day in (first, last + 1))
    span = Span(start=start, end=end, as_of=end)
    found = select(cases.c.case_id).where(LIVE, within(cases.c.closed_at, span))
    closings = read_closings(connection, found)
    day_of = closings.end_ms // DAY_MS
    rows = []
    for day in range(first, last + 1):
        own = closings.only(day_of == day)
        rows.append(
            {
                "day": day,
                "members": own.members.astype("<i4").tobytes(),
                "spells": own.spells.astype("<i8").tobytes(),
                "pauses": own.pauses.astype("<i8").tobytes(),
            }
        )
    connection.execute(insert(closing_days), rows)


def drop_days(connection: Connection, days: Sequence[int]) -> None:
    """Forget these days, since 1970; the rollup job calls it for the days of changed cases."""
    if days:
        connection.execute(delete(closing_days).where(closing_days.c.day.in_(list(days))))


def drop_all_days(connection: Connection) -> None:
    """Forget every day: any case may have changed."""
    connection.execute(delete(closing_days))
