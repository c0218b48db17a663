"""A KPI is one frozen object: what it is called, what it counts, which way is good, who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal


class Unit(StrEnum):
    """What a value is counted in; the text is what a screen shows."""

    CASES = "件"
    PERCENT = "%"
    PEOPLE = "人"
    SECONDS = "秒"


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


TermKind = Literal["flow", "stock", "duty", "survey"]

# Exact numbers: integers as far as they go, because fractions cost thirty times as much.
Exact = Fraction | int


@dataclass(frozen=True)
class Term:
    """A weighted measure: a flow of the window, a stock at its end, a duty count of now, or an
    answer of the newest survey wave."""

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


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Everything KPIs are evaluated from, for one area and window.

    ``flows``: measure → sum over the window; ``stocks``: stock → cases at its end; ``duty``: counts
    of now, empty where no duty data exist; ``survey``: answers of the newest wave, empty where
    nobody was asked.
    """

    flows: Mapping[str, int]
    stocks: Mapping[str, int]
    duty: Mapping[str, int] = field(default_factory=dict)
    survey: Mapping[str, int] = field(default_factory=dict)

    def of(self, term: Term) -> Exact | None:
        """The weighted value of a term, None where it was not measured."""
        values: Mapping[str, int] = {
            "flow": self.flows, "stock": self.stocks, "duty": self.duty, "survey": self.survey,
        }[term.kind]  # fmt: skip
        value = values.get(term.name)
        return None if value is None else term.weight * value


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One KPI 指标. Without a denominator it is a count, with one a rate in percent."""

    key: str
    name_zh: str
    name_en: str
    meaning_zh: str
    meaning_en: str
    formula_zh: str
    formula_en: str
    unit: Unit
    direction: Direction
    basis: Basis = Basis.NONE
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...] | None = None
    good: Fraction | None = None  # the bound of green, in the KPI's unit
    warn: Fraction | None = None  # the bound of yellow; beyond it is red
    source: str = ""  # the document the rule comes from, or that it is our recommendation
    version: str = "1"
    has_interval: bool = False  # a sample: shown with n and Wilson's 95 % interval

    def __post_init__(self) -> None:
        if "." not in self.key or self.key != self.key.lower():
            raise ValueError(f"KPI key {self.key!r} is not of the form subject.name")
        if not self.numerator:
            raise ValueError(f"{self.key}: a KPI counts something")
        if self.denominator is not None and self.unit is not Unit.PERCENT:
            raise ValueError(f"{self.key}: a rate is in percent")
        if (self.good is None) != (self.warn is None):
            raise ValueError(f"{self.key}: thresholds come in pairs")

    @property
    def is_rate(self) -> bool:
        return self.denominator is not None

    @property
    def is_of_cases(self) -> bool:
        """Whether the cases behind the number can be listed."""
        return self.numerator[0].kind in ("flow", "stock")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A KPI's value: exact, unrounded. ``numerator`` None: not measured at all."""

    kpi: Kpi
    numerator: Exact | None
    denominator: Exact | None = None

    @property
    def value(self) -> Exact | None:
        """The count, or the rate in percent; None for 0/0 and for what was not measured."""
        if self.numerator is None:
            return None
        if not self.kpi.is_rate:
            return self.numerator
        if not self.denominator:
            return None
        return Fraction(100 * self.numerator) / self.denominator
