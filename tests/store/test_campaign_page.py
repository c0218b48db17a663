"""Campaigns: progress against the clock by area and police grid, by hand on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.readings.campaign_page import (
    UnknownCampaignError,
    build_campaign_list,
    build_campaign_page,
)
from dashboard.readings.reader import Reader
from dashboard.readings.view import UnknownAreaError
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import areas, campaign_progress, campaign_targets, campaigns
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
NOW = START + timedelta(hours=3)
TARGETS = {7: 100, 8: 100, 9: 100, 10: 200, 11: 100}
# (grid, hours after the start, done); the last row lies in the future and has not happened
STEPS = (
    (7, 0.5, 40), (7, 2.5, 60), (8, 1.0, 30), (9, 2.25, 45), (10, 1.5, 20), (10, 2.75, 5),
    (11, 4.0, 99),
)  # fmt: skip


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    """Six hours, three of them over; grids 7, 8 and 10 belong to police grids."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(
            insert(areas),
            [
                {"area_id": n, "code": f"P{n}", "parent_id": None, "level": "police_grid",
                 "depth": 0, "name_zh": f"警格{n}", "hierarchy": "police"}
                for n in (21, 22)
            ],
        )  # fmt: skip
        for grid, police in ((7, 21), (8, 21), (10, 22)):
            connection.execute(
                update(areas).where(areas.c.area_id == grid).values(police_area_id=police)
            )
        connection.execute(
            insert(campaigns),
            [
                {"campaign_id": 1, "code": "sampling", "name_zh": "采样", "unit": "人",
                 "started_at": START, "due_at": START + timedelta(hours=6)},
                {"campaign_id": 2, "code": "later", "name_zh": "以后", "unit": "户",
                 "started_at": NOW + timedelta(days=1), "due_at": None},
            ],
        )  # fmt: skip
        connection.execute(
            insert(campaign_targets),
            [{"campaign_id": 1, "area_id": n, "target": target} for n, target in TARGETS.items()],
        )
        connection.execute(
            insert(campaign_progress),
            [
                {"campaign_id": 1, "area_id": grid, "at": START + timedelta(hours=after),
                 "done": done}
                for grid, after, done in STEPS
            ],
        )  # fmt: skip
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _page(
    reader: Reader, area: str | None = None, *, code: str = "sampling", police: str = "",
    offset: int = 0,
) -> Any:  # fmt: skip
    build = partial(build_campaign_page, code=code, police=police, offset=offset)
    more = (code, police, offset)
    return reader.page("campaign", area, None, "zh", build, more=more, slow_seconds=5)


def test_progress_against_the_clock(reader: Reader) -> None:
    pace = _page(reader)["pace"]
    assert (pace["target"], pace["done"], pace["left"]) == (600, 200, 400)
    assert (pace["share"], pace["elapsed"]) == ("33.33", "50.0")
    # 200 in three hours; 110 in the last one; 400 left in three hours
    assert (pace["mean_rate"], pace["recent_rate"], pace["needed_rate"]) == (
        "66.7",
        "110",
        "133",
    )
    assert pace["finish_ms"] == int(NOW.timestamp() * 1000) + 400 * 3_600_000 // 110
    assert pace["is_late"] and not pace["is_done"]


def test_the_burn_up_ends_at_what_was_done(reader: Reader) -> None:
    burn = _page(reader)["burn_up"]
    points = burn["points"]
    assert points[0] == [burn["start_ms"], 0]
    assert points[-1] == [burn["now_ms"], 200]
    assert points == sorted(points)
    at_two_hours = [count for ms, count in points if ms <= burn["start_ms"] + 2 * 3_600_000]
    assert at_two_hours[-1] == 90


def test_areas_and_police_grids_add_up(reader: Reader) -> None:
    page = _page(reader)
    by_area = {row["code"]: (row["target"], row["done"], row["lagging"]) for row in page["areas"]}
    assert by_area == {"A02": (300, 175, 1), "A03": (300, 25, 2)}
    police = [(row["code"], row["grids"], row["done"]) for row in page["police_grids"]]
    assert police == [("P22", 1, 25), ("P21", 2, 130)]  # the one furthest behind first
    own = _page(reader, police="P21")
    assert (own["pace"]["target"], own["pace"]["done"], own["police"]) == (200, 130, "P21")
    assert _page(reader, "A03", police="P21")["pace"]["target"] == 0
    assert _page(reader, police="A07")["police"] == ""  # an area, no police grid


def test_lagging_grids_have_the_most_missing_first(reader: Reader) -> None:
    lagging = _page(reader)["lagging"]
    assert (lagging["total"], lagging["grids"]) == (3, 5)
    rows = [(row["code"], row["missing"], row["done"]) for row in lagging["rows"]]
    assert rows == [("A10", 75, 25), ("A11", 50, 0), ("A08", 20, 30)]
    assert lagging["rows"][1]["last_ms"] is None
    assert [row["code"] for row in _page(reader, offset=2)["lagging"]["rows"]] == ["A08"]


def test_the_list_knows_every_campaign(reader: Reader) -> None:
    shown = reader.page("campaigns", None, None, "zh", build_campaign_list)["campaigns"]
    assert [(one["code"], one["state"], one["share"]) for one in shown] == [
        ("later", "waiting", "—"), ("sampling", "running", "33.33"),
    ]  # fmt: skip
    waiting = _page(reader, code="later")
    assert waiting["pace"]["share"] == waiting["pace"]["recent_rate"] == "—"
    assert waiting["lagging"]["total"] == 0


def test_unknown_campaigns_and_areas_are_told_apart(reader: Reader) -> None:
    with pytest.raises(UnknownCampaignError):
        _page(reader, code="no\x00ne")
    with pytest.raises(UnknownAreaError):
        _page(reader, "nowhere")
