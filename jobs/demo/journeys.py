"""How each case goes: the instants of its steps, from its report to its closure, all at once.

Every case is told to its end, even beyond ``now``; what has not happened yet is cut off afterwards
(case_rows), so an open case is exactly a case whose story is known up to today. The steps follow
the order of ``STEPS``: each case takes some of them, never out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import LIMIT_KINDS
from jobs.demo.case_plan import (
    COUNTED,
    MERGED,
    PENDING,
    REJECTED,
    VOIDED,
    CasePlan,
    fits,
    quota_span,
)
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span
from jobs.demo.city_map import CityMap
from jobs.demo.drafts import NEVER, STEPS, Clock, Draft, share_of
from jobs.demo.profiles import Profile, Quota
from jobs.demo.reference import CATEGORIES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SUSPENDED_SHARE: Final = 0.006
_EXTENDED_SHARE: Final = 0.014
_REWORK_SHARE: Final = 0.022
_REOPENED_SHARE: Final = 0.004
_VERIFIED_SHARE: Final = 0.05
_LONG_DELAY_SHARE: Final = 0.05  # of late cases: weeks, not days


@dataclass(frozen=True, kw_only=True)
class Journeys:
    """``steps``: name of STEPS to epoch ms, NEVER where a case skips the step. All int64 (n,).

    ``deadline_ms``/``due_soon_ms`` are of the first cycle as first set; ``extended_*`` after an
    approved extension 延期, ``resumed_*`` after a suspension 挂账, ``second_*`` of the cycle after
    a rework 返工, each NEVER where there is none.
    """

    steps: dict[str, Ints]
    deadline_ms: Ints
    due_soon_ms: Ints
    extended_deadline_ms: Ints
    extended_due_soon_ms: Ints
    resumed_deadline_ms: Ints
    resumed_due_soon_ms: Ints
    second_deadline_ms: Ints
    second_due_soon_ms: Ints
    limit_amount: Floats

    @property
    def end_ms(self) -> Ints:
        """When each case is closed for good, NEVER if it is not."""
        return self.steps["closed"]


def tell(
    city: CityMap,
    plan: CasePlan,
    span: Span,
    generator: np.random.Generator,
    *,
    due_soon_ratio: float = 0.8,
) -> Journeys:
    """The steps of every case, with the profile's quotas of closed cases met exactly."""
    profile = city.profile
    kinds = np.array([LIMIT_KINDS.index(given.limit_kind) for given in CATEGORIES])[plan.category]
    amounts = np.array([given.limit_amount for given in CATEGORIES])[plan.category]
    amounts = np.round(amounts * profile.limit_scale, 1)
    clock = Clock(span, kinds, amounts)
    draft = _drafted(city, plan, clock, generator)
    _start(draft, span)
    _choose_detours(draft, profile, span)
    _finish_first_cycle(draft)
    extended = _extend(draft, due_soon_ratio)
    resumed = _suspend(draft, due_soon_ratio)
    reopened = _second_ends(draft)
    for quota in profile.quotas:
        if quota.closed is not None and fits(quota, span):
            _meet(draft, reopened, quota, span)
    _middle(draft)
    second = _rework(draft, reopened, due_soon_ratio)
    rows = np.arange(len(plan), dtype=np.int64)
    return Journeys(
        steps=draft.steps, deadline_ms=draft.deadline,
        due_soon_ms=clock.after(rows, plan.accepted_ms, due_soon_ratio), limit_amount=amounts,
        extended_deadline_ms=extended[0], extended_due_soon_ms=extended[1],
        resumed_deadline_ms=resumed[0], resumed_due_soon_ms=resumed[1],
        second_deadline_ms=second[0], second_due_soon_ms=second[1],
    )  # fmt: skip


def _drafted(city: CityMap, plan: CasePlan, clock: Clock, generator: np.random.Generator) -> Draft:
    count = len(plan)
    rows = np.arange(count, dtype=np.int64)
    lateness = np.append([given.lateness for given in city.profile.districts], 1.0)
    slow = generator.lognormal(0, 0.35, int(plan.department.max()) + 1)
    share = city.profile.late_share * lateness[city.district[plan.area]] * slow[plan.department]
    return Draft(
        plan=plan, clock=clock, generator=generator,
        steps={name: np.full(count, NEVER, dtype=np.int64) for name, _ in STEPS},
        deadline=clock.after(rows, plan.accepted_ms, 1.0),
        sent=np.full(count, NEVER, dtype=np.int64), finish=np.full(count, NEVER, dtype=np.int64),
        is_late=generator.random(count) < np.minimum(share, 0.4),
        is_suspended=np.zeros(count, dtype=np.bool_), is_extended=np.zeros(count, dtype=np.bool_),
        rework=np.zeros(count, dtype=np.int64),
    )  # fmt: skip


def _start(draft: Draft, span: Span) -> None:
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
    steps["dispatched"][routed] = steps["filed"][routed] + draft.between(2, 15, int(routed.sum()))
    back = plan.is_returned & routed
    number = int(back.sum())
    steps["returned"][back] = steps["dispatched"][back] + draft.between(10, 160, number)
    steps["filed_again"][back] = steps["returned"][back] + draft.between(10, 60, number)
    steps["dispatched_again"][back] = steps["filed_again"][back] + draft.between(2, 15, number)
    draft.sent = np.maximum(steps["dispatched"], steps["dispatched_again"])


def _choose_detours(draft: Draft, profile: Profile, span: Span) -> None:
    """Which cases are suspended, extended or reworked; one detour a case at most."""
    plan, generator = draft.plan, draft.generator
    count = len(plan)
    flagged = np.array([given.flag for given in CATEGORIES])[plan.category] != ""
    free = draft.is_routed & ~flagged
    lot = generator.random(count)
    draft.is_suspended = free & (lot < _SUSPENDED_SHARE)
    limits = (_SUSPENDED_SHARE, _SUSPENDED_SHARE + _EXTENDED_SHARE)
    draft.is_extended = free & (lot >= limits[0]) & (lot < limits[1])
    edge = limits[1] + _REWORK_SHARE * profile.rework_scale
    draft.rework[free & (lot >= limits[1]) & (lot < edge)] = 1
    draft.rework[free & (lot >= edge) & (lot < edge + _REOPENED_SHARE)] = 2
    # 挂账 that last until after now: older cases are rarer.
    age = (span.now_ms - plan.accepted_ms) / DAY_MS
    likely = np.where(free & (lot > 0.1) & (age > 25), np.exp(-age / 300), 0.0)
    chosen = generator.choice(
        count, min(profile.suspended_open, int((likely > 0).sum())), replace=False,
        p=likely / likely.sum() if likely.any() else None,
    )  # fmt: skip
    draft.is_suspended[chosen] = True
    draft.steps["resumed"][chosen] = span.now_ms + draft.between(1440, 300_000, len(chosen))


def _finish_first_cycle(draft: Draft) -> None:
    """When the first cycle ends: on time somewhere inside the limit, or late."""
    plan, generator = draft.plan, draft.generator
    rows = np.flatnonzero(draft.is_routed)
    share = 0.05 + 0.93 * generator.beta(1.7, 1.5, len(rows))
    late = draft.is_late[rows]
    end = draft.clock.after(rows, plan.accepted_ms[rows], share)
    number = int(late.sum())
    over = 0.02 + generator.exponential(0.45, number)
    end[late] = draft.clock.after(rows[late], draft.deadline[rows[late]], over)
    long = generator.random(number) < _LONG_DELAY_SHARE
    weeks = (generator.uniform(7, 60, number) * DAY_MS).astype(np.int64)
    end[late] += np.where(long, weeks, 0)
    draft.finish[rows] = np.maximum(end, draft.sent[rows] + draft.between(15, 60, len(rows)))
    alone = np.flatnonzero(plan.is_self_handled)
    draft.finish[alone] = plan.accepted_ms[alone] + draft.between(2, 70, len(alone))


def _second_ends(draft: Draft) -> tuple[Ints, Ints]:
    """(start of the second cycle, its end), NEVER for cases with one cycle."""
    generator = draft.generator
    rows = np.flatnonzero(draft.rework > 0)
    start = np.full(len(draft.plan), NEVER, dtype=np.int64)
    end = start.copy()
    gap = np.where(
        draft.rework[rows] == 1,
        draft.between(5, 30, len(rows)), draft.between(600, 20_000, len(rows)),
    )  # fmt: skip
    start[rows] = draft.finish[rows] + gap
    late = generator.random(len(rows)) < 0.1
    share = np.where(late, 1.02 + generator.exponential(0.4, len(rows)),
                     0.1 + 0.8 * generator.random(len(rows)))  # fmt: skip
    end[rows] = draft.clock.after(rows, start[rows], share)
    end[rows] = np.maximum(end[rows], start[rows] + draft.between(60, 120, len(rows)))
    return start, end


def _meet(draft: Draft, reopened: tuple[Ints, Ints], quota: Quota, span: Span) -> None:
    """Move the ends of plain cases until exactly the quota's number is closed by its period's end.

    Cases are held back first where their deadline leaves most room, and hastened first where they
    have waited longest. Raises ValueError if there are not enough plain cases.
    """
    plan = draft.plan
    start, end = quota_span(quota, span)
    inside = (plan.kind == COUNTED) & (plan.accepted_ms >= start) & (plan.accepted_ms < end)
    # A case that will be sent back only after now is closed as far as anybody knows.
    knows = (draft.rework > 0) & ~((draft.rework == 2) & (reopened[0] > span.now_ms))
    final = np.where(knows, reopened[1], draft.finish)
    closed = inside & (final < end)
    surplus = int(closed.sum()) - int(quota.closed or 0)
    plain = inside & draft.is_plain
    if surplus > 0:
        able = np.flatnonzero(closed & plain)
        rows = able[np.argsort(-draft.deadline[able], kind="stable")][:surplus]
        room = np.maximum(draft.deadline[rows] - end, 36 * HOUR_MS)
        low, base = 0.02, np.full(len(rows), end + 1, dtype=np.int64)
    else:
        able = np.flatnonzero(plain & (final >= end) & (draft.sent < end - HOUR_MS))
        rows = able[np.argsort(plan.accepted_ms[able], kind="stable")][:-surplus]
        low, base = 0.5, draft.sent[rows]
        room = end - 1 - base
    draft.finish[rows] = base + share_of(room, draft.generator.uniform(low, 0.98, len(rows)))
    if len(rows) != abs(surplus):
        raise ValueError(f"{quota}: only {len(rows)} of {abs(surplus)} cases can be moved")


def _extend(draft: Draft, due_soon_ratio: float) -> tuple[Ints, Ints]:
    """延期: asked for before the limit is over; granted nine times in ten, for one limit more."""
    rows = np.flatnonzero(draft.is_extended)
    count = len(draft.plan)
    found = np.full(count, NEVER, dtype=np.int64), np.full(count, NEVER, dtype=np.int64)
    accepted = draft.plan.accepted_ms[rows]
    asked = draft.clock.after(rows, accepted, draft.generator.uniform(0.7, 0.92, len(rows)))
    asked = np.maximum(asked, draft.sent[rows] + draft.between(40, 60, len(rows)))
    decided = asked + draft.between(20, 200, len(rows))
    granted = draft.generator.random(len(rows)) < 0.9
    draft.steps["extension_asked"][rows] = asked
    draft.steps["extension_decided"][rows] = decided
    share = np.where(granted, draft.generator.uniform(1.05, 1.95, len(rows)),
                     draft.generator.uniform(0.98, 1.3, len(rows)))  # fmt: skip
    end = draft.clock.after(rows, accepted, share)
    draft.finish[rows] = np.maximum(end, decided + draft.between(20, 60, len(rows)))
    chosen = rows[granted]
    found[0][chosen] = draft.clock.after(chosen, accepted[granted], 2.0)
    found[1][chosen] = draft.clock.after(chosen, accepted[granted], 2.0 * due_soon_ratio)
    return found


def _suspend(draft: Draft, due_soon_ratio: float) -> tuple[Ints, Ints]:
    """挂账: the clock stands; afterwards the rest of the limit runs on the same calendar."""
    rows = np.flatnonzero(draft.is_suspended)
    count = len(draft.plan)
    found = np.full(count, NEVER, dtype=np.int64), np.full(count, NEVER, dtype=np.int64)
    accepted, sent, generator = draft.plan.accepted_ms[rows], draft.sent[rows], draft.generator
    early = draft.clock.after(rows, accepted, generator.uniform(0.15, 0.5, len(rows)))
    stopped = np.maximum(early, sent + draft.between(40, 90, len(rows)))
    stopped = np.minimum(stopped, np.maximum(draft.deadline[rows], sent + 45 * MINUTE_MS))
    fixed = draft.steps["resumed"][rows]
    lasting = fixed != NEVER
    resumed = np.where(lasting, fixed, stopped + draft.between(10_000, 90_000, len(rows)))
    rest = np.maximum(1.0 - draft.clock.share_used(rows, accepted, stopped), 0.0)
    draft.steps["suspended"][rows], draft.steps["resumed"][rows] = stopped, resumed
    found[0][rows] = draft.clock.after(rows, resumed, rest)
    # The yellow light comes after its share of the limit, pauses left out.
    yellow = np.maximum(rest - (1.0 - due_soon_ratio), 0.0)
    found[1][rows] = draft.clock.after(rows, resumed, yellow)
    end = draft.clock.after(rows, resumed, np.maximum(rest, 0.05) * 0.8)
    draft.finish[rows] = np.maximum(end, resumed + draft.between(30, 90, len(rows)))
    return found


def _middle(draft: Draft) -> None:
    """Signing, handling, checking and calling back, between the last dispatch and the end."""
    steps, generator = draft.steps, draft.generator
    alone = draft.plan.is_self_handled
    # Worked off on the spot: accepted the moment it is reported.
    steps["closed"][alone] = draft.finish[alone]
    rows = np.flatnonzero(draft.is_routed)
    sent, end = draft.sent[rows], draft.finish[rows]
    # Work goes on only after a pause or a decision.
    free = np.maximum.reduce([sent, steps["extension_decided"][rows], steps["resumed"][rows]])
    after = np.minimum(draft.between(25, 300, len(rows)), share_of(end - free, 0.4))
    handled = end - after
    until = handled.copy()
    for name in ("extension_asked", "suspended"):
        has = steps[name][rows] != NEVER
        until[has] = np.minimum(until[has], steps[name][rows][has])
    signed = sent + share_of(until - sent, generator.uniform(0.02, 0.3, len(rows)))
    start = signed + share_of(until - signed, generator.uniform(0.03, 0.4, len(rows)))
    steps["signed"][rows], steps["handling"][rows], steps["handled"][rows] = signed, start, handled
    rework = draft.rework[rows]
    mediated = np.array([given.flag == "is_mediation" for given in CATEGORIES])
    called = (generator.random(len(rows)) < 0.62) | (rework > 0)
    called |= mediated[draft.plan.category[rows]]
    checked = (generator.random(len(rows)) < 0.35) | ~called
    steps["checking"][rows[checked]] = (handled + share_of(after, 0.2))[checked]
    steps["visiting"][rows[called]] = (handled + share_of(after, 0.5))[called]
    steps["closed"][rows[rework == 0]] = end[rework == 0]
    steps["closed_first"][rows[rework == 2]] = end[rework == 2]


def _rework(draft: Draft, reopened: tuple[Ints, Ints], due_soon_ratio: float) -> tuple[Ints, Ints]:
    """返工: a new cycle with the category's limit again, from the moment it was sent back."""
    steps, generator = draft.steps, draft.generator
    rows = np.flatnonzero(draft.rework > 0)
    count = len(draft.plan)
    found = np.full(count, NEVER, dtype=np.int64), np.full(count, NEVER, dtype=np.int64)
    start, end = reopened[0][rows], reopened[1][rows]
    steps["rework"][rows], steps["closed"][rows] = start, end
    length = end - start
    begun, done = generator.uniform(0.03, 0.3, len(rows)), generator.uniform(0.6, 0.85, len(rows))
    steps["handling_again"][rows] = start + share_of(length, begun)
    steps["handled_again"][rows] = start + share_of(length, done)
    steps["visiting_again"][rows] = start + share_of(length, 0.9)
    found[0][rows] = draft.clock.after(rows, start, 1.0)
    found[1][rows] = draft.clock.after(rows, start, due_soon_ratio)
    return found
