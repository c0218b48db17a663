"""Work in a demo city that looks made up 疑似刷数: what the signals of 研判 are to find.

Few cases, and only plain ones whose period stays the same: every published total stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span
from jobs.demo.drafts import NEVER, Draft, share_of
from jobs.demo.reference import CATEGORIES

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SENT_BACK_AGAIN_SHARE: Final = 0.15  # of the returned ones
_RECENT_DAYS: Final = 45
_BUNCHED_SHARE: Final = 0.65
_BUNCHED_MOST: Final = 160
_HASTY_CASES: Final = 14
_NIGHT_CASES: Final = 12
_NIGHTS_AGO: Final = (3, 21)  # days
_BATCH_MS: Final = 45 * MINUTE_MS
_AFTER_NIGHT_MS: Final = 10 * HOUR_MS  # until it is closed
# After the work is done: what comes later is told again with it.
_LATER: Final = ("checking", "visiting", "closed")


def send_back_again(draft: Draft, back: Ints) -> Ints:
    """Which of the returned cases the second department returns as well."""
    lot = draft.generator.spawn(1)[0].random(len(back))
    return back[lot < _SENT_BACK_AGAIN_SHARE]


def make_odd(draft: Draft, edges: Sequence[int], span: Span) -> None:
    """Let some departments' newest work look made up: a batch in one night, bunched, hasty."""
    generator = draft.generator.spawn(1)[0]
    recent = draft.plan.accepted_ms > span.now_ms - _RECENT_DAYS * DAY_MS
    flagged = np.array([bool(given.flag) for given in CATEGORIES])[draft.plan.category]
    free = recent & draft.is_plain & ~flagged & (draft.finish <= span.now_ms)
    free[_work_at_night(draft, np.flatnonzero(free), edges, span, generator)] = False
    departments = np.argsort(-np.bincount(draft.plan.department[free], minlength=2))[:2]
    bunched, hasty = (np.flatnonzero(free & (draft.plan.department == one)) for one in departments)
    _bunch(draft, bunched, edges, span, generator)
    _hurry(draft, hasty, generator)


def _bunch(
    draft: Draft, rows: Ints, edges: Sequence[int], span: Span, generator: np.random.Generator
) -> None:
    """踩点: handled in the last tenth of the limit, and closed before it is over."""
    rows = rows[generator.random(len(rows)) < _BUNCHED_SHARE]
    accepted = draft.plan.accepted_ms[rows]
    handled = draft.clock.after(rows, accepted, generator.uniform(0.915, 0.975, len(rows)))
    closed = draft.clock.after(rows, accepted, 0.995)
    able = (handled > draft.steps["handling"][rows]) & (closed > handled)
    able &= (closed <= span.now_ms) & _stays(draft.steps["closed"][rows], closed, edges)
    able &= np.cumsum(able) <= _BUNCHED_MOST
    _tell_again(draft, rows[able], handled[able], closed[able])


def _hurry(draft: Draft, rows: Ints, generator: np.random.Generator) -> None:
    """秒办结: signed for, and done before a minute is over."""
    chosen = generator.permutation(rows)[:_HASTY_CASES]
    signed = draft.steps["signed"][chosen]
    draft.contact[chosen] = signed + 8_000
    draft.steps["handling"][chosen] = signed + 12_000
    draft.steps["handled"][chosen] = signed + generator.integers(20_000, 55_000, len(chosen))


def _work_at_night(
    draft: Draft, rows: Ints, edges: Sequence[int], span: Span, generator: np.random.Generator
) -> Ints:
    """夜间成批: one department's work of days is done within three quarters of an hour.

    The night and the department of which most can be moved. Returns the rows moved.
    """
    today = span.now_ms - (span.now_ms + span.offset_ms) % DAY_MS
    best, start = rows[:0], today
    for night in today - np.arange(*_NIGHTS_AGO) * DAY_MS + 23 * HOUR_MS + 5 * MINUTE_MS:
        able = rows[_can_wait(draft, rows, int(night), edges)]
        if len(able):
            counts = np.bincount(draft.plan.department[able])
            if counts.max() > len(best):
                best, start = able[draft.plan.department[able] == counts.argmax()], int(night)
    chosen, steps = best[:_NIGHT_CASES], draft.steps
    handled = start + generator.integers(0, _BATCH_MS, len(chosen))
    begun = start - 30 * MINUTE_MS
    steps["handling"][chosen] = np.minimum(steps["handling"][chosen], begun)
    draft.contact[chosen] = np.minimum(draft.contact[chosen], steps["handling"][chosen])
    after = np.minimum(steps["closed"][chosen] - steps["handled"][chosen], _AFTER_NIGHT_MS)
    _tell_again(draft, chosen, handled, handled + after)
    return chosen


def _can_wait(draft: Draft, rows: Ints, night: int, edges: Sequence[int]) -> Mask:
    """Signed for before the night, and in time after it if they are in time now."""
    closed, deadline = draft.steps["closed"][rows], draft.deadline[rows]
    latest = np.full(len(rows), night + _BATCH_MS + _AFTER_NIGHT_MS)
    able: Mask = draft.steps["signed"][rows] < night - HOUR_MS
    able &= (latest < deadline) | (closed > deadline)
    able &= (np.abs(closed - night) < 12 * DAY_MS) & _stays(closed, latest, edges)
    return able


def _stays(before: Ints, after: Ints, edges: Sequence[int]) -> Mask:
    """Whether an end stays on its side of every edge."""
    same = np.ones(len(before), dtype=np.bool_)
    for edge in edges:
        same &= (before < edge) == (after < edge)
    return same


def _tell_again(draft: Draft, rows: Ints, handled: Ints, closed: Ints) -> None:
    """Move the end of the work, and what comes after it in proportion."""
    steps = draft.steps
    before, length = steps["handled"][rows], steps["closed"][rows] - steps["handled"][rows]
    stretch = (closed - handled) / np.maximum(length, 1)
    for name in _LATER:
        own = steps[name][rows]
        moved = handled + share_of(own - before, stretch)
        steps[name][rows] = np.where(own == NEVER, NEVER, moved)
    steps["handled"][rows], steps["closed"][rows] = handled, closed
    draft.finish[rows] = closed
