"""Triggers that note in which time field work has changed 外勤变更: shifts, leave, patrols, visits.

``rollup_field`` holds whole city days; a row entered late, corrected by hand or taken away by any
program makes its days out of date. Each trigger writes the time the row is about to
``field_changes``, and ``refresh_field`` counts those days anew. Signs of life concern no day and
are not noted. Where a trigger was missing, anything may have changed, and that is noted as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.history_triggers import read_triggers

_VERBS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Dated:
    """A table whose rows are about the time from one column until another; those without it count
    nowhere. ``columns``: what else counts."""

    table: str
    from_at: str
    until_at: str
    columns: tuple[str, ...]

    @property
    def watched(self) -> str:
        return ", ".join(dict.fromkeys((self.from_at, self.until_at, *self.columns)))


DATED = (
    Dated("shifts", "starts_at", "starts_at", ("ends_at", "area_id", "worker_id")),
    Dated("leaves", "starts_at", "ends_at", ("kind", "worker_id")),
    Dated(
        "patrols",
        "started_at",
        "started_at",
        ("ended_at", "checkpoints", "checkpoints_done", "area_id"),
    ),
    Dated("visits", "due_at", "due_at", ("visited_at", "visit_class", "area_id", "subject_id")),
    Dated("visit_subjects", "next_due_at", "next_due_at", ("visit_class", "area_id")),
)
_CLASSES = "visit_classes"  # its days of grace concern every day there is
_INTO = "INSERT INTO field_changes (from_at, until_at)"
_ANYTHING = f"{_INTO} VALUES (NULL, NULL)"

FIELD_TRIGGERS = [
    (f"log_{table}_{verb}", table)
    for table in [*(dated.table for dated in DATED), _CLASSES]
    for verb in _VERBS
]


def create_field_triggers(connection: Connection) -> None:
    """Create all triggers of field work; a second call changes nothing."""
    present = read_triggers(connection)
    if connection.dialect.name == "postgresql":
        _create_postgresql(connection)
    else:
        _create_sqlite(connection)
    if not present.issuperset(name for name, _ in FIELD_TRIGGERS):
        connection.exec_driver_sql(_ANYTHING)


def _create_sqlite(connection: Connection) -> None:
    for dated in DATED:
        for verb, rows in (("insert", ["new"]), ("update", ["old", "new"]), ("delete", ["old"])):
            said = "".join(
                f" {_INTO} SELECT {row}.{dated.from_at}, {row}.{dated.until_at}"
                f" WHERE {row}.{dated.from_at} IS NOT NULL;"
                for row in rows
            )
            of = f" OF {dated.watched}" if verb == "update" else ""
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS log_{dated.table}_{verb}"
                f" AFTER {verb.upper()}{of} ON {dated.table} BEGIN{said} END"
            )
    for verb in _VERBS:
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS log_{_CLASSES}_{verb} AFTER {verb.upper()}"
            f" ON {_CLASSES} BEGIN {_ANYTHING}; END"
        )


def _create_postgresql(connection: Connection) -> None:
    for dated in DATED:
        connection.exec_driver_sql(_function(dated))
        for verb in _VERBS:
            of = f" OF {dated.watched}" if verb == "update" else ""
            connection.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER log_{dated.table}_{verb} AFTER {verb.upper()}{of}"
                f" ON {dated.table} FOR EACH ROW EXECUTE FUNCTION log_field_{dated.table}()"
            )
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION log_field_anything() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {_ANYTHING}; RETURN NULL; END $$"
    )
    for verb in _VERBS:
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER log_{_CLASSES}_{verb} AFTER {verb.upper()}"
            f" ON {_CLASSES} FOR EACH STATEMENT EXECUTE FUNCTION log_field_anything()"
        )


def _function(dated: Dated) -> str:
    def said(row: str) -> str:
        return (
            f"{_INTO} SELECT {row}.{dated.from_at}, {row}.{dated.until_at}"
            f" WHERE {row}.{dated.from_at} IS NOT NULL;"
        )

    return f"""
CREATE OR REPLACE FUNCTION log_field_{dated.table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        {said("OLD")}
    END IF;
    IF TG_OP <> 'DELETE' THEN
        {said("NEW")}
    END IF;
    RETURN NULL;
END $$
"""
