"""四必清: how complete the four groups of fields about a grid are, by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from data_access.rollup_reads import AreaRow
from data_access.tables import area_paths, areas, grid_completeness

# 家庭情况, 人员类别, 区域设施, 隐患矛盾.
FIELD_GROUPS = ("family", "people", "facilities", "risks")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Fields of one group below an area; ``grids``: those that told about it."""

    required: int
    filled: int
    grids: int
    updated_at: datetime  # of the grid that has waited longest


def read_completeness(
    connection: Connection, wanted: Sequence[AreaRow]
) -> dict[tuple[int, str], Filled]:
    """(area, group) → sums over the grids below; groups nobody told about are left out."""
    top, own, table = area_paths.alias("top"), area_paths.alias("own"), grid_completeness
    rows = connection.execute(
        select(
            top.c.area_id,
            table.c.field_group,
            func.sum(table.c.required),
            func.sum(table.c.filled),
            func.count(),
            func.min(table.c.updated_at, type_=table.c.updated_at.type),
        )
        .select_from(top)
        .join(own, own.c.first_order.between(top.c.first_order, top.c.last_order))
        .join(table, table.c.area_id == own.c.area_id)
        .where(top.c.area_id.in_([one.area_id for one in wanted]))
        .group_by(top.c.area_id, table.c.field_group)
    )
    return {
        (row[0], row[1]): Filled(
            required=int(row[2]), filled=int(row[3]), grids=row[4], updated_at=row[5]
        )
        for row in rows
    }


def read_grid_counts(connection: Connection, wanted: Sequence[AreaRow]) -> dict[int, int]:
    """Area → grids below it, the place for cases that could not be located left out."""
    top, own = area_paths.alias("top"), area_paths.alias("own")
    rows = connection.execute(
        select(top.c.area_id, func.count())
        .select_from(top)
        .join(own, own.c.first_order.between(top.c.first_order, top.c.last_order))
        .join(areas, areas.c.area_id == own.c.area_id)
        .where(
            top.c.area_id.in_([one.area_id for one in wanted]),
            own.c.is_leaf == 1,
            areas.c.kind != "unlocated",
        )
        .group_by(top.c.area_id)
    )
    return {row[0]: row[1] for row in rows}
