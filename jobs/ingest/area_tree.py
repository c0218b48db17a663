"""An area tree from a mapping: fixed nodes and features of GeoJSON files, the city first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from data_access.ingest import read_area_row, save_area_changes
from jobs.ingest.coordinates import geometry_to_wgs84
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import ImportRefused
from jobs.ingest.mapping import AreaLevel
from jobs.ingest.polygons import PolygonIndex, middle_of

Node = dict[str, Any]


def read_nodes(levels: Sequence[AreaLevel], folders: Sequence[Path]) -> list[Node]:
    """The areas of all levels, parents first: columns of ``areas`` and ``parent_code``.

    A GeoJSON file is looked for in ``folders`` in order. Raises ImportRefused for a missing or
    unusable file, a feature without code or name, a code that is there twice, an unknown parent.
    """
    nodes: list[Node] = []
    depths: dict[str, int] = {}
    for level in levels:
        for node in _level_nodes(level, folders):
            code, parent = node["code"], node["parent_code"]
            if code in depths:
                raise ImportRefused(f"area {code!r} is there twice")
            if parent and parent not in depths:
                raise ImportRefused(f"area {code!r}: its parent {parent!r} is not above it")
            if not parent and depths:
                raise ImportRefused(f"area {code!r} has no parent, but the city is there already")
            depths[code] = node["depth"] = depths[parent] + 1 if parent else 0
            nodes.append(node)
    return nodes


def _level_nodes(level: AreaLevel, folders: Sequence[Path]) -> Iterator[Node]:
    if not level.geojson:
        yield _node(level, level.code, level.name, level.name_en, level.parent.lstrip("="), None)
        return
    places = [folder / level.geojson for folder in folders]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        looked = ", ".join(str(folder) for folder in folders)
        raise ImportRefused(f"{level.geojson}: no such file in {looked}")
    try:
        features = json.loads(path.read_bytes())["features"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImportRefused(f"{path.name}: no GeoJSON FeatureCollection: {error}") from error
    for number, feature in enumerate(features, start=1):
        texts = feature.get("properties") or {}
        code, name = (str(texts.get(key) or "").strip() for key in (level.code, level.name))
        if not code or not name:
            wanted = f"{level.code!r} and {level.name!r}"
            raise ImportRefused(f"{path.name}: feature {number} has no {wanted}")
        parent = level.parent
        above = parent[1:] if parent.startswith("=") else str(texts.get(parent) or "").strip()
        english = str(texts.get(level.name_en) or "") if level.name_en else ""
        yield _node(level, code, name, english, above, feature.get("geometry"))


def _node(level: AreaLevel, code: str, name: str, english: str, parent: str, geometry: Any) -> Node:
    if geometry is not None and geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ImportRefused(f"area {code!r}: a {geometry.get('type')} is no polygon")
    converted = geometry_to_wgs84(geometry, level.system) if geometry is not None else None
    middle = middle_of(converted) if converted is not None else None
    return {
        "code": code,
        "parent_code": parent,
        "level": level.level,
        "kind": level.kind,
        "name_zh": name,
        "name_en": english or None,
        "polygon": json.dumps(converted, separators=(",", ":")) if converted is not None else None,
        "longitude": middle[0] if middle else None,
        "latitude": middle[1] if middle else None,
    }


def load_nodes(connection: Connection, directory: Directory, nodes: Sequence[Node]) -> int:
    """Add the areas that are new, change those that differ; returns how many were added.

    Leaves areas alone that are not in ``nodes``. Raises ImportRefused when the store holds another
    city. In a dry run nothing is written and the polygons are kept in memory.
    """
    added = 0
    polygons: list[tuple[int, str]] = []
    parents = {node["parent_code"] for node in nodes}
    for node in nodes:
        values = {key: value for key, value in node.items() if key != "parent_code"}
        above = node["parent_code"]
        values["parent_id"] = directory.find_area(above) if above else None
        known = directory.find_area(node["code"])
        if known is None or directory.areas[known].code != node["code"]:
            _refuse_second_city(directory, node)
            known = directory.add_area({"hierarchy": "main", **values})
            added += 1
        elif not directory.dry_run:
            _change(connection, known, values)
        if node["polygon"] is not None and node["code"] not in parents:
            polygons.append((known, node["polygon"]))
    directory.created.pop("area", None)
    directory.set_polygons(PolygonIndex(polygons))
    return added


def _refuse_second_city(directory: Directory, node: Node) -> None:
    if node["parent_code"]:
        return
    roots = [area for area in directory.areas.values() if area.parent_id is None]
    if roots:
        raise ImportRefused(
            f"the store already holds the city {roots[0].code} {roots[0].name}; import"
            f" {node['code']} {node['name_zh']} into a store of its own (database_url)"
        )


def _change(connection: Connection, area_id: int, values: Node) -> None:
    stored = read_area_row(connection, area_id)
    changed = {name: value for name, value in values.items() if stored[name] != value}
    if changed:
        save_area_changes(connection, area_id, changed)
