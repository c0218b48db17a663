"""Spikes 突增: is a count of today out of line with the same weekday of the weeks before.

The bound is that of 受理量's spike (domain K01, Q6): mean plus two standard deviations, of the
population, of the four same weekdays before; and a least count, so that 0 → 2 is no spike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Final

WEEKS: Final = 4
SIGMAS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Spike:
    """One count beside its weeks before; ``bound``: more than this is out of line."""

    count: int
    mean: float
    deviation: float
    bound: float
    is_spike: bool

    @property
    def excess(self) -> float:
        """How far above the mean, in cases."""
        return self.count - self.mean


def judge_spike(count: int, before: Sequence[int], *, least: int) -> Spike:
    """Compare a count with those of the weeks ``before``; without any there is no spike.

    A spike has at least ``least`` cases and more than mean + 2σ.
    """
    if not before:
        return Spike(count=count, mean=0.0, deviation=0.0, bound=0.0, is_spike=False)
    mean = fsum(before) / len(before)
    deviation = sqrt(fsum((one - mean) ** 2 for one in before) / len(before))
    bound = mean + SIGMAS * deviation
    return Spike(
        count=count,
        mean=mean,
        deviation=deviation,
        bound=bound,
        is_spike=count >= least and count > bound,
    )
