"""The catalogue as a document: docs/kpis.md. ``python -m dashboard.kpis.document`` writes it.

The page is made from the same objects that screens are computed from, so it cannot say anything
else than they do; a test fails when the file is stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.document_text import CHANGES_TEXT, GRADES_TEXT, INTRODUCTION, MEASURES_TEXT
from dashboard.kpis.formatting import number_text
from dashboard.kpis.golden_vectors import CHANGES, VECTORS, Vector, needed_by
from dashboard.kpis.grades import GRADES
from dashboard.kpis.measure_meanings import MEASURE_MEANINGS
from dashboard.kpis.model import Basis, Direction, Exact, Kpi, Reference, Term, Thresholds
from dashboard.kpis.variants import kpi_of
from dashboard.settings import Settings
from data_access.measures import FLOWS, STOCKS

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "kpis.md"

_DIRECTIONS: Final = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NEITHER: "neither",
}
_BASES: Final = {
    Basis.ASSESSMENT: "考核口径, cases due in the period",
    Basis.COHORT: "受理口径, cases accepted in the period",
    Basis.NONE: "",
}
_REFERENCES: Final = {
    Reference.FOUR_WEEK_MEAN: "the mean of the four weeks before",
    Reference.TWELVE_WEEK_MEDIAN: "the area's own median of the last twelve weeks",
    Reference.SIBLING_MEDIAN: "the median of the areas beside it",
    Reference.SPIKE: "the mean of the four same weekdays before plus two standard deviations",
    Reference.INTERVAL: "the interval the source promised",
}


def render_catalogue() -> str:
    """The whole document as Markdown, ending in a newline. Raises KeyError for a measure that has
    no meaning."""
    parts = [INTRODUCTION, _overview(CATALOGUE.values())]
    parts += [_section(kpi) for kpi in CATALOGUE.values()]
    parts += [_grades(), _changes(), _measures()]
    return "\n".join(parts)


def _overview(kpis: Iterable[Kpi]) -> str:
    rows = [
        f"| {kpi.number or '–'} | [`{kpi.key}`](#{_anchor(kpi)}) | {kpi.name_zh} | {kpi.name_en} "
        f"| {kpi.unit.value} | {kpi.basis.value or '–'} |"
        for kpi in sorted(kpis, key=lambda kpi: kpi.number or "L")  # the unnumbered ones last
    ]
    head = ["## Overview", "", "| no. | key | 中文 | English | unit | basis |", "|---" * 6 + "|"]
    return "\n".join([*head, *rows, ""])


def _anchor(kpi: Kpi) -> str:
    """The address that Markdown viewers give to the KPI's heading."""
    kept = "".join(one for one in _heading(kpi).lower() if one.isalnum() or one in "-_ ")
    return kept.replace(" ", "-")


def _heading(kpi: Kpi) -> str:
    return f"{kpi.key} {kpi.name_zh}"


def _section(kpi: Kpi) -> str:
    rows = [
        ("number", kpi.number),
        ("meaning", f"{kpi.meaning_en}<br>{kpi.meaning_zh}"),
        ("formula", f"{kpi.formula_en}<br>{kpi.formula_zh}"),
        ("in code", _in_code(kpi)),
        ("in time", f"{kpi.period_en}<br>{kpi.period_zh}"),
        ("unit, direction", f"{kpi.unit.value}, {_DIRECTIONS[kpi.direction]}"),
        ("basis", _BASES[kpi.basis]),
        ("green / yellow", _bounds(kpi)),
        ("thresholds from", _thresholds_from(kpi.thresholds)),
        ("source", f"{kpi.source_en}<br>{kpi.source_zh}<br>*{kpi.evidence.value}*"),
        ("version", f"{kpi.version}, from {kpi.effective_on.isoformat()}"),
        ("shown with", "n and Wilson's interval" if kpi.has_interval else ""),
    ]
    table = [f"| {name} | {text} |" for name, text in rows if text]
    lines = [f"## {_heading(kpi)}", f"**{kpi.name_en}**", "", "| | |", "|---|---|", *table, ""]
    lines += [_example(vector) for vector in VECTORS if vector.key == kpi.key]
    return "\n".join([*lines, ""])


def _in_code(kpi: Kpi) -> str:
    if kpi.parts:
        return " + ".join(
            f"{_number(part.weight)} × "
            + (f"(1 − `{part.kpi.key}`)" if part.inverted else f"`{part.kpi.key}`")
            for part in kpi.parts
        )
    numerator = _terms(kpi.numerator)
    return numerator if kpi.denominator is None else f"({numerator}) ÷ ({_terms(kpi.denominator)})"


def _terms(terms: Iterable[Term]) -> str:
    return " + ".join(_term(term) for term in terms)


def _term(term: Term) -> str:
    weight = "" if term.weight == 1 else f"{_number(term.weight)} × "
    return f"{weight}{term.kind} `{term.name}`"


def _number(value: Exact) -> str:
    return f"{float(value):g}"


def _bounds(kpi: Kpi) -> str:
    bounds = kpi.thresholds
    if bounds is None:
        return "not judged"
    sign = "≥" if kpi.direction is Direction.HIGHER else "≤"
    unit = f"× {_REFERENCES[bounds.relative_to]}" if bounds.relative_to else kpi.unit.value
    text = f"{sign} {_number(bounds.good)} {unit}"
    if bounds.warn is None:
        return f"{text}; beyond it yellow, never red"
    return f"{text} / {sign} {_number(bounds.warn)} {unit}"


def _thresholds_from(bounds: Thresholds | None) -> str:
    if bounds is None:
        return ""
    text = f"{bounds.source_en}<br>{bounds.source_zh}<br>*{bounds.evidence.value}*"
    if bounds.levels is not None:
        text += f"<br>only for single units: {', '.join(sorted(bounds.levels))}"
    return text


def _example(vector: Vector) -> str:
    """One golden vector as a line of a list."""
    kpi = kpi_of(vector.key, Settings(**vector.settings))
    names = [name for name in dict.fromkeys(t.name for t in needed_by(kpi)) if name in vector.given]
    given = ", ".join(f"`{name}` {_value(vector.given[name])}" for name in names)
    settings = ", ".join(f"`{name}` = {value}" for name, value in vector.settings.items())
    who = vector.published or "Example"
    extra = "; ".join(text for text in (vector.note, settings and f"with {settings}") if text)
    return f"- {who}: {given or 'nothing'} → **{vector.expected}**{f' ({extra})' if extra else ''}"


def _grades() -> str:
    highest, lines = "100]", []
    for grade in GRADES:
        lines.append(
            f"| {grade.letter} | [{grade.lowest}, {highest} | {grade.colour_zh} {grade.colour_en} |"
        )
        highest = f"{grade.lowest})"
    return "\n".join([GRADES_TEXT, "", "| grade | points | colour |", "|---|---|---|", *lines, ""])


def _changes() -> str:
    lines = [
        f"| `{change.key}` | {_value(change.before)} → {_value(change.now)} | {change.expected} "
        f"| {change.note} |"
        for change in CHANGES
    ]
    head = ["| KPI | from → to | printed | |", "|---|---|---|---|"]
    return "\n".join([CHANGES_TEXT, "", *head, *lines, ""])


def _value(value: Exact) -> str:
    exact = Fraction(value)
    return number_text(exact, 0) if exact.denominator == 1 else str(exact)


def _measures() -> str:
    """Every measure that is stored, with what it counts."""
    lines = [MEASURES_TEXT, "", "| measure | kind | counts |", "|---|---|---|"]
    lines += [f"| `{name}` | flow | {MEASURE_MEANINGS[name]} |" for name in FLOWS]
    lines += [f"| `{name}` | stock | {MEASURE_MEANINGS[name]} |" for name in STOCKS]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    DOCUMENT.write_text(render_catalogue(), encoding="utf-8")
    print(f"written: {DOCUMENT}")
