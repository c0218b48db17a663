"""Preparing a store for its first start: schema, and a demo city where there is nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url

from dashboard.clocks.city_calendar import CHINA_ZONES
from dashboard.clocks.city_time import city_today
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.migrate import migrate, unmigrate
from data_access.store_facts import StoreFacts, read_store_facts
from data_access.triggers import create_triggers
from jobs.leadership import leadership_of
from jobs.seed_calendar import seed_calendar

Report = Callable[[float, str], None]


class StoreInUseError(Exception):
    """The store holds data, or a process works on it, and must not be filled with a demo."""


def prepare_schema(settings: Settings, *, progress: Report | None = None) -> StoreFacts:
    """Migrate the store, put missing triggers back, seed its calendar, and say what is in it."""
    engine = open_engine(settings.database_url)
    try:
        migrate(engine, progress=progress)
        with begin_write(engine) as connection:
            create_triggers(connection)
            _seed_calendar(connection, settings)
        with begin_read(engine) as connection:
            return read_store_facts(connection)
    finally:
        engine.dispose()


def _seed_calendar(connection: Connection, settings: Settings) -> None:
    """China's holidays as far as they are known; other countries enter their own."""
    if settings.city_time_zone in CHINA_ZONES:
        now = datetime.now(UTC)
        seed_calendar(connection, today=city_today(now, settings.city_time_zone), now=now)


def fill_with_demo(
    settings: Settings,
    *,
    profile: str,
    seed: int = 1,
    years: int = 3,
    replace: bool = False,
    progress: Report | None = None,
) -> None:
    """Generate the demo city ``profile`` into an empty store, or over another demo.

    On SQLite the city is made in a file beside and put in place when complete, so that an
    interrupted start leaves nothing half filled. Raises StoreInUseError for a store with real
    data, whatever ``replace`` says, and while another process works on it.
    """
    from jobs.demo import generate

    facts = prepare_schema(settings)
    if facts.has_areas and not (replace and facts.is_demo):
        holds = "a demo city; --replace makes it anew" if facts.is_demo else "data"
        raise StoreInUseError(
            f"the store already holds {holds}"
            + ("" if facts.is_demo else ": set YIWANG_DATABASE_URL to another database")
        )
    with _alone(settings), _store_to_fill(settings, anew=facts.has_areas) as engine:
        generate(
            engine,
            profile=profile,
            settings=settings,
            now=datetime.now(UTC),
            seed=seed,
            years=years,
            progress=progress,
        )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the jobs' lock: no job may apply a city that is only half there."""
    engine = open_engine(settings.database_url)
    lock = leadership_of(engine)
    try:
        if not lock.acquire():
            raise StoreInUseError("another yiwang works on this store or fills it: end it first")
        yield
    finally:
        lock.release()
        engine.dispose()


@contextmanager
def _store_to_fill(settings: Settings, *, anew: bool) -> Iterator[Engine]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        with _beside(Path(url.database)) as engine:
            yield engine
        return
    engine = open_engine(settings.database_url)
    try:
        if anew:
            unmigrate(engine)
            migrate(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _beside(path: Path) -> Iterator[Engine]:
    made = path.with_name(path.name + ".new")
    _remove(made)
    engine = open_engine(f"sqlite:///{made}")
    try:
        migrate(engine)
        yield engine
        engine.dispose()  # the last connection writes the log back into the file
        _remove(path)
        os.replace(made, path)
    finally:
        engine.dispose()
        _remove(made)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".rollup.lock"):
        Path(str(path) + suffix).unlink(missing_ok=True)
