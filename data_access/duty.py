"""Duty 在岗: what the duty job reads and what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from data_access.tables import (
    areas,
    duty_history,
    duty_now,
    leaves,
    shifts,
    worker_grids,
    workers,
)

COUNTS = (
    "rostered", "on_duty", "in_field", "on_leave", "absent", "grids_required", "grids_covered",
)  # fmt: skip
ALL_COUNTS = (*COUNTS, "workers_active", "grids_total", "grids_staffed")
_TWO_DAYS = timedelta(days=2)


def read_running_shifts(connection: Connection, now: datetime) -> list[Any]:
    """Shifts that contain ``now``: worker, grid, start, evidence of work, last sign of life."""
    return list(
        connection.execute(
            select(
                shifts.c.worker_id,
                shifts.c.area_id,
                shifts.c.starts_at,
                shifts.c.checked_in_at,
                workers.c.last_seen_at,
            )
            .join(workers, workers.c.worker_id == shifts.c.worker_id)
            .where(
                shifts.c.starts_at <= now,
                shifts.c.ends_at > now,
                # No shift is longer than two days: lets the index on starts_at do the work.
                shifts.c.starts_at > now - _TWO_DAYS,
            )
        )
    )


def read_running_leaves(connection: Connection, now: datetime) -> dict[int, str]:
    """worker → leave 请假 or field 外勤 at ``now``; leave wins where both run."""
    rows = connection.execute(
        select(leaves.c.worker_id, leaves.c.kind).where(
            leaves.c.starts_at <= now, leaves.c.ends_at > now
        )
    ).all()
    found: dict[int, str] = {}
    for worker_id, kind in rows:
        if found.get(worker_id) != "leave":
            found[worker_id] = kind
    return found


def serves_on(
    first_on: ColumnElement[Any], until_on: ColumnElement[Any], day: date
) -> ColumnElement[bool]:
    """Whether a service [first_on, until_on) holds on a city day; NULL is an open end."""
    return and_(or_(first_on.is_(None), first_on <= day), or_(until_on.is_(None), until_on > day))


def read_staffing(connection: Connection, day: date) -> tuple[dict[int, int], dict[int, int]]:
    """(workers by home area, workers by grid they serve), those active on the city day ``day``."""
    active = serves_on(workers.c.active_from, workers.c.active_to, day)
    by_home = connection.execute(
        select(workers.c.area_id, func.count()).where(active).group_by(workers.c.area_id)
    )
    by_grid = connection.execute(
        select(worker_grids.c.area_id, func.count())
        .join(workers, workers.c.worker_id == worker_grids.c.worker_id)
        .where(active, serves_on(worker_grids.c.valid_from, worker_grids.c.valid_to, day))
        .group_by(worker_grids.c.area_id)
    )
    return {row[0]: row[1] for row in by_home}, {row[0]: row[1] for row in by_grid}


def read_grids(connection: Connection) -> list[int]:
    """Leaf areas that are places: every grid but 未定位."""
    return list(
        connection.execute(
            select(areas.c.area_id).where(
                areas.c.hierarchy == "main", areas.c.level == "grid", areas.c.kind != "unlocated"
            )
        ).scalars()
    )


def read_duty_counts(connection: Connection) -> dict[int, tuple[int, ...]]:
    """What duty_now holds: area → ALL_COUNTS."""
    columns = [duty_now.c[name] for name in ALL_COUNTS]
    return {
        row[0]: tuple(row[1:]) for row in connection.execute(select(duty_now.c.area_id, *columns))
    }


def save_duty_counts(
    connection: Connection, changed: Mapping[int, tuple[int, ...]], gone: set[int], now: datetime
) -> None:
    """Write the areas whose counts changed."""
    for start in range(0, len(changed), 5000):
        chunk = list(changed)[start : start + 5000]
        connection.execute(delete(duty_now).where(duty_now.c.area_id.in_(chunk)))
        connection.execute(
            insert(duty_now),
            [
                {
                    "area_id": area,
                    "computed_at": now,
                    **dict(zip(ALL_COUNTS, changed[area], strict=True)),
                }
                for area in chunk
            ],
        )
    if gone:
        connection.execute(delete(duty_now).where(duty_now.c.area_id.in_(sorted(gone))))


def save_duty_slot(
    connection: Connection, rows: Mapping[int, tuple[int, ...]], slot_at: datetime
) -> None:
    """Keep the counts of a half hour; the last write of a slot stays."""
    connection.execute(delete(duty_history).where(duty_history.c.slot_at == slot_at))
    if rows:
        connection.execute(
            insert(duty_history),
            [
                {"area_id": area, "slot_at": slot_at, **dict(zip(COUNTS, counts, strict=False))}
                for area, counts in rows.items()
            ],
        )
