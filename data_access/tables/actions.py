"""What people do about cases 督办与任务: remarks, tasks for grids, numbered notices, the audit."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text

from data_access.tables.registry import instant, metadata, required, text
from data_access.types import BigKey

# Said about a case and never changed: reminder 催办, note 备注, acknowledgement 知悉.
case_remarks = Table(
    "case_remarks",
    metadata,
    Column("remark_id", BigKey, primary_key=True),
    Column("case_id", BigKey, nullable=False),
    required("kind", String(16)),
    text("text"),
    Column("department_id", Integer),  # whom a reminder went to
    required("made_by", String(60)),
    instant("made_at", nullable=False),
    CheckConstraint("kind IN ('reminder', 'note', 'acknowledgement')", name="kind"),
    Index("ix_case_remarks_case_id_kind", "case_id", "kind"),
)

# 一键下发: a task for one grid, from a case or from nothing but a matter.
grid_tasks = Table(
    "grid_tasks",
    metadata,
    Column("task_id", BigKey, primary_key=True),
    Column("area_id", Integer, nullable=False),
    Column("case_id", BigKey),
    required("matter", Text),
    instant("due_at", nullable=False),
    required("issued_by", String(60)),
    instant("issued_at", nullable=False),
    instant("acknowledged_at"),  # 接收: the grid has seen it
    Column("acknowledged_by", String(60)),
    instant("done_at"),  # 完成
    Column("done_by", String(60)),
    text("result"),
    CheckConstraint("done_at IS NULL OR acknowledged_at IS NOT NULL", name="seen_before_done"),
    Index("ix_grid_tasks_area_id_issued_at", "area_id", "issued_at"),
    Index("ix_grid_tasks_case_id", "case_id"),
    Index(
        "ix_grid_tasks_open_due_at",
        "due_at",
        sqlite_where=sql_text("done_at IS NULL"),
        postgresql_where=sql_text("done_at IS NULL"),
    ),
)

# The last number given out for each kind of paper and year 发文字号: taken and counted on in one
# transaction, so that none is missing and none is given twice.
notice_numbers = Table(
    "notice_numbers",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    required("last", Integer),
)

# 督办通知, 催办通知, 任务通知: the paper as it was issued, whatever the case becomes later.
notices = Table(
    "notices",
    metadata,
    Column("notice_id", BigKey, primary_key=True),
    required("kind", String(16)),  # supervision, reminder, task
    required("year", Integer),
    required("number", Integer),
    Column("subject_id", BigKey, nullable=False),  # supervision_id, remark_id or task_id
    Column("case_id", BigKey),
    instant("issued_at", nullable=False),
    required("content", Text),  # JSON of what is printed
    UniqueConstraint("kind", "year", "number"),
    UniqueConstraint("kind", "subject_id"),
    Index("ix_notices_case_id", "case_id"),
)

# 个人统计开放: which statistic about single persons was opened, where, for what, until when.
statistic_openings = Table(
    "statistic_openings",
    metadata,
    Column("opening_id", BigKey, primary_key=True),
    required("statistic", String(16)),  # online 在线时长, points 积分排名, tracks 轨迹
    Column("area_id", Integer, nullable=False),
    required("purpose", String(60)),
    required("reason", Text),
    required("approver", String(60)),
    required("opened_by", String(60)),
    instant("opened_at", nullable=False),
    instant("ends_at", nullable=False),
    instant("ended_at"),  # before its time
    Column("ended_by", String(60)),
    CheckConstraint("statistic IN ('online', 'points', 'tracks')", name="statistic"),
    CheckConstraint("ends_at > opened_at", name="order"),
    Index("ix_statistic_openings_area_id", "area_id"),
)

# 操作留痕: append-only, which triggers see to (data_access/audit_triggers.py).
audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", BigKey, primary_key=True),
    instant("acted_at", nullable=False),
    required("actor", String(60)),
    required("origin", String(200)),  # from where: address and browser
    required("action", String(24)),
    Column("case_id", BigKey),
    Column("subject_id", BigKey),  # the supervision, remark or task it was about
    text("note"),
    Column("before", Text),  # JSON of the columns that changed; NULL: there was nothing
    Column("after", Text),
    required("request_key", String(64), unique=True),  # 幂等键: one press of a button acts once
    Index("ix_audit_log_case_id", "case_id"),
    Index("ix_audit_log_acted_at", "acted_at"),
)
