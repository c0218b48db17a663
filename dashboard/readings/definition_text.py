"""A KPI's definition as text 定义文字: bounds, where they come from, how far a rule is verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dashboard.kpis.formatting import number_text, value_text
from dashboard.kpis.model import Direction, Exact, Kpi, Reading, Term, Thresholds, Totals
from dashboard.kpis.term_names import term_name
from dashboard.words import word


def plain_number(value: Exact) -> str:
    """A decimal as people write it, exact: 92.5, 5, 1.1; fractions without end to six places."""
    exact = Fraction(value)
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    text = f"{round(scaled, 6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def definition_texts(kpi: Kpi, lang: str) -> dict[str, Any]:
    """What the catalogue says of a KPI, in one language."""
    english = lang == "en"
    return {
        "key": kpi.key,
        "number": kpi.number,
        "name": kpi.name_en if english else kpi.name_zh,
        "meaning": kpi.meaning_en if english else kpi.meaning_zh,
        "formula": kpi.formula_en if english else kpi.formula_zh,
        "period_rule": kpi.period_en if english else kpi.period_zh,
        "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
        "direction": word(f"kpis.direction.{kpi.direction.value}", lang),
        "basis": word(f"basis.{kpi.basis.name.lower()}", lang) if kpi.basis.value else None,
        "source": kpi.source.en if english else kpi.source.zh,
        "evidence": kpi.source.evidence.value,
        "evidence_text": word(f"evidence.{kpi.source.evidence.value}", lang),
        "version": kpi.version,
        "effective_on": kpi.effective_on.isoformat(),
        "bounds": bounds_texts(kpi, lang),
    }


def bounds_texts(kpi: Kpi, lang: str) -> dict[str, Any] | None:
    """The thresholds in force; None for a KPI that is not judged.

    ``good``, ``warn``, ``bad``: the three ranges, None where a range holds no value;
    ``relative``: what they are multiples of; ``levels``: which areas they are meant for.
    """
    bounds = kpi.thresholds
    if bounds is None:
        return None
    good, warn, bad = bound_ranges(kpi, bounds.good, bounds.warn, lang)
    english = lang == "en"
    number = bounds.version
    return {
        "good": good,
        "warn": warn,
        "bad": bad,
        "relative": _relative(bounds, lang),
        "levels": word("kpis.of_units", lang) if bounds.levels is not None else None,
        "version": number,
        "version_text": word("kpis.version_city" if number else "kpis.version_own", lang, n=number),
        "effective_on": bounds.effective_on.isoformat(),
        "source": bounds.source_en if english else bounds.source_zh,
        "evidence": bounds.evidence.value,
        "evidence_text": word(f"evidence.{bounds.evidence.value}", lang),
    }


def bound_ranges(
    kpi: Kpi, good: Exact, warn: Exact | None, lang: str
) -> tuple[str, str | None, str | None]:
    """The ranges of green, yellow and red, in the KPI's unit or as multiples; None for a range that
    holds no value."""
    bounds = kpi.thresholds
    is_relative = bounds is not None and bounds.relative_to is not None
    unit = " ×" if is_relative else _unit(kpi, lang)
    higher = kpi.direction is Direction.HIGHER
    within, beyond = ("≥", "<") if higher else ("≤", ">")
    edge = f"{plain_number(good)}{unit}"
    first = f"{within} {edge}"
    if warn is None:
        return first, f"{beyond} {edge}", None
    if warn == good:
        return first, None, f"{beyond} {edge}"
    last = f"{plain_number(warn)}{unit}"
    return first, f"{within} {last}", f"{beyond} {last}"


def sum_text(terms: Sequence[Term], totals: Totals, lang: str) -> str:
    """The terms of a sum with their values: 按期结案 84 + 超期结案 3; empty for a single plain
    term, whose value is the sum itself."""
    if len(terms) < 2 and all(term.weight == 1 for term in terms):
        return ""
    text = ""
    for term in terms:
        value = totals.of(replace(term, weight=1))
        sign, weight = ("−", -term.weight) if term.weight < 0 else ("+", term.weight)
        size = "" if weight == 1 else f"{plain_number(weight)} × "
        one = f"{size}{term_name(term.kind, term.name, lang)} {number_text(value, 0)}"
        text += f" {sign} {one}" if text else f"{'−' if sign == '−' else ''}{one}"
    return text


def parts_texts(reading: Reading, lang: str) -> list[str]:
    """What each part brings to a score: 处置率 (95.00%) → 28.50 / 30; empty for anything else."""
    found = []
    for one in reading.parts:
        kpi = one.part.kpi
        name = kpi.name_en if lang == "en" else kpi.name_zh
        name = f"1 − {name}" if one.part.inverted else name
        value = "—" if one.reading.value is None else f"{value_text(one.reading)}%"
        points = number_text(one.points, 2)
        found.append(f"{name} ({value}) → {points} / {plain_number(one.part.weight)}")
    return found


def _unit(kpi: Kpi, lang: str) -> str:
    unit = word(f"unit.{kpi.unit.name.lower()}", lang)
    return unit if unit in ("%", "") else f" {unit}"


def _relative(bounds: Thresholds, lang: str) -> str | None:
    if bounds.relative_to is None:
        return None
    return word(f"reference.{bounds.relative_to.value}", lang)
