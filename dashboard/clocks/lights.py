"""Lights 亮灯: how much of a limit is used, in four colours."""

from __future__ import annotations

from enum import StrEnum


class Light(StrEnum):
    """绿、黄、红、深红; NONE where there is no limit to measure against."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    DARK_RED = "dark_red"


def light(used_ms: int, limit_ms: int | None, *, due_soon_ratio: float = 0.8) -> Light:
    """The light of a running case: ≤80 % green, ≤100 % yellow, ≤200 % red, above dark red.

    Domain rule 2.5 (practice of city platforms; dark red is the product's own). Both figures in ms
    of the limit's own kind. No limit: NONE. A limit of zero is overdue as soon as time is used.
    """
    if limit_ms is None:
        return Light.NONE
    if used_ms <= limit_ms * due_soon_ratio:
        return Light.GREEN
    if used_ms <= limit_ms:
        return Light.YELLOW
    return Light.RED if used_ms <= 2 * limit_ms else Light.DARK_RED
