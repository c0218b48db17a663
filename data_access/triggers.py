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

from data_access.tables.feed import AREA, CALENDAR, CASE, SURVEY


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
    Watched("callbacks", CASE, "case_id"),
    Watched("areas", AREA, "area_id"),
    Watched("survey_answers", SURVEY, "wave_id"),
)
_CALENDAR = "calendar_days"


def create_triggers(connection: Connection) -> None:
    """Create all change-log triggers; a second call changes nothing."""
    if connection.dialect.name == "postgresql":
        _create_postgresql(connection)
    else:
        _create_sqlite(connection)


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
    return pairs


def read_missing_triggers(connection: Connection) -> list[str]:
    """Names of change-log triggers that are not in the database."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            " AND pg_table_is_visible(c.oid)"
        )
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    present = {row[0] for row in connection.exec_driver_sql(query)}
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


def _create_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(
        "ALTER TABLE change_log ADD COLUMN IF NOT EXISTS xid xid8"
        " NOT NULL DEFAULT pg_current_xact_id()"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_change_log_xid ON change_log (xid)")
    for key in sorted({watched.key for watched in WATCHED}):
        connection.exec_driver_sql(_keyed_function(key))
    connection.exec_driver_sql(_UNKEYED_FUNCTION)
    for name, table in read_expected_triggers():
        verb = name.rsplit("_", 1)[1]
        watched = next((w for w in WATCHED if w.table == table), None)
        call = f"log_{watched.key}({watched.kind})" if watched else f"log_unkeyed({CALENDAR})"
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {verb.upper()} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {call}"
        )


def _keyed_function(key: str) -> str:
    """A trigger function that logs NEW.<key> and, where it differs, OLD.<key>."""
    return f"""
CREATE OR REPLACE FUNCTION log_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO change_log (kind, key) VALUES (TG_ARGV[0]::smallint, NEW.{key});
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.{key} IS DISTINCT FROM NEW.{key}) THEN
        INSERT INTO change_log (kind, key) VALUES (TG_ARGV[0]::smallint, OLD.{key});
    END IF;
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
