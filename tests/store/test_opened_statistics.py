"""Statistics about single persons: refused unless opened, for their area, until their day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from dashboard.clocks.city_time import day_start
from dashboard.readings.acting import Outcome
from dashboard.readings.case_acting import perform
from dashboard.readings.opened_statistics import (
    STATISTICS,
    StatisticsClosedError,
    build_opened,
    build_statistics_page,
    read_statistic,
)
from dashboard.readings.reader import Reader
from dashboard.readings.thresholds import EditingOffError
from dashboard.settings import Settings
from data_access import opened_statistics as store
from data_access.engine import begin_read, begin_write
from data_access.rollup_reads import read_area
from data_access.tables import (
    audit_log,
    cases,
    check_ins,
    patrols,
    shifts,
    statistic_openings,
    visits,
    workers,
)
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)  # Wednesday, 14:00 in the city
_HOUR = timedelta(hours=1)
# worker → home grid; 7 and 8 lie in street 4 of district 2, 10 in district 3
HOMES = {1: 7, 2: 8, 3: 10}
ASKED = {
    "action": "open_statistic", "actor": "李处", "key": "k" * 12, "statistic": "online",
    "area": "A02", "purpose": "防汛值守", "reason": "核对补贴", "approver": "王局",
    "ends_on": "2026-11-30",
}  # fmt: skip


def _people(engine: Engine) -> None:
    with begin_write(engine) as connection:
        for worker, grid in HOMES.items():
            connection.execute(insert(workers).values(
                worker_id=worker, code=f"W{worker}", name="王小某", role="grid_worker",
                area_id=grid))  # fmt: skip
            for back, seen in ((1, 0.5), (25, 0), (49, None)):
                start = NOW - back * _HOUR
                came = None if seen is None else start + seen * _HOUR
                connection.execute(insert(shifts).values(
                    worker_id=worker, area_id=grid, starts_at=start, ends_at=start + 8 * _HOUR,
                    checked_in_at=came))  # fmt: skip
            connection.execute(insert(check_ins).values(
                worker_id=worker, kind="check_in", at=NOW - _HOUR, longitude=124.1234567,
                latitude=47.3, accuracy_metres=12.4))  # fmt: skip
        for worker, minutes in ((2, 25), (2, 25), (2, 5), (1, 30)):
            start = NOW - 3 * _HOUR
            connection.execute(insert(patrols).values(
                worker_id=worker, area_id=HOMES[worker], started_at=start,
                ended_at=start + timedelta(minutes=minutes)))  # fmt: skip
        connection.execute(insert(visits).values(
            worker_id=2, area_id=8, visit_class="yearly", visited_at=NOW - _HOUR))  # fmt: skip
        connection.execute(insert(cases).values(
            case_id=1, case_code="C1", source_id=1, source_ref="1", category_id=1, area_id=7,
            state="closed", reported_at=NOW - 9 * _HOUR, accepted_at=NOW - 9 * _HOUR,
            closed_at=NOW - 8 * _HOUR, worker_id=1, ingested_at=NOW, updated_at=NOW,
        ))  # fmt: skip


class Office:
    """A reader whose clock moves, with editing on, and what may be asked of it."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.now = NOW
        own = Settings(
            database_url=settings.database_url, data_dir=settings.data_dir,
            cache_dir=settings.cache_dir, editing=True,
        )  # fmt: skip
        self.reader = Reader(engine, own, build="test", now=lambda: self.now)
        self.reader.ticker.look()
        self._keys = 0

    def act(self, changes: Mapping[str, str]) -> Outcome:
        self._keys += 1
        fields = {**ASKED, "key": f"key-{self._keys:08d}", **changes}
        return perform(self.reader, fields, origin="test")

    def read(self, statistic: str, code: str = "A02") -> list[dict[str, Any]]:
        start = day_start(NOW.date() - timedelta(days=6), "Asia/Shanghai")
        with begin_read(self.reader.engine) as connection:
            area = read_area(connection, code)
            assert area is not None
            found = read_statistic(
                connection, area, statistic, bounds=(start, NOW + _HOUR), now=self.now, lang="zh"
            )
        rows: list[dict[str, Any]] = found["rows"]
        return rows


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Office:
    plant_city(engine)
    _people(engine)
    refresh(engine, settings=settings, now=NOW)
    return Office(engine, settings)


def test_nobody_is_counted_unless_it_was_opened(office: Office) -> None:
    for statistic in STATISTICS:
        with pytest.raises(StatisticsClosedError):
            office.read(statistic)
    assert office.reader.fresh("A02", "d30", "zh", build_opened) == {"opened": []}
    # Nor do the queries answer when somebody asks them without the reading.
    with begin_read(office.reader.engine) as connection:
        area = read_area(connection, "A02")
        assert area is not None
        for query in (store.read_online, store.read_points, store.read_tracks):
            assert query(connection, 1, area, NOW - 200 * _HOUR, NOW, NOW) == []


def test_one_is_opened_for_its_area_and_ends_by_itself(office: Office) -> None:
    assert office.act({}).said == "opened.said.open"
    rows = {row["code"]: row for row in office.read("online")}
    # Half an hour of the shift that runs, eight of yesterday's; the third was not begun.
    assert {code: (row["shifts"], row["begun"], row["hours"]) for code, row in rows.items()} == {
        "W1": (3, 2, "8.5"), "W2": (3, 2, "8.5"),
    }  # fmt: skip
    assert rows["W1"]["name"] == "王**"
    assert [row["code"] for row in office.read("online", "A07")] == ["W1"]
    for statistic, code in (("points", "A02"), ("tracks", "A02"), ("online", "A03"),
                            ("online", "A01")):  # fmt: skip
        with pytest.raises(StatisticsClosedError):
            office.read(statistic, code)
    shown = office.reader.fresh("A07", "d7", "zh", build_opened)["opened"]
    assert [one["statistic"] for one in shown] == ["online"]
    assert shown[0]["opening"]["approver"] == "王局"
    office.now = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    assert office.read("online")
    office.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # midnight in the city
    with pytest.raises(StatisticsClosedError):
        office.read("online")
    page = office.reader.fresh("A02", "d7", "zh", build_statistics_page)
    assert ([one["state"] for one in page["openings"]], page["views"]) == (["over"], [])


def test_points_and_tracks_hold_what_they_say(office: Office) -> None:
    for statistic in ("points", "tracks"):
        assert office.act({"statistic": statistic}).is_done
    names = ("code", "points", "patrols", "visits", "cases")
    assert [tuple(row[name] for name in names) for row in office.read("points")] == [
        ("W2", 3, 2, 1, 0), ("W1", 2, 1, 0, 1),
    ]  # fmt: skip
    tracks = office.read("tracks")
    assert [(row["code"], row["place"], row["metres"]) for row in tracks] == [
        ("W1", "124.12346, 47.30000", 12), ("W2", "124.12346, 47.30000", 12),
    ]  # fmt: skip


def test_it_is_ended_early_once_and_audited(office: Office, engine: Engine) -> None:
    office.act({})
    twice = office.act({"area": "A04"})  # the area lies below one where it stands open
    assert twice.refused is not None and twice.refused.value == "same_kind"
    end = {"action": "end_statistic", "subject": "1", "actor": "赵科"}
    assert office.act(end).said == "opened.said.end"
    with pytest.raises(StatisticsClosedError):
        office.read("online")
    assert office.act(end).refused is not None
    assert office.act({**end, "subject": "77"}).wrong
    with begin_read(engine) as connection:
        kept = connection.execute(
            select(audit_log.c.action, audit_log.c.actor).order_by(audit_log.c.audit_id)
        ).all()
    assert [tuple(row) for row in kept] == [("open_statistic", "李处"), ("end_statistic", "赵科")]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reason": " "}, "reason"),
        ({"purpose": ""}, "purpose"),
        ({"approver": ""}, "approver"),
        ({"approver": "李处"}, "approver"),  # nobody approves what they ask for
        ({"statistic": "everything"}, "statistic"),
        ({"area": "A01"}, "area"),  # never for the whole city
        ({"area": "nowhere"}, "area"),
        ({"ends_on": "2026-11-03"}, "ends_on"),
        ({"ends_on": "2027-02-03"}, "ends_on"),  # 91 days ahead
        ({"ends_on": "soon"}, "ends_on"),
    ],
)
def test_what_is_missing_is_refused(
    office: Office, engine: Engine, changes: dict[str, str], wrong: str
) -> None:
    assert set(office.act(changes).wrong) == {wrong}
    with begin_read(engine) as connection:
        count = connection.execute(select(func.count()).select_from(statistic_openings))
        assert count.scalar_one() == 0


def test_nothing_can_be_opened_with_editing_off(office: Office, settings: Settings) -> None:
    closed = Reader(office.reader.engine, settings, build="test", now=lambda: NOW)
    with pytest.raises(EditingOffError):
        perform(closed, ASKED, origin="test")
