"""Triggers that write the change log, so that a row changed by any program shows on the screen.

A case is also corrected by hand and by other systems; only the database sees all of them. Each
trigger writes (kind, key): kind CASE with the case id for the case and everything that hangs on it,
AREA with the area id, and so on. Duty is not logged: signs of life are many, and its job reads them
every two seconds anyway. PostgreSQL adds the writing transaction's id, which the feed needs
to lose nothing under concurrent transactions (data_access/feed.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.field_triggers import FIELD_TRIGGERS, create_field_triggers
from data_access.history_triggers import (
    HISTORY_TRIGGERS,
    create_history_triggers,
    read_triggers,
)
from data_access.tables.feed import AREA, CALENDAR, CASE, SOURCE, SURVEY


@dataclass(frozen=True)
class Watched:
    """A table whose changes are logged under ``kind`` with the value of ``key``."""

    table: str
    kind: int
    key: str


WATCHED = (
    Watched("cases", CASE, "case_id"),
    Watched("case_cycles", CASE, "case_id"),
    Watched("case_suspensions", CASE, "case_id"),
    Watched("case_events", CASE, "case_id"),
    Watched("case_extensions", CASE, "case_id"),
    Watched("case_rechecks", CASE, "case_id"),
    Watched("callbacks", CASE, "case_id"),
    Watched("areas", AREA, "area_id"),
    Watched("survey_answers", SURVEY, "wave_id"),
)
_CALENDAR = "calendar_days"
# What facts take from a source; its row changes at every delivery.
_SOURCE_FACTS = ("kind", "is_proactive")


def create_triggers(connection: Connection) -> None:
    """Create all triggers, of the change log, the history and field work; a second call changes
    nothing."""
    if connection.dialect.name == "postgresql":
        _create_postgresql(connection)
    else:
        _create_sqlite(connection)
    create_history_triggers(connection)
    create_field_triggers(connection)


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away, for a bulk load that ends in a rebuild."""
    for name, table in read_expected_triggers():
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")


def read_expected_triggers() -> list[tuple[str, str]]:
    """(trigger, table) pairs a healthy store has."""
    pairs = []
    for table in [watched.table for watched in WATCHED] + [_CALENDAR]:
        pairs += [(f"log_{table}_{verb}", table) for verb in ("insert", "update", "delete")]
    return [*pairs, ("log_sources_update", "sources"), *HISTORY_TRIGGERS, *FIELD_TRIGGERS]


def read_missing_triggers(connection: Connection) -> list[str]:
    """Names of expected triggers that are not in the database."""
    present = read_triggers(connection)
    return [name for name, _ in read_expected_triggers() if name not in present]


def _create_sqlite(connection: Connection) -> None:
    for watched in WATCHED:
        table, kind, key = watched.table, watched.kind, watched.key
        for verb, rows in (("insert", ["new"]), ("update", ["new", "old"]), ("delete", ["old"])):
            log = [f"INSERT INTO change_log (kind, key) VALUES ({kind}, {rows[0]}.{key});"]
            if len(rows) == 2:  # a child row moved to another parent concerns both
                log.append(
                    f"INSERT INTO change_log (kind, key) SELECT {kind}, old.{key}"
                    f" WHERE old.{key} IS NOT new.{key};"
                )
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS log_{table}_{verb} AFTER {verb.upper()} ON {table}"
                f" BEGIN {' '.join(log)} END"
            )
    for verb in ("insert", "update", "delete"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS log_{_CALENDAR}_{verb} AFTER {verb.upper()}"
            f" ON {_CALENDAR} BEGIN INSERT INTO change_log (kind, key) VALUES ({CALENDAR}, 0); END"
        )
    differs = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _SOURCE_FACTS)
    connection.exec_driver_sql(
        f"CREATE TRIGGER IF NOT EXISTS log_sources_update AFTER UPDATE ON sources WHEN {differs}"
        f" BEGIN INSERT INTO change_log (kind, key) VALUES ({SOURCE}, 0); END"
    )


def _create_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(
        "ALTER TABLE change_log ADD COLUMN IF NOT EXISTS xid xid8"
        " NOT NULL DEFAULT pg_current_xact_id()"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_change_log_xid ON change_log (xid)")
    for key in sorted({watched.key for watched in WATCHED}):
        connection.exec_driver_sql(_keyed_function(key))
        connection.exec_driver_sql(_added_function(key))
    connection.exec_driver_sql(_UNKEYED_FUNCTION)
    for watched in WATCHED:
        for verb in ("insert", "update", "delete"):
            _create_keyed(connection, watched, verb)
    for verb in ("insert", "update", "delete"):
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER log_{_CALENDAR}_{verb} AFTER {verb.upper()} ON {_CALENDAR}"
            f" FOR EACH ROW EXECUTE FUNCTION log_unkeyed({CALENDAR})"
        )
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _SOURCE_FACTS)
    connection.exec_driver_sql(
        "CREATE OR REPLACE TRIGGER log_sources_update AFTER UPDATE ON sources"
        f" FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION log_unkeyed({SOURCE})"
    )


def _create_keyed(connection: Connection, watched: Watched, verb: str) -> None:
    """Insertions are logged a statement at a time: a case arrives with a handful of events."""
    name, table = f"log_{watched.table}_{verb}", watched.table
    call = f"log_{watched.key}({watched.kind})"
    each = "FOR EACH ROW"
    if verb == "insert":
        call = f"log_added_{watched.key}({watched.kind})"
        each = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {name} AFTER {verb.upper()} ON {table} {each}"
        f" EXECUTE FUNCTION {call}"
    )


def _keyed_function(key: str) -> str:
    """A trigger function that logs NEW.<key> and, where it differs, OLD.<key>."""
    return f"""
CREATE OR REPLACE FUNCTION log_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO change_log (kind, key) VALUES (TG_ARGV[0]::smallint, NEW.{key});
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.{key} IS DISTINCT FROM NEW.{key}) THEN
        INSERT INTO change_log (kind, key) VALUES (TG_ARGV[0]::smallint, OLD.{key});
    END IF;
    RETURN NULL;
END $$
"""


def _added_function(key: str) -> str:
    """A trigger function that logs each <key> of a statement's new rows once."""
    return f"""
CREATE OR REPLACE FUNCTION log_added_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (kind, key) SELECT DISTINCT TG_ARGV[0]::smallint, {key} FROM added;
    RETURN NULL;
END $$
"""


_UNKEYED_FUNCTION = """
CREATE OR REPLACE FUNCTION log_unkeyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change_log (kind, key) VALUES (TG_ARGV[0]::smallint, 0);
    RETURN NULL;
END $$
"""
