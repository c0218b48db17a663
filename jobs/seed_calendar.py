"""Seeding the editable calendar of a city in China 工作日历初始化 with the days that are known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from dashboard.clocks.chinese_days import chinese_days, covered_years, source_of
from data_access.calendar import (
    EnteredDay,
    EnteredYear,
    delete_entered_days,
    read_entered_days,
    read_entered_years,
    save_entered_days,
    save_entered_year,
)

ORIGIN: Final = "statutory"
ENTERED_BY: Final = "系统"


def seed_calendar(connection: Connection, *, today: date, now: datetime) -> list[int]:
    """Enter the years that nobody has entered yet; the years written, ascending.

    Years whose notice is known become complete; later ones, until the year after ``today``, get the
    statutory days and stay incomplete. A complete year is never touched, nor is a day that somebody
    entered; when a newer package knows the notice of an incomplete year, that year is completed.
    """
    entered = {year.year: year for year in read_entered_years(connection)}
    last = max(today.year + 1, *covered_years())
    written: list[int] = []
    known = chinese_days(last)
    by_year: dict[int, list[EnteredDay]] = {year: [] for year in covered_years()}
    for given in known:
        one = EnteredDay(
            day=given.day, is_working_day=given.is_working_day, name=given.name, origin=ORIGIN
        )
        by_year.setdefault(given.day.year, []).append(one)
    for year, days in sorted(by_year.items()):
        before = entered.get(year)
        is_complete = year in covered_years()
        if before is not None and (before.is_complete or not is_complete):
            continue
        _replace_year(connection, year, days)
        save_entered_year(
            connection,
            EnteredYear(
                year=year,
                is_complete=is_complete,
                document=source_of(year),
                entered_at=now,
                entered_by=ENTERED_BY,
            ),
        )
        written.append(year)
    return written


def _replace_year(connection: Connection, year: int, days: list[EnteredDay]) -> None:
    there = read_entered_days(connection, date(year, 1, 1), date(year, 12, 31))
    by_hand = {one.day for one in there if one.origin != ORIGIN}
    wanted = {one.day for one in days}
    gone = [one.day for one in there if one.day not in by_hand | wanted]
    if gone:
        delete_entered_days(connection, gone)
    save_entered_days(connection, [one for one in days if one.day not in by_hand])
