"""Bringing a store to the schema this program expects."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from data_access.engine import begin_read, begin_write
from data_access.tables import metadata
from data_access.types import Instant

_DIRECTORY = Path(__file__).resolve().parent / "migrations"
_MIGRATION_LOCK = 7_019_001  # advisory lock on PostgreSQL: two starts at once migrate once
# The trigger module adds what only PostgreSQL has; the tables do not describe it.
_ENGINE_SPECIFIC = frozenset({"xid", "ix_change_log_xid"})


class UnknownRevisionError(Exception):
    """The store was made by a newer program than this one."""


def migrate(
    engine: Engine, *, progress: Callable[[float, str], None] | None = None, revision: str = "head"
) -> str | None:
    """Upgrade the schema to ``revision`` in one transaction and return the revision reached.

    An up-to-date store is left alone; two processes may call it at once. ``progress(done, label)``
    is called with 0..1. Raises UnknownRevisionError where the store is ahead of this program.
    """
    with begin_write(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _MIGRATION_LOCK})
        _report(progress, 0.0, "schema")
        _refuse_newer(_read_revision(connection))
        command.upgrade(_config(connection), revision)
        _report(progress, 1.0, "schema")
        return _read_revision(connection)


def unmigrate(engine: Engine) -> None:
    """Drop every table of the product and its data: only for a demo store made anew."""
    with begin_write(engine) as connection:
        command.downgrade(_config(connection), "base")


def current_revision(engine: Engine) -> str | None:
    """The store's schema revision, None for an empty database."""
    with begin_read(engine) as connection:
        return _read_revision(connection)


def head_revision() -> str:
    """The schema revision this program expects."""
    head = ScriptDirectory(str(_DIRECTORY)).get_current_head()
    if head is None:
        raise RuntimeError(f"no schema revision in {_DIRECTORY}")
    return head


def schema_differences(engine: Engine) -> list[str]:
    """What differs between the store and the tables of this program; empty when they agree."""
    with begin_read(engine) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": includes_object,
                "compare_type": compares_type,
                "target_metadata": metadata,
            },
        )
        with warnings.catch_warnings():
            # SQLAlchemy has no name for the type of the column that create_triggers adds.
            warnings.filterwarnings("ignore", message="Did not recognize type 'xid8'")
            return [str(difference) for difference in compare_metadata(context, metadata)]


def includes_object(
    _object: Any, name: str | None, _type: str, _reflected: bool, _compare_to: Any
) -> bool:
    """Whether Alembic compares this column or index: not what create_triggers adds."""
    return name not in _ENGINE_SPECIFIC


def compares_type(
    _context: Any, _inspected: Any, _column: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    """Whether a column's type changed; None leaves the answer to Alembic.

    SQLite keeps an instant as INTEGER, which Alembic would report against BIGINT for ever.
    """
    if isinstance(metadata_type, Instant) and _context.dialect.name == "sqlite":
        return "INT" not in str(inspected_type)
    return None


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_DIRECTORY))
    config.attributes["connection"] = connection
    return config


def _read_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(revision: str | None) -> None:
    if revision is None:
        return
    try:
        ScriptDirectory(str(_DIRECTORY)).get_revision(revision)
    except CommandError:
        raise UnknownRevisionError(
            f"the store has schema revision {revision}, which this program does not know;"
            " it was made by a newer version: update the program or use another database"
        ) from None


def _report(progress: Callable[[float, str], None] | None, done: float, label: str) -> None:
    if progress is not None:
        progress(done, label)
