"""The moments a forecast of overdue cases 超期预测 looks forward to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.clocks.city_time import city_today, day_start

# 周一调度会: the weekly dispatch meeting (domain section 4) hears what is overdue by then.
MEETING_WEEKDAY: Final = 0  # Monday
MEETING_HOUR: Final = 7


def tonight(now: datetime, time_zone: str) -> datetime:
    """24:00 of the city's day at ``now`` (aware); aware UTC."""
    return day_start(city_today(now, time_zone) + timedelta(days=1), time_zone)


def next_meeting(now: datetime, time_zone: str) -> datetime:
    """The next Monday 07:00 city time after ``now`` (aware), not ``now`` itself; aware."""
    zone = ZoneInfo(time_zone)
    today = city_today(now, time_zone)
    day = today + timedelta(days=(MEETING_WEEKDAY - today.weekday()) % 7)
    meeting = datetime(day.year, day.month, day.day, MEETING_HOUR, tzinfo=zone)
    if meeting <= now:
        day += timedelta(days=7)
        meeting = datetime(day.year, day.month, day.day, MEETING_HOUR, tzinfo=zone)
    return meeting
