"""Formulas 计算公式 as text, written from the terms a KPI is computed from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dashboard.kpis.term_names import term_name

if TYPE_CHECKING:
    from dashboard.kpis.model import Kpi, Part, Term


def formula(kpi: Kpi, lang: str) -> str:
    """The formula in a language; it cannot say anything else than the terms do."""
    if kpi.parts:
        return " + ".join(_part_text(part, lang) for part in kpi.parts)
    numerator = _sum_text(kpi.numerator, lang)
    if kpi.denominator is None:
        return numerator
    denominator = _bracketed(_sum_text(kpi.denominator, lang))
    called = kpi.denominator_en if lang == "en" else kpi.denominator_zh
    if called:
        denominator = f"{called} {denominator}"
    return f"{_bracketed(numerator)} ÷ {denominator}"


def _part_text(part: Part, lang: str) -> str:
    name = part.kpi.name_en if lang == "en" else part.kpi.name_zh
    return f"{float(part.weight):g} × {f'(1 − {name})' if part.inverted else name}"


def _sum_text(terms: Iterable[Term], lang: str) -> str:
    text = ""
    for term in terms:
        sign = "−" if term.weight < 0 else "+"
        size = abs(term.weight)
        name = term_name(term.kind, term.name, lang)
        one = name if size == 1 else f"{float(size):g} × {name}"
        text += f" {sign} {one}" if text else f"{sign if sign == '−' else ''}{one}"
    return text


def _bracketed(text: str) -> str:
    return f"({text})" if " + " in text or " − " in text else text
