"""The geometry of all areas as one small immutable document; map values follow its order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STEPS = 65_535  # the longer side of the city in steps: about two metres for a large city


def encode_geometry(rows: Sequence[Any]) -> dict[str, Any]:
    """Areas (depth-first) with integer rings, delta-coded, and the order of the drawn leaves.

    Every point is rounded on one grid, so two neighbours that share a corner go on sharing it.
    Areas without a polygon are listed without rings, so that every parent can be found.
    """
    shapes = [_rings(row.polygon) for row in rows]
    points = [ring for shape in shapes for ring in shape]
    if points:
        corners = np.concatenate(points)
        origin, top = corners.min(axis=0), corners.max(axis=0)
    else:
        origin, top = np.zeros(2), np.ones(2)
    step = float(max(*(top - origin), 1e-9)) / _STEPS
    position = {row.area_id: number for number, row in enumerate(rows)}
    return {
        "origin": [float(origin[0]), float(origin[1])],
        "scale": [step, step],
        "areas": [
            {
                "code": row.code,
                "level": row.level,
                "kind": row.kind,
                "parent": position.get(row.parent_id, -1),
                "name_zh": row.name_zh,
                "name_en": row.name_en or row.name_zh,
                "rings": [_encoded(ring, origin, step) for ring in shape],
            }
            for row, shape in zip(rows, shapes, strict=True)
        ],
        "grids": [n for n, row in enumerate(rows) if row.is_leaf and row.polygon is not None],
    }


def _rings(polygon: str | None) -> list[NDArray[np.float64]]:
    """All rings of a GeoJSON Polygon or MultiPolygon, holes included (filled even-odd)."""
    if polygon is None:
        return []
    geometry = json.loads(polygon)
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    return [np.array(ring, dtype=np.float64)[:, :2] for part in parts for ring in part]


def _encoded(ring: NDArray[np.float64], origin: NDArray[np.float64], step: float) -> list[int]:
    whole = np.rint((ring - origin) / step).astype(np.int64)
    moved = np.concatenate([[True], (whole[1:] != whole[:-1]).any(axis=1)])
    whole = whole[moved]
    deltas = np.concatenate([whole[:1], np.diff(whole, axis=0)])
    flat: list[int] = deltas.reshape(-1).tolist()
    return flat
