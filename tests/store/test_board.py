"""The board document: complete, the same numbers everywhere, honest about what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Engine, delete, insert, update

from dashboard.components import board_shape
from dashboard.readings.explain import explain
from dashboard.readings.map_values import METRICS, UnknownMetricError
from dashboard.readings.reader import Reader
from dashboard.readings.view import UnknownAreaError
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import areas, duty_now, sources, survey_answers, survey_waves
from jobs.refresh_rollups import refresh
from tests.store.history import GRIDS, START, History, plant_city

SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}'
WINDOWS = ("today", "d30", "year", "all", "2025", "2026-01", "2026-01-05..2026-01-20")


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    """A reader over the small city after a hundred changes; two grids are drawn, one is 未定位."""
    plant_city(engine)
    history = History(engine, Random(4))
    for _ in range(100):
        history.step()
    with begin_write(engine) as connection:
        drawn = areas.c.area_id.in_((7, 10))
        connection.execute(update(areas).where(drawn).values(polygon=SQUARE))
        connection.execute(
            update(areas).where(areas.c.area_id == 12).values(kind="unlocated", name_zh="未定位")
        )
    history.pass_time()
    refresh(engine, settings=settings, now=history.now)
    reader = Reader(engine, settings, build="test", now=lambda: history.now)
    reader.ticker.look()
    yield reader


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("window", WINDOWS)
def test_every_board_is_complete(reader: Reader, window: str, lang: str) -> None:
    for code in (None, "A02", "A04", "A07", "A12"):
        board = reader.board(code, window, lang)
        assert set(board) >= set(get_type_hints(board_shape.Board)) - {"below", "settings"}
        assert board["window"]["key"] == window
        assert [tile["key"] for tile in board["tiles"]][:2] == ["case.accepted", "case.closed"]
        assert len(board["tiles"]) == 8
        lengths = {len(board["trend"][key]) for key in ("days", "accepted", "closed", "overdue")}
        assert len(lengths) == 1


def test_children_add_up_and_the_unlocated_row_is_there(reader: Reader) -> None:
    for code in (None, "A03"):
        league = reader.board(code, "year", "zh")["league"]
        for column in range(4):  # counts
            parts = [row["cells"][column]["value"] for row in league["rows"]]
            assert sum(parts) == league["total"][column]["value"]
    rows = reader.board("A03", "year", "zh")["league"]["rows"]
    assert "未定位" in [row["name"] for row in rows]


def test_tile_league_and_definition_show_one_number(reader: Reader) -> None:
    board = reader.board(None, "d30", "zh")
    for column, total in zip(board["league"]["columns"], board["league"]["total"], strict=True):
        text = explain(reader, None, "d30", column["key"], "zh").text
        assert text == total["text"]
        tiles = [t["text"] for t in board["tiles"] + board["more"] if t["key"] == column["key"]]
        assert tiles in ([], [text])


def test_the_trend_ends_with_the_stock_of_the_tile(reader: Reader) -> None:
    board = reader.board(None, "d30", "zh")
    overdue = next(tile for tile in board["tiles"] if tile["key"] == "case.overdue")
    assert board["trend"]["overdue"][-1] == overdue["numerator"] == board["overdue"]["total"]


def test_duty_that_nobody_reports_is_not_zero(reader: Reader, engine: Engine) -> None:
    tile = reader.board(None, "d30", "zh")["tiles"][6]
    assert (tile["key"], tile["text"], tile["state"]) == ("duty.on_duty_rate", "—", "empty")
    with begin_write(engine) as connection:
        counts = {"rostered": 4, "on_duty": 3, "grids_required": 2, "grids_covered": 2}
        connection.execute(insert(duty_now).values(area_id=1, computed_at=reader.now(), **counts))
        reader_version_moves(connection)
    reader.ticker.look()
    tiles = reader.board(None, "d30", "zh")["tiles"]
    assert [tile["text"] for tile in tiles[6:]] == ["75.00", "100.00"]


def reader_version_moves(connection: Any) -> None:
    """What the duty job does after writing."""
    from data_access.rollups import save_state

    save_state(connection, bump=True)


def test_sources_are_judged_by_their_promise(reader: Reader, engine: Engine) -> None:
    minutes = {1: 3, 2: 30}
    with begin_write(engine) as connection:
        for source_id, age in minutes.items():
            last = reader.now() - timedelta(minutes=age)
            connection.execute(
                update(sources)
                .where(sources.c.source_id == source_id)
                .values(interval_seconds=120, last_ingested_at=last)
            )
        reader_version_moves(connection)
    reader.ticker.look()
    states = [source["state"] for source in reader.board(None, "d30", "zh")["sources"]]
    assert states == ["ok", "stopped"]


def test_map_values_follow_the_geometry(reader: Reader) -> None:
    shapes = reader.geometry_document()
    assert shapes is not None
    codes = [shapes.data["areas"][number]["code"] for number in shapes.data["grids"]]
    assert codes == ["A07", "A10"]
    for metric in METRICS:
        values = reader.map_document(metric, "year", "zh").data
        assert len(values["values"]) == len(codes)
        assert len(values["breaks"]) == 4
        assert len(values["labels"]) == 5
    accepted = reader.map_document("case.accepted", "year", "zh").data["values"]
    tiles = [reader.board(code, "year", "zh")["tiles"][0]["numerator"] for code in codes]
    assert accepted == tiles


def test_a_changed_polygon_changes_the_address(reader: Reader, engine: Engine) -> None:
    before = reader.geometry_address()
    with begin_write(engine) as connection:
        moved = SQUARE.replace("[1,1]", "[1,2]")
        connection.execute(update(areas).where(areas.c.area_id == 7).values(polygon=moved))
    refresh(engine, settings=reader.settings, now=reader.now())
    reader.ticker.look()
    assert reader.geometry_address() != before


def test_unknown_things_have_their_own_errors(reader: Reader) -> None:
    with pytest.raises(UnknownAreaError):
        reader.board("nowhere", "d30", "zh")
    with pytest.raises(UnknownMetricError):
        reader.map_document("case.nonsense", "d30", "zh")
    assert reader.board(None, "nonsense", "xx")["window"]["key"] == "d30"


def test_every_grid_has_a_portrait_but_unlocated_has_none(reader: Reader) -> None:
    portraits = {grid: reader.board(f"A{grid:02d}", "d30", "zh")["grid"] for grid in GRIDS}
    assert portraits[12] is None
    assert all(portraits[grid] is not None for grid in GRIDS if grid != 12)


def test_the_newest_survey_stands_for_itself(reader: Reader, engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.execute(
            insert(survey_waves),
            [
                {
                    "wave_id": wave, "code": f"w{wave}", "name_zh": f"第{wave}次问卷",
                    "started_on": date(2025, 10 + wave, 1), "ended_on": date(2025, 10 + wave, 20),
                }
                for wave in (1, 2)
            ],
        )  # fmt: skip
        answers = {1: ["satisfied"] * 9 + ["neutral"], 2: ["very_satisfied", "dissatisfied"]}
        rows = [
            {"wave_id": wave, "area_id": 7 + number % 2, "answered_at": START, "answer": answer}
            for wave, given in answers.items()
            for number, answer in enumerate(given)
        ]
        connection.execute(insert(survey_answers), rows)
    refresh(engine, settings=reader.settings, now=reader.now())
    reader.ticker.look()

    def survey(area: str | None, window: str) -> tuple[str, str]:
        tiles = reader.board(area, window, "zh")["more"]
        tile = next(tile for tile in tiles if tile["key"] == "survey.satisfaction_rate")
        return tile["text"], tile["scope_label"]

    assert survey(None, "d30") == ("50.00", "第2次问卷")
    assert survey(None, "2025-11") == ("90.00", "第1次问卷")
    assert survey("A07", "d30") == ("100.00", "第2次问卷")
    assert survey("A03", "d30")[0] == "—"
    assert survey(None, "2024") == ("—", "")
    with begin_write(engine) as connection:
        connection.execute(delete(survey_answers).where(survey_answers.c.wave_id == 2))
    refresh(engine, settings=reader.settings, now=reader.now())
    reader.ticker.look()
    assert survey(None, "d30") == ("90.00", "第1次问卷")
