"""Pace of a campaign 专项任务进度: rate per hour, the finish it leads to, and who lags behind.

All moments are epoch milliseconds, all rates per hour of the clock, nights and pauses included.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

HOUR_MS = 3_600_000
LAGS_BELOW = Fraction(4, 5)  # of what the clock would have done by now


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Where a campaign stands at ``now_ms``.

    ``target``, ``done``: how many; ``recent``: done in the last ``recent_ms``; ``due_ms``: None
    where no end is set; ``last_ms``: of the newest progress, None for none.
    """

    target: int
    done: int
    recent: int
    recent_ms: int
    start_ms: int
    due_ms: int | None
    now_ms: int
    last_ms: int | None

    @property
    def share(self) -> Fraction | None:
        """Done of the target; None without a target."""
        return Fraction(self.done, self.target) if self.target else None

    @property
    def elapsed(self) -> Fraction | None:
        """Share of the time that has passed, 0 to 1; None where no end is set."""
        if self.due_ms is None or self.due_ms <= self.start_ms:
            return None
        passed = Fraction(self.now_ms - self.start_ms, self.due_ms - self.start_ms)
        return min(max(passed, Fraction(0)), Fraction(1))

    @property
    def is_done(self) -> bool:
        return self.target > 0 and self.done >= self.target

    @property
    def mean_rate(self) -> Fraction | None:
        """Per hour since the start, up to the newest progress of one that is done, else to now."""
        until = self.last_ms if self.is_done and self.last_ms is not None else self.now_ms
        return _per_hour(self.done, until - self.start_ms)

    @property
    def recent_rate(self) -> Fraction | None:
        """Per hour lately; None before the start."""
        return _per_hour(self.recent, min(self.recent_ms, self.now_ms - self.start_ms))

    @property
    def finish_ms(self) -> int | None:
        """When it was done, or will be at the recent rate; None when that leads nowhere."""
        if self.is_done:
            return self.last_ms
        rate = self.recent_rate
        if not rate:
            return None
        return self.now_ms + int((self.target - self.done) / rate * HOUR_MS)

    @property
    def needed_rate(self) -> Fraction | None:
        """Per hour from now on to be done in time; None when done, without an end or after it."""
        if self.is_done or self.due_ms is None or self.due_ms <= self.now_ms:
            return None
        return _per_hour(self.target - self.done, self.due_ms - max(self.now_ms, self.start_ms))


def _per_hour(count: int, length_ms: int) -> Fraction | None:
    return Fraction(count * HOUR_MS, length_ms) if length_ms > 0 else None


def expected(target: int, elapsed: Fraction | None) -> Fraction:
    """What an even pace would have done by now; nothing is expected where no end is set."""
    return target * (elapsed or Fraction(0))


def lags(target: int, done: int, elapsed: Fraction | None) -> bool:
    """落后: less than four fifths of what an even pace would have done."""
    if not elapsed:
        return done < 0
    # In whole numbers, as fractions of thousands of grids take a tenth of a second.
    behind = LAGS_BELOW * elapsed
    return done * behind.denominator < target * behind.numerator
