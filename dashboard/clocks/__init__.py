"""Working calendars, deadlines and lights 时限时钟; knows no SQL and no screen."""

from dashboard.clocks.calendar import CalendarDay, WorkCalendar
from dashboard.clocks.chinese_days import chinese_calendar_days, chinese_days, covered_years
from dashboard.clocks.deadline import (
    LIMIT_KINDS,
    NULL_MS,
    WORKING_KINDS,
    Pause,
    deadline,
    deadlines_ms,
    due_soon,
    due_soon_ms,
    used_ms,
)
from dashboard.clocks.lights import Light, light
from dashboard.clocks.limit import START_RULES, Limit, starts_ms
from dashboard.clocks.limit_book import LimitBook, LimitRule

__all__ = [
    "LIMIT_KINDS",
    "NULL_MS",
    "START_RULES",
    "WORKING_KINDS",
    "CalendarDay",
    "Light",
    "Limit",
    "LimitBook",
    "LimitRule",
    "Pause",
    "WorkCalendar",
    "chinese_calendar_days",
    "chinese_days",
    "covered_years",
    "deadline",
    "deadlines_ms",
    "due_soon",
    "due_soon_ms",
    "light",
    "starts_ms",
    "used_ms",
]
