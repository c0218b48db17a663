"""Police grids 警格: the second hierarchy, laid over the grids of the first; their sums and lists.

A police grid has no cases of its own: its figures are those of the grids that name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import add

from sqlalchemy import Connection, Integer, bindparam, func, select, text

from data_access.duty import ALL_COUNTS
from data_access.measures import MEASURES
from data_access.rollup_reads import AreaRow, Measures, Ranges, is_below
from data_access.tables import area_paths, areas, duty_now

_SUMS = ", ".join(f"sum(x.{name})" for name in MEASURES)
_PLACE = (area_paths.c.is_leaf == 1, areas.c.kind != "unlocated")


@dataclass(frozen=True, kw_only=True)
class PoliceGrid:
    """How many grids below an area belong to a police grid, and their people of now; ``duty`` is
    empty where the duty job never counted."""

    grids: int
    duty: Mapping[str, int]


def read_police_grids_below(connection: Connection, area: AreaRow) -> dict[int, PoliceGrid]:
    """Police grid → its grids below an area; 0: the grids that belong to none."""
    counts = [func.sum(duty_now.c[name]) for name in ALL_COUNTS]
    rows = connection.execute(
        select(func.coalesce(areas.c.police_area_id, 0), func.count(), *counts)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .outerjoin(duty_now, duty_now.c.area_id == areas.c.area_id)
        .where(is_below(area), *_PLACE)
        .group_by(areas.c.police_area_id)
    )
    return {
        row[0]: PoliceGrid(
            grids=row[1],
            duty={
                name: int(value)
                for name, value in zip(ALL_COUNTS, row[2:], strict=True)
                if value is not None
            },
        )
        for row in rows
    }


def read_grid_ids(
    connection: Connection, area: AreaRow, police_id: int, *, limit: int | None = None
) -> list[int]:
    """The grids below an area that belong to a police grid, 0: to none; in display order."""
    own = areas.c.police_area_id
    rows = connection.execute(
        select(areas.c.area_id)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .where(is_below(area), *_PLACE, own == police_id if police_id else own.is_(None))
        .order_by(area_paths.c.first_order)
        .limit(limit)
    )
    return list(rows.scalars())


def read_police_of(connection: Connection, area: AreaRow) -> dict[int, int]:
    """Every leaf below an area that belongs to a police grid → that police grid."""
    rows = connection.execute(
        select(areas.c.area_id, areas.c.police_area_id)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .where(is_below(area), area_paths.c.is_leaf == 1, areas.c.police_area_id.is_not(None))
    )
    return {row[0]: row[1] for row in rows}


def read_duty_of(connection: Connection, grid_ids: list[int]) -> dict[int, dict[str, int]]:
    """Grid → its people of now; grids that were never counted are left out."""
    columns = [duty_now.c[name] for name in ALL_COUNTS]
    query = select(duty_now.c.area_id, *columns).where(duty_now.c.area_id.in_(grid_ids))
    return {
        row[0]: dict(zip(ALL_COUNTS, row[1:], strict=True)) for row in connection.execute(query)
    }


def read_police_sums(
    connection: Connection, area: AreaRow, parts: Mapping[str, Ranges], *, police_id: int = 0
) -> dict[tuple[int, str], Measures]:
    """Sums of every measure over each part's period ranges by police grid, from the rollups of the
    grids below an area; with ``police_id`` by grid, of this one police grid.

    Those without any row in a part are left out.
    """
    key = "x.area_id" if police_id else "a.police_area_id"
    which = "a.police_area_id = :police" if police_id else "a.police_area_id IS NOT NULL"
    arms = [
        f"SELECT '{name}', {key}, {_SUMS} FROM areas a JOIN area_paths p ON p.area_id = a.area_id"
        f" JOIN rollup_area x ON x.area_id = a.area_id WHERE p.is_leaf = 1 AND {which}"
        " AND p.first_order BETWEEN :low AND :high"
        f" AND x.period BETWEEN {int(low)} AND {int(high)} GROUP BY {key}"
        for name, ranges in parts.items()
        for low, high in ranges
    ]
    if not arms:
        return {}
    names = ("low", "high", *(("police",) if police_id else ()))
    query = text(" UNION ALL ".join(arms)).bindparams(
        *(bindparam(name, type_=Integer) for name in names)
    )
    bound = {"low": area.first_order, "high": area.last_order, "police": police_id}
    sums: dict[tuple[int, str], list[int]] = {}
    for part, member, *values in connection.execute(query, {name: bound[name] for name in names}):
        so_far = sums.get((member, part))
        whole = [int(value) for value in values]
        sums[member, part] = list(map(add, so_far, whole)) if so_far else whole
    return {one: dict(zip(MEASURES, values, strict=True)) for one, values in sums.items()}
