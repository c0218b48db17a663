"""Cases loaded past the journal: their earlier states come out of the event log."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from dashboard.lifecycle import ENTRY_COLUMNS
from dashboard.lifecycle.fold import Event, derive
from dashboard.readings.as_of import Clocks, read_columns_as_known
from dashboard.readings.calendars import calendar_of
from dashboard.settings import Settings
from data_access.case_columns import CaseRange, read_case_columns
from data_access.engine import begin_read, begin_write
from data_access.ingest import read_events
from data_access.tables import case_cycles, case_suspensions, cases
from data_access.triggers import create_triggers, drop_triggers
from data_access.types import to_epoch_ms
from tests.examples import examples
from tests.store.history import empty_store, plant_city
from tests.store.legal_lives import Lives
from tests.store.test_as_known import facts_of

RULES = hypothesis_settings(
    max_examples=examples(3),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
_ALL = CaseRange(0, 10**9)


def loaded(engine: Engine, seed: int, settings: Settings) -> Lives:
    """Lives that are written without any trigger, as a bulk load is."""
    with begin_write(engine) as connection:
        drop_triggers(connection)
        calendar = calendar_of(connection, settings)
    empty_store(engine)
    plant_city(engine)
    return Lives(engine, Random(seed), calendar)


def finish(engine: Engine) -> None:
    with begin_write(engine) as connection:
        create_triggers(connection)  # the history begins here


@RULES
@given(seed=st.integers(0, 2**32), steps=st.integers(40, 160))
def test_facts_of_every_moment_come_out_of_the_log(
    engine: Engine, settings: Settings, seed: int, steps: int
) -> None:
    lives = loaded(engine, seed, settings)
    noted: list[tuple[datetime, list[Any]]] = []
    for number in range(steps):
        lives.step()
        if number % 12 == 11:
            with begin_read(engine) as connection:
                columns = read_case_columns(connection, _ALL)
            noted.append((lives.now, facts_of(columns, lives.now, settings)))
    finish(engine)
    with begin_read(engine) as connection:
        for moment, facts in noted:
            clocks = Clocks(known_at=moment)
            columns = read_columns_as_known(connection, range(lives.next_id), clocks, settings)
            assert facts_of(columns, moment, settings) == facts, moment


def test_what_had_happened_by_a_moment_as_far_as_is_known_now(
    engine: Engine, settings: Settings
) -> None:
    """Where every step is known at once, what happened by a moment is what was known then."""
    lives = loaded(engine, 8, settings)
    lives._happened = lambda _: lives.now  # type: ignore[method-assign]
    noted: list[tuple[datetime, list[Any]]] = []
    for number in range(260):
        lives.step()
        if number % 20 == 19:
            with begin_read(engine) as connection:
                columns = read_case_columns(connection, _ALL)
            noted.append((lives.now, facts_of(columns, lives.now, settings)))
    finish(engine)
    with begin_read(engine) as connection:
        for moment, facts in noted:
            clocks = Clocks(known_at=lives.now, happened_at=moment)
            columns = read_columns_as_known(connection, range(lives.next_id), clocks, settings)
            assert facts_of(columns, moment, settings) == facts, moment


def test_fold_of_the_whole_log_is_the_row_the_writer_keeps(
    engine: Engine, settings: Settings
) -> None:
    lives = loaded(engine, 21, settings)
    for _ in range(400):
        lives.step()
    with begin_read(engine) as connection:
        rows = connection.execute(select(cases)).all()
        events = read_events(connection, [row.case_id for row in rows])
        pauses = connection.execute(select(case_suspensions)).all()
        cycles = connection.execute(select(case_cycles)).all()
    seen: set[str] = set()
    for row in rows:
        log = [event for event in events if event["case_id"] == row.case_id]
        case = derive(
            Event(e["event_at"], e["known_at"], e["from_state"], e["to_state"]) for e in log
        )
        assert case is not None
        seen.add(row.state)
        assert (case.state, case.cycle_no) == (row.state, row.cycle_no)
        for column in set(ENTRY_COLUMNS.values()) - {"accepted_at"}:
            value = getattr(row, column)
            assert case.columns.get(column) == (value and to_epoch_ms(value)), column
        assert [(p.started_ms, p.ended_ms) for p in case.suspensions] == [
            (to_epoch_ms(p.started_at), p.ended_at and to_epoch_ms(p.ended_at))
            for p in pauses if p.case_id == row.case_id
        ]  # fmt: skip
        assert [(c.cycle_no, c.started_ms, c.handled_ms, c.closed_ms, c.reopened_ms)
                for c in case.cycles] == [
            (c.cycle_no, to_epoch_ms(c.started_at), c.handled_at and to_epoch_ms(c.handled_at),
             c.closed_at and to_epoch_ms(c.closed_at), to_epoch_ms(c.reopened_at))
            for c in cycles if c.case_id == row.case_id
        ]  # fmt: skip
    assert len(seen) > 10 and len(cycles) > 10 and len(pauses) > 5
