"""The change feed: which cases changed since a position, none lost and none twice.

PostgreSQL: a row of the change log carries the id of its transaction; the position is a snapshot,
and new is what that snapshot did not see. Sequence numbers and timestamps both lose rows there,
because transactions commit in another order than they draw numbers. SQLite has one writer at a
time, so a sequence number is enough. The reading transaction must hold one snapshot for the
position, the ids and the rows (engine.begin_snapshot_write).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, delete, insert, select, text, update

from data_access.engine import read_system_id
from data_access.frames import Ints
from data_access.tables import change_log, feed_cursors
from data_access.tables.feed import AREA, CASE, SOURCE

ROLLUPS = "rollups"
REPEATS = "repeats"
# Log rows are kept for a second reader up to this long; after that it must look at all cases again.
MOST_BEHIND = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a reader has come: changes up to ``position``; the rollups also with the deadlines,
    up to ``clock_at``, which for any other reader is when it last read."""

    position: str
    clock_at: datetime


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the change log has new. ``position`` is where to go on from once it is applied."""

    position: str
    case_ids: Ints  # sorted, unique
    areas_changed: bool
    others_changed: bool  # surveys, calendar
    sources_changed: bool = False  # what a source stands for: it concerns all its cases


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
        sources_changed=SOURCE in kinds,
    )


def read_cursor(connection: Connection, name: str = ROLLUPS) -> Cursor | None:
    """A reader's cursor, or None when it must begin anew: it never read, or the database is not
    the one the position belongs to (a restored dump)."""
    row = connection.execute(select(feed_cursors).where(feed_cursors.c.name == name)).one_or_none()
    if row is None or row.clock_at is None or row.system_id != read_system_id(connection):
        return None
    return Cursor(position=row.position, clock_at=row.clock_at)


def save_cursor(connection: Connection, cursor: Cursor, name: str = ROLLUPS) -> None:
    """Remember how far a reader has come, in the transaction that applied it."""
    values = {
        "position": cursor.position,
        "clock_at": cursor.clock_at,
        "system_id": read_system_id(connection),
    }
    found = connection.execute(
        update(feed_cursors).where(feed_cursors.c.name == name).values(**values)
    )
    if found.rowcount == 0:
        connection.execute(insert(feed_cursors).values(name=name, **values))


def read_kept_cursor(connection: Connection, name: str) -> Cursor | None:
    """The cursor of a second reader; None also when log rows may be gone that it has not read."""
    cursor, rollups = read_cursor(connection, name), read_cursor(connection)
    if cursor is None or rollups is None:
        return cursor
    return cursor if cursor.clock_at >= rollups.clock_at - MOST_BEHIND else None


def delete_consumed(connection: Connection, position: str) -> None:
    """Drop log rows that the rollups' ``position`` and every other reader have already seen.

    Readers that are further behind than MOST_BEHIND are not waited for.
    """
    seen = [position]
    rows = connection.execute(select(feed_cursors)).all()
    newest = next((row.clock_at for row in rows if row.name == ROLLUPS), None)
    for row in rows:
        if row.name != ROLLUPS and newest and row.clock_at >= newest - MOST_BEHIND:
            seen.append(row.position)
    if connection.dialect.name == "postgresql":
        visible = " AND ".join(
            f"pg_visible_in_snapshot(xid, CAST(:seen{number} AS pg_snapshot))"
            for number in range(len(seen))
        )
        connection.execute(
            text(f"DELETE FROM change_log WHERE {visible}"),
            {f"seen{number}": one for number, one in enumerate(seen)},
        )
    else:
        connection.execute(delete(change_log).where(change_log.c.seq <= min(map(int, seen))))
