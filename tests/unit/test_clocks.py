"""Working time primitives: golden cases, vectors, the seed calendar.

The rules of a case's clock are told in tests/spec/test_clocks.py; the minute-by-minute oracle is
tests/unit/test_clock_oracle.py.
"""

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
    Limit,
    Pause,
    WorkCalendar,
    deadline,
    deadlines_ms,
    due_soon,
    light,
    used_ms,
)
from dashboard.clocks.case_clock import Refusal
from dashboard.clocks.chinese_days import chinese_days, covered_years, source_of
from dashboard.clocks.city_calendar import city_calendar, clock_rules
from dashboard.clocks.deadline import HOUR_MS, NATURAL_DAY_MS
from dashboard.settings import Settings, SettingsError
from dashboard.words import WORDS

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = city_calendar(Settings(), {}, ())


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


# The table of holidays as the State Council's notices of 2023 to 2026 print it, and the statutory
# days of 2027: written by hand, to check the packages that seed the calendar.
_NOTICES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("元旦", "2022-12-31", "2023-01-02", ()),
    ("春节", "2023-01-21", "2023-01-27", ("2023-01-28", "2023-01-29")),
    ("清明节", "2023-04-05", "2023-04-05", ()),
    ("劳动节", "2023-04-29", "2023-05-03", ("2023-04-23", "2023-05-06")),
    ("端午节", "2023-06-22", "2023-06-24", ("2023-06-25",)),
    ("中秋节、国庆节", "2023-09-29", "2023-10-06", ("2023-10-07", "2023-10-08")),
    ("元旦", "2023-12-30", "2024-01-01", ()),
    ("春节", "2024-02-10", "2024-02-17", ("2024-02-04", "2024-02-18")),
    ("清明节", "2024-04-04", "2024-04-06", ("2024-04-07",)),
    ("劳动节", "2024-05-01", "2024-05-05", ("2024-04-28", "2024-05-11")),
    ("端午节", "2024-06-08", "2024-06-10", ()),
    ("中秋节", "2024-09-15", "2024-09-17", ("2024-09-14",)),
    ("国庆节", "2024-10-01", "2024-10-07", ("2024-09-29", "2024-10-12")),
    ("元旦", "2025-01-01", "2025-01-01", ()),
    ("春节", "2025-01-28", "2025-02-04", ("2025-01-26", "2025-02-08")),
    ("清明节", "2025-04-04", "2025-04-06", ()),
    ("劳动节", "2025-05-01", "2025-05-05", ("2025-04-27",)),
    ("端午节", "2025-05-31", "2025-06-02", ()),
    ("国庆节、中秋节", "2025-10-01", "2025-10-08", ("2025-09-28", "2025-10-11")),
    ("元旦", "2026-01-01", "2026-01-03", ("2026-01-04",)),
    ("春节", "2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    ("清明节", "2026-04-04", "2026-04-06", ()),
    ("劳动节", "2026-05-01", "2026-05-05", ("2026-05-09",)),
    ("端午节", "2026-06-19", "2026-06-21", ()),
    ("中秋节", "2026-09-25", "2026-09-27", ()),
    ("国庆节", "2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
    # 2027: the statutory days alone; the notice with the make-up days comes in November 2026.
    ("元旦", "2027-01-01", "2027-01-01", ()),
    ("春节", "2027-02-05", "2027-02-08", ()),
    ("清明节", "2027-04-05", "2027-04-05", ()),
    ("劳动节", "2027-05-01", "2027-05-02", ()),
    ("端午节", "2027-06-09", "2027-06-09", ()),
    ("中秋节", "2027-09-15", "2027-09-15", ()),
    ("国庆节", "2027-10-01", "2027-10-03", ()),
)


def test_the_seed_equals_the_notices_day_by_day() -> None:
    free: set[date] = set()
    made_up: set[date] = set()
    for _, first, last, worked in _NOTICES:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            free.add(day)
            day += timedelta(days=1)
        made_up |= {date.fromisoformat(text) for text in worked}
    day = date(2022, 12, 31)
    while day <= date(2027, 12, 31):
        works = day in made_up or (day.weekday() < 5 and day not in free)
        assert CALENDAR.is_working_day(day) == works, day
        day += timedelta(days=1)


def test_the_seed_names_its_days_and_its_source() -> None:
    names = {given.day: given.name for given in chinese_days()}
    assert names[date(2026, 2, 17)] == "春节"
    assert names[date(2026, 2, 14)] == "春节调休"
    assert names[date(2027, 2, 5)] == "春节"  # 除夕
    assert not {name for name in names.values() if name.isascii()}
    assert source_of(2026).startswith("chinesecalendar ")
    assert source_of(2027).startswith("holidays ")
    assert min(covered_years()) <= 2015 and 2026 in covered_years() and 2027 not in covered_years()


def test_later_years_have_the_statutory_days_alone() -> None:
    later = [given.day for given in chinese_days(2028) if given.day.year == 2028]
    assert date(2028, 10, 1) in later
    assert len(later) == 13 - 1  # 中秋节 falls on 3 October, one of the three days of 国庆节
    assert not any(given.is_working_day for given in chinese_days(2028) if given.day.year >= 2027)


def test_the_calendar_of_a_city_follows_its_settings_and_its_table() -> None:
    noon = Settings(working_hours="09:00-12:00, 13:30-17:30")
    calendar = city_calendar(noon, {date(2026, 11, 18): False}, {2026})
    assert calendar.day_ms == 7 * HOUR_MS
    assert not calendar.is_working_day(date(2026, 11, 18))
    assert calendar.is_working_day(date(2026, 10, 1))  # what is entered counts, nothing else
    assert calendar.covers(2026) and not calendar.covers(2025)
    assert city_calendar(noon, {date(2026, 11, 18): False}, {2026}) is calendar
    other = city_calendar(noon, {date(2026, 11, 19): False}, {2026})
    assert other.fingerprint != calendar.fingerprint
    assert city_calendar(Settings(), {}, ()).fingerprint != calendar.fingerprint
    boston = city_calendar(Settings(city_time_zone="America/New_York"), {}, ())
    assert boston.is_working_day(date(2026, 10, 1)) and not boston.covers(2026)


def test_the_rules_of_a_city_follow_its_settings() -> None:
    rules = clock_rules(
        Settings(
            due_soon_ratio=0.7, extensions_allowed=1, suspension_limit_days=30,
            closing_limits="0.5 urgent_hour, 1 work_day",
        )
    )  # fmt: skip
    assert (rules.due_soon_ratio, rules.extensions_allowed) == (0.7, 1)
    assert rules.suspension_limit_ms == 30 * NATURAL_DAY_MS
    assert rules.after_handling == (Limit("urgent_hour", 0.5), Limit("work_day", 1))
    assert clock_rules(Settings()).after_handling == ()
    with pytest.raises(SettingsError, match="closing_limits"):
        Settings(closing_limits="1 fortnight")


def test_every_light_and_every_refusal_has_its_words() -> None:
    wanted = {f"clock.light.{one}" for one in Light} | {f"clock.refused.{one}" for one in Refusal}
    assert wanted <= set(WORDS)
