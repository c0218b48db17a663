"""Demo cities made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from sqlalchemy import Connection, text

from dashboard.lifecycle.states import VOID_STATES, State, is_allowed
from dashboard.settings import Settings
from jobs.demo.generate import DemoCity, make_city
from jobs.demo.profiles import PROFILES

# A Sunday morning in the city: free day, night shift just over.
NOW = datetime(2026, 11, 22, 2, 43, 31, tzinfo=UTC)


@cache
def _made(key: str) -> DemoCity:
    return make_city(PROFILES[key], settings=Settings(), now=NOW)


@pytest.fixture(scope="session")
def demo_now() -> datetime:
    """The instant at which the histories of these tests end."""
    return NOW


@pytest.fixture(scope="session")
def made() -> Callable[[str], DemoCity]:
    """A profile's city in memory, seed 1, three years; made once."""
    return _made


@pytest.fixture(scope="session")
def row_problems() -> Callable[[Connection], list[str]]:
    """What the rows of a store say against themselves; empty when they are sound."""
    return _row_problems


def _row_problems(connection: Connection) -> list[str]:
    void = ", ".join(f"'{state.value}'" for state in VOID_STATES)
    rules = {
        "closed_at without state closed, or the reverse":
            "SELECT count(*) FROM cases WHERE (closed_at IS NOT NULL) <> (state = 'closed')",
        "voided_at without a void state, or the reverse":
            f"SELECT count(*) FROM cases WHERE (voided_at IS NOT NULL) <> (state IN ({void}))",
        "state suspended without an open suspension, or the reverse":
            "SELECT count(*) FROM cases c WHERE (c.state = 'suspended') <> EXISTS (SELECT 1 FROM"
            " case_suspensions s WHERE s.case_id = c.case_id AND s.ended_at IS NULL)",
        "cycles kept do not lead to the current one":
            "SELECT count(*) FROM cases c WHERE c.cycle_no <> 1 + (SELECT count(*) FROM"
            " case_cycles y WHERE y.case_id = c.case_id)",
        "counted without acceptance":
            "SELECT count(*) FROM cases WHERE accepted_at IS NULL AND voided_at IS NULL"
            " AND state NOT IN ('reported', 'verifying')",
        "running and accepted without a deadline":
            "SELECT count(*) FROM cases WHERE accepted_at IS NOT NULL AND deadline_at IS NULL",
        "due soon after the deadline":
            "SELECT count(*) FROM cases WHERE due_soon_at > deadline_at",
        "closed before it was accepted":
            "SELECT count(*) FROM cases WHERE closed_at < accepted_at",
        "on something that is no leaf":
            "SELECT count(*) FROM cases WHERE area_id IN (SELECT parent_id FROM areas"
            " WHERE parent_id IS NOT NULL)",
        "closed without saying how, or the reverse":
            "SELECT count(*) FROM cases WHERE (closed_at IS NOT NULL) <> (close_kind IS NOT NULL)",
        "worked off on the spot, but dispatched":
            "SELECT count(*) FROM cases WHERE close_kind <> 'handled'"
            " AND dispatched_at IS NOT NULL",
        "signed for before it was dispatched, or contacted before it was signed for":
            "SELECT count(*) FROM cases WHERE first_contact_at < signed_at"
            " OR signed_at < dispatched_at",
        "dispatched to nobody":
            "SELECT count(*) FROM case_events WHERE to_state = 'dispatched'"
            " AND department_id IS NULL",
        "a clock without a limit, or the reverse":
            "SELECT count(*) FROM cases WHERE (clock_started_at IS NULL) <> (limit_amount IS NULL)"
            " OR (limit_kind IS NULL) <> (limit_amount IS NULL)",
        "merged without a master that counts":
            "SELECT count(*) FROM cases c WHERE state = 'merged' AND NOT EXISTS (SELECT 1 FROM"
            " cases m WHERE m.case_id = c.master_case_id AND m.category_id = c.category_id"
            " AND m.accepted_at IS NOT NULL)",
        "a repeat of something later, or of nothing":
            "SELECT count(*) FROM cases c WHERE repeat_of_case_id IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM cases e WHERE e.case_id = c.repeat_of_case_id"
            " AND e.accepted_at <= c.accepted_at AND e.repeated_at <= c.accepted_at)",
        "called by a whistle without being marked, or the reverse":
            "SELECT count(*) FROM cases c WHERE is_whistle <> EXISTS (SELECT 1 FROM whistle_calls w"
            " WHERE w.case_id = c.case_id)",
        "found false by a re-check, and not sent back":
            "SELECT count(*) FROM case_rechecks r WHERE result <> 'true' AND NOT EXISTS (SELECT 1"
            " FROM case_cycles y WHERE y.case_id = r.case_id AND y.reopened_at = r.checked_at)",
        "re-checked with a result, but not at any time, or the reverse":
            "SELECT count(*) FROM case_rechecks WHERE (checked_at IS NULL) <> (result IS NULL)",
        "an extension asked for after the deadline":
            "SELECT count(*) FROM case_extensions x JOIN deadline_changes d ON d.case_id ="
            " x.case_id AND d.changed_at = x.decided_at WHERE d.reason = 'extension'"
            " AND x.applied_at >= d.old_deadline_handle_at",
        "an approved extension without a record of the change, or a refused one with it":
            "SELECT count(*) FROM case_extensions x WHERE decided_at IS NOT NULL AND is_approved <>"
            " EXISTS (SELECT 1 FROM deadline_changes d WHERE d.case_id = x.case_id"
            " AND d.reason = 'extension' AND d.changed_at = x.decided_at)",
        "the last recorded change is not the deadline of the case":
            "SELECT count(*) FROM deadline_changes d JOIN cases c ON c.case_id = d.case_id WHERE"
            " d.change_id = (SELECT max(change_id) FROM deadline_changes o WHERE o.case_id ="
            " d.case_id) AND d.new_deadline_at <> c.deadline_at",
        "call-back of a case never closed nor sent back":
            "SELECT count(*) FROM callbacks b JOIN cases c ON c.case_id = b.case_id"
            " WHERE c.closed_at IS NULL AND c.cycle_no = 1",
    }  # fmt: skip
    found = [
        f"{name}: {count}" for name, query in rules.items()
        if (count := connection.scalar(text(query)))
    ]  # fmt: skip
    return found + _event_problems(connection)


def _event_problems(connection: Connection) -> list[str]:
    rows = connection.execute(text(
        "SELECT e.case_id, e.seq, e.event_at, e.from_state, e.to_state, c.state FROM case_events e"
        " JOIN cases c ON c.case_id = e.case_id ORDER BY e.case_id, e.seq"
    )).all()  # fmt: skip
    found: list[str] = []
    case_id, state, at, number, last = None, None, None, 0, None
    for row in rows:
        if row.case_id != case_id:
            if state != last:
                found.append(f"case {case_id}: events end in {state}, the row says {last}")
            case_id, state, at, number = row.case_id, None, row.event_at, 0
        number += 1
        if row.seq != number or row.event_at < at or row.from_state != state:
            found.append(f"case {case_id}: event {row.seq} does not follow the one before")
        start = state is None and row.to_state == State.REPORTED
        if not start and (state is None or not is_allowed(State(state), State(row.to_state))):
            found.append(f"case {case_id}: {state} -> {row.to_state}")
        state, at, last = row.to_state, row.event_at, row.state
    if state != last:
        found.append(f"case {case_id}: events end in {state}, the row says {last}")
    cases = connection.scalar(text("SELECT count(*) FROM cases"))
    told = connection.scalar(text("SELECT count(DISTINCT case_id) FROM case_events"))
    return found[:5] + ([f"{cases - told} cases without events"] if cases != told else [])
