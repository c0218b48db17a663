"""Repeat complaints 重复诉求: which cases tell of the same matter as an earlier one.

Two accepted cases belong together when the same caller reported both, or when they are of one
category at one place: the same address, or points no more than 50 m apart (domain rule 2.4, whose
window of 30 days is the setting ``repeat_days``). Callers are those of hotlines and of the public:
a worker's own telephone stands on many reports. The later one repeats the latest of the earlier
ones; an earlier one was first repeated by the first of the later ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import NULL_MS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEAR_METRES: Final = 50.0
_EARTH_METRES: Final = 6_371_008.8
_DEGREE_METRES: Final = _EARTH_METRES * np.pi / 180
# Half of the cells around a cell, itself included: each pair of neighbours is met once.
_AROUND: Final = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))
_ROW_BITS: Final = 20  # cells of 50 m along a meridian, and along the equator: fewer than 2 ** 20


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """Accepted cases that are not void, in any order; all columns of one length.

    ``phone`` and ``address`` number the texts that are equal, -1 for none (``numbered``);
    ``longitude`` and ``latitude`` are WGS-84 degrees, NaN for none.
    """

    case_id: Ints
    accepted_ms: Ints
    category: Ints
    phone: Ints
    address: Ints
    longitude: Floats
    latitude: Floats

    def __len__(self) -> int:
        return len(self.case_id)


@dataclass(frozen=True, kw_only=True)
class RepeatLinks:
    """``repeat_of``: row of the case each row repeats, -1 for none; ``repeated_ms``: when a later
    case first repeated it, NULL_MS for never."""

    repeat_of: Ints
    repeated_ms: Ints


def numbered(texts: Iterable[str | None]) -> Ints:
    """A number for every different text; -1 for none and for one of blanks alone."""
    numbers: dict[str, int] = {}
    found = [
        -1 if text is None or not text.strip() else numbers.setdefault(text, len(numbers))
        for text in texts
    ]
    return np.array(found, dtype=np.int64)


def repeat_links(complaints: Complaints, *, within_ms: int) -> RepeatLinks:
    """Who repeats whom among these cases; no cases give empty columns.

    A case accepted later than ``within_ms`` after another does not repeat it. Of cases accepted at
    the same moment the one with the higher id is the later.
    """
    count = len(complaints)
    order = np.lexsort((complaints.case_id, complaints.accepted_ms))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    earlier, later = _pairs(complaints, rank)
    accepted = complaints.accepted_ms
    inside = accepted[later] - accepted[earlier] <= within_ms
    earlier, later = earlier[inside], later[inside]
    latest = np.full(count, -1, dtype=np.int64)
    np.maximum.at(latest, later, rank[earlier])
    first = np.full(count, count, dtype=np.int64)
    np.minimum.at(first, earlier, rank[later])
    repeat_of, repeated = latest.copy(), np.full(count, NULL_MS, dtype=np.int64)
    repeat_of[latest >= 0] = order[latest[latest >= 0]]
    repeated[first < count] = accepted[order[first[first < count]]]
    return RepeatLinks(repeat_of=repeat_of, repeated_ms=repeated)


def _pairs(complaints: Complaints, rank: Ints) -> tuple[Ints, Ints]:
    """(earlier rows, later rows) that belong together, whatever lies between them in time.

    Of each two sets of equal cases only the neighbours in time are named: the nearest is asked for.
    """
    _, category = np.unique(complaints.category, return_inverse=True)
    category = category.reshape(-1).astype(np.int64)
    known = complaints.address >= 0
    most = int(complaints.address.max(initial=-1)) + 1
    place = np.where(known, category * most + complaints.address, -1)
    parts = [
        _neighbours(complaints.phone, rank),
        _neighbours(place, rank),
        *_near(complaints, category, rank),
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _neighbours(key: Ints, rank: Ints) -> tuple[Ints, Ints]:
    """Rows of one key that follow each other in time; a negative key is none."""
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.lexsort((rank[rows], key[rows]))]
    same = key[rows[1:]] == key[rows[:-1]]
    return rows[:-1][same], rows[1:][same]


def _near(complaints: Complaints, category: Ints, rank: Ints) -> list[tuple[Ints, Ints]]:
    """Pairs of one category at one point or at points no more than NEAR_METRES apart."""
    longitude, latitude = complaints.longitude, complaints.latitude
    rows = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    if len(rows) == 0:
        return []
    rows = rows[np.lexsort((rank[rows], latitude[rows], longitude[rows], category[rows]))]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = category[rows[1:]] != category[rows[:-1]]
    fresh[1:] |= longitude[rows[1:]] != longitude[rows[:-1]]
    fresh[1:] |= latitude[rows[1:]] != latitude[rows[:-1]]
    point = np.cumsum(fresh) - 1
    at_point = (rows[:-1][~fresh[1:]], rows[1:][~fresh[1:]])
    first = rows[fresh]
    one, other = _close_points(category[first], longitude[first], latitude[first])
    key = point * len(rank) + rank[rows]
    found = [at_point]
    for from_, to in ((one, other), (other, one)):
        found += _across(rows, point, key, from_, to, rank)
    return found


def _close_points(category: Ints, longitude: Floats, latitude: Floats) -> tuple[Ints, Ints]:
    """Pairs of different points of one category that lie near each other, each pair once."""
    height = NEAR_METRES / _DEGREE_METRES
    # Cells as wide as the northernmost need them: nowhere narrower than NEAR_METRES.
    narrowest = max(float(np.cos(np.radians(np.abs(latitude).max()))), 0.01)
    row = np.floor(latitude / height).astype(np.int64)
    column = np.floor(longitude / (height / narrowest)).astype(np.int64)
    half = 1 << (_ROW_BITS - 1)
    cell = ((category << _ROW_BITS) + row + half << _ROW_BITS) + column + half
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    ones, others = [], []
    for up, right in _AROUND:
        wanted = ordered + (up << _ROW_BITS) + right
        start = np.searchsorted(ordered, wanted, side="left")
        end = np.searchsorted(ordered, wanted, side="right")
        if (up, right) == (0, 0):
            start = np.arange(1, len(ordered) + 1)  # the others of the cell, each pair once
        one, other = _expanded(start, end)
        ones.append(order[one])
        others.append(order[other])
    one, other = np.concatenate(ones), np.concatenate(others)
    middle = np.radians((latitude[one] + latitude[other]) / 2)
    east = (longitude[one] - longitude[other]) * np.cos(middle) * _DEGREE_METRES
    north = (latitude[one] - latitude[other]) * _DEGREE_METRES
    near = np.hypot(east, north) <= NEAR_METRES
    return one[near], other[near]


def _expanded(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Every (row number, position) with the position in [start, end) of its row."""
    number = np.maximum(end - start, 0)
    owner = np.repeat(np.arange(len(start)), number)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    return owner, start[owner] + offset


def _across(
    rows: Ints, point: Ints, key: Ints, from_: Ints, to: Ints, rank: Ints
) -> list[tuple[Ints, Ints]]:
    """For every case at ``from_`` the case before it and the one after it at the point ``to``.

    ``rows`` are ordered by (``point``, rank) and ``key`` joins the two into one number.
    """
    start = np.searchsorted(point, from_, side="left")
    end = np.searchsorted(point, from_, side="right")
    pair, member = _expanded(start, end)
    place = np.searchsorted(key, to[pair] * len(rank) + rank[rows[member]])
    after = np.minimum(place, len(rows) - 1)
    comes = (place < len(rows)) & (point[after] == to[pair])
    before = np.maximum(place - 1, 0)
    came = (place > 0) & (point[before] == to[pair])
    return [
        (rows[member[comes]], rows[after[comes]]),
        (rows[before[came]], rows[member[came]]),
    ]
