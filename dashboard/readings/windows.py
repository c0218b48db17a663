"""Windows 统计时段: which city days a question is about, and which it is compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.clocks.city_time import day_period, day_start
from data_access.measures import ALL_TIME

_DAY = timedelta(days=1)
WINDOW_KEYS = ("today", "week", "month", "year", "d7", "d30", "d365", "d1095", "all")
DEFAULT_WINDOW = "d30"
_LENGTHS = {"d7": 7, "d30": 30, "d365": 365, "d1095": 1095}

_YEAR, _MONTH = re.compile(r"\d{4}"), re.compile(r"\d{4}-\d{2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NONSENSE = (date.max, date.min)

Ranges = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Window:
    """City days [from_on, until_on); ``is_running``: today is in it, so stocks are those of now."""

    key: str
    from_on: date
    until_on: date
    is_running: bool

    @property
    def days(self) -> int:
        return (self.until_on - self.from_on).days

    @property
    def last_on(self) -> date:
        """The last day in the window, as people write periods."""
        return self.until_on - _DAY

    def bounds(self, time_zone: str) -> tuple[datetime, datetime]:
        """The half-open UTC interval."""
        return day_start(self.from_on, time_zone), day_start(self.until_on, time_zone)


def resolve_window(
    key: str, today: date, *, week_starts_on: int = 1, first_on: date | None = None
) -> Window:
    """The window of a key on a day; an unknown key is the default one.

    Besides the named keys: ``all`` from ``first_on``, the store's first day; ``2018``, ``2018-05``,
    ``2018-05-31`` a year, month or day; ``2018-05-01..2018-06-30`` both days inclusive.
    ``week_starts_on``: ISO weekday, 1 is Monday.
    """
    chosen = chosen_days(key)
    if chosen is not None:
        first, last = chosen
        return Window(
            key=key, from_on=first, until_on=last + _DAY, is_running=first <= today <= last
        )
    if key not in WINDOW_KEYS:
        key = DEFAULT_WINDOW
    return Window(
        key=key,
        from_on=_first_day(key, today, week_starts_on, first_on),
        until_on=today + _DAY,
        is_running=True,
    )


def _first_day(key: str, today: date, week_starts_on: int, first_on: date | None) -> date:
    if key in _LENGTHS:
        return today - (_LENGTHS[key] - 1) * _DAY
    if key == "today":
        return today
    if key == "week":
        return today - ((today.isoweekday() - week_starts_on) % 7) * _DAY
    if key == "month":
        return today.replace(day=1)
    if key == "all" and first_on is not None:
        return min(first_on, today)
    return today.replace(month=1, day=1)


def is_known_window(key: str | None) -> bool:
    """Whether ``resolve_window`` reads the key as what it says."""
    return key is not None and (key in WINDOW_KEYS or chosen_days(key) is not None)


def known_window(key: str | None) -> str:
    """The key where it is known, else the default one."""
    return key if key is not None and is_known_window(key) else DEFAULT_WINDOW


def chosen_days(key: str) -> tuple[date, date] | None:
    """(first, last) day of a key that names its days; None for other keys and for nonsense."""
    first, _, last = key.partition("..")
    try:
        if last:
            days = date.fromisoformat(first), date.fromisoformat(last)
        elif _YEAR.fullmatch(first):
            days = date(int(first), 1, 1), date(int(first), 12, 31)
        elif _MONTH.fullmatch(first):
            month = date.fromisoformat(f"{first}-01")
            days = month, _next_month(month) - _DAY
        else:
            days = (date.fromisoformat(first),) * 2 if _DATE.fullmatch(first) else _NONSENSE
    except ValueError:
        return None
    is_sane = days[0] <= days[1] and days[0].year >= 1990 and days[1].year <= 2100
    return days if is_sane else None


def previous_window(window: Window) -> Window:
    """What a window is compared with: as many days, like for like.

    Today: the same weekday a week ago, the whole day. Week, month, year: as many days of the one
    before. Others: the days just before.
    """
    if window.key == "today":
        first, length = window.from_on - 7 * _DAY, 1
    elif window.key == "week":
        first, length = window.from_on - 7 * _DAY, window.days
    elif window.key == "month" or _MONTH.fullmatch(window.key):
        first = (window.from_on - _DAY).replace(day=1)
        length = min(window.days, (window.from_on - first).days)
    elif window.key == "year" or _YEAR.fullmatch(window.key):
        first = window.from_on.replace(year=window.from_on.year - 1)
        length = min(window.days, (window.from_on - first).days)
    else:
        first, length = window.from_on - window.days * _DAY, window.days
    return Window(key=window.key, from_on=first, until_on=first + length * _DAY, is_running=False)


def flow_ranges(window: Window) -> Ranges:
    """The window as inclusive ranges of rollup periods: whole years and months where they fit.

    Three years are then at most two dozen rows of each grain instead of a thousand days. Nothing is
    counted after today, so a running window may end with its month or year: one row, not many.
    """
    end = _whole_end(window) if window.is_running else window.until_on
    return _cover(window.from_on, end)


def _whole_end(window: Window) -> date:
    today = window.last_on
    if window.from_on <= today.replace(month=1, day=1):
        return today.replace(year=today.year + 1, month=1, day=1)
    if window.from_on <= today.replace(day=1):
        return _next_month(today)
    return window.until_on


def stock_ranges(window: Window) -> Ranges:
    """All periods before the window's end: what a stock is the running sum of."""
    if window.is_running:
        return [(ALL_TIME, ALL_TIME)]
    end = window.until_on
    ranges: Ranges = [(1, end.year - 1)]
    if end.month > 1:
        ranges.append((end.year * 100 + 1, end.year * 100 + end.month - 1))
    if end.day > 1:
        ranges.append((day_period(end.replace(day=1)), day_period(end - _DAY)))
    return ranges


def _cover(first: date, end: date) -> Ranges:
    """[first, end) as period ranges, fewest rows first."""
    if first >= end:
        return []
    first_month = first if first.day == 1 else _next_month(first)
    last_month = end.replace(day=1)
    if first_month >= last_month:
        return [(day_period(first), day_period(end - _DAY))]
    ranges: Ranges = []
    if first < first_month:
        ranges.append((day_period(first), day_period(first_month - _DAY)))
    if last_month < end:
        ranges.append((day_period(last_month), day_period(end - _DAY)))
    return ranges + _cover_months(first_month, last_month)


def _cover_months(first: date, end: date) -> Ranges:
    first_year = first if first.month == 1 else first.replace(year=first.year + 1, month=1)
    last_year = end.replace(month=1)
    if first_year >= last_year:
        return [(_month(first), _month(end - _DAY))]
    ranges: Ranges = [(first_year.year, last_year.year - 1)]
    if first < first_year:
        ranges.append((_month(first), _month(first_year - _DAY)))
    if last_year < end:
        ranges.append((_month(last_year), _month(end - _DAY)))
    return ranges


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
