"""The change feed: which cases changed since a position, none lost and none twice.

PostgreSQL: a row of the change log carries the id of its transaction; the position is a snapshot,
and new is what that snapshot did not see. Sequence numbers and timestamps both lose rows there,
because transactions commit in another order than they draw numbers. SQLite has one writer at a
time, so a sequence number is enough. The reading transaction must hold one snapshot for the
position, the ids and the rows (engine.begin_snapshot_write).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, delete, insert, select, text, update

from data_access.engine import read_system_id
from data_access.frames import Ints
from data_access.tables import change_log, feed_cursors
from data_access.tables.feed import AREA, CASE

ROLLUPS = "rollups"


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far the rollups have come: changes up to ``position``, deadlines up to ``clock_at``."""

    position: str
    clock_at: datetime


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the change log has new. ``position`` is where to go on from once it is applied."""

    position: str
    case_ids: Ints  # sorted, unique
    areas_changed: bool
    others_changed: bool  # surveys, calendar


def read_position(connection: Connection) -> str:
    """The position of this very snapshot: everything it sees is behind it."""
    if connection.dialect.name == "postgresql":
        return str(connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())
    newest = connection.execute(
        text(
            "SELECT max(coalesce((SELECT max(seq) FROM change_log), 0),"
            " coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change_log'), 0))"
        )
    ).scalar_one()
    return str(newest)


def read_changes(connection: Connection, since: str) -> Changes:
    """Everything that became visible after the position ``since``."""
    position = read_position(connection)
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text(
                "SELECT DISTINCT kind, key FROM change_log"
                " WHERE xid >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))"
                " AND NOT pg_visible_in_snapshot(xid, CAST(:since AS pg_snapshot))"
            ),
            {"since": since},
        ).all()
    else:
        rows = connection.execute(
            select(change_log.c.kind, change_log.c.key)
            .distinct()
            .where(change_log.c.seq > int(since))
        ).all()
    kinds = {kind for kind, _ in rows}
    ids = np.unique(np.array([key for kind, key in rows if kind == CASE], dtype=np.int64))
    return Changes(
        position=position,
        case_ids=ids,
        areas_changed=AREA in kinds,
        others_changed=bool(kinds - {AREA, CASE}),
    )


def read_cursor(connection: Connection) -> Cursor | None:
    """The rollups' cursor, or None when they must be rebuilt: never built, or the database is not
    the one the position belongs to (a restored dump)."""
    row = connection.execute(
        select(feed_cursors).where(feed_cursors.c.name == ROLLUPS)
    ).one_or_none()
    if row is None or row.clock_at is None or row.system_id != read_system_id(connection):
        return None
    return Cursor(position=row.position, clock_at=row.clock_at)


def save_cursor(connection: Connection, cursor: Cursor) -> None:
    """Remember how far the rollups have come, in the transaction that applied it."""
    values = {
        "position": cursor.position,
        "clock_at": cursor.clock_at,
        "system_id": read_system_id(connection),
    }
    found = connection.execute(
        update(feed_cursors).where(feed_cursors.c.name == ROLLUPS).values(**values)
    )
    if found.rowcount == 0:
        connection.execute(insert(feed_cursors).values(name=ROLLUPS, **values))


def delete_consumed(connection: Connection, position: str) -> None:
    """Drop log rows that the position ``position`` has already seen."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "DELETE FROM change_log WHERE"
                " pg_visible_in_snapshot(xid, CAST(:seen AS pg_snapshot))"
            ),
            {"seen": position},
        )
    else:
        connection.execute(delete(change_log).where(change_log.c.seq <= int(position)))
