"""The catalogue and a KPI's page over a store: the same numbers everywhere, for every KPI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.readings.as_known_page import read_as_known
from dashboard.readings.explain import explain
from dashboard.readings.kpi_page import read_kpi_page
from dashboard.readings.reader import Reader
from dashboard.readings.thresholds import ThresholdDraft, save_thresholds
from dashboard.readings.view import UnknownAreaError
from dashboard.settings import Settings
from jobs.refresh_rollups import refresh
from tests.store.history import History, plant_city

RATE = "case.on_time_closure_rate"


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    """A reader with editing on, over the small city after ninety changes."""
    plant_city(engine)
    history = History(engine, Random(23))
    for _ in range(90):
        history.step()
    history.pass_time()
    refresh(engine, settings=settings, now=history.now)
    made = Reader(engine, replace(settings, editing=True), build="test", now=lambda: history.now)
    made.ticker.look()
    yield made


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("area", [None, "A02", "A07"])
def test_the_catalogue_holds_every_kpi_once_and_says_what_its_definition_says(
    reader: Reader, area: str | None, lang: str
) -> None:
    catalogue = reader.catalogue_document(area, "year", lang).data
    items = [item for group in catalogue["groups"] for item in group["items"]]
    assert sorted(item["key"] for item in items) == sorted(CATALOGUE)
    assert sum(catalogue["levels"].values()) == len(items)
    for item in items:
        told = explain(reader, area, "year", item["key"], lang)
        assert (told.text, told.level, told.state) == (item["text"], item["level"], item["state"])
        assert told.name == item["name"]
        assert len(told.spark) <= 30


def test_a_page_stands_at_once_and_the_slow_numbers_follow(reader: Reader) -> None:
    def items() -> dict[str, dict[str, object]]:
        groups = reader.catalogue("A02", "year", "zh")["groups"]
        return {item["key"]: item for group in groups for item in group["items"]}

    quick = items()
    pending = {key for key, item in quick.items() if item["state"] == "pending"}
    assert {"case.time_to_close", "patrol.twice_daily_rate"} <= pending
    assert "case.accepted" not in pending
    full = reader.catalogue_document("A02", "year", "zh").data["groups"]
    known = {item["key"]: item for group in full for item in group["items"]}
    assert not {key for key, item in known.items() if item["state"] == "pending"}
    assert {key: known[key] for key in known.keys() - pending} == {
        key: quick[key] for key in quick.keys() - pending
    }
    assert items() == known  # kept: the next page has everything


def test_an_unknown_area_is_said(reader: Reader) -> None:
    with pytest.raises(UnknownAreaError):
        reader.catalogue("nowhere", "year", "zh")


def test_a_kpi_page_tells_every_version(reader: Reader) -> None:
    today = reader.now().astimezone(reader.settings.city_zone).date()
    draft = ThresholdDraft(
        kpi_key=RATE, good="92.5", warn="80", effective_on=today.isoformat(), document="甲文件",
        note="试行", entered_by="张三", is_past_meant=False,
    )  # fmt: skip
    later = replace(draft, good="99", effective_on=(today + timedelta(days=30)).isoformat())
    assert read_kpi_page(reader, RATE, "zh")["versions"][0]["state"] == "now"
    for one in (draft, later):
        assert save_thresholds(reader, one)[1] == {}
    detail = read_kpi_page(reader, RATE, "zh")
    assert [(one["version"], one["state"]) for one in detail["versions"]] == [
        (2, "later"), (1, "now"), (0, "past"),
    ]  # fmt: skip
    own = detail["versions"][1]
    assert (own["good"], own["warn"], own["bad"]) == ("≥ 92.5%", "≥ 80%", "< 80%")
    assert (own["document"], own["note"], own["entered_by"]) == ("甲文件", "试行", "张三")
    assert (detail["good"], detail["warn"]) == ("92.5", "80")
    assert detail["vectors"]


def test_every_kpi_has_a_page_and_an_unknown_one_has_not(reader: Reader) -> None:
    for key in CATALOGUE:
        detail = read_kpi_page(reader, key, "en")
        assert detail["definition"]["key"] == key
        assert all(one["expected"] for one in detail["vectors"])
    with pytest.raises(KeyError):
        read_kpi_page(reader, "case.nothing", "zh")


@pytest.mark.parametrize("asked", ["yesterday", "2026-13-01T00:00", "2999-01-01T00:00",
                                   "2026-01-01T00:00+00:00", "0001-01-01T00:00"])  # fmt: skip
def test_odd_moments_are_said_and_nothing_is_compared(reader: Reader, asked: str) -> None:
    found = read_as_known(reader, "A01", "year", RATE, asked, "zh")
    assert found["problem"]
    assert found["report"] is None


def test_a_figure_made_again_adds_up(reader: Reader) -> None:
    reader.now = lambda: datetime.now(UTC)  # the journal of changes has the clock of the database
    then = reader.now().astimezone(reader.settings.city_zone) - timedelta(hours=2)
    found = read_as_known(reader, "A01", "2026", RATE, f"{then:%Y-%m-%dT%H:%M}", "zh")
    report = found["report"]
    assert sum(report["counts"].values()) == report["total"] == len(report["rows"]) > 5
    assert all(row["why"] for row in report["rows"])
    for side, name in enumerate(("numerator", "denominator")):
        gained = sum(int(row["now"][side]) - int(row["then"][side]) for row in report["rows"])
        assert int(report["now"][name]) - int(report["then"][name]) == gained
    assert read_as_known(reader, "A01", "year", "duty.load", "2020-01-01T00:00", "zh")["problem"]
    assert read_as_known(reader, "A01", "year", RATE, "", "zh") == {
        "asked": "", "problem": None, "report": None,
    }  # fmt: skip
