"""Chinese map coordinates 坐标系 to WGS-84, the only one stored.

GCJ-02 is what maps published in China use, BD-09 what one vendor puts on top of it. Both are
published only as code; the constants below are the widely used reconstruction, good to about a
metre, and exactly 0 outside China.
"""

from __future__ import annotations

from math import atan2, cos, pi, sin, sqrt
from typing import Any, Final

SYSTEMS: Final = ("WGS-84", "GCJ-02", "BD-09")

_AXIS: Final = 6_378_245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_BD_PI: Final = pi * 3000.0 / 180.0


def to_wgs84(longitude: float, latitude: float, system: str) -> tuple[float, float]:
    """(longitude, latitude) in WGS-84, degrees. Raises ValueError for an unknown system."""
    if system == "WGS-84":
        return longitude, latitude
    if system == "BD-09":
        longitude, latitude = _bd09_to_gcj02(longitude, latitude)
    elif system != "GCJ-02":
        raise ValueError(f"unknown coordinate system {system!r}: use {', '.join(SYSTEMS)}")
    return _gcj02_to_wgs84(longitude, latitude)


def geometry_to_wgs84(geometry: dict[str, Any], system: str) -> dict[str, Any]:
    """A GeoJSON geometry with every position converted and cut to six decimals (0.1 m)."""
    if system == "WGS-84":
        return geometry
    return {**geometry, "coordinates": _convert(geometry["coordinates"], system)}


def _convert(part: Any, system: str) -> Any:
    if part and isinstance(part[0], int | float):
        longitude, latitude = to_wgs84(float(part[0]), float(part[1]), system)
        return [round(longitude, 6), round(latitude, 6)]
    return [_convert(inner, system) for inner in part]


def _bd09_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    z = sqrt(x * x + y * y) - 0.00002 * sin(y * _BD_PI)
    theta = atan2(y, x) - 0.000003 * cos(x * _BD_PI)
    return z * cos(theta), z * sin(theta)


def _gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    # The shift is defined from WGS-84, so the way back is by iteration; three rounds reach 1e-9°.
    east, north = longitude, latitude
    for _ in range(3):
        shift_east, shift_north = gcj02_shift(east, north)
        east, north = longitude - shift_east, latitude - shift_north
    return east, north


def gcj02_shift(longitude: float, latitude: float) -> tuple[float, float]:
    """What GCJ-02 adds to a WGS-84 position, degrees; (0, 0) outside China."""
    if not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271):
        return 0.0, 0.0
    x, y = longitude - 105.0, latitude - 35.0
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY * sin(radians) ** 2
    root = sqrt(magic)
    north = north * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (magic * root) * pi)
    east = east * 180.0 / (_AXIS / root * cos(radians) * pi)
    return east, north
