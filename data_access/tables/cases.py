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
    Column("repeat_of_case_id", BigKey),  # 重复诉求: the earlier case this one repeats
    instant("repeated_at"),  # when a later case first repeated this one
    Column("filing_condition", String(60)),  # 立案条件: chooses among the category's limits
    # on_site 当场办结/自处置, answered 直接答复, handled; NULL: not told
    Column("close_kind", String(16)),
    required("cycle_no", SmallInteger, server_default="1"),
    Column("limit_kind", String(16)),
    Column("limit_amount", Float),
    Column("start_rule", String(16)),  # 起算: instant, next_day, next_work_day; of the limit above
    # When this cycle's limit began to count, before its start rule. NULL: the deadlines are not
    # computed from a limit here (brought by the source, or there is none) and are left alone.
    instant("clock_started_at"),
    instant("due_soon_at"),  # the light turns yellow: 80 % of the limit used
    instant("deadline_handle_at"),  # 处置时限, effective
    instant("deadline_at"),  # 结案时限, effective: with pauses and extensions
    instant("ingested_at", nullable=False),  # when we learned of it
    instant("updated_at", nullable=False),
    UniqueConstraint("source_id", "source_ref"),
    CheckConstraint("closed_at IS NULL OR closed_at >= reported_at", name="closed_after_reported"),
    Index("ix_cases_area_id_accepted_at", "area_id", "accepted_at"),
    Index("ix_cases_accepted_at", "accepted_at"),
    # What repeats what (data_access/repeats.py): same category and place, same caller.
    Index("ix_cases_category_id_accepted_at", "category_id", "accepted_at"),
    # Two dimensions at once, which no sum holds. Not by department first: SQLite would take it for
    # the list of a department as well, and sort.
    Index("ix_cases_category_id_department_id", "category_id", "department_id", "accepted_at"),
    Index(
        "ix_cases_reporter_phone",
        "reporter_phone",
        sqlite_where=sql_text("reporter_phone IS NOT NULL"),
        postgresql_where=sql_text("reporter_phone IS NOT NULL"),
    ),
    # Partial, so that a planner never takes "not closed" for a way into it. With the beginning of a
    # case: those that lived in an interval long ago are found without a look at their rows.
    Index(
        "ix_cases_closed_at",
        "closed_at",
        "reported_at",
        "accepted_at",
        sqlite_where=sql_text("closed_at IS NOT NULL"),
        postgresql_where=sql_text("closed_at IS NOT NULL"),
    ),
    Index(
        "ix_cases_voided_at",
        "voided_at",
        "reported_at",
        "accepted_at",
        sqlite_where=sql_text("voided_at IS NOT NULL"),
        postgresql_where=sql_text("voided_at IS NOT NULL"),
    ),
    Index(
        "ix_cases_handled_at",
        "handled_at",
        sqlite_where=sql_text("handled_at IS NOT NULL"),
        postgresql_where=sql_text("handled_at IS NOT NULL"),
    ),
    Index("ix_cases_deadline_at", "deadline_at"),
    # What is rare and asked for by itself.
    *(
        Index(
            f"ix_cases_{name}",
            column,
            sqlite_where=sql_text(condition),
            postgresql_where=sql_text(condition),
        )
        for name, column, condition in (
            ("urgent", "accepted_at", "is_urgent"),
            ("typical", "accepted_at", "is_typical"),
            ("supervise_level", "accepted_at", "supervise_level > 0"),
            ("reworked", "accepted_at", "cycle_no > 1"),
            ("repeat_of_case_id", "repeat_of_case_id", "repeat_of_case_id IS NOT NULL"),
        )
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
    # The moves that count as something on their day (data_access.frames.STATES).
    Index(
        "ix_case_events_counted",
        "event_at",
        sqlite_where=sql_text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
        postgresql_where=sql_text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
    ),
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
    instant("deadline_handle_at"),
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

# Every deadline that was changed after it was first set, with the reason: append-only.
deadline_changes = Table(
    "deadline_changes",
    metadata,
    Column("change_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    instant("changed_at", nullable=False),
    required("reason", String(20)),  # extension resume rework calendar limit correction
    instant("old_deadline_handle_at"),
    instant("new_deadline_handle_at"),
    instant("old_deadline_at"),
    instant("new_deadline_at"),
    text("note"),
    Index("ix_deadline_changes_case_id", "case_id"),
)

# 抽查核实: closed cases drawn as a sample and looked at again; a false closure reopens the case.
case_rechecks = Table(
    "case_rechecks",
    metadata,
    Column("recheck_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    instant("drawn_at", nullable=False),
    Column("drawn_by", String(60)),
    instant("checked_at"),  # NULL: still to be looked at
    Column("result", String(16)),  # true 属实, false 虚报, unsolved 未解决
    text("note"),
    Index("ix_case_rechecks_case_id", "case_id"),
)

# 吹哨报到: departments called to a place, and when they came.
whistle_calls = Table(
    "whistle_calls",
    metadata,
    Column("call_id", BigKey, primary_key=True),
    Column("case_id", BigKey),
    Column("area_id", Integer, nullable=False),
    Column("department_id", Integer, nullable=False),
    instant("called_at", nullable=False),
    instant("due_at", nullable=False),  # 报到时限
    instant("arrived_at"),
    text("matter"),
    Index("ix_whistle_calls_called_at", "called_at"),
)

# Findings 数据质量问题 about single cases, such as a forbidden move. Derived: written by the rollup
# job for the cases it looks at, always the same for the same rows.
case_findings = Table(
    "case_findings",
    metadata,
    Column("case_id", BigKey, primary_key=True, autoincrement=False),
    Column("seq", SmallInteger, primary_key=True, autoincrement=False),
    required("kind", String(24)),
    instant("at"),
    required("detail", Text),
    Index("ix_case_findings_kind", "kind"),
    sqlite_with_rowid=False,
)

# What rows of a case were before each change, written by triggers: undoing it back to a moment
# gives the case as it was known then (data_access/case_history.py).
case_history = Table(
    "case_history",
    metadata,
    Column("history_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    required("table_name", String(24)),
    required("row_key", String(40)),
    instant("changed_at", nullable=False),
    Column("before", Text),  # JSON of the row; NULL: there was none
    Index("ix_case_history_changed_at", "changed_at"),
    Index("ix_case_history_case_id", "case_id"),
    sqlite_autoincrement=True,
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
    Column("replied_by", String(60)),
    instant("replied_at"),
    Column("resolution", String(16)),  # resolved 核销, withdrawn 撤销; NULL: still open
    Column("resolved_by", String(60)),
    text("resolve_note"),
    instant("resolved_at"),
    Index("ix_supervisions_case_id", "case_id"),
    Index(
        "ix_supervisions_open_reply_due_at",
        "reply_due_at",
        sqlite_where=sql_text("resolved_at IS NULL"),
        postgresql_where=sql_text("resolved_at IS NULL"),
    ),
)
