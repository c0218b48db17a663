"""Stores for the benchmarks: made once for a number of cases, used by all parts, dropped after."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.schema import CreateIndex

from benchmarks import city
from dashboard.runtime.terminal import Report, progress_bar
from dashboard.settings import PROGRAM_DIRECTORY, Settings
from data_access import tables
from data_access.bulk import bulk_insert
from data_access.engine import begin_read, begin_write, open_engine
from data_access.migrate import migrate
from data_access.rollups import read_state
from data_access.triggers import create_triggers, drop_triggers
from data_access.types import to_epoch_ms
from jobs.rebuild_rollups import rebuild

FOLDER = PROGRAM_DIRECTORY / "var" / "benchmarks"
_BATCH = 250_000
_FILLED = ("cases", "callbacks", "case_suspensions", "case_cycles")


@dataclass(frozen=True, kw_only=True)
class Store:
    """One filled store. ``url`` is what the settings take."""

    engine_name: str  # sqlite | postgres
    cases: int
    url: str

    def settings(self, **more: Any) -> Settings:
        """Default settings on this store."""
        return Settings(
            database_url=self.url,
            data_dir=str(FOLDER),
            cache_dir=str(FOLDER / f"cache_{os.getpid()}"),
            **more,
        )

    def size_bytes(self) -> int:
        """What the store takes on disk."""
        if self.engine_name == "sqlite":
            return Path(make_url(self.url).database or "").stat().st_size
        engine = open_engine(self.url)
        with engine.connect() as connection:
            size = connection.execute(text("SELECT pg_database_size(current_database())"))
            found = int(size.scalar_one())
        engine.dispose()
        return found


@dataclass(frozen=True, kw_only=True)
class RebuildFigures:
    """What one rebuild took, measured in a process of its own."""

    seconds: float
    peak_bytes: int
    cases: int


@contextmanager
def open_stores(
    engine_name: str, sizes: list[int], *, server: str, keep: bool
) -> Iterator[list[Store]]:
    """Filled and built stores of these sizes; found again when kept, else dropped at the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(_one_store(engine_name, size, server, keep)) for size in sizes]


@contextmanager
def _one_store(engine_name: str, cases: int, server: str, keep: bool) -> Iterator[Store]:
    name = f"yiwang_bench_{cases}"
    if engine_name == "sqlite":
        FOLDER.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{FOLDER / name}.db"
    else:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    store = Store(engine_name=engine_name, cases=cases, url=url)
    if not is_complete(store):
        drop_store(store, server)
        if engine_name != "sqlite":
            administer(server, f'CREATE DATABASE "{name}"')
        with progress_bar(f"{engine_name}, {cases:,} cases") as report:
            _fill(store, report)
        measured_rebuild(store)
        _settle(store)
    try:
        yield store
    finally:
        if not keep:
            drop_store(store, server)


def is_complete(store: Store) -> bool:
    """Whether the store is there and its rollups are built."""
    engine = open_engine(store.url)
    try:
        with begin_read(engine) as connection:
            state = read_state(connection)
    except Exception:
        return False
    finally:
        engine.dispose()
    return state is not None and state.status == "live"


def _fill(store: Store, report: Report) -> None:
    engine = open_engine(store.url)
    migrate(engine)
    now_ms = to_epoch_ms(datetime.now(UTC))
    with begin_write(engine) as connection:
        drop_triggers(connection)
        indexes = _drop_case_indexes(connection)
        bulk_insert(connection, tables.areas, city.area_columns())
        for table, key, count in (
            (tables.categories, "category_id", city.CATEGORIES),
            (tables.sources, "source_id", city.SOURCES),
            (tables.departments, "department_id", city.DEPARTMENTS),
        ):
            bulk_insert(connection, table, city.named_columns(key, count))
    done = 0
    for batch in city.case_batches(store.cases, now_ms, size=_BATCH):
        with begin_write(engine) as connection:
            if connection.dialect.name == "postgresql":
                # The generator keeps the foreign keys itself; checking them again is not measured.
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for name in _FILLED:
                bulk_insert(connection, getattr(tables, name), batch[name])
        done += len(batch["cases"]["case_id"])
        report(0.8 * done / store.cases, "loading")
    with begin_write(engine) as connection:
        report(0.8, "indexes")
        for index in indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
        create_triggers(connection)
        if connection.dialect.name == "postgresql":
            _move_sequences(connection)
    engine.dispose()
    _settle(store)
    report(1.0, "loaded")


def _drop_case_indexes(connection: Connection) -> list[Any]:
    indexes = list(tables.cases.indexes)
    for index in indexes:
        index.drop(connection, checkfirst=True)
    return indexes


def _move_sequences(connection: Connection) -> None:
    for table, key in (("cases", "case_id"), ("callbacks", "callback_id")):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), max({key})) FROM {table}"
        )


def measured_rebuild(store: Store) -> RebuildFigures:
    """Rebuild all rollups of a store in a fresh process; its peak memory is then its own."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_rebuild_process, args=(store, results))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"rebuild of {store.cases:,} cases ended with code {process.exitcode}")
    figures: RebuildFigures = results.get()
    return figures


def _rebuild_process(store: Store, results: Any) -> None:
    engine = open_engine(store.url)
    started = time.perf_counter()
    with progress_bar(f"rebuild {store.cases:,}") as report:
        cases = rebuild(engine, settings=store.settings(), now=datetime.now(UTC), progress=report)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    engine.dispose()
    results.put(RebuildFigures(seconds=seconds, peak_bytes=peak, cases=cases))


def _settle(store: Store) -> None:
    """What PostgreSQL's autovacuum does within minutes. SQLite is left as the product leaves it:
    without statistics."""
    if store.engine_name == "sqlite":
        return
    engine = create_engine(open_engine(store.url).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


def drop_store(store: Store, server: str) -> None:
    """Remove the store and everything beside it."""
    if store.engine_name == "sqlite":
        path = make_url(store.url).database or ""
        for suffix in ("", "-wal", "-shm", ".rollup.lock", ".jobs.lock"):
            Path(path + suffix).unlink(missing_ok=True)
        return
    name = make_url(store.url).database
    administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def administer(server: str, statement: str) -> None:
    """Run a statement that makes or drops a database."""
    engine = create_engine(open_engine(server).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
