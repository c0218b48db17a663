"""Opening the case store, and the only two ways of using it: one read snapshot, one write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_BUSY_TIMEOUT_MS = 30_000


def open_engine(url: str) -> Engine:
    """An engine for SQLite (embedded default) or PostgreSQL (psycopg 3).

    A SQLite file's folder is made when missing. Raises ValueError for any other database: the case
    store needs triggers and snapshots that are tested on these two.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        if parsed.database and parsed.database != ":memory:":
            _follow_file(engine, parsed.database)
        return engine
    if backend == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        # Nothing is prepared on the server: after a few times it would plan a statement for all
        # values at once, and a day would be read like a year.
        arguments = {"connect_timeout": 5, "prepare_threshold": None}
        return create_engine(parsed, pool_pre_ping=True, pool_size=5, connect_args=arguments)
    raise ValueError(f"the case store runs on SQLite or PostgreSQL, not on {backend!r}")


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not open transactions by itself: a deferred read-then-write transaction fails
    # with "database is locked" as soon as another process has written in between.
    raw = cast(Any, connection)
    raw.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def _follow_file(engine: Engine, path: str) -> None:
    """Open the file anew when another has been put in its place: a kept connection would go on
    reading the old one, which has no name any more and never changes again."""

    def opened(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _file_identity(path)

    def taken(_connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        now = _file_identity(path)
        if now is not None and now != record.info.get("file"):
            raise DisconnectionError("the database file has been replaced")

    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", taken)


def _file_identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:  # between the old file and the new one
        return None
    return status.st_dev, status.st_ino


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("yiwang_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def begin_write(engine: Engine) -> Iterator[Connection]:
    """One write transaction, committed at the end and rolled back on any error.

    SQLite: BEGIN IMMEDIATE, so that it waits its turn instead of failing half way.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(yiwang_write=True)
        with connection.begin():
            yield connection


@contextmanager
def begin_read(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot: every statement inside sees the same moment of the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def begin_snapshot_write(engine: Engine) -> Iterator[Connection]:
    """A write transaction whose reads all see one snapshot (the change feed needs both)."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection = connection.execution_options(yiwang_write=True)
        with connection.begin():
            yield connection


def is_serialization_failure(error: DBAPIError) -> bool:
    """Whether PostgreSQL refused a snapshot write because another transaction came first: the same
    transaction, begun again, will do."""
    return getattr(error.orig, "sqlstate", None) == "40001"


def read_system_id(connection: Connection) -> str:
    """What tells this database from a restored copy of it, as far as the engine can say.

    PostgreSQL: the cluster's system identifier and the database's oid. SQLite: empty.
    """
    if connection.dialect.name != "postgresql":
        return ""
    row = connection.execute(
        text(
            "SELECT (SELECT system_identifier FROM pg_control_system()) || '.' ||"
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).scalar_one()
    return str(row)
