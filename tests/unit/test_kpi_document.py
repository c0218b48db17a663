"""docs/kpis.md says exactly what the catalogue says."""

from __future__ import annotations

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.document import DOCUMENT, MEASURE_MEANINGS, render_catalogue
from data_access.measures import FLOWS, STOCKS


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render_catalogue(), (
        "docs/kpis.md is stale: run python -m dashboard.kpis.document"
    )


def test_every_kpi_is_there_with_all_that_people_need() -> None:
    document = render_catalogue()
    for kpi in CATALOGUE.values():
        section = document.split(f"\n## {kpi.key} ")[1].split("\n## ")[0]
        for text in (kpi.name_en, kpi.meaning_zh, kpi.formula_zh, kpi.formula_en, kpi.source):
            assert text in section, (kpi.key, text)
        for term in (*kpi.numerator, *(kpi.denominator or ())):
            assert f"`{term.name}`" in section, (kpi.key, term.name)


def test_every_measure_has_a_meaning_and_no_other_has() -> None:
    assert set(MEASURE_MEANINGS) == {*FLOWS, *STOCKS}
