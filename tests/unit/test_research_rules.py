"""Rules of 研判 by hand: spikes, bands, bunching, crowds, hasty work, funnel, groups of repeats."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.clocks import NULL_MS
from dashboard.kpis import funnel, oddities
from dashboard.kpis.spikes import judge_spike
from dashboard.lifecycle.repeat_groups import group_roots, likeness
from dashboard.readings.research_found import known_found

MINUTE = 60_000


@pytest.mark.parametrize(
    ("count", "before", "bound", "is_spike"),
    [
        # mean 4, deviations 2, 2, 0, 0: σ = √2, bound 4 + 2·1.41421
        (7, (2, 6, 4, 4), 6.82843, True),
        (6, (2, 6, 4, 4), 6.82843, False),
        (4, (4, 4, 4, 4), 4, False),  # as many as the bound is none
        (5, (4, 4, 4, 4), 4, True),
        (2, (0, 0, 0, 0), 0, False),  # 0 → 2 is no spike
        (5, (0, 0, 0, 0), 0, True),
        (9, (), 0, False),  # nothing to compare with
    ],
)
def test_a_spike_is_beyond_mean_and_two_sigma(
    count: int, before: tuple[int, ...], bound: float, is_spike: bool
) -> None:
    found = judge_spike(count, before, least=5)
    assert (round(found.bound, 5), found.is_spike) == (bound, is_spike)


@pytest.mark.parametrize(
    ("used", "band"),
    [(0, 0), (4.99, 0), (5, 1), (94.9, 18), (95, 19), (99.9, 19), (100, 19), (100.1, 20), (-7, 0)],
)
def test_bands_of_five_percent(used: float, band: int) -> None:
    limit = 1_000_000
    left = np.array([limit - round(used * 10_000)])
    assert oddities.bands_of(left, np.array([limit])).tolist() == [band]
    assert oddities.bands_of(left, np.array([0])).tolist() == [-1]


@pytest.mark.parametrize(
    ("near", "tail", "is_bunched"),
    [((3, 3, 3, 3), (6, 6), True), ((3, 3, 3, 4), (6, 6), False), ((0, 0, 0, 0), (9, 0), False),
     ((0, 0, 0, 0), (0, 10), True)],
)  # fmt: skip
def test_bunched_is_ten_and_twice_what_the_bands_before_expect(
    near: tuple[int, ...], tail: tuple[int, ...], is_bunched: bool
) -> None:
    found = oddities.judge_bunching([50] * 14 + [*near, *tail, 99])
    assert (found.tail, found.is_bunched) == (sum(tail), is_bunched)
    assert found.expected == sum(near) / 2


def test_crowded_marks_every_row_of_a_dense_stretch() -> None:
    at = np.array([0, 4, 10, 11, 30, 2]) * MINUTE
    key = np.array([1, 1, 1, 1, 1, 2])
    # 0, 4, 10 lie within ten minutes; so do 4, 10, 11; 30 is alone and the other key is another's
    found = oddities.crowded(key, at, within_ms=10 * MINUTE, more_than=2)
    assert found.tolist() == [True, True, True, True, False, False]
    assert not oddities.crowded(key, at, within_ms=10 * MINUTE, more_than=3).any()
    assert not oddities.crowded(np.full(6, -1), at, within_ms=10 * MINUTE, more_than=2).any()
    empty = np.zeros(0, dtype=np.int64)
    assert oddities.crowded(empty, empty, within_ms=1, more_than=1).tolist() == []


def test_crowded_agrees_with_a_look_at_every_pair() -> None:
    draw = np.random.default_rng(5)
    for _ in range(50):
        at, key = draw.integers(0, 60, 40), draw.integers(-1, 3, 40)
        naive = [
            key[row] >= 0
            and any(
                sum((key == key[row]) & (at >= start) & (at <= start + 8)) > 4
                for start in at.tolist()
                if start <= at[row] <= start + 8
            )
            for row in range(40)
        ]
        assert oddities.crowded(key, at, within_ms=8, more_than=4).tolist() == naive


def test_hasty_is_less_than_a_minute_and_not_on_the_spot() -> None:
    begun = np.array([0, 0, 0, NULL_MS, 5_000])
    done = np.array([59_999, 60_000, 1_000, 1_000, 0])
    direct = np.array([False, False, True, False, False])
    found = oddities.hasty(begun, done, direct, missing=NULL_MS)
    assert found.tolist() == [True, False, False, False, False]  # the last was done before it began


def test_night_and_self_closed_have_exact_edges() -> None:
    minutes = np.array([359, 360, 1319, 1320])
    assert oddities.at_night(minutes).tolist() == [True, False, False, True]
    assert oddities.is_mostly_self(9, 10)
    assert not oddities.is_mostly_self(8, 10)  # exactly 80 %
    assert not oddities.is_mostly_self(9, 9)  # fewer than ten


def test_the_funnel_counts_who_came_or_went_beyond() -> None:
    # one through all steps, one closed on the spot, one void after acceptance
    moments = {
        "reported": np.array([0, 0, 0]),
        "accepted": np.array([2, 1, 3]),
        "dispatched": np.array([5, NULL_MS, NULL_MS]),
        "handled": np.array([25, NULL_MS, NULL_MS]),
        "checked": np.array([NULL_MS, NULL_MS, NULL_MS]),
        "closed": np.array([40, 11, NULL_MS]),
    }
    found = funnel.stages(moments, np.ones(3, dtype=np.bool_), missing=NULL_MS)
    assert [found[step].count for step in funnel.STEPS] == [3, 3, 2, 2, 2, 2]
    # nearest rank of 1, 2, 3 and, since the last known step, of 15 and 10
    assert [found[step].median_ms for step in funnel.STEPS] == [None, 2, 3, 20, None, 10]
    voided, merged = np.array([True, True, False]), np.array([False, True, False])
    assert funnel.is_false(voided, merged).tolist() == [True, False, False]


def test_groups_hang_together_through_any_number_of_links() -> None:
    links = np.array([[5, 4], [4, 2], [9, 2], [7, 6]] + [[n + 1, n] for n in range(20, 60)])
    roots = group_roots(links)
    assert {case for case, root in roots.items() if root == 2} == {2, 4, 5, 9}
    assert roots[7] == roots[6] == 6
    assert {roots[n] for n in range(20, 61)} == {20}
    assert group_roots(np.zeros((0, 2), dtype=np.int64)) == {}


def test_what_a_group_has_in_common() -> None:
    one = {"phone": "1", "address": "A", "category_id": 1}
    assert likeness([one, one | {"category_id": 2}]).same_caller
    assert not likeness([one, one | {"category_id": 2}]).same_place
    near = likeness([one | {"phone": None}, one | {"phone": None, "address": "B"}])
    assert near.same_place
    assert not near.same_caller


@pytest.mark.parametrize(
    ("text", "found"),
    [("rework.all.12", "rework.all.12"), ("bunched", "bunched"), ("nothing", ""), ("", ""),
     ("band.19'--", ""), ("rework.a.b.c", "")],
)  # fmt: skip
def test_an_address_names_only_what_there_is(text: str, found: str) -> None:
    assert known_found(text) == found
