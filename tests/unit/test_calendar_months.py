"""A year of the working calendar as people read it: kinds of days, months, holidays."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.readings.calendar_months import (
    counts_of,
    day_name,
    holidays_of,
    kind_of,
    months_of,
    span_days,
)
from dashboard.readings.calendar_page import known_year
from data_access.calendar import EnteredDay

# The notice for 2026 around 国庆节, as the State Council wrote it; and New Year across the years.
DAYS = [
    *(EnteredDay(day=day, is_working_day=False, name="国庆节")
      for day in span_days(date(2026, 10, 1), date(2026, 10, 7))),
    EnteredDay(day=date(2026, 9, 20), is_working_day=True, name="国庆节调休"),
    EnteredDay(day=date(2026, 10, 10), is_working_day=True, name="国庆节调休"),
    *(EnteredDay(day=day, is_working_day=False, name="元旦")
      for day in span_days(date(2025, 12, 31), date(2026, 1, 2))),
    EnteredDay(day=date(2025, 10, 11), is_working_day=True, name="国庆节调休"),
    EnteredDay(day=date(2026, 3, 4), is_working_day=False),
]  # fmt: skip
LISTED = {day.day: day for day in DAYS}


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 3, 2), "working"),  # an ordinary Monday
        (date(2026, 3, 7), "weekend"),
        (date(2026, 10, 1), "holiday"),
        (date(2026, 10, 4), "holiday"),  # a Sunday inside the holiday
        (date(2026, 10, 10), "makeup"),  # a Saturday that is worked
        (date(2026, 3, 4), "holiday"),  # entered without a name
    ],
)
def test_kinds_of_days(day: date, kind: str) -> None:
    assert kind_of(day, LISTED) == kind


def test_months_hold_every_day_of_the_year_once_under_its_weekday() -> None:
    months = months_of(2026, LISTED, today=date(2026, 11, 22))
    assert [month["month"] for month in months] == list(range(1, 13))
    cells = [
        (place, cell) for month in months for week in month["weeks"]
        for place, cell in enumerate(week) if cell is not None
    ]  # fmt: skip
    days = [date.fromisoformat(cell["on"]) for _, cell in cells]
    assert days == span_days(date(2026, 1, 1), date(2026, 12, 31))
    assert all(day.weekday() == place for (place, _), day in zip(cells, days, strict=True))
    assert [cell["on"] for _, cell in cells if cell["is_today"]] == ["2026-11-22"]
    assert all(len(week) == 7 for month in months for week in month["weeks"])


def test_counts_add_up_to_the_year() -> None:
    counts = counts_of(2026, LISTED)
    assert sum(counts.values()) == 365
    assert counts["makeup"] == 2
    assert counts["holiday"] == 7 + 2 + 1
    assert sum(counts_of(2028, {}).values()) == 366


def test_holidays_are_written_as_the_notice_writes_them() -> None:
    new_year, unnamed, national = holidays_of(2026, LISTED)
    # It began the year before; the make-up day of another year's holiday is not its own.
    assert (new_year["from_on"], new_year["to_on"], new_year["days"]) == (
        "2025-12-31", "2026-01-02", 3,
    )  # fmt: skip
    assert unnamed == {
        "name": "", "from_on": "2026-03-04", "to_on": "2026-03-04", "days": 1, "makeups": [],
    }  # fmt: skip
    assert national["days"] == 7
    assert national["makeups"] == ["2026-09-20", "2026-10-10"]
    assert holidays_of(2027, LISTED) == []


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("国庆节", "National Day"),
        ("中秋节、国庆节", "Mid-Autumn Festival / National Day"),
        ("春节调休", "Spring Festival (make-up day)"),
        ("市庆", "市庆"),  # a city's own day keeps the name it was given
        (None, ""),
    ],
)
def test_public_holidays_have_english_names(name: str | None, english: str) -> None:
    assert day_name(name, "en") == english
    assert day_name(name, "zh") == (name or "")


@pytest.mark.parametrize("text", [None, "", "abc", "1999", "99999", "-2026", "２０２６x", "2101"])
def test_odd_years_of_an_address_are_this_year(text: str | None) -> None:
    assert known_year(text, date(2026, 11, 22)) == 2026


def test_a_known_year_is_taken() -> None:
    assert known_year("2027", date(2026, 11, 22)) == 2027
