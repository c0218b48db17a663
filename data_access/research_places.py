"""Places as 研判 names and counts them: streets and grids, households, visits too short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from data_access.case_columns import is_wanted
from data_access.frames import Ints
from data_access.matrix import int_matrix
from data_access.research_reads import Moments, flag_of, inside
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, areas, visits


@dataclass(frozen=True, kw_only=True)
class Spot:
    """An area as tables name it."""

    area_id: int
    code: str
    level: str
    kind: str
    name_zh: str
    name_en: str | None
    path: str
    first_order: int
    last_order: int


def _spots(connection: Connection, *conditions: ColumnElement[bool]) -> list[Spot]:
    query = select(
        areas.c.area_id, areas.c.code, areas.c.level, areas.c.kind, areas.c.name_zh,
        areas.c.name_en, area_paths.c.path, area_paths.c.first_order, area_paths.c.last_order,
    ).join(area_paths, area_paths.c.area_id == areas.c.area_id)  # fmt: skip
    rows = connection.execute(query.where(*conditions).order_by(area_paths.c.first_order))
    return [Spot(**row._mapping) for row in rows]


def read_spots(connection: Connection, places: Sequence[int]) -> dict[int, Spot]:
    """The areas of these places; none for none."""
    if not places:
        return {}
    found = _spots(connection, is_wanted(connection, area_paths.c.first_order, places))
    return {spot.first_order: spot for spot in found}


def read_tops(connection: Connection, area: AreaRow, level: str) -> list[Spot]:
    """The areas of a level below an area, or its children where it has none of it."""
    below = and_(is_below(area), areas.c.area_id != area.area_id)
    found = _spots(connection, below, areas.c.level == level)
    return found or _spots(connection, below, areas.c.parent_id == area.area_id)


def read_households(connection: Connection, area: AreaRow) -> Ints:
    """(place, households) of the leaves below an area; 0 where it is not known."""
    query = (
        select(area_paths.c.first_order, func.coalesce(areas.c.households, literal_column("0")))
        .select_from(area_paths.join(areas, areas.c.area_id == area_paths.c.area_id))
        .where(is_below(area), area_paths.c.is_leaf == 1)
    )
    return int_matrix(connection, query)


def read_short_visits(
    connection: Connection, area: AreaRow, moments: Moments, *, minutes: int
) -> Ints:
    """走访 with a length below an area: (place, how many, of these shorter than ``minutes``)."""
    query = (
        select(
            area_paths.c.first_order,
            func.count(),
            func.sum(flag_of(visits.c.minutes < minutes)),
        )
        .select_from(visits.join(area_paths, area_paths.c.area_id == visits.c.area_id))
        .where(
            is_below(area),
            visits.c.minutes.is_not(None),
            inside(visits.c.visited_at, moments),
        )
        .group_by(area_paths.c.first_order)
    )
    return int_matrix(connection, query)
