"""The sheet on which facts are gathered 记账页, and pauses cut out of stays.

Facts of the future are left out and their first moment is kept, so that time alone can change a
contribution without any poll over the cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data_access.frames import NULL_MS, Ints, Pauses
from data_access.measures import INDEX

NEVER = int(np.iinfo(np.int64).max)
Mask = NDArray[np.bool_]


def end_of(moments: Ints) -> Ints:
    """The moments, NEVER where there is none."""
    return np.where(moments == NULL_MS, NEVER, moments)


def nowhere(like: Ints) -> Mask:
    """False for every row."""
    return np.zeros(len(like), dtype=np.bool_)


@dataclass(kw_only=True)
class Sheet:
    """Collects facts; anything after ``as_of_ms`` only moves the case's next moment."""

    as_of_ms: int
    next_ms: Ints
    case: list[Ints] = field(default_factory=list)
    when: list[Ints] = field(default_factory=list)
    measure: list[Ints] = field(default_factory=list)

    def add(
        self,
        measure: str,
        case: Ints,
        when: Ints,
        *,
        strict: Mask | None = None,
        effective: Ints | None = None,
    ) -> None:
        """One fact a row, on the day of ``when``, known from ``effective`` on, never before it.
        Where ``strict``, the moment is a deadline's or a light's: it has passed only after its own
        millisecond."""
        effective = when if effective is None else np.maximum(when, effective)
        effective = effective if strict is None else effective + strict
        known = when != NULL_MS
        case, when, effective = case[known], when[known], effective[known]
        due = effective <= self.as_of_ms
        self.watch(case[~due], effective[~due])
        self.case.append(case[due])
        self.when.append(when[due])
        self.measure.append(np.full(int(due.sum()), INDEX[measure], dtype=np.int64))

    def watch(self, case: Ints, moment: Ints) -> None:
        """Remember that these cases change by themselves at these moments, where still to come."""
        future = moment > self.as_of_ms
        np.minimum.at(self.next_ms, case[future], moment[future])

    def add_interval(
        self, stock: str, case: Ints, start: Ints, end: Ints, *, from_light: Mask, to_light: Mask
    ) -> None:
        """A stay in a stock, [start, end); ``end`` is NEVER while it lasts. The masks say where a
        bound is a deadline or a light and not an event."""
        stays = (start != NULL_MS) & (start < end)
        self.add(f"{stock}_in", case[stays], start[stays], strict=from_light[stays])
        ends = stays & (end != NEVER)
        self.add(f"{stock}_out", case[ends], end[ends], strict=to_light[ends])


@dataclass(frozen=True, kw_only=True)
class Clipped:
    """Pauses cut to the stay they interrupt."""

    case: Ints
    start: Ints
    end: Ints


def clip(pauses: Pauses, rows: Ints, start: Ints, end: Ints, count: int) -> Clipped:
    """The parts of the pauses inside each row's [start, end); rows without a start have none."""
    first = np.full(count, NEVER, dtype=np.int64)
    last = np.full(count, NULL_MS, dtype=np.int64)
    known = start != NULL_MS
    first[rows[known]], last[rows[known]] = start[known], end[known]
    begin = np.maximum(pauses.started_ms, first[pauses.case])
    stop = np.minimum(end_of(pauses.ended_ms), last[pauses.case])
    inside = begin < stop
    return Clipped(case=pauses.case[inside], start=begin[inside], end=stop[inside])


def add_pauses(
    sheet: Sheet,
    stock: str,
    paused: Clipped,
    *,
    way: str,
    light_starts: Ints | None = None,
    light_ends: Ints | None = None,
) -> None:
    """Enter (``stay``) or leave (``leave``) a stock for the length of each pause.

    Where a pause begins or ends exactly on the light that bounds the stay, it follows the light's
    own rule, so that both sides cancel at the same millisecond.
    """
    at_start, at_end = ("in", "out") if way == "stay" else ("out", "in")
    on_start = None if light_starts is None else paused.start == light_starts[paused.case]
    on_end = None if light_ends is None else paused.end == light_ends[paused.case]
    sheet.add(f"{stock}_{at_start}", paused.case, paused.start, strict=on_start)
    ends = paused.end != NEVER
    on_end = None if on_end is None else on_end[ends]
    sheet.add(f"{stock}_{at_end}", paused.case[ends], paused.end[ends], strict=on_end)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """Rows that are in a stock during [start, end); ``end`` is NEVER while it lasts.

    ``from_light`` and ``to_light`` say where a bound is a deadline or a light and not an event;
    ``count`` is the number of cases that rows and pauses number.
    """

    rows: Ints
    start: Ints
    end: Ints
    from_light: Mask
    to_light: Mask
    count: int


def add_stay(
    sheet: Sheet, stock: str, pauses: Pauses, stay: Stay, *, paused_stock: str | None = None
) -> None:
    """A stay less the pauses inside it, which count as ``paused_stock`` where one is named."""
    rows = stay.rows
    sheet.add_interval(
        stock, rows, stay.start, stay.end, from_light=stay.from_light, to_light=stay.to_light
    )
    starts = np.full(stay.count, NULL_MS, dtype=np.int64)
    ends = np.full(stay.count, NULL_MS, dtype=np.int64)
    starts[rows[stay.from_light]] = stay.start[stay.from_light]
    ends[rows[stay.to_light]] = stay.end[stay.to_light]
    paused = clip(pauses, rows, stay.start, stay.end, stay.count)
    add_pauses(sheet, stock, paused, way="leave", light_starts=starts, light_ends=ends)
    if paused_stock is not None:
        add_pauses(sheet, paused_stock, paused, way="stay", light_starts=starts, light_ends=ends)


def pausing_at(pauses: Pauses, rows: Ints, moment: Ints, count: int) -> Mask:
    """Whether each row was suspended at its moment: such a deadline is not a breach."""
    moments = np.full(count, NEVER, dtype=np.int64)
    moments[rows] = moment
    at = moments[pauses.case]
    covered = (pauses.started_ms <= at) & (at < end_of(pauses.ended_ms))
    paused = np.zeros(count, dtype=np.bool_)
    paused[pauses.case[covered]] = True
    return paused[rows]


@contextmanager
def by_cycle(sheet: Sheet, owner: Ints) -> Iterator[Sheet]:
    """A sheet with one row a cycle; its facts then go to the case that owns each cycle."""
    next_ms = np.full(len(owner), NEVER, dtype=np.int64)
    cycles = Sheet(as_of_ms=sheet.as_of_ms, next_ms=next_ms)
    yield cycles
    sheet.case += [owner[case] for case in cycles.case]
    sheet.when += cycles.when
    sheet.measure += cycles.measure
    np.minimum.at(sheet.next_ms, owner, cycles.next_ms)


def pauses_of(pauses: Pauses, owner: Ints) -> Pauses:
    """Each cycle's copy of its case's pauses, numbered by cycle."""
    order = np.argsort(pauses.case, kind="stable")
    sorted_case = pauses.case[order]
    first = np.searchsorted(sorted_case, owner, side="left")
    number = np.searchsorted(sorted_case, owner, side="right") - first
    cycle = np.repeat(np.arange(len(owner), dtype=np.int64), number)
    offset = np.arange(len(cycle)) - np.repeat(np.cumsum(number) - number, number)
    chosen = order[np.repeat(first, number) + offset]
    return Pauses(
        case=cycle,
        started_ms=pauses.started_ms[chosen],
        ended_ms=pauses.ended_ms[chosen],
        planned_end_ms=pauses.planned_end_ms[chosen],
    )
