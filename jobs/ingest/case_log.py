"""Events 流转记录 of ingested cases: what the instants of a row tell of its way so far."""

from __future__ import annotations

from typing import Final

from dashboard.lifecycle import ENTRY_COLUMNS, VOID_STATES, State
from data_access.ingest import Row
from jobs.ingest.judge import Judged

# The instants in the order of a case's life, with the state each one opens.
_STEPS: Final = tuple(
    (column, state)
    for state, column in ENTRY_COLUMNS.items()
    if state not in VOID_STATES and state is not State.CLOSED
)
# States in which a department has the case: their events name it.
_OF_UNIT: Final = frozenset({
    State.DISPATCHED, State.SIGNED, State.HANDLING, State.HANDLED, State.RETURNED_UNIT,
    State.EXT_PENDING,
})  # fmt: skip


def event_row(
    case: Row,
    number: int,
    step: tuple[int, State],
    known_ms: int,
    before: str | None,
    actor: str,
    opinion: str | None = None,
) -> Row:
    """A row of ``case_events``: the ``step`` (moment, state) of a case as its row is then."""
    return {
        "case_id": case["case_id"],
        "seq": number,
        "event_at": step[0],
        "known_at": known_ms,
        "from_state": before,
        "to_state": str(step[1]),
        "actor": actor,
        "department_id": case["department_id"] if step[1] in _OF_UNIT else None,
        "opinion": opinion,
    }


def first_events(
    judged: Judged, row: Row, actor: str, *, suspended_ms: int | None = None
) -> list[Row]:
    """The events that a new case's instants tell of, up to its present state."""
    steps: list[tuple[int, State]] = [
        (row[column], state) for column, state in _STEPS if row[column] is not None
    ]
    last = judged.state
    passed = [state for _, state in steps]
    if last is State.CLOSED or last in VOID_STATES:
        steps.append((row[ENTRY_COLUMNS[last]], last))
    elif suspended_ms is not None:
        steps.append((suspended_ms, last))
    elif last not in passed:
        steps.append((_told_return(judged) or max(judged.known_ms, steps[-1][0]), last))
    else:  # what it passed after its present state belongs to an earlier turn
        steps = steps[: passed.index(last) + 1]
    events: list[Row] = []
    before: str | None = None
    first_unit = row | {"department_id": row["first_department_id"]}
    for moment, state in steps:
        if state is State.DISPATCHED:
            for step in _sent_before(judged, row, moment):
                events.append(
                    event_row(first_unit, len(events) + 1, step, judged.known_ms, before, actor)
                )
                before = str(step[1])
        step = (moment, state)
        events.append(event_row(row, len(events) + 1, step, judged.known_ms, before, actor))
        before = str(state)
    return events


def _told_return(judged: Judged) -> int | None:
    """When the department sent the case back, where that is its present state."""
    told = judged.case.fields.get("returned_at")
    return told if judged.state is State.RETURNED_UNIT and isinstance(told, int) else None


def _sent_before(judged: Judged, row: Row, sent_on: int) -> list[tuple[int, State]]:
    """The first dispatch of a case that a department sent back 退单 before it was sent on."""
    fields = judged.case.fields
    sent, returned = fields.get("first_dispatched_at"), fields.get("returned_at")
    was_sent, was_returned = isinstance(sent, int), isinstance(returned, int)
    if judged.state is State.RETURNED_UNIT or not (was_sent or was_returned):
        return []
    first = sent if was_sent else row["filed_at"] or row["accepted_at"]
    back = returned if was_returned else sent_on
    if first is None or back is None or not int(first) <= int(back) <= sent_on:
        return []
    if int(first) == sent_on:
        return []
    back = int(back)
    return [(int(first), State.DISPATCHED), (back, State.RETURNED_UNIT), (back, State.FILED)]


def change_events(
    judged: Judged,
    stored: Row,
    after: Row,
    actor: str,
    *,
    moment: int,
    number: int,
    opinion: str | None,
) -> list[Row]:
    """The events of a changed case: every step it passed, the last one with the words of it all.

    ``after``: the case as it is now; ``number``: of the first event.
    """
    steps = [*_steps_between(judged, stored, moment), (moment, judged.state)]
    events: list[Row] = []
    before = str(stored["state"])
    for step in steps:
        said = opinion if len(events) == len(steps) - 1 else None
        events.append(
            event_row(after, number + len(events), step, judged.known_ms, before, actor, said)
        )
        before = str(step[1])
    return events


def _steps_between(judged: Judged, stored: Row, moment: int) -> list[tuple[int, State]]:
    """Steps that a move forward passed on its way, as far as the source tells when."""
    before, after = State(stored["state"]), judged.state
    if before in (after, State.CLOSED, *VOID_STATES) or after is State.REWORK:
        return []
    order = [state for _, state in _STEPS]
    # What lies past the state that is reached belongs to an earlier turn.
    passed = _STEPS[: order.index(after)] if after in order else _STEPS
    return [
        (at, state)
        for column, state in passed
        if stored[column] is None and (at := judged.values.get(column)) is not None and at <= moment
        if state is not before
    ]
