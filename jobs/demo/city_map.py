"""A demo city's areas as columns: the tree, its shape on the ground, people and houses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.lattice import Lattice, border_rings, hexagons, partition, warped
from jobs.demo.profiles import Profile
from jobs.demo.units import Unit, city_units, split_exactly

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KM_PER_DEGREE: Final = 111.32
_LEVELS: Final = ("city", "district", "street", "community", "estate", "grid")


@dataclass(frozen=True, kw_only=True)
class CityMap:
    """Every area once, breadth first; arrays have one entry an area.

    ``grid_rows``: rows of the grids 网格 that have a cell, in the order of their cells' numbers in
    ``cell_corners`` (g, 6), which number ``vertices`` (m, 2) in degrees WGS-84.
    """

    profile: Profile
    code: list[str]
    parent: Ints  # row of the parent, -1 at the root
    hierarchy: list[str]
    level: list[str]
    depth: Ints
    kind: list[str]
    name_zh: list[str]
    name_en: list[str]
    is_urban: NDArray[np.bool_]
    district: Ints  # number of the profile's district, -1 for the root and what hangs on it
    street: Ints  # row of the street, -1 above
    polygon: list[str | None]
    longitude: Floats
    latitude: Floats
    police: Ints  # row of the police grid 警格, -1 for none
    grid_rows: Ints
    unlocated_rows: Ints
    cell_corners: Ints
    vertices: Floats

    def __len__(self) -> int:
        return len(self.code)


def city_map(profile: Profile, seed: int) -> CityMap:
    """Lay out a profile's city; the same for the same profile and seed."""
    generator = np.random.default_rng([seed, 11, len(profile.key), profile.grids])
    root = city_units(profile, generator)
    lattice = hexagons(profile.grids, profile.width_km / profile.height_km)
    cells = _placed(root, lattice, generator)
    vertices = _in_degrees(profile, warped(lattice, _cores(root, cells), generator))
    builder = _Builder(profile, lattice, vertices)
    builder.add_main(root, cells)
    if profile.police_grids:
        builder.add_police(root, cells, generator)
    builder.add_unlocated(root)
    return builder.finished()


def _placed(root: Unit, lattice: Lattice, generator: np.random.Generator) -> dict[int, Ints]:
    """The cells of every unit, by ``id(unit)``."""
    placed = {id(root): np.arange(len(lattice), dtype=np.int64)}
    for unit in root.walk():
        cells = placed[id(unit)]
        if not unit.children:
            continue
        parts = None
        if unit.children[0].level != "grid":
            parts = _parts(unit, lattice, cells, generator)
        if parts is None:
            # West to east within rows from north to south, as the grid codes are numbered.
            rows = -np.floor(lattice.centres[cells][:, 1] / 3.0)
            parts = list(cells[np.lexsort((lattice.centres[cells][:, 0], rows))].reshape(-1, 1))
        placed |= {id(child): part for child, part in zip(unit.children, parts, strict=True)}
    return placed


def _parts(
    unit: Unit, lattice: Lattice, cells: Ints, generator: np.random.Generator
) -> list[Ints] | None:
    """The cells of a unit's children; None if it has to do without its 小区."""
    sizes = [child.size for child in unit.children]
    given = [child.position for child in unit.children]
    known = [position for position in given if position is not None]
    try:
        return partition(
            lattice, cells, sizes, generator, known if len(known) == len(given) else None
        )
    except ValueError:
        if unit.children[0].level != "estate":
            raise
    # Four grids around a fifth cannot be cut into connected halves: 小区 are optional anyway.
    unit.children = [grid for estate in unit.children for grid in estate.children]
    return None


def _cores(root: Unit, cells: dict[int, Ints]) -> list[tuple[Ints, float]]:
    """Where cells are small: the built-up area as a whole, then the centre of each first unit."""
    urban = [unit for unit in root.walk() if unit.level == "street" and unit.is_urban]
    together = np.concatenate([cells[id(unit)] for unit in urban]) if urban else cells[id(root)]
    cores = [(together, len(together) / root.size)]
    cores += [(cells[id(unit)], unit.size / root.size) for unit in root.children]
    return cores


def _in_degrees(profile: Profile, vertices: Floats) -> Floats:
    """From [-1, 1] to WGS-84 degrees, rounded to 1e-6 (11 cm) once for all cells."""
    half = np.array([profile.width_km, profile.height_km]) / 2 / KM_PER_DEGREE
    half[0] /= np.cos(np.radians(profile.latitude))
    degrees: Floats = np.round(vertices * half + (profile.longitude, profile.latitude), 6)
    return degrees


class _Builder:
    """Collects the areas; rows are in breadth-first order of each hierarchy."""

    def __init__(self, profile: Profile, lattice: Lattice, vertices: Floats) -> None:
        self._profile, self._lattice, self._vertices = profile, lattice, vertices
        self._text = [f"[{x:.6f},{y:.6f}]" for x, y in vertices.tolist()]
        self._rows: list[dict[str, Any]] = []
        self._row_of: dict[int, int] = {}
        self._cell_row = np.full(len(lattice), -1, dtype=np.int64)
        self._cell_police = np.full(len(lattice), -1, dtype=np.int64)

    def add_main(self, root: Unit, cells: dict[int, Ints]) -> None:
        """The main hierarchy, 市 → 区县 → 街镇 → 社区 → (小区) → 网格."""
        level: list[tuple[Unit, int]] = [(root, -1)]
        while level:
            following: list[tuple[Unit, int]] = []
            for unit, parent in level:
                row = self._append(unit, parent)
                following += [(child, row) for child in unit.children]
            level = following
        self._draw(root, cells)

    def _append(self, unit: Unit, parent: int) -> int:
        row = len(self._rows)
        above = self._rows[parent] if parent >= 0 else None
        below_root = parent >= 0 or self._profile.is_single
        street = row if unit.level == "street" else (above["street"] if above else -1)
        self._rows.append({
            "code": unit.code, "parent": parent, "hierarchy": "main", "level": unit.level,
            "depth": above["depth"] + 1 if above else 0, "kind": unit.kind,
            "name_zh": unit.name[0], "name_en": unit.name[1], "is_urban": unit.is_urban,
            "district": unit.district if below_root else -1, "street": street,
            "polygon": None, "at": (np.nan, np.nan),
        })  # fmt: skip
        self._row_of[id(unit)] = row
        return row

    def _draw(self, root: Unit, cells: dict[int, Ints]) -> None:
        region = {level: np.full(len(self._lattice), -1, dtype=np.int64) for level in _LEVELS}
        for unit in root.walk():
            row = self._row_of[id(unit)]
            region[unit.level][cells[id(unit)]] = row
            if unit.level == "grid":
                self._cell_row[cells[id(unit)]] = row
        for numbers in region.values():
            self._outline(numbers)

    def _outline(self, region: Ints) -> None:
        for row, rings in border_rings(self._lattice, region).items():
            outer = max(rings, key=lambda ring: _ring_area(self._vertices[ring]))
            holes = [ring for ring in rings if ring is not outer]
            self._rows[row]["polygon"] = _geojson(self._text, [outer, *holes])
            self._rows[row]["at"] = _centroid(self._vertices[outer])

    def add_police(
        self, root: Unit, cells: dict[int, Ints], generator: np.random.Generator
    ) -> None:
        """Police grids 警格: a second division of each street, parallel to its communities."""
        streets = [unit for unit in root.walk() if unit.level == "street"]
        grids = np.array([street.size for street in streets])
        counts = split_exactly(self._profile.police_grids, grids, 1)
        region = np.full(len(self._lattice), -1, dtype=np.int64)
        for street, count in zip(streets, counts, strict=True):
            sizes = split_exactly(street.size, np.ones(count), 1)
            parts = partition(self._lattice, cells[id(street)], sizes, generator)
            for number, part in enumerate(parts, start=1):
                region[part] = self._append_police(street, number)
        self._cell_police = region
        self._outline(region)

    def _append_police(self, street: Unit, number: int) -> int:
        row = self._append(
            Unit(
                name=(f"{street.name[0]}警格{number:02d}",
                      f"{street.name[1]} Police Grid {number:02d}"),
                code=f"{street.code}-P{number:02d}", level="police_grid",
                size=0, district=street.district,
            ),
            0,
        )  # fmt: skip
        self._rows[row]["hierarchy"] = "police"
        return row

    def add_unlocated(self, root: Unit) -> None:
        """The 未定位 leaf of the root and of each first-level unit: visible, never dropped."""
        for unit in root.walk():
            if unit.level not in ("city", "district"):
                continue
            parent = self._row_of[id(unit)]
            leaf = Unit(
                name=("未定位", "Unlocated"), code=f"{unit.code}-U", level="grid", size=0,
                kind="unlocated", district=unit.district,
            )  # fmt: skip
            self._append(leaf, parent)

    def finished(self) -> CityMap:
        """All areas as columns."""
        rows = self._rows
        columns: dict[str, Any] = {
            name: np.array([row[name] for row in rows], dtype=np.int64)
            for name in ("parent", "depth", "district", "street")
        }
        columns |= {
            name: [row[name] for row in rows]
            for name in ("code", "hierarchy", "level", "kind", "name_zh", "name_en", "polygon")
        }
        police = np.full(len(rows), -1, dtype=np.int64)
        police[self._cell_row] = self._cell_police
        at = np.array([row["at"] for row in rows], dtype=np.float64)
        is_unlocated = np.array([row["kind"] == "unlocated" for row in rows])
        return CityMap(
            profile=self._profile, **columns,
            is_urban=np.array([row["is_urban"] for row in rows], dtype=np.bool_),
            longitude=at[:, 0], latitude=at[:, 1], police=police, grid_rows=self._cell_row,
            unlocated_rows=np.flatnonzero(is_unlocated).astype(np.int64),
            cell_corners=self._lattice.corners, vertices=self._vertices,
        )  # fmt: skip


def _geojson(text: list[str], rings: list[list[int]]) -> str:
    drawn = ("[" + ",".join(text[v] for v in [*ring, ring[0]]) + "]" for ring in rings)
    return '{"type":"Polygon","coordinates":[' + ",".join(drawn) + "]}"


def _ring_area(points: Floats) -> float:
    """Signed area in square degrees, positive counter-clockwise."""
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _centroid(points: Floats) -> tuple[float, float]:
    """Centre of area, degrees rounded to 1e-6."""
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    total = 3 * cross.sum()
    cx = float(((x + np.roll(x, -1)) * cross).sum() / total + points[0, 0])
    cy = float(((y + np.roll(y, -1)) * cross).sum() / total + points[0, 1])
    return round(cx, 6), round(cy, 6)
