"""Kept lengths of closed cases 办结时长日存: the quantiles of the cases, after any history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from dashboard.settings import Settings
from data_access.closing_days import drop_all_days
from data_access.counted_rows import Span
from data_access.engine import begin_read, begin_write
from data_access.rollup_reads import AreaRow, read_areas
from data_access.samples import Spells, read_closing_spells
from data_access.slices import EVERY_CASE, Slice
from data_access.tables import area_paths, cases, closing_days
from jobs.keep_closings import run_keep_closings
from jobs.refresh_rollups import refresh
from tests.store.history import History, plant_city

SLICES = (
    EVERY_CASE, Slice(category_ids=(1,)), Slice(source_id=2, department_id=1),
    Slice(department_id=0),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_kept_days_hold_what_the_cases_say(engine: Engine, settings: Settings, seed: int) -> None:
    plant_city(engine)
    history = History(engine, Random(seed))
    compared = 0
    for _ in range(12):
        for _ in range(8):
            history.step()
        history.pass_time()
        if history.random.random() < 0.5:
            run_keep_closings(engine, settings, history.now)  # before the changes are applied
        refresh(engine, settings=settings, now=history.now)
        while run_keep_closings(engine, settings, history.now):
            pass
        compared += compare(engine, history)
    assert compared > 50


def test_a_change_that_waits_keeps_its_day_open(sqlite_engine: Engine, settings: Settings) -> None:
    """Closed late and reopened before either was applied: the rollups never saw the closure."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    closed_at = now - timedelta(days=9)
    plant_city(sqlite_engine)
    row = {
        "case_id": 1, "case_code": "C1", "source_id": 1, "source_ref": "1", "category_id": 1,
        "area_id": 7, "state": "handling", "reported_at": closed_at - timedelta(hours=5),
        "accepted_at": closed_at - timedelta(hours=4), "ingested_at": now, "updated_at": now,
    }  # fmt: skip
    other = {**row, "case_id": 2, "case_code": "C2", "source_ref": "2", "state": "closed"}
    with begin_write(sqlite_engine) as connection:
        connection.execute(insert(cases).values(row))
        connection.execute(insert(cases).values({**other, "closed_at": closed_at}))
    refresh(sqlite_engine, settings=settings, now=now)
    for values in ({"state": "closed", "closed_at": closed_at}, {"state": "handling"}):
        with begin_write(sqlite_engine) as connection:
            reopened = {"closed_at": None} | values
            connection.execute(update(cases).where(cases.c.case_id == 1).values(**reopened))
        run_keep_closings(sqlite_engine, settings, now)
    refresh(sqlite_engine, settings=settings, now=now)
    run_keep_closings(sqlite_engine, settings, now)
    span = Span(start=closed_at - timedelta(days=5), end=now, as_of=now)
    with begin_read(sqlite_engine) as connection:
        (area,) = read_areas(connection, [7])
        assert len(read_closing_spells(connection, area, span, EVERY_CASE).place) == 1
        assert connection.execute(select(func.count()).select_from(closing_days)).scalar_one()


def compare(engine: Engine, history: History) -> int:
    """The answers with what is kept and without it; how many rows of kept days there were."""
    now = history.now
    spans = [
        Span(start=now - timedelta(days=days), end=now - timedelta(hours=hours), as_of=now)
        for days, hours in ((400, 0), (90, 100), (20, 30))
    ]
    with engine.connect().execution_options(yiwang_write=True) as connection:
        kept = connection.execute(select(func.count()).select_from(closing_days)).scalar_one()
        ids = list(connection.execute(select(area_paths.c.area_id)).scalars())
        areas = read_areas(connection, ids)
        found = answers(connection, areas, spans)
        drop_all_days(connection)
        assert found == answers(connection, areas, spans)
        connection.rollback()
    return int(kept)


def answers(connection: Connection, areas: list[AreaRow], spans: list[Span]) -> list[object]:
    return [
        told(read_closing_spells(connection, area, span, chosen))
        for area in areas
        for span in spans
        for chosen in SLICES
    ]


def told(spells: Spells) -> list[tuple[object, ...]]:
    """Each stretch with its pauses, in an order of their own."""
    rows = zip(spells.place, spells.department_id, spells.start_ms, spells.end_ms, strict=True)
    pauses = [spells.pauses[spells.pauses[:, 0] == row, 1:] for row in range(len(spells.place))]
    return sorted(
        (*map(int, row), np.asarray(pause).tolist())
        for row, pause in zip(rows, pauses, strict=True)
    )
