"""The geometry document: neighbours keep sharing corners, everything can be decoded again."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from dashboard.readings.geometry import encode_geometry


def _row(area_id: int, parent_id: int | None, polygon: Any, *, is_leaf: bool) -> SimpleNamespace:
    return SimpleNamespace(
        area_id=area_id, parent_id=parent_id, code=f"A{area_id}", level="grid", kind="general",
        name_zh=f"格{area_id}", name_en=None, is_leaf=is_leaf,
        polygon=None if polygon is None else json.dumps(polygon),
    )  # fmt: skip


def _square(x: float, y: float) -> dict[str, Any]:
    ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def _decoded(content: dict[str, Any], ring: list[int]) -> list[tuple[int, int]]:
    points, x, y = [], 0, 0
    for dx, dy in zip(ring[::2], ring[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def test_neighbours_share_their_corners() -> None:
    rows = [
        _row(1, None, None, is_leaf=False),
        _row(2, 1, _square(125.0, 46.0), is_leaf=True),
        _row(3, 1, _square(126.0, 46.0), is_leaf=True),
    ]
    content = encode_geometry(rows)
    left, right = (_decoded(content, content["areas"][n]["rings"][0]) for n in (1, 2))
    assert len(set(left) & set(right)) == 2
    origin, scale = content["origin"], content["scale"]
    assert origin == [125.0, 46.0]
    assert max(x for x, _ in right) * scale[0] == 2.0


def test_map_values_follow_the_drawn_leaves() -> None:
    rows = [
        _row(1, None, _square(0, 0), is_leaf=False),
        _row(2, 1, _square(0, 0), is_leaf=True),
        _row(3, 1, None, is_leaf=True),  # 未定位: no place on the map
        _row(4, 1, _square(1, 0), is_leaf=True),
    ]
    content = encode_geometry(rows)
    assert content["grids"] == [1, 3]
    assert [area["parent"] for area in content["areas"]] == [-1, 0, 0, 0]


def test_holes_and_parts_are_rings() -> None:
    parts = [_square(0, 0)["coordinates"], _square(3, 0)["coordinates"] * 2]
    rows = [_row(1, None, {"type": "MultiPolygon", "coordinates": parts}, is_leaf=True)]
    assert len(encode_geometry(rows)["areas"][0]["rings"]) == 3


def test_no_polygons_at_all() -> None:
    content = encode_geometry([_row(1, None, None, is_leaf=True)])
    assert content["grids"] == []
    assert content["areas"][0]["rings"] == []
