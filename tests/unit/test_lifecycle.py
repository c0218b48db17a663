"""The state machine against the table of domain rule 3."""

from __future__ import annotations

import pytest

from dashboard.lifecycle import (
    ENTRY_COLUMNS,
    NAMES_ZH,
    TRANSITIONS,
    VOID_STATES,
    State,
    broken_rules,
    is_allowed,
)
from data_access.tables import cases


def test_every_state_has_a_name_and_its_moves() -> None:
    assert len(State) == 18
    assert set(NAMES_ZH) == set(TRANSITIONS) == set(State)
    assert len(set(NAMES_ZH.values())) == 18


def test_entry_columns_exist_and_fit() -> None:
    assert set(ENTRY_COLUMNS.values()) <= set(cases.c.keys())
    assert {ENTRY_COLUMNS[state] for state in VOID_STATES} == {"voided_at"}


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (State.VISITING, State.REWORK, True),  # 不满意 goes back
        (State.CLOSED, State.REWORK, True),
        (State.REPORTED, State.CLOSED, True),  # 当场办结
        (State.DISPATCHED, State.CLOSED, False),
        (State.REWORK, State.CLOSED, False),
        (State.VOID, State.REPORTED, False),
        (State.CLOSED, State.CLOSED, False),
    ],
)
def test_moves(before: State, after: State, allowed: bool) -> None:
    assert is_allowed(before, after) is allowed


def test_every_state_is_reached_and_only_void_ones_are_final() -> None:
    reached, front = {State.REPORTED}, {State.REPORTED}
    while front:
        front = set().union(*(TRANSITIONS[state] for state in front)) - reached
        reached |= front
    assert reached == set(State)
    assert {state for state in State if not TRANSITIONS[state]} == VOID_STATES


@pytest.mark.parametrize(
    ("state", "closed", "voided", "suspended", "broken"),
    [
        (State.CLOSED, True, False, False, 0),
        (State.CLOSED, False, False, False, 1),
        (State.HANDLING, True, False, False, 1),
        (State.MERGED, False, True, False, 0),
        (State.VOID, True, True, False, 1),
        (State.SUSPENDED, False, False, True, 0),
        (State.SUSPENDED, False, False, False, 1),
        (State.HANDLING, True, True, True, 3),
    ],
)
def test_rows_that_contradict_their_state(
    state: State, closed: bool, voided: bool, suspended: bool, broken: int
) -> None:
    found = broken_rules(state, is_closed=closed, is_voided=voided, has_open_suspension=suspended)
    assert len(found) == broken
