"""The eighteen states of a case 案件状态 and the moves between them (domain rule 3).

核实 is before filing and 核查 after handling here; vendors use the two words either way round, so
everything is keyed on the code and never on the Chinese word.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """A case's state as stored in ``cases.state``."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FILED = "filed"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    HANDLING = "handling"
    RETURNED_UNIT = "returned_unit"
    EXT_PENDING = "ext_pending"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    CHECKING = "checking"
    VISITING = "visiting"
    REWORK = "rework"
    CLOSED = "closed"
    VOID = "void"
    MERGED = "merged"


NAMES_ZH: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.REPORTED: "待受理",
        State.VERIFYING: "核实中",
        State.ACCEPTED: "待立案",
        State.REJECTED: "不予受理",
        State.FILED: "待派遣",
        State.DISPATCHED: "待签收",
        State.SIGNED: "已签收",
        State.HANDLING: "处置中",
        State.RETURNED_UNIT: "部门回退",
        State.EXT_PENDING: "延期待批",
        State.SUSPENDED: "挂账",
        State.HANDLED: "待核查",
        State.CHECKING: "核查中",
        State.VISITING: "回访中",
        State.REWORK: "退回重办",
        State.CLOSED: "已结案",
        State.VOID: "作废",
        State.MERGED: "重复合并",
    }
)

# Outside every count unless a KPI names them: 不予受理, 作废, 重复合并.
VOID_STATES: Final = frozenset({State.REJECTED, State.VOID, State.MERGED})

# Reported and closed in one step only as 自处置/当场办结 or 直接答复.
CLOSE_AT_ONCE: Final = (State.REPORTED, State.CLOSED)

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.REPORTED: frozenset(
            {State.VERIFYING, State.ACCEPTED, State.REJECTED, State.MERGED, State.CLOSED}
        ),
        State.VERIFYING: frozenset({State.ACCEPTED, State.REJECTED, State.VOID}),
        State.ACCEPTED: frozenset({State.FILED, State.REJECTED, State.VOID}),
        State.FILED: frozenset({State.DISPATCHED, State.VOID}),
        State.DISPATCHED: frozenset({State.SIGNED, State.RETURNED_UNIT}),
        State.SIGNED: frozenset({State.HANDLING, State.RETURNED_UNIT}),
        State.HANDLING: frozenset(
            {State.HANDLED, State.EXT_PENDING, State.SUSPENDED, State.RETURNED_UNIT}
        ),
        State.EXT_PENDING: frozenset({State.HANDLING}),
        State.SUSPENDED: frozenset({State.HANDLING}),
        State.RETURNED_UNIT: frozenset({State.FILED, State.VOID}),
        State.HANDLED: frozenset({State.CHECKING, State.VISITING, State.REWORK}),
        State.CHECKING: frozenset({State.VISITING, State.CLOSED, State.REWORK}),
        State.VISITING: frozenset({State.CLOSED, State.REWORK}),
        State.REWORK: frozenset({State.HANDLING}),
        State.CLOSED: frozenset({State.REWORK}),
        State.REJECTED: frozenset(),
        State.VOID: frozenset(),
        State.MERGED: frozenset(),
    }
)

# The column of ``cases`` that is written when a state is entered; REWORK starts a cycle instead.
ENTRY_COLUMNS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.REPORTED: "reported_at",
        State.ACCEPTED: "accepted_at",
        State.REJECTED: "voided_at",
        State.FILED: "filed_at",
        State.DISPATCHED: "dispatched_at",
        State.SIGNED: "signed_at",
        State.HANDLING: "arrived_at",
        State.HANDLED: "handled_at",
        State.CHECKING: "checked_at",
        State.VISITING: "visited_at",
        State.CLOSED: "closed_at",
        State.VOID: "voided_at",
        State.MERGED: "voided_at",
    }
)


def is_allowed(before: State, after: State) -> bool:
    """Whether ``after`` may follow ``before``; staying in a state is no move and not allowed."""
    return after in TRANSITIONS[before]


def broken_rules(
    state: State, *, is_closed: bool, is_voided: bool, has_open_suspension: bool
) -> list[str]:
    """What a case row says against itself, as sentences; empty when it is sound.

    ``is_closed`` and ``is_voided`` tell whether the instants are set, ``has_open_suspension``
    whether a suspension without an end exists. Every writer keeps these rules, so readings rely
    on the instants alone and never look at the state.
    """
    broken: list[str] = []
    if is_closed != (state is State.CLOSED):
        broken.append(f"closed_at must be set exactly when the state is closed, not {state}")
    if is_voided != (state in VOID_STATES):
        broken.append(f"voided_at must be set exactly when the case is void, not {state}")
    if has_open_suspension != (state is State.SUSPENDED):
        broken.append(f"an open suspension must exist exactly when suspended, not {state}")
    return broken
