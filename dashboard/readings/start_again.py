"""Sending a case back 退回重办: its cycle ends and is kept, and the next one begins with its limit.

The one way to rework for everything that sends back here: a re-check that found a closure false,
and somebody who answers a dissatisfied citizen (domain rules 2.3, 3 and 4). What a source tells of
a rework comes in through ``jobs.ingest.changes`` instead.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.lifecycle import State
from dashboard.readings.case_limits import (
    DEADLINE_COLUMNS,
    clocks_of,
    copied_limit,
    deadline_change,
    limit_again,
)
from dashboard.settings import Settings
from data_access.calendar import save_deadline_changes
from data_access.ingest import Row, read_event_counts, save_case_changes, save_rows
from data_access.rechecks import read_cycle_start
from data_access.tables import case_cycles, case_events
from data_access.types import to_epoch_ms

_OF_THE_CYCLE: Final = ("closed_at", "handled_at", "checked_at", "visited_at", "close_kind")


def start_again(
    connection: Connection,
    case: Row,
    settings: Settings,
    now: datetime,
    *,
    actor: str,
    opinion: str,
    result: str,
) -> Row:
    """→ REWORK for a locked case, with the cycle that ends and the limit of the one that begins.

    ``case``: a row of ``read_whole_case``; ``result``: why the cycle ended, rework or recheck. The
    caller has asked whether the move is allowed. Returns the columns that changed, instants in
    epoch ms.
    """
    case_id, now_ms = case["case_id"], to_epoch_ms(now)
    began = read_cycle_start(connection, case_id) or case["accepted_at"] or case["reported_at"]
    moment = max(now_ms, case["closed_at"] or began, began)
    clocks = clocks_of(connection, settings)
    limit = copied_limit(case) or clocks.limit_on(case, moment)
    changes = limit_again(case, moment, limit, clocks) | dict.fromkeys(_OF_THE_CYCLE)
    changes |= {
        "state": str(State.REWORK),
        "cycle_no": case["cycle_no"] + 1,
        "updated_at": now_ms,
    }
    cycle = _ended(case, began, moment) | {"result": result}
    event: dict[str, Any] = {
        "case_id": case_id,
        "seq": read_event_counts(connection, [case_id]).get(case_id, 0) + 1,
        "event_at": moment,
        "known_at": now_ms,
        "from_state": case["state"],
        "to_state": str(State.REWORK),
        "actor": actor,
        "opinion": opinion,
    }
    save_rows(connection, case_cycles, [cycle])
    save_case_changes(connection, [(case_id, changes)])
    save_rows(connection, case_events, [event])
    if any(case[name] != changes[name] for name in DEADLINE_COLUMNS):
        save_deadline_changes(connection, [deadline_change(case, changes, "rework", now_ms)])
    return changes


def _ended(case: Row, began: int, moment: int) -> Row:
    """The cycle that ends, with its own lights and its own lateness."""
    kept = ("due_soon_at", *DEADLINE_COLUMNS, "handled_at", "closed_at")
    return {name: case[name] for name in kept} | {
        "case_id": case["case_id"],
        "cycle_no": case["cycle_no"],
        "started_at": began,
        "reopened_at": moment,
    }
