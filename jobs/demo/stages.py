"""The steps between: intake and dispatch, signing, handling, check, call-back, and the rework.

Stages have limits of their own (受理, 派遣, 签收, 核查); a few per cent of the cases exceed each,
in slow departments more than in quick ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.case_plan import MERGED, PENDING, REJECTED, VOIDED
from jobs.demo.city_days import MINUTE_MS, Span
from jobs.demo.detours import Lights
from jobs.demo.drafts import NEVER, Draft, share_of
from jobs.demo.oddities import send_back_again
from jobs.demo.reference import CATEGORIES, SOURCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_VERIFIED_SHARE: Final = 0.05
_LATE_DISPATCH_SHARE: Final = 0.025
_LATE_SIGN_SHARE: Final = 0.035
_LATE_CHECK_SHARE: Final = 0.05
_CHECKED_SHARE: Final = 0.35
# Callers are called back 回访 more often than workers are.
_CALLED_SHARE: Final = {True: 0.8, False: 0.42}


def start(draft: Draft, span: Span) -> None:
    """From the report to the last dispatch; void and pending cases are told to their end here."""
    plan, steps, generator = draft.plan, draft.steps, draft.generator
    count = len(plan)
    accepted = plan.accepted_ms
    minutes = np.clip(generator.exponential(6, count), 1 / 3, 40)
    wait: Ints = (minutes * MINUTE_MS).astype(np.int64)
    routed = draft.is_routed
    verified = (generator.random(count) < _VERIFIED_SHARE) & (routed | (plan.kind == REJECTED))
    wait[verified] += draft.between(20, 90, int(verified.sum()))
    wait[plan.is_self_handled] = 0
    pending = plan.kind == PENDING
    wait[pending] = accepted[pending] - span.now_ms + draft.between(0.2, 14, int(pending.sum()))
    steps["reported"] = accepted - wait
    steps["verifying"][verified] = (accepted - (wait * 0.85).astype(np.int64))[verified]
    told = routed | (plan.kind == VOIDED)
    steps["accepted"][told | pending] = accepted[told | pending]
    steps["filed"][told] = accepted[told] + draft.between(1, 12, int(told.sum()))
    for kind, name in ((REJECTED, "rejected"), (MERGED, "merged")):
        steps[name][plan.kind == kind] = accepted[plan.kind == kind]
    void = plan.kind == VOIDED
    steps["voided"][void] = steps["filed"][void] + draft.between(5, 300, int(void.sum()))
    _dispatch(draft, np.flatnonzero(routed), "filed", "dispatched")
    back = np.flatnonzero(plan.is_returned & routed)
    steps["returned"][back] = steps["dispatched"][back] + draft.between(10, 160, len(back))
    steps["filed_again"][back] = steps["returned"][back] + draft.between(10, 60, len(back))
    _dispatch(draft, back, "filed_again", "dispatched_again")
    again = send_back_again(draft, back)
    steps["returned_again"][again] = steps["dispatched_again"][again] + draft.between(
        10, 160, len(again)
    )
    steps["filed_third"][again] = steps["returned_again"][again] + draft.between(10, 60, len(again))
    _dispatch(draft, again, "filed_third", "dispatched_third")
    sent = [steps[name] for name in ("dispatched", "dispatched_again", "dispatched_third")]
    draft.sent = np.maximum.reduce(sent)


def _dispatch(draft: Draft, rows: Ints, filed: str, dispatched: str) -> None:
    """派遣, mostly within the quarter of an hour that is allowed."""
    count = len(rows)
    late = draft.generator.random(count) < _LATE_DISPATCH_SHARE
    wait = np.where(late, draft.minutes(20, 15.5, 90, count), draft.minutes(4, 1, 14.5, count))
    draft.steps[dispatched][rows] = draft.steps[filed][rows] + wait


def tell_middle(draft: Draft, is_urgent: Mask) -> None:
    """Signing, handling, checking and calling back, between the last dispatch and the end."""
    steps, plan = draft.steps, draft.plan
    # Worked off on the spot: accepted the moment it is reported.
    steps["closed"][plan.is_self_handled] = draft.finish[plan.is_self_handled]
    rows = np.flatnonzero(draft.is_routed)
    end, rework = draft.finish[rows], draft.rework[rows]
    # Work goes on only after a pause or a decision.
    free = np.maximum.reduce([
        draft.sent[rows], steps["extension_decided"][rows], steps["resumed"][rows],
        steps["resumed_again"][rows],
    ])  # fmt: skip
    after = np.minimum(draft.between(25, 300, len(rows)), share_of(end - free, 0.4))
    steps["handled"][rows] = end - after
    _take_up(draft, rows, is_urgent[rows])
    _check_and_call(draft, rows, after)
    steps["closed"][rows[rework == 0]] = end[rework == 0]
    steps["closed_first"][rows[rework == 2]] = end[rework == 2]


def _take_up(draft: Draft, rows: Ints, urgent: Mask) -> None:
    """签收, 首次响应 and the begin of handling: before anything is applied for."""
    steps, count = draft.steps, len(rows)
    until = steps["handled"][rows].copy()
    for name in ("extension_asked", "suspended"):
        has = steps[name][rows] != NEVER
        until[has] = np.minimum(until[has], steps[name][rows][has])
    late = draft.generator.random(count) < np.minimum(
        _LATE_SIGN_SHARE * draft.slowness[rows], 0.2
    )  # fmt: skip
    calm = np.where(late, draft.minutes(120, 121, 600, count), draft.minutes(22, 2, 118, count))
    hasty = np.where(late, draft.minutes(20, 15.5, 90, count), draft.minutes(4, 0.5, 14.5, count))
    sent = draft.sent[rows]
    wait = np.where(urgent, hasty, calm)
    signed = sent + np.minimum(wait, share_of(until - sent, 0.5))
    contact = signed + np.minimum(
        draft.minutes(9, 1, 150, count), share_of(until - signed, 0.5)
    )  # fmt: skip
    begun = contact + np.minimum(
        draft.minutes(120, 3, 2880, count), share_of(until - contact, 0.6)
    )  # fmt: skip
    steps["signed"][rows], steps["handling"][rows] = signed, begun
    draft.contact[rows] = contact


def _check_and_call(draft: Draft, rows: Ints, after: Ints) -> None:
    """核查, mostly within half an hour, and 回访, in the ``after`` ms from handled to the end."""
    steps, plan, generator = draft.steps, draft.plan, draft.generator
    handled, end = steps["handled"][rows], draft.finish[rows]
    caller = np.array([given.has_caller for given in SOURCES])[plan.source[rows]]
    mediated = np.array([given.flag == "is_mediation" for given in CATEGORIES])
    share = np.where(caller, _CALLED_SHARE[True], _CALLED_SHARE[False])
    called = (generator.random(len(rows)) < share) | (draft.rework[rows] > 0)
    called |= mediated[plan.category[rows]]
    checked = (generator.random(len(rows)) < _CHECKED_SHARE) | ~called
    late = generator.random(len(rows)) < _LATE_CHECK_SHARE
    length = np.where(
        late, draft.minutes(25, 31, 150, len(rows)), draft.minutes(9, 3, 29, len(rows))
    )  # fmt: skip
    length = np.minimum(length, share_of(after, 0.7))
    # With a call-back it comes soon after handling; without one it ends the case.
    begin = np.where(called, handled + share_of(after, 0.15), end - length)
    steps["checking"][rows[checked]] = begin[checked]
    visited = np.where(checked, begin + length, handled + share_of(after, 0.5))
    steps["visiting"][rows[called]] = visited[called]


def tell_rework(draft: Draft, reopened: tuple[Ints, Ints], due_soon_ratio: float) -> Lights:
    """返工: a new cycle with the category's limit again, from the moment it was sent back."""
    steps, generator = draft.steps, draft.generator
    rows = np.flatnonzero(draft.rework > 0)
    found = Lights.none(len(draft.plan))
    begin, end = reopened[0][rows], reopened[1][rows]
    steps["rework"][rows], steps["closed"][rows] = begin, end
    length = end - begin
    begun, done = generator.uniform(0.03, 0.3, len(rows)), generator.uniform(0.6, 0.85, len(rows))
    steps["handling_again"][rows] = begin + share_of(length, begun)
    steps["handled_again"][rows] = begin + share_of(length, done)
    steps["visiting_again"][rows] = begin + share_of(length, 0.9)
    found.deadline[rows] = draft.clock.after(rows, begin, 1.0)
    found.due_soon[rows] = draft.clock.after(rows, begin, due_soon_ratio)
    return found
