"""Evaluating and judging: the only place a KPI is computed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt

from dashboard.kpis.model import (
    Direction,
    Exact,
    Kpi,
    Level,
    PartReading,
    Reading,
    Shape,
    Term,
    Totals,
)

_Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution


def evaluate(kpi: Kpi, totals: Totals) -> Reading:
    """The KPI's exact value for these totals; terms that were not measured make it unmeasured, and
    a part without a value makes a score unmeasured."""
    if kpi.parts:
        return _evaluate_score(kpi, totals)
    return Reading(
        kpi=kpi,
        numerator=_sum(kpi.numerator, totals),
        denominator=None if kpi.denominator is None else _sum(kpi.denominator, totals),
        sample=None if kpi.sample is None else totals.of(kpi.sample),
        ratio=None if kpi.ratio is None else totals.of(kpi.ratio),
    )


def _evaluate_score(kpi: Kpi, totals: Totals) -> Reading:
    parts = tuple(PartReading(part=part, reading=evaluate(part.kpi, totals)) for part in kpi.parts)
    points = [part.points for part in parts]
    known = [one for one in points if one is not None]
    return Reading(
        kpi=kpi, numerator=sum(known) if len(known) == len(points) else None, parts=parts
    )


def _sum(terms: Iterable[Term], totals: Totals) -> Exact | None:
    total: Exact = 0
    for term in terms:
        value = totals.of(term)
        if value is None:
            return None
        total += value
    return total


def judge(
    reading: Reading,
    *,
    minimum_sample: int = 0,
    minimum_denominator: int = 0,
    reference: Exact | None = None,
    area_level: str | None = None,
    is_settled: bool = True,
) -> Level:
    """Green, yellow or red by the KPI's thresholds, on the unrounded value.

    None without thresholds or a value; for a sample smaller than ``minimum_sample``; for a rate,
    ratio, score or quantile over fewer than ``minimum_denominator``; at an ``area_level`` the
    bounds are not meant for ("department" is one, None means all); without a ``reference`` above
    zero where the bounds are relative; and for KPIs that need it until the window ``is_settled``:
    ended at least the longest limit ago. Where neither way is better, more is what is pointed out.
    """
    kpi, value, thresholds = reading.kpi, reading.value, reading.kpi.thresholds
    if value is None or thresholds is None or (kpi.needs_settling and not is_settled):
        return Level.NONE
    if area_level and thresholds.levels is not None and area_level not in thresholds.levels:
        return Level.NONE
    if is_too_small(reading, minimum_denominator):
        return Level.NONE
    if kpi.has_interval and (reading.base or 0) < minimum_sample:
        return Level.NONE
    if thresholds.relative_to is not None:
        value = reading.ratio if reference is None else _multiple(value, reference)
        if value is None:
            return Level.NONE
    if _keeps(value, thresholds.good, kpi.direction):
        return Level.GOOD
    if thresholds.warn is None or _keeps(value, thresholds.warn, kpi.direction):
        return Level.WARN
    return Level.BAD


def _multiple(value: Exact, reference: Exact) -> Exact | None:
    """A multiple of nothing says nothing."""
    return Fraction(value) / reference if reference > 0 else None


def _keeps(value: Exact, bound: Exact, direction: Direction) -> bool:
    return value >= bound if direction is Direction.HIGHER else value <= bound


def is_too_small(reading: Reading, minimum_denominator: int) -> bool:
    """样本不足: whether it is over fewer than the minimum; never for a plain count."""
    if reading.kpi.shape is Shape.COUNT or reading.base is None:
        return False
    return reading.base < minimum_denominator


def wilson_interval(successes: Exact, trials: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a share, in percent; None without trials.

    ``successes`` may be weighted (0.9 for 基本满意): the interval is then that of the same share.
    """
    if trials <= 0:
        return None
    share = float(successes) / trials
    centre = share + _Z**2 / (2 * trials)
    spread = _Z * sqrt(max(share * (1 - share), 0) / trials + _Z**2 / (4 * trials**2))
    scale = 1 + _Z**2 / trials
    return 100 * (centre - spread) / scale, 100 * (centre + spread) / scale
