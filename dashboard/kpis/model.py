"""A KPI is one frozen object: what it is called, what it counts, which way is good, who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default_of
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from dashboard.kpis.formulas import formula


class Unit(StrEnum):
    """What a value is counted in; the text is what a screen shows."""

    CASES = "件"
    PERCENT = "%"
    PEOPLE = "人"
    SECONDS = "秒"
    MINUTES = "分钟"
    HOURS = "小时"
    CASES_PER_PERSON = "件/人"
    POINTS = "分"


class Shape(StrEnum):
    """How a value is made."""

    COUNT = "count"  # a sum of terms
    RATE = "rate"  # an exact pair, in percent
    RATIO = "ratio"  # an exact pair, per head
    MEASURED = "measured"  # a quantile or an age: no sum of cases
    SCORE = "score"  # weighted parts, each a rate


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Basis(StrEnum):
    """Which cases a rate is about; the two are never mixed."""

    ASSESSMENT = "考核口径"  # due in the period: closed in it, or overdue and open at its end
    COHORT = "受理口径"  # accepted in the period, wherever they are by its end
    NONE = ""


class Level(StrEnum):
    """The judgement on a value."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    NONE = "none"


class Evidence(StrEnum):
    """How far a rule is verified; the texts of the national standards were not at hand."""

    REPRODUCED = "reproduced"  # published figures come out to the digit
    UNVERIFIED = "unverified"  # seen in field systems or in the press, not in a standard
    RECOMMENDED = "recommended"  # this product's own choice
    CITY = "city"  # entered by the city, with its document


class Reference(StrEnum):
    """What a relative threshold compares with; the readings compute the value."""

    FOUR_WEEK_MEAN = "four_week_mean"  # mean of the four windows before, same weekdays and length
    TWELVE_WEEK_MEDIAN = "twelve_week_median"  # the area's own P50 of the last twelve weeks
    SIBLING_MEDIAN = "sibling_median"  # median of the areas beside it
    SPIKE = "spike"  # mean + 2 σ of the four same weekdays before
    INTERVAL = "interval"  # what the source promised


@dataclass(frozen=True)
class Source:
    """Where a rule comes from, and how far it is verified."""

    zh: str
    en: str
    evidence: Evidence


OURS = Source("本系统建议值", "this product's recommendation", Evidence.RECOMMENDED)
# The day this version of the catalogue was laid down; earlier periods have no other rules.
FIRST_EFFECTIVE_ON = date(2026, 11, 22)

TermKind = Literal["flow", "stock", "duty", "survey", "field", "measured"]

# Exact numbers: integers as far as they go, because fractions cost thirty times as much.
Exact = Fraction | int

_OF_CASES = ("flow", "stock")
# Where Totals keeps the values of each kind.
_VALUES = {
    "flow": "flows", "stock": "stocks", "duty": "duty", "survey": "survey", "field": "field",
    "measured": "measured",
}  # fmt: skip


@dataclass(frozen=True)
class Term:
    """A weighted measure: a flow of the window, a stock at its end, a duty count of now, an answer
    of the newest survey wave, a count of field work in the window, or a measured number."""

    kind: TermKind
    name: str
    weight: Exact = 1


def flow(name: str, weight: str = "1") -> Term:
    """A flow measure summed over the window; ``weight`` is a decimal such as "0.9"."""
    return Term("flow", name, 1 if weight == "1" else Fraction(weight))


def stock(name: str) -> Term:
    """A stock at the end of the window, or now when the window is still running."""
    return Term("stock", name)


def duty(name: str) -> Term:
    """A count of the duty board, now."""
    return Term("duty", name)


def survey(name: str) -> Term:
    """Answers of one kind in the newest survey wave; "answers" is all of them."""
    return Term("survey", name)


def field_work(name: str) -> Term:
    """A count of the window from patrols, visits or whistle calls."""
    return Term("field", name)


def measured(name: str) -> Term:
    """An exact number that is no sum: a quantile, an age."""
    return Term("measured", name)


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Everything KPIs are evaluated from, for one area and window.

    ``flows``: measure → sum over the window; ``stocks``: stock → cases at its end; ``duty``: counts
    of now, empty where no duty data exist; ``survey``: answers of the newest wave, empty where
    nobody was asked; ``field``: counts of patrols, visits and whistle calls in the window;
    ``measured``: quantiles in hours or minutes, ages. A name that is missing was not measured.
    """

    flows: Mapping[str, int]
    stocks: Mapping[str, int]
    duty: Mapping[str, int] = default_of(default_factory=dict)
    survey: Mapping[str, int] = default_of(default_factory=dict)
    field: Mapping[str, int] = default_of(default_factory=dict)
    measured: Mapping[str, Exact] = default_of(default_factory=dict)

    def of(self, term: Term) -> Exact | None:
        """The weighted value of a term, None where it was not measured."""
        values: Mapping[str, Exact] = getattr(self, _VALUES[term.kind])
        value = values.get(term.name)
        return None if value is None else term.weight * value


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Bounds of green and yellow. Absolute ones are in the KPI's unit; relative ones are multiples
    of a reference value.

    ``warn`` None: beyond green it is yellow, never red. ``levels``: the area levels (and
    "department") the bounds are meant for, None for all: five overdue cases are many for a grid and
    none for a city. ``version`` 0 is the product's default, others are rows of ``kpi_thresholds``.
    """

    good: Exact
    warn: Exact | None
    source_zh: str = OURS.zh
    source_en: str = OURS.en
    evidence: Evidence = OURS.evidence
    effective_on: date = FIRST_EFFECTIVE_ON
    version: int = 0
    relative_to: Reference | None = None
    levels: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a score: ``weight`` points for a rate of 100 %, or of 0 % where ``inverted``."""

    kpi: Kpi
    weight: Exact
    inverted: bool = False


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One KPI 指标. With parts it is a score, with a denominator a rate or ratio, else a count or a
    measured number. ``number`` is its place in the catalogue, "K01" …, or "" for an extra one."""

    key: str
    number: str = ""
    name_zh: str
    name_en: str
    meaning_zh: str  # what it counts, and what it leaves out
    meaning_en: str
    period_zh: str  # how it is placed in time
    period_en: str
    unit: Unit
    direction: Direction
    basis: Basis = Basis.NONE
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] | None = None
    denominator_zh: str = ""  # what the field calls the sum in the denominator, such as 应结案数
    denominator_en: str = ""
    parts: tuple[Part, ...] = ()
    sample: Term | None = None  # how many cases a measured number is of
    ratio: Term | None = None  # a measured value that already is a multiple of the reference
    thresholds: Thresholds | None = None
    source: Source = OURS
    version: str = "1"
    effective_on: date = FIRST_EFFECTIVE_ON
    has_interval: bool = False  # a sample: shown with n and Wilson's 95 % interval
    has_grades: bool = False  # a score with grades A to E
    needs_settling: bool = False  # judged only when every case of the window could have been closed

    def __post_init__(self) -> None:
        if "." not in self.key or self.key != self.key.lower():
            raise ValueError(f"KPI key {self.key!r} is not of the form subject.name")
        if bool(self.numerator) == bool(self.parts):
            raise ValueError(f"{self.key}: a KPI counts something or has parts, and not both")
        if self.denominator is not None and self.unit not in _PAIR_UNITS:
            raise ValueError(f"{self.key}: a rate is in percent, a ratio per head")
        if any(part.kpi.shape is not Shape.RATE for part in self.parts):
            raise ValueError(f"{self.key}: a score is made of rates")

    @property
    def shape(self) -> Shape:
        if self.parts:
            return Shape.SCORE
        if self.denominator is not None:
            return Shape.RATE if self.unit is Unit.PERCENT else Shape.RATIO
        return Shape.MEASURED if self.numerator[0].kind == "measured" else Shape.COUNT

    @property
    def is_rate(self) -> bool:
        """A share in percent: differences are percentage points, 个百分点."""
        return self.shape is Shape.RATE

    @property
    def is_of_cases(self) -> bool:
        """Whether the cases behind the number can be listed."""
        return self.has_list("numerator")

    def has_list(self, part: str) -> bool:
        """Whether the cases in its "numerator" or "denominator" can be listed."""
        terms = self.numerator if part == "numerator" else self.denominator
        return bool(terms) and all(term.kind in _OF_CASES for term in terms or ())

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms it needs, those of its parts included, each measure once or more often."""
        own = (*self.numerator, *(self.denominator or ()))
        return (*own, *(term for part in self.parts for term in part.kpi.terms))

    @property
    def is_of_now(self) -> bool:
        """Whether it has a value for now only, whatever the window."""
        return all(term.kind == "duty" or term.name.startswith("source_") for term in self.terms)

    @property
    def source_zh(self) -> str:
        return self.source.zh

    @property
    def source_en(self) -> str:
        return self.source.en

    @property
    def evidence(self) -> Evidence:
        return self.source.evidence

    @property
    def good(self) -> Exact | None:
        """The absolute bound of green, in the KPI's unit."""
        return self.thresholds.good if self._is_absolute and self.thresholds else None

    @property
    def warn(self) -> Exact | None:
        """The absolute bound of yellow; beyond it is red."""
        return self.thresholds.warn if self._is_absolute and self.thresholds else None

    @property
    def _is_absolute(self) -> bool:
        return self.thresholds is not None and self.thresholds.relative_to is None

    @property
    def formula_zh(self) -> str:
        return formula(self, "zh")

    @property
    def formula_en(self) -> str:
        return formula(self, "en")


_PAIR_UNITS = (Unit.PERCENT, Unit.CASES_PER_PERSON)


@dataclass(frozen=True, kw_only=True)
class PartReading:
    """What one part brings to a score."""

    part: Part
    reading: Reading

    @property
    def is_clamped(self) -> bool:
        """Whether the rate lies outside 0 to 100 %, so that the part was held at its bound."""
        value = self.reading.value
        return value is not None and not 0 <= value <= 100

    @property
    def points(self) -> Exact | None:
        """From 0 to the part's weight; None where its rate has no value."""
        value = self.reading.value
        if value is None:
            return None
        share = Fraction(min(max(value, 0), 100)) / 100
        return self.part.weight * (1 - share if self.part.inverted else share)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A KPI's value: exact, unrounded. ``numerator`` None: not measured at all.

    ``parts``: of a score, whose numerator is the sum of their points. ``sample``: how many cases a
    measured number is of. ``ratio``: the value as a multiple of its reference, where that is
    measured.
    """

    kpi: Kpi
    numerator: Exact | None
    denominator: Exact | None = None
    parts: tuple[PartReading, ...] = ()
    sample: Exact | None = None
    ratio: Exact | None = None

    @property
    def value(self) -> Exact | None:
        """The count or number, the rate in percent, the ratio per head or the points of a score;
        None for 0/0 and for what was not measured."""
        if self.numerator is None:
            return None
        if self.kpi.denominator is None:
            return self.numerator
        if not self.denominator:
            return None
        scale = 100 if self.kpi.is_rate else 1
        return Fraction(scale * self.numerator) / self.denominator

    @property
    def base(self) -> Exact | None:
        """Over how many it is: the denominator, the sample, or the smallest base of a score's
        parts; None where the number stands for itself."""
        if self.kpi.parts:
            bases = [part.reading.base for part in self.parts]
            return min((base for base in bases if base is not None), default=None)
        if self.kpi.denominator is not None:
            return self.denominator
        return self.sample
