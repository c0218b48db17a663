"""The demo city's map tiles: no gap, no overlap, parents are the union of their children."""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from jobs.demo.city_map import CityMap, city_map
from jobs.demo.lattice import border_rings, hexagons, is_connected, partition
from jobs.demo.profiles import PROFILES


def _polygons(city: CityMap) -> dict[int, shapely.Geometry]:
    return {n: shape(json.loads(text)) for n, text in enumerate(city.polygon) if text}


def test_every_inner_edge_belongs_to_exactly_two_cells() -> None:
    lattice = hexagons(500, 1.4)
    edges: Counter[frozenset[int]] = Counter()
    for corners in lattice.corners.tolist():
        after = corners[1:] + corners[:1]
        edges.update(frozenset(pair) for pair in zip(corners, after, strict=True))
    outer = sum(count == 1 for count in edges.values())
    assert set(edges.values()) == {1, 2}
    assert outer == int((lattice.neighbours < 0).sum())
    (ring,) = border_rings(lattice, np.zeros(500, dtype=np.int64))[0]
    assert len(ring) == outer


def test_partition_has_the_sizes_asked_for_and_connected_parts() -> None:
    lattice = hexagons(300, 1.0)
    sizes = [100, 50, 1, 75, 74]
    parts = partition(lattice, np.arange(300), sizes, np.random.default_rng(3))
    assert [len(part) for part in parts] == sizes
    assert all(is_connected(lattice, part) for part in parts)
    assert sorted(np.concatenate(parts).tolist()) == list(range(300))


def test_partition_refuses_sizes_that_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        partition(hexagons(10, 1.0), np.arange(10), [4, 5], np.random.default_rng(1))


@pytest.mark.parametrize("key", ["test", "tiefeng", "yuanbao", "daqing"])
def test_cells_neither_overlap_nor_leave_gaps(key: str) -> None:
    city = city_map(PROFILES[key], 1)
    polygons = _polygons(city)
    cells = [polygons[int(row)] for row in city.grid_rows]
    whole = sum(cell.area for cell in cells)
    assert all(cell.is_valid and not cell.interiors for cell in polygons.values())
    assert shapely.union_all(cells).area == pytest.approx(whole, rel=1e-9)
    assert polygons[0].area == pytest.approx(whole, rel=1e-9)
    for parent in set(city.parent.tolist()) - {-1}:
        for hierarchy in ("main", "police"):
            below = [polygons[n].area for n in range(len(city))
                     if city.parent[n] == parent and city.hierarchy[n] == hierarchy
                     and n in polygons]  # fmt: skip
            if below:
                assert sum(below) == pytest.approx(polygons[parent].area, rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("key", ["test", "tiefeng"])
def test_any_seed_makes_a_city(key: str, seed: int) -> None:
    city = city_map(PROFILES[key], seed)
    assert len(set(city.code)) == len(city)
    assert all(polygon.is_valid for polygon in _polygons(city).values())


def _counts(key: str) -> Counter[str]:
    city = city_map(PROFILES[key], 1)
    located = [n for n in range(len(city)) if city.kind[n] != "unlocated"]
    grids = [city.code[n] for n in located if city.level[n] == "grid"]
    assert all(re.fullmatch(r"\d{15}", code) for code in grids)
    assert all(city.name_en[n] for n in located)
    return Counter(city.level[n] for n in located) + Counter(
        f"{city.kind[n]} grid" for n in located if city.level[n] == "grid"
    )


def test_levels_are_those_of_the_reports() -> None:
    daqing = _counts("daqing")
    assert (daqing["district"], daqing["general grid"], daqing["dedicated grid"]) == (10, 4880, 87)
    qingyang = _counts("qingyang")
    assert (qingyang["district"], qingyang["grid"]) == (8, 8840)
    tiefeng = _counts("tiefeng")
    assert (tiefeng["street"], tiefeng["grid"], tiefeng["police_grid"]) == (8, 372, 56)
    yuanbao = _counts("yuanbao")
    assert (yuanbao["street"], yuanbao["community"], yuanbao["grid"]) == (5, 45, 1035)
    assert yuanbao["estate"] > 0


def test_every_grid_of_a_city_with_police_grids_has_one_of_its_own_street() -> None:
    city = city_map(PROFILES["tiefeng"], 1)
    police = city.police[city.grid_rows]
    sizes = Counter(police.tolist())
    assert len(sizes) == 56 and -1 not in sizes
    assert set(sizes.values()) <= {5, 6, 7, 8}
    streets = {city.code[n][:9] == city.code[city.police[n]][:9] for n in city.grid_rows}
    assert streets == {True}


def test_the_same_seed_gives_the_same_map() -> None:
    first, again, other = (city_map(PROFILES["test"], seed) for seed in (1, 1, 2))
    assert first.polygon == again.polygon and first.name_zh == again.name_zh
    assert first.polygon != other.polygon
