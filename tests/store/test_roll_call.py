"""Roll calls in the store, on both engines: answers, promises due by the calendar, their states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from dashboard.lifecycle.promises import Promise, PromiseState, promise_state
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import Outcome
from dashboard.readings.case_acting import perform
from dashboard.readings.reader import Reader
from dashboard.readings.roll_call import RollCall, read_roll_call
from dashboard.readings.thresholds import EditingOffError
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import audit_log, cases, promises, roll_call_answers
from tests.store.history import plant_city

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in the city
_KEYS = count(1)
PROMISE = {"matter": "增设夜间值班岗", "responsible": "值班科科长", "limit": "5"}


class Room:
    """A meeting room whose clock stands, and somebody who writes down."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.now = engine, NOW
        self.reader = Reader(engine, settings, build="t", now=lambda: self.now)

    def press(self, action: str, **fields: str) -> Outcome:
        sent = {"action": action, "actor": "记录员", "key": f"press-{next(_KEYS):06d}"}
        return perform(self.reader, sent | fields, origin="10.0.0.7 Chromium")

    def answer(self, **fields: str) -> Outcome:
        return self.press("answer_roll_call", **{"department": "d1", "text": "值班不足"} | fields)

    def call(self, department_id: int = 1) -> RollCall:
        return read_roll_call(self.reader, department_id)

    def rows(self, table: Any) -> list[Any]:
        with begin_read(self.engine) as connection:
            key = next(iter(table.primary_key.columns))
            return list(connection.execute(select(table).order_by(key)))


@pytest.fixture
def room(engine: Engine, settings: Settings) -> Iterator[Room]:
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(insert(cases).values(
            case_id=1, case_code="C1", source_id=1, source_ref="1", category_id=1, area_id=7,
            department_id=1, state="handling", reported_at=NOW, ingested_at=NOW, updated_at=NOW,
        ))  # fmt: skip
    yield Room(engine, replace(settings, editing=True))


def test_a_promise_from_the_meeting_to_its_evidence(room: Room) -> None:
    assert room.answer().said == "act.said.answer_roll_call"
    assert room.answer(**PROMISE).said == "act.said.promise"
    (row,) = room.rows(promises)
    # Five working days from Wednesday 10:00 are Wednesday 10:00: two of the days are a weekend.
    assert row.due_at == NOW + timedelta(days=7) and row.answer_id == 2
    assert row.made_on.isoformat() == "2026-11-18" and row.entered_by == "记录员"
    assert [one.text for one in room.call().answers] == ["值班不足"] * 2
    assert room.call(2).promises == () and room.call(2).answers == ()
    room.now = NOW + timedelta(days=7, minutes=1)
    assert room.call().late == 1
    subject = str(row.promise_id)
    wrong = room.press("finish_promise", subject=subject, text="已到位", cases="C1 C2")
    assert wrong.wrong == {"cases": "act.wrong.evidence"}
    assert room.press("finish_promise", subject=subject, text="已到位", cases="C1，C1").is_done
    (shown,) = room.call().promises
    assert (shown.state, shown.result, shown.evidence) == (
        PromiseState.DONE_LATE, "已到位", ((1, "C1"),),
    )  # fmt: skip
    again = room.press("withdraw_promise", subject=subject, text="不办了")
    assert again.refused is Refusal.RESOLVED
    room.now += timedelta(days=31)
    assert room.call().promises == ()  # heard long ago
    actions = [one.action for one in room.rows(audit_log)]
    assert actions == ["answer_roll_call", "answer_roll_call", "finish_promise"]
    assert {one.origin for one in room.rows(audit_log)} == {"10.0.0.7 Chromium"}


def test_what_is_incomplete_is_refused_and_nothing_is_written(room: Room) -> None:
    assert room.answer(text="").wrong == {"text": "form.wrong.missing"}
    assert room.answer(department="d9").wrong == {"action": "act.wrong.unit"}
    assert room.answer(department="\x00").wrong == {"action": "act.wrong.unit"}
    assert room.answer(**PROMISE | {"responsible": ""}).wrong == {
        "responsible": "form.wrong.missing"
    }
    assert room.answer(**PROMISE | {"limit": "7"}).wrong == {"limit": "act.wrong.limit"}
    assert room.press("finish_promise", subject="99", text="x").wrong == {
        "action": "act.wrong.subject"
    }
    off = Reader(room.engine, replace(room.reader.settings, editing=False), build="t")
    with pytest.raises(EditingOffError):
        perform(off, {"action": "answer_roll_call"}, origin="x")
    assert not room.rows(roll_call_answers) and not room.rows(audit_log)


def test_one_press_of_a_button_writes_once(room: Room) -> None:
    first = room.answer(key="the-same-press", **PROMISE)
    again = room.answer(key="the-same-press", **PROMISE)
    assert (first.said, again.said) == ("act.said.promise", "act.said.already")
    assert len(room.rows(promises)) == len(room.rows(roll_call_answers)) == 1


@pytest.mark.parametrize(
    ("resolution", "resolved", "at", "state"),
    [
        (None, None, 100, PromiseState.OPEN),  # at its due moment itself it is in time
        (None, None, 101, PromiseState.LATE),
        ("done", 100, 500, PromiseState.DONE),
        ("done", 101, 500, PromiseState.DONE_LATE),
        ("withdrawn", 400, 500, PromiseState.WITHDRAWN),
    ],
)
def test_states(
    resolution: str | None, resolved: int | None, at: int, state: PromiseState
) -> None:  # fmt: skip
    one = Promise(due_ms=100, resolution=resolution, resolved_ms=resolved)
    assert promise_state(one, at) is state
