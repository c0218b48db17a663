"""Golden vectors 算例: every KPI prints what its example says, or the notice that was published."""

from __future__ import annotations

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import change_text, value_text
from dashboard.kpis.golden_vectors import CHANGES, VECTORS, Change, Vector, needed_by, totals_of
from dashboard.kpis.model import Reading, Shape, Totals
from dashboard.kpis.variants import kpi_of
from dashboard.settings import Settings


def _read(vector: Vector) -> Reading:
    kpi = kpi_of(vector.key, Settings(**vector.settings))
    return evaluate(kpi, totals_of(kpi, vector.given))


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{v.key}-{v.expected}" for v in VECTORS])
def test_every_vector(vector: Vector) -> None:
    assert value_text(_read(vector)) == vector.expected


@pytest.mark.parametrize("change", CHANGES, ids=[change.expected for change in CHANGES])
def test_every_change(change: Change) -> None:
    assert change_text(CATALOGUE[change.key], change.now, change.before) == change.expected


def test_every_kpi_has_a_vector() -> None:
    assert set(CATALOGUE) == {vector.key for vector in VECTORS}


@pytest.mark.parametrize("key", CATALOGUE)
def test_zero_cases_are_a_dash_for_everything_but_counts(key: str) -> None:
    kpi = CATALOGUE[key]
    zeros = {term.name: 0 for term in needed_by(kpi) if term.kind != "measured"}
    text = value_text(evaluate(kpi, totals_of(kpi, zeros)))
    assert text == ("0" if kpi.shape is Shape.COUNT else "—")


@pytest.mark.parametrize("key", CATALOGUE)
def test_what_was_not_measured_is_a_dash_and_not_zero(key: str) -> None:
    assert value_text(evaluate(CATALOGUE[key], Totals(flows={}, stocks={}))) == "—"


def _published(key: str, who: str) -> Reading:
    (vector,) = (v for v in VECTORS if v.key == key and v.published.startswith(who))
    return _read(vector)


def test_the_cases_due_that_the_notices_print() -> None:
    assert _published("case.closure_rate", "Nantong").denominator == 12_806
    assert _published("case.closure_rate", "Tianmen").denominator == 972  # 996 filed, 24 not due
    assert _published("case.closure_rate", "Xuchang").denominator == 14_577


def test_yuanbao_left_246_open() -> None:
    reading = _published("case.cohort_closure_rate", "Yuanbao")
    assert (reading.denominator or 0) - (reading.numerator or 0) == 246


def test_from_14_36_to_15_58_are_82_minutes() -> None:
    hours = _published("case.time_to_close", "Yuanbao").value
    assert hours is not None
    assert hours * 60 == 82 == (15 * 60 + 58) - (14 * 60 + 36)
