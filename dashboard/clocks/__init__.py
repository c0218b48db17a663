"""Working calendars, deadlines and lights 时限时钟; knows no case, no SQL and no screen."""

from dashboard.clocks.calendar import CalendarDay, WorkCalendar
from dashboard.clocks.chinese_days import COVERED_YEARS, chinese_calendar_days, chinese_days
from dashboard.clocks.deadline import (
    LIMIT_KINDS,
    NULL_MS,
    Pause,
    deadline,
    deadlines_ms,
    due_soon,
    due_soon_ms,
    used_ms,
)
from dashboard.clocks.lights import Light, light

__all__ = [
    "COVERED_YEARS",
    "LIMIT_KINDS",
    "NULL_MS",
    "CalendarDay",
    "Light",
    "Pause",
    "WorkCalendar",
    "chinese_calendar_days",
    "chinese_days",
    "deadline",
    "deadlines_ms",
    "due_soon",
    "due_soon_ms",
    "light",
    "used_ms",
]
