"""Where a case lies 位置: its point within its grid, as shares of a square picture."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from data_access.case_details import read_polygons
from data_access.rollup_reads import AreaRow

_ROOM: Final = 0.35  # of the grid's size, left free around it
_MOST_CORNERS: Final = 200
Ring = list[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class CasePlace:
    """Corners and point in percent from the left and from the top; ``grid`` empty: not drawn.

    ``around``: the area above the grid. ``is_inside``: the point lies in the grid; None without
    a point.
    """

    grid: Ring
    around: Ring
    point: tuple[float, float] | None
    is_inside: bool | None


NOWHERE: Final = CasePlace(grid=[], around=[], point=None, is_inside=None)


def case_place(connection: Connection, row: Any, line: Sequence[AreaRow]) -> CasePlace:
    """The picture of a case; nothing where its grid has no polygon."""
    grid = outer_ring(row.polygon)
    if len(grid) < 3:
        return NOWHERE
    around: Ring = []
    if len(line) > 1:
        above = line[-2].area_id
        around = outer_ring(read_polygons(connection, [above]).get(above))
    point = None
    if row.longitude is not None and row.latitude is not None:
        point = (row.longitude, row.latitude)
    to_picture = _picture_of([*grid, *([point] if point and _is_near(point, grid) else [])])
    return CasePlace(
        grid=[to_picture(corner) for corner in grid],
        around=[to_picture(corner) for corner in around],
        point=to_picture(point) if point and _is_near(point, grid) else None,
        is_inside=None if point is None else is_inside(point, grid),
    )


def outer_ring(polygon: str | None) -> Ring:
    """The longest outer ring of a GeoJSON Polygon or MultiPolygon; [] for none."""
    if not polygon:
        return []
    geometry = json.loads(polygon)
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    rings: list[list[list[float]]] = [part[0] for part in parts if part]
    ring = max(rings, key=len, default=[])
    step = max(1, len(ring) // _MOST_CORNERS)
    return [(float(corner[0]), float(corner[1])) for corner in ring[::step]]


def _box(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _is_near(point: tuple[float, float], ring: Ring) -> bool:
    """Not further from the grid than twice its size: else the picture would only show distance."""
    west, south, east, north = _box(ring)
    wide, high = 2 * (east - west), 2 * (north - south)
    return west - wide <= point[0] <= east + wide and south - high <= point[1] <= north + high


def _picture_of(corners: Ring) -> Any:
    """A function from degrees to percent of a square that holds the corners with room around."""
    west, south, east, north = _box(corners)
    squeeze = math.cos(math.radians((south + north) / 2))
    size = max((east - west) * squeeze, north - south, 1e-7) * (1 + 2 * _ROOM)
    middle = (west + east) / 2, (south + north) / 2

    def to_picture(corner: tuple[float, float]) -> tuple[float, float]:
        x = 50 + 100 * (corner[0] - middle[0]) * squeeze / size
        y = 50 - 100 * (corner[1] - middle[1]) / size
        return round(x, 2), round(y, 2)

    return to_picture


def is_inside(point: tuple[float, float], ring: Ring) -> bool:
    """Whether a point lies in a ring, by counting the edges to its right."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
