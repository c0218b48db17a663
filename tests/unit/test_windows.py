"""Windows: which days they hold, what they are compared with, how few rollup rows they need."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboard.readings.windows import (
    WINDOW_KEYS,
    Window,
    flow_ranges,
    previous_window,
    resolve_window,
    stock_ranges,
)

FEW = hypothesis_settings(max_examples=30, deadline=None)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
SUNDAY = date(2026, 11, 22)


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
    ("key", "first", "compared_first", "compared_days"),
    [
        ("today", SUNDAY, date(2026, 11, 15), 1),
        ("week", date(2026, 11, 16), date(2026, 11, 9), 7),
        ("month", date(2026, 11, 1), date(2026, 10, 1), 22),
        ("year", date(2026, 1, 1), date(2025, 1, 1), 326),
        ("d7", date(2026, 11, 16), date(2026, 11, 9), 7),
        ("d30", date(2026, 10, 24), date(2026, 9, 24), 30),
    ],
)
def test_windows_on_a_sunday(
    key: str, first: date, compared_first: date, compared_days: int
) -> None:
    window = resolve_window(key, SUNDAY)
    compared = previous_window(window)
    assert (window.from_on, window.last_on) == (first, SUNDAY)
    assert (compared.from_on, compared.days) == (compared_first, compared_days)
    assert not compared.is_running


def test_a_long_month_is_not_compared_beyond_a_short_one() -> None:
    compared = previous_window(resolve_window("month", date(2026, 3, 31)))
    assert (compared.from_on, compared.until_on) == (date(2026, 2, 1), date(2026, 3, 1))


def test_the_week_may_start_on_sunday() -> None:
    assert resolve_window("week", SUNDAY, week_starts_on=7).from_on == SUNDAY


def test_an_unknown_key_is_the_default() -> None:
    assert resolve_window("nonsense", SUNDAY).key == "d30"


@given(today=DAYS, key=st.sampled_from(WINDOW_KEYS))
def test_windows_end_with_today_and_stocks_are_those_of_now(today: date, key: str) -> None:
    window = resolve_window(key, today)
    assert window.last_on == today
    assert stock_ranges(window) == [(0, 0)]


def test_bounds_are_city_midnights_in_utc() -> None:
    start, end = resolve_window("today", SUNDAY).bounds("Asia/Shanghai")
    assert start == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert end - start == timedelta(days=1)
