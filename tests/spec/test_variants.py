"""Local variants 本市口径: the same cases, counted as a city's settings say; and it is said."""

from __future__ import annotations

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.variants import catalogue_of, kpi_of
from dashboard.settings import Settings
from tests.spec.case_table import november

DUE = ("case.closure_rate", "case.on_time_closure_rate", "case.rework_rate")

UNDATED = """
accepted    | due         | closed      | before
11-02 09:00 | 11-04 09:00 | 11-03 09:00 |
11-02 09:00 | 11-04 09:00 | 11-06 09:00 |
11-02 09:00 | 11-04 09:00 |             |
11-02 09:00 |             | 11-06 09:00 | closed 11-03 09:00 back 11-04 09:00
11-02 09:00 |             |             |
"""


@pytest.mark.parametrize(
    ("on_time", "closure", "on_time_closure", "rework"),
    [
        (False, "66.67", "33.33", "33.33"),  # 2, 1 and 1 of 3
        (True, "75.00", "60.00", "25.00"),  # 3 of 4; 3 of 5 with the open one; 1 of 4
    ],
)
def test_cases_without_a_deadline(
    on_time: bool, closure: str, on_time_closure: str, rework: str
) -> None:
    value = november(UNDATED, undated_on_time=on_time)
    assert value("case.closure_rate") == closure  # an open one is not due: it is not closed
    assert value("case.on_time_closure_rate") == on_time_closure
    assert value("case.rework_rate") == rework


SUSPENDED = """
accepted    | due         | closed      | suspended
11-02 09:00 | 11-04 09:00 | 11-03 09:00 |
11-02 09:00 | 11-04 09:00 |             | 11-03 09:00
11-02 09:00 | 12-04 09:00 |             | 11-03 09:00
"""


@pytest.mark.parametrize(("way", "rate"), [("subtracted", "100.00"), ("counted", "50.00")])
def test_suspended_cases_among_those_due(way: str, rate: str) -> None:
    # 缓办: only the one past the deadline it had can be due.
    assert november(SUSPENDED, suspended_in_due=way)("case.on_time_closure_rate") == rate


ANSWERS = """
accepted    | calls
11-02 09:00 | 11-06 10:00 very_satisfied contacted solved
11-02 09:00 | 11-06 10:00 fairly_satisfied contacted solved
11-02 09:00 | 11-06 10:00 neutral contacted
11-02 09:00 | 11-06 10:00 dissatisfied
"""


@pytest.mark.parametrize(
    ("weights", "rate"),
    [
        ("1, 1, 0.9, 0, 0", "47.50"),
        ("1, 1, 1, 0, 0", "50.00"),
        ("1, 0.8, 0.6, 0.3, 0", "47.50"),
        ("0, 0, 0, 0, 0", "0.00"),
    ],
)
def test_weights_of_answers(weights: str, rate: str) -> None:
    assert november(ANSWERS, satisfaction_weights=weights)("visit.satisfaction_rate") == rate


@pytest.mark.parametrize(
    ("weights", "score"),
    [
        ("0.1, 0.5, 0.4", "51.50"),  # 7.5 + 25 + 19
        ("0.3, 0.35, 0.35", "56.63"),  # 22.5 + 17.5 + 16.625
        ("1, 1, 1", "172.50"),  # of 300 points
    ],
)
def test_weights_of_the_three_rates(weights: str, score: str) -> None:
    assert november(ANSWERS, three_rates_weights=weights)("visit.three_rates") == score


def test_both_weights_meet_in_the_combined_score() -> None:
    value = november(ANSWERS, satisfaction_weights="1, 1, 1, 0, 0")
    assert value("visit.three_rates") == "52.50"  # 7.5 + 25 + 20


def test_the_composite_score_takes_the_citys_rework_rate() -> None:
    counted = kpi_of("score.composite", Settings(suspended_in_due="counted"))
    rework = next(part.kpi for part in counted.parts if part.kpi.key == "case.rework_rate")
    assert "suspended_late" in {term.name for term in rework.denominator or ()}


def test_the_default_settings_give_the_catalogue() -> None:
    assert dict(catalogue_of(Settings())) == dict(CATALOGUE)


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        (Settings(undated_on_time=True), {*DUE, "score.composite"}),
        (Settings(suspended_in_due="counted"), {*DUE, "score.composite"}),
        (
            Settings(satisfaction_weights="1, 1, 1, 0, 0"),
            {"visit.satisfaction_rate", "visit.three_rates"},
        ),
        (Settings(three_rates_weights="1, 0, 0"), {"visit.three_rates"}),
    ],
)
def test_a_setting_changes_these_kpis_and_their_words_and_no_others(
    settings: Settings, keys: set[str]
) -> None:
    changed = catalogue_of(settings)
    assert {key for key in CATALOGUE if changed[key] != CATALOGUE[key]} == keys
    for key in keys - {"score.composite"}:  # a score's own words name its parts
        said = changed[key].meaning_zh + "".join(p.kpi.meaning_zh for p in changed[key].parts)
        assert "本市口径" in said and "本市口径" not in CATALOGUE[key].meaning_zh
    for key in keys & set(DUE):
        assert changed[key].formula_zh != CATALOGUE[key].formula_zh


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        kpi_of("case.no_such", Settings())
