"""Signals of numbers made up 疑似刷数: rules that ask somebody to look, and judge nobody.

From what reports of inspections describe (domain section 5 and 6): closures bunched just before
their limit, cases done in a minute, whole batches in one go. The bounds marked *recommended* in
docs/research.md are this product's own. Everything here is counted by grid or department, never by
person (国办函〔2026〕12号).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BANDS: Final = 20  # of 5 % of the limit each; band BANDS is beyond the limit
BEYOND: Final = BANDS
_TAIL: Final = slice(18, 20)  # 90–100 %
_NEIGHBOURS: Final = slice(14, 18)  # 70–90 %
TAIL_TIMES: Final = 2.0
TAIL_LEAST: Final = 10

HASTY_MS: Final = 60_000
BURST_MS: Final = 10 * 60_000
BURST_MORE_THAN: Final = 30
NIGHT_MS: Final = 60 * 60_000
NIGHT_MORE_THAN: Final = 9
NIGHT_HOURS: Final = (22, 6)  # from, until
SELF_SHARE: Final = 0.8
SELF_LEAST: Final = 10
RETURNS_LEAST: Final = 2


def bands_of(left_ms: Ints, limit_ms: Ints) -> Ints:
    """The 5 % band of the limit in which each case was done; ``left``: of the limit, negative late.

    Band 0 is up to 5 %, a band's upper end belongs to the next one, but exactly 100 % is in time
    (band 19). A case with more left than its limit (a pause) is in band 0; without a limit: -1.
    """
    used = np.maximum(limit_ms - left_ms, 0)
    inside = np.minimum(used * BANDS // np.maximum(limit_ms, 1), BANDS - 1)
    found: Ints = np.where(used > limit_ms, BEYOND, inside)
    return np.where(limit_ms > 0, found, -1)


@dataclass(frozen=True, kw_only=True)
class Bunching:
    """踩点办结: closures in the last tenth of the limit beside what the bands before lead one to
    expect there."""

    tail: int
    expected: float
    is_bunched: bool


def judge_bunching(counts: Sequence[int]) -> Bunching:
    """``counts`` of the bands 0 to BANDS. Expected in the last two bands is twice the mean of the
    four before (70–90 %); bunched is at least TAIL_LEAST and TAIL_TIMES what is expected."""
    tail = int(sum(counts[_TAIL]))
    near = counts[_NEIGHBOURS]
    expected = 2 * sum(near) / len(near)
    is_bunched = tail >= TAIL_LEAST and tail >= TAIL_TIMES * expected
    return Bunching(tail=tail, expected=expected, is_bunched=is_bunched)


def tail_bands() -> range:
    """The bands of the last tenth of the limit."""
    return range(_TAIL.start, _TAIL.stop)


def crowded(key: Ints, at_ms: Ints, *, within_ms: int, more_than: int) -> Mask:
    """Rows that lie in some stretch of ``within_ms`` with more than ``more_than`` rows of their
    key. A stretch holds both its ends; a negative key is in none."""
    found = np.zeros(len(key), dtype=np.bool_)
    order = np.lexsort((at_ms, key))
    keys, moments = key[order], at_ms[order]
    last = np.arange(len(order)) + more_than
    reaches = last < len(order)
    first = np.flatnonzero(reaches)
    last = last[reaches]
    same = (keys[first] == keys[last]) & (keys[first] >= 0)
    close = same & (moments[last] - moments[first] <= within_ms)
    edges = np.zeros(len(order) + 1, dtype=np.int64)
    np.add.at(edges, first[close], 1)
    np.add.at(edges, last[close] + 1, -1)
    found[order] = np.cumsum(edges)[:-1] > 0
    return found


def hasty(begun_ms: Ints, done_ms: Ints, is_direct: Mask, *, missing: int) -> Mask:
    """Done less than a minute after it was taken up; not what is closed on the spot by nature.

    ``missing`` stands for a moment that is not known.
    """
    known = (begun_ms != missing) & (done_ms != missing) & ~is_direct
    length = np.where(known, done_ms - np.where(known, begun_ms, 0), HASTY_MS)
    return (length >= 0) & (length < HASTY_MS)


def at_night(minute_of_day: Ints) -> Mask:
    """From 22:00 to 06:00 by the city's clocks."""
    first, last = NIGHT_HOURS
    return (minute_of_day >= first * 60) | (minute_of_day < last * 60)


def is_mostly_self(own: int, closed: int) -> bool:
    """自报自结: more than four in five of at least ten closures."""
    return closed >= SELF_LEAST and own > SELF_SHARE * closed
