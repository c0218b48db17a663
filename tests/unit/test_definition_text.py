"""Definitions as text: exact bounds, ranges by direction, sums with values, scores by part."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.model import Exact, Thresholds, Totals, flow
from dashboard.readings.catalogue_page import subjects_of
from dashboard.readings.definition_text import (
    bound_ranges,
    bounds_texts,
    definition_texts,
    parts_texts,
    plain_number,
    sum_text,
)
from dashboard.words import WORDS

HIGHER, LOWER = CATALOGUE["case.closure_rate"], CATALOGUE["case.overdue"]
RELATIVE = CATALOGUE["case.open"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(95, "95"), (Fraction("92.50"), "92.5"), (Fraction(1, 3), "0.333333"), (0, "0"), (100, "100"),
     (Fraction("0.0000001"), "0"), (-5, "-5"), (1200, "1200")],
)  # fmt: skip
def test_numbers_are_written_as_people_type_them(value: Exact, text: str) -> None:
    assert plain_number(value) == text


@pytest.mark.parametrize(
    ("kpi", "good", "warn", "ranges"),
    [
        (HIGHER, 95, 90, ("≥ 95%", "≥ 90%", "< 90%")),
        (HIGHER, 95, 95, ("≥ 95%", None, "< 95%")),  # equal bounds leave no yellow
        (HIGHER, 95, None, ("≥ 95%", "< 95%", None)),  # never red
        (LOWER, 0, 5, ("≤ 0 件", "≤ 5 件", "> 5 件")),
        (LOWER, 0, 0, ("≤ 0 件", None, "> 0 件")),
        (RELATIVE, Fraction("1.1"), Fraction("1.3"), ("≤ 1.1 ×", "≤ 1.3 ×", "> 1.3 ×")),
    ],
)
def test_ranges_follow_the_direction(
    kpi: object, good: Exact, warn: Exact | None, ranges: tuple[str | None, ...]
) -> None:
    assert bound_ranges(kpi, good, warn, "zh") == ranges  # type: ignore[arg-type]


@pytest.mark.parametrize("key", CATALOGUE)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kpi_can_be_told(key: str, lang: str) -> None:
    kpi = CATALOGUE[key]
    texts = definition_texts(kpi, lang)
    for name in ("name", "meaning", "formula", "period_rule", "source", "evidence_text", "version"):
        assert texts[name], name
    assert (texts["bounds"] is None) == (kpi.thresholds is None)


def test_city_bounds_name_their_version_and_document() -> None:
    own = Thresholds(
        good=90, warn=80, source_zh="甲文件", source_en="甲文件", version=3,
        evidence=replace(HIGHER).thresholds.evidence,  # type: ignore[union-attr]
    )  # fmt: skip
    told = bounds_texts(replace(HIGHER, thresholds=own), "zh")
    assert told is not None
    assert (told["version"], told["version_text"], told["source"]) == (3, "本市第 3 版", "甲文件")


def test_a_sum_is_told_with_its_values() -> None:
    totals = Totals(flows={"closed_on_time": 1200, "closed_late": 3}, stocks={})
    assert sum_text((flow("closed_on_time"), flow("closed_late")), totals, "zh") == (
        "按期结案 1,200 + 超期结案 3"
    )
    weighted = (flow("satisfied"), flow("fairly_satisfied", "0.9"))
    answers = Totals(flows={"satisfied": 80, "fairly_satisfied": 10}, stocks={})
    assert sum_text(weighted, answers, "en") == "satisfied 80 + 0.9 × fairly satisfied 10"
    assert sum_text((flow("closed_late"),), totals, "zh") == ""  # the number itself says it
    unknown = Totals(flows={"closed_late": 3}, stocks={})
    assert sum_text((flow("closed_on_time"), flow("closed_late")), unknown, "zh").startswith(
        "按期结案 —"
    )


def test_a_score_is_told_by_its_parts() -> None:
    kpi = CATALOGUE["visit.three_rates"]
    flows = {"rated": 100, "contacted": 99, "solved": 85, "satisfied": 80, "fairly_satisfied": 10}
    names = {term.name for term in kpi.terms}
    totals = Totals(flows={name: flows.get(name, 0) for name in names}, stocks={})
    told = parts_texts(evaluate(kpi, totals), "zh")
    assert told == [
        "响应率 (99.00%) → 9.90 / 10", "解决率 (85.00%) → 42.50 / 50",
        "满意率 (89.00%) → 35.60 / 40",
    ]  # fmt: skip
    assert parts_texts(evaluate(HIGHER, Totals(flows=dict.fromkeys(
        ("closed_on_time", "closed_late"), 1), stocks={"overdue": 0})), "zh") == []  # fmt: skip


def test_every_kpi_stands_under_one_subject() -> None:
    found = subjects_of(CATALOGUE.values())
    keys = [key for _, subject in found for key in subject]
    assert sorted(keys) == sorted(CATALOGUE)
    assert "others" not in dict(found)
    assert {f"subject.{name}" for name, _ in found} <= set(WORDS)
