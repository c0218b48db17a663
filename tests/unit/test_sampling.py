"""The sample for re-checks: its size, its strata, and that anybody can draw it again."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from dashboard.lifecycle.sampling import allot, draw_sample

FIVE = Fraction(5, 100)


@pytest.mark.parametrize(
    ("sizes", "share", "expected"),
    [
        ({}, FIVE, {}),
        ({1: 100, 2: 40}, FIVE, {1: 5, 2: 2}),
        ({1: 1}, FIVE, {1: 1}),  # rounded up: there is always somebody to look at
        ({1: 10, 2: 10, 3: 10}, FIVE, {1: 1, 2: 1, 3: 0}),  # of equal remainders the smaller id
        ({1: 30, 2: 9}, Fraction(1, 10), {1: 3, 2: 1}),
        ({1: 7, 2: 3}, Fraction(1), {1: 7, 2: 3}),
        ({1: 7, 2: 3}, Fraction(0), {1: 0, 2: 0}),
    ],
)
def test_every_department_gives_its_share(
    sizes: dict[int, int], share: Fraction, expected: dict[int, int]
) -> None:
    assert allot(sizes, share) == expected


@pytest.mark.parametrize("seed", range(50))
def test_allotment_is_never_more_than_one_off(seed: int) -> None:
    random = Random(seed)
    sizes = {number: random.randrange(0, 300) for number in range(random.randrange(1, 12))}
    share = Fraction(random.randrange(0, 101), 100)
    found = allot(sizes, share)
    total = sum(sizes.values()) * share
    assert 0 <= sum(found.values()) - total < 1
    for number, size in sizes.items():
        assert abs(found[number] - size * share) < 1
        assert found[number] <= size


def test_sample_depends_on_the_cases_and_the_seed_alone() -> None:
    cases = [(case_id, case_id % 7) for case_id in range(1000)]
    sample = draw_sample(cases, FIVE, "2026-11")
    assert len(sample) == 50 and sample == sorted(sample)
    Random(1).shuffle(cases)
    assert draw_sample(cases, FIVE, "2026-11") == sample
    assert draw_sample(cases, FIVE, "2026-12") != sample
    assert set(sample) <= set(draw_sample(cases, Fraction(1, 5), "2026-11"))


def test_every_case_has_the_same_chance() -> None:
    cases = [(case_id, 1) for case_id in range(20)]
    times = [0] * 20
    for seed in range(4000):
        for case_id in draw_sample(cases, Fraction(1, 10), str(seed)):
            times[case_id] += 1
    assert sum(times) == 8000
    assert min(times) > 320 and max(times) < 480  # 400 each, and four deviations beside


def test_nobody_closed_and_nonsense() -> None:
    assert draw_sample([], FIVE, "1") == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        draw_sample([], Fraction(3, 2), "1")
