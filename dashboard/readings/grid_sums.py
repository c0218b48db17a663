"""Sums of the grid registry 网格台账: how many grids, people and households, and what is missing.

What nobody told is left out of sums, and the ratio of two is over the grids that told both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dashboard.kpis.grid_size import size_state
from dashboard.kpis.station_reach import in_reach
from dashboard.settings import Settings, grid_sizes
from data_access.frames import Ints
from data_access.grid_registry import KINDS, UNKNOWN, GridRows, ServiceRows

# What can be amiss with a grid, in the order of the page.
GAPS: Final = (
    "below", "above", "no_worker", "no_head", "no_polygon", "no_households", "out_of_reach",
)  # fmt: skip

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Grids, who serves them, and visits; ``gaps``: name of GAPS → which grids (n,)."""

    grids: GridRows
    services: ServiceRows
    visits: tuple[Ints, Ints]
    gaps: Mapping[str, Flags]
    is_measured: Flags  # the grid's kind has a norm of households, and they are told
    has_stations: bool


@dataclass(frozen=True, kw_only=True)
class GridSums:
    """Of one group of grids. ``sums``: BASE_COUNTS and the two sides of ratios; ``told``: name →
    grids that told it; ``gaps``: name of GAPS → grids; ``visits``: 走访 of the window."""

    grids: int = 0
    dedicated: int = 0
    stations: int = 0
    measured: int = 0  # grids whose kind has a norm and whose households are told
    workers: int = 0
    full_time: int = 0
    visits: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    gaps: Mapping[str, int] = field(default_factory=dict)


def registry_of(
    grids: GridRows, services: ServiceRows, visits: tuple[Ints, Ints], settings: Settings
) -> Registry:
    """What can be amiss, judged for every grid by the city's own norms."""
    sizes = dict(grid_sizes(settings.grid_households) or {})
    states = np.array([
        size_state(KINDS[kind], None if count == UNKNOWN else count, sizes)
        for kind, count in zip(
            grids.kind.tolist(), grids.counts["households"].tolist(), strict=True
        )
    ], dtype="U8")  # fmt: skip
    is_station = grids.has_station == 1
    reached = in_reach(grids.longitude, grids.latitude, is_station, settings.station_reach_metres)
    has_stations = bool(is_station.any())
    gaps = {
        "below": states == "below",
        "above": states == "above",
        "no_worker": ~np.isin(grids.place, services.place),
        "no_head": ~np.isin(grids.place, services.place[services.is_head]),
        "no_polygon": ~grids.is_drawn,
        "no_households": grids.counts["households"] == UNKNOWN,
        "out_of_reach": ~reached if has_stations else np.zeros(len(reached), dtype=np.bool_),
    }
    if not services.is_head.any():  # a city without this role misses nobody
        gaps["no_head"] = np.zeros(len(reached), dtype=np.bool_)
    return Registry(
        grids=grids,
        services=services,
        visits=visits,
        gaps=gaps,
        is_measured=states != "",
        has_stations=has_stations,
    )


def sums_of(registry: Registry, group_of: Any, groups: int) -> list[GridSums]:
    """One GridSums a group. ``group_of``: depth-first numbers → number of the group, or more than
    the last for none. A worker of several grids counts once in each group."""
    grids = registry.grids
    group = np.minimum(group_of(grids.place), groups)

    def count(mask: Flags) -> list[int]:
        return _added(group[mask], None, groups)

    columns = _columns(grids)
    sums = {name: _added(group[told], values[told], groups) for name, (values, told) in
            columns.items()}  # fmt: skip
    told = {name: count(mask) for name, (_, mask) in columns.items()}
    gaps = {name: count(mask) for name, mask in registry.gaps.items()}
    workers, full_time = _people(registry.services, group_of, groups)
    places, paid = registry.visits
    visits = _added(np.minimum(group_of(places), groups), paid, groups)
    every = np.ones(len(group), dtype=np.bool_)
    parts = {
        "grids": count(every),
        "dedicated": count(grids.kind == KINDS.index("dedicated")),
        "stations": count(grids.has_station == 1),
        "measured": count(registry.is_measured),
        "workers": workers,
        "full_time": full_time,
        "visits": visits,
    }
    return [
        GridSums(
            **{name: values[number] for name, values in parts.items()},
            sums={name: values[number] for name, values in sums.items()},
            told={name: values[number] for name, values in told.items()},
            gaps={name: values[number] for name, values in gaps.items()},
        )
        for number in range(groups)
    ]


def _columns(grids: GridRows) -> dict[str, tuple[Ints, Flags]]:
    """Name → (values, where they are told)."""
    known = {name: values != UNKNOWN for name, values in grids.counts.items()}
    both = known["group_members"] & known["residents"]
    columns = {name: (values, known[name]) for name, values in grids.counts.items()}
    columns["both_members"] = (grids.counts["group_members"], both)
    columns["both_residents"] = (grids.counts["residents"], both)
    return columns


def _people(services: ServiceRows, group_of: Any, groups: int) -> tuple[list[int], list[int]]:
    """Distinct workers of each group, and how many of them are full-time 专职."""
    group = np.minimum(group_of(services.place), groups)
    rows = np.unique(
        np.column_stack([group, services.worker_id, services.is_full_time.astype(np.int64)]),
        axis=0,
    )
    full = rows[:, 2] == 1
    return _added(rows[:, 0], None, groups), _added(rows[full, 0], None, groups)


def _added(group: Ints, values: Ints | None, groups: int) -> list[int]:
    found = np.zeros(groups + 1, dtype=np.int64)
    np.add.at(found, group, 1 if values is None else values)
    return [int(one) for one in found[:groups]]
