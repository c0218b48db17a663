"""四必清 and 五必到: counted by hand on both engines, each count as long as its list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.components.frame import PageFrame
from dashboard.components.grid_portrait import grid_portrait_card
from dashboard.readings.case_question import case_question
from dashboard.readings.case_search import count_listing
from dashboard.readings.grid_registers import build_grid_registers
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import (
    areas,
    cases,
    categories,
    visit_classes,
    visit_subjects,
    worker_grids,
    workers,
)
from jobs.load_registers import load_register
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city
from tests.store.police_city import plant_police

NOW = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)
# grid, category, minutes since acceptance, minutes until somebody came (None: nobody yet)
EVENTS = (
    (7, 2, 300, 30), (7, 2, 300, 120), (8, 2, 300, 121), (10, 2, 300, None), (10, 2, 90, None),
    (11, 1, 300, None),
)  # fmt: skip
FILES = """网格,类别,应填,已填,更新时间
A07,家庭情况,100,96,2026-11-01 09:00
A07,人员类别,100,95,2026-11-01 09:00
A07,区域设施,40,40,2026-11-02 09:00
A07,隐患矛盾,60,30,2026-11-03 09:00
A08,家庭情况,100,92,2026-10-20 09:00
A02,家庭情况,100,92,2026-10-20 09:00
A08,隐患矛盾,10,11,2026-10-20 09:00
A08,别的,10,1,2026-10-20 09:00
"""


@pytest.fixture
def reader(engine: Engine, settings: Settings, tmp_path: Path) -> Reader:
    """Category 2 is flagged by the one above it; the files of two grids are known."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(insert(categories).values(
            category_id=9, code="c9", name_zh="上级", must_attend=True))  # fmt: skip
        connection.execute(update(categories).where(categories.c.category_id == 2).values(
            parent_id=9))  # fmt: skip
        for number, (grid, category, back, came) in enumerate(EVENTS, start=1):
            accepted = NOW - timedelta(minutes=back)
            connection.execute(insert(cases).values(
                case_id=number, case_code=f"C{number}", source_id=1, source_ref=str(number),
                category_id=category, area_id=grid, state="handling", reported_at=accepted,
                accepted_at=accepted, ingested_at=NOW, updated_at=NOW,
                arrived_at=None if came is None else accepted + timedelta(minutes=came),
            ))  # fmt: skip
    path = tmp_path / "files.csv"
    path.write_text(FILES, encoding="utf-8")
    report = load_register(engine, settings, "completeness", path, now=NOW)
    assert (report.merged.added, [row.row_no for row in report.rejects]) == (5, [7, 8, 9])
    assert load_register(engine, settings, "completeness", path, now=NOW).merged.unchanged == 5
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _found(reader: Reader, area: str | None = None) -> Any:
    return reader.page("registers", area, "d30", "zh", build_grid_registers)


def test_completeness_is_filled_of_required(reader: Reader) -> None:
    rows = {row["code"]: row for row in _found(reader)["completeness"]["rows"]}
    city = rows["A01"]
    assert [(cell["filled"], cell["required"], cell["level"]) for cell in city["groups"]] == [
        (188, 200, "warn"), (95, 100, "good"), (40, 40, "good"), (30, 60, "warn"),
        (353, 400, "warn"),
    ]  # fmt: skip
    assert (city["groups"][0]["text"], city["grids"], city["silent"]) == ("94.00", 6, 4)
    assert city["oldest_ms"] == rows["A02"]["oldest_ms"]
    # Nobody told anything: not measured is not zero.
    assert [cell["text"] for cell in rows["A03"]["groups"]] == ["—"] * 5
    assert rows["A03"]["silent"] == 3
    grid = _found(reader, "A07")["completeness"]["rows"]
    assert grid[0]["groups"][0]["text"] == "96.00"


def test_who_turned_up_in_time(reader: Reader) -> None:
    rows = {row["code"]: row for row in _found(reader)["attendance"]["rows"]}
    counts = {
        code: tuple(row[name] for name in ("flagged", "attended", "unattended", "rate", "minutes"))
        for code, row in rows.items()
    }
    assert counts == {
        "A01": (5, 2, 2, "50.00", 120),
        "A02": (3, 2, 1, "66.67", 120),
        "A03": (2, 0, 1, "0.00", None),  # one still has half an hour
    }
    for code, row in rows.items():
        for name, mark in (
            ("flagged", "must_attend"), ("attended", "attended"), ("unattended", "unattended"),
        ):  # fmt: skip
            asked = {"area": code, "window": "d30", "is": mark}
            assert count_listing(reader, case_question(asked)) == row[name], (code, mark)


def test_the_portrait_of_a_grid_says_who_and_what_is_there(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        plant_police(connection)
        connection.execute(
            update(areas).where(areas.c.area_id == 7).values(households=512, marshals=2)
        )
        for number, (grid, role) in enumerate(((7, "grid_worker"), (7, "legal"), (8, "police")), 1):
            connection.execute(insert(workers).values(
                worker_id=number, code=f"W{number}", name="王小某", phone="13812345678",
                role=role, area_id=grid))  # fmt: skip
            connection.execute(insert(worker_grids).values(
                worker_id=number, area_id=grid, role=role))  # fmt: skip
        for number, kind in enumerate(("monthly", "quarterly", "yearly"), start=1):
            connection.execute(insert(visit_classes).values(
                visit_class=kind, name_zh=kind, interval_days=30, grace_days=7))  # fmt: skip
            connection.execute(insert(visit_subjects).values(
                subject_id=number, area_id=7, visit_class=kind, label="某户",
                next_due_at=NOW - timedelta(days=6 + number)))  # fmt: skip
    refresh(reader.engine, settings=reader.settings, now=NOW)
    reader.ticker.look()
    board = reader.board("A07", "d30", "zh")
    grid = board["grid"]
    assert grid["size"] == {"state": "above", "low": 300, "high": 500}
    assert (grid["open"], grid["overdue"], grid["marshals"]) == (2, 0, 2)
    assert grid["key_people"] == {"count": 2, "overdue": 2}  # the first has a day of grace left
    assert {(one["name"], one["phone"]) for one in grid["workers"]} == {("王**", "138****78")}
    assert (grid["missing_roles"], grid["heads"]) == (["专人民警"], 0)
    assert (grid["police_grid"], grid["police_code"]) == ("警格1", "P1")
    assert [cell["text"] for cell in grid["completeness"]][:2] == ["96.00", "95.00"]
    drawn = str(grid_portrait_card(board, grid, PageFrame(time_zone="Asia/Shanghai")))
    assert "多于 500 户" in drawn and "police=P1" in drawn and "is=open" in drawn
