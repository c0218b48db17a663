"""Windows: which days they hold, when they begin, how few rollup rows they need."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboard.readings.windows import (
    WINDOW_KEYS,
    PeriodRules,
    Window,
    flow_ranges,
    is_known_window,
    period_rules,
    resolve_window,
    stock_ranges,
)
from dashboard.settings import Settings

FEW = hypothesis_settings(max_examples=30, deadline=None)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
SUNDAY = date(2026, 11, 22)
FROM_19TH = PeriodRules(month_starts_on=19)
FROM_NOON = PeriodRules(day_starts_minutes=12 * 60)


def _window(first: date, length: int) -> Window:
    return Window(
        key="custom", from_on=first, until_on=first + timedelta(days=length), is_running=False
    )


def _days_of(low: int, high: int) -> list[date]:
    """The days that inclusive period ranges stand for, by looking at every day there is."""
    found = []
    day = date(2015, 1, 1)
    while day < date(2040, 1, 1):
        periods = (
            day.year,
            day.year * 100 + day.month,
            day.year * 10_000 + day.month * 100 + day.day,
        )
        if any(low <= period <= high for period in periods):
            found.append(day)
        day += timedelta(days=1)
    return found


@FEW
@given(first=DAYS, length=st.integers(1, 1200))
def test_flow_ranges_cover_every_day_once(first: date, length: int) -> None:
    days = [day for low, high in flow_ranges(_window(first, length)) for day in _days_of(low, high)]
    assert sorted(days) == [first + timedelta(days=n) for n in range(length)]


@FEW
@given(end=DAYS)
def test_stock_ranges_cover_everything_before_the_end_once(end: date) -> None:
    window = _window(end - timedelta(days=1), 1)
    days = [day for low, high in stock_ranges(window) for day in _days_of(low, high)]
    first = date(2015, 1, 1)
    assert sorted(days) == [first + timedelta(days=n) for n in range((end - first).days)]


@given(today=DAYS)
def test_three_years_need_few_rows(today: date) -> None:
    window = resolve_window("d1095", today)
    rows = sum(_rows(low, high) for low, high in flow_ranges(window))
    assert rows <= 31 + 31 + 11 + 11 + 2


def _rows(low: int, high: int) -> int:
    if high > 10_000_000:
        return (_day(high) - _day(low)).days + 1
    return high - low + 1 if high < 10_000 else high % 100 - low % 100 + 1


def _day(period: int) -> date:
    return date(period // 10_000, period // 100 % 100, period % 100)


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("today", SUNDAY),
        ("reportday", SUNDAY),
        ("week", date(2026, 11, 16)),
        ("month", date(2026, 11, 1)),
        ("amonth", date(2026, 11, 1)),
        ("year", date(2026, 1, 1)),
        ("d7", date(2026, 11, 16)),
        ("d30", date(2026, 10, 24)),
        ("all", date(2026, 1, 1)),
    ],
)
def test_windows_on_a_sunday(key: str, first: date) -> None:
    window = resolve_window(key, SUNDAY)
    assert (window.from_on, window.last_on, window.is_running) == (first, SUNDAY, True)


def test_the_week_may_start_on_sunday() -> None:
    assert resolve_window("week", SUNDAY, rules=PeriodRules(week_starts_on=7)).from_on == SUNDAY


def test_an_unknown_key_is_the_default() -> None:
    for key in ("nonsense", "A2026-13", "R2026-02-30", "A2026", "R2026-01", "a2026-01", "A1850-01"):
        assert not is_known_window(key)
        assert resolve_window(key, SUNDAY, rules=FROM_19TH).key == "d30"


@given(today=DAYS, key=st.sampled_from(WINDOW_KEYS))
def test_windows_end_with_today_and_stocks_are_those_of_now(today: date, key: str) -> None:
    window = resolve_window(key, today)
    assert window.last_on == today
    assert stock_ranges(window) == [(0, 0)]


def test_bounds_are_city_midnights_in_utc() -> None:
    start, end = resolve_window("today", SUNDAY).bounds("Asia/Shanghai")
    assert start == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert end - start == timedelta(days=1)


# The assessment month 考核月 of one Beijing district begins on the 19th of the previous month.


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 18), date(2026, 10, 19)),
        (date(2026, 11, 19), date(2026, 11, 19)),
        (date(2026, 1, 5), date(2025, 12, 19)),
        (date(2026, 12, 31), date(2026, 12, 19)),
    ],
)
def test_the_running_assessment_month(today: date, first: date) -> None:
    window = resolve_window("amonth", today, rules=FROM_19TH)
    assert (window.from_on, window.last_on, window.is_running) == (first, today, True)


@pytest.mark.parametrize(
    ("key", "rules", "first", "last", "is_running"),
    [
        ("A2026-11", FROM_19TH, date(2026, 10, 19), date(2026, 11, 18), False),
        ("A2026-12", FROM_19TH, date(2026, 11, 19), date(2026, 12, 18), True),
        ("A2026-01", FROM_19TH, date(2025, 12, 19), date(2026, 1, 18), False),
        ("A2026-11", PeriodRules(), date(2026, 11, 1), date(2026, 11, 30), True),
        ("A2024-02", PeriodRules(), date(2024, 2, 1), date(2024, 2, 29), False),
    ],
)
def test_a_named_assessment_month(
    key: str, rules: PeriodRules, first: date, last: date, is_running: bool
) -> None:
    window = resolve_window(key, SUNDAY, rules=rules)
    assert (window.from_on, window.last_on) == (first, last)
    assert window.is_running is is_running
    assert window.is_of_city_days


@given(today=DAYS, starts=st.integers(1, 28))
def test_assessment_months_follow_one_another(today: date, starts: int) -> None:
    rules = PeriodRules(month_starts_on=starts)
    running = resolve_window("amonth", today, rules=rules)
    name = running.from_on.replace(day=1) + timedelta(days=0 if starts == 1 else 32)
    named = resolve_window(f"A{name.year}-{name.month:02d}", today, rules=rules)
    assert named.from_on == running.from_on
    assert named.from_on <= today <= named.last_on
    after = named.last_on + timedelta(days=1)
    assert resolve_window("amonth", after, rules=rules).from_on == after


# The report day 报告日 D of the same district: from noon of D−1 to noon of D.


@pytest.mark.parametrize(
    ("minute", "day"),
    [(0, SUNDAY), (719, SUNDAY), (720, date(2026, 11, 23)), (1439, date(2026, 11, 23))],
)
def test_the_running_report_day(minute: int, day: date) -> None:
    window = resolve_window("reportday", SUNDAY, rules=FROM_NOON, minute=minute)
    start, end = window.bounds("Asia/Shanghai")
    assert window.last_on == day
    assert end == datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    assert end - start == timedelta(days=1)
    now = datetime(2026, 11, 21, 16, tzinfo=UTC) + timedelta(minutes=minute)
    assert start <= now < end
    assert window.is_running and not window.is_of_city_days


def test_a_named_report_day() -> None:
    window = resolve_window("R2026-11-20", SUNDAY, rules=FROM_NOON)
    start, end = window.bounds("Asia/Shanghai")
    assert start == datetime(2026, 11, 19, 4, tzinfo=UTC)
    assert end == datetime(2026, 11, 20, 4, tzinfo=UTC)
    assert (window.last_on, window.days, window.is_running) == (date(2026, 11, 20), 1, False)


def test_a_report_day_from_midnight_is_the_day_itself() -> None:
    report, natural = (resolve_window(key, SUNDAY) for key in ("R2026-11-20", "2026-11-20"))
    assert report.bounds("Asia/Shanghai") == natural.bounds("Asia/Shanghai")
    assert report.is_of_city_days


def test_report_days_follow_the_clock_on_the_wall() -> None:
    """In the night the clocks go back a report day from noon to noon has 25 hours."""
    window = resolve_window("R2026-11-01", SUNDAY, rules=FROM_NOON)
    start, end = window.bounds("America/New_York")
    assert end - start == timedelta(hours=25)


def test_the_rules_come_from_the_settings(settings: Settings) -> None:
    assert period_rules(settings) == PeriodRules()
    own = Settings(week_starts_on=7, assessment_month_starts_on=19, report_day_starts="12:30")
    assert period_rules(own) == PeriodRules(
        week_starts_on=7, month_starts_on=19, day_starts_minutes=750
    )
