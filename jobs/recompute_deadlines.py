"""recompute_deadlines: open deadlines follow the calendar when its days are changed 日历变更."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import Engine

from dashboard.clocks import LIMIT_KINDS, START_RULES, WORKING_KINDS
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockRules,
    Deadlines,
    Extension,
    Suspension,
    settled_deadlines,
    settled_many,
)
from dashboard.readings.case_limits import (
    DEADLINE_COLUMNS,
    Clocks,
    clocks_of,
    copied_limit,
    deadline_change,
)
from dashboard.settings import Settings
from data_access.calendar import save_deadline_changes
from data_access.engine import begin_read, begin_write
from data_access.ingest import Row, save_case_changes
from data_access.running_clocks import (
    read_ended_pauses,
    read_extensions,
    read_mark,
    read_running_clocks,
    save_mark,
)
from data_access.types import to_epoch_ms

MARK: Final = "calendar"
_CHUNK: Final = 2_000
_MOST: Final = 10_000.0  # as ingest allows; a longer limit ends after the last year of a calendar


def run_recompute_deadlines(engine: Engine, *, settings: Settings, now: datetime) -> int:
    """Compute open deadlines in working time anew when calendar or working hours have changed.

    Only cases that are neither closed nor void, whose deadline came from a limit here, and whose
    deadline comes out different; each change is recorded with the reason ``calendar``. Deadlines
    that a source brought and those of continuous limits stay. Returns how many were changed. May be
    interrupted: what is done stays, and the next run goes on; without a change it only looks.
    """
    with begin_read(engine) as connection:
        clocks = clocks_of(connection, settings)
        if read_mark(connection, MARK) == clocks.calendar.fingerprint:
            return 0
    changed, after = 0, -1
    while True:
        with begin_write(engine) as connection:
            rows = read_running_clocks(
                connection,
                _affected_kinds(clocks.rules),
                start_rules=("next_work_day",),
                after=after,
                limit=_CHUNK,
            )
            ids = [row["case_id"] for row in rows]
            found = _settled(
                rows, read_ended_pauses(connection, ids), read_extensions(connection, ids), clocks
            )
            moved = [(row, new) for row in rows if (new := _moved(row, found))]
            now_ms = to_epoch_ms(now)
            save_case_changes(
                connection,
                [(row["case_id"], new | {"updated_at": now_ms}) for row, new in moved],
            )
            save_deadline_changes(
                connection, [deadline_change(row, new, "calendar", now_ms) for row, new in moved]
            )
            changed += len(moved)
            if len(rows) < _CHUNK:
                save_mark(connection, MARK, clocks.calendar.fingerprint, now=now)
                return changed
        after = ids[-1]


def _affected_kinds(rules: ClockRules) -> Sequence[str]:
    """The kinds whose deadlines depend on the calendar; all, where the closing limits do."""
    if any(limit.kind in WORKING_KINDS for limit in rules.after_handling):
        return LIMIT_KINDS
    return sorted(WORKING_KINDS)


def _moved(row: Row, settled: Mapping[int, Deadlines]) -> Row | None:
    found = settled.get(row["case_id"])
    if found is None:
        return None
    new = {
        "deadline_handle_at": found.handle_ms,
        "deadline_at": found.close_ms,
        "due_soon_at": found.due_soon_ms,
    }
    is_same = all(row[name] == new[name] for name in DEADLINE_COLUMNS)
    return None if is_same else new


def _settled(
    rows: Sequence[Row], pauses: Sequence[Row], extensions: Sequence[Row], clocks: Clocks
) -> dict[int, Deadlines]:
    """The deadlines of each case: those without detours many at a time, the others one by one.

    A row that holds no limit at all, written by some other program, is left out.
    """
    rows = [row for row in rows if _is_sound(row)]
    special = {one["case_id"] for one in (*pauses, *extensions)}
    found = _many([row for row in rows if row["case_id"] not in special], clocks)
    for row in rows:
        case_id = row["case_id"]
        if case_id in special:
            times = _times(
                row,
                [one for one in pauses if one["case_id"] == case_id],
                [one for one in extensions if one["case_id"] == case_id],
            )
            settled = settled_deadlines(clocks.calendar, times, clocks.rules)
            if settled is not None:
                found[case_id] = settled
    return found


def _is_sound(row: Row) -> bool:
    return (
        row["limit_kind"] in LIMIT_KINDS
        and 0 <= row["limit_amount"] <= _MOST
        and row["start_rule"] in (None, *START_RULES)
    )


def _many(rows: Sequence[Row], clocks: Clocks) -> dict[int, Deadlines]:
    found: dict[int, Deadlines] = {}
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["limit_kind"], row["start_rule"]), []).append(row)
    for group in groups.values():
        limit = copied_limit(group[0])
        if limit is None:  # they are sound
            continue
        started = np.array([row["clock_started_at"] for row in group], dtype=np.int64)
        amounts = np.array([row["limit_amount"] for row in group], dtype=np.float64)
        columns = settled_many(clocks.calendar, limit, started, amounts, clocks.rules)
        for row, soon, handle, close in zip(group, *(c.tolist() for c in columns), strict=True):
            found[row["case_id"]] = Deadlines(due_soon_ms=soon, handle_ms=handle, close_ms=close)
    return found


def _times(row: Row, pauses: Sequence[Row], extensions: Sequence[Row]) -> CaseTimes:
    started = row["clock_started_at"]
    return CaseTimes(
        limit=copied_limit(row),
        started_ms=started,
        suspensions=tuple(Suspension(one["started_at"], None, one["ended_at"]) for one in pauses),
        extensions=tuple(
            Extension(one["applied_at"], one["decided_at"], bool(one["is_approved"]))
            for one in extensions
        ),
        extended_before=sum(
            bool(one["is_approved"]) for one in extensions if one["applied_at"] < started
        ),
    )
