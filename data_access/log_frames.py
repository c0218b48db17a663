"""The logs of cases as columns: what findings are made from. Plain numpy, one contract.

Instants are epoch milliseconds with NULL_MS for "not told"; ``case`` is the row number in CaseLogs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_access.frames import Ints

NOWHERE = -1  # no state before: the first event
CLOSE_KINDS = ("on_site", "answered", "handled")  # -1: not told or another word

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class LoggedEvents:
    """Events in order of case and sequence; states number CaseLogs.states, NOWHERE: none."""

    case: Ints
    event_ms: Ints
    before: Ints
    after: Ints


@dataclass(frozen=True, kw_only=True)
class LoggedPauses:
    """Suspensions 挂账."""

    case: Ints
    started_ms: Ints
    planned_end_ms: Ints
    ended_ms: Ints


@dataclass(frozen=True, kw_only=True)
class LoggedExtensions:
    """Extensions 延期 in order of case and sequence; ``deadline_ms`` is the one before it."""

    case: Ints
    applied_ms: Ints
    decided_ms: Ints
    is_approved: Mask
    deadline_ms: Ints


@dataclass(frozen=True, kw_only=True)
class LoggedAnswers:
    """Valid call-backs, or sample re-checks that were done: when, and whether the case must go on
    (不满意 or 未解决; 虚报 or 未解决)."""

    case: Ints
    at_ms: Ints
    is_bad: Mask


@dataclass(frozen=True, kw_only=True)
class CaseLogs:
    """Cases with everything their findings depend on.

    ``states``: the words behind the numbers, those of dashboard.lifecycle first and then any word a
    row has beside them. ``told``: bits of ``entry_columns``, set where the case has the instant.
    """

    case_id: Ints
    state: Ints
    cycle_no: Ints
    is_closed: Mask
    is_voided: Mask
    close_kind: Ints
    repeated_ms: Ints
    told: Ints
    states: tuple[str, ...]
    events: LoggedEvents
    pauses: LoggedPauses
    extensions: LoggedExtensions
    answers: LoggedAnswers
    rechecks: LoggedAnswers

    def __len__(self) -> int:
        return len(self.case_id)
