"""Field work in a window: whistle calls 吹哨, patrols 巡查 and household visits 走访.

Rows carry the area's place in depth-first order (``area_paths.first_order``), so that a reading
adds them up for any area: a subtree is one range of places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from data_access.frames import Ints
from data_access.matrix import int_matrix
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import (
    area_paths,
    leaves,
    patrols,
    shifts,
    visit_classes,
    visit_subjects,
    visits,
    whistle_calls,
)
from data_access.types import epoch_ms

# A valid patrol: so long, or so large a share of its checkpoints (recommended values).
LEAST_PATROL_MS = 20 * 60_000
LEAST_CHECKPOINTS = (6, 10)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many, by the area's place: ``places`` and ``counts`` are of one length."""

    places: Ints
    counts: Ints


@dataclass(frozen=True, kw_only=True)
class ShiftRows:
    """Shifts by their start, one row each; instants in epoch ms."""

    place: Ints
    worker_id: Ints
    starts_ms: Ints
    ends_ms: Ints


@dataclass(frozen=True, kw_only=True)
class PatrolRows:
    """Valid patrols, one row each."""

    place: Ints
    started_ms: Ints


def read_whistle_counts(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    as_of: datetime,
    department_id: int | None = None,
) -> tuple[Counted, Counted]:
    """(called, arrived in time): calls of [start, end) whose limit has run out or that were
    answered by ``as_of``; below an area, by place. ``department_id``: of one department alone."""
    table = whistle_calls
    answered = table.c.arrived_at <= as_of
    in_time = and_(answered, table.c.arrived_at <= table.c.due_at)
    query = (
        select(
            area_paths.c.first_order,
            func.count(),
            func.sum(case((in_time, 1), else_=0)),
        )
        .join(area_paths, area_paths.c.area_id == table.c.area_id)
        .where(
            is_below(area),
            table.c.called_at >= start,
            table.c.called_at < end,
            table.c.called_at <= as_of,
            or_(answered, table.c.due_at < as_of),
        )
        .group_by(area_paths.c.first_order)
    )
    if department_id is not None:
        query = query.where(table.c.department_id == department_id)
    rows = int_matrix(connection, query)
    return Counted(places=rows[:, 0], counts=rows[:, 1]), Counted(
        places=rows[:, 0], counts=rows[:, 2]
    )


def read_shift_rows(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> ShiftRows:
    """Shifts that start in [start, end) below an area."""
    query = (
        select(
            area_paths.c.first_order,
            shifts.c.worker_id,
            epoch_ms(shifts.c.starts_at),
            epoch_ms(shifts.c.ends_at),
        )
        .join(area_paths, area_paths.c.area_id == shifts.c.area_id)
        .where(is_below(area), shifts.c.starts_at >= start, shifts.c.starts_at < end)
    )
    rows = int_matrix(connection, query)
    return ShiftRows(
        place=rows[:, 0], worker_id=rows[:, 1], starts_ms=rows[:, 2], ends_ms=rows[:, 3]
    )


def read_leaves_in(
    connection: Connection, start: datetime, end: datetime
) -> dict[int, list[tuple[int, int]]]:
    """Leave 请假 that runs in [start, end): worker → (from, until) in epoch ms."""
    found: dict[int, list[tuple[int, int]]] = {}
    rows = connection.execute(
        select(leaves.c.worker_id, epoch_ms(leaves.c.starts_at), epoch_ms(leaves.c.ends_at)).where(
            leaves.c.kind == "leave", leaves.c.ends_at > start, leaves.c.starts_at < end
        )
    )
    for worker_id, first, last in rows:
        found.setdefault(worker_id, []).append((first, last))
    return found


def valid_patrol() -> ColumnElement[bool]:
    """Whether a patrol counts: long enough, or enough of its checkpoints."""
    length = epoch_ms(patrols.c.ended_at) - epoch_ms(patrols.c.started_at)
    part, whole = LEAST_CHECKPOINTS
    return or_(
        length >= LEAST_PATROL_MS,
        and_(
            patrols.c.checkpoints > 0,
            patrols.c.checkpoints_done * whole >= patrols.c.checkpoints * part,
        ),
    )


def read_patrol_rows(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> PatrolRows:
    """Valid patrols that start in [start, end) below an area."""
    valid = valid_patrol()
    query = (
        select(area_paths.c.first_order, epoch_ms(patrols.c.started_at))
        .select_from(area_paths.join(patrols, patrols.c.area_id == area_paths.c.area_id))
        .where(is_below(area), patrols.c.started_at >= start, patrols.c.started_at < end, valid)
    )
    rows = int_matrix(connection, query)
    return PatrolRows(place=rows[:, 0], started_ms=rows[:, 1])


def read_visit_counts(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> Mapping[str, tuple[Counted, Counted]]:
    """Class → (due, done) below an area: visits whose due date lies in [start, end), done when made
    within the days of grace; and households whose date lies there and that nobody has visited."""
    # As a wide number: a month of grace in milliseconds is more than 32 bits hold.
    grace = cast(func.coalesce(visit_classes.c.grace_days, 0), BigInteger) * 86_400_000
    within = epoch_ms(visits.c.visited_at) <= epoch_ms(visits.c.due_at) + grace
    made = (
        select(
            visits.c.visit_class,
            area_paths.c.first_order,
            func.count().label("due"),
            func.sum(case((within, 1), else_=0)).label("done"),
        )
        .join(area_paths, area_paths.c.area_id == visits.c.area_id)
        .outerjoin(visit_classes, visit_classes.c.visit_class == visits.c.visit_class)
        .where(is_below(area), visits.c.due_at >= start, visits.c.due_at < end)
        .group_by(visits.c.visit_class, area_paths.c.first_order)
    )
    subject = visit_subjects
    answered = exists(
        select(visits.c.visit_id).where(
            visits.c.subject_id == subject.c.subject_id, visits.c.due_at == subject.c.next_due_at
        )
    )
    missed = (
        select(subject.c.visit_class, area_paths.c.first_order, func.count(), literal(0))
        .join(area_paths, area_paths.c.area_id == subject.c.area_id)
        .where(
            is_below(area),
            subject.c.next_due_at >= start,
            subject.c.next_due_at < end,
            ~answered,
        )
        .group_by(subject.c.visit_class, area_paths.c.first_order)
    )
    rows = [*connection.execute(made), *connection.execute(missed)]
    return {name: _of_class(rows, name) for name in sorted({row[0] for row in rows})}


def _of_class(rows: list[Any], name: str) -> tuple[Counted, Counted]:
    own = np.array([tuple(row)[1:] for row in rows if row[0] == name], dtype=np.int64)
    due, done = Counted(places=own[:, 0], counts=own[:, 1]), own[:, 2]
    return due, Counted(places=own[:, 0], counts=done)
