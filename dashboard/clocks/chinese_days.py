"""Statutory holidays 法定节假日 and make-up days 调休 of mainland China, to seed a calendar.

The yearly 国务院办公厅关于部分节假日安排的通知, issued in November, comes with the package
``chinesecalendar`` for the years it covers. Later years have only the days that the regulation
(全国年节及纪念日放假办法) fixes, from the package ``holidays``, without the days in lieu that
a notice places; they are not complete and the product warns. The days only seed the editable table
``calendar_days``: what stands there wins.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import version
from typing import Final

from dashboard.clocks.calendar import CalendarDay

_NAMES: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def source_of(year: int) -> str:
    """Where the days of a year come from, for the calendar's own record."""
    package = "chinesecalendar" if year in covered_years() else "holidays"
    return f"{package} {version(package)}"


@cache
def covered_years() -> frozenset[int]:
    """The years whose notice, make-up days included, is known."""
    from chinese_calendar.constants import holidays

    years = [day.year for day in holidays]
    return frozenset(range(min(years), max(years) + 1))


@cache
def chinese_days(last_year: int | None = None) -> tuple[CalendarDay, ...]:
    """Every known holiday and make-up day, ascending, each with its name.

    Complete for ``covered_years``; after them the statutory days alone, until ``last_year``
    (default: one year).
    """
    from chinese_calendar.constants import holidays as free
    from chinese_calendar.constants import workdays as made_up

    covered = covered_years()
    found = [CalendarDay(day, False, _NAMES.get(name, name)) for day, name in free.items()]
    found += [
        CalendarDay(day, True, f"{_NAMES.get(name, name)}调休") for day, name in made_up.items()
    ]
    found = [given for given in found if given.day.year in covered]
    last = max(covered) + 1 if last_year is None else last_year
    for year in range(max(covered) + 1, last + 1):
        found += _statutory_days(year)
    return tuple(sorted(found))


def _statutory_days(year: int) -> list[CalendarDay]:
    from holidays import country_holidays

    # Not observed: a day off in lieu of a weekend is placed by the notice, not by the regulation.
    days = country_holidays("CN", years=year, language="zh_CN", observed=False)
    names = {"农历除夕": "春节"}
    return [CalendarDay(day, False, names.get(name, name)) for day, name in days.items()]


def chinese_calendar_days() -> dict[date, bool]:
    """The same as an override for ``WorkCalendar(days=…)``: True a working day, False a holiday."""
    return {given.day: given.is_working_day for given in chinese_days()}
