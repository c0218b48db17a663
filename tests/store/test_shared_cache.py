"""Documents shared between processes: never those of another store, and none missing without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from flask import Flask
from flask_caching import Cache
from sqlalchemy import Engine, func, select, update

from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.migrate import migrate
from data_access.tables import areas, rollup_state
from jobs.refresh_rollups import refresh
from tests.store.history import START, History, plant_city


def _files(folder: Path) -> Cache:
    return Cache(Flask("cache"), config={"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(folder)})


def _reader(engine: Engine, settings: Settings, shared: Cache) -> Reader:
    reader = Reader(engine, settings, build="test", shared=shared, now=lambda: START)
    reader.ticker.look()
    return reader


def _fill(engine: Engine, settings: Settings, name: str, *, minutes: int = 0) -> None:
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(update(areas).where(areas.c.area_id == 1).values(name_zh=name))
    refresh(engine, settings=settings, now=START + timedelta(minutes=minutes))


def _versions(*engines: Engine) -> set[int]:
    found = set()
    for engine in engines:
        with begin_read(engine) as connection:
            found.add(connection.execute(select(func.max(rollup_state.c.version))).scalar_one())
    return found


def test_a_second_process_takes_what_the_first_computed(
    sqlite_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    _fill(sqlite_engine, settings, "甲市")
    first = _reader(sqlite_engine, settings, _files(tmp_path / "cache"))
    made = first.board_document(None, "d30", "zh")
    second = _reader(sqlite_engine, settings, _files(tmp_path / "cache"))
    second.engine = open_engine(f"sqlite:///{tmp_path}/empty.db")  # it could not compute one
    assert second.board_document(None, "d30", "zh").plain == made.plain


def test_two_stores_that_share_a_cache_never_mix(
    sqlite_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    other_url = f"sqlite:///{tmp_path}/other.db"
    other = open_engine(other_url)
    migrate(other)
    _fill(sqlite_engine, settings, "甲市")
    _fill(other, settings, "乙市")
    assert len(_versions(sqlite_engine, other)) == 1  # the trap: both have counted equally far
    shared = _files(tmp_path / "cache")
    one = _reader(sqlite_engine, settings, shared)
    two = _reader(other, replace(settings, database_url=other_url), shared)
    assert one.board(None, "d30", "zh")["city"] == "甲市"
    assert two.board(None, "d30", "zh")["city"] == "乙市"
    other.dispose()


def test_a_store_put_in_place_of_another_is_not_taken_for_it(
    sqlite_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    replaced = open_engine(f"sqlite:///{tmp_path}/replaced.db")
    migrate(replaced)
    _fill(sqlite_engine, settings, "甲市")
    _fill(replaced, settings, "乙市", minutes=1)
    assert len(_versions(sqlite_engine, replaced)) == 1
    shared = _files(tmp_path / "cache")
    assert _reader(sqlite_engine, settings, shared).board(None, "d30", "zh")["city"] == "甲市"
    assert _reader(replaced, settings, shared).board(None, "d30", "zh")["city"] == "乙市"
    replaced.dispose()


def test_without_the_shared_cache_boards_are_computed_all_the_same(
    sqlite_engine: Engine, settings: Settings
) -> None:
    _fill(sqlite_engine, settings, "甲市")
    away = Cache(
        Flask("cache"),
        config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": "redis://127.0.0.1:1/0"},
    )
    reader = _reader(sqlite_engine, settings, away)
    before = reader.board(None, "d30", "zh")
    history = History(sqlite_engine, Random(5))
    with begin_write(sqlite_engine) as connection:
        history.add(connection)
    refresh(sqlite_engine, settings=settings, now=START)
    reader.ticker.look()
    assert reader.board(None, "d30", "zh")["version"] > before["version"]
