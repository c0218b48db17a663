"""Golden cases of working hours, limits, pauses and lights, and a minute-by-minute oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clocks import (
    NULL_MS,
    Light,
    Pause,
    WorkCalendar,
    chinese_calendar_days,
    deadline,
    deadlines_ms,
    due_soon,
    light,
    used_ms,
)
from dashboard.clocks.chinese_days import COVERED_YEARS

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    time_zone="Asia/Shanghai", days=chinese_calendar_days(), covered_years=COVERED_YEARS
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


@pytest.mark.parametrize(
    ("start", "kind", "amount", "expected"),
    [
        ("2026-11-20 17:00", "work_hour", 4, "2026-11-23 11:00"),  # Friday → Monday
        ("2026-11-18 10:00", "work_day", 1, "2026-11-19 10:00"),
        ("2026-11-20 23:30", "urgent_hour", 2, "2026-11-21 01:30"),
        ("2026-11-18 10:00", "natural_day", 7, "2026-11-25 10:00"),
        ("2026-11-21 12:00", "work_hour", 4, "2026-11-23 12:00"),  # reported on a Saturday
        ("2026-11-18 08:00", "work_hour", 8, "2026-11-18 18:00"),  # ends at the close of the day
        ("2026-11-18 12:00", "work_hour", 1, "2026-11-18 15:00"),  # the noon break does not count
        ("2026-11-18 09:15", "work_hour", 0, "2026-11-18 09:15"),
        ("2026-09-30 17:00", "work_hour", 4, "2026-10-08 11:00"),  # National Day
        ("2026-02-13 17:00", "work_hour", 4, "2026-02-14 11:00"),  # a Saturday made up
        ("2026-02-13 17:00", "work_day", 2, "2026-02-24 17:00"),  # Spring Festival
    ],
)
def test_deadline_of_golden_cases(start: str, kind: str, amount: float, expected: str) -> None:
    assert deadline(CALENDAR, at(start), kind, amount) == at(expected)
    many = deadlines_ms(CALENDAR, np.array([ms(at(start))] * 3), kind, amount)
    assert many.tolist() == [ms(at(expected))] * 3


def test_pause_adds_what_it_took_on_the_same_calendar() -> None:
    pause = Pause(at("2026-11-18 12:00"), at("2026-11-19 14:00"))
    due = deadline(CALENDAR, at("2026-11-18 08:00"), "work_hour", 8, pauses=[pause])
    assert due == at("2026-11-19 18:00")
    taken = used_ms(CALENDAR, ms(pause.start), ms(at("2026-11-19 14:00")), "work_hour")
    assert taken == 8 * 3_600_000


def test_pause_over_a_weekend_adds_nothing_to_working_hours() -> None:
    pause = Pause(at("2026-11-20 18:00"), at("2026-11-23 08:00"))
    plain = deadline(CALENDAR, at("2026-11-20 17:00"), "work_hour", 4)
    assert deadline(CALENDAR, at("2026-11-20 17:00"), "work_hour", 4, pauses=[pause]) == plain


def test_pause_too_late_overlapping_and_still_open() -> None:
    start = at("2026-11-18 08:00")
    late = Pause(at("2026-11-18 19:00"), at("2026-11-20 18:00"))
    assert deadline(CALENDAR, start, "work_hour", 8, pauses=[late]) == at("2026-11-18 18:00")
    twice = [
        Pause(at("2026-11-18 09:00"), at("2026-11-18 11:00")),
        Pause(at("2026-11-18 10:00"), at("2026-11-18 12:00")),
    ]
    assert deadline(CALENDAR, start, "work_hour", 4, pauses=twice) == at("2026-11-18 17:00")
    assert deadline(CALENDAR, start, "work_hour", 8, pauses=[Pause(start, None)]) is None


def test_due_soon_is_eighty_per_cent_of_the_limit() -> None:
    assert due_soon(CALENDAR, at("2026-11-18 08:00"), "work_hour", 10) == at("2026-11-18 18:00")


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (800, Light.GREEN),
        (801, Light.YELLOW),
        (1000, Light.YELLOW),
        (1001, Light.RED),
        (2001, Light.DARK_RED),
    ],
)
def test_lights_change_just_above_the_thresholds(used: int, expected: Light) -> None:
    assert light(used, 1000) is expected
    assert light(used, None) is Light.NONE


def test_missing_starts_and_amounts_have_no_deadline() -> None:
    start = ms(at("2026-11-18 10:00"))
    found = deadlines_ms(CALENDAR, [start, NULL_MS, start], "work_day", [1.0, 1.0, float("nan")])
    assert found.tolist() == [ms(at("2026-11-19 10:00")), NULL_MS, NULL_MS]
    assert deadlines_ms(CALENDAR, [], "work_day", 1).tolist() == []


def test_wrong_limits_are_refused() -> None:
    start = at("2026-11-18 10:00")
    with pytest.raises(ValueError, match="unknown limit kind"):
        deadline(CALENDAR, start, "fortnight", 1)
    with pytest.raises(ValueError, match="not negative"):
        deadline(CALENDAR, start, "work_day", -1)
    with pytest.raises(ValueError, match="time zone"):
        deadline(CALENDAR, start.replace(tzinfo=None), "work_day", 1)
    with pytest.raises(OverflowError):
        deadline(CALENDAR, start, "work_day", 1e6)
    with pytest.raises(ValueError, match="overlap"):
        WorkCalendar(time_zone="Asia/Shanghai", slots=[(480, 720), (700, 1080)])


def test_a_year_without_its_notice_is_not_covered() -> None:
    assert CALENDAR.covers(2026)
    assert not CALENDAR.covers(2027)
    assert not CALENDAR.is_working_day(date(2027, 2, 8))  # a statutory day all the same


@pytest.mark.parametrize(
    ("year", "working_days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_working_days_a_year_as_the_notices_count_them(year: int, working_days: int) -> None:
    day, count = date(year, 1, 1), 0
    while day.year == year:
        count += CALENDAR.is_working_day(day)
        day += timedelta(days=1)
    assert count == working_days


def test_a_city_with_summer_time_works_by_its_wall_clock() -> None:
    boston = WorkCalendar(time_zone="America/New_York")
    start = datetime(2023, 3, 10, 17, 0, tzinfo=ZoneInfo("America/New_York"))
    expected = datetime(2023, 3, 13, 11, 0, tzinfo=ZoneInfo("America/New_York"))
    assert deadline(boston, start, "work_hour", 4) == expected  # clocks went forward in between


def oracle(start: datetime, minutes: int) -> datetime:
    """Walks minute by minute, as one would with a finger on the calendar."""
    moment = start
    while minutes:
        minute = moment.hour * 60 + moment.minute
        working = CALENDAR.is_working_day(moment.date())
        minutes -= working and (480 <= minute < 720 or 840 <= minute < 1080)
        moment += timedelta(minutes=1)
    return moment


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2026, 12, 1)),
    minutes=st.integers(min_value=1, max_value=2400),
)
def test_deadline_agrees_with_a_walk_minute_by_minute(start: datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    due = deadline(CALENDAR, start, "work_hour", minutes / 60)
    assert due is not None
    assert due == oracle(start, minutes)
    assert used_ms(CALENDAR, ms(start), ms(due), "work_hour") == minutes * 60_000


@settings(max_examples=100, deadline=None)
@given(
    starts=st.lists(st.integers(1_672_531_200_000, 1_796_000_000_000), min_size=1, max_size=20),
    limit=st.integers(1, 200_000_000),
)
def test_used_time_of_a_deadline_is_exactly_the_limit(starts: list[int], limit: int) -> None:
    due = deadlines_ms(CALENDAR, starts, "work_hour", limit / 3_600_000)
    used = used_ms(CALENDAR, starts, due, "work_hour")
    assert isinstance(used, np.ndarray)
    assert used.tolist() == [limit] * len(starts)
    assert datetime.fromtimestamp(int(due[0]) / 1000, UTC).year < 2150
