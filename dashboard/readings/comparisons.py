"""Comparisons 环比、同比: which earlier time a window is compared with, like for like.

Week on week 周环比 (wow), month on month 月环比 (mom), year on year 同比 (yoy), and the time just
before (before). A running window is compared up to the same time of day: its last day is cut on
both sides. Spring Festival is aligned by lunar days (yoy) or the comparison is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.readings.spring_festival import (
    days_between_new_years,
    festivals_held,
    festivals_touched,
)
from dashboard.readings.windows import Window, is_month, is_year, moment_on, month_before

KINDS: Final = ("before", "wow", "mom", "yoy")
# The longest window, in days, that each is made for.
_LONGEST: Final = {"wow": 7, "mom": 31, "yoy": 366}
_WEEK, _FOUR_WEEKS, _YEAR_OF_WEEKS = 7, 28, 364
_ALIGNED_BY_WEEKDAY: Final = 31  # days; longer windows have every weekday about equally often
_MOST_OF_A_YEAR = 300  # days; longer windows hold a Spring Festival on either side
_DAY = timedelta(days=1)
_MIDNIGHT = time()


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The time a window is compared with: the half-open UTC interval [start, end).

    ``from_on``, ``last_on``: its first and last city day; ``cut``: the city time at which the last
    day ends, None for a whole day. ``alignment``: ``weekday``, ``days`` (as many), ``date`` or
    ``lunar``. ``refusal``: why there is nothing to compare, as in the words ``compare.refused.…``;
    then nothing else counts.
    """

    kind: str
    start: datetime
    end: datetime
    from_on: date
    last_on: date
    cut: time | None
    alignment: str
    refusal: str | None = None

    @property
    def whole_until(self) -> date:
        """The day before which all its days are whole."""
        return self.last_on + _DAY if self.cut is None else self.last_on


@dataclass(frozen=True)
class _Shift:
    """How far a window is moved back, and the day before which it has to end."""

    days: int
    alignment: str
    limit: date | None = None


def usual_kind(window: Window) -> str | None:
    """The one comparison that screens show beside a number; None for all of time."""
    if window.key == "all":
        return None
    if is_month(window.key):
        return "mom"
    if is_year(window.key) or window.key == "d365":
        return "yoy"
    return "wow" if window.days <= _WEEK else "before"


def compared_window(window: Window, kind: str, as_of: datetime, time_zone: str) -> Compared | None:
    """What a window is compared with, cut at the time of day of ``as_of`` while it runs.

    None where the kind does not apply: a window longer than the kind's unit (a month has no week on
    week), or all of time. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown comparison {kind!r}: use one of {', '.join(KINDS)}")
    if window.key == "all" or window.days > _LONGEST.get(kind, window.days):
        return None
    zone = ZoneInfo(time_zone)
    start, end = window.bounds(time_zone)
    if window.is_running:
        end = max(start, min(end, as_of))
    local = end.astimezone(zone)
    until_on = local.date() if local.time() == _MIDNIGHT else local.date() + _DAY
    shift = _shift(window, kind)
    refusal = None
    elapsed = (until_on - window.from_on).days
    if elapsed <= _MOST_OF_A_YEAR and not _is_even(window.from_on, until_on, shift):
        shift, refusal = _around_festival(window.from_on, until_on, shift, kind)
    return _moved(window, kind, shift, local, time_zone, refusal)


def _shift(window: Window, kind: str) -> _Shift:
    if kind == "wow":
        return _Shift(_WEEK, "weekday")
    if kind == "before":
        return _Shift(window.days, "days")
    if kind == "mom":
        if is_month(window.key):
            first = month_before(window.from_on)
            return _Shift((window.from_on - first).days, "days", limit=window.from_on)
        # The least number of weeks that is a month and does not overlap the window.
        days = _FOUR_WEEKS if window.days <= _FOUR_WEEKS else _FOUR_WEEKS + _WEEK
        return _Shift(days, "weekday")
    if window.days <= _ALIGNED_BY_WEEKDAY:
        return _Shift(_YEAR_OF_WEEKS, "weekday")
    first = _year_before(window.from_on)
    return _Shift((window.from_on - first).days, "date", limit=window.from_on)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _is_even(first: date, end: date, shift: _Shift) -> bool:
    """Whether neither side touches a Spring Festival, or both hold the whole of as many."""
    sides = ((first, end), _back(first, end, shift))
    touched = [festivals_touched(*side) for side in sides]
    held = [festivals_held(*side) for side in sides]
    return touched == held and len(held[0]) == len(held[1])


def _back(first: date, end: date, shift: _Shift) -> tuple[date, date]:
    moved = end - shift.days * _DAY
    return first - shift.days * _DAY, moved if shift.limit is None else min(moved, shift.limit)


def _around_festival(first: date, end: date, shift: _Shift, kind: str) -> tuple[_Shift, str | None]:
    """The same lunar days of the year before for yoy; no other comparison is like for like."""
    if kind != "yoy":
        return shift, "spring_festival"
    mine = festivals_touched(first, end)
    year = mine[-1] if mine else 1 + max(festivals_touched(*_back(first, end, shift)))
    days = days_between_new_years(year, year - 1)
    return (shift, "spring_festival") if days is None else (_Shift(days, "lunar"), None)


def _moved(
    window: Window, kind: str, shift: _Shift, end: datetime, time_zone: str, refusal: str | None
) -> Compared:
    """The window moved back; ``end``: where it ends or has come to, in city time."""
    from_on = window.from_on - shift.days * _DAY
    last_on, cut = end.date() - shift.days * _DAY, end.time()
    # A year that is over is compared with the whole year before, as every report does: a leap day
    # more or less is not cut off.
    is_whole_year = is_year(window.key) and not window.is_running
    if shift.limit is not None and (is_whole_year or last_on >= shift.limit):
        last_on, cut = shift.limit, _MIDNIGHT
    is_whole = cut == _MIDNIGHT and last_on > from_on
    return Compared(
        kind=kind,
        start=moment_on(from_on, window.starts_minutes, time_zone),
        end=datetime.combine(last_on, cut, tzinfo=ZoneInfo(time_zone)).astimezone(UTC),
        from_on=from_on,
        last_on=last_on - _DAY if is_whole else last_on,
        cut=None if is_whole else cut,
        alignment=shift.alignment,
        refusal=refusal,
    )
