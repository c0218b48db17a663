"""From facts to rollup rows: net the old against the new, then lift to every level and period."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks.city_time import day_periods
from dashboard.kpis.facts import unpack
from data_access.frames import Ints
from data_access.measures import ALL_TIME, BREAK_DOWN_MEASURES, DIMENSIONS, INDEX, MEASURES

_SLICE = 1_000_000
_BREAK_COLUMN = np.full(len(MEASURES), -1, dtype=np.int64)
for _position, _name in enumerate(BREAK_DOWN_MEASURES):
    _BREAK_COLUMN[INDEX[_name]] = _position


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """Weighted facts of cases, ready to be summed; all columns of one length."""

    area_id: Ints
    category_id: Ints
    source_id: Ints
    department_id: Ints
    packed: Ints
    weight: Ints


@dataclass(frozen=True, kw_only=True)
class CohortPairs:
    """Accepted day and closed day of closed cases, as day numbers, with weights."""

    area_id: Ints
    accepted_on: Ints
    closed_on: Ints
    weight: Ints


@dataclass(frozen=True, kw_only=True)
class RollupRows:
    """Rows to add to the rollup tables; measure matrices have one column a measure."""

    area_keys: NDArray[np.int64]  # (n, 2): area_id, period
    area_sums: NDArray[np.int64]
    break_keys: NDArray[np.int64]  # (n, 4): area_id, dimension, period, member_id
    break_sums: NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """Ancestors of every area: ``lines[area_id]`` are the ids from the root to the area itself."""

    lines: Mapping[int, tuple[int, ...]]

    def ancestors(self, area_id: Ints, depth: int) -> tuple[Ints, NDArray[np.bool_]]:
        """The ancestor of each area at ``depth`` and whether it has one."""
        unique, position = np.unique(area_id, return_inverse=True)
        found = np.array(
            [
                line[depth] if len(line := self.lines.get(int(area), ())) > depth else -1
                for area in unique
            ],
            dtype=np.int64,
        )
        lifted = found[position] if len(unique) else np.zeros(0, dtype=np.int64)
        return lifted, lifted >= 0

    @property
    def height(self) -> int:
        """How many levels the tree has."""
        return max((len(line) for line in self.lines.values()), default=0)


def net(contribution: Contribution) -> Contribution:
    """Sum equal facts and drop those that cancel: a change costs only what it changed."""
    keys = np.stack(
        [
            contribution.area_id,
            contribution.category_id,
            contribution.source_id,
            contribution.department_id,
            contribution.packed,
        ],
        axis=1,
    )
    unique, sums = _sum_rows(keys, contribution.weight)
    kept = unique[sums != 0]
    return Contribution(
        area_id=kept[:, 0],
        category_id=kept[:, 1],
        source_id=kept[:, 2],
        department_id=kept[:, 3],
        packed=kept[:, 4],
        weight=sums[sums != 0],
    )


def _sum_rows(keys: NDArray[np.int64], weights: Ints) -> tuple[NDArray[np.int64], Ints]:
    """Unique rows of an (n, k) matrix and the sum of weights of each."""
    if len(keys) == 0:
        return keys, np.zeros(0, dtype=np.int64)
    low = keys.min(axis=0)
    span = [int(width) for width in keys.max(axis=0) - low + 1]
    if math.prod(span) >= 2**62:  # too wide for one integer a row
        unique, position = np.unique(keys, axis=0, return_inverse=True)
        return unique, np.bincount(position, weights=weights).astype(np.int64)
    single = keys[:, 0] - low[0]
    for column in range(1, keys.shape[1]):
        single = single * span[column] + (keys[:, column] - low[column])
    order = np.argsort(single)
    ordered = single[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return keys[order[starts]], np.add.reduceat(weights[order], starts)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Facts summed as far as their own area, and by member for the upper levels.

    ``area``: (own area, packed) → sum; ``breaks``: (upper area, dimension, member, packed) → sum.
    """

    area_keys: NDArray[np.int64]
    area_sums: Ints
    break_keys: NDArray[np.int64]
    break_sums: Ints


def sum_facts(contribution: Contribution, tree: Tree, *, break_down_depth: int) -> Sums:
    """Sum facts by area, and by category, source and department for areas no deeper than
    ``break_down_depth`` (0: the root); deeper break-downs are read from the cases by index."""
    own = np.stack([contribution.area_id, contribution.packed], axis=1)
    breaks: list[tuple[NDArray[np.int64], Ints]] = []
    for depth in range(min(tree.height, break_down_depth + 1)):
        lifted, has = tree.ancestors(contribution.area_id, depth)
        breaks += _break_parts(contribution, lifted, has)
    area_keys, area_sums = _sum_rows(own, contribution.weight)
    break_keys, break_sums = _sum_rows(*_joined(breaks, 4))
    return Sums(
        area_keys=area_keys, area_sums=area_sums, break_keys=break_keys, break_sums=break_sums
    )


def merge_sums(parts: Sequence[Sums]) -> Sums:
    """The sums of several sets of cases; none give empty sums."""
    area_keys, area_sums = _sum_rows(*_joined([(p.area_keys, p.area_sums) for p in parts], 2))
    break_keys, break_sums = _sum_rows(*_joined([(p.break_keys, p.break_sums) for p in parts], 4))
    return Sums(
        area_keys=area_keys, area_sums=area_sums, break_keys=break_keys, break_sums=break_sums
    )


def roll_up(sums: Sums, tree: Tree) -> RollupRows:
    """Lift sums to every ancestor and to day, month, year and all time."""
    parts = []
    for depth in range(tree.height):
        lifted, has = tree.ancestors(sums.area_keys[:, 0], depth)
        keys = np.stack([lifted[has], sums.area_keys[has, 1]], axis=1)
        keys, totals = _sum_rows(keys, sums.area_sums[has])
        parts += [_pivot_areas(keys[part], totals[part]) for part in _slices(keys[:, :1])]
    area_keys, area_sums = _stacked(parts, 2, len(MEASURES))
    keys, totals = sums.break_keys, sums.break_sums
    parts = [_pivot_breaks(keys[part], totals[part]) for part in _slices(keys[:, :3])]
    break_keys, break_sums = _stacked(parts, 4, len(BREAK_DOWN_MEASURES))
    in_order = np.lexsort(break_keys.T[::-1])  # as the table's key: neighbours are read together
    return RollupRows(
        area_keys=area_keys,
        area_sums=area_sums,
        break_keys=break_keys[in_order],
        break_sums=break_sums[in_order],
    )


def _slices(keys: NDArray[np.int64]) -> list[slice]:
    """Slices of sorted rows that cut no group of equal rows in two. Pivoting takes some three
    hundred bytes a fact: those of a large city would not fit into memory at once."""
    ends = np.flatnonzero(np.append((keys[1:] != keys[:-1]).any(axis=1), True)) + 1
    slices = []
    start = 0
    while start < len(keys):
        next_end = int(np.searchsorted(ends, start + _SLICE))
        end = int(ends[min(next_end, len(ends) - 1)])
        slices.append(slice(start, end))
        start = end
    return slices


def _stacked(
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]], keys: int, values: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    empty = np.zeros((0, keys), dtype=np.int64), np.zeros((0, values), dtype=np.int64)
    return (
        np.concatenate([empty[0], *(part[0] for part in parts)]),
        np.concatenate([empty[1], *(part[1] for part in parts)]),
    )


def roll_up_cohorts(
    pairs: CohortPairs, tree: Tree, *, break_down_depth: int
) -> tuple[NDArray[np.int64], Ints]:
    """(keys, sums) of accepted-on × closed-on counts for the upper levels."""
    parts = []
    for depth in range(min(tree.height, break_down_depth + 1)):
        lifted, has = tree.ancestors(pairs.area_id, depth)
        keys = np.stack([lifted, pairs.accepted_on, pairs.closed_on], axis=1)[has]
        parts.append(_sum_rows(keys, pairs.weight[has]))
    keys, sums = _joined(parts, 3)
    keys, sums = keys[sums != 0], sums[sums != 0]
    keys[:, 1], keys[:, 2] = day_periods(keys[:, 1]), day_periods(keys[:, 2])
    return keys, sums


def _joined(
    parts: list[tuple[NDArray[np.int64], Ints]], width: int
) -> tuple[NDArray[np.int64], Ints]:
    if not parts:
        return np.zeros((0, width), dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate([keys for keys, _ in parts]), np.concatenate([sums for _, sums in parts])


def _break_parts(
    contribution: Contribution, lifted: Ints, has: NDArray[np.bool_]
) -> list[tuple[NDArray[np.int64], Ints]]:
    measure, _ = unpack(contribution.packed)
    chosen = has & (_BREAK_COLUMN[measure] >= 0)
    parts = []
    for dimension, number in DIMENSIONS.items():
        members = {
            "category": contribution.category_id,
            "source": contribution.source_id,
            "department": contribution.department_id,
        }[dimension]
        keys = np.stack(
            [
                lifted[chosen],
                np.full(int(chosen.sum()), number, dtype=np.int64),
                members[chosen],
                contribution.packed[chosen],
            ],
            axis=1,
        )
        parts.append(_sum_rows(keys, contribution.weight[chosen]))
    return parts


def _periods(packed: Ints) -> list[Ints]:
    """The four periods each fact counts in: its day, month, year and all time."""
    _, days = unpack(packed)
    day = day_periods(days)
    return [day, day // 100, day // 10_000, np.full(len(day), ALL_TIME, dtype=np.int64)]


def _pivot_areas(
    keys: NDArray[np.int64], sums: Ints
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(area, packed) sums to one row an area and period, one column a measure."""
    measure, _ = unpack(keys[:, 1])
    blocks = [np.stack([keys[:, 0], period, measure], axis=1) for period in _periods(keys[:, 1])]
    return _pivot(blocks, sums, width=len(MEASURES))


def _pivot_breaks(
    keys: NDArray[np.int64], sums: Ints
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    measure, _ = unpack(keys[:, 3])
    column = _BREAK_COLUMN[measure]
    blocks = [
        np.stack([keys[:, 0], keys[:, 1], period, keys[:, 2], column], axis=1)
        for period in _periods(keys[:, 3])
    ]
    return _pivot(blocks, sums, width=len(BREAK_DOWN_MEASURES))


def _pivot(
    blocks: list[NDArray[np.int64]], sums: Ints, *, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows (key…, measure) with sums to (unique keys, matrix of measures), without zero rows."""
    rows, totals = _sum_rows(np.concatenate(blocks), np.tile(sums, len(blocks)))
    rows, totals = rows[totals != 0], totals[totals != 0]
    keys = rows[:, :-1]
    if len(keys) == 0:
        return keys, np.zeros((0, width), dtype=np.int64)
    fresh = np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)])
    matrix = np.zeros((int(fresh.sum()), width), dtype=np.int64)
    matrix[np.cumsum(fresh) - 1, rows[:, -1]] = totals
    return keys[fresh], matrix
