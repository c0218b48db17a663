"""Spring Festival 春节: days that no other day of the year compares with, and that move by a month.

From New Year's Eve 除夕 to the Lantern Festival 正月十五, both inclusive. The dates are those of
the lunisolar calendar; tests compare them with the public notices of 2004 to 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

FIRST_YEAR: Final = 2000
# 正月初一 of 2000 to 2050, month and day.
_NEW_YEARS: Final = (
    "02-05 01-24 02-12 02-01 01-22 02-09 01-29 02-18 02-07 01-26"
    " 02-14 02-03 01-23 02-10 01-31 02-19 02-08 01-28 02-16 02-05"
    " 01-25 02-12 02-01 01-22 02-10 01-29 02-17 02-06 01-26 02-13"
    " 02-03 01-23 02-11 01-31 02-19 02-08 01-28 02-15 02-04 01-24"
    " 02-12 02-01 01-22 02-10 01-30 02-17 02-06 01-26 02-14 02-02"
    " 01-23"
)
LAST_YEAR: Final = 2050
_ENTRY = 6  # characters


def lunar_new_year(year: int) -> date | None:
    """正月初一 of a year; None outside 2000 to 2050."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    place = (year - FIRST_YEAR) * _ENTRY
    return date.fromisoformat(f"{year}-{_NEW_YEARS[place : place + _ENTRY - 1]}")


def festival_days(year: int) -> tuple[date, date] | None:
    """[除夕, the day after 正月十五) of a year; None outside the known years."""
    new_year = lunar_new_year(year)
    if new_year is None:
        return None
    return new_year - timedelta(days=1), new_year + timedelta(days=15)


def festivals_touched(first: date, end: date) -> list[int]:
    """The years whose festival has a day in [first, end), oldest first."""
    return [year for year, (start, stop) in _festivals(first, end) if start < end and first < stop]


def festivals_held(first: date, end: date) -> list[int]:
    """The years whose whole festival lies in [first, end), oldest first."""
    return [
        year for year, (start, stop) in _festivals(first, end) if first <= start and stop <= end
    ]


def _festivals(first: date, end: date) -> Iterator[tuple[int, tuple[date, date]]]:
    for year in range(first.year, end.year + 1):
        if (days := festival_days(year)) is not None:
            yield year, days


def days_between_new_years(later: int, earlier: int) -> int | None:
    """How many days apart the lunar new years of two years are; None where one is not known."""
    one, other = lunar_new_year(later), lunar_new_year(earlier)
    return None if one is None or other is None else (one - other).days
