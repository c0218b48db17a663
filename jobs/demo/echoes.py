"""Cases that tell of a matter told before: repeat complaints 重复诉求 and duplicates 重复件."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_days import DAY_MS
from jobs.demo.reference import CATEGORIES

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_REPEAT_SHARE: Final = 0.046
_REPEAT_DAYS: Final = 29.0
_DUPLICATE_DAYS: Final = 4.0


def echo(
    accepted: Ints, counted: Mask, merged: Mask, category: Ints, generator: np.random.Generator
) -> Ints:
    """The row whose matter each case tells again, -1 for the others, which tell of their own.

    ``accepted`` ascends. Some of the ``counted`` repeat an earlier counted one; every one of the
    ``merged`` has one, unless nothing counted came in the days before it. Cases of categories whose
    yearly number is given repeat nothing and are not repeated.
    """
    flagged = np.array([bool(given.flag) for given in CATEGORIES])[category]
    repeats = counted & ~flagged & (generator.random(len(accepted)) < _REPEAT_SHARE)
    original = np.full(len(accepted), -1, dtype=np.int64)
    able = counted & ~flagged
    last = np.maximum.accumulate(np.where(able, np.arange(len(accepted)), -1))
    for mine, days in ((repeats, _REPEAT_DAYS), (merged, _DUPLICATE_DAYS)):
        rows = np.flatnonzero(mine)
        low = np.searchsorted(accepted, accepted[rows] - int(days * DAY_MS))
        found = low + (generator.random(len(rows)) * (rows - low)).astype(np.int64)
        # Where chance found nothing that can be told again: what last could be.
        found = np.where((found < rows) & able[found], found, last[np.maximum(rows - 1, 0)])
        usable = (found >= 0) & (found < rows) & (found >= low)
        original[rows[usable]] = found[usable]
    # What is told again may itself have been told before: everybody copies the first to tell it.
    while True:
        rows = np.flatnonzero(original >= 0)
        deeper = original[original[rows]] >= 0
        if not deeper.any():
            return original
        original[rows[deeper]] = original[original[rows[deeper]]]


def copied(values: NDArray[np.generic], original: Ints) -> None:
    """Give every case that tells a matter again what the first to tell it has, in place."""
    rows = np.flatnonzero(original >= 0)
    values[rows] = values[original[rows]]
