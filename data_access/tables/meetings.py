"""What units answer and promise when they are called at a dispatch meeting 点名: 说明, 议定事项."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)
from sqlalchemy import text as sql_text

from data_access.tables.registry import instant, metadata, required, text
from data_access.types import BigKey

# 说明: what a unit says when its name is called; append-only by use, never edited.
roll_call_answers = Table(
    "roll_call_answers",
    metadata,
    Column("answer_id", BigKey, primary_key=True),
    Column("department_id", Integer, ForeignKey("departments.department_id"), nullable=False),
    required("text", Text),
    required("entered_by", String(60)),
    instant("answered_at", nullable=False),
    Index("ix_roll_call_answers_department_id_answered_at", "department_id", "answered_at"),
)

# 议定事项: what a unit has promised. Late 逾期 is no column: it follows from due_at and the moment.
promises = Table(
    "promises",
    metadata,
    Column("promise_id", BigKey, primary_key=True),
    Column("department_id", Integer, ForeignKey("departments.department_id"), nullable=False),
    Column("answer_id", BigKey),  # the answer it was given with; NULL: entered by itself
    required("matter", Text),
    required("responsible", String(60)),  # the role that sees to it 责任岗位, no person's name
    Column("made_on", Date, nullable=False),  # city day
    instant("due_at", nullable=False),  # counted on the statutory calendar when it was made
    required("entered_by", String(60)),
    instant("entered_at", nullable=False),
    Column("resolution", String(16)),  # done 完成, withdrawn 撤销; NULL: still open
    text("result"),  # what came of it, or why it was withdrawn
    Column("resolved_by", String(60)),
    instant("resolved_at"),
    CheckConstraint("resolution IN ('done', 'withdrawn')", name="resolution"),
    CheckConstraint("(resolution IS NULL) = (resolved_at IS NULL)", name="resolved"),
    Index("ix_promises_department_id_due_at", "department_id", "due_at"),
    Index(
        "ix_promises_open_due_at",
        "due_at",
        sqlite_where=sql_text("resolved_at IS NULL"),
        postgresql_where=sql_text("resolved_at IS NULL"),
    ),
)

# The cases that show what came of a promise 佐证案件.
promise_cases = Table(
    "promise_cases",
    metadata,
    Column("promise_id", BigKey, ForeignKey("promises.promise_id"), primary_key=True),
    Column("case_id", BigKey, primary_key=True),
)
