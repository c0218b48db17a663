"""四必清 of a demo city: how many required fields of every grid's files are filled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_days import DAY_MS, Span
from jobs.demo.city_map import CityMap

# Group → what its fields are about (a column of areas), and fields for each of it.
_GROUPS: Final = {
    "family": ("households", 6), "people": ("residents", 3),
    "facilities": ("structures", 4), "risks": ("shops", 5),
}  # fmt: skip
_SILENT_EVERY: Final = 41  # one grid in so many has not told anything


def completeness_columns(
    city: CityMap, counts: dict[str, NDArray[np.int64]], span: Span, area_ids: NDArray[np.int64],
    generator: np.random.Generator,
) -> dict[str, Any]:  # fmt: skip
    """Columns of ``grid_completeness``: four rows a grid, updated within the last weeks."""
    grids = city.grid_rows[np.arange(len(city.grid_rows)) % _SILENT_EVERY != 7]
    care = generator.normal(0.972, 0.02, len(grids))
    parts: list[dict[str, Any]] = []
    for group, (about, fields) in _GROUPS.items():
        required = 8 + counts[about][grids] * fields
        share = np.clip(care + generator.normal(0, 0.012, len(grids)), 0.6, 1)
        days = generator.exponential(6, len(grids))
        parts.append({
            "area_id": area_ids[grids],
            "field_group": np.full(len(grids), group, dtype=object),
            "required": required,
            "filled": np.floor(required * share).astype(np.int64),
            "updated_at": span.now_ms - (days * DAY_MS).astype(np.int64),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
