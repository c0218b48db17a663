"""What a sound row means for the store: rows to add, columns to change, and the events of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.lifecycle import ENTRY_COLUMNS, VOID_STATES, State
from dashboard.readings.case_limits import (
    CLOCK_COLUMNS,
    DEADLINE_COLUMNS,
    Clocks,
    brought_deadline,
    clock_start,
    copied_limit,
    is_over,
    limit_again,
    moved_by_pause,
)
from data_access.ingest import CASE_COLUMNS, Row
from data_access.tables import categories, departments
from data_access.types import from_epoch_ms
from jobs.ingest.attached import Attachments, Known, attach, extended_deadlines
from jobs.ingest.case_log import change_events, event_row, first_events
from jobs.ingest.codes import own_case_code
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import INSTANT_FIELDS
from jobs.ingest.judge import Judged

# Every column a new case is written with; the same for all rows of a chunk.
NEW_COLUMNS: Final = CASE_COLUMNS
_DEFAULTS: Final[Row] = {
    "is_urgent": False,
    "is_whistle": False,
    "is_typical": False,
    "timeout_exempt": False,
    "supervise_level": 0,
    "cycle_no": 1,
}
_BLANK: Final[Row] = {name: _DEFAULTS.get(name) for name in NEW_COLUMNS}
# What a source may tell of states that have no column of their own.
_TOLD_MOMENTS: Final = {State.SUSPENDED: "suspended_at", State.RETURNED_UNIT: "returned_at"}


@dataclass(slots=True)
class CaseWork:
    """Everything one transaction writes for one case."""

    case_id: int
    new_row: Row | None = None
    changes: Row = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    cycle: Row | None = None
    new_suspension: Row | None = None
    ended_suspension: tuple[int, int] | None = None  # (seq, epoch ms)
    moved: Row | None = None  # of deadline_changes
    known_ms: int | None = None  # when the source says it published this; None: now
    attached: Attachments = field(default_factory=Attachments)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the known cases of a chunk already have, and the clocks of the city."""

    directory: Directory
    clocks: Clocks
    actor: str
    source_id: int
    now_ms: int
    event_counts: dict[int, int]
    suspensions: dict[int, list[Row]]
    cycle_starts: dict[int, int]
    known: Known


def add_case(judged: Judged, case_id: int, around: Surroundings) -> CaseWork:
    """A new case with the events its instants tell of; deadlines are settled by the chunk."""
    case, values = judged.case, judged.values
    row = _BLANK | values
    row["case_id"] = case_id
    row["source_id"] = around.source_id
    row["source_ref"] = case.source_ref
    row["state"] = str(judged.state)
    row["ingested_at"] = judged.known_ms
    row["updated_at"] = around.now_ms
    if row["case_code"] is None:
        row["case_code"] = own_case_code(around.actor, case.source_ref)
    if row["first_department_id"] is None:
        row["first_department_id"] = row["department_id"]
    work = CaseWork(case_id, new_row=row, known_ms=_told_known(judged))
    if judged.state is State.SUSPENDED:
        work.new_suspension = _suspension(judged, case_id, 1, row)
    suspended = work.new_suspension["started_at"] if work.new_suspension else None
    work.events = first_events(judged, row, around.actor, suspended_ms=suspended)
    if judged.state is State.REWORK:
        _keep_unseen_cycle(work, row)
    work.attached = attach(judged.attached, case_id, row["visited_at"])
    return work


def _keep_unseen_cycle(work: CaseWork, row: Row) -> None:
    """A case that is sent back when we first hear of it has a cycle of which nothing more is told;
    the limit of the present one counts from what the source tells."""
    row["cycle_no"] = 2
    work.cycle = dict.fromkeys(("due_soon_at", *DEADLINE_COLUMNS, "handled_at", "closed_at")) | {
        "case_id": work.case_id,
        "cycle_no": 1,
        "started_at": row["accepted_at"] or row["reported_at"],
        "reopened_at": work.events[-1]["event_at"],
        "result": "rework",
    }


def change_case(judged: Judged, stored: Row, around: Surroundings) -> CaseWork | None:
    """What differs from the stored case, and one event that says so; None if nothing does."""
    work = CaseWork(int(stored["case_id"]), known_ms=_told_known(judged))
    before = State(stored["state"])
    if judged.state is State.SUSPENDED and before not in (State.SUSPENDED, *VOID_STATES):
        told = _suspension(judged, work.case_id, 1, stored)
        if is_over(told, judged.known_ms, around.clocks):  # resumed by itself: the source lags
            judged = replace(judged, state=before)
    values = judged.values
    if judged.state is not before:
        values["state"] = str(judged.state)
    moment = _moment_of_move(judged, stored)
    if before is not judged.state:
        left_closed = before is State.CLOSED and judged.state not in VOID_STATES
        if judged.state is State.REWORK or left_closed:
            _start_cycle(work, judged, stored, moment, around)
        if State.SUSPENDED in (before, judged.state):
            _suspend_or_resume(work, judged, stored, moment, around)
    for name, value in values.items():
        if stored[name] != value:
            work.changes.setdefault(name, value)
    visited = values.get("visited_at", stored["visited_at"])
    work.attached = attach(judged.attached, work.case_id, visited, around.known)
    if not work.changes and not work.attached.words:
        return None
    _settle_changed_limit(work, judged, stored, around)
    _extend(work, stored, around)
    work.moved = _moved_deadline(work, stored, around.now_ms)
    work.events = change_events(
        judged, stored, stored | work.changes, around.actor, moment=moment,
        number=around.event_counts.get(work.case_id, 0) + 1,
        opinion=_opinion(work, stored, around.directory),
    )  # fmt: skip
    work.changes["updated_at"] = around.now_ms
    return work


def _told_known(judged: Judged) -> int | None:
    return judged.known_ms if isinstance(judged.case.fields.get("known_at"), int) else None


def history_event(judged: Judged, stored: Row, around: Surroundings, opinion: str) -> Row:
    """One event that tells of a correction, whether or not it changes the case."""
    number = around.event_counts.get(stored["case_id"], 0) + 1
    moment = max(judged.known_ms, int(stored["reported_at"]))
    return event_row(
        stored, number, (moment, judged.state), judged.known_ms, stored["state"], around.actor,
        opinion,
    )  # fmt: skip


def _moment_of_move(judged: Judged, stored: Row) -> int:
    """When the change happened: the instant of the state entered, else when it became known."""
    if str(judged.state) != stored["state"]:
        column = ENTRY_COLUMNS.get(judged.state)
        told = judged.values.get(column) if column else None
        if column and told is not None and told != stored.get(column):
            return int(told)
        name = _TOLD_MOMENTS.get(judged.state)
        began = judged.case.fields.get(name) if name else None
        if isinstance(began, int):
            return began
    return max(judged.known_ms, int(stored["reported_at"]))


def _start_cycle(
    work: CaseWork, judged: Judged, stored: Row, moment: int, around: Surroundings
) -> None:
    """返工: keep the old cycle, open the next with the category's normal limit (rule 2.3, 4)."""
    closed = stored["closed_at"]
    began = around.cycle_starts.get(work.case_id) or stored["accepted_at"] or stored["reported_at"]
    moment = max(moment, closed or began, began)
    work.cycle = {
        "case_id": work.case_id,
        "cycle_no": stored["cycle_no"],
        "started_at": began,
        "due_soon_at": stored["due_soon_at"],
        "deadline_handle_at": stored["deadline_handle_at"],
        "deadline_at": stored["deadline_at"],
        "handled_at": stored["handled_at"],
        "closed_at": closed,
        "reopened_at": moment,
        "result": "rework",
    }
    work.changes["cycle_no"] = stored["cycle_no"] + 1
    work.changes["closed_at"] = None
    if stored["close_kind"] is not None:
        work.changes["close_kind"] = None
    if judged.values.get("handled_at") in (None, stored["handled_at"]):
        judged.values.pop("handled_at", None)
        work.changes["handled_at"] = None
    if not any(_is_new_deadline(judged.values, stored, name) for name in DEADLINE_COLUMNS):
        for name in DEADLINE_COLUMNS:
            judged.values.pop(name, None)
        limit = copied_limit(stored) or around.clocks.limit_on(stored, moment)
        work.changes |= limit_again(stored, moment, limit, around.clocks)


def _is_new_deadline(values: Row, stored: Row, name: str) -> bool:
    return values.get(name) is not None and values[name] != stored[name]


def _suspend_or_resume(
    work: CaseWork, judged: Judged, stored: Row, moment: int, around: Surroundings
) -> None:
    pauses = around.suspensions.get(work.case_id, [])
    if judged.state is State.SUSPENDED:
        number = pauses[-1]["seq"] + 1 if pauses else 1
        work.new_suspension = _suspension(judged, work.case_id, number, stored)
        return
    still_open = [pause for pause in pauses if pause["ended_at"] is None]
    if not still_open:
        return
    last = still_open[-1]
    ended = max(moment, last["started_at"])
    work.ended_suspension = (last["seq"], ended)
    if any(name in judged.values for name in DEADLINE_COLUMNS) or work.cycle is not None:
        return
    work.changes |= moved_by_pause(stored, last["started_at"], ended, around.clocks)


def _suspension(judged: Judged, case_id: int, number: int, row: Row) -> Row:
    began = judged.case.fields.get("suspended_at")
    until = judged.case.fields.get("suspended_until_at")
    start = began if isinstance(began, int) else max(judged.known_ms, row["reported_at"])
    return {
        "case_id": case_id,
        "seq": number,
        "started_at": start,
        "planned_end_at": until if isinstance(until, int) else None,
        "ended_at": None,
    }


def _settle_changed_limit(
    work: CaseWork, judged: Judged, stored: Row, around: Surroundings
) -> None:
    """Keep the deadlines in step when the source moved a deadline or the start of the clock.

    The limit is that of the day on which the clock now starts, unless the source tells its own.
    """
    changes = work.changes
    after = stored | changes
    if work.cycle is not None or work.ended_suspension is not None:
        return
    if any(changes.get(name) is not None for name in DEADLINE_COLUMNS):
        brought_deadline(after, clock_start(after), around.clocks.rules.due_soon_ratio)
        changes |= {name: after[name] for name in CLOCK_COLUMNS if after[name] != stored[name]}
        return
    start = clock_start(after)
    if stored["cycle_no"] > 1 or start is None or start == clock_start(stored):
        return
    if stored["clock_started_at"] is None and stored["deadline_at"] is not None:
        return  # the source's own
    limit = copied_limit(after) if "limit_kind" in judged.case.fields else None
    limit = limit or around.clocks.limit_on(after, start) or copied_limit(after)
    if limit is not None:
        pauses = around.suspensions.get(work.case_id, [])
        after |= limit_again(after, start, limit, around.clocks, pauses=pauses)
        for name in ("limit_kind", "limit_amount", *CLOCK_COLUMNS):
            if after[name] != stored[name]:
                changes[name] = after[name]


def _extend(work: CaseWork, stored: Row, around: Surroundings) -> None:
    """An extension that is told moves the deadlines that were computed here."""
    extension = work.attached.extension
    if extension is None:
        return
    if not any(name in work.changes for name in DEADLINE_COLUMNS):
        granted = [*around.known.extensions.get(work.case_id, ()), extension]
        pauses = around.suspensions.get(work.case_id, [])
        moved = extended_deadlines(stored | work.changes, granted, pauses, around.clocks)
        work.changes |= {name: at for name, at in moved.items() if at != stored[name]}
    extension["new_deadline_at"] = (stored | work.changes)["deadline_at"]


def _moved_deadline(work: CaseWork, stored: Row, now_ms: int) -> Row | None:
    """The record of a deadline that this delivery moves; a first deadline is no change."""
    after = stored | work.changes
    if all(stored[name] is None or stored[name] == after[name] for name in DEADLINE_COLUMNS):
        return None
    reason = "correction"
    for happened, word in (
        (work.attached.extension, "extension"),
        (work.ended_suspension, "resume"),
        (work.cycle, "rework"),
    ):
        reason = reason if happened is None else word
    return {
        "case_id": work.case_id,
        "changed_at": now_ms,
        "reason": reason,
        **{f"old_{name}": stored[name] for name in DEADLINE_COLUMNS},
        **{f"new_{name}": after[name] for name in DEADLINE_COLUMNS},
    }


def _opinion(work: CaseWork, stored: Row, directory: Directory) -> str | None:
    """The change in words, old → new, for the case's history; names and phones are not repeated."""
    told = work.attached.words
    for name, value in work.changes.items():
        old = stored[name]
        if name in ("reporter_name", "reporter_phone"):
            told.append(f"{name} changed")
        elif name in _UNTOLD:
            continue
        elif name == "area_id":
            before, after = directory.name_of_area(old), directory.name_of_area(value)
            told.append(f"area: {before} → {after}")
        elif name in ("category_id", "department_id", "first_department_id"):
            table = categories if name == "category_id" else departments
            before, after = directory.name_of(table, old), directory.name_of(table, value)
            told.append(f"{name[:-3]}: {before} → {after}")
        else:
            told.append(f"{name}: {_plain(name, old)} → {_plain(name, value)}")
    return "; ".join(told) or None


_UNTOLD: Final = frozenset(
    {"state", "cycle_no", "due_soon_at", "updated_at", "start_rule", "clock_started_at"}
)


def _plain(name: str, value: object) -> str:
    if value is None:
        return "—"
    if name in INSTANT_FIELDS and isinstance(value, int):
        return f"{from_epoch_ms(value):%Y-%m-%dT%H:%M:%SZ}"
    return str(value)
