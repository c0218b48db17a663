"""Slices: board, definition and list cut to a category, source or department say one number."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Engine, update
from starlette.requests import Request

from dashboard.api.live import board_answer
from dashboard.readings.case_list import list_cases
from dashboard.readings.explain import explain
from dashboard.readings.reader import Reader
from dashboard.readings.view import DIMENSIONS, SliceCodes, UnknownSliceError, slice_codes
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.rollups import save_state
from data_access.tables import categories
from tests.store.test_raw_totals import CODES, NOW, play


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    """A reader over a small city's random year."""
    play(engine, 21, settings, steps=20)
    with begin_write(engine) as connection:
        connection.execute(
            update(categories).where(categories.c.code == "c2").values(name_en="Lights")
        )
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    yield made


@pytest.mark.parametrize("area", [None, "A02", "A07"])
def test_board_definition_and_list_show_one_number(reader: Reader, area: str | None) -> None:
    for codes in CODES:
        _show_one_number(reader, area, codes)


def _show_one_number(reader: Reader, area: str | None, codes: SliceCodes) -> None:
    board = reader.board(area, "d365", "zh", codes)
    tiles = {tile["key"]: tile for tile in board["tiles"] + board["more"]}
    for key in ("case.accepted", "case.closed", "case.open", "case.on_time_closure_rate"):
        explanation = explain(reader, area, "d365", key, "zh", codes=codes)
        assert explanation.text == tiles[key]["text"]
        listed = list_cases(reader, area, "d365", key, codes=codes)
        assert listed.total == tiles[key]["numerator"]
    assert board["overdue"]["total"] == tiles["case.overdue"]["numerator"]
    assert board["trend"]["overdue"][-1] == tiles["case.overdue"]["numerator"]
    accepted = sum(part["value"] for part in board["breakdown"]["category"])
    assert accepted == tiles["case.accepted"]["numerator"] == sum(board["trend"]["accepted"])
    if board["league"]["rows"]:
        column = [row["cells"][0]["value"] for row in board["league"]["rows"]]
        assert sum(column) == board["league"]["total"][0]["value"]


def test_people_belong_to_no_category(reader: Reader) -> None:
    """在岗 has no slice: it is not measured, and not everybody's number."""
    board = reader.board(None, "d30", "zh", SliceCodes(category="c1"))
    assert board["duty"] is None
    states = {tile["key"]: tile["state"] for tile in board["tiles"]}
    assert states["duty.on_duty_rate"] == "empty"


def test_the_board_says_what_it_is_cut_to(reader: Reader) -> None:
    cut = SliceCodes(category="c2", department="-")
    assert reader.board(None, "d30", "en", cut)["slice"] == {
        "category": {"code": "c2", "name": "Lights"},
        "department": {"code": "-", "name": "not dispatched"},
    }
    assert reader.board(None, "d30", "zh")["slice"] == {}


def test_every_bar_leads_to_its_slice(reader: Reader) -> None:
    """The codes of a break-down are the codes a board can be cut by."""
    for dimension, parts in reader.board(None, "d365", "zh")["breakdown"].items():
        for part in parts:
            cut = reader.board(None, "d365", "zh", SliceCodes(**{dimension: part["code"]}))
            if dimension != "category":  # a category brings those below it along
                assert cut["tiles"][0]["numerator"] == part["value"]
            assert [*cut["slice"]] == [dimension]


@pytest.mark.parametrize("code", ["nowhere", "A01", "c1' OR 1=1", "\x00"])
def test_an_unknown_code_is_an_error_and_not_everything(reader: Reader, code: str) -> None:
    for name in DIMENSIONS:
        with pytest.raises(UnknownSliceError):
            reader.board(None, "d30", "zh", SliceCodes(**{name: code}))


def test_an_address_names_a_slice() -> None:
    assert slice_codes({"category": "c1", "source": None, "lang": "zh"}).key == ("c1", "", "", "")
    assert slice_codes({}) == slice_codes({"category": ""})
    assert len(slice_codes({"department": "x" * 1000}).key[2]) == 60


@pytest.mark.parametrize(
    ("query", "status"),
    [("source=c1&window=d365", 200), ("source=nowhere", 404), ("department=-&category=c1", 200)],
)
def test_the_interface_takes_the_codes(reader: Reader, query: str, status: int) -> None:
    request = Request(
        {
            "type": "http", "method": "GET", "path": "/api/board", "headers": [],
            "query_string": query.encode(),
        }
    )  # fmt: skip
    answer = asyncio.run(board_answer(request, reader))
    assert answer.status_code == status
    content = orjson.loads(answer.body)
    if status == 404:
        assert content["error"]["code"] == "unknown_slice"
    else:
        assert content["slice"] and content["tiles"][0]["key"] == "case.accepted"


def test_a_sliced_board_is_paced(reader: Reader, engine: Engine) -> None:
    """What is evaluated from the cases is not made anew for every version of a busy second."""
    cut = SliceCodes(source="c1")
    assert reader.board_pause(None, "d30", "zh", cut) == 0
    reader.board(None, "d30", "zh", cut)
    reader.board(None, "d30", "zh")
    assert reader.board_pause(None, "d30", "zh", cut) == 0
    with begin_write(engine) as connection:
        save_state(connection, bump=True)
    reader.ticker.look()
    assert 0 < reader.board_pause(None, "d30", "zh", cut) <= 3
    assert reader.board_pause(None, "d30", "zh") == 0


def test_a_report_day_is_another_document_in_the_afternoon(
    engine: Engine, settings: Settings
) -> None:
    play(engine, 5, settings, steps=2)
    own = Settings(
        database_url=settings.database_url, data_dir=settings.data_dir,
        cache_dir=settings.cache_dir, report_day_starts="12:00",
    )  # fmt: skip
    clock = [NOW.replace(hour=3, minute=59)]
    reader = Reader(engine, own, build="test", now=lambda: clock[0])
    reader.ticker.look()
    morning = reader.board(None, "reportday", "zh")["window"]
    clock[0] += timedelta(minutes=2)
    afternoon = reader.board(None, "reportday", "zh")["window"]
    assert (morning["to_on"], afternoon["to_on"]) == ("2025-11-22", "2025-11-23")
