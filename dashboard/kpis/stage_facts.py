"""Flows 流量: what a case counts as on the days of its stages, and against the limits of stages.

A stage with a limit (派遣, 签收, 核查) counts on the day it began, as soon as it is known how it
went: when it ended, or when its limit ran out. One still within its limit counts as neither.
"""

from __future__ import annotations

import numpy as np

from dashboard.kpis.light_facts import current_handled, earlier_handled, handle_deadline
from dashboard.kpis.sheet import NEVER, Mask, Sheet, end_of
from data_access.frames import (
    ANSWERS,
    NULL_MS,
    SOURCE_KINDS,
    STATES,
    CaseColumns,
    Ints,
    Moves,
)
from data_access.measures import StageLimits

_WORKER = SOURCE_KINDS.index("worker")
_PUBLIC = (SOURCE_KINDS.index("hotline"), SOURCE_KINDS.index("public"))
_DISPATCHED, _RETURNED, _CHECKING = (STATES.index(name) for name in STATES)


def add_intake(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """上报, 受理, 立案 and what is counted beside them, void cases included where they are."""
    rows = np.arange(len(cases), dtype=np.int64)
    reported, accepted, filed = cases.reported_ms, cases.accepted_ms, cases.filed_ms
    worker = cases.source_kind == _WORKER
    for measure, when, chosen in (
        ("reported", reported, live),
        ("accepted", accepted, live),
        ("filed", filed, live),
        ("filed_all", filed, np.ones(len(cases), dtype=np.bool_)),
        ("filed_void", filed, ~live),
        ("merged", reported, cases.is_merged == 1),
        ("repeated", accepted, live & (cases.is_repeat == 1)),
        ("worker_reported", reported, worker),
        ("accepted_proactive", accepted, live & (cases.is_proactive == 1)),
        ("accepted_public", accepted, live & is_public(cases)),
        ("extended", cases.extended_ms, live),
    ):
        sheet.add(measure, rows[chosen], when[chosen])
    got_filed = live & worker & (filed != NULL_MS)
    sheet.add("worker_filed", rows[got_filed], reported[got_filed], effective=filed[got_filed])


def is_public(cases: CaseColumns) -> Mask:
    """Whether a case came by a hotline or from the public: it can be called back 应回访."""
    chosen: Mask = np.isin(cases.source_kind, _PUBLIC)
    return chosen


def add_closures(sheet: Sheet, cases: CaseColumns, live: Mask, limits: StageLimits) -> None:
    """结案 by the latest closure, in its several kinds."""
    rows = np.flatnonzero(live & (cases.closed_ms != NULL_MS))
    closed, deadline = cases.closed_ms[rows], cases.deadline_ms[rows]
    accepted, cycle_no = cases.accepted_ms[rows], cases.cycle_no[rows]
    dated = deadline != NULL_MS
    in_time = (closed <= deadline) | (cases.is_exempt[rows] == 1)
    from_grid = cases.source_kind[rows] == _WORKER
    repeated = cases.repeated_ms[rows]
    again = (repeated != NULL_MS) & (repeated <= closed + limits.repeat_ms)
    sheet.watch(rows[again], repeated[again])
    public = is_public(cases)[rows]
    for measure, chosen in (
        ("closed", np.ones(len(rows), dtype=np.bool_)),
        ("closed_on_time", dated & in_time),
        ("closed_late", dated & ~in_time),
        ("closed_undated", ~dated),
        ("closed_reworked", cycle_no > 1),
        ("closed_first_time", (cycle_no == 1) & ~(again & (repeated <= sheet.as_of_ms))),
        ("closed_from_grid", from_grid),
        ("closed_in_grid", from_grid & (cases.dispatched_ms[rows] == NULL_MS)),
        ("callback_due", public),
    ):
        sheet.add(measure, rows[chosen], closed[chosen])
    cohort = (accepted != NULL_MS) & (closed <= sheet.as_of_ms)
    sheet.add("cohort_closed", rows[cohort], accepted[cohort])
    _add_called_back(sheet, cases, rows[public])


def _add_called_back(sheet: Sheet, cases: CaseColumns, rows: Ints) -> None:
    first = np.full(len(cases), NEVER, dtype=np.int64)
    np.minimum.at(first, cases.callbacks.case, cases.callbacks.visited_ms)
    rows = rows[first[rows] != NEVER]
    closed = cases.closed_ms[rows]
    sheet.add("called_back", rows, closed, effective=np.maximum(closed, first[rows]))


def add_handling(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """处置: every cycle that was handled, against its own handling deadline; exempt is on time."""
    accepted = cases.accepted_ms != NULL_MS
    rows = np.flatnonzero(live & accepted)
    limit = handle_deadline(cases.handle_deadline_ms, cases.deadline_ms)
    _add_handled(sheet, cases, rows, current_handled(cases)[rows], limit[rows])
    earlier = cases.earlier
    chosen = np.flatnonzero((live & accepted)[earlier.case])
    limit = handle_deadline(earlier.handle_deadline_ms, earlier.deadline_ms)
    handled = earlier_handled(cases)
    _add_handled(sheet, cases, earlier.case[chosen], handled[chosen], limit[chosen])


def _add_handled(
    sheet: Sheet, cases: CaseColumns, rows: Ints, handled: Ints, deadline: Ints
) -> None:
    timed = (handled != NULL_MS) & (deadline != NULL_MS)
    in_time = (handled <= deadline) | (cases.is_exempt[rows] == 1)
    for measure, chosen in (
        ("handled_on_time", timed & in_time),
        ("handled_late", timed & ~in_time),
    ):
        sheet.add(measure, rows[chosen], handled[chosen])


def add_stages(sheet: Sheet, cases: CaseColumns, live: Mask, limits: StageLimits) -> None:
    """派遣, 签收, 核查 against their limits; 退单; how many departments a case was sent to."""
    moves = cases.moves
    moved = live[moves.case]
    for measure, state in (("dispatched", _DISPATCHED), ("returned_by_unit", _RETURNED)):
        chosen = moved & (moves.state == state)
        sheet.add(measure, moves.case[chosen], moves.at_ms[chosen])
    first, is_once = _first_dispatch(moves, len(cases), sheet.as_of_ms)
    sent = np.flatnonzero(live & (first != NEVER))
    sheet.add("dispatched_first", sent, first[sent])
    once = sent[is_once[sent]]
    sheet.add("dispatched_once", once, first[once])
    rows = np.flatnonzero(live & (cases.filed_ms != NULL_MS))
    _add_timed(
        sheet, "dispatch", cases, rows,
        start=cases.filed_ms[rows], end=first[rows], limit=limits.dispatch_ms,
    )  # fmt: skip
    rows = np.flatnonzero(live & (cases.dispatched_ms != NULL_MS))
    start, signed = cases.dispatched_ms[rows], cases.signed_ms[rows]
    urgent = cases.is_urgent[rows] == 1
    _add_timed(
        sheet, "signed", cases, rows, start=start,
        end=np.where((signed == NULL_MS) | (signed < start), NEVER, signed),
        limit=np.where(urgent, limits.sign_urgent_ms, limits.sign_ms),
    )  # fmt: skip
    checks = np.flatnonzero(moved & (moves.state == _CHECKING))
    _add_timed(
        sheet, "check", cases, moves.case[checks],
        start=moves.at_ms[checks], end=end_of(moves.next_ms[checks]), limit=limits.check_ms,
    )  # fmt: skip


def _first_dispatch(moves: Moves, count: int, as_of_ms: int) -> tuple[Ints, Mask]:
    """(first dispatch or NEVER, whether no other department was ever sent it by ``as_of_ms``)."""
    sent = moves.state == _DISPATCHED
    case, at, department = moves.case[sent], moves.at_ms[sent], moves.department_id[sent]
    first = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(first, case, at)
    known = at <= as_of_ms
    least = np.full(count, NEVER, dtype=np.int64)
    most = np.full(count, -1, dtype=np.int64)
    np.minimum.at(least, case[known], department[known])
    np.maximum.at(most, case[known], department[known])
    return first, least == most


def _add_timed(
    sheet: Sheet,
    stage: str,
    cases: CaseColumns,
    rows: Ints,
    *,
    start: Ints,
    end: Ints,
    limit: Ints | int,
) -> None:
    """On time when it ended, late when the limit ran out; a case closed meanwhile is neither.

    ``end`` is NEVER for a stage that goes on.
    """
    due = start + limit
    on_time = end <= due
    closed = end_of(cases.closed_ms[rows])
    late = ~on_time & ~((end == NEVER) & (closed <= due))
    sheet.add(
        f"{stage}_on_time", rows[on_time], start[on_time],
        effective=np.maximum(start, end)[on_time],
    )  # fmt: skip
    sheet.add(
        f"{stage}_late", rows[late], start[late], effective=due[late],
        strict=np.ones(int(late.sum()), dtype=np.bool_),
    )  # fmt: skip


def add_callbacks(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """有效回访 and its answers, on the day of the call."""
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


def add_rechecks(sheet: Sheet, cases: CaseColumns, live: Mask) -> None:
    """抽查核实 that were done, on the day of the check."""
    checks = cases.rechecks
    keep = live[checks.case]
    true = keep & (checks.is_true == 1)
    sheet.add("rechecked", checks.case[keep], checks.checked_ms[keep])
    sheet.add("recheck_true", checks.case[true], checks.checked_ms[true])
