"""Ranking 排名: who is better, equal ones together, and nobody on too little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.kpis.evaluate import is_too_small
from dashboard.kpis.model import Direction, Reading


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A reading's place in a league. ``index``: where it stood in the input; ``rank`` from 1, None
    for what is not ranked."""

    index: int
    reading: Reading
    rank: int | None


def rank(readings: Sequence[Reading], *, minimum_denominator: int = 0) -> list[Ranked]:
    """The readings of one KPI, best first; where neither way is better, largest first.

    Equal unrounded values share a rank and the next one is left out: 1, 2, 2, 4. Below the ranked
    ones come those over fewer than ``minimum_denominator`` 样本不足, then those without a value,
    both without a rank and in the order of the input. Nothing gives an empty list.
    """
    large, small, empty = [], [], []
    for index, reading in enumerate(readings):
        if reading.value is None:
            empty.append(index)
        elif is_too_small(reading, minimum_denominator):
            small.append(index)
        else:
            large.append((reading.value, index))
    lower = bool(readings) and readings[0].kpi.direction is Direction.LOWER
    large.sort(key=lambda one: (one[0] if lower else -one[0], one[1]))
    result: list[Ranked] = []
    for place, (value, index) in enumerate(large, start=1):
        is_tie = bool(result) and result[-1].reading.value == value
        number = result[-1].rank if is_tie else place
        result.append(Ranked(index=index, reading=readings[index], rank=number))
    return result + [
        Ranked(index=index, reading=readings[index], rank=None) for index in (*small, *empty)
    ]
