"""``./yiwang check``: is everything in order, and if not, how is it mended."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from dashboard.clocks.city_time import city_today
from dashboard.kpis.fact_rules import fact_rules
from dashboard.settings import Settings, unknown_variables
from data_access.calendar import missing_years as read_missing_years
from data_access.engine import begin_read, open_engine
from data_access.migrate import current_revision, head_revision, schema_differences
from data_access.store_facts import StoreFacts, read_misplaced_cases, read_store_facts
from data_access.triggers import read_missing_triggers

_OLDEST_SQLITE = (3, 35, 0)  # RETURNING
_OLDEST_POSTGRES = 140_000  # CREATE OR REPLACE TRIGGER
_JOBS_STOPPED_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``mend`` says what to do and is empty for ``ok``."""

    level: Literal["ok", "note", "problem"]
    text: str
    mend: str = ""


def check(settings: Settings, *, now: datetime | None = None) -> Iterator[Finding]:
    """Look at configuration, folders, database and rollups; later steps need earlier ones."""
    yield Finding("ok", "configuration: every setting is valid")
    for name in unknown_variables():
        yield Finding("note", f"environment variable {name} is not a setting", f"unset {name}")
    yield from _check_folders(settings)
    yield from _check_redis(settings)
    engine = open_engine(settings.database_url)
    try:
        yield from _check_store(engine, settings, now or datetime.now(UTC))
    finally:
        engine.dispose()


def _check_folders(settings: Settings) -> Iterator[Finding]:
    for name in ("data_dir", "cache_dir"):
        path = Path(getattr(settings, name))
        nearest = next(p for p in (path, *path.parents) if p.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
            yield Finding("ok", f"{name}: {path} can be written")
        else:
            yield Finding(
                "problem",
                f"{name}: {path} cannot be written by this user",
                f"chown or chmod {nearest}, or set YIWANG_{name.upper()}",
            )


def _check_redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding("ok", "cache: files (no Redis set)")
        return
    try:
        with Redis.from_url(settings.redis_url, socket_connect_timeout=3) as client:
            client.ping()
    except RedisError as error:
        yield Finding(
            "problem",
            f"Redis cannot be reached: {error}",
            "start Redis, or correct YIWANG_REDIS_URL, or leave it empty for a cache in files",
        )
    else:
        yield Finding("ok", "cache: Redis answers")


def _check_store(engine: Engine, settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        yield _engine_version(engine)
        revision = current_revision(engine)
    except SQLAlchemyError as error:
        yield Finding(
            "problem",
            f"database cannot be reached: {str(error.__cause__ or error).splitlines()[0]}",
            "start the database, or correct YIWANG_DATABASE_URL",
        )
        return
    if revision != head_revision():
        yield Finding(
            "problem",
            f"schema: revision {revision or 'none'}, this program needs {head_revision()}",
            "./yiwang migrate",
        )
        return
    yield Finding("ok", f"schema: revision {revision}")
    if differences := schema_differences(engine):
        yield Finding(
            "problem",
            f"schema was changed by hand: {len(differences)} differences, first {differences[0]}",
            "undo the change",
        )
    with begin_read(engine) as connection:
        missing = read_missing_triggers(connection)
        facts = read_store_facts(connection)
        misplaced = read_misplaced_cases(connection)
        missing_years = read_missing_years(connection, city_today(now, settings.city_time_zone))
    yield _trigger_finding(missing)
    yield from _calendar_findings(missing_years)
    yield _rollup_finding(facts, settings, now)
    if misplaced:
        yield Finding(
            "problem",
            f"cases: {misplaced:,} on police grids or other areas outside the main tree",
            "give them a grid of the main tree: cases.area_id; until then they count nowhere",
        )


def _calendar_findings(missing: list[int]) -> Iterator[Finding]:
    for year in missing:
        yield Finding(
            "note",
            f"calendar: holidays and make-up days of {year} are not entered; limits in working"
            " time that reach it are computed as plain weeks",
            "enter them (docs/clocks.md), or install a newer chinesecalendar and ./yiwang migrate",
        )


def _engine_version(engine: Engine) -> Finding:
    with begin_read(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("SELECT 1"))
            found, wanted = f"SQLite {sqlite3.sqlite_version}", "SQLite 3.35"
            good = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
        else:
            number = connection.execute(text("SHOW server_version_num")).scalar_one()
            shown = connection.execute(text("SHOW server_version")).scalar_one()
            found, wanted = f"PostgreSQL {shown}", "PostgreSQL 14"
            good = int(number) >= _OLDEST_POSTGRES
    if good:
        return Finding("ok", f"database: {found}")
    return Finding("problem", f"database: {found} is too old", f"install {wanted} or newer")


def _trigger_finding(missing: list[str]) -> Finding:
    if not missing:
        return Finding("ok", "change-log triggers: all present")
    return Finding(
        "problem",
        f"change-log triggers missing: {', '.join(missing)}; changes went unseen",
        "./yiwang migrate (puts them back), then ./yiwang rebuild",
    )


def _rollup_finding(facts: StoreFacts, settings: Settings, now: datetime) -> Finding:
    if not facts.has_areas:
        return Finding("note", "store: empty", "./yiwang demo daqing, or ./yiwang import FILE")
    if facts.status == "failed":
        return Finding("problem", f"rollups: failed: {facts.message}", "./yiwang rebuild")
    if facts.status == "empty":
        return Finding("problem", "rollups: never computed", "./yiwang rebuild")
    if facts.status == "rebuilding":
        return Finding("note", "rollups: being rebuilt now", "wait for it to end")
    if facts.time_zone not in (None, settings.city_time_zone):
        return Finding(
            "problem",
            f"rollups: days cut in {facts.time_zone}, the setting says {settings.city_time_zone}",
            "./yiwang rebuild, or set YIWANG_CITY_TIME_ZONE back",
        )
    if facts.rules not in (None, fact_rules(settings).fingerprint):
        return Finding(
            "note",
            "rollups: made with other settings (limits of stages)",
            "./yiwang jobs makes them anew by itself; or ./yiwang rebuild",
        )
    age = (now - facts.checked_at).total_seconds() if facts.checked_at else float("inf")
    if age > _JOBS_STOPPED_SECONDS:
        return Finding(
            "problem",
            f"rollups: not looked at since {facts.checked_at:%Y-%m-%d %H:%M:%S} UTC"
            if facts.checked_at
            else "rollups: never looked at",
            "./yiwang jobs (or ./yiwang run) must be running",
        )
    return Finding("ok", f"rollups: fresh, looked at {max(age, 0):.1f} s ago")
