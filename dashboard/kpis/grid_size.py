"""Size of grids 网格规模: households against what the city set for their kind (300–500 户)."""

from __future__ import annotations

from collections.abc import Mapping


def size_state(kind: str, households: int | None, sizes: Mapping[str, tuple[int, int]]) -> str:
    """within, below or above the range of its kind; "" where the kind has none or nothing is known.

    The range of ordinary grids is quoted by two city reports (300–500 户); a grid made for one
    market, school or hospital 专属网格 has none.
    """
    if kind not in sizes or households is None:
        return ""
    low, high = sizes[kind]
    return "below" if households < low else "above" if households > high else "within"
