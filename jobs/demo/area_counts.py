"""People, houses and shops of every area: generated for the grids, summed upwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_map import CityMap
from jobs.demo.units import split_exactly

Ints = NDArray[np.int64]

# A grid head of 铁锋区 described one grid of 龙华街道和平社区 in these numbers.
_KNOWN_GRID = (
    "230204", "和平社区", {"houses": 402, "residents": 796, "shops": 12, "structures": 91},
)  # fmt: skip


def area_counts(city: CityMap, generator: np.random.Generator) -> dict[str, Ints]:
    """Columns of ``areas`` by name, one entry an area.

    households, residents, houses, shops, structures, marshals 治安户长, group_members 入群居民 and
    has_station; the root has the profile's totals exactly.
    """
    profile, grids = city.profile, city.grid_rows
    kinds = np.array(city.kind)[grids]
    size = generator.lognormal(0, 0.28, len(grids)) * np.where(city.is_urban[grids], 1.25, 0.85)
    size[kinds == "dedicated"] *= 0.02  # markets, schools, hospitals: hardly anyone lives there
    crowd = size * generator.uniform(0.9, 1.1, len(grids))
    urban = np.where(city.is_urban[grids], 2.2, 0.6)
    counts = {
        "residents": np.array(split_exactly(profile.residents, crowd)),
        "houses": np.array(split_exactly(profile.houses, size)),
        "shops": generator.poisson(6 * urban * np.where(kinds == "dedicated", 6, 1)),
        "structures": generator.poisson(35 * urban),
        "marshals": np.array(split_exactly(profile.marshals, crowd)),
        "group_members": np.array(split_exactly(profile.group_members, crowd)),
        "has_station": _stations(len(grids), profile.stations, generator),
    }
    counts["households"] = np.floor(counts["houses"] * generator.uniform(0.86, 0.97, len(grids)))
    _set_known_grid(city, counts)
    return {name: _summed(city, values.astype(np.int64)) for name, values in counts.items()}


def _stations(grids: int, stations: int, generator: np.random.Generator) -> Ints:
    has = np.zeros(grids, dtype=np.int64)
    has[generator.permutation(grids)[:stations]] = 1
    return has


def _set_known_grid(city: CityMap, counts: dict[str, Ints]) -> None:
    """Give the reported grid its figures; another grid takes the difference of the totals."""
    code, community, figures = _KNOWN_GRID
    if city.profile.code != code:
        return
    parents = [city.name_zh[city.parent[row]] for row in city.grid_rows]
    cell = parents.index(community)
    for name, figure in figures.items():
        if name in ("houses", "residents"):
            other = int(np.argmax(np.where(np.arange(len(parents)) == cell, 0, counts[name])))
            counts[name][other] += counts[name][cell] - figure
        counts[name][cell] = figure
    counts["households"][cell] = min(counts["households"][cell], figures["houses"])


def _summed(city: CityMap, grid_values: Ints) -> Ints:
    """Values of the grids, and for every other area the sum over the grids below it."""
    values = np.zeros(len(city), dtype=np.int64)
    values[city.grid_rows] = grid_values
    for row in range(len(city) - 1, 0, -1):  # children have higher rows than their parents
        if city.hierarchy[row] == "main":
            values[city.parent[row]] += values[row]
    police = city.police[city.grid_rows]
    np.add.at(values, police[police >= 0], grid_values[police >= 0])
    return values
