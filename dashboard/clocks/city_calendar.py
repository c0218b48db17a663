"""The working calendar of one city, from its settings and the days entered for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from dashboard.clocks.calendar import WorkCalendar
from dashboard.clocks.case_clock import ClockRules
from dashboard.clocks.chinese_days import chinese_calendar_days, covered_years
from dashboard.clocks.deadline import NATURAL_DAY_MS
from dashboard.clocks.limit import Limit
from dashboard.settings import Settings, closing_parts, working_slots

CHINA_ZONES: Final = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar", "PRC"}
)


def city_calendar(
    settings: Settings, days: Mapping[date, bool], complete_years: Collection[int]
) -> WorkCalendar:
    """The calendar of the settings' time zone and working hours with the days of the store.

    ``complete_years``: whose notice is entered. A store in China in which no day was ever entered
    has the built-in days; one elsewhere plain weeks, and no year of it is complete. The same
    content gives the same calendar object, laid out once.
    """
    slots = working_slots(settings.working_hours)
    if slots is None:  # settings are validated when they are made
        raise ValueError(f"working_hours: {settings.working_hours!r}")
    if not days and not complete_years and settings.city_time_zone in CHINA_ZONES:
        days, complete_years = chinese_calendar_days(), covered_years()
    given = tuple(sorted(days.items()))
    return _laid_out(settings.city_time_zone, slots, given, frozenset(complete_years))


@lru_cache(maxsize=8)
def _laid_out(
    time_zone: str,
    slots: tuple[tuple[int, int], ...],
    days: tuple[tuple[date, bool], ...],
    complete_years: frozenset[int],
) -> WorkCalendar:
    return WorkCalendar(
        time_zone=time_zone, days=dict(days), slots=slots, covered_years=complete_years
    )


def clock_rules(settings: Settings) -> ClockRules:
    """The rules of a city's settings."""
    return ClockRules(
        due_soon_ratio=settings.due_soon_ratio,
        extensions_allowed=settings.extensions_allowed,
        suspension_limit_ms=settings.suspension_limit_days * NATURAL_DAY_MS,
        after_handling=tuple(
            Limit(kind, amount) for amount, kind in closing_parts(settings.closing_limits) or ()
        ),
    )
