"""How each case goes: the instants of its steps, from its report to its closure, all at once.

Every case is told to its end, even beyond ``now``; what has not happened yet is cut off afterwards
(case_rows), so an open case is exactly a case whose story is known up to today. The steps follow
the order of ``STEPS``: each case takes some of them, never out of order. Here is when a case ends;
detours.py tells what holds it up and stages.py the steps between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks.case_clock import ClockRules
from jobs.demo.case_plan import COUNTED, CasePlan, edges_of, fits, quota_span
from jobs.demo.city_days import DAY_MS, HOUR_MS, Span
from jobs.demo.city_map import CityMap
from jobs.demo.detours import Lights, Suspensions, extend, suspend
from jobs.demo.drafts import NEVER, STEPS, Clock, Draft, share_of
from jobs.demo.limit_table import are_urgent, limit_amounts, limit_kinds
from jobs.demo.oddities import make_odd
from jobs.demo.profiles import Profile, Quota
from jobs.demo.reference import CATEGORIES
from jobs.demo.stages import start, tell_middle, tell_rework

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SUSPENDED_SHARE: Final = 0.006
_EXTENDED_SHARE: Final = 0.014
_REWORK_SHARE: Final = 0.022
_REOPENED_SHARE: Final = 0.004
_BY_RECHECK_SHARE: Final = 0.5  # of the reopened: a re-check 抽查, not a repeat complaint
_LONG_DELAY_SHARE: Final = 0.05  # of late cases: weeks, not days
_LEAST_ROOM_MS: Final = 3 * HOUR_MS  # of a limit after dispatch in which anything is applied for
_LASTING_DAYS: Final = (25, 690)  # age of the cases suspended now; two suspensions reach no further


@dataclass(frozen=True, kw_only=True)
class Journeys:
    """``steps``: name of STEPS to epoch ms, NEVER where a case skips the step. All int64 (n,).

    ``first``, ``extended``, ``second`` are handling deadlines and yellow lights of the first cycle
    as first set, after an approved extension 延期, and of the cycle after a rework 返工, NEVER
    where there is none; ``suspensions`` has those after each suspension 挂账. ``contact_ms``: first
    contact. ``by_recheck``: reopened because a re-check 抽查 found the closure false.
    """

    clock: Clock
    steps: dict[str, Ints]
    contact_ms: Ints
    first: Lights
    extended: Lights
    second: Lights
    suspensions: Suspensions
    by_recheck: Mask
    limit_amount: Floats


def tell(
    city: CityMap,
    plan: CasePlan,
    span: Span,
    generator: np.random.Generator,
    *,
    rules: ClockRules,
) -> Journeys:
    """The steps of every case, with the profile's quotas of closed cases met exactly."""
    profile, ratio = city.profile, rules.due_soon_ratio
    amounts = limit_amounts(profile.limit_scale)[plan.limit]
    clock = Clock(span.calendar, limit_kinds()[plan.limit], amounts)
    draft = _drafted(city, plan, clock, generator)
    start(draft, span)
    _choose_detours(draft, profile, span)
    _finish_first_cycle(draft)
    extended = extend(draft, ratio)
    suspensions = suspend(draft, span, rules)
    reopened = _second_ends(draft, span)
    for quota in profile.quotas:
        if quota.closed is not None and fits(quota, span):
            _meet(draft, reopened, quota, span)
    tell_middle(draft, are_urgent()[plan.limit])
    make_odd(draft, edges_of(profile, span), span)
    second = tell_rework(draft, reopened, ratio)
    rows = np.arange(len(plan), dtype=np.int64)
    return Journeys(
        clock=clock, steps=draft.steps, contact_ms=draft.contact,
        first=Lights(draft.deadline, clock.after(rows, plan.accepted_ms, ratio)),
        extended=extended, second=second, suspensions=suspensions, by_recheck=draft.by_recheck,
        limit_amount=amounts,
    )  # fmt: skip


def _drafted(city: CityMap, plan: CasePlan, clock: Clock, generator: np.random.Generator) -> Draft:
    count = len(plan)
    rows = np.arange(count, dtype=np.int64)
    lateness = np.append([given.lateness for given in city.profile.districts], 1.0)
    slow = generator.lognormal(0, 0.35, int(plan.department.max()) + 1)[plan.department]
    share = city.profile.late_share * lateness[city.district[plan.area]] * slow
    never = np.full(count, NEVER, dtype=np.int64)
    return Draft(
        plan=plan, clock=clock, generator=generator,
        steps={name: never.copy() for name, _ in STEPS},
        deadline=clock.after(rows, plan.accepted_ms, 1.0), slowness=slow,
        sent=never.copy(), finish=never.copy(), contact=never.copy(),
        is_late=generator.random(count) < np.minimum(share, 0.4),
        is_suspended=np.zeros(count, dtype=np.bool_), is_extended=np.zeros(count, dtype=np.bool_),
        rework=np.zeros(count, dtype=np.int64), by_recheck=np.zeros(count, dtype=np.bool_),
    )  # fmt: skip


def _choose_detours(draft: Draft, profile: Profile, span: Span) -> None:
    """Which cases are suspended, extended or reworked; one detour a case at most."""
    plan, generator = draft.plan, draft.generator
    count = len(plan)
    flagged = np.array([given.flag for given in CATEGORIES])[plan.category] != ""
    free = draft.is_routed & ~flagged
    roomy = free & (draft.deadline - draft.sent > _LEAST_ROOM_MS)
    lot = generator.random(count)
    limits = (_SUSPENDED_SHARE, _SUSPENDED_SHARE + _EXTENDED_SHARE)
    draft.is_suspended = roomy & (lot < _SUSPENDED_SHARE)
    draft.is_extended = roomy & (lot >= limits[0]) & (lot < limits[1])
    edge = limits[1] + _REWORK_SHARE * profile.rework_scale
    draft.rework[free & (lot >= limits[1]) & (lot < edge)] = 1
    draft.rework[free & (lot >= edge) & (lot < edge + _REOPENED_SHARE)] = 2
    draft.by_recheck = (draft.rework == 2) & (generator.random(count) < _BY_RECHECK_SHARE)
    # 挂账 that last until after now: older cases are rarer.
    age = (span.now_ms - plan.accepted_ms) / DAY_MS
    youngest, oldest = _LASTING_DAYS
    able = roomy & (lot > 0.1) & (age > youngest) & (age < oldest)
    likely = np.where(able, np.exp(-age / 300), 0.0)
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


def _second_ends(draft: Draft, span: Span) -> tuple[Ints, Ints]:
    """(start of the second cycle, its end), NEVER for cases with one cycle."""
    generator = draft.generator
    rows = np.flatnonzero(draft.rework > 0)
    begin = np.full(len(draft.plan), NEVER, dtype=np.int64)
    end = begin.copy()
    gap = np.where(
        draft.rework[rows] == 1,
        draft.between(5, 30, len(rows)), draft.between(600, 20_000, len(rows)),
    )  # fmt: skip
    begin[rows] = draft.finish[rows] + gap
    false = np.flatnonzero(draft.by_recheck)
    begin[false] = recheck_times(draft.finish[false], span, generator)[1]
    late = generator.random(len(rows)) < 0.1
    share = np.where(late, 1.02 + generator.exponential(0.4, len(rows)),
                     0.1 + 0.8 * generator.random(len(rows)))  # fmt: skip
    end[rows] = draft.clock.after(rows, begin[rows], share)
    end[rows] = np.maximum(end[rows], begin[rows] + draft.between(60, 120, len(rows)))
    return begin, end


def recheck_times(closed: Ints, span: Span, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """(drawn, checked) of the sample 抽查 of the closures of a month.

    Drawn at 09:00 of the next month's first day, looked at by day within the fortnight after.
    """
    months = span.local_days(closed).astype("datetime64[D]").astype("datetime64[M]") + 1
    first_day = months.astype("datetime64[D]").astype(np.int64)
    drawn: Ints = first_day * DAY_MS - span.offset_ms + 9 * HOUR_MS
    days = generator.integers(1, 15, len(closed)) * DAY_MS
    checked: Ints = drawn + days + (generator.uniform(0, 8, len(closed)) * HOUR_MS).astype(np.int64)
    return drawn, checked


def _meet(draft: Draft, reopened: tuple[Ints, Ints], quota: Quota, span: Span) -> None:
    """Move the ends of plain cases until exactly the quota's number is closed by its period's end.

    Cases are held back first where their deadline leaves most room, and hastened first where they
    have waited longest. Raises ValueError if there are not enough plain cases.
    """
    plan = draft.plan
    first, end = quota_span(quota, span)
    inside = (plan.kind == COUNTED) & (plan.accepted_ms >= first) & (plan.accepted_ms < end)
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
