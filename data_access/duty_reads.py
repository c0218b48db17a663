"""Duty 值守 as pages list it: running shifts below an area, roles filled, contacts of grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from data_access.duty import serves_on
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, areas, leaves, shifts, worker_grids, workers

_TWO_DAYS = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class RunningShift:
    """A shift that runs now; ``place``: of its grid in depth-first order; instants are aware.

    ``evidence_at``: newest sign of work, None for none. ``absence``: leave or field, None for none;
    ``absent_since``: when that began.
    """

    worker_id: int
    area_id: int
    place: int
    starts_at: datetime
    checked_in_at: datetime | None
    last_seen_at: datetime | None
    absence: str | None = None
    absent_since: datetime | None = None

    @property
    def evidence_at(self) -> datetime | None:
        known = [one for one in (self.checked_in_at, self.last_seen_at) if one is not None]
        return max(known, default=None)


def read_shifts_below(connection: Connection, area: AreaRow, now: datetime) -> list[RunningShift]:
    """Shifts that contain ``now`` in the grids below an area, with leave and field work."""
    away = _running_leaves(connection, now)
    rows = connection.execute(
        select(
            shifts.c.worker_id,
            shifts.c.area_id,
            area_paths.c.first_order,
            shifts.c.starts_at,
            shifts.c.checked_in_at,
            workers.c.last_seen_at,
        )
        .join(workers, workers.c.worker_id == shifts.c.worker_id)
        .join(area_paths, area_paths.c.area_id == shifts.c.area_id)
        .where(
            shifts.c.starts_at <= now,
            shifts.c.ends_at > now,
            # No shift is longer than two days: lets the index on starts_at do the work.
            shifts.c.starts_at > now - _TWO_DAYS,
            is_below(area),
        )
        .order_by(area_paths.c.first_order, shifts.c.starts_at, shifts.c.worker_id)
    )
    return [_running(row, away) for row in rows]


def _running(row: Any, away: dict[int, tuple[str, datetime]]) -> RunningShift:
    absence, since = away.get(row.worker_id, (None, None))
    return RunningShift(
        worker_id=row.worker_id,
        area_id=row.area_id,
        place=row.first_order,
        starts_at=row.starts_at,
        checked_in_at=row.checked_in_at,
        last_seen_at=row.last_seen_at,
        absence=absence,
        absent_since=since,
    )


def _running_leaves(connection: Connection, now: datetime) -> dict[int, tuple[str, datetime]]:
    """worker → (kind, since) at ``now``; leave wins where leave and field work both run."""
    found: dict[int, tuple[str, datetime]] = {}
    rows = connection.execute(
        select(leaves.c.worker_id, leaves.c.kind, leaves.c.starts_at).where(
            leaves.c.starts_at <= now, leaves.c.ends_at > now
        )
    )
    for worker_id, kind, since in rows:
        if found.get(worker_id, ("", None))[0] != "leave":
            found[worker_id] = (kind, since)
    return found


def read_roles_filled(
    connection: Connection, parents: Sequence[int], day: date
) -> dict[tuple[int, str], int]:
    """(area, role) → grids below the area that somebody serves in this role on a city day.

    Roles that nobody has are left out. Both the service and the worker must be active.
    """
    own, below = area_paths.alias("own"), area_paths.alias("below")
    rows = connection.execute(
        select(own.c.area_id, worker_grids.c.role, func.count(distinct(worker_grids.c.area_id)))
        .select_from(own)
        .join(below, below.c.first_order.between(own.c.first_order, own.c.last_order))
        .join(worker_grids, worker_grids.c.area_id == below.c.area_id)
        .join(workers, workers.c.worker_id == worker_grids.c.worker_id)
        .where(
            own.c.area_id.in_(parents),
            below.c.is_leaf == 1,
            serves_on(worker_grids.c.valid_from, worker_grids.c.valid_to, day),
            serves_on(workers.c.active_from, workers.c.active_to, day),
        )
        .group_by(own.c.area_id, worker_grids.c.role)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def read_roles(connection: Connection) -> set[str]:
    """Every role in which anybody ever served a grid."""
    return set(connection.execute(select(worker_grids.c.role).distinct()).scalars())


def read_contacts(
    connection: Connection, grid_ids: Sequence[int], day: date
) -> dict[int, list[Any]]:
    """grid → who serves it on a city day: role, name, phone (both to be masked)."""
    found: dict[int, list[Any]] = {}
    rows = connection.execute(
        select(worker_grids.c.area_id, worker_grids.c.role, workers.c.name, workers.c.phone)
        .join(workers, workers.c.worker_id == worker_grids.c.worker_id)
        .where(
            worker_grids.c.area_id.in_(grid_ids),
            serves_on(worker_grids.c.valid_from, worker_grids.c.valid_to, day),
            serves_on(workers.c.active_from, workers.c.active_to, day),
        )
        .order_by(worker_grids.c.area_id, worker_grids.c.role, workers.c.worker_id)
    )
    for row in rows:
        found.setdefault(row.area_id, []).append(row)
    return found


def read_grid_lines(connection: Connection, grid_ids: Sequence[int]) -> dict[int, Any]:
    """grid → code, names and path (ids from the root, joined by "/")."""
    rows = connection.execute(
        select(areas.c.area_id, areas.c.code, areas.c.name_zh, areas.c.name_en, area_paths.c.path)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .where(areas.c.area_id.in_(grid_ids))
    )
    return {row.area_id: row for row in rows}
