"""重复诉求: the rule against a plain comparison of every case with every other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.clocks import NULL_MS
from dashboard.lifecycle.repeats import NEAR_METRES, Complaints, numbered, repeat_links

DAY_MS = 86_400_000
WINDOW = 30 * DAY_MS


def _complaints(*rows: tuple[float, int, str, str, float, float]) -> Complaints:
    """Rows of (accepted day, category, phone, address, longitude, latitude); ids from 1."""
    day, category, phone, address, longitude, latitude = zip(*rows, strict=True)
    return Complaints(
        case_id=np.arange(1, len(rows) + 1),
        accepted_ms=(np.array(day) * DAY_MS).astype(np.int64),
        category=np.array(category),
        phone=numbered(phone),
        address=numbered(address),
        longitude=np.array(longitude),
        latitude=np.array(latitude),
    )


def _far(day: float, category: int, phone: str = "", address: str = "") -> tuple:
    return (day, category, phone, address, math.nan, math.nan)


@pytest.mark.parametrize(
    ("later", "repeats"),
    [
        (_far(30, 2, phone="a"), True),  # the same caller, whatever it is about
        (_far(30.01, 1, phone="a"), False),  # too late
        (_far(3, 1, address="和平路1号"), True),
        (_far(3, 2, address="和平路1号"), False),  # another category
        (_far(3, 1, address="和平路2号"), False),
        ((3, 1, "", "", 125.0004, 46.6), True),  # 30 m east
        ((3, 1, "", "", 125.001, 46.6), False),  # 76 m east
        ((3, 2, "", "", 125.0, 46.6), False),
    ],
)
def test_same_caller_or_same_category_and_place(later: tuple, repeats: bool) -> None:
    earlier = (0.0, 1, "a", "和平路1号", 125.0, 46.6)
    links = repeat_links(_complaints(earlier, later), within_ms=WINDOW)
    assert links.repeat_of.tolist() == [-1, 0 if repeats else -1]
    assert links.repeated_ms.tolist() == [int(later[0] * DAY_MS) if repeats else NULL_MS, NULL_MS]


def test_the_latest_earlier_one_is_repeated_and_the_first_later_one_counts() -> None:
    rows = [_far(day, 1, phone="a") for day in (40, 0, 20, 20)]
    links = repeat_links(_complaints(*rows), within_ms=WINDOW)
    assert links.repeat_of.tolist() == [3, -1, 1, 2]
    assert links.repeated_ms.tolist() == [NULL_MS, 20 * DAY_MS, 20 * DAY_MS, 40 * DAY_MS]


def test_no_cases_and_blank_texts_link_nothing() -> None:
    nothing = Complaints(
        **{name: np.zeros(0, np.int64) for name in ("case_id", "accepted_ms", "category")},
        phone=numbered([]), address=numbered([]),
        longitude=np.zeros(0), latitude=np.zeros(0),
    )  # fmt: skip
    assert len(repeat_links(nothing, within_ms=WINDOW).repeat_of) == 0
    blank = _complaints(_far(0, 1), _far(1, 1, phone="  ", address="  "))
    assert repeat_links(blank, within_ms=WINDOW).repeat_of.tolist() == [-1, -1]


def _metres(one: Complaints, i: int, j: int) -> float:
    """By the haversine formula, which is not what the rule uses."""
    a, b = math.radians(one.latitude[i]), math.radians(one.latitude[j])
    width = math.radians(one.longitude[i] - one.longitude[j])
    part = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(width / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(part))


def _belong(one: Complaints, i: int, j: int) -> bool:
    if one.phone[i] >= 0 and one.phone[i] == one.phone[j]:
        return True
    if one.category[i] != one.category[j]:
        return False
    if one.address[i] >= 0 and one.address[i] == one.address[j]:
        return True
    return bool(_metres(one, i, j) <= NEAR_METRES)  # NaN is near nothing


@pytest.mark.parametrize("seed", range(12))
def test_every_case_against_every_other(seed: int) -> None:
    draw = np.random.default_rng(seed)
    count = 120
    spots = draw.uniform((120.0, 30.0), (120.002, 30.0018), (25, 2))  # a block of 190 by 200 m
    spots[:3] = np.nan
    spot = draw.integers(0, 25, count)
    one = Complaints(
        case_id=draw.permutation(count) + 1,
        accepted_ms=draw.integers(0, 90, count) * DAY_MS,
        category=draw.integers(1, 5, count),
        phone=np.where(draw.random(count) < 0.3, draw.integers(0, 20, count), -1),
        address=np.where(draw.random(count) < 0.3, draw.integers(0, 10, count), -1),
        longitude=spots[spot, 0],
        latitude=spots[spot, 1],
    )
    links = repeat_links(one, within_ms=WINDOW)
    rank = list(zip(one.accepted_ms.tolist(), one.case_id.tolist(), strict=True))
    for i in range(count):
        friends = [j for j in range(count) if j != i and _belong(one, i, j)
                   and abs(one.accepted_ms[i] - one.accepted_ms[j]) <= WINDOW]  # fmt: skip
        before = [j for j in friends if rank[j] < rank[i]]
        after = [j for j in friends if rank[j] > rank[i]]
        assert links.repeat_of[i] == (max(before, key=rank.__getitem__) if before else -1)
        first = one.accepted_ms[min(after, key=rank.__getitem__)] if after else NULL_MS
        assert links.repeated_ms[i] == first


def test_ten_thousand_cases_at_one_point_are_no_burden() -> None:
    count = 10_000
    one = Complaints(
        case_id=np.arange(count), accepted_ms=np.arange(count) * 1000,
        category=np.ones(count, np.int64), phone=np.full(count, -1), address=np.full(count, -1),
        longitude=np.full(count, 125.0), latitude=np.full(count, 46.0),
    )  # fmt: skip
    links = repeat_links(one, within_ms=WINDOW)
    assert links.repeat_of.tolist() == list(range(-1, count - 1))
