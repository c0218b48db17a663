"""The editable calendar in both stores: seeding, editing by hand, missing years, its records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update

from dashboard.readings.calendars import calendar_of
from dashboard.settings import Settings
from data_access.calendar import (
    DeadlineMove,
    EnteredDay,
    EnteredYear,
    delete_entered_days,
    missing_years,
    needed_years,
    read_calendar_days,
    read_deadline_changes,
    read_deadline_moves,
    read_entered_days,
    read_entered_years,
    save_deadline_changes,
    save_entered_days,
    save_entered_year,
)
from data_access.engine import begin_read, begin_write
from data_access.tables import calendar_days, calendar_years
from data_access.types import to_epoch_ms
from jobs.check import check
from jobs.first_start import prepare_schema
from jobs.seed_calendar import ENTERED_BY, ORIGIN, seed_calendar

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def seeded(engine: Engine) -> Engine:
    with begin_write(engine) as connection:
        seed_calendar(connection, today=TODAY, now=NOW)
    return engine


def test_the_seed_covers_the_past_and_the_next_year(seeded: Engine) -> None:
    with begin_read(seeded) as connection:
        years = {year.year: year for year in read_entered_years(connection)}
        days = read_entered_days(connection, date(2026, 10, 1), date(2026, 10, 10))
        calendar = calendar_of(connection, Settings())
    assert (years[2026].is_complete, years[2027].is_complete) == (True, False)
    assert max(years) == 2027
    assert years[2026].entered_by == ENTERED_BY
    assert years[2026].entered_at == NOW
    assert (years[2026].document or "").startswith("chinesecalendar ")
    assert [one.day.day for one in days] == [1, 2, 3, 4, 5, 6, 7, 10]
    assert days[-1] == EnteredDay(
        day=date(2026, 10, 10), is_working_day=True, name="国庆节调休", origin=ORIGIN
    )
    assert calendar.covers(2026) and not calendar.covers(2027)
    assert not calendar.is_working_day(date(2027, 2, 5))


def test_seeding_again_changes_nothing(seeded: Engine) -> None:
    with begin_write(seeded) as connection:
        before = read_entered_days(connection, date(2000, 1, 1), date(2030, 1, 1))
        assert seed_calendar(connection, today=TODAY, now=NOW + timedelta(days=1)) == []
        assert read_entered_days(connection, date(2000, 1, 1), date(2030, 1, 1)) == before
        assert seed_calendar(connection, today=date(2027, 1, 1), now=NOW) == [2028]


def test_days_entered_by_hand_and_complete_years_are_left_alone(seeded: Engine) -> None:
    closed = EnteredDay(day=date(2026, 11, 20), is_working_day=False, name="市庆", origin="王")
    moved = EnteredDay(day=date(2027, 2, 5), is_working_day=True, name="上班", origin="王")
    with begin_write(seeded) as connection:
        connection.execute(delete(calendar_years).where(calendar_years.c.year == 2026))
        assert save_entered_days(connection, [closed, moved]) == 2
        save_entered_year(connection, EnteredYear(year=2027, is_complete=True, document="通知"))
        assert seed_calendar(connection, today=TODAY, now=NOW) == [2026]
        days = read_calendar_days(connection)
        years = {year.year: year for year in read_entered_years(connection)}
    assert days[closed.day] is False
    assert days[moved.day] is True
    assert years[2027].document == "通知"


def test_a_year_whose_notice_has_come_is_completed(seeded: Engine) -> None:
    """An older program had the statutory days of 2026 alone; a newer package knows the notice."""
    wrong = EnteredDay(day=date(2026, 3, 3), is_working_day=False, name="误", origin=ORIGIN)
    with begin_write(seeded) as connection:
        save_entered_days(connection, [wrong])
        connection.execute(delete(calendar_days).where(calendar_days.c.day == date(2026, 10, 10)))
        connection.execute(
            update(calendar_years).where(calendar_years.c.year == 2026).values(is_complete=False)
        )
        assert seed_calendar(connection, today=TODAY, now=NOW) == [2026]
        days = read_calendar_days(connection)
    assert days[date(2026, 10, 10)] is True
    assert wrong.day not in days


@pytest.mark.parametrize(
    ("today", "needed"),
    [("2026-01-01", (2026,)), ("2026-10-31", (2026,)), ("2026-11-01", (2026, 2027))],
)
def test_the_next_year_is_needed_from_november(today: str, needed: tuple[int, ...]) -> None:
    assert needed_years(date.fromisoformat(today)) == needed


def test_missing_years_are_those_without_make_up_days(seeded: Engine) -> None:
    with begin_write(seeded) as connection:
        assert missing_years(connection, date(2026, 10, 31)) == []
        assert missing_years(connection, date(2026, 11, 1)) == [2027]
        save_entered_year(connection, EnteredYear(year=2027, is_complete=True))
        assert missing_years(connection, date(2026, 11, 1)) == []
        assert missing_years(connection, date(2028, 12, 1)) == [2028, 2029]


def test_days_are_saved_once_and_made_plain_again(engine: Engine) -> None:
    day = EnteredDay(day=date(2026, 11, 20), is_working_day=False, name="市庆")
    with begin_write(engine) as connection:
        assert save_entered_days(connection, []) == 0
        assert save_entered_days(connection, [day]) == 1
        assert save_entered_days(connection, [day]) == 0
        assert save_entered_days(connection, [replace(day, name="市庆日")]) == 1
        assert read_entered_days(connection, day.day, day.day) == [replace(day, name="市庆日")]
        assert delete_entered_days(connection, [day.day]) == 1
        assert read_calendar_days(connection) == {}


def test_a_store_in_china_without_entered_days_has_the_built_in_ones(engine: Engine) -> None:
    with begin_write(engine) as connection:
        calendar = calendar_of(connection, Settings())
        assert calendar.covers(2026) and not calendar.is_working_day(date(2026, 10, 1))
        boston = calendar_of(connection, Settings(city_time_zone="America/New_York"))
        assert not boston.covers(2026) and boston.is_working_day(date(2026, 10, 1))
        save_entered_days(connection, [EnteredDay(day=date(2026, 11, 20), is_working_day=False)])
        entered = calendar_of(connection, Settings(working_hours="09:00-17:00"))
    assert entered.is_working_day(date(2026, 10, 1))
    assert not entered.is_working_day(date(2026, 11, 20))
    assert entered.day_ms == 8 * 3_600_000


def test_preparing_a_store_seeds_the_calendar_in_china_only(settings: Settings) -> None:
    prepare_schema(settings)
    prepare_schema(settings)
    abroad = replace(
        settings,
        city_time_zone="America/New_York",
        database_url=settings.database_url.replace("yiwang.db", "boston.db"),
    )
    prepare_schema(abroad)
    from data_access.engine import open_engine

    for wanted, store in ((True, settings), (False, abroad)):
        engine = open_engine(store.database_url)
        with begin_read(engine) as connection:
            assert bool(read_calendar_days(connection)) is wanted
            assert bool(connection.execute(select(calendar_years)).all()) is wanted
        engine.dispose()


def test_changes_of_deadlines_are_kept_and_counted(engine: Engine) -> None:
    old, new = to_epoch_ms(NOW), to_epoch_ms(NOW + timedelta(hours=8))

    def change(case_id: int, at: datetime, reason: str) -> dict[str, object]:
        return {
            "case_id": case_id, "changed_at": to_epoch_ms(at), "reason": reason,
            "old_deadline_handle_at": old, "new_deadline_handle_at": new,
            "old_deadline_at": None, "new_deadline_at": new,
        }  # fmt: skip

    later = NOW + timedelta(days=1)
    with begin_write(engine) as connection:
        save_deadline_changes(connection, [])
        save_deadline_changes(connection, [change(1, NOW, "calendar"), change(2, NOW, "calendar")])
        save_deadline_changes(
            connection, [change(1, later, "calendar"), change(1, later, "resume")]
        )
        moves = read_deadline_moves(connection, reasons=("calendar", "limit"), limit=10)
        rows = read_deadline_changes(connection, 1)
    assert moves == [
        DeadlineMove(changed_at=later, reason="calendar", cases=1),
        DeadlineMove(changed_at=NOW, reason="calendar", cases=2),
    ]
    assert [row["changed_at"] for row in rows] == [NOW, later, later]
    assert rows[0]["new_deadline_at"] == NOW + timedelta(hours=8)
    assert rows[0]["old_deadline_at"] is None


def test_check_notes_the_years_that_are_missing(settings: Settings) -> None:
    prepare_schema(settings)
    october, november = (
        [finding for finding in check(settings, now=now) if finding.text.startswith("calendar:")]
        for now in (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC))
    )
    assert october == []  # 20:00 in the city; four hours later it is November
    assert [(finding.level, "of 2027" in finding.text) for finding in november] == [("note", True)]
