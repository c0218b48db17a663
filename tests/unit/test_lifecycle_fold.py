"""The fold of a case's log: small logs in, the case out. Minutes stand for epoch ms."""

from __future__ import annotations

from random import Random

import pytest

from dashboard.lifecycle import VOID_STATES, State
from dashboard.lifecycle.fold import Cycle, DerivedCase, Event, Suspension, derive
from dashboard.lifecycle.states import TRANSITIONS


def log(*steps: tuple[int, str] | tuple[int, str, int]) -> list[Event]:
    """(happened, state) or (happened, state, known) each; every event comes from the one before."""
    events: list[Event] = []
    for step in steps:
        before = events[-1].after if events else None
        events.append(Event(step[0], step[2] if len(step) > 2 else step[0], before, step[1]))
    return events


ORDINARY = (
    (0, "reported"), (5, "accepted"), (6, "filed"), (9, "dispatched"), (20, "signed"),
    (30, "handling"), (100, "handled"), (110, "visiting"), (120, "closed"),
)  # fmt: skip


def test_nothing_is_known_of_an_empty_log() -> None:
    assert derive([]) is None
    assert derive(log(*ORDINARY), happened_ms=-1) is None
    assert derive(log((0, "reported", 50)), known_ms=49) is None


def test_an_ordinary_life() -> None:
    case = derive(log(*ORDINARY))
    assert case is not None
    assert (case.state, case.since_ms, case.cycle_no) == (State.CLOSED, 120, 1)
    assert case.columns == {
        "reported_at": 0, "accepted_at": 5, "filed_at": 6, "dispatched_at": 9, "signed_at": 20,
        "arrived_at": 30, "handled_at": 100, "visited_at": 110, "closed_at": 120,
    }  # fmt: skip
    assert (case.cycles, case.suspensions) == ((), ())


@pytest.mark.parametrize(("moment", "state"), [(4, "reported"), (5, "accepted"), (119, "visiting")])
def test_state_as_of_a_moment(moment: int, state: str) -> None:
    case = derive(log(*ORDINARY), happened_ms=moment)
    assert case is not None and case.state == state


def test_a_late_message_changes_what_was_known_and_not_what_happened() -> None:
    events = log((0, "reported"), (5, "accepted"), (6, "filed", 50), (9, "dispatched", 50))
    then, now = derive(events, happened_ms=10, known_ms=10), derive(events, happened_ms=10)
    assert then is not None and now is not None
    assert (then.state, now.state) == (State.ACCEPTED, State.DISPATCHED)
    assert "filed_at" not in then.columns and now.columns["filed_at"] == 6


def test_rework_keeps_the_cycle_and_begins_another() -> None:
    case = derive(log(*ORDINARY[:-1], (115, "rework"), (130, "handling"), (150, "handled")))
    assert case is not None
    assert (case.state, case.cycle_no) == (State.HANDLED, 2)
    assert case.cycles == (Cycle(1, 5, 100, None, 115),)
    assert case.columns["handled_at"] == 150
    assert "visited_at" not in case.columns  # of the first cycle


def test_closed_case_sent_back_has_closed_in_its_first_cycle() -> None:
    case = derive(log(*ORDINARY, (500, "rework"), (510, "handling")))
    assert case is not None
    assert case.cycles == (Cycle(1, 5, 100, 120, 500),)
    assert "closed_at" not in case.columns


def test_snapshots_may_leave_rework_out() -> None:
    case = derive(log((0, "reported"), (5, "accepted"), (120, "closed"), (300, "handling")))
    assert case is not None and case.cycle_no == 2
    assert case.cycles == (Cycle(1, 5, None, 120, 300),)


def test_closed_and_then_void_is_no_new_cycle() -> None:
    case = derive(log(*ORDINARY, (130, "void")))
    assert case is not None and (case.state, case.cycle_no) == (State.VOID, 1)
    assert "closed_at" not in case.columns and case.columns["voided_at"] == 130
    back = derive(log(*ORDINARY, (130, "void"), (140, "accepted")))
    assert back is not None and "voided_at" not in back.columns


def test_suspensions_end_with_the_state() -> None:
    held = (*ORDINARY[:6], (40, "suspended"))
    case = derive(log(*held))
    assert case is not None and case.suspensions == (Suspension(40, None),)
    case = derive(log(*held, (70, "handling"), (80, "suspended"), (90, "handling")))
    assert case is not None
    assert case.suspensions == (Suspension(40, 70), Suspension(80, 90))


def test_remarks_move_nothing() -> None:
    events = [*log((0, "reported"), (5, "accepted")), Event(50, 60, "accepted", "accepted")]
    case = derive(events)
    assert case is not None and (case.since_ms, case.columns["accepted_at"]) == (5, 5)


def test_illegal_moves_are_followed_and_unknown_states_are_not() -> None:
    events = log((0, "reported"), (5, "void"), (9, "handling"))
    case = derive([*events, Event(10, 10, "handling", "sleeping")])
    assert case is not None and case.state is State.HANDLING
    assert "voided_at" not in case.columns


@pytest.mark.parametrize("seed", range(40))
def test_random_legal_walks(seed: int) -> None:
    """Whatever the walk, what the fold says holds together, and any cut of it is a shorter walk."""
    random = Random(seed)
    steps: list[tuple[int, str]] = [(0, "reported")]
    for number in range(1, 60):
        after = sorted(TRANSITIONS[State(steps[-1][1])])
        if not after:
            break
        steps.append((10 * number, random.choice(after)))
    events = log(*steps)
    for cut in range(len(steps)):
        case = derive(events, happened_ms=steps[cut][0] + random.randrange(10))
        assert case == derive(events[: cut + 1])
        assert case is not None
        _holds_together(case, [word for _, word in steps[: cut + 1]])


def _holds_together(case: DerivedCase, told: list[str]) -> None:
    assert case.state == told[-1]
    assert ("closed_at" in case.columns) == (case.state is State.CLOSED)
    assert ("voided_at" in case.columns) == (case.state in VOID_STATES)
    assert case.cycle_no == 1 + told.count("rework") == 1 + len(case.cycles)
    still = [pause for pause in case.suspensions if pause.ended_ms is None]
    assert len(still) == (case.state is State.SUSPENDED)
    assert len(case.suspensions) == told.count("suspended")
    for one, other in zip(case.cycles, case.cycles[1:], strict=False):
        assert one.started_ms <= one.reopened_ms == other.started_ms
