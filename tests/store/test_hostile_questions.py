"""Questions nobody asks in good faith: an answer or a plain no, never an error of the database."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from dashboard.readings.reader import Reader
from dashboard.readings.view import UnknownAreaError
from dashboard.settings import Settings
from dashboard.shell.callbacks import cases_of, definition_of
from data_access.engine import begin_write
from jobs.refresh_rollups import refresh
from tests.store.history import START, History, plant_city


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    plant_city(engine)
    with begin_write(engine) as connection:
        History(engine, Random(1)).add(connection)
    refresh(engine, settings=settings, now=START)
    made = Reader(engine, settings, build="test", now=lambda: START)
    made.ticker.look()
    return made


@pytest.mark.parametrize(
    "code", ["\x00", "A01\x00", "\ud800", "'; DROP TABLE areas; --", "x" * 9999]
)
def test_a_code_no_database_takes_is_an_unknown_area(reader: Reader, code: str) -> None:
    with pytest.raises(UnknownAreaError):
        reader.board_document(code, "d30", "zh")
    assert not reader.knows_area(code)


@pytest.mark.parametrize(
    "data",
    [
        {"offset": 10**30},
        {"offset": "1e400"},
        {"offset": -5, "part": "denominator"},
        {"area": "\x00"},
        {"area": "\ud800"},
        {"kpi": "case.nothing"},
        {"window": ["d30"], "lang": {"a": 1}},
    ],
)
def test_the_drawer_answers_whatever_is_asked(reader: Reader, data: dict[str, Any]) -> None:
    app = Flask("drawer")
    app.extensions["yiwang"] = reader
    asked = {"area": "A01", "window": "d30", "kpi": "case.accepted", "asked": "1"} | data
    with app.app_context():
        for answer in (definition_of(asked), cases_of(asked)):
            assert answer.to_plotly_json()["props"]["data-asked"] == "1"
