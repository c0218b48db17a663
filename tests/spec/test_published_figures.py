"""Figures that cities published, reproduced from the counts beside them, to the digit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import count_undated_on_time, evaluate, judge, wilson_interval
from dashboard.kpis.formatting import change_text, percent_text, round_half_up, value_text
from dashboard.kpis.model import Level, Totals


def _text(key: str, **values: int) -> str:
    stocks = {"overdue": values.pop("overdue", 0)}
    names = ("closed_on_time", "closed_late", "closed_undated", "cohort_closed", "accepted")
    names += ("rated", "contacted", "solved", "very_satisfied", "satisfied", "fairly_satisfied")
    flows = dict.fromkeys(names, 0) | values
    return value_text(evaluate(CATALOGUE[key], Totals(flows=flows, stocks=stocks)))


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        # Nantong 12/2016: closed 12,461, overdue and open 345
        ("case.closure_rate", {"closed_on_time": 12_461, "overdue": 345}, "97.31"),
        # Tianmen 12/2016: closed 911, of them 737 on time; overdue and open 61; 24 not yet due
        ("case.closure_rate", {"closed_on_time": 737, "closed_late": 174, "overdue": 61}, "93.72"),
        (
            "case.on_time_closure_rate",
            {"closed_on_time": 737, "closed_late": 174, "overdue": 61},
            "75.82",
        ),
        # Xuchang 1/2022: due 14,577, overdue and open 2,159
        ("case.closure_rate", {"closed_on_time": 12_418, "overdue": 2_159}, "85.19"),
        # Yuanbao 2021: accepted 4,067, closed 3,821 (the newspaper cut 93.95 to 93)
        ("case.cohort_closure_rate", {"accepted": 4_067, "cohort_closed": 3_821}, "93.95"),
        # Call-backs of domain acceptance: 80 satisfied, 10 fairly, 10 not; 85 solved; 99 contacted
        (
            "visit.satisfaction_rate",
            {"rated": 100, "satisfied": 80, "fairly_satisfied": 10},
            "89.00",
        ),
        ("visit.solution_rate", {"rated": 100, "solved": 85}, "85.00"),
        ("visit.response_rate", {"rated": 100, "contacted": 99}, "99.00"),
    ],
)
def test_published_rates(key: str, values: dict[str, int], expected: str) -> None:
    assert _text(key, **values) == expected


def test_cases_due_leave_out_what_is_not_yet_due() -> None:
    # Tianmen: 996 filed, 24 not yet due; the denominator is 972
    totals = Totals(
        flows={"closed_on_time": 737, "closed_late": 174, "filed": 996}, stocks={"overdue": 61}
    )
    assert evaluate(CATALOGUE["case.closure_rate"], totals).denominator == 972


def test_nothing_to_measure_is_a_dash() -> None:
    assert _text("case.closure_rate") == "—"
    assert _text("visit.satisfaction_rate") == "—"


def test_not_measured_is_a_dash_and_not_zero() -> None:
    reading = evaluate(CATALOGUE["duty.on_duty"], Totals(flows={}, stocks={}))
    assert value_text(reading) == "—"


def test_a_hundred_only_when_equal() -> None:
    assert _text("case.cohort_closure_rate", accepted=1_000_000, cohort_closed=999_999) == "99.99"
    assert _text("case.cohort_closure_rate", accepted=7, cohort_closed=7) == "100.00"


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("93.945", 2, "93.95"), ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("0.005", 2, "0.01")],
)
def test_rounding_is_half_up(value: str, places: int, expected: str) -> None:
    assert str(round_half_up(Fraction(value), places)) == expected


def test_public_security_cases_fell_by_a_quarter() -> None:
    # Tiefeng: 656 → 496; the newspaper's own −19.6 % has another base
    change = change_text(CATALOGUE["case.accepted"], Fraction(496), Fraction(656))
    assert change == "-24.4%"
    assert str(round_half_up(Fraction(100 * (496 - 656), 656), 2)) == "-24.39"


def test_rates_change_by_points() -> None:
    kpi = CATALOGUE["case.closure_rate"]
    assert change_text(kpi, Fraction(9731, 100), Fraction(9372, 100)) == "+3.59"


def test_cases_without_deadline_by_setting() -> None:
    # Boston's flag: 57,789 of 62,165 on time, counting requests without a target as on time
    kpi = CATALOGUE["case.on_time_closure_rate"]
    flows = {"closed_on_time": 23_441, "closed_late": 4_000, "closed_undated": 16_227}
    totals = Totals(flows=flows, stocks={"overdue": 376})
    without, with_them = evaluate(kpi, totals), evaluate(count_undated_on_time(kpi), totals)
    assert with_them.denominator == (without.denominator or 0) + 16_227
    assert percent_text(with_them) > percent_text(without)


@pytest.mark.parametrize(
    ("closed", "overdue", "level"),
    [(95, 5, Level.GOOD), (90, 10, Level.WARN), (89, 11, Level.BAD), (0, 0, Level.NONE)],
)
def test_lights(closed: int, overdue: int, level: Level) -> None:
    flows = {"closed_on_time": closed, "closed_late": 0}
    totals = Totals(flows=flows, stocks={"overdue": overdue})
    assert judge(evaluate(CATALOGUE["case.closure_rate"], totals)) is level


def test_a_small_sample_is_not_judged() -> None:
    flows = dict.fromkeys(("very_satisfied", "fairly_satisfied"), 0) | {
        "satisfied": 29,
        "rated": 29,
    }
    reading = evaluate(CATALOGUE["visit.satisfaction_rate"], Totals(flows=flows, stocks={}))
    assert judge(reading, minimum_sample=30) is Level.NONE
    assert judge(reading, minimum_sample=29) is Level.GOOD


def test_wilson_interval() -> None:
    # Daqing's survey: 63,887 of 70,006 is 91.26 % ± 0.21 points
    low, high = wilson_interval(Fraction(63_887), 70_006) or (0, 0)
    assert (round(low, 2), round(high, 2)) == (91.05, 91.47)
    assert wilson_interval(Fraction(0), 0) is None
    assert (wilson_interval(Fraction(10), 10) or (0, 0))[0] < 100
