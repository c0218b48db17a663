"""The registry of grids 网格台账: base data of every grid, who serves it, and visits paid there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.duty import serves_on
from data_access.frames import Ints
from data_access.matrix import int_matrix
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, areas, visits, worker_grids, workers

UNKNOWN: Final = -1  # where the store does not say
KINDS: Final = ("general", "dedicated", "functional")
BASE_COUNTS: Final = (
    "households", "residents", "houses", "shops", "structures", "marshals", "group_members",
)  # fmt: skip
_PLACE = (area_paths.c.is_leaf == 1, areas.c.kind != "unlocated")


@dataclass(frozen=True, kw_only=True)
class GridRows:
    """One row a grid below an area, in depth-first order; arrays of equal length n.

    ``kind``: place in KINDS; ``counts``: name of BASE_COUNTS → whole numbers, UNKNOWN where not
    told; ``has_station`` is 1, 0 or UNKNOWN. ``longitude`` and ``latitude`` are degrees, WGS-84,
    NaN where not known.
    """

    area_id: Ints
    place: Ints  # depth-first number
    kind: Ints
    is_drawn: NDArray[np.bool_]
    has_station: Ints
    counts: dict[str, Ints]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ServiceRows:
    """One row for each worker and grid served on a day; a role counts once a grid."""

    place: Ints  # depth-first number of the grid
    worker_id: Ints
    is_full_time: NDArray[np.bool_]
    is_head: NDArray[np.bool_]  # 网格长


def read_grid_rows(connection: Connection, area: AreaRow) -> GridRows:
    """Every grid of the main hierarchy below an area, or the area itself; none: empty arrays."""
    told = [func.coalesce(areas.c[name], UNKNOWN) for name in BASE_COUNTS]
    tree = areas.join(area_paths, area_paths.c.area_id == areas.c.area_id)
    rows = int_matrix(
        connection,
        select(
            areas.c.area_id,
            area_paths.c.first_order,
            case({kind: number for number, kind in enumerate(KINDS)}, value=areas.c.kind, else_=0),
            _flag(areas.c.polygon.is_not(None)),
            func.coalesce(areas.c.has_station, UNKNOWN),
            *told,
        )
        .select_from(tree)
        .where(is_below(area), *_PLACE)
        .order_by(area_paths.c.first_order),
    )
    places = connection.execute(
        select(areas.c.longitude, areas.c.latitude)
        .select_from(tree)
        .where(is_below(area), *_PLACE)
        .order_by(area_paths.c.first_order)
    ).all()
    degrees = np.array([(lon, lat) for lon, lat in places], dtype=np.float64).reshape(-1, 2)
    return GridRows(
        area_id=rows[:, 0],
        place=rows[:, 1],
        kind=rows[:, 2],
        is_drawn=rows[:, 3] == 1,
        has_station=rows[:, 4],
        counts={name: rows[:, 5 + number] for number, name in enumerate(BASE_COUNTS)},
        longitude=degrees[:, 0],
        latitude=degrees[:, 1],
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def read_service_rows(connection: Connection, area: AreaRow, day: date) -> ServiceRows:
    """Who serves which grid below an area on a city day."""
    rows = int_matrix(
        connection,
        select(
            area_paths.c.first_order,
            workers.c.worker_id,
            _flag(workers.c.is_full_time),
            func.max(_flag(worker_grids.c.role == "grid_head")),
        )
        .select_from(worker_grids)
        .join(workers, workers.c.worker_id == worker_grids.c.worker_id)
        .join(area_paths, area_paths.c.area_id == worker_grids.c.area_id)
        .join(areas, areas.c.area_id == worker_grids.c.area_id)
        .where(
            is_below(area),
            *_PLACE,
            serves_on(worker_grids.c.valid_from, worker_grids.c.valid_to, day),
            serves_on(workers.c.active_from, workers.c.active_to, day),
        )
        .group_by(area_paths.c.first_order, workers.c.worker_id, workers.c.is_full_time),
    )
    return ServiceRows(
        place=rows[:, 0],
        worker_id=rows[:, 1],
        is_full_time=rows[:, 2] == 1,
        is_head=rows[:, 3] == 1,
    )


def read_visit_counts(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> tuple[Ints, Ints]:
    """(depth-first numbers, visits 走访 in [start, end)) of the places that have any."""
    rows = int_matrix(
        connection,
        select(area_paths.c.first_order, func.count())
        .select_from(area_paths)
        .join(visits, visits.c.area_id == area_paths.c.area_id)
        .where(is_below(area), visits.c.visited_at >= start, visits.c.visited_at < end)
        .group_by(area_paths.c.first_order),
    )
    return rows[:, 0], rows[:, 1]
