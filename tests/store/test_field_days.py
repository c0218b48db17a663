"""Kept sums of field work 外勤日汇总: whatever happens to the rows, they count what those count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from dashboard.readings.field_work import read_field_work
from dashboard.readings.raw_totals import Interval
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.field_days import read_kept_days, save_kept_days
from data_access.rollup_reads import read_areas, read_children
from data_access.slices import EVERY_CASE
from data_access.tables import (
    area_paths,
    areas,
    field_changes,
    leaves,
    patrols,
    rollup_field,
    shifts,
    visit_classes,
    visit_subjects,
    visits,
)
from jobs.refresh_field import run_refresh_field
from jobs.refresh_rollups import refresh
from tests.store.history import GRIDS, plant_city

START = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)  # 15:30 in the city
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = frozenset({"patrol_required", "visit_due"})
TABLES: dict[Table, str] = {
    shifts: "shift_id", patrols: "patrol_id", leaves: "leave_id", visits: "visit_id",
    visit_subjects: "subject_id",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_kept_days_equal_the_rows_after_any_history(
    engine: Engine, settings: Settings, seed: int
) -> None:
    random = Random(seed)
    plant_city(engine)
    with begin_write(engine) as connection:
        add_classes(connection)
        for _ in range(120):
            add(connection, random)
    now = NOW
    for _ in range(6):
        refresh(engine, settings=settings, now=now)
        count_all(engine, settings, now)
        assert_same(engine, settings, random, now)
        with begin_write(engine) as connection:
            for _ in range(random.randrange(1, 9)):
                change(connection, random)
        now += random.choice((HOUR, 9 * HOUR, 2 * DAY))
    with begin_read(engine) as connection:
        kept = connection.execute(select(func.count()).select_from(rollup_field)).scalar_one()
    assert kept > 100


def test_a_change_of_today_counts_no_day_anew(sqlite_engine: Engine, settings: Settings) -> None:
    plant_city(sqlite_engine)
    refresh(sqlite_engine, settings=settings, now=NOW)
    count_all(sqlite_engine, settings, NOW)
    row = {"worker_id": 1, "area_id": GRIDS[0], "starts_at": NOW, "ends_at": NOW + HOUR}
    with begin_write(sqlite_engine) as connection:
        connection.execute(insert(shifts).values(**row))
    count_all(sqlite_engine, settings, NOW)
    with begin_read(sqlite_engine) as connection:
        assert not connection.execute(select(field_changes)).all()
        assert not connection.execute(select(rollup_field)).all()


def count_all(engine: Engine, settings: Settings, now: datetime) -> None:
    while run_refresh_field(engine, settings, now):
        pass


def add_classes(connection: Connection) -> None:
    for name, days, grace in (("monthly", 30, 2), ("yearly", 365, 10)):
        row = {"visit_class": name, "name_zh": name, "interval_days": days, "grace_days": grace}
        connection.execute(insert(visit_classes).values(**row))


def add(connection: Connection, random: Random) -> None:
    """A shift, patrol, leave, visit or subject somewhere and some time; workers are few."""
    table = random.choices(list(TABLES), weights=(6, 12, 2, 4, 4))[0]
    connection.execute(insert(table).values(**some_row(table, random)))


def some_row(table: Table, random: Random) -> dict[str, Any]:
    at = START + timedelta(minutes=random.randrange(20 * 24 * 4) * 15)
    area, worker = random.choice(GRIDS), random.randrange(1, 5)
    kind = random.choice(("monthly", "yearly"))
    if table is shifts:
        return {"worker_id": worker, "area_id": area, "starts_at": at, "ends_at": at + 8 * HOUR}
    if table is patrols:
        minutes = timedelta(minutes=random.choice((5, 19, 20, 45)))
        row = {"worker_id": worker, "area_id": area, "started_at": at, "ended_at": at + minutes}
        return row | {"checkpoints": 10, "checkpoints_done": random.randrange(11)}
    if table is leaves:
        until = at + random.choice((HOUR, DAY, 4 * DAY))
        return {"worker_id": worker, "kind": "leave", "starts_at": at, "ends_at": until}
    if table is visits:
        due = random.choice((at, at + DAY, at - 5 * DAY, None))
        row = {"worker_id": worker, "area_id": area, "visit_class": kind, "subject_id": 1}
        return row | {"visited_at": at, "due_at": due}
    return {"area_id": area, "visit_class": kind, "label": "1", "next_due_at": at}


def change(connection: Connection, random: Random) -> None:
    """Something new, something corrected, something gone, other days of grace, a moved area."""
    what = random.choice(("add", "add", "correct", "correct", "remove", "grace", "move"))
    table = random.choice(list(TABLES))
    key = table.c[TABLES[table]]
    ids = list(connection.execute(select(key)).scalars())
    if what == "correct" and ids:
        row = some_row(table, random)
        connection.execute(update(table).where(key == random.choice(ids)).values(**row))
    elif what == "remove" and ids:
        connection.execute(delete(table).where(key == random.choice(ids)))
    elif what == "grace":
        connection.execute(update(visit_classes).values(grace_days=random.randrange(12)))
    elif what == "move":
        below = connection.execute(select(areas.c.parent_id).where(areas.c.area_id.in_(GRIDS)))
        place = random.choice(list(below.scalars()))
        moved = areas.c.area_id == random.choice(GRIDS)
        connection.execute(update(areas).where(moved).values(parent_id=place))
    else:
        add(connection, random)


def assert_same(engine: Engine, settings: Settings, random: Random, now: datetime) -> None:
    """Every area with its children, over whole days, parts of days and days to come."""
    zone = settings.city_time_zone
    edges = sorted(START + timedelta(hours=random.randrange(24 * 22)) for _ in range(2))
    midnight = START - 8 * HOUR
    intervals = [
        Interval(start=midnight, end=midnight + 25 * DAY, as_of=now),
        Interval(start=edges[0], end=edges[1] + HOUR, as_of=now),
        Interval(start=midnight, end=midnight + 30 * DAY, as_of=now - 5 * DAY),
    ]
    with begin_read(engine) as connection:
        assert read_kept_days(connection, zone) is not None
    with engine.connect().execution_options(yiwang_write=True) as connection:
        found = read_everywhere(connection, intervals, zone)
        kept = read_kept_days(connection, zone)
        assert kept is not None
        nothing = type(kept)(tree_version=kept.tree_version, time_zone=zone, first=2, last=1)
        save_kept_days(connection, nothing, now=now)
        assert read_kept_days(connection, zone) is None
        assert found == read_everywhere(connection, intervals, zone)
        connection.rollback()


def read_everywhere(
    connection: Connection, intervals: list[Interval], zone: str
) -> list[dict[int, dict[str, int]]]:
    ids = list(connection.execute(select(area_paths.c.area_id)).scalars())
    return [
        read_field_work(
            connection, area, interval, names=NAMES, chosen=EVERY_CASE, time_zone=zone,
            children=read_children(connection, area.area_id),
        )
        for area in read_areas(connection, ids)
        for interval in intervals
    ]  # fmt: skip
