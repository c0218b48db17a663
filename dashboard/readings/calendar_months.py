"""A year of the working calendar laid out as people read it 年历: months, weeks, holidays."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from data_access.calendar import EnteredDay

_DAY = timedelta(days=1)
_MAKEUP: Final = "调休"
_NEAR_DAYS: Final = 60  # the same holiday of another year lies further away

# The origin of a day that was entered in the browser, before the name of who entered it.
EDITED = "edited: "

Listed = Mapping[date, EnteredDay]


def kind_of(on: date, listed: Listed) -> str:
    """working, weekend, holiday or makeup: what the table says, else the day of the week.

    A listed day off is a holiday, on a Sunday as well; a listed working day that is not a Saturday
    or Sunday is plainly working.
    """
    day = listed.get(on)
    is_weekend = on.weekday() >= 5
    if day is None:
        return "weekend" if is_weekend else "working"
    if not day.is_working_day:
        return "holiday"
    return "makeup" if is_weekend else "working"


def months_of(year: int, listed: Listed, *, today: date) -> list[dict[str, Any]]:
    """Twelve months of weeks from Monday, each of seven places; None outside of the month."""
    weeks_of = Calendar(firstweekday=0).monthdatescalendar
    return [
        {
            "month": month,
            "weeks": [
                [_cell(on, listed, today) if on.month == month else None for on in week]
                for week in weeks_of(year, month)
            ],
        }
        for month in range(1, 13)
    ]


def _cell(on: date, listed: Listed, today: date) -> dict[str, Any]:
    day = listed.get(on)
    return {
        "on": on.isoformat(),
        "kind": kind_of(on, listed),
        "name": (day.name or "") if day else "",
        "is_today": on == today,
        "is_edited": bool(day and (day.origin or "").startswith(EDITED)),
    }


def counts_of(year: int, listed: Listed) -> dict[str, int]:
    """Days of the year by kind."""
    counts = dict.fromkeys(("working", "makeup", "holiday", "weekend"), 0)
    on = date(year, 1, 1)
    while on.year == year:
        counts[kind_of(on, listed)] += 1
        on += _DAY
    return counts


def holidays_of(year: int, listed: Listed) -> list[dict[str, Any]]:
    """Runs of days off under one name that touch the year, with the days worked for each.

    A run may begin in the year before (元旦). Make-up days belong to the holiday whose name theirs
    begins with, and else to nobody: they are still seen in the months.
    """
    runs: list[list[EnteredDay]] = []
    for day in sorted(listed.values(), key=lambda one: one.day):
        if day.is_working_day:
            continue
        last = runs[-1][-1] if runs else None
        if last and day.day - last.day == _DAY and day.name == last.name:
            runs[-1].append(day)
        else:
            runs.append([day])
    makeups = [day for day in listed.values() if day.is_working_day and day.day.weekday() >= 5]
    return [
        {
            "name": run[0].name or "",
            "from_on": run[0].day.isoformat(),
            "to_on": run[-1].day.isoformat(),
            "days": len(run),
            "makeups": [one.day.isoformat() for one in _made_up(run, makeups)],
        }
        for run in runs
        if any(day.day.year == year for day in run)
    ]


def _made_up(run: list[EnteredDay], makeups: Iterable[EnteredDay]) -> list[EnteredDay]:
    name = run[0].name
    near = [
        day
        for day in makeups
        if name
        and _of_holiday(day.name or "") == name
        and abs((day.day - run[0].day).days) <= _NEAR_DAYS
    ]
    return sorted(near, key=lambda day: day.day)


def _of_holiday(name: str) -> str:
    """春节 of 春节调休, in either language."""
    for mark in (_MAKEUP, _ENGLISH_MAKEUP):
        name = name.removesuffix(mark)
    return name


_ENGLISH_MAKEUP: Final = " (make-up day)"
_ENGLISH: Final = {
    "元旦": "New Year",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}


def day_name(name: str | None, lang: str) -> str:
    """What a day is called in a language: the public holidays translated, other names as they were
    entered; empty for a day without a name."""
    if not name or lang != "en":
        return name or ""
    whole = name.removesuffix(_MAKEUP)
    parts = [_ENGLISH.get(part, part) for part in whole.split("、")]
    return " / ".join(parts) + (_ENGLISH_MAKEUP if name != whole else "")


def span_days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both inclusive; empty when they are the wrong way."""
    return [first + number * _DAY for number in range((last - first).days + 1)]
