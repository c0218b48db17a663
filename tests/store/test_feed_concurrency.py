"""The change feed under sixteen writers: nothing lost, nothing twice, whatever commits when."""

from __future__ import annotations

import threading
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine, func, select, text

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import cases, change_log, rollup_area
from jobs.rebuild_rollups import rebuild
from jobs.refresh_rollups import refresh
from tests.store.history import START, History, plant_city
from tests.store.test_rollup_histories import rollup_rows

WRITERS = 16
STEPS = 40


class _Writer(threading.Thread):
    """Plays a history of its own on the shared store: long, short and rolled-back transactions."""

    def __init__(self, engine: Engine, number: int) -> None:
        super().__init__(name=f"writer-{number}")
        self.history = History(
            engine, Random(number), now=START + timedelta(days=40), next_id=1 + number * 100_000
        )
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            for _ in range(STEPS):
                self._transact()
        except Exception as error:  # shown by the test, not swallowed in the thread
            self.failure = error

    def _transact(self) -> None:
        history = self.history
        actions = [history.add, history.add, history.close, history.correct, history.rate]
        actions += [history.suspend, history.resume, history.void, history.remove]
        length = history.random.choice((1, 1, 1, 8))
        with history.engine.connect() as connection:
            if history.engine.dialect.name == "sqlite":
                connection = connection.execution_options(yiwang_write=True)
            with connection.begin() as transaction:
                for _ in range(length):
                    history.random.choice(actions)(connection)
                    if connection.dialect.name == "postgresql" and length > 1:
                        # A long transaction draws its numbers early and commits late.
                        connection.execute(text("SELECT pg_sleep(0.004)"))
                if history.random.random() < 0.15:
                    transaction.rollback()


def test_sixteen_writers_lose_nothing(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    rebuild(engine, settings=settings, now=START)
    writers = [_Writer(engine, number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    refreshes = 0
    while any(writer.is_alive() for writer in writers):
        refresh(engine, settings=settings, now=START + timedelta(days=40))
        refreshes += 1
    for writer in writers:
        writer.join()
        assert writer.failure is None
    now = START + timedelta(days=41)
    refresh(engine, settings=settings, now=now)
    incremental = rollup_rows(engine)
    rebuild(engine, settings=settings, now=now)
    assert refreshes > 3, "the refresh must run while the writers write"
    assert incremental == rollup_rows(engine)
    with begin_read(engine) as connection:
        assert (
            connection.execute(select(func.count()).select_from(cases)).scalar_one() > WRITERS * 10
        )


def test_consumed_log_rows_go_away(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(3))
    refresh(engine, settings=settings, now=history.now)
    with begin_write(engine) as connection:
        history.add(connection)
    for _ in range(3):  # the rows go one refresh after they were read
        refresh(engine, settings=settings, now=history.now)
    with begin_read(engine) as connection:
        assert connection.execute(select(func.count()).select_from(change_log)).scalar_one() == 0


def test_a_rolled_back_change_is_never_seen(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(5))
    refresh(engine, settings=settings, now=history.now)
    with engine.connect() as connection:
        transaction = connection.begin()
        history.add(connection)
        transaction.rollback()
    assert not refresh(engine, settings=settings, now=history.now).changed


def test_a_restored_dump_is_rebuilt(postgres_engine: Engine, settings: Settings) -> None:
    plant_city(postgres_engine)
    history = History(postgres_engine, Random(7))
    refresh(postgres_engine, settings=settings, now=history.now)
    with begin_write(postgres_engine) as connection:
        connection.execute(text("UPDATE feed_cursors SET system_id = 'another cluster'"))
    assert refresh(postgres_engine, settings=settings, now=history.now).rebuilt


def test_a_killed_rebuild_leaves_the_old_numbers(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(9))
    with begin_write(engine) as connection:
        for _ in range(5):
            history.add(connection)
    rebuild(engine, settings=settings, now=history.now)
    before = rollup_rows(engine)

    def stop_near_the_end(done: float, _label: str) -> None:
        if done > 0.8:
            raise KeyboardInterrupt

    with begin_write(engine) as connection:
        history.add(connection)
    with pytest.raises(KeyboardInterrupt):
        rebuild(engine, settings=settings, now=history.now, progress=stop_near_the_end)
    assert rollup_rows(engine) == before
    refresh(engine, settings=settings, now=history.now)
    after = rollup_rows(engine)
    rebuild(engine, settings=settings, now=history.now)
    assert after == rollup_rows(engine) != before


def test_readers_see_the_old_numbers_during_a_rebuild(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(11))
    with begin_write(engine) as connection:
        for _ in range(20):
            history.add(connection)
    rebuild(engine, settings=settings, now=history.now)
    counts: list[int] = []

    def look(done: float, _label: str) -> None:
        if 0.6 < done < 1:
            with begin_read(engine) as connection:
                rows = connection.execute(
                    select(rollup_area.c.reported).where(
                        rollup_area.c.area_id == 1, rollup_area.c.period == 0
                    )
                ).scalars()
                counts.extend(rows)

    rebuild(engine, settings=settings, now=history.now, progress=look)
    assert counts
    assert set(counts) == {20}
