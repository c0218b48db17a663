"""From a case to its measures: the one place that says on which day a case counts as what.

A fact is (measure, city day). Flows are single facts; a stock is an interval, written as an ``_in``
fact at its start and an ``_out`` fact at its end, minus the pauses inside it. Facts of the future
are left out and their first moment is returned, so that time alone can change a contribution
without any poll over the cases. Sources of the rules: docs/kpis.md; void cases are outside every
count, a case exempted by appeal 申诉 is on time, suspended cases 挂账 are neither open nor overdue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks.city_time import city_days
from data_access.frames import ANSWERS, NULL_MS, CaseColumns, Ints, Pauses
from data_access.measures import INDEX

FACT_DAY_BITS = 24
_DAY_MASK = (1 << FACT_DAY_BITS) - 1
_NEVER = int(np.iinfo(np.int64).max)
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts of a CaseColumns, ordered by case row.

    ``case``: row number; ``packed``: measure << 24 | city day; ``next_ms``: per case, the next
    moment at which its facts change by time alone, NULL_MS if never.
    """

    case: Ints
    packed: Ints
    next_ms: Ints


def unpack(packed: Ints) -> tuple[Ints, Ints]:
    """(measure numbers, day numbers)."""
    return packed >> FACT_DAY_BITS, packed & _DAY_MASK


@dataclass(kw_only=True)
class _Sheet:
    """Collects facts; anything after ``as_of_ms`` only moves the case's next moment."""

    as_of_ms: int
    next_ms: Ints
    case: list[Ints] = field(default_factory=list)
    when: list[Ints] = field(default_factory=list)
    measure: list[Ints] = field(default_factory=list)

    def add(self, measure: str, case: Ints, when: Ints, *, strict: Mask | None = None) -> None:
        """One fact a row. Where ``strict``, the moment is a deadline's or a light's: it has passed
        only after its own millisecond."""
        effective = when if strict is None else when + strict
        known = when != NULL_MS
        case, when, effective = case[known], when[known], effective[known]
        due = effective <= self.as_of_ms
        np.minimum.at(self.next_ms, case[~due], effective[~due])
        self.case.append(case[due])
        self.when.append(when[due])
        self.measure.append(np.full(int(due.sum()), INDEX[measure], dtype=np.int64))

    def add_interval(
        self, stock: str, case: Ints, start: Ints, end: Ints, *, from_light: Mask, to_light: Mask
    ) -> None:
        """A stay in a stock, [start, end); ``end`` is _NEVER while it lasts. The masks say where a
        bound is a deadline or a light and not an event."""
        stays = (start != NULL_MS) & (start < end)
        self.add(f"{stock}_in", case[stays], start[stays], strict=from_light[stays])
        ends = stays & (end != _NEVER)
        self.add(f"{stock}_out", case[ends], end[ends], strict=to_light[ends])


def case_facts(cases: CaseColumns, *, as_of_ms: int, time_zone: str) -> Facts:
    """The facts of every case as known now and effective at ``as_of_ms``.

    ``time_zone`` is the city's: it decides on which day a moment falls. No cases give no facts.
    """
    rows = np.arange(len(cases), dtype=np.int64)
    sheet = _Sheet(as_of_ms=as_of_ms, next_ms=np.full(len(cases), _NEVER, dtype=np.int64))
    live = cases.is_void == 0
    _add_flows(sheet, cases, rows[live])
    _add_open(sheet, cases, rows[live])
    _add_lights(sheet, cases, rows[live])
    _add_earlier_cycles(sheet, cases, live)
    _add_callbacks(sheet, cases, live)
    return _finish(sheet, time_zone)


def _finish(sheet: _Sheet, time_zone: str) -> Facts:
    case = np.concatenate(sheet.case)
    days = city_days(np.concatenate(sheet.when), time_zone)
    packed = (np.concatenate(sheet.measure) << FACT_DAY_BITS) | days
    order = np.lexsort((packed, case))
    next_ms = np.where(sheet.next_ms == _NEVER, NULL_MS, sheet.next_ms)
    return Facts(case=case[order], packed=packed[order], next_ms=next_ms)


def _add_flows(sheet: _Sheet, cases: CaseColumns, rows: Ints) -> None:
    closed, deadline = cases.closed_ms[rows], cases.deadline_ms[rows]
    accepted = cases.accepted_ms[rows]
    sheet.add("reported", rows, cases.reported_ms[rows])
    sheet.add("accepted", rows, accepted)
    sheet.add("filed", rows, cases.filed_ms[rows])
    sheet.add("closed", rows, closed)
    is_closed = closed != NULL_MS
    dated = deadline != NULL_MS
    in_time = (closed <= deadline) | (cases.is_exempt[rows] == 1)
    for measure, chosen in (
        ("closed_on_time", is_closed & dated & in_time),
        ("closed_late", is_closed & dated & ~in_time),
        ("closed_undated", is_closed & ~dated),
        ("closed_reworked", is_closed & (cases.cycle_no[rows] > 1)),
    ):
        sheet.add(measure, rows[chosen], closed[chosen])
    cohort = is_closed & (accepted != NULL_MS) & (closed <= sheet.as_of_ms)
    sheet.add("cohort_closed", rows[cohort], accepted[cohort])


def _end(closed: Ints) -> Ints:
    return np.where(closed == NULL_MS, _NEVER, closed)


def _nowhere(like: Ints) -> Mask:
    return np.zeros(len(like), dtype=np.bool_)


def _add_open(sheet: _Sheet, cases: CaseColumns, rows: Ints) -> None:
    accepted, end = cases.accepted_ms[rows], _end(cases.closed_ms[rows])
    no_light = _nowhere(rows)
    sheet.add_interval("open", rows, accepted, end, from_light=no_light, to_light=no_light)
    paused = _clip(cases.pauses, rows, accepted, end, len(cases))
    for stock, way in (("suspended", "stay"), ("open", "leave")):
        _add_pauses(sheet, stock, paused, way=way)


@dataclass(frozen=True, kw_only=True)
class _Clipped:
    """Pauses cut to the stay they interrupt."""

    case: Ints
    start: Ints
    end: Ints


def _clip(pauses: Pauses, rows: Ints, start: Ints, end: Ints, count: int) -> _Clipped:
    """The parts of the pauses inside each row's [start, end); rows without a start have none."""
    first = np.full(count, _NEVER, dtype=np.int64)
    last = np.full(count, NULL_MS, dtype=np.int64)
    known = start != NULL_MS
    first[rows[known]], last[rows[known]] = start[known], end[known]
    begin = np.maximum(pauses.started_ms, first[pauses.case])
    stop = np.minimum(_end(pauses.ended_ms), last[pauses.case])
    inside = begin < stop
    return _Clipped(case=pauses.case[inside], start=begin[inside], end=stop[inside])


def _add_pauses(
    sheet: _Sheet,
    stock: str,
    paused: _Clipped,
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
    ends = paused.end != _NEVER
    on_end = None if on_end is None else on_end[ends]
    sheet.add(f"{stock}_{at_end}", paused.case[ends], paused.end[ends], strict=on_end)


def _add_lights(sheet: _Sheet, cases: CaseColumns, rows: Ints) -> None:
    """Yellow (临期) and red (超期未结) stays of the current cycle."""
    rows = rows[(cases.is_exempt[rows] == 0) & (cases.deadline_ms[rows] != NULL_MS)]
    rows = rows[cases.accepted_ms[rows] != NULL_MS]
    begin = cases.accepted_ms.copy()
    np.maximum.at(begin, cases.earlier.case, cases.earlier.reopened_ms)
    _add_cycle_lights(
        sheet,
        cases.pauses,
        rows,
        begin=begin[rows],
        due_soon=cases.due_soon_ms[rows],
        deadline=cases.deadline_ms[rows],
        end=_end(cases.closed_ms[rows]),
        count=len(cases),
    )


def _add_cycle_lights(
    sheet: _Sheet,
    pauses: Pauses,
    rows: Ints,
    *,
    begin: Ints,
    due_soon: Ints,
    deadline: Ints,
    end: Ints,
    count: int,
) -> None:
    """Lights burn inside a cycle only: one that was lit before its ``begin`` counts from there."""
    red = np.maximum(deadline, begin)
    yellow = np.where(due_soon == NULL_MS, NULL_MS, np.maximum(due_soon, begin))
    _add_stay(sheet, "overdue", pauses, rows, red, end, red == deadline, _nowhere(rows), count)
    until_red, to_red = np.minimum(deadline, end), deadline < end
    _add_stay(sheet, "due_soon", pauses, rows, yellow, until_red, yellow == due_soon, to_red, count)
    passed = (red < end) & ~_pausing_at(pauses, rows, red, count)
    strict = (red == deadline)[passed]
    sheet.add("breached", rows[passed], red[passed], strict=strict)


def _add_stay(
    sheet: _Sheet,
    stock: str,
    pauses: Pauses,
    rows: Ints,
    start: Ints,
    end: Ints,
    from_light: Mask,
    to_light: Mask,
    count: int,
) -> None:
    sheet.add_interval(stock, rows, start, end, from_light=from_light, to_light=to_light)
    starts = np.full(count, NULL_MS, dtype=np.int64)
    ends = np.full(count, NULL_MS, dtype=np.int64)
    starts[rows[from_light]] = start[from_light]
    ends[rows[to_light]] = end[to_light]
    paused = _clip(pauses, rows, start, end, count)
    _add_pauses(sheet, stock, paused, way="leave", light_starts=starts, light_ends=ends)


def _pausing_at(pauses: Pauses, rows: Ints, moment: Ints, count: int) -> Mask:
    """Whether each row was suspended at its moment: such a deadline is not a breach."""
    moments = np.full(count, _NEVER, dtype=np.int64)
    moments[rows] = moment
    at = moments[pauses.case]
    covered = (pauses.started_ms <= at) & (at < _end(pauses.ended_ms))
    paused = np.zeros(count, dtype=np.bool_)
    paused[pauses.case[covered]] = True
    return paused[rows]


def _add_earlier_cycles(sheet: _Sheet, cases: CaseColumns, live: Mask) -> None:
    """What happened before a case was sent back: closures taken back, lights of that cycle."""
    earlier = cases.earlier
    keep = live[earlier.case] & (cases.accepted_ms[earlier.case] != NULL_MS)
    if not keep.any():
        return
    closed = keep & (earlier.closed_ms != NULL_MS)
    sheet.add("open_out", earlier.case[closed], earlier.closed_ms[closed])
    sheet.add("open_in", earlier.case[closed], earlier.reopened_ms[closed])
    chosen = np.flatnonzero(closed)
    with _by_cycle(sheet, earlier.case[chosen]) as cycles:
        # A pause that lasts through a closure pauses nothing meanwhile: what it added is taken off.
        own = _pauses_of(cases.pauses, earlier.case[chosen])
        rows = np.arange(len(chosen), dtype=np.int64)
        from_, until = earlier.closed_ms[chosen], earlier.reopened_ms[chosen]
        from_ = np.maximum(from_, cases.accepted_ms[earlier.case[chosen]])
        paused = _clip(own, rows, from_, until, len(chosen))
        _add_pauses(cycles, "suspended", paused, way="leave")
        _add_pauses(cycles, "open", paused, way="stay")
    timed = keep & (cases.is_exempt[earlier.case] == 0) & (earlier.deadline_ms != NULL_MS)
    _add_earlier_lights(sheet, cases, np.flatnonzero(timed))


def _add_earlier_lights(sheet: _Sheet, cases: CaseColumns, chosen: Ints) -> None:
    """The lights of earlier cycles, each counted as a case of its own that ended when sent back."""
    earlier = cases.earlier
    owner = earlier.case[chosen]
    closed = earlier.closed_ms[chosen]
    with _by_cycle(sheet, owner) as cycles:
        _add_cycle_lights(
            cycles,
            _pauses_of(cases.pauses, owner),
            np.arange(len(owner), dtype=np.int64),
            begin=_begins(cases)[chosen],
            due_soon=earlier.due_soon_ms[chosen],
            deadline=earlier.deadline_ms[chosen],
            end=np.where(closed == NULL_MS, earlier.reopened_ms[chosen], closed),
            count=len(owner),
        )


def _begins(cases: CaseColumns) -> Ints:
    """When each earlier cycle began: when the one before it was sent back, else on acceptance."""
    earlier = cases.earlier
    order = np.lexsort((earlier.reopened_ms, earlier.case))
    owner, reopened = earlier.case[order], earlier.reopened_ms[order]
    begin = cases.accepted_ms[owner]
    follows = np.flatnonzero(owner[1:] == owner[:-1]) + 1
    begin[follows] = np.maximum(begin[follows], reopened[follows - 1])
    result = np.empty_like(begin)
    result[order] = begin
    return result


@contextmanager
def _by_cycle(sheet: _Sheet, owner: Ints) -> Iterator[_Sheet]:
    """A sheet with one row a cycle; its facts then go to the case that owns each cycle."""
    next_ms = np.full(len(owner), _NEVER, dtype=np.int64)
    cycles = _Sheet(as_of_ms=sheet.as_of_ms, next_ms=next_ms)
    yield cycles
    sheet.case += [owner[case] for case in cycles.case]
    sheet.when += cycles.when
    sheet.measure += cycles.measure
    np.minimum.at(sheet.next_ms, owner, cycles.next_ms)


def _pauses_of(pauses: Pauses, owner: Ints) -> Pauses:
    """Each cycle's copy of its case's pauses, numbered by cycle."""
    order = np.argsort(pauses.case, kind="stable")
    sorted_case = pauses.case[order]
    first = np.searchsorted(sorted_case, owner, side="left")
    number = np.searchsorted(sorted_case, owner, side="right") - first
    cycle = np.repeat(np.arange(len(owner), dtype=np.int64), number)
    offset = np.arange(len(cycle)) - np.repeat(np.cumsum(number) - number, number)
    chosen = order[np.repeat(first, number) + offset]
    return Pauses(
        case=cycle, started_ms=pauses.started_ms[chosen], ended_ms=pauses.ended_ms[chosen]
    )


def _add_callbacks(sheet: _Sheet, cases: CaseColumns, live: Mask) -> None:
    calls = cases.callbacks
    keep = live[calls.case]
    case, visited = calls.case[keep], calls.visited_ms[keep]
    sheet.add("rated", case, visited)
    for measure, chosen in (
        ("contacted", calls.is_contacted[keep] == 1),
        ("solved", calls.is_solved[keep] == 1),
        *((answer, calls.answer[keep] == number) for number, answer in enumerate(ANSWERS)),
    ):
        sheet.add(measure, case[chosen], visited[chosen])
