"""What a sound row means for the store: rows to add, columns to change, and the events of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dashboard.clocks import WorkCalendar
from dashboard.lifecycle import ENTRY_COLUMNS, VOID_STATES, State
from data_access.ingest import CASE_COLUMNS, Row
from data_access.tables import categories, departments
from data_access.types import from_epoch_ms
from jobs.ingest.codes import own_case_code
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import INSTANT_FIELDS
from jobs.ingest.judge import Judged
from jobs.ingest.limits import brought_deadline, clock_start, limit_again

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
# The instants in the order of a case's life, with the state each one opens.
_STEPS: Final = tuple(
    (column, state)
    for state, column in ENTRY_COLUMNS.items()
    if state not in VOID_STATES and state is not State.CLOSED
)
_DEADLINE_COLUMNS: Final = ("deadline_handle_at", "deadline_at")


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


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the known cases of a chunk already have, and the clocks of the city."""

    directory: Directory
    calendar: WorkCalendar
    due_soon_ratio: float
    actor: str
    source_id: int
    now_ms: int
    event_counts: dict[int, int]
    suspensions: dict[int, list[Row]]
    cycle_starts: dict[int, int]


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
    if row["limit_kind"] is None and not any(row[name] for name in _DEADLINE_COLUMNS):
        limit = around.directory.limit_of(row["category_id"])
        if limit is not None:
            row["limit_kind"], row["limit_amount"] = limit
    work = CaseWork(case_id, new_row=row, events=_first_events(judged, row, case_id, around.actor))
    if judged.state is State.SUSPENDED:
        work.new_suspension = _suspension(judged, case_id, 1, row)
    return work


def _first_events(judged: Judged, row: Row, case_id: int, actor: str) -> list[Row]:
    moments: list[tuple[int, State]] = [
        (row[column], state) for column, state in _STEPS if row[column] is not None
    ]
    last = judged.state
    if last is State.CLOSED or last in VOID_STATES:
        moments.append((row[ENTRY_COLUMNS[last]], last))
    elif not moments or all(state is not last for _, state in moments):
        moments.append((max(judged.known_ms, moments[-1][0]), last))
    else:  # what it passed after its present state belongs to an earlier turn
        moments = moments[: [state for _, state in moments].index(last) + 1]
    events: list[Row] = []
    before: str | None = None
    for number, (moment, state) in enumerate(moments, start=1):
        events.append(
            _event(case_id, number, moment, judged.known_ms, before, str(state), actor, None)
        )
        before = str(state)
    return events


def change_case(judged: Judged, stored: Row, around: Surroundings) -> CaseWork | None:
    """What differs from the stored case, and one event that says so; None if nothing does."""
    work = CaseWork(int(stored["case_id"]))
    before = State(stored["state"])
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
    if not work.changes:
        return None
    _settle_changed_limit(work, stored, around)
    opinion = _opinion(work.changes, stored, around.directory)
    number = around.event_counts.get(work.case_id, 0) + 1
    work.events = [
        _event(
            work.case_id, number, moment, judged.known_ms, str(before), str(judged.state),
            around.actor, opinion,
        )
    ]  # fmt: skip
    work.changes["updated_at"] = around.now_ms
    return work


def history_event(judged: Judged, stored: Row, around: Surroundings, opinion: str) -> Row:
    """One event that tells of a correction, whether or not it changes the case."""
    number = around.event_counts.get(stored["case_id"], 0) + 1
    moment = max(judged.known_ms, int(stored["reported_at"]))
    return _event(
        stored["case_id"], number, moment, judged.known_ms, stored["state"], str(judged.state),
        around.actor, opinion,
    )  # fmt: skip


def _moment_of_move(judged: Judged, stored: Row) -> int:
    """When the change happened: the instant of the state entered, else when it became known."""
    if str(judged.state) != stored["state"]:
        column = ENTRY_COLUMNS.get(judged.state)
        told = judged.values.get(column) if column else None
        if column and told is not None and told != stored.get(column):
            return int(told)
        if judged.state is State.SUSPENDED:
            began = judged.case.fields.get("suspended_at")
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
        "deadline_at": stored["deadline_at"],
        "handled_at": stored["handled_at"],
        "closed_at": closed,
        "reopened_at": moment,
        "result": "rework",
    }
    work.changes["cycle_no"] = stored["cycle_no"] + 1
    work.changes["closed_at"] = None
    if judged.values.get("handled_at") in (None, stored["handled_at"]):
        judged.values.pop("handled_at", None)
        work.changes["handled_at"] = None
    if not any(_is_new_deadline(judged.values, stored, name) for name in _DEADLINE_COLUMNS):
        for name in _DEADLINE_COLUMNS:
            judged.values.pop(name, None)
        work.changes |= limit_again(
            stored, moment, around.calendar, due_soon_ratio=around.due_soon_ratio
        )


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
    if any(name in judged.values for name in _DEADLINE_COLUMNS) or work.cycle is not None:
        return
    over = [pause if pause is not last else pause | {"ended_at": ended} for pause in pauses]
    start = around.cycle_starts.get(work.case_id) or clock_start(stored)
    if stored["limit_kind"] and start is not None:
        work.changes |= limit_again(
            stored, start, around.calendar, due_soon_ratio=around.due_soon_ratio, pauses=over
        )
    else:  # a deadline of the source's own is moved by the natural length of the pause
        for name in ("deadline_handle_at", "deadline_at", "due_soon_at"):
            if stored[name] is not None and stored[name] >= last["started_at"]:
                work.changes[name] = stored[name] + ended - last["started_at"]


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


def _settle_changed_limit(work: CaseWork, stored: Row, around: Surroundings) -> None:
    """Keep the deadlines in step when the source moved a deadline or the start of the clock."""
    changes = work.changes
    after = stored | changes
    if work.cycle is not None or work.ended_suspension is not None:
        return
    if any(changes.get(name) is not None for name in _DEADLINE_COLUMNS):
        brought_deadline(after, clock_start(after), around.due_soon_ratio)
        for name in (*_DEADLINE_COLUMNS, "due_soon_at"):
            if after[name] != stored[name]:
                changes[name] = after[name]
        return
    start = clock_start(after)
    if stored["cycle_no"] > 1 or start is None or start == clock_start(stored):
        return
    if stored["limit_kind"] is None and stored["deadline_at"] is None:
        limit = around.directory.limit_of(after["category_id"])
        if limit is None:
            return
        after["limit_kind"], after["limit_amount"] = limit
    if after["limit_kind"]:
        pauses = around.suspensions.get(work.case_id, [])
        after |= limit_again(
            after, start, around.calendar, due_soon_ratio=around.due_soon_ratio, pauses=pauses
        )
        for name in ("limit_kind", "limit_amount", *_DEADLINE_COLUMNS, "due_soon_at"):
            if after[name] != stored[name]:
                changes[name] = after[name]


def _opinion(changes: Row, stored: Row, directory: Directory) -> str | None:
    """The change in words, old → new, for the case's history; names and phones are not repeated."""
    told: list[str] = []
    for name, value in changes.items():
        old = stored[name]
        if name in ("reporter_name", "reporter_phone"):
            told.append(f"{name} changed")
        elif name in _UNTOLD:
            continue
        elif name == "area_id":
            before, after = directory.name_of_area(old), directory.name_of_area(value)
            told.append(f"area: {before} → {after}")
        elif name.endswith("_id"):
            table = categories if name == "category_id" else departments
            before, after = directory.name_of(table, old), directory.name_of(table, value)
            told.append(f"{name[:-3]}: {before} → {after}")
        else:
            told.append(f"{name}: {_plain(name, old)} → {_plain(name, value)}")
    return "; ".join(told) or None


_UNTOLD: Final = frozenset({"state", "cycle_no", "due_soon_at", "updated_at"})


def _plain(name: str, value: object) -> str:
    if value is None:
        return "—"
    if name in INSTANT_FIELDS and isinstance(value, int):
        return f"{from_epoch_ms(value):%Y-%m-%dT%H:%M:%SZ}"
    return str(value)


def _event(
    case_id: int,
    number: int,
    moment: int,
    known_ms: int,
    before: str | None,
    after: str,
    actor: str,
    opinion: str | None,
) -> Row:
    return {
        "case_id": case_id,
        "seq": number,
        "event_at": moment,
        "known_at": known_ms,
        "from_state": before,
        "to_state": after,
        "actor": actor,
        "opinion": opinion,
    }


def pauses_to_read(stored: Sequence[Row]) -> list[int]:
    """Case ids whose pauses a chunk needs: those with a limit or a pause, not all."""
    return [
        row["case_id"]
        for row in stored
        if row["state"] == State.SUSPENDED or row["limit_kind"] is not None
    ]
