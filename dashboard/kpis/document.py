"""The catalogue as a document: docs/kpis.md. ``python -m dashboard.kpis.document`` writes it.

The page is made from the same objects that screens are computed from, so it cannot say anything
else than they do; a test fails when the file is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.model import Basis, Direction, Kpi, Term
from data_access.measures import FLOWS, STOCKS

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "kpis.md"

# What each measure counts; dashboard.kpis.facts is the code, data_access.case_lists its twin.
MEASURE_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reported": "上报: reported on the day of `reported_at`",
        "accepted": "受理: accepted on the day of `accepted_at`",
        "filed": "立案: filed on the day of `filed_at`",
        "closed": "结案: closed on the day of `closed_at`; a reopened case is taken back from it",
        "closed_on_time": "按期结案: closed not after the effective deadline, or exempt 申诉通过",
        "closed_late": "超期结案: closed after the effective deadline",
        "closed_undated": "无时限结案: closed, had no deadline",
        "closed_reworked": "返工后结案: closed in its second or a later cycle",
        "cohort_closed": "已办结: is closed by now, counted on the day it was accepted",
        "breached": "新增超期: the day a running case passed its deadline, once a cycle",
        "rated": "有效回访: valid call-backs on the day of the call",
        "contacted": "已联系: valid call-backs in which the unit had made contact",
        "solved": "已解决: valid call-backs in which the matter was said to be solved",
        "very_satisfied": "非常满意: this answer among the valid call-backs",
        "satisfied": "满意: this answer",
        "fairly_satisfied": "基本满意: this answer",
        "neutral": "一般: this answer",
        "dissatisfied": "不满意: this answer",
        "open": "在办: accepted, not closed, not suspended",
        "suspended": "挂账: accepted, not closed, suspended",
        "overdue": "超期未结: open, the deadline has passed, not exempt",
        "due_soon": "临期: open, the light is yellow, the deadline has not passed, not exempt",
    }
)

_INTRODUCTION: Final = """\
# KPI catalogue 指标目录

<!-- Written by `python -m dashboard.kpis.document` from the catalogue. Do not edit. -->

Every KPI is one object in `dashboard/kpis/catalogue.py`; screens, lists and definitions
read the same object. Keys are stored and published and never renamed.

## Rules for all of them
- **Evaluation** is exact (fractions) until the last step. Rates are in percent and
  rounded half up, once, to two decimals; 100.00 is shown only where numerator and
  denominator are equal.
- **0/0 is "—"**, never 0 % and never 100 %. What was not measured is "—" as well; zero is
  a value.
- **Void cases** (作废, 不予受理, 重复合并) are outside every count.
- **A day** is a day of the city (`city_time_zone`); an interval holds its first moment
  and not its last. A deadline has passed after its own millisecond, not at it.
- **Flows** are summed over the window. **Stocks** are those at its end: now, or the last
  midnight of a past window, by what is known today. **Duty** counts are those of now.
- **Two bases, never mixed**: 考核口径 asks for the cases due in the period (closed in it, or
  overdue and open at its end); 受理口径 asks for the cases accepted in it.
- **Judgement**: green and yellow by the bounds below, red beyond them. No judgement
  without a value, for a sample smaller than `minimum_sample`, and, in the league of
  areas, over fewer cases than `minimum_denominator`.
- **A sample** is shown with its size n and Wilson's 95 % interval.
- **The deadline** is the one a city sets for closing (`cases.deadline_at`), pauses and approved
  extensions included. Where a source brings none, it is the category's limit on the working
  calendar ([import.md](import.md)); there is no limit for closing on top of the one for handling.
- A case **closed without a deadline** is neither on time nor late: it is outside the
  assessment basis unless `undated_on_time` is set.
- **数据时效** is not a tile: every page shows the age of its data beside the title, counted
  by the browser's own clock, and the last delivery of every source.

## How far the rules are verified
The texts of GB/T 30428 (all parts), GB/T 34300 and CJ/T 545 were not at hand. Formulas of
the assessment basis are supported by published notices whose figures they reproduce to
the digit (Nantong 2016, Tianmen 2016, Xuchang 2022:
`tests/spec/test_published_figures.py`). The weights of the satisfaction rate come from a
tool of one Beijing district; official weights are unconfirmed. Thresholds marked 本系统建议值
are this product's recommendation: a city's own rules come first.
"""

_DIRECTIONS: Final = {
    Direction.HIGHER: "higher is better",
    Direction.LOWER: "lower is better",
    Direction.NEITHER: "neither",
}


def render_catalogue() -> str:
    """The whole document as Markdown, ending in a newline. Raises KeyError for a measure that has
    no meaning in this module."""
    parts = [_INTRODUCTION, _overview(CATALOGUE.values())]
    parts += [_section(kpi) for kpi in CATALOGUE.values()]
    parts.append(_measures())
    return "\n".join(parts)


def _overview(kpis: Iterable[Kpi]) -> str:
    rows = [
        f"| [`{kpi.key}`](#{_anchor(kpi)}) | {kpi.name_zh} | {kpi.name_en} | {kpi.unit.value} "
        f"| {kpi.basis.value or '–'} |"
        for kpi in kpis
    ]
    head = ["## Overview", "", "| key | 中文 | English | unit | basis |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _anchor(kpi: Kpi) -> str:
    """The address that Markdown viewers give to the KPI's heading."""
    return f"{kpi.key} {kpi.name_zh}".replace(".", "").replace(" ", "-")


def _section(kpi: Kpi) -> str:
    rows = [
        ("meaning", f"{kpi.meaning_en}<br>{kpi.meaning_zh}"),
        ("formula", f"{kpi.formula_en}<br>{kpi.formula_zh}"),
        ("in code", _in_code(kpi)),
        ("unit, direction", f"{kpi.unit.value}, {_DIRECTIONS[kpi.direction]}"),
        ("basis", _basis(kpi.basis)),
        ("green / yellow", _bounds(kpi)),
        ("source", kpi.source),
        ("version", kpi.version + (", a sample: n and Wilson interval" * kpi.has_interval)),
    ]
    table = [f"| {name} | {text} |" for name, text in rows if text]
    heading = f"## {kpi.key} {kpi.name_zh}"
    return "\n".join([heading, f"**{kpi.name_en}**", "", "| | |", "|---|---|", *table, ""])


def _in_code(kpi: Kpi) -> str:
    numerator = _terms(kpi.numerator)
    return numerator if kpi.denominator is None else f"({numerator}) ÷ ({_terms(kpi.denominator)})"


def _terms(terms: Iterable[Term]) -> str:
    return " + ".join(_term(term) for term in terms)


def _term(term: Term) -> str:
    weight = "" if term.weight == 1 else f"{_number(term.weight)} × "
    return f"{weight}{term.kind} `{term.name}`"


def _number(value: Fraction | int) -> str:
    return f"{float(value):g}"


def _basis(basis: Basis) -> str:
    return {
        Basis.ASSESSMENT: "考核口径, cases due in the period",
        Basis.COHORT: "受理口径, cases accepted in the period",
        Basis.NONE: "",
    }[basis]


def _bounds(kpi: Kpi) -> str:
    if kpi.good is None or kpi.warn is None:
        return "not judged"
    sign = "≤" if kpi.direction is Direction.LOWER else "≥"
    unit = kpi.unit.value
    return f"{sign} {_number(kpi.good)} {unit} / {sign} {_number(kpi.warn)} {unit}"


def _measures() -> str:
    """Every measure that is stored, with what it counts."""
    lines = [
        "## Measures 基础量",
        "",
        _MEASURES_TEXT,
        "",
        "| measure | kind | counts |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | flow | {MEASURE_MEANINGS[name]} |" for name in FLOWS]
    lines += [f"| `{name}` | stock | {MEASURE_MEANINGS[name]} |" for name in STOCKS]
    return "\n".join([*lines, ""])


_MEASURES_TEXT: Final = """\
What the rollups keep for every area and period (`data_access/measures.py`). A stock is stored
as two flows, `…_in` and `…_out`; its value is the running sum of in minus out. Duty counts come
from the duty job (`dashboard/kpis/duty_states.py`)."""


if __name__ == "__main__":
    DOCUMENT.write_text(render_catalogue(), encoding="utf-8")
    print(f"written: {DOCUMENT}")
