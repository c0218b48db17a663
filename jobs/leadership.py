"""Leadership 主备: of all jobs processes on one store exactly one works, the others wait.

The lock belongs to the operating system or the database, never to a row with a time-out: when the
leader dies, however it dies, the lock is free at once.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

# Advisory locks are per database, so two cities on one server do not meet.
_POSTGRES_KEY = 7_019_002


class Leadership(Protocol):
    """A lock that one process holds at a time."""

    def acquire(self) -> bool:
        """Take the lock if it is free; True when this process holds it now."""

    def is_held(self) -> bool:
        """Whether this process still holds it (a database connection may have died)."""

    def release(self) -> None:
        """Give it up; harmless when not held."""


def leadership_of(engine: Engine) -> Leadership:
    """The lock that belongs to a store: a file beside SQLite, an advisory lock on PostgreSQL."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine)
    database = engine.url.database
    if not database or database == ":memory:":
        raise ValueError("a store in memory has no second process: use a file")
    return FileLock(Path(f"{database}.jobs.lock"))


class FileLock:
    """flock on a file of its own; the file stays, only the lock counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def is_held(self) -> bool:
        return self._descriptor is not None

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)  # closing unlocks
            self._descriptor = None


class AdvisoryLock:
    """pg_try_advisory_lock on a connection that does nothing else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        if self._connection is not None:
            return True
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken = connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": _POSTGRES_KEY}
            ).scalar_one()
        except SQLAlchemyError:
            connection.invalidate()
            connection.close()
            raise
        if not taken:
            connection.close()
            return False
        connection.detach()  # never handed to another user of the pool
        self._connection = connection
        return True

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            connection.close()  # detached: this ends the session, and the lock with it
        except SQLAlchemyError:
            connection.invalidate()
