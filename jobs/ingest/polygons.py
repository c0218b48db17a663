"""Which polygon a point lies in: even-odd ray casting over numpy arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class PolygonIndex:
    """Finds the area of many points at once.

    Built from (area_id, GeoJSON Polygon or MultiPolygon). Holes and several parts follow from the
    even-odd rule. Where two polygons overlap the one given first wins. Degrees, any one datum.
    """

    def __init__(self, polygons: Iterable[tuple[int, str]]) -> None:
        ids: list[int] = []
        boxes: list[tuple[float, float, float, float]] = []
        self._edges: list[tuple[Floats, Floats, Floats, Floats]] = []
        for area_id, geometry in polygons:
            edges = _edges(json.loads(geometry))
            if edges is None:
                continue
            x1, y1, x2, y2 = edges
            ids.append(area_id)
            boxes.append((float(x1.min()), float(y1.min()), float(x1.max()), float(y1.max())))
            self._edges.append((x1, y1, x2, y2))
        self._ids = np.array(ids, dtype=np.int64)
        self._boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def __len__(self) -> int:
        return len(self._ids)

    def locate(self, longitudes: Floats, latitudes: Floats) -> NDArray[np.int64]:
        """The area_id of each point, 0 outside all polygons or where a coordinate is NaN."""
        found = np.zeros(len(longitudes), dtype=np.int64)
        known = np.flatnonzero(~(np.isnan(longitudes) | np.isnan(latitudes)))
        if not len(known) or not len(self):
            return found
        xs, ys = longitudes[known], latitudes[known]
        west, south, east, north = self._boxes.T
        # Sorting by longitude turns the box test of each polygon into a short slice.
        order = np.argsort(xs, kind="stable")
        xs, ys, known = xs[order], ys[order], known[order]
        first = np.searchsorted(xs, west, side="left")
        last = np.searchsorted(xs, east, side="right")
        for number in np.flatnonzero(last > first):
            part = slice(first[number], last[number])
            rows = known[part]
            near = (found[rows] == 0) & (ys[part] >= south[number]) & (ys[part] <= north[number])
            if near.any():
                inside = _contains(self._edges[number], xs[part][near], ys[part][near])
                found[rows[near][inside]] = self._ids[number]
        return found


def _contains(
    edges: tuple[Floats, Floats, Floats, Floats], xs: Floats, ys: Floats
) -> NDArray[np.bool_]:
    x1, y1, x2, y2 = edges
    py, px = ys[:, None], xs[:, None]
    crosses = (y1 > py) != (y2 > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (x2 - x1) * (py - y1) / (y2 - y1) + x1
    odd: NDArray[np.bool_] = ((crosses & (px < at)).sum(axis=1) % 2).astype(bool)
    return odd


def _edges(geometry: dict[str, Any]) -> tuple[Floats, Floats, Floats, Floats] | None:
    """All edges of all rings as four arrays."""
    parts = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        parts = [parts]
    rings = [np.asarray(ring, dtype=np.float64)[:, :2] for part in parts for ring in part if ring]
    if not rings:
        return None
    starts = np.concatenate(rings)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    return starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1]


def middle_of(geometry: dict[str, Any]) -> tuple[float, float] | None:
    """The centre of the bounding box (longitude, latitude), a label point good enough for a map."""
    edges = _edges(geometry)
    if edges is None:
        return None
    x1, y1, _, _ = edges
    return (
        round((float(x1.min()) + float(x1.max())) / 2, 6),
        round((float(y1.min()) + float(y1.max())) / 2, 6),
    )
