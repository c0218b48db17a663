"""Thresholds 阈值: green, yellow, red; absolute or against a reference; whose bounds, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import judge
from dashboard.kpis.model import Evidence, Exact, Level, Reading, Reference
from dashboard.kpis.references import reference_of
from dashboard.readings.thresholds import in_force, judged_by
from data_access.thresholds import ThresholdVersion

GOOD, WARN, BAD, NONE = Level.GOOD, Level.WARN, Level.BAD, Level.NONE


def _rate(key: str, above: Exact, below: Exact = 100) -> Reading:
    return Reading(kpi=CATALOGUE[key], numerator=above, denominator=below)


@pytest.mark.parametrize(
    ("key", "value", "level"),
    [
        ("case.closure_rate", 95, GOOD),
        ("case.closure_rate", Fraction(94_999, 1000), WARN),  # prints 95.00, and is not 95
        ("case.closure_rate", 90, WARN),
        ("case.closure_rate", Fraction(8_999, 100), BAD),
        ("case.rework_rate", 3, GOOD),
        ("case.rework_rate", 8, WARN),
        ("case.rework_rate", 9, BAD),
        ("duty.staffed_grid_rate", 100, GOOD),
        ("duty.staffed_grid_rate", 99, WARN),
        ("household.visit_rate_monthly", 98, WARN),  # people to be seen monthly: 99
        ("household.visit_rate_quarterly", 98, GOOD),
        ("case.filing_accuracy_rate", 10, NONE),  # no bounds
    ],
)
def test_absolute_bounds(key: str, value: Exact, level: Level) -> None:
    assert judge(_rate(key, value)) is level


@pytest.mark.parametrize(("overdue", "level"), [(0, GOOD), (5, WARN), (6, BAD)])
@pytest.mark.parametrize("unit", ["grid", "community", "street", "department", None])
def test_overdue_cases_are_judged_for_single_units(
    overdue: int, level: Level, unit: str | None
) -> None:
    assert (
        judge(Reading(kpi=CATALOGUE["case.overdue"], numerator=overdue), area_level=unit) is level
    )


@pytest.mark.parametrize("area", ["city", "district"])
def test_and_not_for_cities_and_districts(area: str) -> None:
    assert judge(Reading(kpi=CATALOGUE["case.overdue"], numerator=6), area_level=area) is NONE


def test_one_case_suspended_past_its_end_is_red_everywhere() -> None:
    reading = Reading(kpi=CATALOGUE["case.suspended_past_end"], numerator=1)
    assert judge(reading, area_level="city") is BAD


@pytest.mark.parametrize(
    ("key", "value", "reference", "level"),
    [
        ("case.open", 110, 100, GOOD),  # against the mean of four weeks
        ("case.open", 130, 100, WARN),
        ("case.open", 131, 100, BAD),
        ("case.time_to_close", 12, 10, WARN),  # against its own twelve weeks
        ("case.accepted", 100, 100, GOOD),
        ("case.accepted", 1000, 100, WARN),  # a spike: yellow, and never red
        ("case.open", 100, None, NONE),  # nothing to compare with
        ("case.open", 100, 0, NONE),  # a multiple of nothing says nothing
    ],
)
def test_bounds_against_a_reference(
    key: str, value: int, reference: Exact | None, level: Level
) -> None:
    assert judge(Reading(kpi=CATALOGUE[key], numerator=value), reference=reference) is level


@pytest.mark.parametrize(("open_cases", "level"), [(110, GOOD), (160, WARN), (170, BAD)])
def test_load_against_the_areas_beside_it(open_cases: int, level: Level) -> None:
    median = reference_of(Reference.SIBLING_MEDIAN, [1, Fraction(11, 5), 3, None])
    assert median == Fraction(11, 5)
    assert judge(_rate("duty.load", open_cases, 50), reference=median) is level


@pytest.mark.parametrize(("ratio", "level"), [(2, GOOD), (5, WARN), (6, BAD), (None, NONE)])
def test_a_source_against_what_it_promised(ratio: int | None, level: Level) -> None:
    reading = Reading(kpi=CATALOGUE["system.source_age"], numerator=90, ratio=ratio)
    assert judge(reading) is level


def test_references() -> None:
    assert reference_of(Reference.FOUR_WEEK_MEAN, [10, 20, 30, 41]) == Fraction(101, 4)
    assert reference_of(Reference.FOUR_WEEK_MEAN, [10, 20, 30]) is None
    assert reference_of(Reference.FOUR_WEEK_MEAN, [10, 20, 30, None]) is None
    # mean 20, standard deviation 10: 40
    assert reference_of(Reference.SPIKE, [10, 30, 10, 30]) == 40
    assert reference_of(Reference.SPIKE, [20, 20, 20, 20]) == 20
    assert reference_of(Reference.TWELVE_WEEK_MEDIAN, [3, 1, 2]) == 2
    assert reference_of(Reference.TWELVE_WEEK_MEDIAN, []) is None
    assert reference_of(Reference.INTERVAL, [15]) == 15


def test_rates_of_few_cases_are_not_judged_beside_others() -> None:
    assert judge(_rate("case.closure_rate", 0, 9), minimum_denominator=10) is NONE
    assert judge(_rate("case.closure_rate", 0, 10), minimum_denominator=10) is BAD
    few = Reading(kpi=CATALOGUE["case.overdue_median"], numerator=100, sample=2)
    assert judge(few, minimum_denominator=10) is NONE
    count = Reading(kpi=CATALOGUE["case.overdue"], numerator=6)
    assert judge(count, minimum_denominator=10) is BAD


def test_nothing_is_not_judged() -> None:
    assert judge(_rate("case.closure_rate", 0, 0)) is NONE


def test_cases_accepted_just_now_do_not_redden_the_cohort() -> None:
    reading = _rate("case.cohort_closure_rate", 50)
    assert judge(reading) is BAD
    assert judge(reading, is_settled=False) is NONE
    assert judge(_rate("case.closure_rate", 50), is_settled=False) is BAD


def _version(
    number: int, on: str, good: str, warn: str, key: str = "case.closure_rate"
) -> ThresholdVersion:
    return ThresholdVersion(
        kpi_key=key, version=number, effective_on=date.fromisoformat(on), good=Fraction(good),
        warn=Fraction(warn), document=f"文件{number}", note=None, entered_by="test",
        entered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


CITY = [
    _version(1, "2026-01-01", "92", "88"),
    _version(2, "2026-07-01", "97.5", "93"),
    _version(3, "2026-01-01", "91", "88"),  # corrects the first one
    _version(1, "2026-01-01", "1", "2", key="case.open"),
]


@pytest.mark.parametrize(
    ("on", "version", "level"),
    [
        ("2025-12-31", 0, GOOD),  # the product's own: 95
        ("2026-01-01", 3, GOOD),  # 91
        ("2026-06-30", 3, GOOD),
        ("2026-07-01", 2, WARN),  # 97.5
    ],
)
def test_the_bounds_in_force_on_a_day(on: str, version: int, level: Level) -> None:
    kpi = judged_by(CATALOGUE["case.closure_rate"], in_force(CITY, date.fromisoformat(on)))
    assert kpi.thresholds is not None
    assert kpi.thresholds.version == version
    assert judge(Reading(kpi=kpi, numerator=95, denominator=100)) is level
    assert (kpi.thresholds.evidence is Evidence.CITY) == (version > 0)


def test_a_citys_bounds_compare_with_what_the_catalogues_do() -> None:
    kpi = judged_by(CATALOGUE["case.open"], in_force(CITY, date(2026, 2, 1)))
    reading = Reading(kpi=kpi, numerator=150)
    assert judge(reading, reference=100) is WARN  # 1.5 times, between 1 and 2
    assert judge(reading) is NONE
