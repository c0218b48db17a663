"""docs/kpis.md says exactly what the catalogue says."""

from __future__ import annotations

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.document import DOCUMENT, render_catalogue
from dashboard.kpis.golden_vectors import CHANGES, VECTORS
from dashboard.kpis.measure_meanings import MEASURE_MEANINGS
from dashboard.kpis.model import Evidence, Kpi
from data_access.measures import FLOWS, STOCKS


@pytest.fixture(scope="module")
def document() -> str:
    return render_catalogue()


def test_the_document_is_current(document: str) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document, (
        "docs/kpis.md is stale: run python -m dashboard.kpis.document"
    )


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=CATALOGUE)
def test_every_kpi_is_there_with_all_that_people_need(kpi: Kpi, document: str) -> None:
    section = document.split(f"\n## {kpi.key} ")[1].split("\n## ")[0]
    for text in (
        kpi.number, kpi.name_zh, kpi.name_en, kpi.meaning_zh, kpi.meaning_en, kpi.formula_zh,
        kpi.formula_en, kpi.period_zh, kpi.period_en, kpi.source_zh, kpi.source_en, kpi.unit.value,
        kpi.evidence.value, kpi.effective_on.isoformat(),
    ):  # fmt: skip
        assert text in section, text
    for term in (*kpi.numerator, *(kpi.denominator or ())):
        assert f"`{term.name}`" in section, term.name
    for part in kpi.parts:
        assert f"`{part.kpi.key}`" in section
    if kpi.thresholds is not None:
        assert kpi.thresholds.source_zh in section
        assert kpi.thresholds.evidence.value in section
    else:
        assert "not judged" in section


def test_every_vector_is_printed_in_its_section(document: str) -> None:
    for vector in VECTORS:
        section = document.split(f"\n## {vector.key} ")[1].split("\n## ")[0]
        assert f"→ **{vector.expected}**" in section
        assert vector.published in section
        assert vector.note in section
    for change in CHANGES:
        assert f"| {change.expected} | {change.note} |" in document


def test_it_says_how_far_every_rule_is_verified(document: str) -> None:
    for evidence in Evidence:
        assert evidence is Evidence.CITY or f"- *{evidence.value}*: " in document
    assert "GB/T 30428" in document


def test_every_measure_has_a_meaning_and_no_other_has() -> None:
    assert set(MEASURE_MEANINGS) == {*FLOWS, *STOCKS}
