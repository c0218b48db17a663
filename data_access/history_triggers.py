"""Triggers that keep what a case's rows were before each change 变更前留痕: the case history.

Cases are corrected by jobs, by hand and by other programs; only the database sees all of them. The
row before the change is written as JSON to ``case_history`` with the database's own clock, so that
undoing it gives the case as it was known at any moment (data_access/case_history.py). Only columns
that a measure depends on are kept, and a change of any other column keeps nothing: titles,
addresses and names of people never enter the history. A new case needs no row there, because
``cases.ingested_at`` tells; events are append-only and tell with ``known_at``, so of them only
changes by hand are kept. Where triggers were missing, the history is noted to begin anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table

from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    case_suspensions,
    cases,
)
from data_access.types import Instant


@dataclass(frozen=True)
class Journaled:
    """A table whose rows are kept: ``key`` tells the rows of one case apart, "" if there is one."""

    table: Table
    key: str
    columns: tuple[str, ...]  # a change of any of them is kept
    verbs: tuple[str, ...] = ("insert", "update", "delete")
    shown: tuple[str, ...] = ()  # kept as well, but a change of them alone is none

    @property
    def name(self) -> str:
        return self.table.name

    def trigger(self, verb: str) -> str:
        return f"history_{self.name}_{verb}"


JOURNALED = (
    Journaled(
        cases,
        "",
        (
            "source_id", "category_id", "area_id", "department_id", "first_department_id", "state",
            "is_urgent", "is_whistle", "timeout_exempt", "reported_at", "accepted_at", "filed_at",
            "dispatched_at", "signed_at", "first_contact_at", "arrived_at", "handled_at",
            "checked_at", "visited_at", "closed_at", "voided_at", "master_case_id",
            "repeat_of_case_id", "repeated_at", "filing_condition", "close_kind", "cycle_no",
            "limit_kind", "limit_amount", "start_rule", "clock_started_at", "due_soon_at",
            "deadline_handle_at", "deadline_at", "ingested_at",
        ),
        verbs=("update", "delete"),
        shown=("case_code",),  # by which a case that was deleted is still named
    ),
    Journaled(
        case_cycles,
        "cycle_no",
        (
            "started_at", "due_soon_at", "deadline_handle_at", "deadline_at", "handled_at",
            "closed_at", "reopened_at",
        ),
    ),
    Journaled(case_suspensions, "seq", ("started_at", "planned_end_at", "ended_at")),
    Journaled(
        case_extensions, "seq", ("applied_at", "decided_at", "is_approved", "new_deadline_at")
    ),
    Journaled(
        callbacks,
        "callback_id",
        ("visited_at", "is_valid", "is_contacted", "is_solved", "answer"),
    ),
    Journaled(case_rechecks, "recheck_id", ("checked_at", "result")),
    Journaled(
        case_events,
        "seq",
        ("event_at", "known_at", "from_state", "to_state", "department_id"),
        verbs=("update", "delete"),
    ),
)  # fmt: skip

# Epoch ms; two readings of 'now' inside one statement are the same moment.
_SQLITE_NOW = (
    "CAST(strftime('%s', 'now') AS INTEGER) * 1000"
    " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER)"
)
_POSTGRESQL_NOW = "date_trunc('milliseconds', clock_timestamp())"

HISTORY_TRIGGERS = [(item.trigger(verb), item.name) for item in JOURNALED for verb in item.verbs]


# The row of job_marks that says since when the history is complete.
BEGINNING = "case_history"


def create_history_triggers(connection: Connection) -> None:
    """Create all triggers of the history; a second call changes nothing."""
    postgresql = connection.dialect.name == "postgresql"
    present = read_triggers(connection)
    for item in JOURNALED:
        if postgresql:
            connection.exec_driver_sql(_function(item))
        for verb in item.verbs:
            create = _postgresql_trigger if postgresql else _sqlite_trigger
            connection.exec_driver_sql(create(item, verb))
    if not present.issuperset(name for name, _ in HISTORY_TRIGGERS):
        note_beginning(connection, _POSTGRESQL_NOW if postgresql else _SQLITE_NOW)


def note_beginning(connection: Connection, moment: str) -> None:
    """Note that nothing before a moment, given as SQL, can be restored from the history."""
    connection.exec_driver_sql(
        "INSERT INTO job_marks (name, mark, noted_at)"
        f" VALUES ('{BEGINNING}', 'complete since', {moment})"
        " ON CONFLICT (name) DO UPDATE SET noted_at = excluded.noted_at"
    )


def read_triggers(connection: Connection) -> set[str]:
    """The names of all triggers that are there and at work."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            " AND pg_table_is_visible(c.oid)"
        )
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    return {row[0] for row in connection.exec_driver_sql(query)}


def _key(item: Journaled, row: str) -> str:
    return f"{row}.{item.key}" if item.key else "''"


def _identity(item: Journaled) -> tuple[str, ...]:
    return ("case_id", item.key) if item.key else ("case_id",)


def _pairs(item: Journaled, row: str, instant: str) -> str:
    """``'name', value`` of every kept column; ``instant`` turns an instant into epoch ms."""
    cells = []
    for name in (*item.shown, *item.columns):
        value = f"{row}.{name}"
        if isinstance(item.table.c[name].type, Instant):
            value = instant.format(value)
        cells.append(f"'{name}', {value}")
    return ", ".join(cells)


def _sqlite_trigger(item: Journaled, verb: str) -> str:
    into = "INSERT INTO case_history (case_id, table_name, row_key, changed_at, before)"
    # A patch leaves out what is NULL: a young case is mostly that.
    before = f"json_patch('{{}}', json_object({_pairs(item, 'old', '{}')}))"
    old = f"old.case_id, '{item.name}', {_key(item, 'old')}, {_SQLITE_NOW}, {before}"
    new = f"new.case_id, '{item.name}', {_key(item, 'new')}, {_SQLITE_NOW}, NULL"
    body = f"{into} SELECT {new};" if verb == "insert" else f"{into} SELECT {old};"
    when = ""
    if verb == "update":
        names = (*_identity(item), *item.columns)
        when = f" WHEN {' OR '.join(f'old.{name} IS NOT new.{name}' for name in names)}"
        moved = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _identity(item))
        body += f" {into} SELECT {new} WHERE {moved};"
    return (
        f"CREATE TRIGGER IF NOT EXISTS {item.trigger(verb)} AFTER {verb.upper()} ON {item.name}"
        f"{when} BEGIN {body} END"
    )


def _postgresql_trigger(item: Journaled, verb: str) -> str:
    when = ""
    if verb == "update":
        names = (*_identity(item), *item.columns)
        old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
        when = f" WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))"
    return (
        f"CREATE OR REPLACE TRIGGER {item.trigger(verb)} AFTER {verb.upper()} ON {item.name}"
        f" FOR EACH ROW{when} EXECUTE FUNCTION log_history_{item.name}()"
    )


def _function(item: Journaled) -> str:
    """The trigger function of one table; a row moved to another key ends there and begins here."""
    into = "INSERT INTO case_history (case_id, table_name, row_key, changed_at, before) VALUES"
    instant = "floor(EXTRACT(EPOCH FROM {}) * 1000)::bigint"
    before = f"json_strip_nulls(json_build_object({_pairs(item, 'OLD', instant)}))::text"
    new = f"NEW.case_id, '{item.name}', {_key(item, 'NEW')}::text, {_POSTGRESQL_NOW}, NULL"
    old = f"OLD.case_id, '{item.name}', {_key(item, 'OLD')}::text, {_POSTGRESQL_NOW}, {before}"
    same = " AND ".join(f"OLD.{name} = NEW.{name}" for name in _identity(item))
    return f"""
CREATE OR REPLACE FUNCTION log_history_{item.name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        {into} ({old});
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NOT ({same})) THEN
        {into} ({new});
    END IF;
    RETURN NULL;
END $$
"""
