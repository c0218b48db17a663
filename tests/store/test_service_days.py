"""Who serves where: from the first day of a service until, and not including, its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from dashboard.readings.board_parts import masked
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import duty_now, worker_grids, workers
from jobs.refresh_duty import run_refresh_duty
from jobs.refresh_rollups import refresh
from tests.store.history import START, plant_city
from tests.store.naive_stocks import city_day

TODAY = city_day(START)
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.mark.parametrize("subject", ["worker", "service"])
@pytest.mark.parametrize(
    ("first_on", "until_on", "serves"),
    [
        (None, None, True),
        (TODAY, TOMORROW, True),
        (None, TOMORROW, True),  # leaving was announced, and has not happened
        (None, TODAY, False),
        (TOMORROW, None, False),
        (YESTERDAY, TODAY, False),
    ],
)
def test_a_service_holds_between_its_days(
    sqlite_engine: Engine, settings: Settings, subject: str,
    first_on: date | None, until_on: date | None, serves: bool,
) -> None:  # fmt: skip
    days: dict[str, Any] = {"valid_from": first_on, "valid_to": until_on}
    life: dict[str, Any] = {"active_from": first_on, "active_to": until_on}
    plant_city(sqlite_engine)
    with begin_write(sqlite_engine) as connection:
        one = {"worker_id": 1, "code": "w1", "name": "王伟", "role": "grid_worker", "area_id": 7}
        connection.execute(insert(workers).values(**one, **(life if subject == "worker" else {})))
        service = {"worker_id": 1, "area_id": 7, "role": "grid_worker"}
        service |= days if subject == "service" else {}
        connection.execute(insert(worker_grids).values(**service))
    refresh(sqlite_engine, settings=settings, now=START)
    run_refresh_duty(sqlite_engine, settings, START)
    with begin_read(sqlite_engine) as connection:
        staffed = connection.execute(
            select(duty_now.c.grids_staffed).where(duty_now.c.area_id == 1)
        ).scalar_one()
    assert staffed == int(serves)
    reader = Reader(sqlite_engine, settings, build="test", now=lambda: START)
    reader.ticker.look()
    shown = [one["name"] for one in reader.board("A07", "d30", "zh")["grid"]["workers"]]
    assert shown == (["王*"] if serves else [])


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王伟", "王*"), ("王伟2", "王**"), ("网格员00012", "网格员00012"), ("欧阳娜娜", "欧***")],
)
def test_names_of_persons_are_masked(name: str, shown: str) -> None:
    assert masked(name) == shown
