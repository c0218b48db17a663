"""The logs of a demo city, generated and lived: each amounts to the case that stands beside it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from dashboard.lifecycle.fold import Event, derive
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.ingest import read_events
from data_access.tables import case_cycles, case_suspensions, cases
from data_access.types import to_epoch_ms
from jobs.demo import generate
from jobs.demo.live import LiveCity
from jobs.refresh_findings import read_all_findings

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the city
# What is wrong in a city on purpose: real cities have it too.
_LIFELIKE = {"closed_dissatisfied", "reopen_without_reason", "suspension_without_end"}


def _by_case(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_epoch_ms(moment)


def test_every_log_amounts_to_its_case(
    engine: Engine, settings: Settings, demo_now: datetime
) -> None:
    generate(engine, profile="test", settings=settings, now=demo_now, years=1)
    city = LiveCity(engine, profile="test", settings=settings, speed=60, seed=7)
    for second in range(300):
        city.beat(MONDAY + timedelta(seconds=second), 1.0)
    with begin_read(engine) as connection:
        rows = list(connection.execute(select(cases)))
        pauses = _by_case(list(connection.execute(select(case_suspensions))))
        cycles = _by_case(list(connection.execute(select(case_cycles))))
        logs: dict[int, list[Event]] = {}
        for start in range(0, len(rows), 500):
            ids = [row.case_id for row in rows[start : start + 500]]
            for e in read_events(connection, ids):
                event = Event(e["event_at"], e["known_at"], e["from_state"], e["to_state"])
                logs.setdefault(e["case_id"], []).append(event)
        found = [one for chunk in read_all_findings(connection, settings) for one in chunk]
    assert {one.kind for one in found} <= _LIFELIKE, Counter(one.kind for one in found)
    for row in rows:
        case = derive(logs[row.case_id])
        assert case is not None
        assert (case.state, case.cycle_no) == (row.state, row.cycle_no)
        for column in ("reported_at", "closed_at", "voided_at"):
            assert case.columns.get(column) == _ms(getattr(row, column)), column
        assert [(one.started_ms, one.ended_ms) for one in case.suspensions] == [
            (_ms(one.started_at), _ms(one.ended_at)) for one in pauses.get(row.case_id, [])
        ]
        assert [(one.handled_ms, one.closed_ms, one.reopened_ms) for one in case.cycles] == [
            (_ms(one.handled_at), _ms(one.closed_at), _ms(one.reopened_at))
            for one in cycles.get(row.case_id, [])
        ]
    assert len(cycles) > 10 and len(pauses) > 5
