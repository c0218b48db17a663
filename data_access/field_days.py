"""Field work by city day 外勤日汇总: kept sums of patrols and due visits, and what made them old.

``rollup_field`` holds whole city days of every area; which days it holds stands in one mark beside.
It belongs to one tree and one time zone: with another of either nothing is kept, and readings count
from the rows themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from data_access.bulk import bulk_insert
from data_access.running_clocks import read_mark, save_mark
from data_access.tables import (
    area_paths,
    field_changes,
    rollup_field,
    rollup_state,
    shifts,
    visit_subjects,
    visits,
)

_MARK = "field_days"
PATROL = "patrol"
VISIT = "visit_"  # followed by the class


@dataclass(frozen=True, kw_only=True)
class KeptDays:
    """The days kept, yyyymmdd, both ends included; none where ``first`` is after ``last``."""

    tree_version: int
    time_zone: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class FieldChanges:
    """What the triggers have noted: the rows' ids, the times they are about (both ends included),
    and whether anything at all may have changed."""

    ids: Sequence[int]
    spans: Sequence[tuple[datetime, datetime]]
    is_anything: bool


def read_kept_days(connection: Connection, time_zone: str) -> KeptDays | None:
    """The days that are kept for the present tree; None: nothing is."""
    mark = read_mark(connection, _MARK)
    if not mark:
        return None
    kept = KeptDays(**json.loads(mark))
    tree = connection.execute(select(rollup_state.c.tree_version)).scalar_one_or_none()
    if kept.time_zone != time_zone or kept.tree_version != tree or kept.first > kept.last:
        return None
    return kept


def read_field_sums(
    connection: Connection, area_ids: Sequence[int], first: int, last: int
) -> dict[int, dict[str, tuple[int, int]]]:
    """area id → kind → (required, done) over the days [first, last], yyyymmdd; what has no row is
    left out."""
    table = rollup_field
    rows = connection.execute(
        select(table.c.area_id, table.c.kind, func.sum(table.c.required), func.sum(table.c.done))
        .where(table.c.area_id.in_(area_ids), table.c.period.between(first, last))
        .group_by(table.c.area_id, table.c.kind)
    )
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for area_id, kind, required, done in rows:
        found.setdefault(area_id, {})[kind] = (int(required), int(done))
    return found


def read_field_changes(connection: Connection) -> FieldChanges:
    """Everything noted so far."""
    rows = connection.execute(select(field_changes)).all()
    return FieldChanges(
        ids=[row.change_id for row in rows],
        spans=[(row.from_at, row.until_at) for row in rows if row.from_at and row.until_at],
        is_anything=any(row.from_at is None or row.until_at is None for row in rows),
    )


def read_first_moment(connection: Connection) -> datetime | None:
    """The first moment any field work is about; None without any."""
    moments = [
        connection.execute(select(func.min(column))).scalar_one()
        for column in (shifts.c.starts_at, visits.c.due_at, visit_subjects.c.next_due_at)
    ]
    return min((one for one in moments if one is not None), default=None)


def read_lines_by_place(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Place in depth-first order → ids from the root to the area itself."""
    rows = connection.execute(select(area_paths.c.first_order, area_paths.c.path))
    return {place: tuple(int(one) for one in path.split("/")) for place, path in rows}


def replace_field_days(
    connection: Connection, days: Iterable[int], columns: Mapping[str, Any]
) -> None:
    """Put the rows of these days, yyyymmdd, in place of what was there."""
    connection.execute(delete(rollup_field).where(rollup_field.c.period.in_(list(days))))
    bulk_insert(connection, rollup_field, columns)


def clear_field_days(connection: Connection) -> None:
    """Forget all days."""
    connection.execute(delete(rollup_field))


def save_kept_days(connection: Connection, kept: KeptDays, *, now: datetime) -> None:
    """Note which days are kept."""
    save_mark(connection, _MARK, json.dumps(asdict(kept)), now=now)


def delete_field_changes(connection: Connection, ids: Sequence[int]) -> None:
    """Forget what has been counted; rows noted meanwhile stay."""
    for start in range(0, len(ids), 10_000):
        chunk = ids[start : start + 10_000]
        connection.execute(delete(field_changes).where(field_changes.c.change_id.in_(chunk)))
