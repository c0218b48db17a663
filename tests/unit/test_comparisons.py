"""What a window is compared with: like for like, to the minute, and around Spring Festival."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.readings.comparisons import KINDS, Compared, compared_window, usual_kind
from dashboard.readings.spring_festival import (
    FIRST_YEAR,
    LAST_YEAR,
    days_between_new_years,
    festival_days,
    festivals_held,
    festivals_touched,
    lunar_new_year,
)
from dashboard.readings.windows import PeriodRules, Window, resolve_window

ZONE = "Asia/Shanghai"
# Sunday 22 November 2026, 14:05 in the city.
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
CUT = time(14, 5)
DAY = timedelta(days=1)


def _at(key: str, now: datetime = NOW, rules: PeriodRules | None = None) -> Window:
    local = now.astimezone(ZoneInfo(ZONE))
    minute = local.hour * 60 + local.minute
    return resolve_window(key, local.date(), rules=rules or PeriodRules(), minute=minute)


def _compared(key: str, kind: str, now: datetime = NOW) -> Compared:
    found = compared_window(_at(key, now), kind, now, ZONE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "kind", "first", "last", "alignment"),
    [
        # a day against the same weekday
        ("today", "wow", "2026-11-15", "2026-11-15", "weekday"),
        ("today", "mom", "2026-10-25", "2026-10-25", "weekday"),
        ("today", "yoy", "2025-11-23", "2025-11-23", "weekday"),
        # a week to date against the same days
        ("week", "wow", "2026-11-09", "2026-11-15", "weekday"),
        ("week", "yoy", "2025-11-17", "2025-11-23", "weekday"),
        # a month to date against as many days of the month before
        ("month", "mom", "2026-10-01", "2026-10-22", "days"),
        ("month", "yoy", "2025-11-02", "2025-11-23", "weekday"),
        ("2026-11", "mom", "2026-10-01", "2026-10-22", "days"),
        # longer windows by date
        ("year", "yoy", "2025-01-01", "2025-11-22", "date"),
        ("d365", "yoy", "2024-11-23", "2025-11-22", "date"),
        # others against the days just before
        ("d7", "wow", "2026-11-09", "2026-11-15", "weekday"),
        ("d30", "before", "2026-09-24", "2026-10-23", "days"),
        ("d30", "mom", "2026-09-19", "2026-10-18", "weekday"),
        ("d1095", "before", "2020-11-24", "2023-11-23", "days"),
    ],
)
def test_running_windows(key: str, kind: str, first: str, last: str, alignment: str) -> None:
    """Every one is cut at the time of day it is now."""
    found = _compared(key, kind)
    assert (found.from_on.isoformat(), found.last_on.isoformat()) == (first, last)
    assert (found.cut, found.alignment, found.refusal) == (CUT, alignment, None)
    assert found.whole_until == found.last_on
    local = found.end.astimezone(ZoneInfo(ZONE))
    assert (local.date().isoformat(), local.time()) == (last, CUT)


@pytest.mark.parametrize(
    ("key", "kind", "first", "last"),
    [
        ("2026-11-20", "wow", "2026-11-13", "2026-11-13"),
        ("2026-10", "mom", "2026-09-01", "2026-09-30"),
        ("2026-10", "yoy", "2025-10-02", "2025-11-01"),
        ("2025", "yoy", "2024-01-01", "2024-12-31"),  # whole years, though 2024 had a day more
        ("2024", "yoy", "2023-01-01", "2023-12-31"),
        ("2026-11-01..2026-11-10", "before", "2026-10-22", "2026-10-31"),
    ],
)
def test_past_windows_are_compared_whole(key: str, kind: str, first: str, last: str) -> None:
    found = _compared(key, kind)
    assert (found.from_on.isoformat(), found.last_on.isoformat()) == (first, last)
    assert found.cut is None
    assert found.whole_until == found.last_on + DAY


def test_a_long_month_is_not_compared_beyond_a_short_one() -> None:
    found = _compared("month", "mom", datetime(2027, 5, 31, 6, 5, tzinfo=UTC))
    assert (found.from_on, found.last_on, found.cut) == (date(2027, 4, 1), date(2027, 4, 30), None)


def test_the_last_days_of_february_2028() -> None:
    """29 February has no date a year before: a long window from it begins on the 28th."""
    window = resolve_window("2028-02-29..2028-06-30", date(2028, 12, 1))
    found = compared_window(window, "yoy", datetime(2028, 12, 1, tzinfo=UTC), ZONE)
    assert found is not None
    assert (found.from_on, found.last_on) == (date(2027, 2, 28), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("today", {"before", "wow", "mom", "yoy"}),
        ("month", {"before", "mom", "yoy"}),
        ("year", {"before", "yoy"}),
        ("d1095", {"before"}),
        ("all", set()),
    ],
)
def test_a_window_longer_than_the_unit_has_no_such_comparison(key: str, kinds: set[str]) -> None:
    assert {kind for kind in KINDS if compared_window(_at(key), kind, NOW, ZONE)} == kinds


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="decade"):
        compared_window(_at("today"), "decade", NOW, ZONE)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("today", "wow"), ("2026-11-20", "wow"), ("week", "wow"), ("d7", "wow"),
        ("reportday", "wow"), ("month", "mom"), ("amonth", "mom"), ("A2026-10", "mom"),
        ("2026-05", "mom"), ("year", "yoy"), ("2024", "yoy"), ("d365", "yoy"), ("d30", "before"),
        ("d1095", "before"), ("2026-01-01..2026-05-05", "before"), ("all", None),
    ],
)  # fmt: skip
def test_the_usual_comparison(key: str, kind: str | None) -> None:
    assert usual_kind(_at(key)) == kind


def test_an_assessment_month_is_compared_with_the_one_before() -> None:
    window = _at("amonth", rules=PeriodRules(month_starts_on=19))
    found = compared_window(window, "mom", NOW, ZONE)
    assert found is not None
    assert (found.from_on, found.last_on, found.cut) == (
        date(2026, 10, 19),
        date(2026, 10, 22),
        CUT,
    )


def test_a_report_day_is_compared_with_that_of_a_week_ago() -> None:
    window = _at("reportday", rules=PeriodRules(day_starts_minutes=720))
    found = compared_window(window, "wow", NOW, ZONE)
    assert found is not None
    assert found.start == datetime(2026, 11, 15, 4, tzinfo=UTC)
    assert found.end == NOW - 7 * DAY


@given(
    key=st.sampled_from(["today", "week", "month", "year", "d7", "d30", "d365"]),
    kind=st.sampled_from(KINDS),
    now=st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),
)
def test_both_sides_have_the_same_length_and_never_overlap(
    key: str, kind: str, now: datetime
) -> None:
    now = now.replace(microsecond=0)
    window = _at(key, now)
    found = compared_window(window, kind, now, ZONE)
    if found is None or found.refusal is not None:
        return
    start, _ = window.bounds(ZONE)
    assert found.end <= start
    elapsed = now - start
    # Only where a month or a year before is shorter than what has passed of this one.
    assert found.end - found.start == elapsed or (found.end == start and key in ("month", "year"))
    if found.alignment == "weekday":
        assert found.from_on.weekday() == window.from_on.weekday()


def test_data_that_stand_still_are_compared_up_to_where_they_stand() -> None:
    """The jobs stopped at 09:00: nothing later is in the numbers of today."""
    as_of = NOW - timedelta(hours=5, minutes=5)
    found = compared_window(_at("today"), "wow", as_of, ZONE)
    assert found is not None and found.cut == time(9)
    before_today = compared_window(_at("today"), "wow", as_of - DAY, ZONE)
    assert before_today is not None
    assert before_today.start == before_today.end


# Spring Festival 春节, 除夕 to 正月十五: 2026 on 17 February, 2025 on 29 January.


def _in_2026(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["before", "wow", "mom"])
def test_the_festival_is_not_compared_with_ordinary_days(kind: str) -> None:
    assert _compared("today", kind, _in_2026(2, 18)).refusal == "spring_festival"
    assert _compared("today", kind, _in_2026(4, 18)).refusal is None


def test_nor_are_the_ordinary_days_after_it() -> None:
    assert _compared("today", "wow", _in_2026(3, 5)).refusal == "spring_festival"  # 正月十七
    assert _compared("today", "wow", _in_2026(3, 12)).refusal is None
    assert _compared("2026-03", "mom").refusal == "spring_festival"


def test_a_festival_day_is_compared_with_the_same_lunar_day() -> None:
    found = _compared("today", "yoy", _in_2026(2, 18))  # 正月初二
    assert (found.from_on, found.alignment, found.refusal) == (date(2025, 1, 30), "lunar", None)
    assert found.cut == CUT


def test_an_ordinary_day_is_not_compared_with_a_festival_day() -> None:
    found = _compared("today", "yoy", _in_2026(1, 28))  # 364 days before: 正月初一 2025
    assert (found.from_on, found.alignment) == (date(2025, 1, 9), "lunar")


def test_a_year_that_holds_the_whole_festival_is_compared_by_date() -> None:
    assert _compared("2026", "yoy").alignment == "date"
    found = _compared("year", "yoy", _in_2026(2, 20))  # only half of it so far
    assert (found.from_on, found.last_on) == (date(2024, 12, 13), date(2025, 2, 1))
    assert found.alignment == "lunar"


def test_the_dates_are_those_of_the_public_notices() -> None:
    """2024 to 2026, 国务院办公厅; and the years of the table are a year of twelve or thirteen moons
    apart."""
    known = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}
    assert {year: lunar_new_year(year) for year in known} == known
    lengths = {days_between_new_years(y, y - 1) for y in range(FIRST_YEAR + 1, LAST_YEAR + 1)}
    assert lengths <= {353, 354, 355, 383, 384, 385}
    assert lunar_new_year(FIRST_YEAR - 1) is lunar_new_year(LAST_YEAR + 1) is None


def test_the_dates_agree_with_an_independent_calendar() -> None:
    holidays = pytest.importorskip("chinese_calendar").holidays
    years = {day.year for day, name in holidays.items() if "Spring" in str(name)}
    assert years
    for year in years:
        assert "Spring" in str(holidays[lunar_new_year(year)])


def test_days_touched_and_held() -> None:
    assert festival_days(2026) == (date(2026, 2, 16), date(2026, 3, 4))
    assert festivals_touched(date(2026, 3, 3), date(2026, 3, 5)) == [2026]
    assert festivals_touched(date(2026, 3, 4), date(2026, 3, 5)) == []
    assert festivals_held(date(2026, 2, 16), date(2026, 3, 4)) == [2026]
    assert festivals_held(date(2026, 2, 17), date(2026, 3, 4)) == []


def test_beyond_the_known_years_the_festival_cannot_be_aligned() -> None:
    window = resolve_window("2000-02-06", date(2026, 11, 22))
    found = compared_window(window, "yoy", NOW, ZONE)
    assert found is not None and found.refusal == "spring_festival"
