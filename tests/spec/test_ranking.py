"""Ranking 排名: ties share a rank, too little is not ranked, nothing comes last."""

from __future__ import annotations

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.model import Reading
from dashboard.kpis.ranking import rank


def _rates(
    key: str, pairs: dict[str, tuple[int, int]], least: int = 10
) -> list[tuple[str, object]]:
    names = list(pairs)
    readings = [
        Reading(kpi=CATALOGUE[key], numerator=above, denominator=below)
        for above, below in pairs.values()
    ]
    return [(names[one.index], one.rank) for one in rank(readings, minimum_denominator=least)]


def test_equal_rates_share_a_rank_and_the_next_is_left_out() -> None:
    units = {"甲": (90, 100), "乙": (95, 100), "丙": (18, 20), "丁": (10, 20)}
    assert _rates("case.closure_rate", units) == [("乙", 1), ("甲", 2), ("丙", 2), ("丁", 4)]


def test_equal_is_exactly_equal() -> None:
    # 2/3 and 66,667/100,000 both print 66.67.
    units = {"甲": (20, 30), "乙": (66_667, 100_000)}
    assert _rates("case.closure_rate", units) == [("乙", 1), ("甲", 2)]


def test_lower_is_better_where_it_is() -> None:
    units = {"甲": (3, 100), "乙": (0, 100), "丙": (8, 100)}
    assert _rates("case.rework_rate", units) == [("乙", 1), ("甲", 2), ("丙", 3)]


def test_too_few_cases_are_shown_without_a_rank_and_nothing_comes_last() -> None:
    units = {"甲": (0, 0), "乙": (9, 9), "丙": (10, 10), "丁": (5, 10)}
    expected = [("丙", 1), ("丁", 2), ("乙", None), ("甲", None)]
    assert _rates("case.closure_rate", units) == expected
    assert _rates("case.closure_rate", units, least=9)[:2] == [("乙", 1), ("丙", 1)]


def test_counts_are_ranked_whatever_their_size() -> None:
    readings = [Reading(kpi=CATALOGUE["case.overdue"], numerator=n) for n in (3, 0, 3)]
    ranked = rank(readings, minimum_denominator=10)
    assert [(one.index, one.rank) for one in ranked] == [(1, 1), (0, 2), (2, 2)]


def test_quantiles_of_too_few_cases_are_not_ranked() -> None:
    kpi = CATALOGUE["case.time_to_close"]
    readings = [Reading(kpi=kpi, numerator=hours, sample=n) for hours, n in ((1, 2), (30, 50))]
    assert [one.rank for one in rank(readings, minimum_denominator=10)] == [1, None]


def test_nobody_to_rank() -> None:
    assert rank([]) == []
