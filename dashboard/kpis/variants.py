"""Local variants 本市口径: what a city's settings make of the catalogue. Nobody else knows them.

Every KPI that a rule touches says in its meaning which way the rule is set; its formula is written
from its terms and so follows by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from dashboard.kpis.closing_kpis import DUE
from dashboard.kpis.entries import ENTRIES
from dashboard.kpis.model import Kpi, Part, Term, flow, stock
from dashboard.settings import Settings, decimals
from data_access.frames import ANSWERS

_CLOSURE_RATE, _ON_TIME, _REWORK = (
    "case.closure_rate",
    "case.on_time_closure_rate",
    "case.rework_rate",
)
_SATISFACTION, _THREE_RATES = "visit.satisfaction_rate", "visit.three_rates"
_ANSWERS_ZH: Final = ("非常满意", "满意", "基本满意", "一般", "不满意")
_RATES_ZH: Final = ("响应率", "解决率", "满意率")
_RATES_EN: Final = ("response", "resolution", "satisfaction")


@dataclass(frozen=True, kw_only=True)
class CityRules:
    """The settings that change what a KPI is; the defaults are those of the settings."""

    undated_on_time: bool = False
    suspended_counted: bool = False
    satisfaction: tuple[Fraction, ...] = (
        Fraction(1), Fraction(1), Fraction(9, 10), Fraction(0), Fraction(0),
    )  # fmt: skip
    three_rates: tuple[Fraction, ...] = (Fraction(1, 10), Fraction(1, 2), Fraction(2, 5))


def city_rules(settings: Settings) -> CityRules:
    """The rules of a city's settings."""
    return CityRules(
        undated_on_time=settings.undated_on_time,
        suspended_counted=settings.suspended_in_due == "counted",
        satisfaction=decimals(settings.satisfaction_weights, 5) or CityRules.satisfaction,
        three_rates=decimals(settings.three_rates_weights, 3) or CityRules.three_rates,
    )


def kpi_of(key: str, settings: Settings) -> Kpi:
    """The KPI as this city counts it. Raises KeyError for an unknown key."""
    return catalogue_of(settings)[key]


def catalogue_of(settings: Settings) -> Mapping[str, Kpi]:
    """The whole catalogue as this city counts it, in its usual order."""
    return catalogue_by(city_rules(settings))


@lru_cache(maxsize=32)
def catalogue_by(rules: CityRules) -> Mapping[str, Kpi]:
    """The catalogue by given rules, key → KPI."""
    return MappingProxyType({kpi.key: _varied(kpi, rules) for kpi in ENTRIES})


def _varied(kpi: Kpi, rules: CityRules) -> Kpi:
    if kpi.parts:
        parts = tuple(replace(part, kpi=_varied(part.kpi, rules)) for part in kpi.parts)
        kpi = replace(kpi, parts=parts)
    if kpi.denominator == DUE:
        return _due(kpi, rules)
    if kpi.key == _SATISFACTION:
        return _satisfaction(kpi, rules.satisfaction)
    if kpi.key == _THREE_RATES:
        return _three_rates(kpi, rules.three_rates)
    return kpi


def _due(kpi: Kpi, rules: CityRules) -> Kpi:
    """A rate over 应结案数: cases without a deadline, and suspended ones past theirs 缓办."""
    both, below = _undated(kpi.key) if rules.undated_on_time else ((), ())
    if rules.suspended_counted:
        below = (*below, stock("suspended_late"))
    undated_zh, undated_en = _undated_text(kpi.key, on_time=rules.undated_on_time)
    suspended_zh, suspended_en = _suspended_text(counted=rules.suspended_counted)
    return replace(
        kpi,
        numerator=(*kpi.numerator, *both),
        denominator=(*(kpi.denominator or ()), *both, *below),
        meaning_zh=f"{kpi.meaning_zh}{undated_zh}{suspended_zh}",
        meaning_en=f"{kpi.meaning_en} {undated_en} {suspended_en}",
    )


def _undated(key: str) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Terms of cases without a deadline on both sides, and in the denominator alone.

    An open one is on time, but not closed: it joins the on-time rate only.
    """
    closed = flow("closed_undated")
    if key == _ON_TIME:
        return (closed, stock("undated")), ()
    return ((closed,), ()) if key == _CLOSURE_RATE else ((), (closed,))


def _undated_text(key: str, *, on_time: bool) -> tuple[str, str]:
    if not on_time:
        return (
            "无时限的案件既不算按期也不算超期，不进入应结案数。",
            "Cases without a deadline are neither on time nor late and are not among those due.",
        )
    if key == _ON_TIME:
        return (
            "本市口径：无时限的案件按按期计，已结案的和期末在办的都进入分子与分母。",
            "City's rule: cases without a deadline count as on time; those closed and those open "
            "at the end are in the numerator and the denominator.",
        )
    if key == _CLOSURE_RATE:
        return (
            "本市口径：无时限而已结案的案件进入分子与分母，在办的不应结案，不计入。",
            "City's rule: cases closed without a deadline are in the numerator and the "
            "denominator; open ones are not due and are left out.",
        )
    return (
        "本市口径：无时限而已结案的案件进入应结案数。",
        "City's rule: cases closed without a deadline are among those due.",
    )


def _suspended_text(*, counted: bool) -> tuple[str, str]:
    if counted:
        return (
            "本市口径：期末挂账且已过原时限的案件（缓办）计入应结案数。",
            "City's rule: cases suspended at the end and past the deadline they had are among "
            "those due.",
        )
    return (
        "期末挂账的案件（缓办）不计入应结案数。",
        "Cases suspended at the end are not among those due.",
    )


def _satisfaction(kpi: Kpi, weights: tuple[Fraction, ...]) -> Kpi:
    """Weighted answers; one of weight 0 counts in the denominator only."""
    terms = tuple(
        Term("flow", name, _whole(weight))
        for name, weight in zip(ANSWERS, weights, strict=True)
        if weight
    )
    own_zh, own_en = _own(weights != CityRules.satisfaction)
    return replace(
        kpi,
        numerator=terms or (Term("flow", ANSWERS[0], 0),),
        meaning_zh=f"{kpi.meaning_zh}{own_zh}权重：{_weights(_ANSWERS_ZH, weights, '、')}。",
        meaning_en=f"{kpi.meaning_en} {own_en}Weights: "
        f"{_weights([name.replace('_', ' ') for name in ANSWERS], weights, ', ')}.",
    )


def _three_rates(kpi: Kpi, weights: tuple[Fraction, ...]) -> Kpi:
    """响应率, 解决率, 满意率 by weights; their sum is the highest score there can be."""
    parts = tuple(
        Part(kpi=part.kpi, weight=_whole(100 * weight))
        for part, weight in zip(kpi.parts, weights, strict=True)
    )
    own_zh, own_en = _own(weights != CityRules.three_rates)
    most = f"{float(100 * sum(weights)):g}"
    return replace(
        kpi,
        parts=parts,
        meaning_zh=f"{kpi.meaning_zh}{own_zh}权重：{_weights(_RATES_ZH, weights, '、')}，"
        f"满分 {most}。",
        meaning_en=f"{kpi.meaning_en} {own_en}Weights: {_weights(_RATES_EN, weights, ', ')}; "
        f"{most} at most.",
    )


def _own(is_own: bool) -> tuple[str, str]:
    return ("本市口径，", "City's rule. ") if is_own else ("", "")


def _weights(names: tuple[str, ...] | list[str], weights: tuple[Fraction, ...], mark: str) -> str:
    return mark.join(
        f"{name} {float(weight):g}" for name, weight in zip(names, weights, strict=True)
    )


def _whole(weight: Fraction) -> Fraction | int:
    """An integer where it is one: fractions cost thirty times as much."""
    return int(weight) if weight.denominator == 1 else weight
