"""Reach of service stations 网格服务站: which grids have one nearby.

How far a station reaches no report says: the default of the setting is this product's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_EARTH_METRES: Final = 6_371_008.8
_ROWS_AT_ONCE: Final = 512


def in_reach(longitude: Floats, latitude: Floats, is_station: Flags, metres: float) -> Flags:
    """Whether a station's grid lies within so many metres, centre to centre, of each grid.

    Degrees WGS-84; a grid with a station reaches itself, one without a known place nothing else.
    """
    found = is_station.copy()
    known = ~np.isnan(longitude) & ~np.isnan(latitude)
    east, north = np.radians(longitude), np.radians(latitude)
    there = np.flatnonzero(is_station & known)
    if not len(there):
        return found
    waiting = np.flatnonzero(~is_station & known)
    for first in range(0, len(waiting), _ROWS_AT_ONCE):
        part = waiting[first : first + _ROWS_AT_ONCE, None]
        half = np.sin((north[part] - north[there]) / 2) ** 2
        half += (
            np.cos(north[part])
            * np.cos(north[there])
            * (np.sin((east[part] - east[there]) / 2) ** 2)
        )
        nearest = 2 * _EARTH_METRES * np.arcsin(np.sqrt(half.min(axis=1)))
        found[part[:, 0]] = nearest <= metres
    return found
