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
from data_access.measures import BREAK_DOWN_MEASURES, DIMENSIONS, INDEX, MEASURES

_SLICE = 1_000_000
# One column a measure: half the size of int64, and as wide as the tables' columns.
Measured = NDArray[np.int32]
_PERIODS = 100_000_000  # more than any yyyymmdd
_AREA_COLUMN = np.arange(len(MEASURES), dtype=np.int64)
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
    area_sums: Measured
    break_keys: NDArray[np.int64]  # (n, 4): area_id, dimension, period, member_id
    break_sums: Measured


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
    columns = keys.T  # column by column: reducing rows of three is ten times as slow
    low = [int(column.min()) for column in columns]
    span = [int(column.max()) - least + 1 for column, least in zip(columns, low, strict=True)]
    if math.prod(span) >= 2**62:  # too wide for one integer a row
        unique, position = np.unique(keys, axis=0, return_inverse=True)
        return unique, np.bincount(position, weights=weights).astype(np.int64)
    single = columns[0] - low[0]
    for column, least, width in zip(columns[1:], low[1:], span[1:], strict=True):
        single = single * width + (column - least)
    order = np.argsort(single, kind="stable")  # mostly sorted runs already: merging is enough
    ordered = single[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return keys[order[starts]], np.add.reduceat(weights[order], starts)


def _moves(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where sorted rows differ from the row before, from the second row on."""
    moved = np.zeros(max(len(keys) - 1, 0), dtype=np.bool_)
    for column in keys.T:
        moved |= column[1:] != column[:-1]
    return moved


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
        parts += [_pivot(keys[part], totals[part], _AREA_COLUMN) for part in _slices(keys[:, :1])]
    area_keys, area_sums = _stacked(parts, 2, len(MEASURES))
    keys, totals = sums.break_keys, sums.break_sums
    parts = [_pivot(keys[part], totals[part], _BREAK_COLUMN) for part in _slices(keys[:, :3])]
    break_keys, break_sums = _stacked(parts, 4, len(BREAK_DOWN_MEASURES))
    # area, dimension, period, member: the order of the table's key
    break_keys = break_keys[:, [0, 1, 3, 2]]
    area_keys, area_sums = _in_key_order(area_keys, area_sums)
    break_keys, break_sums = _in_key_order(break_keys, break_sums)
    return RollupRows(
        area_keys=area_keys, area_sums=area_sums, break_keys=break_keys, break_sums=break_sums
    )


def merge_rows(parts: Sequence[RollupRows]) -> RollupRows:
    """The rows of several sets of cases, in the order of the tables' keys."""
    area_keys, area_sums = _merged([(part.area_keys, part.area_sums) for part in parts])
    break_keys, break_sums = _merged([(part.break_keys, part.break_sums) for part in parts])
    return RollupRows(
        area_keys=area_keys, area_sums=area_sums, break_keys=break_keys, break_sums=break_sums
    )


def _merged(
    parts: Sequence[tuple[NDArray[np.int64], Measured]],
) -> tuple[NDArray[np.int64], Measured]:
    keys = np.concatenate([part[0] for part in parts])
    sums = np.concatenate([part[1] for part in parts])
    if len(keys) == 0:
        return keys, sums
    keys, sums = _in_key_order(keys, sums)
    starts = np.flatnonzero(np.append(True, _moves(keys)))
    return keys[starts], np.add.reduceat(sums, starts, axis=0)


def _in_key_order(keys: NDArray[np.int64], sums: Measured) -> tuple[NDArray[np.int64], Measured]:
    """Rows in the order of the table's key: written in one go, and neighbours are read together."""
    order = np.lexsort(keys.T[::-1])
    return keys[order], sums[order]


def _slices(keys: NDArray[np.int64]) -> list[slice]:
    """Slices of sorted rows that cut no group of equal rows in two. Pivoting takes some three
    hundred bytes a fact: those of a large city would not fit into memory at once."""
    ends = np.flatnonzero(np.append(_moves(keys), True)) + 1
    slices = []
    start = 0
    while start < len(keys):
        next_end = int(np.searchsorted(ends, start + _SLICE))
        end = int(ends[min(next_end, len(ends) - 1)])
        slices.append(slice(start, end))
        start = end
    return slices


def _stacked(
    parts: list[tuple[NDArray[np.int64], Measured]], keys: int, values: int
) -> tuple[NDArray[np.int64], Measured]:
    empty = np.zeros((0, keys), dtype=np.int64), np.zeros((0, values), dtype=np.int32)
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


def _pivot(
    keys: NDArray[np.int64], sums: Ints, columns: Ints
) -> tuple[NDArray[np.int64], Measured]:
    """Sorted rows (key…, packed) to rows (key…, period) with one column a measure.

    Day, month, year and all time each: the longer period is summed from the shorter one, whose runs
    are already in order. ``columns``: where each measure goes. Rows of zeros are left out.
    """
    group = np.cumsum(np.append(0, _moves(keys[:, :-1]))) if len(keys) else keys[:, 0]
    starts = np.flatnonzero(np.append(True, _moves(keys[:, :-1]))) if len(keys) else group
    measure, days = unpack(keys[:, -1])
    period = day_periods(days)
    parts = []
    for step in (1, 100, 100, 10_000):
        group, measure, period, sums = _runs(group, measure, period // step, sums)
        parts.append(_matrix(keys[starts, :-1], group, measure, period, sums, columns))
    return _stacked(parts, keys.shape[1], int(columns.max()) + 1)


def _runs(group: Ints, measure: Ints, period: Ints, sums: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Sums of neighbours that are equal in all three."""
    if len(group) == 0:
        return group, measure, period, sums
    moved = (group[1:] != group[:-1]) | (measure[1:] != measure[:-1]) | (period[1:] != period[:-1])
    starts = np.flatnonzero(np.append(True, moved))
    return group[starts], measure[starts], period[starts], np.add.reduceat(sums, starts)


def _matrix(
    groups: NDArray[np.int64], group: Ints, measure: Ints, period: Ints, sums: Ints, columns: Ints
) -> tuple[NDArray[np.int64], Measured]:
    kept = sums != 0
    group, measure, period, sums = group[kept], measure[kept], period[kept], sums[kept]
    rows, position = np.unique(group * _PERIODS + period, return_inverse=True)
    matrix = np.zeros((len(rows), int(columns.max()) + 1), dtype=np.int32)
    matrix[position, columns[measure]] = sums
    return np.column_stack([groups[rows // _PERIODS], rows % _PERIODS]), matrix
