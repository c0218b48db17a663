"""The grid registry: sums, ratios and gaps of a small city counted by hand, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, insert, update

from dashboard.kpis.station_reach import in_reach
from dashboard.readings.grid_sums import GAPS
from dashboard.readings.reader import Reader
from dashboard.readings.registry_page import build_registry_page
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import areas, visits, worker_grids, workers
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)
# grid → what is told of it; 7 and 8 lie in district 2, 10 and 11 in district 3
TOLD: dict[int, dict[str, Any]] = {
    7: {"households": 300, "residents": 800, "group_members": 400, "has_station": 1,
        "longitude": 125.0, "latitude": 46.0, "polygon": "{}"},
    8: {"households": 299, "residents": 700, "has_station": 0,
        "longitude": 125.0, "latitude": 46.005},  # 556 m to the north
    10: {"households": 501, "residents": 1000, "group_members": 100, "has_station": 0,
         "longitude": 125.0, "latitude": 46.02},
    11: {"kind": "dedicated", "households": 10},
}  # fmt: skip
# worker → (full-time, the grids served with the role there)
SERVE = {1: (True, {7: "grid_head", 8: "grid_worker"}), 2: (False, {10: "grid_worker"}),
         3: (True, {10: "grid_worker", 7: "grid_worker"})}  # fmt: skip


@pytest.fixture
def reader(engine: Engine, tmp_path: Any) -> Reader:
    settings = Settings(data_dir=str(tmp_path))
    plant_city(engine)
    with begin_write(engine) as connection:
        for grid, told in TOLD.items():
            connection.execute(update(areas).where(areas.c.area_id == grid).values(told))
        for worker, (is_full_time, grids) in SERVE.items():
            connection.execute(insert(workers).values(
                worker_id=worker, code=f"W{worker}", name=f"W{worker}", role="grid_worker",
                area_id=next(iter(grids)), is_full_time=is_full_time))  # fmt: skip
            connection.execute(insert(worker_grids), [
                {"worker_id": worker, "area_id": grid, "role": role}
                for grid, role in grids.items()])  # fmt: skip
        connection.execute(
            insert(visits),
            [
                {
                    "worker_id": 1,
                    "area_id": 7,
                    "visit_class": "ordinary",
                    "visited_at": NOW - timedelta(days=days, minutes=1),
                }
                for days in (0, 1, 29, 30, 400)
            ],
        )
    refresh(engine, settings=settings, now=NOW)
    return Reader(engine, settings, build="test", now=lambda: NOW)


def _page(reader: Reader, area: str | None = None, gap: str = "", offset: int = 0) -> Any:
    build = partial(build_registry_page, gap=gap, offset=offset)
    return reader.page("registry", area, "d30", "zh", build, more=(gap, offset))


def test_sums_and_ratios_of_the_city_and_its_districts(reader: Reader) -> None:
    page = _page(reader)
    total = page["total"]
    told = {name: total[name] for name in ("households", "residents", "group_members", "visits")}
    assert told == {"households": 1110, "residents": 2500, "group_members": 500, "visits": 3}
    assert total["reach_share"] == "27.78"  # 500 of the 1,800 residents where both are told
    assert (total["within"], total["measured"], total["within_share"]) == (1, 3, "33.33")
    assert (total["workers"], total["full_time_share"]) == (3, "66.67")
    assert (total["stations"], total["reached"]) == (1, 2)
    assert total["houses"] is None
    rows = {row["code"]: row for row in page["rows"]}
    assert sum(row["grids"] for row in rows.values()) == total["grids"]
    assert rows["A02"]["workers"] == 2 and rows["A03"]["workers"] == 2  # one serves in both
    assert rows["A03"]["dedicated"] == 1
    assert rows["A02"]["visits_per_worker"] == "1.50"


def test_a_gap_lists_as_many_grids_as_it_counts(reader: Reader) -> None:
    page = _page(reader)
    assert tuple(page["gaps"]["counts"]) == GAPS
    for gap, count in page["gaps"]["counts"].items():
        rows = _page(reader, gap=gap)["gaps"]["rows"]
        assert len(rows) == count == page["total"]["gaps"][gap], gap
        assert sum(row["gaps"][gap] for row in page["rows"]) == count, gap
    assert [row["code"] for row in _page(reader, gap="below")["gaps"]["rows"]] == ["A08"]
    assert [row["code"] for row in _page(reader, gap="above")["gaps"]["rows"]] == ["A10"]
    assert "A07" not in {row["code"] for row in _page(reader, gap="no_head")["gaps"]["rows"]}


def test_a_list_goes_on_where_it_is_asked_to(reader: Reader) -> None:
    whole = _page(reader, gap="no_head")["gaps"]["rows"]
    assert _page(reader, gap="no_head", offset=2)["gaps"]["rows"] == whole[2:]


def test_a_grid_has_its_own_line_and_no_areas_below(reader: Reader) -> None:
    page = _page(reader, "A07")
    assert page["total"]["grids"] == 1 and page["rows"] == []
    assert page["total"]["per_grid"] == "300.0"


def test_a_station_reaches_as_far_as_is_said() -> None:
    longitude, latitude = np.array([125.0, 125.0, np.nan]), np.array([46.0, 46.005, np.nan])
    station = np.array([True, False, False])
    assert in_reach(longitude, latitude, station, 560).tolist() == [True, True, False]
    assert in_reach(longitude, latitude, station, 550).tolist() == [True, False, False]
    assert in_reach(longitude, latitude, ~station & False, 9e9).tolist() == [False] * 3
