"""What check says about the rollups of a store, state by state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, update

from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import areas, cases, rollup_state
from jobs.check import Finding, check
from jobs.refresh_rollups import refresh
from tests.store.history import History, plant_city

_NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
_LIVE = {
    "state_id": 1,
    "version": 7,
    "status": "live",
    "checked_at": _NOW - timedelta(seconds=1),
    "time_zone": "Asia/Shanghai",
    "is_demo": 0,
}


def _rollups(engine: Engine, settings: Settings, **state: Any) -> Finding:
    with begin_write(engine) as connection:
        connection.execute(
            insert(areas).values(code="230600", level="city", depth=0, name_zh="大庆市")
        )
        connection.execute(delete(rollup_state))
        connection.execute(insert(rollup_state).values(**{**_LIVE, **state}))
    url = engine.url.render_as_string(hide_password=False)
    return list(check(replace(settings, database_url=url), now=_NOW))[-1]


def test_fresh_rollups_are_well(engine: Engine, settings: Settings) -> None:
    assert _rollups(engine, settings).level == "ok"


@pytest.mark.parametrize(
    ("state", "level", "said", "mend"),
    [
        ({"status": "failed", "message": "disk full"}, "problem", "disk full", "rebuild"),
        ({"status": "empty"}, "problem", "never computed", "rebuild"),
        ({"status": "rebuilding"}, "note", "being rebuilt", "wait"),
        ({"time_zone": "Asia/Urumqi"}, "problem", "Asia/Urumqi", "YIWANG_CITY_TIME_ZONE"),
        ({"checked_at": _NOW - timedelta(hours=2)}, "problem", "02:00:00 UTC", "./yiwang jobs"),
        ({"checked_at": None}, "problem", "never looked at", "./yiwang jobs"),
    ],
)
def test_each_trouble_is_named_with_its_mend(
    sqlite_engine: Engine,
    settings: Settings,
    state: dict[str, Any],
    level: str,
    said: str,
    mend: str,
) -> None:
    finding = _rollups(sqlite_engine, settings, **state)
    assert finding.level == level
    assert said in finding.text
    assert mend in finding.mend


def test_cases_that_count_nowhere_are_said(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(3))
    with begin_write(engine) as connection:
        history.add(connection)
        police = {"area_id": 90, "code": "P1", "parent_id": 1, "depth": 1, "name_zh": "警格"}
        connection.execute(insert(areas).values(**police, hierarchy="police", level="police_grid"))
        connection.execute(update(cases).values(area_id=90))
    refresh(engine, settings=settings, now=history.now)
    here = replace(settings, database_url=engine.url.render_as_string(hide_password=False))
    said = [finding for finding in check(here) if finding.text.startswith("cases:")]
    assert [(finding.level, "1 on police grids" in finding.text) for finding in said] == [
        ("problem", True)
    ]
