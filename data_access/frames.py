"""Typed column sets that leave the database: plain numpy, one contract, empty or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# NULL in an int64 column of milliseconds.
NULL_MS = int(np.iinfo(np.int64).min)


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Suspensions 挂账 of the cases of a CaseColumns; ``case`` is the row number there."""

    case: Ints
    started_ms: Ints
    ended_ms: Ints  # NULL_MS: still suspended
    planned_end_ms: Ints  # NULL_MS: none was planned


@dataclass(frozen=True, kw_only=True)
class EarlierCycles:
    """Cycles 办理轮次 before the current one; ``case`` is the row number in CaseColumns."""

    case: Ints
    started_ms: Ints
    due_soon_ms: Ints
    handle_deadline_ms: Ints
    deadline_ms: Ints
    handled_ms: Ints
    closed_ms: Ints  # NULL_MS: sent back without having been closed
    reopened_ms: Ints


@dataclass(frozen=True, kw_only=True)
class CallBacks:
    """Valid call-backs 有效回访; ``answer`` numbers data_access.frames.ANSWERS, -1: none."""

    case: Ints
    visited_ms: Ints
    is_contacted: Ints
    is_solved: Ints
    answer: Ints


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Moves between states 流转, from case_events; in order of case and sequence.

    ``state`` numbers data_access.frames.STATES; ``next_ms`` is the case's next event, NULL_MS for
    its last; ``department_id`` is 0 where none is named.
    """

    case: Ints
    at_ms: Ints
    next_ms: Ints
    state: Ints
    department_id: Ints


@dataclass(frozen=True, kw_only=True)
class Rechecks:
    """Sample re-checks 抽查 that were done; ``is_true`` is 1 where the closure was found true."""

    case: Ints
    checked_ms: Ints
    is_true: Ints


# The states whose entry counts as something, numbered for Moves.
STATES = ("dispatched", "returned_unit", "checking")
SOURCE_KINDS = ("worker", "video", "sensor", "hotline", "public", "internal")

ANSWERS = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied")


@dataclass(frozen=True, kw_only=True)
class CaseColumns:
    """What the measures of cases are computed from. All columns are int64 of one length.

    Instants are epoch milliseconds with NULL_MS for "has not happened"; ids are the database's;
    ``department_id`` is 0 where none is in charge; ``is_…`` are 0 or 1; ``source_kind`` numbers
    SOURCE_KINDS; ``extended_ms`` is when the first extension was approved.
    """

    case_id: Ints
    area_id: Ints
    category_id: Ints
    source_id: Ints
    department_id: Ints
    is_void: Ints
    is_exempt: Ints
    is_urgent: Ints
    is_merged: Ints
    is_repeat: Ints  # it repeats an earlier case
    source_kind: Ints
    is_proactive: Ints
    cycle_no: Ints
    reported_ms: Ints
    accepted_ms: Ints
    filed_ms: Ints
    dispatched_ms: Ints  # the last dispatch
    signed_ms: Ints
    handled_ms: Ints
    closed_ms: Ints
    due_soon_ms: Ints
    handle_deadline_ms: Ints
    deadline_ms: Ints
    repeated_ms: Ints  # when a later case first repeated this one
    extended_ms: Ints
    pauses: Pauses
    earlier: EarlierCycles
    callbacks: CallBacks
    moves: Moves
    rechecks: Rechecks

    def __len__(self) -> int:
        return len(self.case_id)


@dataclass(frozen=True, kw_only=True)
class AppliedColumns:
    """What cases last contributed to the rollups; ``facts`` is all cases' facts end to end."""

    case_id: Ints
    area_id: Ints
    category_id: Ints
    source_id: Ints
    department_id: Ints
    fact_case: Ints  # row number of the case each fact belongs to
    facts: Ints  # measure << 24 | city day since 1970

    def __len__(self) -> int:
        return len(self.case_id)
