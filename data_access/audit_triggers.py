"""The audit 操作留痕 is append-only: the database itself refuses to change or delete its rows."""

from __future__ import annotations

from sqlalchemy import Connection

_REFUSAL = "the audit is append-only"


def create_audit_triggers(connection: Connection) -> None:
    """Refuse UPDATE and DELETE on ``audit_log``; a second call changes nothing."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION log_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE OR REPLACE TRIGGER audit_log_kept BEFORE UPDATE OR DELETE ON audit_log"
            " FOR EACH ROW EXECUTE FUNCTION log_audit_refuse()"
        )
        return
    for verb in ("update", "delete"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS audit_log_kept_{verb} BEFORE {verb.upper()} ON audit_log"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
