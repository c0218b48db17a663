"""The figures of the published reports are properties of the generated raw data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from data_access.frames import NULL_MS
from jobs.demo.call_backs import call_back_columns, survey_columns
from jobs.demo.case_plan import COUNTED
from jobs.demo.generate import DemoCity
from jobs.demo.profiles import PROFILES
from jobs.demo.reference import CATEGORIES

Made = Callable[[str], DemoCity]


def _accepted(made: DemoCity, start: int, end: int) -> np.ndarray:
    plan = made.history.plan
    return (plan.kind == COUNTED) & (plan.accepted_ms >= start) & (plan.accepted_ms < end)


def _flagged(made: DemoCity, flag: str) -> np.ndarray:
    return np.array([given.flag == flag for given in CATEGORIES])[made.history.plan.category]


def test_yuanbao_accepted_4067_closed_3821(made: Made) -> None:
    city = made("yuanbao")
    start, end = city.span.last_months(3)
    inside = _accepted(city, start, end)
    closed = city.history.closed_ms
    assert inside.sum() == 4067
    assert (inside & (closed != NULL_MS) & (closed < end)).sum() == 3821


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_yuanbao_satisfaction_is_96_percent(made: Made, seed: int) -> None:
    city = made("yuanbao")
    rows = call_back_columns(city.history, np.random.default_rng(seed))
    start, end = city.span.last_months(3)
    inside = rows["is_valid"] & (rows["visited_at"] >= start) & (rows["visited_at"] < end)
    weights = {"very_satisfied": 1.0, "satisfied": 1.0, "fairly_satisfied": 0.9}
    scores = [weights.get(answer, 0.0) for answer in rows["answer"][inside]]
    assert len(scores) > 1000
    assert round(float(np.mean(scores)) * 100, 2) == 96.00


def test_daqing_accepted_133000_in_a_year(made: Made) -> None:
    city = made("daqing")
    assert _accepted(city, *city.span.past_year()).sum() == 133_000


def test_daqing_survey_70006_answers_63887_satisfied(made: Made) -> None:
    city = made("daqing")
    ids = np.arange(1, len(city.city) + 1)
    waves, answers = survey_columns(
        city.city, city.span, city.weights, ids, np.random.default_rng(1)
    )
    (wave,) = [row for row in waves if row["code"] == "survey-2025-12"]
    mine = answers["answer"][answers["wave_id"] == wave["wave_id"]]
    assert len(mine) == 70_006
    assert (mine == "satisfied").sum() == 63_887


def test_daqing_houses_and_residents(made: Made) -> None:
    counts = made("daqing").counts
    assert (counts["houses"][0], counts["residents"][0]) == (1_312_499, 2_145_409)
    assert len(made("daqing").people) == 5_000


def test_tiefeng_23088_accepted_88_not_closed(made: Made) -> None:
    city = made("tiefeng")
    counted = city.history.plan.kind == COUNTED
    assert counted.sum() == 23_088
    assert (counted & (city.history.closed_ms == NULL_MS)).sum() == 88


@pytest.mark.parametrize(
    ("flag", "before", "last"), [("is_public_security", 656, 496), ("is_mediation", 362, 481)]
)
def test_tiefeng_years(made: Made, flag: str, before: int, last: int) -> None:
    city = made("tiefeng")
    mine = _flagged(city, flag)
    assert (_accepted(city, *city.span.past_year(2)) & mine).sum() == before
    assert (_accepted(city, *city.span.past_year(1)) & mine).sum() == last


def test_tiefeng_mediation_succeeds_in_99_percent(made: Made) -> None:
    city = made("tiefeng")
    rows = call_back_columns(city.history, np.random.default_rng(1))
    mine = _accepted(city, *city.span.past_year()) & _flagged(city, "is_mediation")
    solved = rows["is_solved"][mine[rows["case_id"] - 1]]
    assert len(solved) == 481
    assert round(solved.mean() * 100) == 99


def test_tiefeng_known_grid_and_stations(made: Made) -> None:
    city, counts = made("tiefeng").city, made("tiefeng").counts
    known = [n for n in city.grid_rows if counts["houses"][n] == 402
             and counts["residents"][n] == 796 and counts["shops"][n] == 12
             and counts["structures"][n] == 91]  # fmt: skip
    assert [city.name_zh[city.parent[n]] for n in known] == ["和平社区"]
    assert counts["has_station"][0] == 184


def test_qingyang_workers_and_marshals(made: Made) -> None:
    city = made("qingyang")
    assert len(city.people) == 11_149
    assert city.counts["marshals"][0] == 10_267
    assert len(set(city.people.role.tolist())) == 5


def test_anyue_55000_accepted_52000_closed(made: Made) -> None:
    city = made("anyue")
    counted = city.history.plan.kind == COUNTED
    assert counted.sum() == 55_000
    assert (counted & (city.history.closed_ms != NULL_MS)).sum() == 52_000


@pytest.mark.parametrize("key", ["daqing", "qingyang", "tiefeng", "yuanbao", "anyue"])
def test_volume_and_lateness_are_plausible(made: Made, key: str) -> None:
    from jobs.demo.case_limits import effective_limits

    city = made(key)
    history, now = city.history, city.span.now_ms
    counted = history.plan.kind == COUNTED
    deadline, _ = effective_limits(history)
    closed = history.closed_ms
    recent = counted & (closed != NULL_MS) & (closed >= now - 365 * 86_400_000)
    held = history.has("suspended") & ~history.has("resumed")
    overdue = counted & (closed == NULL_MS) & (deadline < now) & ~held
    on_time = (recent & (closed <= deadline)).sum() / (recent.sum() + overdue.sum())
    assert 0.90 <= on_time <= 0.97
    assert overdue.sum() > 0
    yearly = recent.sum() / PROFILES[key].yearly_cases
    assert 0.85 <= yearly <= 1.2
