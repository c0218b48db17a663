"""What holds a case up: extensions 延期 and suspensions 挂账, with the deadlines they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks.case_clock import ClockRules
from jobs.demo.city_days import DAY_MS, Span
from jobs.demo.drafts import NEVER, Draft, share_of

Ints = NDArray[np.int64]

# How the end of a suspension compares with its planned end: as planned, earlier, later.
_ENDS: Final = (0.78, 0.17, 0.05)
_UNPLANNED_SHARE: Final = 0.02  # of the suspensions that last


class Lights(NamedTuple):
    """处置时限 and the moment of the yellow light, epoch ms by case; NEVER where there is none."""

    deadline: Ints
    due_soon: Ints

    @classmethod
    def none(cls, count: int) -> Lights:
        """Of no case yet."""
        never = np.full(count, NEVER, dtype=np.int64)
        return cls(never, never.copy())


@dataclass(frozen=True, kw_only=True)
class Suspensions:
    """Up to two suspensions a case; the steps tell when they began and ended.

    ``planned_ms``: planned end of each, NEVER for none; ``lights``: after each of them.
    """

    planned_ms: tuple[Ints, Ints]
    lights: tuple[Lights, Lights]


def extend(draft: Draft, due_soon_ratio: float) -> Lights:
    """延期: asked for before the limit is over; granted nine times in ten, for one limit more."""
    rows = np.flatnonzero(draft.is_extended)
    found = Lights.none(len(draft.plan))
    accepted = draft.plan.accepted_ms[rows]
    asked = draft.clock.after(rows, accepted, draft.generator.uniform(0.7, 0.92, len(rows)))
    asked = np.maximum(asked, draft.sent[rows] + draft.between(40, 60, len(rows)))
    in_time = asked < draft.deadline[rows]
    draft.is_extended[rows[~in_time]] = False
    rows, accepted, asked = rows[in_time], accepted[in_time], asked[in_time]
    decided = asked + draft.between(20, 200, len(rows))
    granted = draft.generator.random(len(rows)) < 0.9
    draft.steps["extension_asked"][rows] = asked
    draft.steps["extension_decided"][rows] = decided
    share = np.where(granted, draft.generator.uniform(1.05, 1.95, len(rows)),
                     draft.generator.uniform(0.98, 1.3, len(rows)))  # fmt: skip
    end = draft.clock.after(rows, accepted, share)
    draft.finish[rows] = np.maximum(end, decided + draft.between(20, 60, len(rows)))
    chosen = rows[granted]
    found.deadline[chosen] = draft.clock.after(chosen, accepted[granted], 2.0)
    found.due_soon[chosen] = draft.clock.after(chosen, accepted[granted], 2.0 * due_soon_ratio)
    return found


def suspend(draft: Draft, span: Span, rules: ClockRules) -> Suspensions:
    """挂账: the clock stands; afterwards the rest of the limit runs on the same calendar.

    ``steps["resumed"]`` holds the planned end of those that last until after now. None lasts longer
    than the rules allow: an older one was ended in time and begun anew.
    """
    _stop(draft)
    rows = np.flatnonzero(draft.is_suspended)
    steps = draft.steps
    stopped, planned = steps["suspended"], np.full(len(draft.plan), NEVER, dtype=np.int64)
    lasting = steps["resumed"][rows] != NEVER
    over = rows[~lasting]
    steps["resumed"][over] = stopped[over] + draft.between(10_000, 90_000, len(over))
    planned[over] = _planned(draft, over, span)
    last = rows[lasting]
    longest = rules.suspension_limit_ms - DAY_MS
    steps["resumed"][last] = np.minimum(steps["resumed"][last], stopped[last] + longest)
    planned[last] = steps["resumed"][last]
    old = last[steps["resumed"][last] <= span.now_ms + DAY_MS]
    again = _suspend_again(draft, old, span, longest)
    planned[old] = steps["resumed"][old]
    unplanned = last[draft.generator.random(len(last)) < _UNPLANNED_SHARE]
    planned[np.setdiff1d(unplanned, old)] = NEVER
    lights = _lights(draft, rows, old, rules.due_soon_ratio)
    _finish(draft, rows)
    return Suspensions(planned_ms=(planned, again), lights=lights)


def _stop(draft: Draft) -> None:
    """When the clock is stopped: in the first half of the limit, at work on the case already."""
    rows = np.flatnonzero(draft.is_suspended)
    share = draft.generator.uniform(0.15, 0.5, len(rows))
    early = draft.clock.after(rows, draft.plan.accepted_ms[rows], share)
    stopped = np.maximum(early, draft.sent[rows] + draft.between(40, 90, len(rows)))
    stopped = np.minimum(stopped, draft.deadline[rows] - 1)
    draft.steps["suspended"][rows] = stopped


def _planned(draft: Draft, rows: Ints, span: Span) -> Ints:
    """Planned ends of suspensions with a known end; one that still stands ends as planned."""
    stopped, resumed = draft.steps["suspended"][rows], draft.steps["resumed"][rows]
    way = draft.generator.choice(3, len(rows), p=_ENDS)
    days = (draft.generator.uniform(0.5, 20, len(rows)) * DAY_MS).astype(np.int64)
    early = np.maximum(resumed - days // 4, stopped + share_of(resumed - stopped, 0.5))
    planned = np.choose(way, (resumed, resumed + days, early))
    chosen: Ints = np.where(resumed > span.now_ms, resumed, planned)
    return chosen


def _suspend_again(draft: Draft, rows: Ints, span: Span, longest: int) -> Ints:
    """A second suspension for those whose first had to end before now; returns planned ends."""
    steps, generator = draft.steps, draft.generator
    planned = np.full(len(draft.plan), NEVER, dtype=np.int64)
    stopped, accepted = steps["suspended"][rows], draft.plan.accepted_ms[rows]
    # The second one must reach beyond now, and so begin within the longest time before it.
    low = np.maximum(span.now_ms - longest + 20 * DAY_MS, stopped + 100 * DAY_MS)
    high = np.minimum(stopped + longest, span.now_ms - 20 * DAY_MS)
    low = np.minimum(low, high)
    resumed = low + share_of(high - low, generator.random(len(rows)))
    rest = draft.clock.limit[rows] - draft.clock.used(rows, accepted, stopped)
    worked = share_of(rest, generator.uniform(0.02, 0.15, len(rows)))
    again = draft.clock.run(rows, resumed, worked)
    steps["resumed"][rows], steps["suspended_again"][rows] = resumed, again
    until = np.minimum(span.now_ms + draft.between(1440, 200_000, len(rows)), again + longest)
    steps["resumed_again"][rows] = planned[rows] = until
    return planned


def _lights(draft: Draft, rows: Ints, old: Ints, due_soon_ratio: float) -> tuple[Lights, Lights]:
    steps, accepted = draft.steps, draft.plan.accepted_ms
    found = Lights.none(len(draft.plan)), Lights.none(len(draft.plan))
    one = [(steps["suspended"], steps["resumed"])]
    two = [*one, (steps["suspended_again"], steps["resumed_again"])]
    for lights, chosen, pauses in ((found[0], rows, one), (found[1], old, two)):
        own = [(begin[chosen], end[chosen]) for begin, end in pauses]
        for column, share in ((lights.deadline, 1.0), (lights.due_soon, due_soon_ratio)):
            column[chosen] = draft.clock.after_pauses(chosen, accepted[chosen], share, own)
    return found


def _finish(draft: Draft, rows: Ints) -> None:
    """The end of the first cycle: within what is left of the limit, mostly."""
    steps, clock = draft.steps, draft.clock
    used = clock.used(rows, draft.plan.accepted_ms[rows], steps["suspended"][rows])
    resumed, again = steps["resumed"][rows], steps["suspended_again"][rows]
    twice = again != NEVER
    used[twice] += clock.used(rows[twice], resumed[twice], again[twice])
    last = np.where(twice, steps["resumed_again"][rows], resumed)
    rest = np.maximum(clock.limit[rows] - used, clock.limit[rows] // 20)
    end = clock.run(rows, last, share_of(rest, 0.8))
    draft.finish[rows] = np.maximum(end, last + draft.between(30, 90, len(rows)))
