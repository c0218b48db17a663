"""What will be overdue tonight and by Monday's meeting, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, insert

from dashboard.clocks.forecast import next_meeting, tonight
from dashboard.readings.forecast import becoming_overdue, overdue_forecast
from dashboard.settings import Settings
from data_access.case_lists import count_overdue
from data_access.engine import begin_read, begin_write
from data_access.forecasts import OverdueForecast, read_overdue_forecast
from data_access.rollup_reads import read_area
from data_access.slices import Slice
from data_access.tables import case_suspensions, cases
from jobs.rebuild_rollups import rebuild
from tests.store.history import plant_city

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


NOW = at("2026-11-19 15:00")  # a Thursday
TONIGHT, MEETING = at("2026-11-20 00:00"), at("2026-11-23 07:00")


@pytest.mark.parametrize(
    ("now", "meeting"),
    [
        ("2026-11-19 15:00", "2026-11-23 07:00"),
        ("2026-11-23 06:59", "2026-11-23 07:00"),  # on the morning itself
        ("2026-11-23 07:00", "2026-11-30 07:00"),
        ("2026-11-22 23:59", "2026-11-23 07:00"),
        ("2026-11-23 00:00", "2026-11-23 07:00"),
    ],
)
def test_the_next_meeting_is_monday_at_seven(now: str, meeting: str) -> None:
    assert next_meeting(at(now), "Asia/Shanghai") == at(meeting)


def test_tonight_is_midnight_of_the_city() -> None:
    assert tonight(NOW, "Asia/Shanghai") == TONIGHT
    assert tonight(at("2026-11-19 23:59"), "Asia/Shanghai") == TONIGHT
    assert tonight(TONIGHT, "Asia/Shanghai") == TONIGHT + timedelta(days=1)
    winter = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)  # 00:30 in New York, a day of 25 hours
    assert tonight(winter, "America/New_York") == datetime(2026, 11, 2, 5, tzinfo=UTC)


def plant(connection: Connection, case_id: int, deadline: str | None, **more: Any) -> None:
    values: dict[str, Any] = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 1, "source_ref": str(case_id),
        "category_id": 1, "area_id": 7, "state": "handling", "reported_at": at("2026-11-01 00:00"),
        "accepted_at": at("2026-11-01 00:00"), "ingested_at": NOW, "updated_at": NOW,
        "deadline_at": None if deadline is None else at(deadline),
    }  # fmt: skip
    connection.execute(insert(cases).values(**values | more))


@pytest.fixture
def city(engine: Engine) -> Engine:
    plant_city(engine)
    with begin_write(engine) as connection:
        plant(connection, 1, "2026-11-18 09:00")  # overdue now
        plant(connection, 2, "2026-11-19 15:00")  # its own moment has not passed
        plant(connection, 3, "2026-11-19 23:59")
        plant(connection, 4, "2026-11-20 00:00")  # not overdue at midnight itself
        plant(connection, 5, "2026-11-23 06:59", area_id=10)
        plant(connection, 6, "2026-11-23 07:00")
        plant(connection, 7, None)
        plant(connection, 8, "2026-11-19 20:00", state="closed", closed_at=NOW)
        plant(connection, 9, "2026-11-19 20:00", state="void", voided_at=NOW)
        plant(connection, 10, "2026-11-19 20:00", accepted_at=None, state="reported")
        plant(connection, 11, "2026-11-19 20:00", timeout_exempt=True)
        plant(connection, 12, "2026-11-18 20:00", state="suspended", timeout_exempt=True)
        plant(connection, 13, "2026-11-22 20:00", state="suspended")
        plant(connection, 14, "2026-11-19 20:00", category_id=2)
        for case_id in (12, 13, 14):
            ended = at("2026-11-19 12:00") if case_id == 14 else None
            connection.execute(
                insert(case_suspensions).values(
                    case_id=case_id, seq=1, started_at=at("2026-11-18 00:00"), ended_at=ended
                )
            )
    rebuild(engine, settings=SETTINGS, now=NOW)
    return engine


def forecast(
    engine: Engine, code: str = "A01", until: Any = (TONIGHT, MEETING), **more: Any
) -> list[OverdueForecast]:
    with begin_read(engine) as connection:
        area = read_area(connection, code)
        assert area is not None
        return read_overdue_forecast(connection, area, NOW, until, **more)


def test_what_will_be_overdue_if_nothing_is_done(city: Engine) -> None:
    assert forecast(city) == [
        OverdueForecast(until=TONIGHT, overdue_now=1, becoming=3, suspended=1, exempt=1),
        OverdueForecast(until=MEETING, overdue_now=1, becoming=5, suspended=2, exempt=1),
    ]
    assert [one.overdue_then for one in forecast(city)] == [4, 6]


def test_children_add_up_and_a_slice_is_counted_alone(city: Engine) -> None:
    parts = [forecast(city, code)[1] for code in ("A02", "A03")]
    assert [one.becoming for one in parts] == [4, 1]
    assert forecast(city, chosen=Slice(category_ids=(2,)))[0].becoming == 1
    assert forecast(city, until=()) == []


def test_the_forecast_is_the_stock_of_that_moment_when_nothing_happens(city: Engine) -> None:
    with begin_read(city) as connection:
        area = read_area(connection, "A01")
        assert area is not None
        for moment in (TONIGHT, MEETING, MEETING + timedelta(days=30)):
            (one,) = read_overdue_forecast(connection, area, NOW, [moment])
            assert one.overdue_then == count_overdue(connection, area, moment)


def test_the_reading_names_the_moments_and_lists_the_cases(city: Engine) -> None:
    with begin_read(city) as connection:
        area = read_area(connection, "A01")
        assert area is not None
        rows = overdue_forecast(connection, area, settings=SETTINGS, now=NOW, as_of=NOW)
        assert [(row["key"], row["overdue_then"], row["becoming"]) for row in rows] == [
            ("tonight", 4, 3), ("meeting", 6, 5),
        ]  # fmt: skip
        asked = {"settings": SETTINGS, "now": NOW, "as_of": NOW, "lang": "zh"}
        listed = becoming_overdue(connection, area, "meeting", **asked)
        assert [row["case_id"] for row in listed] == [2, 14, 3, 4, 5]
        assert len(listed) == rows[1]["becoming"]
        assert becoming_overdue(connection, area, "tonight", limit=1, **asked) == listed[:1]
        with pytest.raises(KeyError):
            becoming_overdue(connection, area, "someday", **asked)


def test_on_a_sunday_night_the_meeting_comes_after_midnight(city: Engine) -> None:
    sunday, monday = at("2026-11-22 12:00"), at("2026-11-23 01:00")
    with begin_read(city) as connection:
        area = read_area(connection, "A01")
        assert area is not None
        for now, keys in ((sunday, ["tonight", "meeting"]), (monday, ["meeting", "tonight"])):
            rows = overdue_forecast(connection, area, settings=SETTINGS, now=now, as_of=now)
            assert [row["key"] for row in rows] == keys
