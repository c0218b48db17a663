"""Police grids: what one is said to have is the sum of its grids, and the length of its lists."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from dashboard.components.frame import PageFrame
from dashboard.components.police_page import police_page
from dashboard.readings.case_list import list_cases
from dashboard.readings.case_question import case_question
from dashboard.readings.case_search import count_listing
from dashboard.readings.police_page import build_police_page
from dashboard.readings.reader import Reader
from dashboard.readings.view import SliceCodes, UnknownSliceError
from dashboard.readings.worklist import Asked, read_worklist
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import workers
from jobs.refresh_duty import run_refresh_duty
from tests.store.test_raw_totals import NOW, play

KEYS = ("case.accepted", "case.overdue", "case.on_time_closure_rate", "visit.satisfaction_rate")


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    """A random year of a small city with two police grids; one of them has too many grids."""
    own = Settings(
        database_url=settings.database_url, data_dir=settings.data_dir,
        cache_dir=settings.cache_dir, police_grid_most=1,
    )  # fmt: skip
    play(engine, 33, own, steps=20)
    with begin_write(engine) as connection:
        connection.execute(
            insert(workers).values(
                worker_id=1, code="W1", name="网格员1", role="grid_worker", area_id=7
            )
        )
    run_refresh_duty(engine, settings=own, now=NOW)
    made = Reader(engine, own, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _page(reader: Reader, window: str, area: str | None = None, police: str = "") -> Any:
    build = partial(build_police_page, police=police)
    return reader.page("police", area, window, "zh", build, more=(police,))


@pytest.mark.parametrize("window", ["d365", "2025-11", "reportday", "all"])
@pytest.mark.parametrize("area", [None, "A02"])
def test_a_police_grid_is_the_sum_of_its_grids(
    reader: Reader, window: str, area: str | None
) -> None:
    league = _page(reader, window, area)
    board = reader.board(area, window, "zh")
    tiles = {tile["key"]: tile["text"] for tile in board["tiles"] + board["more"]}
    for key in KEYS:
        shown = [row["cells"][key]["text"] for row in league["rows"]]
        cut = [
            reader.board(area, window, "zh", SliceCodes(police=row["code"]))
            for row in league["rows"]
        ]
        found = [
            {tile["key"]: tile["text"] for tile in one["tiles"] + one["more"]}[key] for one in cut
        ]
        assert shown == found, key
        assert league["total"]["cells"][key]["text"] == tiles[key], key
    for row in league["rows"]:
        grids = _page(reader, window, area, row["code"])
        total = {key: grids["total"]["cells"][key]["text"] for key in KEYS}
        assert total == {key: row["cells"][key]["text"] for key in KEYS}
        assert len(grids["rows"]) == row["grids"]


def test_every_number_leads_to_as_many_cases(reader: Reader) -> None:
    for row in _page(reader, "d365")["rows"]:
        codes = SliceCodes(police=row["code"])
        for key in ("case.accepted", "case.overdue"):
            count = int(row["cells"][key]["text"].replace(",", ""))
            assert list_cases(reader, None, "d365", key, codes=codes).total == count
            asked = {"number": key, "police": row["code"], "window": "d365"}
            assert count_listing(reader, case_question(asked)) == count
            if key == "case.overdue":
                work = read_worklist(reader, Asked(police=row["code"]), "zh")
                assert dict(work.tabs)["overdue"] == count == work.matrix.total
                assert row["name"] in work.filters


def test_how_the_two_hierarchies_fit_together(reader: Reader) -> None:
    shown = _page(reader, "d30")
    assert shown["counts"] == {
        "police": 2, "grids": 6, "mean": "1.50", "above": 1, "without": 3,
    }  # fmt: skip
    assert {row["code"]: (row["grids"], row["is_above"]) for row in shown["rows"]} == {
        "P1": (2, True), "P2": (1, False), "-": (3, False),
    }  # fmt: skip
    assert {row["code"] for row in shown["without"]} == {"A09", "A11", "A12"}
    drawn = str(police_page(shown, PageFrame(time_zone="Asia/Shanghai")))
    assert "/police?window=d30&lang=zh&police=P1" in drawn
    nobody = _page(reader, "d30", "A12")
    assert (nobody["rows"], nobody["counts"]["police"], nobody["without"]) == ([], 0, [])
    for code in ("A01", "nowhere", "\x00"):
        with pytest.raises(UnknownSliceError):
            _page(reader, "d30", police=code)
