"""Which cases can count in an interval: those that lived in it, and those something happened to.

A measure of a case that was closed before the interval can still lie in it (a call-back, a
re-check, a late entry), so the queries ask for both. A case too many does no harm: it adds nothing.
Nothing happens to a case before it is reported or accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union

from data_access.counted_rows import is_counted_move
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import (
    area_paths,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    cases,
)

Condition = ColumnElement[bool]
CHUNK = 20_000


def read_window_cases(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    *,
    chosen: Slice = EVERY_CASE,
    by_area: bool,
) -> list[int]:
    """Ids of the cases below an area that may count in [start, end), ascending.

    Also all that are in a stock at ``end``. ``by_area``: look through the area's own cases instead
    of the moments' indexes; quicker for a small area, and the answer is the same.
    """
    within = _Interval(start, end)
    if by_area:
        condition = within.of_row()
    elif len({"category", "department"} & set(chosen.members)) == 2:
        condition = cases.c.case_id.in_(within.of_slice(chosen))
    else:
        condition = cases.c.case_id.in_(within.by_index())
    query = (
        select(cases.c.case_id)
        .select_from(area_paths.join(cases, cases.c.area_id == area_paths.c.area_id))
        .where(
            is_below(area),
            slice_condition(chosen),
            condition,
        )
    )
    return sorted(connection.execute(query).scalars())


def lived_in(start: datetime, end: datetime) -> Condition:
    """Cases that may count in [start, end), as a condition on ``cases`` that uses the indexes."""
    return cases.c.case_id.in_(_Interval(start, end).by_index())


def in_chunks(ids: list[int]) -> Iterator[list[int]]:
    """The ids in pieces that fit into memory together with all that hangs on the cases."""
    for first in range(0, len(ids), CHUNK):
        yield ids[first : first + CHUNK]


class _Interval:
    """[start, end) as conditions."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._start = start
        self._end = end

    def _holds(self, column: ColumnElement[Any]) -> Condition:
        return and_(column >= self._start, column < self._end)

    def _begun(self) -> Condition:
        return or_(cases.c.reported_at < self._end, cases.c.accepted_at < self._end)

    def _own(self) -> list[Condition]:
        """Conditions on the case's row, each with an index of its own."""
        return [
            and_(cases.c.closed_at.is_(None), cases.c.voided_at.is_(None), self._begun()),
            and_(cases.c.closed_at >= self._start, self._begun()),
            and_(cases.c.voided_at >= self._start, self._begun()),
            self._holds(cases.c.accepted_at),
            self._holds(cases.c.handled_at),
        ]

    def _hanging(self) -> list[Select[Any]]:
        """What hangs on cases and counts on a day of its own."""
        event, cycle = case_events, case_cycles
        return [
            select(event.c.case_id).where(is_counted_move(event), self._holds(event.c.event_at)),
            select(callbacks.c.case_id).where(self._holds(callbacks.c.visited_at)),
            select(case_rechecks.c.case_id).where(self._holds(case_rechecks.c.checked_at)),
            select(case_extensions.c.case_id).where(self._holds(case_extensions.c.decided_at)),
            select(cycle.c.case_id).where(
                or_(self._holds(cycle.c.handled_at), self._holds(cycle.c.reopened_at))
            ),
        ]

    def by_index(self) -> Any:
        own = [select(cases.c.case_id).where(condition) for condition in self._own()]
        return union(*own, *self._hanging())

    def of_slice(self, chosen: Slice) -> Any:
        """The same of a slice that is small beside the interval: its cases have an index of their
        own, and what hangs on them is looked up case by case."""
        hanging = [
            query.where(query.selected_columns[0] == cases.c.case_id).exists()
            for query in self._hanging()
        ]
        counts = or_(*self._own(), *hanging)
        return select(cases.c.case_id).where(slice_condition(chosen), counts).correlate(None)

    def of_row(self) -> Condition:
        hanging = [cases.c.case_id.in_(query) for query in self._hanging()]
        return or_(*self._own(), *hanging)


def read_places(connection: Connection, area: AreaRow) -> dict[int, int]:
    """area id → place in depth-first order, of an area and everything below it."""
    rows = connection.execute(
        select(area_paths.c.area_id, area_paths.c.first_order).where(is_below(area))
    )
    return {row[0]: row[1] for row in rows}
