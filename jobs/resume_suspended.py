"""resume_suspended 挂账到期自动恢复: cases go back to handling when their suspension is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine

from dashboard.clocks.case_clock import Suspension, resume_ms
from dashboard.lifecycle import State
from dashboard.readings.case_limits import (
    DEADLINE_COLUMNS,
    Clocks,
    clocks_of,
    deadline_change,
    moved_by_pause,
)
from dashboard.settings import Settings
from dashboard.words import word
from data_access.calendar import save_deadline_changes
from data_access.engine import begin_read, begin_write
from data_access.ingest import Row, read_event_counts, save_case_changes, save_rows
from data_access.running_clocks import read_due_suspensions, save_suspension_ends
from data_access.tables import case_events
from data_access.types import to_epoch_ms

ACTOR: Final = "系统"
_CHUNK: Final = 500


def run_resume_suspended(engine: Engine, *, settings: Settings, now: datetime) -> int:
    """End every suspension whose planned end has passed, or which lasts for longer than is allowed.

    Each in the transaction that also writes the event SUSPENDED → HANDLING, the deadline moved on
    the limit's own clock and its record. The suspension ends when it was planned to, however late
    this runs. Returns how many; a second run finds none. Cases whose own state contradicts the open
    suspension are left to the data-quality list.
    """
    longest = timedelta(days=settings.suspension_limit_days)
    with begin_read(engine) as connection:
        due = read_due_suspensions(
            connection, now=now, begun_before=now - longest, limit=1, for_update=False
        )
    if not due:
        return 0
    resumed = 0
    while True:
        with begin_write(engine) as connection:
            rows = read_due_suspensions(
                connection, now=now, begun_before=now - longest, limit=_CHUNK, for_update=True
            )
            _resume(connection, rows, clocks_of(connection, settings), settings, now)
        resumed += len(rows)
        if len(rows) < _CHUNK:
            return resumed


def _resume(
    connection: Connection, rows: list[Row], clocks: Clocks, settings: Settings, now: datetime
) -> None:
    now_ms = to_epoch_ms(now)
    numbers = read_event_counts(connection, [row["case_id"] for row in rows])
    changes: list[tuple[int, Row]] = []
    events: list[Row] = []
    moves: list[Row] = []
    ends: list[tuple[int, int, int]] = []
    for row in rows:
        case_id, begin = row["case_id"], row["pause_started_at"]
        end = resume_ms(Suspension(begin, row["planned_end_at"]), clocks.rules)
        moved = moved_by_pause(row, begin, end, clocks)
        changes.append((case_id, {"state": str(State.HANDLING), "updated_at": now_ms, **moved}))
        ends.append((case_id, row["seq"], end))
        events.append(_event(row, numbers.get(case_id, 0) + 1, end, now_ms, settings))
        if any(name in moved for name in DEADLINE_COLUMNS):
            moves.append(deadline_change(row, moved, "resume", now_ms))
    save_suspension_ends(connection, ends)
    save_case_changes(connection, changes)
    save_rows(connection, case_events, events)
    save_deadline_changes(connection, moves)


def _event(row: Row, number: int, end_ms: int, now_ms: int, settings: Settings) -> Row:
    return {
        "case_id": row["case_id"],
        "seq": number,
        "event_at": end_ms,
        "known_at": now_ms,
        "from_state": str(State.SUSPENDED),
        "to_state": str(State.HANDLING),
        "actor": ACTOR,
        "opinion": word("clock.resumed", settings.language),
    }
