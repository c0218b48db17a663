"""One writer of the rollups at a time, across processes and, on PostgreSQL, across machines."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

_ROLLUP_LOCK = 0x59495741  # any number that no other program locks on in this database


@contextmanager
def rollup_lock(engine: Engine, *, wait: bool) -> Iterator[bool]:
    """Hold the right to write rollups; yields False at once when taken and not ``wait``.

    PostgreSQL: a session advisory lock. SQLite: an flock beside the database file, which the
    system frees when the process dies; an in-memory database has one process and needs none.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if wait:
                connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _ROLLUP_LOCK})
                taken = True
            else:
                taken = bool(
                    connection.execute(
                        text("SELECT pg_try_advisory_lock(:n)"), {"n": _ROLLUP_LOCK}
                    ).scalar_one()
                )
            connection.commit()
            try:
                yield taken
            finally:
                if taken:
                    connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _ROLLUP_LOCK})
                    connection.commit()
        return
    name = engine.url.database
    if not name or name == ":memory:":
        yield True
        return
    with Path(f"{name}.rollup.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
