"""Editing the working calendar: what is written, what is refused, and what pages then say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.readings.calendar_page import (
    DaysDraft,
    YearDraft,
    read_calendar_year,
    save_days,
    save_year,
)
from dashboard.readings.reader import Reader
from dashboard.readings.thresholds import EditingOffError
from dashboard.settings import Settings
from data_access.calendar import read_calendar_days
from data_access.engine import begin_read
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAYS = DaysDraft(
    from_on="2027-02-06", to_on="2027-02-07", kind="holiday", name="春节", entered_by="张三"
)
YEAR = YearDraft(year="2027", is_complete=True, document="国办发明电〔2026〕9号", entered_by="张三")


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    """A reader with editing on, over the small city without cases, on 2 November 2026."""
    plant_city(engine)
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, replace(settings, editing=True), build="test", now=lambda: NOW)
    made.ticker.look()
    yield made


def _listed(reader: Reader) -> dict[date, bool]:
    with begin_read(reader.engine) as connection:
        return read_calendar_days(connection)


def _cell(reader: Reader, day: str) -> dict[str, Any]:
    year = read_calendar_year(reader, day[:4], "zh")
    cells = [c for m in year["months"] for week in m["weeks"] for c in week if c is not None]
    return next(cell for cell in cells if cell["on"] == day)


def test_days_are_entered_changed_and_made_plain_again(reader: Reader) -> None:
    assert save_days(reader, DAYS) == (2, {})
    assert _cell(reader, "2027-02-06")["kind"] == "holiday"  # a Saturday
    assert _cell(reader, "2027-02-06")["name"] == "春节"
    assert _cell(reader, "2027-02-06")["is_edited"]
    assert save_days(reader, DAYS) == (0, {})  # says so already
    worked = replace(DAYS, to_on="", kind="working", name="春节调休")
    assert save_days(reader, worked) == (1, {})
    assert _cell(reader, "2027-02-06")["kind"] == "makeup"
    assert _cell(reader, "2027-02-07")["kind"] == "holiday"
    assert save_days(reader, replace(DAYS, kind="plain")) == (2, {})
    assert _cell(reader, "2027-02-06")["kind"] == "weekend"
    assert not _cell(reader, "2027-02-06")["is_edited"]


def test_every_edit_moves_the_version(reader: Reader) -> None:
    before = reader.ticker.latest.version
    save_days(reader, DAYS)
    save_year(reader, YEAR)
    assert reader.ticker.latest.version >= before + 2


def test_a_complete_year_takes_the_warning_from_every_page(reader: Reader) -> None:
    for year in ("2026", "2027"):
        assert reader.head(None, None, "zh")["calendar_notice"]["year"] == int(year)
        assert reader.board(None, None, "zh")["calendar_notice"]["year"] == int(year)
        assert save_year(reader, replace(YEAR, year=year)) == {}
        shown = read_calendar_year(reader, year, "zh")
        assert shown["is_complete"]
        assert (shown["document"], shown["entered_by"], shown["entered_on"]) == (
            YEAR.document, "张三", "2026-11-02",
        )  # fmt: skip
    assert reader.head(None, None, "zh")["calendar_notice"] is None
    assert save_year(reader, replace(YEAR, is_complete=False)) == {}
    notice = reader.head(None, None, "en")["calendar_notice"]
    assert notice["year"] == 2027
    assert "2027" in notice["text"]


def test_before_november_the_next_year_may_be_missing(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    october = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)  # 23:59 in the city
    refresh(engine, settings=settings, now=october)
    clock = [october]
    made = Reader(engine, replace(settings, editing=True), build="test", now=lambda: clock[0])
    made.ticker.look()
    save_year(made, replace(YEAR, year="2026"))
    assert made.head(None, None, "zh")["calendar_notice"] is None
    clock[0] = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # the first of November
    assert made.head(None, None, "zh")["calendar_notice"]["year"] == 2027


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"from_on": ""}, {"from_on": "calendar.wrong.day"}),
        ({"from_on": "2027-13-01"}, {"from_on": "calendar.wrong.day"}),
        ({"from_on": "1000-01-01"}, {"from_on": "calendar.wrong.day"}),
        ({"to_on": "2027-02-05"}, {"to_on": "calendar.wrong.order"}),
        ({"to_on": "2027-03-09"}, {"to_on": "calendar.wrong.span"}),
        ({"kind": "rest"}, {"kind": "form.wrong.missing"}),
        ({"entered_by": "  "}, {"entered_by": "form.wrong.missing"}),
        ({"name": "春" * 31}, {"name": "form.wrong.long"}),
        ({"name": "\x00"}, {"name": "form.wrong.long"}),
    ],
)
def test_wrong_days_are_named_and_nothing_is_written(
    reader: Reader, changes: dict[str, str], wrong: dict[str, str]
) -> None:
    before = _listed(reader)
    assert save_days(reader, replace(DAYS, **changes)) == (0, wrong)
    assert _listed(reader) == before


@pytest.mark.parametrize("changes", [{"document": ""}, {"entered_by": ""}, {"year": "27"}])
def test_wrong_years_are_named(reader: Reader, changes: dict[str, str]) -> None:
    assert save_year(reader, replace(YEAR, **changes)) != {}
    assert not read_calendar_year(reader, "2027", "zh")["is_complete"]


def test_a_year_can_be_reopened_without_a_document(reader: Reader) -> None:
    save_year(reader, YEAR)
    assert save_year(reader, replace(YEAR, is_complete=False, document="")) == {}
    assert not read_calendar_year(reader, "2027", "zh")["is_complete"]


def test_with_editing_off_nothing_can_be_changed(reader: Reader) -> None:
    reader.settings = replace(reader.settings, editing=False)
    before = _listed(reader)
    with pytest.raises(EditingOffError):
        save_days(reader, DAYS)
    with pytest.raises(EditingOffError):
        save_year(reader, YEAR)
    assert _listed(reader) == before


def test_the_page_says_the_working_hours_of_the_settings(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    own = replace(settings, working_hours="09:00-12:00, 13:30-17:00")
    refresh(engine, settings=own, now=NOW)
    shown = read_calendar_year(Reader(engine, own, build="test", now=lambda: NOW), None, "zh")
    assert shown["year"] == 2026
    assert shown["slots"] == ["09:00–12:00", "13:30–17:00"]
    assert shown["hours"] == 6.5
    assert not shown["can_edit"]
