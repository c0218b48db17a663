"""Evaluating and judging: the only place a KPI is computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt

from dashboard.kpis.model import Direction, Exact, Kpi, Level, Reading, Term, Totals

_Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution


def evaluate(kpi: Kpi, totals: Totals) -> Reading:
    """The KPI's exact value for these totals; terms that were not measured make it unmeasured."""
    numerator = _sum(kpi.numerator, totals)
    if kpi.denominator is None:
        return Reading(kpi=kpi, numerator=numerator)
    return Reading(kpi=kpi, numerator=numerator, denominator=_sum(kpi.denominator, totals))


def _sum(terms: Iterable[Term], totals: Totals) -> Exact | None:
    total: Exact = 0
    for term in terms:
        value = totals.of(term)
        if value is None:
            return None
        total += value
    return total


def count_undated_on_time(kpi: Kpi) -> Kpi:
    """The variant of a KPI in which cases closed without a deadline count as closed on time.

    Boston's own flag works so; by default such cases are left out of rates of the assessment basis.
    """
    undated = Term("flow", "closed_undated")

    def widened(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        on_time = any(term.name == "closed_on_time" for term in terms)
        return (*terms, undated) if on_time else terms

    if kpi.denominator is None:
        return kpi
    return replace(kpi, numerator=widened(kpi.numerator), denominator=widened(kpi.denominator))


def judge(reading: Reading, *, minimum_sample: int = 0) -> Level:
    """Green, yellow or red by the KPI's thresholds; none without them, without a value, or for a
    sample smaller than ``minimum_sample``."""
    kpi, value = reading.kpi, reading.value
    if value is None or kpi.good is None or kpi.warn is None:
        return Level.NONE
    if kpi.has_interval and (reading.denominator or 0) < minimum_sample:
        return Level.NONE
    if kpi.direction is Direction.LOWER:
        good, warn = value <= kpi.good, value <= kpi.warn
    else:
        good, warn = value >= kpi.good, value >= kpi.warn
    return Level.GOOD if good else Level.WARN if warn else Level.BAD


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
