"""The calendar a demo history lives by: city days, complete months and years, working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import (
    WorkCalendar,
    chinese_calendar_days,
    chinese_days,
    covered_years,
)
from dashboard.clocks.city_calendar import city_calendar
from dashboard.settings import Settings

Ints = NDArray[np.int64]

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The history of a demo city: [start, now), epoch ms, whole minutes.

    ``offset_ms`` is the city's distance from UTC at ``now``, taken for the whole history: China has
    had no summer time since 1991.
    """

    start_ms: int
    now_ms: int
    offset_ms: int
    calendar: WorkCalendar

    @classmethod
    def back_from(cls, now: datetime, *, years: int, calendar: WorkCalendar) -> Span:
        """The ``years`` before ``now`` (aware, floored to the minute), from a city midnight on."""
        now_ms = int(now.timestamp() // 60) * MINUTE_MS
        offset = now.astimezone(calendar.zone).utcoffset() or timedelta(0)
        offset_ms = int(offset.total_seconds()) * 1000
        today = date_of((now_ms + offset_ms) // DAY_MS)
        try:
            first = today.replace(year=today.year - years)
        except ValueError:  # 29 February
            first = today.replace(year=today.year - years, day=28)
        return cls(
            start_ms=day_number(first) * DAY_MS - offset_ms,
            now_ms=now_ms, offset_ms=offset_ms, calendar=calendar,
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        """The end of the history as an aware UTC instant."""
        return datetime.fromtimestamp(self.now_ms / 1000, tz=UTC)

    @property
    def today(self) -> date:
        """The city's date at the end of the history."""
        return date_of((self.now_ms + self.offset_ms) // DAY_MS)

    def midnight_ms(self, day: date) -> int:
        """When a city day begins."""
        return day_number(day) * DAY_MS - self.offset_ms

    def local_days(self, instants_ms: Ints) -> Ints:
        """City days since 1970 of instants."""
        return (instants_ms + self.offset_ms) // DAY_MS

    def last_months(self, count: int) -> tuple[int, int]:
        """The last complete calendar months, [start, end) in epoch ms."""
        end = self.today.replace(day=1)
        months = end.year * 12 + end.month - 1 - count
        return self.midnight_ms(date(months // 12, months % 12 + 1, 1)), self.midnight_ms(end)

    def past_year(self, back: int = 1) -> tuple[int, int]:
        """A complete calendar year, 1 the last one: [start, end) in epoch ms."""
        year = self.today.year - back
        return self.midnight_ms(date(year, 1, 1)), self.midnight_ms(date(year + 1, 1, 1))


def demo_calendar(settings: Settings) -> WorkCalendar:
    """The working calendar of a demo city: China's days in the settings' zone and hours."""
    return city_calendar(settings, chinese_calendar_days(), covered_years())


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    """The date so many days after 1970-01-01."""
    return _EPOCH + timedelta(days=int(number))


def months_of(days: Ints) -> Ints:
    """Month 1–12 of city days since 1970."""
    months: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    return months


def spring_festival_days() -> Ints:
    """Days off of 春节, as days since 1970."""
    found = [
        day.day for day in chinese_days()
        if day.name.startswith("春节") and not day.is_working_day
    ]  # fmt: skip
    return np.array([day_number(day) for day in found], dtype=np.int64)
