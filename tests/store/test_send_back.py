"""退回重办 on both engines: a dissatisfied citizen's case begins again, and the numbers follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from dashboard.lifecycle.sending_back import SENDABLE, LastCall, send_back_refusal
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.case_acts import read_case_acts
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    cases,
    categories,
    deadline_changes,
)
from jobs.rebuild_rollups import rebuild
from jobs.refresh_findings import read_findings
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city
from tests.store.office import NOW, Office
from tests.store.root_totals import root_totals

HOUR = timedelta(hours=1)
REPORTED, CLOSED, CALLED = NOW - 48 * HOUR, NOW - 20 * HOUR, NOW - 2 * HOUR
LIFE = ("reported", "accepted", "filed", "dispatched", "signed", "handling", "handled", "visiting",
        "closed")  # fmt: skip


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Iterator[Office]:
    """Case 1, closed in time; its citizen was dissatisfied two hours ago."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(update(categories).values(limit_kind="work_hour", limit_amount=8))
        connection.execute(
            insert(cases).values(
                case_id=1, case_code="C1", source_id=2, source_ref="1", category_id=1, area_id=7,
                department_id=1, state="closed", reported_at=REPORTED, accepted_at=REPORTED,
                handled_at=CLOSED - HOUR, closed_at=CLOSED, close_kind="handled",
                limit_kind="work_hour", limit_amount=8, clock_started_at=REPORTED,
                due_soon_at=CLOSED, deadline_handle_at=CLOSED, deadline_at=CLOSED + HOUR,
                ingested_at=REPORTED, updated_at=CLOSED,
            )
        )  # fmt: skip
        for number, state in enumerate(LIFE):
            at = REPORTED + number * HOUR if state != "closed" else CLOSED
            before = LIFE[number - 1] if number else None
            connection.execute(
                insert(case_events).values(
                    case_id=1, seq=number + 1, event_at=at, known_at=at, from_state=before,
                    to_state=state,
                )
            )  # fmt: skip
        call(connection, CALLED, "dissatisfied")
    rebuild(engine, settings=settings, now=NOW)
    yield Office(engine, replace(settings, editing=True))


def call(connection: Any, at: datetime, answer: str | None, **more: Any) -> None:
    given = {"is_valid": True, "is_contacted": True, "is_solved": True} | more
    connection.execute(insert(callbacks).values(case_id=1, visited_at=at, answer=answer, **given))


def target_of(office: Office) -> Any:
    acts = read_case_acts(office.reader, 1, "zh")
    assert acts is not None
    return acts.target


def test_a_case_goes_back_once_and_is_counted(office: Office, settings: Settings) -> None:
    before = root_totals(office.engine)
    assert target_of(office).can_send_back
    assert office.press("send_back").wrong == {"text": "form.wrong.missing"}
    stale = office.press("send_back", text="仍有异味", seen_cycle="2")
    assert stale.refused is Refusal.MOVED
    assert office.press("send_back", text="仍有异味", key="one-press").is_done
    assert office.press("send_back", text="仍有异味", key="one-press").said == "act.said.already"
    assert office.press("send_back", text="仍有异味").refused is Refusal.NO_COMPLAINT
    assert not target_of(office).can_send_back

    (row,), (cycle,) = office.rows(cases), office.rows(case_cycles)
    assert (row.state, row.cycle_no, row.closed_at, row.handled_at) == ("rework", 2, None, None)
    # eight working hours from Wednesday 10:00: two before noon, four after, two on Thursday
    assert (row.clock_started_at, row.deadline_at) == (NOW, NOW + 24 * HOUR)
    assert (cycle.closed_at, cycle.deadline_at, cycle.reopened_at) == (CLOSED, CLOSED + HOUR, NOW)
    (change,) = office.rows(deadline_changes)
    assert (change.reason, change.new_deadline_at) == ("rework", NOW + 24 * HOUR)
    with begin_read(office.engine) as connection:
        last = connection.execute(select(case_events).order_by(case_events.c.seq.desc())).first()
        assert last is not None
        assert (last.from_state, last.to_state, last.actor, last.opinion) == (
            "closed", "rework", "王科长", "仍有异味",
        )  # fmt: skip
        # the answer is its reason: no 无理由返工 in the data-quality list
        assert read_findings(connection, [1], settings) == []

    refresh(office.engine, settings=settings, now=NOW)
    after = root_totals(office.engine)
    changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert changed.items() >= {"closed": -1, "reopened": 1, "open_in": 1}.items()
    acts = read_case_acts(office.reader, 1, "zh")
    assert acts is not None and acts.trail[0].note == "仍有异味"
    assert acts.trail[0].changes == (
        ("状态", "已结案", "退回重办"), ("办理轮次", "1", "2"),
        ("结案时限", "2026-11-17 15:00", "2026-11-19 10:00"),  # by the city's clocks
    )  # fmt: skip


def test_only_a_citizen_who_waits_for_it_sends_a_case_back(office: Office) -> None:
    with begin_write(office.engine) as connection:
        call(connection, NOW - HOUR, "satisfied", is_valid=False)  # nobody answered: still waiting
    assert target_of(office).can_send_back
    with begin_write(office.engine) as connection:
        call(connection, NOW - HOUR / 2, "satisfied")
    assert not target_of(office).can_send_back
    with begin_write(office.engine) as connection:
        call(connection, NOW, None, is_solved=False)
    assert target_of(office).can_send_back
    with begin_write(office.engine) as connection:
        connection.execute(update(cases).values(state="handling", closed_at=None))
    assert not target_of(office).can_send_back
    assert office.press("send_back", text="未解决").refused is Refusal.IN_HAND


def test_the_rule_alone() -> None:
    assert {*SENDABLE} == {"handled", "checking", "visiting", "closed"}
    bad = LastCall(called_ms=10, is_bad=True)
    assert [send_back_refusal(state, bad) for state in ("visiting", "void", "rubbish")] == [
        None, Refusal.IN_HAND, Refusal.IN_HAND,
    ]  # fmt: skip
    for call_back in (
        None,
        LastCall(called_ms=10, is_bad=False),
        LastCall(called_ms=10, is_bad=True, sent_back_ms=10),  # by the same stroke
    ):
        assert send_back_refusal("closed", call_back) is Refusal.NO_COMPLAINT
    assert send_back_refusal("closed", LastCall(called_ms=10, is_bad=True, sent_back_ms=9)) is None
