"""How changes travel: change log, cursors, what was applied, batches and rejected rows."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy import (
    text as sql_text,
)

from data_access.tables.registry import instant, metadata, required, text
from data_access.types import BigKey

# change_log.kind
CASE, AREA, SURVEY, CALENDAR, SOURCE = 1, 2, 4, 5, 6

# Written by triggers only (data_access/triggers.py), so that a row changed by hand or by another
# program is seen as well. On PostgreSQL a column xid xid8 DEFAULT pg_current_xact_id() is added.
change_log = Table(
    "change_log",
    metadata,
    Column("seq", BigKey, primary_key=True),
    required("kind", SmallInteger),
    required("key", BigInteger),
    sqlite_autoincrement=True,
)

feed_cursors = Table(
    "feed_cursors",
    metadata,
    Column("name", String(40), primary_key=True),
    required("position", Text),  # opaque: a pg_snapshot, or a sequence number
    instant("clock_at"),  # deadlines up to here have been applied
    Column("system_id", String(40)),  # the database the position belongs to
)

# What a job last noted about what it has seen, such as the fingerprint of the calendar.
job_marks = Table(
    "job_marks",
    metadata,
    Column("name", String(40), primary_key=True),
    required("mark", Text),
    instant("noted_at", nullable=False),
)

# What a case last contributed: old minus new is the change, so applying twice adds zero.
case_applied = Table(
    "case_applied",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    required("area_id", Integer),
    required("category_id", Integer),
    required("source_id", Integer),
    required("department_id", Integer),  # 0: none
    required("facts", LargeBinary),  # int32 little endian: measure << 24 | city day since 1970
    # The next moment at which time alone changes what the case contributes: a deadline, a yellow
    # light, the end of a pause. One timer over all cases instead of a poll of each.
    instant("next_at"),
    Index("ix_case_applied_area_id", "area_id"),
    Index(
        "ix_case_applied_next_at",
        "next_at",
        sqlite_where=sql_text("next_at IS NOT NULL"),
        postgresql_where=sql_text("next_at IS NOT NULL"),
    ),
)

ingest_batches = Table(
    "ingest_batches",
    metadata,
    Column("batch_id", BigKey, primary_key=True),
    required("source_code", String(40)),
    text("origin"),  # file name or address
    instant("started_at", nullable=False),
    instant("finished_at"),
    required("rows_read", Integer, server_default="0"),
    required("rows_added", Integer, server_default="0"),
    required("rows_changed", Integer, server_default="0"),
    required("rows_unchanged", Integer, server_default="0"),
    required("rows_rejected", Integer, server_default="0"),
    Column("status", String(16)),
    text("message"),
)

rejects = Table(
    "rejects",
    metadata,
    Column("reject_id", BigKey, primary_key=True),
    Column("batch_id", BigKey, nullable=False),
    required("row_no", Integer),  # as a person counts in the file: the header is row 1
    Column("column_name", String(80)),
    required("reason", Text),
    text("raw"),
    Index("ix_rejects_batch_id", "batch_id"),
)
