"""What the page 系统状态 asks of the store: deliveries, rejected rows, the audit, sizes."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select, text

from data_access.tables import (
    areas,
    audit_log,
    case_events,
    cases,
    ingest_batches,
    rejects,
    rollup_area,
)

Row = dict[str, Any]


def read_batches(connection: Connection, *, limit: int) -> list[Row]:
    """The last deliveries, newest first."""
    query = select(ingest_batches).order_by(ingest_batches.c.batch_id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def read_rejects(connection: Connection, *, limit: int) -> list[Row]:
    """The rows rejected last, newest first, with the source of their delivery and without their
    content, which may be personal."""
    query = (
        select(
            rejects.c.reject_id,
            rejects.c.batch_id,
            rejects.c.row_no,
            rejects.c.column_name,
            rejects.c.reason,
            ingest_batches.c.source_code,
        )
        .join(ingest_batches, ingest_batches.c.batch_id == rejects.c.batch_id)
        .order_by(rejects.c.reject_id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def read_last_acts(connection: Connection, *, limit: int) -> list[Row]:
    """The newest rows of the audit, newest first, with the code of the case where there is one and
    ``after`` as data."""
    query = (
        select(
            audit_log.c.audit_id,
            audit_log.c.acted_at,
            audit_log.c.actor,
            audit_log.c.action,
            audit_log.c.case_id,
            audit_log.c.subject_id,
            audit_log.c.after,
            cases.c.case_code,
        )
        .outerjoin(cases, cases.c.case_id == audit_log.c.case_id)
        .order_by(audit_log.c.audit_id.desc())
        .limit(limit)
    )
    return [
        {**row, "after": json.loads(row["after"]) if row["after"] else {}}
        for row in connection.execute(query).mappings()
    ]


def read_store_size(connection: Connection) -> Row:
    """``engine`` with its version, ``bytes``, and how many cases, events, areas and rollup rows.
    Counts whole tables: not for every second."""
    if connection.dialect.name == "postgresql":
        version = str(connection.execute(text("SHOW server_version")).scalar_one())
        size = "SELECT pg_database_size(current_database())"
        engine = f"PostgreSQL {version.split()[0]}"
    else:
        version = str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
        size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        engine = f"SQLite {version}"
    tables = {"cases": cases, "events": case_events, "areas": areas, "rollups": rollup_area}
    counts = {
        name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in tables.items()
    }
    return {"engine": engine, "bytes": int(connection.execute(text(size)).scalar_one()), **counts}
