"""Stays that lights and pauses decide: yellow, red, unhandled, undated, suspended too long.

A light burns inside one cycle 办理轮次 only; a case that was sent back has the lights of its
earlier cycles as well, each counted as a case of its own that ended when it was sent back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dashboard.kpis.sheet import (
    Mask,
    Sheet,
    Stay,
    add_pauses,
    add_stay,
    by_cycle,
    clip,
    end_of,
    nowhere,
    pauses_of,
    pausing_at,
)
from data_access.frames import NULL_MS, CaseColumns, Ints, Pauses


@dataclass(frozen=True, kw_only=True)
class _Cycles:
    """Cycles to be lit: one row each; ``rows`` number the cases (or cycles) that pauses belong to.

    ``handled``: when handling ended, NULL_MS if it has not; ``end``: closed or sent back, or NEVER.
    """

    rows: Ints
    begin: Ints
    due_soon: Ints
    deadline: Ints
    handle_deadline: Ints
    handled: Ints
    end: Ints
    is_exempt: Mask
    count: int

    def only(self, chosen: Mask) -> _Cycles:
        columns = {name: column for name, column in vars(self).items() if name != "count"}
        return _Cycles(
            **{name: column[chosen] for name, column in columns.items()}, count=self.count
        )


def add_open(sheet: Sheet, cases: CaseColumns, rows: Ints) -> None:
    """In progress 在办, and out of it while suspended 挂账 or closed between two cycles."""
    accepted, end = cases.accepted_ms[rows], end_of(cases.closed_ms[rows])
    no_light = nowhere(rows)
    sheet.add_interval("open", rows, accepted, end, from_light=no_light, to_light=no_light)
    paused = clip(cases.pauses, rows, accepted, end, len(cases))
    add_pauses(sheet, "suspended", paused, way="stay")
    add_pauses(sheet, "open", paused, way="leave")
    outlasting = clip(_past_their_end(cases.pauses), rows, accepted, end, len(cases))
    add_pauses(sheet, "suspended_past_end", outlasting, way="stay")


def _past_their_end(pauses: Pauses) -> Pauses:
    """The part of each pause after its planned end; pauses without one have none."""
    planned = pauses.planned_end_ms != NULL_MS
    return Pauses(
        case=pauses.case[planned],
        started_ms=np.maximum(pauses.started_ms, pauses.planned_end_ms)[planned],
        ended_ms=pauses.ended_ms[planned],
        planned_end_ms=pauses.planned_end_ms[planned],
    )


def add_between_cycles(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """What happened before a case was sent back: its closures are taken back."""
    earlier = cases.earlier
    keep = live[earlier.case] & (cases.accepted_ms[earlier.case] != NULL_MS)
    closed = keep & (earlier.closed_ms != NULL_MS)
    if not closed.any():
        return
    owner = earlier.case[closed]
    sheet.add("open_out", owner, earlier.closed_ms[closed])
    sheet.add("open_in", owner, earlier.reopened_ms[closed])
    sheet.add("reopened", owner, earlier.reopened_ms[closed])
    with by_cycle(sheet, owner) as cycles:
        # A pause that lasts through a closure pauses nothing meanwhile: what it added is taken off.
        own = pauses_of(cases.pauses, owner)
        rows = np.arange(len(owner), dtype=np.int64)
        first = np.maximum(earlier.closed_ms[closed], cases.accepted_ms[owner])
        until = earlier.reopened_ms[closed]
        paused = clip(own, rows, first, until, len(owner))
        add_pauses(cycles, "suspended", paused, way="leave")
        add_pauses(cycles, "open", paused, way="stay")
        outlasting = clip(_past_their_end(own), rows, first, until, len(owner))
        add_pauses(cycles, "suspended_past_end", outlasting, way="leave")


def add_lights(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """The lights of every cycle, the current one and those before it."""
    accepted = cases.accepted_ms != NULL_MS
    rows = np.flatnonzero(live & accepted)
    _light(sheet, cases.pauses, _current(cases, rows))
    chosen = np.flatnonzero((live & accepted)[cases.earlier.case])
    if len(chosen):
        owner = cases.earlier.case[chosen]
        with by_cycle(sheet, owner) as cycles:
            _light(cycles, pauses_of(cases.pauses, owner), _earlier(cases, chosen))


def _current(cases: CaseColumns, rows: Ints) -> _Cycles:
    return _Cycles(
        rows=rows,
        begin=current_begin(cases)[rows],
        due_soon=cases.due_soon_ms[rows],
        deadline=cases.deadline_ms[rows],
        handle_deadline=handle_deadline(cases.handle_deadline_ms, cases.deadline_ms)[rows],
        handled=current_handled(cases)[rows],
        end=end_of(cases.closed_ms[rows]),
        is_exempt=cases.is_exempt[rows] == 1,
        count=len(cases),
    )


def _earlier(cases: CaseColumns, chosen: Ints) -> _Cycles:
    earlier = cases.earlier
    closed = earlier.closed_ms[chosen]
    handled = earlier_handled(cases)[chosen]
    return _Cycles(
        rows=np.arange(len(chosen), dtype=np.int64),
        begin=_begins(cases)[chosen],
        due_soon=earlier.due_soon_ms[chosen],
        deadline=earlier.deadline_ms[chosen],
        handle_deadline=handle_deadline(earlier.handle_deadline_ms, earlier.deadline_ms)[chosen],
        handled=handled,
        end=np.where(closed == NULL_MS, earlier.reopened_ms[chosen], closed),
        is_exempt=cases.is_exempt[earlier.case[chosen]] == 1,
        count=len(chosen),
    )


def handle_deadline(handling: Ints, closing: Ints) -> Ints:
    """处置时限, the closing deadline where no other is set."""
    return np.where(handling == NULL_MS, closing, handling)


def current_begin(cases: CaseColumns) -> Ints:
    """When each case's current cycle began: when it was last sent back, else on acceptance."""
    begin = cases.accepted_ms.copy()
    np.maximum.at(begin, cases.earlier.case, cases.earlier.reopened_ms)
    return begin


def current_handled(cases: CaseColumns) -> Ints:
    """When handling ended in the current cycle: 处置完成, else its closure; NULL_MS if it has not.

    A handling time from before the case was last sent back belongs to the cycle before.
    """
    last = np.full(len(cases), NULL_MS, dtype=np.int64)
    np.maximum.at(last, cases.earlier.case, cases.earlier.reopened_ms)
    own = (cases.handled_ms != NULL_MS) & (cases.handled_ms >= last)
    return np.where(own, cases.handled_ms, cases.closed_ms)


def earlier_handled(cases: CaseColumns) -> Ints:
    """The same for the earlier cycles; one sent back without either was never handled."""
    earlier = cases.earlier
    return np.where(earlier.handled_ms == NULL_MS, earlier.closed_ms, earlier.handled_ms)


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


def _light(sheet: Sheet, pauses: Pauses, cycles: _Cycles) -> None:
    """One that was lit before its cycle began counts from there."""
    undated = cycles.only(cycles.deadline == NULL_MS)
    no_light = nowhere(undated.rows)
    stay = Stay(
        rows=undated.rows, start=undated.begin, end=undated.end, from_light=no_light,
        to_light=no_light, count=undated.count,
    )  # fmt: skip
    add_stay(sheet, "undated", pauses, stay)
    timed = cycles.only(~cycles.is_exempt)
    _light_handling(sheet, pauses, timed.only(timed.handle_deadline != NULL_MS))
    _light_closing(sheet, pauses, timed.only(timed.deadline != NULL_MS))


def _light_handling(sheet: Sheet, pauses: Pauses, cycles: _Cycles) -> None:
    red = np.maximum(cycles.handle_deadline, cycles.begin)
    end = np.minimum(end_of(cycles.handled), cycles.end)
    stay = _red_stay(cycles, red, red == cycles.handle_deadline)
    add_stay(sheet, "unhandled", pauses, replace(stay, end=end))


def _red_stay(cycles: _Cycles, red: Ints, from_light: Mask) -> Stay:
    return Stay(
        rows=cycles.rows, start=red, end=cycles.end, from_light=from_light,
        to_light=nowhere(cycles.rows), count=cycles.count,
    )  # fmt: skip


def _light_closing(sheet: Sheet, pauses: Pauses, cycles: _Cycles) -> None:
    deadline, begin, end = cycles.deadline, cycles.begin, cycles.end
    red = np.maximum(deadline, begin)
    overdue = _red_stay(cycles, red, red == deadline)
    add_stay(sheet, "overdue", pauses, overdue, paused_stock="suspended_late")
    yellow = np.where(cycles.due_soon == NULL_MS, NULL_MS, np.maximum(cycles.due_soon, begin))
    soon = Stay(
        rows=cycles.rows, start=yellow, end=np.minimum(deadline, end),
        from_light=yellow == cycles.due_soon, to_light=deadline < end, count=cycles.count,
    )  # fmt: skip
    add_stay(sheet, "due_soon", pauses, soon)
    passed = (red < end) & ~pausing_at(pauses, cycles.rows, red, cycles.count)
    sheet.add("breached", cycles.rows[passed], red[passed], strict=(red == deadline)[passed])
