"""What a page needs besides the board 页面框架: the city's time zone and when data count as old."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Settings a page is drawn with; all come from ``dashboard.settings``."""

    time_zone: str = "Asia/Shanghai"
    stale_after_seconds: float = 10

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone for texts with a clock time."""
        return ZoneInfo(self.time_zone)
