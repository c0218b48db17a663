"""Random deliveries of snapshots: the log that the import writes amounts to the row it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from dashboard.lifecycle import State
from dashboard.lifecycle.fold import Event, derive
from dashboard.lifecycle.states import VOID_STATES
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.ingest import read_events
from data_access.tables import case_cycles, case_suspensions, cases
from data_access.types import to_epoch_ms
from jobs.ingest import IncomingCase, ingest_rows
from jobs.refresh_findings import read_findings
from tests.store.history import plant_city

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
# Of the order of the log, nothing a source may get wrong is a mistake of the import.
_OF_THE_SOURCE = {
    "illegal_move", "skipped_steps", "out_of_order", "missing_event", "unlawful_close",
    "rework_without_reason", "reopen_without_reason", "suspension_without_end",
}  # fmt: skip


def _snapshot(ref: str, state: State, now: datetime, random: Random) -> IncomingCase:
    fields: dict[str, Any] = {
        "category": "类1", "area": "A07", "reported_at": to_epoch_ms(START),
        "state": str(state), "known_at": to_epoch_ms(now),
    }  # fmt: skip
    told = to_epoch_ms(now - timedelta(minutes=random.randrange(0, 50)))
    if state is State.CLOSED:
        fields["closed_at"] = told
    if state in VOID_STATES and random.random() < 0.5:
        fields["voided_at"] = told
    if state is State.HANDLED:
        fields["handled_at"] = told
    if state is State.SUSPENDED and random.random() < 0.5:
        fields["suspended_at"] = told
    if state is not State.CLOSED:
        fields["closed_at"] = None
    return IncomingCase(2, ref, fields)


@pytest.mark.parametrize("seed", range(6))
def test_log_of_random_snapshots_amounts_to_the_row(
    engine: Engine, settings: Settings, seed: int
) -> None:
    plant_city(engine)
    random = Random(seed)
    now = START + timedelta(hours=1)
    for _ in range(25):
        now += timedelta(hours=random.choice((1, 5, 30)))
        rows = [
            _snapshot(ref, random.choice(list(State)), now, random)
            for ref in "abcdefgh"
            if random.random() < 0.7
        ]
        ingest_rows(engine, settings, rows, source_code="c2", origin="test")
    with begin_read(engine) as connection:
        kept = connection.execute(select(cases)).all()
        ids = [row.case_id for row in kept]
        events = read_events(connection, ids)
        pauses = connection.execute(select(case_suspensions)).all()
        cycles = connection.execute(select(case_cycles)).all()
        found = read_findings(connection, ids, settings)
    assert {one.kind for one in found} <= _OF_THE_SOURCE
    assert len(kept) == 8 and cycles and pauses
    for row in kept:
        log = [e for e in events if e["case_id"] == row.case_id]
        case = derive(
            Event(e["event_at"], e["known_at"], e["from_state"], e["to_state"]) for e in log
        )
        assert case is not None
        assert (case.state, case.cycle_no) == (row.state, row.cycle_no)
        if log[-1]["from_state"] != "closed":  # a remark may correct when it was closed
            closed = row.closed_at and to_epoch_ms(row.closed_at)
            assert case.columns.get("closed_at") == closed
        assert len(case.suspensions) == sum(one.case_id == row.case_id for one in pauses)
        assert [one.reopened_ms for one in case.cycles] == [
            to_epoch_ms(one.reopened_at) for one in cycles if one.case_id == row.case_id
        ]  # fmt: skip
