"""What a row tells of things that hang on its case: call-back 回访, extension 延期, master 合并.

They are read out of the row here (``read_attached``) and become rows of their own (``attach``): one
call-back for every ``visited_at``, one extension for every ``extended_at``. Told again they write
nothing; a call-back told differently is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.clocks.case_clock import CaseTimes, Extension, Suspension, settled_deadlines
from dashboard.readings.case_limits import DEADLINE_COLUMNS, Clocks, copied_limit
from data_access.frames import ANSWERS
from data_access.ingest import Row
from jobs.ingest.incoming import FLAGS, IncomingCase

# Notes a problem with one field: (field, reason, kind).
Note = Callable[[str, str, str], None]

CALL_BACK_FLAGS: Final = {
    "call_back_solved": "is_solved",
    "call_back_contacted": "is_contacted",
    "call_back_valid": "is_valid",
}
CALL_BACK_COLUMNS: Final = ("is_valid", "is_contacted", "is_solved", "answer")


@dataclass(frozen=True, slots=True)
class Attached:
    """``call_back``: columns of ``callbacks`` without keys and time; None: none is told."""

    call_back: Row | None = None
    extended_ms: int | None = None
    master_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the known cases of a chunk have already, by case: rows with instants as epoch ms."""

    call_backs: Mapping[int, Sequence[Row]]
    extensions: Mapping[int, Sequence[Row]]


@dataclass(slots=True)
class Attachments:
    """What one transaction writes beside a case."""

    call_back: Row | None = None  # new
    changed_call_back: tuple[int, Row] | None = None  # (callback_id, columns)
    extension: Row | None = None

    @property
    def words(self) -> list[str]:
        """For the case's history."""
        told = []
        if self.call_back is not None or self.changed_call_back is not None:
            told.append("call-back")
        return [*told, "extension"] if self.extension is not None else told


def read_attached(case: IncomingCase, note: Note) -> Attached:
    """The row's call-back, extension and master, every mistake noted."""
    fields = case.fields
    told: Row = {}
    for name, column in CALL_BACK_FLAGS.items():
        text = fields.get(name)
        if text is None or text == "":
            continue
        flag = FLAGS.get(str(text).strip().lower())
        if flag is None:
            note(name, "neither yes nor no (是/否, true/false, 1/0)", "not a flag")
        told[column] = bool(flag)
    answer = fields.get("call_back_answer")
    if answer not in (None, ""):
        if str(answer) not in ANSWERS:
            note("call_back_answer", f"unknown answer: use {', '.join(ANSWERS)}", "unknown answer")
        told["answer"] = str(answer)
    extended = fields.get("extended_at")
    return Attached(
        call_back=_call_back(told) if told else None,
        extended_ms=extended if isinstance(extended, int) else None,
        master_ref=str(fields.get("master_ref") or ""),
    )


def _call_back(told: Row) -> Row:
    """Valid unless said otherwise; whoever answered was contacted; solved only where it is said."""
    spoke = "answer" in told or told.get("is_solved", False)
    return {"is_valid": True, "is_contacted": spoke, "is_solved": False, "answer": None} | told


def attach(
    told: Attached, case_id: int, visited_ms: int | None, known: Known | None = None
) -> Attachments:
    """What is new about a case; ``known`` None for a new case."""
    found = Attachments()
    if told.call_back is not None and visited_ms is not None:
        before = known.call_backs.get(case_id, ()) if known else ()
        same = next((one for one in before if one["visited_at"] == visited_ms), None)
        if same is None:
            found.call_back = {"case_id": case_id, "visited_at": visited_ms, **told.call_back}
        elif any(same[name] != told.call_back[name] for name in CALL_BACK_COLUMNS):
            found.changed_call_back = (same["callback_id"], dict(told.call_back))
    if told.extended_ms is not None:
        granted = known.extensions.get(case_id, ()) if known else ()
        if all(one["decided_at"] != told.extended_ms for one in granted):
            found.extension = {
                "case_id": case_id,
                "seq": 1 + max((one["seq"] for one in granted), default=0),
                "applied_at": told.extended_ms,
                "decided_at": told.extended_ms,
                "is_approved": True,
                "new_deadline_at": None,
            }
    return found


def extended_deadlines(
    row: Row, extensions: Sequence[Row], pauses: Sequence[Row], clocks: Clocks
) -> Row:
    """The deadline columns of a case whose clock runs here, all its extensions granted.

    Empty for a case whose source brings the deadline itself: it tells the new one as well.
    """
    limit, started = copied_limit(row), row.get("clock_started_at")
    if limit is None or started is None:
        return {}
    found = settled_deadlines(
        clocks.calendar,
        CaseTimes(
            limit=limit,
            started_ms=started,
            suspensions=tuple(
                Suspension(one["started_at"], one.get("planned_end_at"), one["ended_at"])
                for one in pauses
                if one["ended_at"] is not None
            ),
            extensions=tuple(
                Extension(one["applied_at"], one["decided_at"], bool(one["is_approved"]))
                for one in extensions
            ),
        ),
        clocks.rules,
    )
    if found is None:
        return {}
    return {
        "due_soon_at": found.due_soon_ms,
        **dict(zip(DEADLINE_COLUMNS, (found.handle_ms, found.close_ms), strict=True)),
    }
