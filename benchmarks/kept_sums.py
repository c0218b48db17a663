"""What it costs to keep field work by day and lengths of cases by day: for part ``pages``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from benchmarks.results import Row, percentile
from dashboard.settings import Settings
from data_access import tables
from data_access.closing_days import DAY_MS, drop_days
from data_access.counted_rows import LIVE
from data_access.engine import begin_read, begin_write
from data_access.field_triggers import FIELD_TRIGGERS
from data_access.types import to_epoch_ms
from jobs.keep_closings import run_keep_closings
from jobs.refresh_field import run_refresh_field
from jobs.refresh_rollups import refresh

_PATROLS, _CASES, _DAYS = 1000, 50, 10


def cost_rows(engine: Engine, settings: Settings, *, rounds: int) -> list[Row]:
    """Wall and processor time of each, medians. The store stays as it was, but for newer stamps."""
    settle(engine, settings)
    tasks: dict[str, Callable[[], tuple[float, float]]] = {
        f"insert {_PATROLS:,} patrols, with triggers": lambda: _patrols(engine, has_triggers=True),
        f"insert {_PATROLS:,} patrols, without": lambda: _patrols(engine, has_triggers=False),
        "count one changed day anew": lambda: _changed_day(engine, settings),
        f"keep {_DAYS} days of closures": lambda: _closures(engine, settings),
        f"refresh {_CASES} changed closed cases": lambda: _refresh(engine, settings, is_kept=True),
        "the same with nothing kept": lambda: _refresh(engine, settings, is_kept=False),
        "look for work when there is none": lambda: _idle(engine, settings),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            taken[name].append(task())
    return [
        {
            "work": name,
            "p50 ms": percentile([wall for wall, _ in times], 50),
            "CPU p50 ms": percentile([cpu for _, cpu in times], 50),
            "rounds": len(times),
        }
        for name, times in taken.items()
    ]


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    started, used = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def settle(engine: Engine, settings: Settings) -> None:
    """Everything applied, counted and kept."""
    now = datetime.now(UTC)
    refresh(engine, settings=settings, now=now)
    while run_refresh_field(engine, settings, now) or run_keep_closings(engine, settings, now):
        pass


def _patrols(engine: Engine, *, has_triggers: bool) -> tuple[float, float]:
    """In a transaction that is taken back."""
    now = datetime.now(UTC)
    row = {"worker_id": 1, "area_id": 1, "started_at": now, "ended_at": now, "checkpoints": 5}
    rows = [row for _ in range(_PATROLS)]
    connection = engine.connect().execution_options(yiwang_write=True)
    with connection, connection.begin() as transaction:
        if not has_triggers:
            _drop_field_triggers(connection)
        taken = _timed(lambda: connection.execute(insert(tables.patrols), rows))
        transaction.rollback()
    return taken


def _drop_field_triggers(connection: Connection) -> None:
    for name, table in FIELD_TRIGGERS:
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def _changed_day(engine: Engine, settings: Settings) -> tuple[float, float]:
    now = datetime.now(UTC)
    day = now - timedelta(days=5)
    with begin_write(engine) as connection:
        connection.execute(insert(tables.field_changes).values(from_at=day, until_at=day))
    return _timed(lambda: run_refresh_field(engine, settings, now))


def _closures(engine: Engine, settings: Settings) -> tuple[float, float]:
    now = datetime.now(UTC)
    last = to_epoch_ms(now) // DAY_MS - 30
    with begin_write(engine) as connection:
        drop_days(connection, range(last - _DAYS, last))
    return _timed(lambda: run_keep_closings(engine, settings, now))


def _refresh(engine: Engine, settings: Settings, *, is_kept: bool) -> tuple[float, float]:
    """Cases closed on as many days are touched; ``is_kept``: the days they were closed on are."""
    now = datetime.now(UTC)
    cases = tables.cases
    with begin_read(engine) as connection:
        ids = [
            connection.execute(
                select(cases.c.case_id)
                .where(cases.c.closed_at >= now - timedelta(days=number), LIVE)
                .order_by(cases.c.closed_at)
                .limit(1)
            ).scalar_one()
            for number in range(10, 10 + _CASES)
        ]
    with begin_write(engine) as connection:
        touched = cases.c.case_id.in_(ids)
        connection.execute(update(cases).where(touched).values(updated_at=now))
        if not is_kept:
            newest = to_epoch_ms(now) // DAY_MS
            drop_days(connection, range(newest - 12 - _CASES, newest))
    taken = _timed(lambda: refresh(engine, settings=settings, now=now))
    settle(engine, settings)
    return taken


def _idle(engine: Engine, settings: Settings) -> tuple[float, float]:
    now = datetime.now(UTC)

    def look() -> None:
        run_refresh_field(engine, settings, now)
        run_keep_closings(engine, settings, now)

    return _timed(look)
