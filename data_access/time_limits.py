"""A limit on how long questions may take, where somebody waits for a page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

_STEPS: Final = 50_000  # of SQLite's machine between two looks at the clock: some milliseconds
_CANCELED: Final = "57014"


class TooSlowError(Exception):
    """The database was stopped: the question would have taken longer than allowed."""


@contextmanager
def limited(connection: Connection, seconds: float) -> Iterator[None]:
    """Stop any statement inside after ``seconds`` and raise TooSlowError.

    The transaction stays usable: the statements run inside a savepoint. SQLite counts all of them
    together, PostgreSQL each by itself.
    """
    savepoint = connection.begin_nested()
    try:
        _set_limit(connection, seconds)
        yield
    except DBAPIError as error:
        savepoint.rollback()
        if _was_stopped(error):
            raise TooSlowError(f"{seconds:g} s") from error
        raise
    except BaseException:
        savepoint.rollback()
        raise
    else:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        savepoint.commit()
    finally:
        if connection.dialect.name == "sqlite":
            _sqlite(connection).set_progress_handler(None, 0)


def _set_limit(connection: Connection, seconds: float) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}"))
        return
    end = time.monotonic() + seconds
    _sqlite(connection).set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _sqlite(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _was_stopped(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _CANCELED or "interrupted" in str(error.orig)
