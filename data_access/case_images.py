"""Cases as they once were: rows out of the history, and the columns made from them.

Rows are plain dicts from column to value; instants are epoch milliseconds, None: not happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data_access.frames import (
    ANSWERS,
    NULL_MS,
    STATES,
    CallBacks,
    CaseColumns,
    EarlierCycles,
    Ints,
    Moves,
    Pauses,
    Rechecks,
)

Row = dict[str, Any]
SourceKinds = Callable[[Ints], tuple[Ints, Ints]]


@dataclass(kw_only=True)
class CaseImage:
    """One case with all that hangs on it; lists are in order of their numbers.

    ``log`` is the case's events as far as they were ever written; the others are rows as known at
    one moment. ``deadline_changes`` are all that were recorded, oldest first.
    """

    case_id: int
    row: Row
    cycles: list[Row] = field(default_factory=list)
    suspensions: list[Row] = field(default_factory=list)
    extensions: list[Row] = field(default_factory=list)
    callbacks: list[Row] = field(default_factory=list)
    rechecks: list[Row] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    deadline_changes: list[Row] = field(default_factory=list)


_INSTANTS = {
    "reported_ms": "reported_at", "accepted_ms": "accepted_at", "filed_ms": "filed_at",
    "dispatched_ms": "dispatched_at", "signed_ms": "signed_at", "handled_ms": "handled_at",
    "closed_ms": "closed_at", "due_soon_ms": "due_soon_at",
    "handle_deadline_ms": "deadline_handle_at", "deadline_ms": "deadline_at",
    "repeated_ms": "repeated_at",
}  # fmt: skip
_CYCLE_INSTANTS = {
    "started_ms": "started_at", "due_soon_ms": "due_soon_at",
    "handle_deadline_ms": "deadline_handle_at", "deadline_ms": "deadline_at",
    "handled_ms": "handled_at", "closed_ms": "closed_at", "reopened_ms": "reopened_at",
}  # fmt: skip
_STATE_NUMBERS = {name: number for number, name in enumerate(STATES)}
_ANSWER_NUMBERS = {name: number for number, name in enumerate(ANSWERS)}


def columns_of(images: Sequence[CaseImage], source_kinds: SourceKinds) -> CaseColumns:
    """The columns of cases from their images, ordered by case id; the twin of read_case_columns.

    ``source_kinds`` gives (kind, whether proactive) of source ids. No images give empty columns.
    """
    images = sorted(images, key=lambda image: image.case_id)
    rows = [image.row for image in images]
    source_id = _ints(row["source_id"] for row in rows)
    kind, is_proactive = source_kinds(source_id)
    is_void = _ints(row.get("voided_at") is not None for row in rows)
    return CaseColumns(
        case_id=_ints(image.case_id for image in images),
        area_id=_ints(row["area_id"] for row in rows),
        category_id=_ints(row["category_id"] for row in rows),
        source_id=source_id,
        department_id=_ints(row.get("department_id") or 0 for row in rows),
        is_void=is_void,
        is_exempt=_ints(bool(row.get("timeout_exempt")) for row in rows),
        is_urgent=_ints(bool(row.get("is_urgent")) for row in rows),
        is_merged=is_void * _ints(row.get("master_case_id") is not None for row in rows),
        is_repeat=_ints(row.get("repeat_of_case_id") is not None for row in rows),
        source_kind=kind,
        is_proactive=is_proactive,
        cycle_no=_ints(row["cycle_no"] for row in rows),
        **{name: _instants(rows, column) for name, column in _INSTANTS.items()},
        extended_ms=_ints(_extended(image) for image in images),
        pauses=_pauses(images),
        earlier=_earlier(images),
        callbacks=_callbacks(images),
        moves=_moves(images),
        rechecks=_rechecks(images),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def _instants(rows: Iterable[Row], column: str) -> Ints:
    return _ints(NULL_MS if (value := row.get(column)) is None else value for row in rows)


def _owned(
    images: Sequence[CaseImage], name: str, keep: Callable[[Row], bool] = lambda _: True
) -> tuple[Ints, list[Row]]:
    """(row number of the case, row) of everything of one kind that hangs on the cases."""
    pairs = [
        (number, row)
        for number, image in enumerate(images)
        for row in getattr(image, name)
        if keep(row)
    ]
    return _ints(number for number, _ in pairs), [row for _, row in pairs]


def _extended(image: CaseImage) -> int:
    granted = [
        row["decided_at"]
        for row in image.extensions
        if row.get("is_approved") and row.get("decided_at") is not None
    ]
    return min(granted, default=NULL_MS)


def _pauses(images: Sequence[CaseImage]) -> Pauses:
    case, rows = _owned(images, "suspensions")
    return Pauses(
        case=case,
        started_ms=_instants(rows, "started_at"),
        ended_ms=_instants(rows, "ended_at"),
        planned_end_ms=_instants(rows, "planned_end_at"),
    )


def _earlier(images: Sequence[CaseImage]) -> EarlierCycles:
    case, rows = _owned(images, "cycles")
    instants = {name: _instants(rows, column) for name, column in _CYCLE_INSTANTS.items()}
    return EarlierCycles(case=case, **instants)


def _callbacks(images: Sequence[CaseImage]) -> CallBacks:
    case, rows = _owned(images, "callbacks", lambda row: bool(row.get("is_valid")))
    return CallBacks(
        case=case,
        visited_ms=_instants(rows, "visited_at"),
        is_contacted=_ints(bool(row.get("is_contacted")) for row in rows),
        is_solved=_ints(bool(row.get("is_solved")) for row in rows),
        answer=_ints(_ANSWER_NUMBERS.get(row.get("answer") or "", -1) for row in rows),
    )


def _moves(images: Sequence[CaseImage]) -> Moves:
    cells: list[tuple[int, int, int, int, int]] = []
    for number, image in enumerate(images):
        # A correction is logged as a state that follows itself: no move.
        log = [event for event in image.log if event["from_state"] != event["to_state"]]
        following = [event["event_at"] for event in log[1:]]
        for event, after in zip(log, [*following, NULL_MS], strict=False):
            state = _STATE_NUMBERS.get(event["to_state"])
            if state is not None:
                department = event.get("department_id") or 0
                cells.append((number, event["event_at"], after, state, department))
    table = np.array(cells, dtype=np.int64).reshape(-1, 5)
    return Moves(
        case=table[:, 0],
        at_ms=table[:, 1],
        next_ms=table[:, 2],
        state=table[:, 3],
        department_id=table[:, 4],
    )


def _rechecks(images: Sequence[CaseImage]) -> Rechecks:
    case, rows = _owned(images, "rechecks", lambda row: row.get("checked_at") is not None)
    return Rechecks(
        case=case,
        checked_ms=_instants(rows, "checked_at"),
        is_true=_ints(row.get("result") == "true" for row in rows),
    )


def joined_columns(one: CaseColumns, other: CaseColumns) -> CaseColumns:
    """Two sets of cases without a common one as one; the cases of ``other`` come behind."""
    columns: dict[str, Any] = {}
    for name, part in vars(one).items():
        more = getattr(other, name)
        if isinstance(part, np.ndarray):
            columns[name] = np.concatenate([part, more])
            continue
        columns[name] = type(part)(
            **{
                cell: np.concatenate(
                    [values, getattr(more, cell) + (len(one) if cell == "case" else 0)]
                )
                for cell, values in vars(part).items()
            }
        )
    return CaseColumns(**columns)


def chosen_columns(cases: CaseColumns, keep: np.ndarray) -> CaseColumns:
    """Only the cases where ``keep`` is true, with what hangs on them."""
    number = np.cumsum(keep) - 1
    columns: dict[str, Any] = {}
    for name, part in vars(cases).items():
        if isinstance(part, np.ndarray):
            columns[name] = part[keep]
            continue
        own = keep[part.case]
        columns[name] = type(part)(
            **{
                cell: (number[values[own]] if cell == "case" else values[own])
                for cell, values in vars(part).items()
            }
        )
    return CaseColumns(**columns)
