"""Rounding 舍入: exact until the last step, half up, once; and no 100 or 0 that is none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.formatting import (
    NOTHING,
    change_text,
    percent_text,
    round_half_up,
    value_text,
)
from dashboard.kpis.model import Exact, Reading


def _rate(numerator: Exact | None, denominator: Exact | None) -> Reading:
    kpi = CATALOGUE["case.closure_rate"]
    return Reading(kpi=kpi, numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("93.945", 2, "93.95"),  # binary floats would give 93.94
        ("2.675", 2, "2.68"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.005", 2, "0.01"),
        ("0.0049", 2, "0.00"),
        ("1e21", 2, "1000000000000000000000.00"),
    ],
)
def test_half_up(value: str, places: int, expected: str) -> None:
    assert str(round_half_up(Fraction(value), places)) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (7, 7, "100.00"),
        (999_999, 1_000_000, "99.99"),  # would round to 100.00
        (99_995, 100_000, "99.99"),  # exactly half way
        (1_000_001, 1_000_000, "100.01"),  # more than all, where that can be
        (0, 7, "0.00"),
        (1, 1_000_000, "0.01"),  # would round to 0.00
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (3, 1, "300.00"),
        (12_345, 1, "1,234,500.00"),
        (0, 0, NOTHING),
        (5, 0, NOTHING),
        (None, 7, NOTHING),
        (7, None, NOTHING),
        (Fraction(9, 10) * 10, 10, "90.00"),
    ],
)
def test_rates(numerator: Exact | None, denominator: Exact | None, expected: str) -> None:
    assert percent_text(_rate(numerator, denominator)) == expected


def test_a_published_rate_that_was_cut_and_not_rounded() -> None:
    # Yuanbao's newspaper printed 93 % for 3,821 of 4,067.
    assert percent_text(_rate(3_821, 4_067)) == "93.95"
    assert percent_text(_rate(3_821, 4_067), places=0) == "94"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("case.overdue_median", Fraction(1, 1000), "0.1"),  # 0.0 only for zero
        ("case.overdue_median", 0, "0.0"),
        ("case.overdue_median", Fraction(2405, 2), "1,202.5"),
        ("score.composite", Fraction(89_999, 1000), "90.00"),
        ("case.accepted", 1_234_567, "1,234,567"),
    ],
)
def test_other_shapes(key: str, value: Exact, expected: str) -> None:
    assert value_text(Reading(kpi=CATALOGUE[key], numerator=value)) == expected


def test_rates_differ_by_points_of_the_unrounded_rates() -> None:
    # 1/3 and 2/3 print 33.33 and 66.67; their difference is 33.33 and not 33.34.
    kpi = CATALOGUE["case.closure_rate"]
    assert change_text(kpi, Fraction(200, 3), Fraction(100, 3)) == "+33.33"
    assert change_text(kpi, Fraction(100, 3), Fraction(200, 3)) == "-33.33"


@pytest.mark.parametrize(
    ("key", "now", "before", "expected"),
    [
        ("case.accepted", 481, 362, "+32.87%"),
        ("case.accepted", 8, 2, "+6"),
        ("case.accepted", 20, 0, "+20"),
        ("case.accepted", None, 10, None),
        ("case.closure_rate", 90, None, None),
        ("case.overdue_median", 36, 24, "+50.00%"),
        ("case.overdue_median", 36, 0, "+36.0"),
        ("duty.load", Fraction(3, 2), 0, "+1.50"),
        ("score.composite", 90, 100, "-10.00"),
    ],
)
def test_changes(key: str, now: Exact | None, before: Exact | None, expected: str | None) -> None:
    assert change_text(CATALOGUE[key], now, before) == expected
