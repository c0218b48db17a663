"""Lights 亮灯: how much of a limit is used, in four colours."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

# Working days past the deadline after which red becomes dark red, whatever the limit was.
FAR_OVER_DAYS: Final = 3


class Light(StrEnum):
    """绿、黄、红、深红; NONE where there is no limit to measure against."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    DARK_RED = "dark_red"


def light(
    used_ms: int, limit_ms: int | None, *, due_soon_ratio: float = 0.8, days_over: float = 0.0
) -> Light:
    """The light of a share: ≤80 % green, ≤100 % yellow, above red, above 200 % dark red.

    Domain rule 2.5: green, yellow and red as city platforms have them; dark red, also more than
    three working days (``days_over``) past the deadline, is the product's own. Both figures in ms
    of the limit's own kind. No limit: NONE. A limit of zero is overdue as soon as time is used.
    """
    if limit_ms is None:
        return Light.NONE
    if used_ms > limit_ms:
        return overdue_light(used_ms, limit_ms, days_over=days_over)
    return Light.GREEN if used_ms <= round(limit_ms * due_soon_ratio) else Light.YELLOW


def overdue_light(used_ms: int, limit_ms: int, *, days_over: float = 0.0) -> Light:
    """Red or dark red of a case past its deadline. A limit of zero has no double: days decide."""
    far = days_over > FAR_OVER_DAYS or (limit_ms > 0 and used_ms > 2 * limit_ms)
    return Light.DARK_RED if far else Light.RED
