"""What relative thresholds compare with 参照值, from the values that the readings collected."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from statistics import median

from dashboard.kpis.model import Exact, Reference

_WEEKS = 4  # of the mean and of the spike


def reference_of(kind: Reference, values: Sequence[Exact | None]) -> Exact | None:
    """The reference value out of the values before or beside; None where there are too few.

    A mean and a spike need all four weeks; a median takes the values there are. A promised interval
    is one value, taken as it is. The spike's bound is the mean plus two standard deviations of the
    four values themselves, approximate as every square root.
    """
    known = [value for value in values if value is not None]
    if kind in (Reference.FOUR_WEEK_MEAN, Reference.SPIKE):
        if len(known) < _WEEKS or len(known) < len(values):
            return None
        mean = Fraction(sum(known)) / len(known)
        if kind is Reference.FOUR_WEEK_MEAN:
            return mean
        variance = sum((value - mean) ** 2 for value in known) / len(known)
        return mean + 2 * Fraction(sqrt(variance))
    return median(Fraction(value) for value in known) if known else None
