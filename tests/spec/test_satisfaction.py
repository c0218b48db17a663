"""What citizens say 群众评价: three rates over valid call-backs, combined; and small samples."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dashboard.kpis.evaluate import judge, wilson_interval
from dashboard.kpis.model import Level, Reading
from tests.spec.case_table import cases, november, read, totals

CALLS = """
accepted    | closed      | source  | calls
11-02 09:00 | 11-03 09:00 | hotline | 11-06 10:00 satisfied solved contacted
11-02 09:00 | 11-03 09:00 | hotline | 11-06 10:00 fairly_satisfied solved contacted
11-02 09:00 | 11-03 09:00 | public  | 11-06 10:00 dissatisfied contacted; 11-20 10:00 satisfied solved contacted
11-02 09:00 | 11-03 09:00 | public  | 11-06 10:00 contacted
11-02 09:00 | 11-03 09:00 | public  |
11-02 09:00 | 11-03 09:00 | worker  |
"""  # noqa: E501


def test_three_rates_over_the_valid_call_backs() -> None:
    value = november(CALLS)
    assert value("visit.satisfaction_rate") == "58.00"  # (2 + 0.9) of 5 calls, one without answer
    assert value("visit.solution_rate") == "60.00"
    assert value("visit.response_rate") == "100.00"
    assert value("visit.three_rates") == "63.20"  # 10 + 30 + 23.2
    assert value("visit.coverage_rate") == "80.00"  # four of five cases; workers need no call


def test_closed_is_not_solved_and_solved_is_not_satisfied() -> None:
    table = """
    accepted    | due         | closed      | calls
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 | 11-06 10:00 satisfied solved contacted
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 | 11-06 10:00 dissatisfied solved contacted
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 | 11-06 10:00 dissatisfied contacted
    """
    value = november(table)
    keys = ("case.on_time_closure_rate", "visit.solution_rate", "visit.satisfaction_rate")
    assert [value(key) for key in keys] == ["100.00", "66.67", "33.33"]


def test_no_call_back_is_no_rate_and_no_score() -> None:
    value = november("accepted\n11-02 09:00")
    for key in ("visit.satisfaction_rate", "visit.three_rates", "visit.coverage_rate"):
        assert value(key) == "—"


def _of_satisfied(count: int) -> Reading:
    row = "11-02 09:00 | 11-06 10:00 satisfied solved contacted\n"
    return read("visit.satisfaction_rate", totals(cases("accepted | calls\n" + row * count)))


@pytest.mark.parametrize(("answers", "level"), [(29, Level.NONE), (30, Level.GOOD)])
def test_a_small_sample_is_shown_and_not_judged(answers: int, level: Level) -> None:
    reading = _of_satisfied(answers)
    assert reading.value == 100
    assert judge(reading, minimum_sample=30) is level


def test_wilson_interval() -> None:
    # Daqing's survey: 63,887 of 70,006 is 91.26 % ± 0.21 points
    low, high = wilson_interval(63_887, 70_006) or (0, 0)
    assert (round(low, 2), round(high, 2)) == (91.05, 91.47)


def test_the_interval_of_everybody_satisfied_does_not_shrink_to_a_point() -> None:
    low, high = wilson_interval(10, 10) or (0, 0)
    assert (round(low, 1), round(high, 1)) == (72.2, 100.0)


def test_the_interval_of_weighted_answers_is_that_of_their_share() -> None:
    assert wilson_interval(Fraction(9, 10) * 100, 100) == wilson_interval(90, 100)


def test_nobody_asked_has_no_interval() -> None:
    assert wilson_interval(0, 0) is None
