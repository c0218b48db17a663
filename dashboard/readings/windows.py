"""Windows 统计时段: which city days a question is about.

Beside natural days, weeks, months and years there are the assessment month 考核月, which may begin
on a day of the month before, and the report day 报告日, which may begin at noon (domain rule 2.3,
no. 10; seen in one Beijing district, so both are settings).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard.clocks.city_time import day_period
from dashboard.settings import Settings
from data_access.measures import ALL_TIME

_DAY = timedelta(days=1)
WINDOW_KEYS = (
    "today", "reportday", "week", "month", "amonth", "year", "d7", "d30", "d365", "d1095", "all",
)  # fmt: skip
DEFAULT_WINDOW = "d30"
_LENGTHS = {"d7": 7, "d30": 30, "d365": 365, "d1095": 1095}

_YEAR, _MONTH = re.compile(r"\d{4}"), re.compile(r"\d{4}-\d{2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ASSESSMENT_MONTH, _REPORT_DAY = re.compile(r"A(\d{4}-\d{2})"), re.compile(r"R(\d{4}-\d{2}-\d{2})")
_NONSENSE = (date.max, date.min)

Ranges = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class PeriodRules:
    """How a city cuts its periods: ISO weekday, day of the previous month, minutes after midnight.

    ``month_starts_on`` 1 is the natural month, ``day_starts_minutes`` 0 the natural day.
    """

    week_starts_on: int = 1
    month_starts_on: int = 1
    day_starts_minutes: int = 0


NATURAL = PeriodRules()


def period_rules(settings: Settings) -> PeriodRules:
    """The rules of a city's settings."""
    hours, minutes = settings.report_day_starts.split(":")
    return PeriodRules(
        week_starts_on=settings.week_starts_on,
        month_starts_on=settings.assessment_month_starts_on,
        day_starts_minutes=int(hours) * 60 + int(minutes),
    )


@dataclass(frozen=True, kw_only=True)
class Window:
    """City days [from_on, until_on); ``is_running``: now is in it, so stocks are those of now.

    ``starts_minutes``: its days begin so many minutes after midnight; other than 0 it cannot be
    summed from the rollups, which are by city day, and is evaluated from the cases.
    """

    key: str
    from_on: date
    until_on: date
    is_running: bool
    starts_minutes: int = 0

    @property
    def days(self) -> int:
        return (self.until_on - self.from_on).days

    @property
    def last_on(self) -> date:
        """The last day in the window, as people write periods."""
        return self.until_on if self.starts_minutes else self.until_on - _DAY

    @property
    def is_of_city_days(self) -> bool:
        return self.starts_minutes == 0

    def bounds(self, time_zone: str) -> tuple[datetime, datetime]:
        """The half-open UTC interval."""
        first = moment_on(self.from_on, self.starts_minutes, time_zone)
        return first, moment_on(self.until_on, self.starts_minutes, time_zone)


def moment_on(day: date, minutes: int, time_zone: str) -> datetime:
    """The aware instant so many minutes after a city day's midnight, by the clock on the wall."""
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day, clock, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def resolve_window(
    key: str,
    today: date,
    *,
    rules: PeriodRules = NATURAL,
    first_on: date | None = None,
    minute: int = 0,
) -> Window:
    """The window of a key on a day; an unknown key is the default one.

    Besides the named keys: ``all`` from ``first_on``, the store's first day; ``2018``, ``2018-05``,
    ``2018-05-31`` a year, month or day; ``2018-05-01..2018-06-30`` both days inclusive;
    ``A2018-05`` an assessment month, ``R2018-05-31`` a report day. ``minute``: of the city's day,
    now; it decides which report day is running.
    """
    if key not in WINDOW_KEYS and chosen_days(key) is None:
        key = DEFAULT_WINDOW
    report_day = _REPORT_DAY.fullmatch(key)
    if key == "reportday" or report_day:
        day = date.fromisoformat(report_day[1]) if report_day else None
        return _report_day(key, day, today, minute, rules)
    first, last = chosen_days(key, rules) or (_first_day(key, today, rules, first_on), today)
    return Window(key=key, from_on=first, until_on=last + _DAY, is_running=first <= today <= last)


def _report_day(key: str, day: date | None, today: date, minute: int, rules: PeriodRules) -> Window:
    """Report day D: from the cut of the day before to the cut of D; at midnight, the day itself."""
    cut = rules.day_starts_minutes
    running = today + _DAY if cut and minute >= cut else today
    day = day or running
    first = day - _DAY if cut else day
    return Window(
        key=key, from_on=first, until_on=first + _DAY, is_running=day == running,
        starts_minutes=cut,
    )  # fmt: skip


def _first_day(key: str, today: date, rules: PeriodRules, first_on: date | None) -> date:
    if key in _LENGTHS:
        return today - (_LENGTHS[key] - 1) * _DAY
    if key == "today":
        return today
    if key == "week":
        return today - ((today.isoweekday() - rules.week_starts_on) % 7) * _DAY
    if key == "month":
        return today.replace(day=1)
    if key == "amonth":
        return _assessment_month(today, rules)[0]
    if key == "all" and first_on is not None:
        return min(first_on, today)
    return today.replace(month=1, day=1)


def _assessment_month(day: date, rules: PeriodRules) -> tuple[date, date]:
    """[first, end) of the assessment month that holds a day."""
    starts = rules.month_starts_on
    first = day.replace(day=starts)
    if first > day:
        first = month_before(first)
    return first, _next_month(first).replace(day=starts)


def is_known_window(key: str | None) -> bool:
    """Whether ``resolve_window`` reads the key as what it says."""
    return key is not None and (key in WINDOW_KEYS or chosen_days(key) is not None)


def known_window(key: str | None) -> str:
    """The key where it is known, else the default one."""
    return key if key is not None and is_known_window(key) else DEFAULT_WINDOW


def chosen_days(key: str, rules: PeriodRules = NATURAL) -> tuple[date, date] | None:
    """(first, last) day of a key that names its days; None for other keys and for nonsense.

    A report day is named by the day it ends on.
    """
    try:
        days = _named_days(key, rules)
    except ValueError:
        return None
    is_sane = days[0] <= days[1] and days[0].year >= 1990 and days[1].year <= 2100
    return days if is_sane else None


def _named_days(key: str, rules: PeriodRules) -> tuple[date, date]:
    first, _, last = key.partition("..")
    if last:
        return date.fromisoformat(first), date.fromisoformat(last)
    if _YEAR.fullmatch(first):
        return date(int(first), 1, 1), date(int(first), 12, 31)
    if _MONTH.fullmatch(first):
        month = date.fromisoformat(f"{first}-01")
        return month, _next_month(month) - _DAY
    if found := _ASSESSMENT_MONTH.fullmatch(first):
        end = date.fromisoformat(f"{found[1]}-{rules.month_starts_on:02d}")
        end = end if rules.month_starts_on > 1 else _next_month(end)
        return month_before(end), end - _DAY
    if found := _REPORT_DAY.fullmatch(first):
        return (date.fromisoformat(found[1]),) * 2
    return (date.fromisoformat(first),) * 2 if _DATE.fullmatch(first) else _NONSENSE


def is_month(key: str) -> bool:
    """Whether a key names a month, natural or of assessment."""
    named = _MONTH.fullmatch(key) or _ASSESSMENT_MONTH.fullmatch(key)
    return key in ("month", "amonth") or named is not None


def is_year(key: str) -> bool:
    """Whether a key names a calendar year."""
    return key == "year" or _YEAR.fullmatch(key) is not None


def flow_ranges(window: Window) -> Ranges:
    """The window as inclusive ranges of rollup periods: whole years and months where they fit.

    Three years are then at most two dozen rows of each grain instead of a thousand days. Nothing is
    counted after today, so a running window may end with its month or year: one row, not many.
    """
    end = _whole_end(window) if window.is_running else window.until_on
    return cover(window.from_on, end)


def _whole_end(window: Window) -> date:
    today = window.last_on
    if window.from_on <= today.replace(month=1, day=1):
        return today.replace(year=today.year + 1, month=1, day=1)
    if window.from_on <= today.replace(day=1):
        return _next_month(today)
    return window.until_on


def stock_ranges(window: Window) -> Ranges:
    """All periods before the window's end: what a stock is the running sum of."""
    return [(ALL_TIME, ALL_TIME)] if window.is_running else ranges_before(window.until_on)


def ranges_before(end: date) -> Ranges:
    """All periods before a day."""
    ranges: Ranges = [(1, end.year - 1)]
    if end.month > 1:
        ranges.append((end.year * 100 + 1, end.year * 100 + end.month - 1))
    if end.day > 1:
        ranges.append((day_period(end.replace(day=1)), day_period(end - _DAY)))
    return ranges


def cover(first: date, end: date) -> Ranges:
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


def month_before(first: date) -> date:
    """The same day of the month before; the day is at most the 28th."""
    return (first.replace(day=1) - _DAY).replace(day=first.day)
