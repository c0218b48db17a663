"""The document of a wall: its numbers are the board's, its alarms stay until somebody acted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.readings.reader import Reader
from dashboard.readings.wall_profile import WallProfile, choose_profile
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import case_remarks, cases, sources
from jobs.refresh_rollups import refresh
from tests.store.history import History, plant_city

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in the city
MINUTE = timedelta(minutes=1)


def _wall(reader: Reader, **changed: Any) -> Any:
    chosen = replace(choose_profile(reader.settings, None), profile=WallProfile(**changed))
    return reader.wall_document(chosen, None).data


@pytest.mark.parametrize("seed", [3, 8])
def test_its_numbers_are_those_of_the_board(engine: Engine, settings: Settings, seed: int) -> None:
    plant_city(engine)
    history = History(engine, Random(seed))
    for _ in range(70):
        history.step()
        if history.random.random() < 0.2:
            history.pass_time()
    refresh(engine, settings=settings, now=history.now)
    reader = Reader(engine, settings, build="t", now=lambda: history.now)
    for code in ("", "A02", "A05"):
        wall, board = _wall(reader, area=code, window="d365"), reader.board(code, "today", "zh")
        longer = reader.board(code, "d365", "zh")
        tiles = {tile["key"]: tile for tile in board["tiles"]}
        assert wall["tiles"] == [tiles[tile["key"]] for tile in wall["tiles"]]
        accepted = tiles["case.accepted"]["numerator"]
        assert sum(count or 0 for count in wall["hours"]["today"]) == accepted
        assert sum(part["value"] for part in wall["bars"]) == accepted
        rate = [column["key"] for column in longer["league"]["columns"]].index(
            wall["league"]["key"]
        )
        rates = {row["code"]: row["cells"][rate]["text"] for row in longer["league"]["rows"]}
        assert {row["code"]: row["text"] for row in wall["league"]["rows"]} == rates
        assert [place["code"] for place in wall["walk"]] == [wall["area"]["code"], *rates]
        kinds = [row["kind"] for row in wall["alarms"]["rows"]]
        red, unsigned = kinds.count("red"), kinds.count("unsigned")
        assert red <= board["overdue"]["total"] <= red + unsigned
        assert wall["alarms"]["total"] == len(kinds)


def _plant(engine: Engine, case_id: int, **more: Any) -> None:
    start = NOW - timedelta(hours=30)
    values = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 1,
        "source_ref": str(case_id), "category_id": 1, "area_id": 7, "department_id": 1,
        "state": "handling", "title": "张三家门前", "address": "和平路3号", "reported_at": start,
        "accepted_at": start, "filed_at": start, "dispatched_at": start, "signed_at": start,
        "deadline_at": NOW + timedelta(days=1), "ingested_at": start, "updated_at": start,
    }  # fmt: skip
    with begin_write(engine) as connection:
        connection.execute(insert(cases).values(values | more))


def _acknowledge(engine: Engine, case_id: int, at: datetime) -> None:
    row = {"case_id": case_id, "kind": "acknowledgement", "made_at": at, "made_by": "值班员"}
    with begin_write(engine) as connection:
        connection.execute(insert(case_remarks).values(**row))


def _alarms(engine: Engine, settings: Settings, now: datetime, **profile: Any) -> dict[str, Any]:
    refresh(engine, settings=settings, now=now)
    wall = _wall(Reader(engine, settings, build="t", now=lambda: now), **profile)
    alarms = wall["alarms"]
    assert alarms["total"] == len(alarms["rows"])
    return {alarm["key"]: alarm for alarm in alarms["rows"]} | {"new": wall["emergencies"]}


def test_alarms_name_unit_wait_and_next_action_and_stay_until_acted_on(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    sent = NOW - 20 * MINUTE
    urgent = {"is_urgent": True, "state": "dispatched", "signed_at": None, "accepted_at": sent}
    _plant(engine, 1, **urgent, dispatched_at=sent, ingested_at=NOW - 2 * MINUTE)
    _plant(engine, 2, deadline_at=NOW - 3 * MINUTE)
    _plant(engine, 3, deadline_at=NOW - 5 * MINUTE, department_id=None)
    _plant(engine, 4, deadline_at=NOW - 9 * MINUTE, timeout_exempt=True)
    with begin_write(engine) as connection:
        late = {"interval_seconds": 60, "last_ingested_at": NOW - 10 * MINUTE}
        connection.execute(update(sources).where(sources.c.source_id == 2).values(**late))

    early = _alarms(engine, settings, sent + 14 * MINUTE)
    assert [key for key in early if key.startswith("unsigned")] == []
    found = _alarms(engine, settings, NOW)
    assert list(found) == ["unsigned:1", "red:2", "red:3", "source:c2", "new"]
    first = found["unsigned:1"]
    assert (first["unit"], first["next"], first["code"]) == ("局1", "电话催签收", "A02")
    assert first["since_ms"] == int(sent.timestamp() * 1000)
    assert found["red:3"]["next"] == "先派责任单位"
    assert found["source:c2"]["since_ms"] == int((NOW - 8 * MINUTE).timestamp() * 1000)
    assert [(one["key"], one["code"]) for one in found["new"]] == []  # accepted too long ago

    _acknowledge(engine, 2, NOW - 4 * MINUTE)  # before the deadline: not of this alarm
    _acknowledge(engine, 3, NOW)
    with begin_write(engine) as connection:
        connection.execute(update(cases).where(cases.c.case_id == 1).values(signed_at=NOW))
    assert list(_alarms(engine, settings, NOW + MINUTE)) == ["red:2", "source:c2", "new"]


def test_a_new_emergency_is_told_with_its_district_for_a_while(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    just = NOW - MINUTE
    _plant(engine, 1, is_urgent=True, area_id=10, accepted_at=just, ingested_at=just)
    [emergency] = _alarms(engine, settings, NOW)["new"]
    assert (emergency["code"], emergency["since_ms"]) == ("A03", int(just.timestamp() * 1000))
    assert _alarms(engine, settings, NOW + 10 * MINUTE)["new"] == []


def test_personal_data_leave_the_server_only_where_a_profile_has_a_key(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    _plant(engine, 1, deadline_at=NOW - MINUTE)
    assert _alarms(engine, settings, NOW)["red:1"]["detail"] == ""
    shown = _alarms(engine, settings, NOW, personal_data="key")
    assert shown["red:1"]["detail"] == "张三家门前 · 和平路3号"


def test_a_profile_of_an_unknown_area_shows_the_default_and_says_so(
    sqlite_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    plant_city(sqlite_engine)
    (tmp_path / "hall.toml").write_text('area = "Z9"\ndwell_seconds = 40\n', encoding="utf-8")
    (tmp_path / "east.toml").write_text('area = "A02"\n', encoding="utf-8")
    refresh(sqlite_engine, settings=settings, now=NOW)
    reader = Reader(sqlite_engine, replace(settings, wall_profiles_dir=str(tmp_path)), build="t")
    hall, east = reader.wall_profile("hall"), reader.wall_profile("east")
    assert (hall.asked, hall.problem, hall.profile.area) == ("hall", "area", "")
    assert (east.problem, east.profile.area) == ("", "A02")
