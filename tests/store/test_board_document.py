"""docs/board.md names every field that the live interface sends, and no field it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import areas, shifts, worker_grids, workers
from jobs.refresh_duty import run_refresh_duty
from jobs.refresh_rollups import refresh
from tests.store.history import GRIDS, History, plant_city

_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "board.md"
_GRID = GRIDS[0]
_SQUARE = '{"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]}'


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from _keys(one)


@pytest.fixture
def sent(sqlite_engine: Engine, settings: Settings) -> dict[str, Any]:
    """One document of each kind, of a city in which every part of a board is filled."""
    plant_city(sqlite_engine)
    history = History(sqlite_engine, Random(3))
    for _ in range(60):
        history.step()
    now = history.now
    with begin_write(sqlite_engine) as connection:
        connection.execute(update(areas).values(polygon=_SQUARE))
        row = {"worker_id": 1, "code": "w1", "name": "甲乙", "role": "grid_worker"}
        connection.execute(insert(workers).values(**row, area_id=_GRID, last_seen_at=now))
        served = {"worker_id": 1, "area_id": _GRID, "role": "grid_worker"}
        connection.execute(insert(worker_grids).values(**served))
        span = {"starts_at": now, "ends_at": now.replace(year=now.year + 1)}
        connection.execute(insert(shifts).values(worker_id=1, area_id=_GRID, **span))
    refresh(sqlite_engine, settings=settings, now=now)
    run_refresh_duty(sqlite_engine, settings, now)
    reader = Reader(sqlite_engine, settings, build="test", now=lambda: now)
    reader.ticker.look()
    geometry = reader.geometry_document()
    assert geometry is not None
    return {
        "board": reader.board(None, "d30", "zh"),
        "grid": reader.board(f"A{_GRID:02d}", "d30", "en"),
        "map": reader.map_document("case.accepted", "d30", "zh").data,
        "geometry": geometry.data,
        "tick": reader.ticker.latest.document("test"),
    }


def test_every_part_of_a_board_is_there(sent: dict[str, Any]) -> None:
    board, grid = sent["board"], sent["grid"]
    assert board["overdue"]["rows"] and board["league"]["rows"] and board["sources"]
    assert all(board["breakdown"].values())
    assert board["duty"]["rostered"] == 1
    assert [worker["name"] for worker in grid["grid"]["workers"]] == ["甲*"]


def test_the_document_names_every_field(sent: dict[str, Any]) -> None:
    named = set(re.findall(r"`(\w+)`", _DOCUMENT.read_text(encoding="utf-8")))
    assert sorted({*_keys(sent)} - {*sent} - named) == []


def test_the_document_invents_no_field(sent: dict[str, Any]) -> None:
    """The first column of every table is a field of something that is sent."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", _DOCUMENT.read_text(encoding="utf-8"), re.M)
    fields = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert fields
    assert sorted(fields - {*_keys(sent)}) == []
