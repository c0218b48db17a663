"""Writing what a chunk of a delivery came to, in the transaction in which it was judged."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from dashboard.readings.case_limits import Clocks, settle_new
from data_access.calendar import save_deadline_changes
from data_access.case_history import read_last_history_id, stamp_known
from data_access.ingest import (
    save_call_back_changes,
    save_case_changes,
    save_rows,
    save_suspension_end,
)
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_suspensions,
    cases,
)
from jobs.ingest.attached import extended_deadlines
from jobs.ingest.changes import CaseWork


def save_work(connection: Connection, work: Sequence[CaseWork], clocks: Clocks) -> None:
    """Write the cases and everything that hangs on them; deadlines of new cases are settled."""
    since = read_last_history_id(connection)
    new_rows = [item.new_row for item in work if item.new_row is not None]
    settle_new(new_rows, clocks)
    _extend_new(work, clocks)
    save_rows(connection, cases, new_rows)
    save_case_changes(connection, [(item.case_id, item.changes) for item in work])
    save_rows(connection, case_events, [event for item in work for event in item.events])
    cycles = [item.cycle for item in work if item.cycle is not None]
    save_rows(connection, case_cycles, cycles)
    save_deadline_changes(connection, [item.moved for item in work if item.moved is not None])
    pauses = [item.new_suspension for item in work if item.new_suspension is not None]
    save_rows(connection, case_suspensions, pauses)
    for item in work:
        if item.ended_suspension is not None:
            save_suspension_end(connection, item.case_id, *item.ended_suspension)
    _save_attached(connection, work)
    kept = (
        item
        for item in work
        if item.new_row is None or item.new_suspension is not None or item.attached.words
    )
    known = {item.case_id: item.known_ms for item in kept if item.known_ms is not None}
    stamp_known(connection, since, known)


def _extend_new(work: Sequence[CaseWork], clocks: Clocks) -> None:
    """Extensions that new cases come with, on the clocks that were settled just now."""
    for item in work:
        extension, row = item.attached.extension, item.new_row
        if extension is not None and row is not None:
            row |= extended_deadlines(row, [extension], [], clocks)
            extension["new_deadline_at"] = row["deadline_at"]


def _save_attached(connection: Connection, work: Sequence[CaseWork]) -> None:
    attached = [item.attached for item in work]
    called = [one.call_back for one in attached if one.call_back is not None]
    save_rows(connection, callbacks, called)
    corrected = [one.changed_call_back for one in attached if one.changed_call_back is not None]
    save_call_back_changes(connection, corrected)
    extended = [one.extension for one in attached if one.extension is not None]
    save_rows(connection, case_extensions, extended)
