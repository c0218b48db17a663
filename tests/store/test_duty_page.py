"""The duty page: states, vacant grids, roles, patrols, visits, counted by hand on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from dashboard.readings.duty_page import build_duty_page
from dashboard.readings.grid_registers import build_grid_registers
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import (
    leaves,
    patrols,
    shifts,
    visit_classes,
    visit_subjects,
    visits,
    worker_grids,
    workers,
)
from jobs.refresh_duty import run_refresh_duty
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)  # Wednesday, 14:00 in the city
STARTED = NOW - timedelta(hours=5, minutes=30)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
# worker → (grid, role, phone); 7 and 8 lie in district 2, 10 and 11 in district 3
PEOPLE = {
    1: (7, "grid_head", None),
    2: (8, "grid_head", "13812345678"),
    3: (10, "grid_worker", None),
    4: (11, "grid_worker", None),
    5: (7, "police", None),
}


def _hire(connection: Connection) -> None:
    connection.execute(
        insert(workers),
        [
            {"worker_id": n, "code": f"W{n}", "name": f"王某{n}号", "role": role, "area_id": grid,
             "phone": phone, "is_full_time": True}
            for n, (grid, role, phone) in PEOPLE.items()
        ],
    )  # fmt: skip
    connection.execute(
        insert(worker_grids),
        [{"worker_id": n, "area_id": grid, "role": role} for n, (grid, role, _) in PEOPLE.items()],
    )


def _shift(connection: Connection, worker: int, start: datetime, seen: datetime | None) -> None:
    """A shift of nine hours; ``seen``: first and only sign of life, None for none."""
    values = {"worker_id": worker, "area_id": PEOPLE[worker][0], "starts_at": start,
              "ends_at": start + timedelta(hours=9), "checked_in_at": seen}  # fmt: skip
    connection.execute(insert(shifts).values(values))
    if seen is not None:
        connection.execute(
            workers.update().where(workers.c.worker_id == worker).values(last_seen_at=seen)
        )


def _visit_due(connection: Connection, number: int, grid: int, kind: str, late: int) -> None:
    """A subject whose due date passed ``late`` days ago (negative: lies ahead)."""
    connection.execute(
        insert(visit_subjects).values(
            subject_id=number, area_id=grid, visit_class=kind, label=f"{number}号楼1单元**室",
            next_due_at=NOW - late * _DAY,
        )
    )  # fmt: skip


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    """Worker 1 on duty, 2 on leave, 3 absent, 4 silent for an hour, 5 without a shift."""
    plant_city(engine)
    with begin_write(engine) as connection:
        _hire(connection)
        _shift(connection, 1, STARTED, NOW - _MINUTE)
        _shift(connection, 2, STARTED, None)
        _shift(connection, 3, NOW - 20 * _MINUTE, None)
        _shift(connection, 4, STARTED, NOW - 60 * _MINUTE)
        connection.execute(
            insert(leaves).values(
                worker_id=2, kind="leave", starts_at=NOW - _DAY, ends_at=NOW + _DAY
            )
        )
        for grid, hour in ((7, 2), (7, 5), (11, 2)):  # 10:00, 13:00 and 10:00 in the city
            at = NOW.replace(hour=hour)
            connection.execute(
                insert(patrols).values(
                    worker_id=1, area_id=grid, started_at=at, ended_at=at + 25 * _MINUTE
                )
            )
        connection.execute(
            insert(visit_classes),
            [
                {"visit_class": "monthly", "name_zh": "月", "interval_days": 30, "grace_days": 7},
                {"visit_class": "yearly", "name_zh": "年", "interval_days": 365, "grace_days": 30},
            ],
        )
        for number, (grid, kind, late) in enumerate(
            [(7, "monthly", 6), (7, "monthly", 10), (8, "monthly", 20), (10, "yearly", 90),
             (10, "yearly", -5)], start=1,
        ):  # fmt: skip
            _visit_due(connection, number, grid, kind, late)
        connection.execute(
            insert(visits).values(
                worker_id=1, area_id=7, subject_id=1, visit_class="monthly",
                visited_at=NOW - 2 * _DAY, due_at=NOW - _DAY,
            )
        )  # fmt: skip
    refresh(engine, settings=settings, now=NOW)
    run_refresh_duty(engine, settings, NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _page(reader: Reader, area: str | None = None, lang: str = "zh", first: int = 0) -> Any:
    def build(*args: Any, **more: Any) -> dict[str, Any]:
        return build_duty_page(
            *args, registers=build_grid_registers(*args, **more), visits_from=first, **more
        )

    return reader.page("duty", area, "d30", lang, build, more=(first,))


def _row(page: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return next(row for row in page["areas"] if row["code"] == code)


def test_states_by_area_add_up_to_the_area(reader: Reader) -> None:
    page = _page(reader)
    total = page["total"]
    counted = {name: total[name] for name in ("rostered", "on_duty", "on_leave", "absent")}
    assert counted == {"rostered": 3, "on_duty": 2, "on_leave": 1, "absent": 1}
    assert (total["offline"], total["expected"], total["uncovered"]) == (1, 0, 2)
    for name in ("rostered", "on_duty", "in_field", "on_leave", "offline", "absent", "uncovered"):
        assert total[name] == sum(row[name] for row in page["areas"]), name
    assert (_row(page, "A02")["on_leave"], _row(page, "A03")["offline"]) == (1, 1)
    tiles = {tile["key"]: tile["text"] for tile in page["tiles"]}
    assert tiles["duty.on_duty_rate"] == "66.67"
    assert tiles["duty.staffed_grid_rate"] == "66.67"  # four of six grids


def test_vacant_grids_tell_since_when_and_whom_to_ask(reader: Reader) -> None:
    vacant = _page(reader)["vacant"]
    assert (vacant["total"], vacant["vacant"]) == (2, 1)  # the absent one is late by 20 minutes
    first, second = vacant["rows"]
    assert (first["code"], first["is_vacant"], first["reason"]) == ("A08", True, "请假，无人替岗")
    assert first["since_ms"] == int(STARTED.timestamp() * 1000)
    assert first["contacts"] == ["网格长 王*** 138****78"]
    assert (second["code"], second["is_vacant"], second["reason"]) == ("A10", False, "未到岗")
    assert _page(reader, "A11")["vacant"]["total"] == 0


def test_roles_show_what_is_missing(reader: Reader) -> None:
    roles = _page(reader)["roles"]
    assert roles["roles"] == ["网格长", "网格员", "专人民警"]
    filled = {row["code"]: (row["grids"], row["filled"]) for row in roles["rows"]}
    assert filled == {"A02": (3, [2, 0, 1]), "A03": (3, [0, 2, 0])}
    grid = _page(reader, "A07")["roles"]["rows"]
    assert [(row["code"], row["filled"]) for row in grid] == [("A07", [1, 0, 1])]


def test_patrols_of_today_by_half_day(reader: Reader) -> None:
    patrolled = {row["code"]: row for row in _page(reader)["patrols"]}
    counts = {
        code: tuple(row[name] for name in ("required", "morning", "later", "both"))
        for code, row in patrolled.items()
    }
    # Grid 8's only worker is on leave: nobody is asked to patrol it.
    assert counts == {"A02": (1, 1, 1, 1), "A03": (2, 1, 0, 0)}


def test_overdue_visits_begin_after_the_days_of_grace(reader: Reader) -> None:
    shown = _page(reader)["visits"]
    classes = {one["key"]: (one["subjects"], one["late"]) for one in shown["classes"]}
    assert classes == {"monthly": (3, [1, 1, 0]), "yearly": (2, [0, 0, 1])}
    assert shown["total"] == len(shown["rows"]) == 3
    listed = [(row["label"][0], row["late_days"], row["is_pressing"]) for row in shown["rows"]]
    assert listed == [("4", 60, False), ("3", 13, True), ("2", 3, False)]
    assert [row["label"][0] for row in _page(reader, first=2)["visits"]["rows"]] == ["2"]
    assert _page(reader, "A03")["visits"]["total"] == 1
    rate = next(t for t in _page(reader)["tiles"] if t["key"] == "household.visit_rate")
    assert (rate["numerator"], rate["denominator"]) == (1, 4)  # 90 days ago lies outside


def test_without_any_data_nothing_is_claimed(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    refresh(engine, settings=settings, now=NOW)
    empty = Reader(engine, settings, build="test", now=lambda: NOW)
    empty.ticker.look()
    page = _page(empty, lang="en")
    assert page["total"]["rostered"] is None
    assert page["vacant"]["total"] == page["visits"]["total"] == 0
    assert page["roles"] == {"roles": [], "rows": []}
    assert {tile["text"] for tile in page["tiles"]} == {"—"}
    assert date.fromisoformat(page["window"]["to_on"]) == date(2026, 11, 4)
