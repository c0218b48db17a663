"""Cases 案件 and what hangs on them: events, cycles, pauses, extensions, call-backs."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql_text,
)

from data_access.tables.registry import flag, instant, metadata, required, text
from data_access.types import BigKey

cases = Table(
    "cases",
    metadata,
    Column("case_id", BigKey, primary_key=True),
    required("case_code", String(60), unique=True),  # opaque: 16 and 19 digits are both in use
    Column("source_id", Integer, ForeignKey("sources.source_id"), nullable=False),
    required("source_ref", String(80)),  # the source's own key: makes ingest idempotent
    Column("category_id", Integer, ForeignKey("categories.category_id"), nullable=False),
    Column("area_id", Integer, ForeignKey("areas.area_id"), nullable=False),  # a leaf, maybe 未定位
    Column("department_id", Integer, ForeignKey("departments.department_id")),
    Column("first_department_id", Integer, ForeignKey("departments.department_id")),  # 首接单位
    Column("worker_id", Integer, ForeignKey("workers.worker_id")),
    text("title"),
    text("address"),
    text("reporter_name"),
    text("reporter_phone"),
    Column("longitude", Float),
    Column("latitude", Float),
    required("state", String(20)),  # dashboard.lifecycle.State
    flag("is_urgent"),
    flag("is_whistle"),  # 吹哨
    flag("is_typical"),
    flag("timeout_exempt"),  # 申诉通过: on time in the statistics, raw overtime kept
    required("supervise_level", SmallInteger, server_default="0"),
    instant("reported_at", nullable=False),
    instant("accepted_at"),
    instant("filed_at"),
    instant("dispatched_at"),
    instant("signed_at"),
    instant("first_contact_at"),
    instant("arrived_at"),
    instant("handled_at"),
    instant("checked_at"),
    instant("visited_at"),
    instant("closed_at"),
    instant("voided_at"),  # 不予受理, 作废 or 合并
    text("void_reason"),
    Column("master_case_id", BigKey),
    required("cycle_no", SmallInteger, server_default="1"),
    Column("limit_kind", String(16)),
    Column("limit_amount", Float),
    instant("due_soon_at"),  # the light turns yellow: 80 % of the limit used
    instant("deadline_handle_at"),  # 处置时限, effective
    instant("deadline_at"),  # 结案时限, effective: with pauses and extensions
    instant("ingested_at", nullable=False),  # when we learned of it
    instant("updated_at", nullable=False),
    UniqueConstraint("source_id", "source_ref"),
    CheckConstraint("closed_at IS NULL OR closed_at >= reported_at", name="closed_after_reported"),
    Index("ix_cases_area_id_accepted_at", "area_id", "accepted_at"),
    Index("ix_cases_accepted_at", "accepted_at"),
    # Partial, so that a planner never takes "not closed" for a way into it.
    Index(
        "ix_cases_closed_at",
        "closed_at",
        sqlite_where=sql_text("closed_at IS NOT NULL"),
        postgresql_where=sql_text("closed_at IS NOT NULL"),
    ),
    # What is still running, by deadline: overdue and due-soon lists.
    Index(
        "ix_cases_running_deadline_at",
        "deadline_at",
        sqlite_where=sql_text("closed_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sql_text("closed_at IS NULL AND voided_at IS NULL"),
    ),
)

# Append-only; happened (event_at) and known (known_at) are kept apart.
case_events = Table(
    "case_events",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    instant("event_at", nullable=False),
    instant("known_at", nullable=False),
    Column("from_state", String(20)),
    required("to_state", String(20)),
    Column("actor", String(60)),
    Column("department_id", Integer),
    text("opinion"),
    sqlite_with_rowid=False,
)

# Cycles before the current one, which is on the case itself. 返工 starts a new cycle.
case_cycles = Table(
    "case_cycles",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    Column("cycle_no", SmallInteger, primary_key=True, autoincrement=False),
    instant("started_at", nullable=False),
    instant("due_soon_at"),
    instant("deadline_at"),
    instant("handled_at"),
    instant("closed_at"),  # NULL: it was sent back without having been closed
    instant("reopened_at", nullable=False),  # the start of the next cycle
    Column("result", String(20)),
    CheckConstraint("closed_at IS NULL OR closed_at <= reopened_at", name="closed_before_reopened"),
)

case_suspensions = Table(
    "case_suspensions",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    instant("started_at", nullable=False),
    instant("planned_end_at"),
    instant("ended_at"),
    text("reason"),
    text("approver"),
    CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="order"),
)

case_extensions = Table(
    "case_extensions",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    instant("applied_at", nullable=False),
    instant("decided_at"),
    flag("is_approved"),
    instant("new_deadline_at"),
    text("reason"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("callback_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    instant("visited_at", nullable=False),
    flag("is_valid"),
    flag("is_contacted"),
    flag("is_solved"),
    # very_satisfied satisfied fairly_satisfied neutral dissatisfied; NULL: no answer
    Column("answer", String(20)),
    Column("channel", String(20)),
    Index("ix_callbacks_case_id", "case_id"),
    Index("ix_callbacks_visited_at", "visited_at"),
)

# 督办
supervisions = Table(
    "supervisions",
    metadata,
    Column("supervision_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    required("code", String(60), unique=True),
    required("kind", String(16)),  # overtime 超时, leader 领导, key 重点
    required("level", SmallInteger),
    Column("reason", Text),
    Column("requirement", Text),
    Column("issued_by", String(60)),
    instant("issued_at", nullable=False),
    instant("reply_due_at"),
    text("reply"),
    instant("replied_at"),
    instant("resolved_at"),
    Index("ix_supervisions_case_id", "case_id"),
)
