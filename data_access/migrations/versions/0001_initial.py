"""The first schema: every table, index and change-log trigger.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from data_access.audit_triggers import create_audit_triggers
from data_access.triggers import create_triggers, drop_triggers
from data_access.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_paths",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("is_leaf", sa.Integer(), nullable=False),
        sa.Column("first_order", sa.Integer(), nullable=False),
        sa.Column("last_order", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_paths")),
    )
    op.create_index("ix_area_paths_first_order", "area_paths", ["first_order"], unique=False)
    op.create_table(
        "areas",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("hierarchy", sa.String(length=16), server_default="main", nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), server_default="general", nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("police_area_id", sa.Integer(), nullable=True),
        sa.Column("sort_order", sa.Integer(), nullable=True),
        sa.Column("polygon", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("houses", sa.Integer(), nullable=True),
        sa.Column("shops", sa.Integer(), nullable=True),
        sa.Column("structures", sa.Integer(), nullable=True),
        sa.Column("marshals", sa.Integer(), nullable=True),
        sa.Column("group_members", sa.Integer(), nullable=True),
        sa.Column("has_station", sa.Integer(), nullable=True),
        sa.CheckConstraint("depth >= 0", name=op.f("ck_areas_depth")),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.area_id"], name=op.f("fk_areas_parent_id")),
        sa.ForeignKeyConstraint(
            ["police_area_id"], ["areas.area_id"], name=op.f("fk_areas_police_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["areas.area_id"], name=op.f("fk_areas_successor_id")
        ),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_areas")),
        sa.UniqueConstraint("code", name=op.f("uq_areas_code")),
    )
    op.create_index("ix_areas_parent_id", "areas", ["parent_id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("acted_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("request_key", name=op.f("uq_audit_log_request_key")),
    )
    op.create_index("ix_audit_log_acted_at", "audit_log", ["acted_at"], unique=False)
    op.create_index("ix_audit_log_case_id", "audit_log", ["case_id"], unique=False)
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working_day", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=True),
        sa.Column("entered_by", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "callbacks",
        sa.Column(
            "callback_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visited_at", Instant(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_contacted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_solved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_case_id", "callbacks", ["case_id"], unique=False)
    op.create_index("ix_callbacks_visited_at", "callbacks", ["visited_at"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("code", name=op.f("uq_campaigns_code")),
    )
    op.create_table(
        "case_applied",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_applied")),
    )
    op.create_index("ix_case_applied_area_id", "case_applied", ["area_id"], unique=False)
    op.create_index(
        "ix_case_applied_next_at",
        "case_applied",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "case_cycles",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("cycle_no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("due_soon_at", Instant(), nullable=True),
        sa.Column("deadline_handle_at", Instant(), nullable=True),
        sa.Column("deadline_at", Instant(), nullable=True),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("reopened_at", Instant(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at <= reopened_at",
            name=op.f("ck_case_cycles_closed_before_reopened"),
        ),
        sa.PrimaryKeyConstraint("case_id", "cycle_no", name=op.f("pk_case_cycles")),
    )
    op.create_table(
        "case_events",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("event_at", Instant(), nullable=False),
        sa.Column("known_at", Instant(), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_events")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_case_events_counted",
        "case_events",
        ["event_at"],
        unique=False,
        sqlite_where=sa.text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
        postgresql_where=sa.text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
    )
    op.create_table(
        "case_extensions",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("applied_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("is_approved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("new_deadline_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_extensions")),
    )
    op.create_table(
        "case_findings",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_findings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_findings_kind", "case_findings", ["kind"], unique=False)
    op.create_table(
        "case_history",
        sa.Column(
            "history_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("table_name", sa.String(length=24), nullable=False),
        sa.Column("row_key", sa.String(length=40), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_case_history")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_history_case_id", "case_history", ["case_id"], unique=False)
    op.create_index("ix_case_history_changed_at", "case_history", ["changed_at"], unique=False)
    op.create_table(
        "case_rechecks",
        sa.Column(
            "recheck_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("drawn_by", sa.String(length=60), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("recheck_id", name=op.f("pk_case_rechecks")),
    )
    op.create_index("ix_case_rechecks_case_id", "case_rechecks", ["case_id"], unique=False)
    op.create_table(
        "case_remarks",
        sa.Column(
            "remark_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reminder', 'note', 'acknowledgement')", name=op.f("ck_case_remarks_kind")
        ),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_case_remarks")),
    )
    op.create_index(
        "ix_case_remarks_case_id_kind", "case_remarks", ["case_id", "kind"], unique=False
    )
    op.create_table(
        "case_suspensions",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("planned_end_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_case_suspensions_order")
        ),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_suspensions")),
    )
    op.create_table(
        "categories",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("limit_kind", sa.String(length=16), nullable=True),
        sa.Column("limit_amount", sa.Float(), nullable=True),
        sa.Column("is_public_security", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_mediation", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("must_attend", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.category_id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_categories_code")),
    )
    op.create_table(
        "change_log",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change_log")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "check_ins",
        sa.Column(
            "check_in_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("accuracy_metres", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("check_in_id", name=op.f("pk_check_ins")),
    )
    op.create_index("ix_check_ins_worker_id_at", "check_ins", ["worker_id", "at"], unique=False)
    op.create_table(
        "closing_days",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("spells", sa.LargeBinary(), nullable=False),
        sa.Column("pauses", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closing_days")),
    )
    op.create_table(
        "deadline_changes",
        sa.Column(
            "change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("old_deadline_handle_at", Instant(), nullable=True),
        sa.Column("new_deadline_handle_at", Instant(), nullable=True),
        sa.Column("old_deadline_at", Instant(), nullable=True),
        sa.Column("new_deadline_at", Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_deadline_changes")),
    )
    op.create_index("ix_deadline_changes_case_id", "deadline_changes", ["case_id"], unique=False)
    op.create_table(
        "duty_history",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot_at", Instant(), nullable=False),
        sa.Column("rostered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_duty", sa.Integer(), server_default="0", nullable=False),
        sa.Column("in_field", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_leave", sa.Integer(), server_default="0", nullable=False),
        sa.Column("absent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_required", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_covered", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("area_id", "slot_at", name=op.f("pk_duty_history")),
    )
    op.create_table(
        "duty_now",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rostered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_duty", sa.Integer(), server_default="0", nullable=False),
        sa.Column("in_field", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_leave", sa.Integer(), server_default="0", nullable=False),
        sa.Column("absent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_required", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_covered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("workers_active", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids_staffed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("computed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_duty_now")),
    )
    op.create_table(
        "duty_officers",
        sa.Column(
            "officer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("post", sa.String(length=16), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "post IN ('resident', 'rotating', 'leader')", name=op.f("ck_duty_officers_post")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_officers_order")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_duty_officers")),
        sa.UniqueConstraint(
            "area_id",
            "unit",
            "name",
            "starts_at",
            name=op.f("uq_duty_officers_area_id_unit_name_starts_at"),
        ),
    )
    op.create_index("ix_duty_officers_ends_at", "duty_officers", ["ends_at"], unique=False)
    op.create_table(
        "feed_cursors",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("clock_at", Instant(), nullable=True),
        sa.Column("system_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feed_cursors")),
    )
    op.create_table(
        "field_changes",
        sa.Column(
            "change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("from_at", Instant(), nullable=True),
        sa.Column("until_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_field_changes")),
    )
    op.create_table(
        "grid_completeness",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field_group", sa.String(length=16), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "filled >= 0 AND filled <= required", name=op.f("ck_grid_completeness_filled")
        ),
        sa.PrimaryKeyConstraint("area_id", "field_group", name=op.f("pk_grid_completeness")),
    )
    op.create_table(
        "grid_tasks",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(length=60), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=60), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "done_at IS NULL OR acknowledged_at IS NOT NULL",
            name=op.f("ck_grid_tasks_seen_before_done"),
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_grid_tasks")),
    )
    op.create_index(
        "ix_grid_tasks_area_id_issued_at", "grid_tasks", ["area_id", "issued_at"], unique=False
    )
    op.create_index("ix_grid_tasks_case_id", "grid_tasks", ["case_id"], unique=False)
    op.create_index(
        "ix_grid_tasks_open_due_at",
        "grid_tasks",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "ingest_batches",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_code", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("rows_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_added", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_ingest_batches")),
    )
    op.create_table(
        "job_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_marks")),
    )
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("interval_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("succeeded_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "kpi_thresholds",
        sa.Column("kpi_key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("good", sa.String(length=24), nullable=False),
        sa.Column("warn", sa.String(length=24), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kpi_key", "version", name=op.f("pk_kpi_thresholds")),
    )
    op.create_table(
        "leaves",
        sa.Column("leave_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("leave_id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_ends_at", "leaves", ["ends_at"], unique=False)
    op.create_table(
        "notice_numbers",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_notice_numbers")),
    )
    op.create_table(
        "notices",
        sa.Column(
            "notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_notices_kind_subject_id")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_notices_kind_year_number")),
    )
    op.create_index("ix_notices_case_id", "notices", ["case_id"], unique=False)
    op.create_table(
        "patrols",
        sa.Column(
            "patrol_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("checkpoints", sa.SmallInteger(), nullable=True),
        sa.Column("checkpoints_done", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("patrol_id", name=op.f("pk_patrols")),
    )
    op.create_index(
        "ix_patrols_area_id_started_at", "patrols", ["area_id", "started_at"], unique=False
    )
    op.create_table(
        "rejects",
        sa.Column(
            "reject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("reject_id", name=op.f("pk_rejects")),
    )
    op.create_index("ix_rejects_batch_id", "rejects", ["batch_id"], unique=False)
    op.create_table(
        "rollup_area",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_undated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_reworked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cohort_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("breached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contacted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("solved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("very_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fairly_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("neutral", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dissatisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed_all", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed_void", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker_reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker_filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_proactive", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_public", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched_first", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched_once", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned_by_unit", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatch_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatch_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("signed_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("signed_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_first_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_from_grid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_in_grid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("callback_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("called_back", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rechecked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("recheck_true", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_soon_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_soon_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unhandled_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unhandled_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undated_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undated_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_late_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_late_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_past_end_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_past_end_out", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("area_id", "period", name=op.f("pk_rollup_area")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollup_area_period", "rollup_area", ["period"], unique=False)
    op.create_table(
        "rollup_break",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_undated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_reworked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cohort_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("breached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contacted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("solved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("very_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fairly_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("neutral", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dissatisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed_all", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed_void", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker_reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker_filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_proactive", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_public", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched_first", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched_once", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned_by_unit", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatch_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatch_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("signed_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("signed_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_on_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_first_time", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_from_grid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_in_grid", sa.Integer(), server_default="0", nullable=False),
        sa.Column("callback_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("called_back", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rechecked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("recheck_true", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_soon_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_soon_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unhandled_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unhandled_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undated_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undated_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_late_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_late_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_past_end_in", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_past_end_out", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "area_id", "dimension", "period", "member_id", name=op.f("pk_rollup_break")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_cohort",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_on", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(
            "area_id", "accepted_on", "closed_on", name=op.f("pk_rollup_cohort")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_field",
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "period", "kind", name=op.f("pk_rollup_field")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollup_field_period", "rollup_field", ["period"], unique=False)
    op.create_table(
        "rollup_state",
        sa.Column("state_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tree_version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("as_of", Instant(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=True),
        sa.Column("rules", sa.String(length=40), nullable=True),
        sa.Column("city_name", sa.String(length=120), nullable=True),
        sa.Column("is_demo", sa.Integer(), server_default="0", nullable=True),
        sa.PrimaryKeyConstraint("state_id", name=op.f("pk_rollup_state")),
    )
    op.create_table(
        "screen_tokens",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=True),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_screen_tokens")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_screen_tokens_token_digest")),
    )
    op.create_table(
        "shifts",
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("checked_in_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_starts_at", "shifts", ["starts_at"], unique=False)
    op.create_index(
        "ix_shifts_worker_id_starts_at", "shifts", ["worker_id", "starts_at"], unique=False
    )
    op.create_table(
        "sources",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("kind", sa.String(length=16), server_default="public", nullable=False),
        sa.Column("is_proactive", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("last_ingested_at", Instant(), nullable=True),
        sa.Column("last_failed_at", Instant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
        sa.UniqueConstraint("code", name=op.f("uq_sources_code")),
    )
    op.create_table(
        "statistic_openings",
        sa.Column(
            "opening_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("statistic", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.String(length=60), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "statistic IN ('online', 'points', 'tracks')",
            name=op.f("ck_statistic_openings_statistic"),
        ),
        sa.CheckConstraint("ends_at > opened_at", name=op.f("ck_statistic_openings_order")),
        sa.PrimaryKeyConstraint("opening_id", name=op.f("pk_statistic_openings")),
    )
    op.create_index(
        "ix_statistic_openings_area_id", "statistic_openings", ["area_id"], unique=False
    )
    op.create_table(
        "supervisions",
        sa.Column(
            "supervision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requirement", sa.Text(), nullable=True),
        sa.Column("issued_by", sa.String(length=60), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("reply_due_at", Instant(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by", sa.String(length=60), nullable=True),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.Column("resolved_by", sa.String(length=60), nullable=True),
        sa.Column("resolve_note", sa.Text(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("supervision_id", name=op.f("pk_supervisions")),
        sa.UniqueConstraint("code", name=op.f("uq_supervisions_code")),
    )
    op.create_index("ix_supervisions_case_id", "supervisions", ["case_id"], unique=False)
    op.create_index(
        "ix_supervisions_open_reply_due_at",
        "supervisions",
        ["reply_due_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "survey_sums",
        sa.Column("wave_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("very_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fairly_satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("neutral", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dissatisfied", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("wave_id", "area_id", name=op.f("pk_survey_sums")),
    )
    op.create_table(
        "survey_waves",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("sample_label", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_survey_waves")),
        sa.UniqueConstraint("code", name=op.f("uq_survey_waves_code")),
    )
    op.create_table(
        "visit_classes",
        sa.Column("visit_class", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("visit_class", name=op.f("pk_visit_classes")),
    )
    op.create_table(
        "visit_subjects",
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("visit_class", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("last_visited_at", Instant(), nullable=True),
        sa.Column("next_due_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_visit_subjects")),
    )
    op.create_index("ix_visit_subjects_area_id", "visit_subjects", ["area_id"], unique=False)
    op.create_index(
        "ix_visit_subjects_next_due_at", "visit_subjects", ["next_due_at"], unique=False
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("visit_class", sa.String(length=16), nullable=False),
        sa.Column("visited_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
    )
    op.create_index(
        "ix_visits_area_id_visited_at", "visits", ["area_id", "visited_at"], unique=False
    )
    op.create_index("ix_visits_due_at", "visits", ["due_at"], unique=False)
    op.create_table(
        "whistle_calls",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_whistle_calls")),
    )
    op.create_index("ix_whistle_calls_called_at", "whistle_calls", ["called_at"], unique=False)
    op.create_table(
        "campaign_progress",
        sa.Column(
            "progress_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.campaign_id"],
            name=op.f("fk_campaign_progress_campaign_id"),
        ),
        sa.PrimaryKeyConstraint("progress_id", name=op.f("pk_campaign_progress")),
    )
    op.create_index(
        "ix_campaign_progress_campaign_id_at",
        "campaign_progress",
        ["campaign_id", "at"],
        unique=False,
    )
    op.create_table(
        "campaign_targets",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.campaign_id"], name=op.f("fk_campaign_targets_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "area_id", name=op.f("pk_campaign_targets")),
    )
    op.create_table(
        "departments",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("kind", sa.String(length=16), server_default="department", nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("duty_phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.area_id"], name=op.f("fk_departments_area_id")
        ),
        sa.PrimaryKeyConstraint("department_id", name=op.f("pk_departments")),
        sa.UniqueConstraint("code", name=op.f("uq_departments_code")),
    )
    op.create_table(
        "limit_rules",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("filing_condition", sa.String(length=60), server_default="", nullable=False),
        sa.Column("filing_condition_text", sa.Text(), nullable=True),
        sa.Column("closing_condition_text", sa.Text(), nullable=True),
        sa.Column("limit_kind", sa.String(length=16), nullable=False),
        sa.Column("limit_amount", sa.Float(), nullable=False),
        sa.Column("start_rule", sa.String(length=16), server_default="instant", nullable=False),
        sa.Column("handling_unit", sa.String(length=120), nullable=True),
        sa.Column("lead_unit", sa.String(length=120), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.category_id"], name=op.f("fk_limit_rules_category_id")
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_limit_rules")),
    )
    op.create_index("ix_limit_rules_category_id", "limit_rules", ["category_id"], unique=False)
    op.create_table(
        "screens",
        sa.Column("screen_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_heartbeat_at", Instant(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("behind_since", Instant(), nullable=True),
        sa.Column("as_of", Instant(), nullable=True),
        sa.Column("painted_at", Instant(), nullable=True),
        sa.Column("build", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("heap_bytes", sa.BigInteger(), nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("viewport", sa.String(length=40), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.Column("paints", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["token_id"], ["screen_tokens.token_id"], name=op.f("fk_screens_token_id")
        ),
        sa.PrimaryKeyConstraint("screen_id", name=op.f("pk_screens")),
        sa.UniqueConstraint("code", name=op.f("uq_screens_code")),
    )
    op.create_table(
        "survey_answers",
        sa.Column(
            "answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_waves.wave_id"], name=op.f("fk_survey_answers_wave_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_survey_answers")),
    )
    op.create_index(
        "ix_survey_answers_wave_id_area_id", "survey_answers", ["wave_id", "area_id"], unique=False
    )
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("is_full_time", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("last_seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["areas.area_id"], name=op.f("fk_workers_area_id")),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_workers")),
        sa.UniqueConstraint("code", name=op.f("uq_workers_code")),
    )
    op.create_index("ix_workers_area_id", "workers", ["area_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_code", sa.String(length=60), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("source_ref", sa.String(length=80), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("first_department_id", sa.Integer(), nullable=True),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("reporter_name", sa.Text(), nullable=True),
        sa.Column("reporter_phone", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_whistle", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_typical", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("timeout_exempt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("supervise_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("first_contact_at", Instant(), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("visited_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column(
            "master_case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "repeat_of_case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("repeated_at", Instant(), nullable=True),
        sa.Column("filing_condition", sa.String(length=60), nullable=True),
        sa.Column("close_kind", sa.String(length=16), nullable=True),
        sa.Column("cycle_no", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("limit_kind", sa.String(length=16), nullable=True),
        sa.Column("limit_amount", sa.Float(), nullable=True),
        sa.Column("start_rule", sa.String(length=16), nullable=True),
        sa.Column("clock_started_at", Instant(), nullable=True),
        sa.Column("due_soon_at", Instant(), nullable=True),
        sa.Column("deadline_handle_at", Instant(), nullable=True),
        sa.Column("deadline_at", Instant(), nullable=True),
        sa.Column("ingested_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= reported_at",
            name=op.f("ck_cases_closed_after_reported"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.area_id"], name=op.f("fk_cases_area_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.category_id"], name=op.f("fk_cases_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.department_id"], name=op.f("fk_cases_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_department_id"],
            ["departments.department_id"],
            name=op.f("fk_cases_first_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name=op.f("fk_cases_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.worker_id"], name=op.f("fk_cases_worker_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_code", name=op.f("uq_cases_case_code")),
        sa.UniqueConstraint("source_id", "source_ref", name=op.f("uq_cases_source_id_source_ref")),
    )
    op.create_index("ix_cases_accepted_at", "cases", ["accepted_at"], unique=False)
    op.create_index(
        "ix_cases_area_id_accepted_at", "cases", ["area_id", "accepted_at"], unique=False
    )
    op.create_index(
        "ix_cases_category_id_accepted_at", "cases", ["category_id", "accepted_at"], unique=False
    )
    op.create_index(
        "ix_cases_category_id_department_id",
        "cases",
        ["category_id", "department_id", "accepted_at"],
        unique=False,
    )
    op.create_index(
        "ix_cases_closed_at",
        "cases",
        ["closed_at", "reported_at", "accepted_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("ix_cases_deadline_at", "cases", ["deadline_at"], unique=False)
    op.create_index(
        "ix_cases_handled_at",
        "cases",
        ["handled_at"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NOT NULL"),
        postgresql_where=sa.text("handled_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_repeat_of_case_id",
        "cases",
        ["repeat_of_case_id"],
        unique=False,
        sqlite_where=sa.text("repeat_of_case_id IS NOT NULL"),
        postgresql_where=sa.text("repeat_of_case_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_reporter_phone",
        "cases",
        ["reporter_phone"],
        unique=False,
        sqlite_where=sa.text("reporter_phone IS NOT NULL"),
        postgresql_where=sa.text("reporter_phone IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_reworked",
        "cases",
        ["accepted_at"],
        unique=False,
        sqlite_where=sa.text("cycle_no > 1"),
        postgresql_where=sa.text("cycle_no > 1"),
    )
    op.create_index(
        "ix_cases_running_deadline_at",
        "cases",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND voided_at IS NULL"),
    )
    op.create_index(
        "ix_cases_supervise_level",
        "cases",
        ["accepted_at"],
        unique=False,
        sqlite_where=sa.text("supervise_level > 0"),
        postgresql_where=sa.text("supervise_level > 0"),
    )
    op.create_index(
        "ix_cases_typical",
        "cases",
        ["accepted_at"],
        unique=False,
        sqlite_where=sa.text("is_typical"),
        postgresql_where=sa.text("is_typical"),
    )
    op.create_index(
        "ix_cases_urgent",
        "cases",
        ["accepted_at"],
        unique=False,
        sqlite_where=sa.text("is_urgent"),
        postgresql_where=sa.text("is_urgent"),
    )
    op.create_index(
        "ix_cases_voided_at",
        "cases",
        ["voided_at", "reported_at", "accepted_at"],
        unique=False,
        sqlite_where=sa.text("voided_at IS NOT NULL"),
        postgresql_where=sa.text("voided_at IS NOT NULL"),
    )
    op.create_table(
        "promises",
        sa.Column(
            "promise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=60), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("resolved_by", sa.String(length=60), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "resolution IN ('done', 'withdrawn')", name=op.f("ck_promises_resolution")
        ),
        sa.CheckConstraint(
            "(resolution IS NULL) = (resolved_at IS NULL)", name=op.f("ck_promises_resolved")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.department_id"], name=op.f("fk_promises_department_id")
        ),
        sa.PrimaryKeyConstraint("promise_id", name=op.f("pk_promises")),
    )
    op.create_index(
        "ix_promises_department_id_due_at", "promises", ["department_id", "due_at"], unique=False
    )
    op.create_index(
        "ix_promises_open_due_at",
        "promises",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "roll_call_answers",
        sa.Column(
            "answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.department_id"],
            name=op.f("fk_roll_call_answers_department_id"),
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_roll_call_answers")),
    )
    op.create_index(
        "ix_roll_call_answers_department_id_answered_at",
        "roll_call_answers",
        ["department_id", "answered_at"],
        unique=False,
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("password_digest", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scope_area_id", sa.Integer(), nullable=True),
        sa.Column("scope_department_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["scope_area_id"], ["areas.area_id"], name=op.f("fk_users_scope_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["scope_department_id"],
            ["departments.department_id"],
            name=op.f("fk_users_scope_department_id"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "worker_grids",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.area_id"], name=op.f("fk_worker_grids_area_id")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.worker_id"], name=op.f("fk_worker_grids_worker_id")
        ),
        sa.PrimaryKeyConstraint("worker_id", "area_id", "role", name=op.f("pk_worker_grids")),
    )
    op.create_index("ix_worker_grids_area_id", "worker_grids", ["area_id"], unique=False)
    op.create_table(
        "promise_cases",
        sa.Column(
            "promise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promises.promise_id"], name=op.f("fk_promise_cases_promise_id")
        ),
        sa.PrimaryKeyConstraint("promise_id", "case_id", name=op.f("pk_promise_cases")),
    )
    create_triggers(op.get_bind())
    create_audit_triggers(op.get_bind())


def downgrade() -> None:
    drop_triggers(op.get_bind())
    op.drop_table("promise_cases")
    op.drop_index("ix_worker_grids_area_id", table_name="worker_grids")
    op.drop_table("worker_grids")
    op.drop_table("users")
    op.drop_index("ix_roll_call_answers_department_id_answered_at", table_name="roll_call_answers")
    op.drop_table("roll_call_answers")
    op.drop_index(
        "ix_promises_open_due_at",
        table_name="promises",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index("ix_promises_department_id_due_at", table_name="promises")
    op.drop_table("promises")
    op.drop_index(
        "ix_cases_voided_at",
        table_name="cases",
        sqlite_where=sa.text("voided_at IS NOT NULL"),
        postgresql_where=sa.text("voided_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_urgent",
        table_name="cases",
        sqlite_where=sa.text("is_urgent"),
        postgresql_where=sa.text("is_urgent"),
    )
    op.drop_index(
        "ix_cases_typical",
        table_name="cases",
        sqlite_where=sa.text("is_typical"),
        postgresql_where=sa.text("is_typical"),
    )
    op.drop_index(
        "ix_cases_supervise_level",
        table_name="cases",
        sqlite_where=sa.text("supervise_level > 0"),
        postgresql_where=sa.text("supervise_level > 0"),
    )
    op.drop_index(
        "ix_cases_running_deadline_at",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL AND voided_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND voided_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_reworked",
        table_name="cases",
        sqlite_where=sa.text("cycle_no > 1"),
        postgresql_where=sa.text("cycle_no > 1"),
    )
    op.drop_index(
        "ix_cases_reporter_phone",
        table_name="cases",
        sqlite_where=sa.text("reporter_phone IS NOT NULL"),
        postgresql_where=sa.text("reporter_phone IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_repeat_of_case_id",
        table_name="cases",
        sqlite_where=sa.text("repeat_of_case_id IS NOT NULL"),
        postgresql_where=sa.text("repeat_of_case_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_cases_handled_at",
        table_name="cases",
        sqlite_where=sa.text("handled_at IS NOT NULL"),
        postgresql_where=sa.text("handled_at IS NOT NULL"),
    )
    op.drop_index("ix_cases_deadline_at", table_name="cases")
    op.drop_index(
        "ix_cases_closed_at",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.drop_index("ix_cases_category_id_department_id", table_name="cases")
    op.drop_index("ix_cases_category_id_accepted_at", table_name="cases")
    op.drop_index("ix_cases_area_id_accepted_at", table_name="cases")
    op.drop_index("ix_cases_accepted_at", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_workers_area_id", table_name="workers")
    op.drop_table("workers")
    op.drop_index("ix_survey_answers_wave_id_area_id", table_name="survey_answers")
    op.drop_table("survey_answers")
    op.drop_table("screens")
    op.drop_index("ix_limit_rules_category_id", table_name="limit_rules")
    op.drop_table("limit_rules")
    op.drop_table("departments")
    op.drop_table("campaign_targets")
    op.drop_index("ix_campaign_progress_campaign_id_at", table_name="campaign_progress")
    op.drop_table("campaign_progress")
    op.drop_index("ix_whistle_calls_called_at", table_name="whistle_calls")
    op.drop_table("whistle_calls")
    op.drop_index("ix_visits_due_at", table_name="visits")
    op.drop_index("ix_visits_area_id_visited_at", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_visit_subjects_next_due_at", table_name="visit_subjects")
    op.drop_index("ix_visit_subjects_area_id", table_name="visit_subjects")
    op.drop_table("visit_subjects")
    op.drop_table("visit_classes")
    op.drop_table("survey_waves")
    op.drop_table("survey_sums")
    op.drop_index(
        "ix_supervisions_open_reply_due_at",
        table_name="supervisions",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index("ix_supervisions_case_id", table_name="supervisions")
    op.drop_table("supervisions")
    op.drop_index("ix_statistic_openings_area_id", table_name="statistic_openings")
    op.drop_table("statistic_openings")
    op.drop_table("sources")
    op.drop_index("ix_shifts_worker_id_starts_at", table_name="shifts")
    op.drop_index("ix_shifts_starts_at", table_name="shifts")
    op.drop_table("shifts")
    op.drop_table("screen_tokens")
    op.drop_table("rollup_state")
    op.drop_index("ix_rollup_field_period", table_name="rollup_field")
    op.drop_table("rollup_field")
    op.drop_table("rollup_cohort")
    op.drop_table("rollup_break")
    op.drop_index("ix_rollup_area_period", table_name="rollup_area")
    op.drop_table("rollup_area")
    op.drop_index("ix_rejects_batch_id", table_name="rejects")
    op.drop_table("rejects")
    op.drop_index("ix_patrols_area_id_started_at", table_name="patrols")
    op.drop_table("patrols")
    op.drop_index("ix_notices_case_id", table_name="notices")
    op.drop_table("notices")
    op.drop_table("notice_numbers")
    op.drop_index("ix_leaves_ends_at", table_name="leaves")
    op.drop_table("leaves")
    op.drop_table("kpi_thresholds")
    op.drop_table("job_runs")
    op.drop_table("job_marks")
    op.drop_table("ingest_batches")
    op.drop_index(
        "ix_grid_tasks_open_due_at",
        table_name="grid_tasks",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_index("ix_grid_tasks_case_id", table_name="grid_tasks")
    op.drop_index("ix_grid_tasks_area_id_issued_at", table_name="grid_tasks")
    op.drop_table("grid_tasks")
    op.drop_table("grid_completeness")
    op.drop_table("field_changes")
    op.drop_table("feed_cursors")
    op.drop_index("ix_duty_officers_ends_at", table_name="duty_officers")
    op.drop_table("duty_officers")
    op.drop_table("duty_now")
    op.drop_table("duty_history")
    op.drop_index("ix_deadline_changes_case_id", table_name="deadline_changes")
    op.drop_table("deadline_changes")
    op.drop_table("closing_days")
    op.drop_index("ix_check_ins_worker_id_at", table_name="check_ins")
    op.drop_table("check_ins")
    op.drop_table("change_log")
    op.drop_table("categories")
    op.drop_table("case_suspensions")
    op.drop_index("ix_case_remarks_case_id_kind", table_name="case_remarks")
    op.drop_table("case_remarks")
    op.drop_index("ix_case_rechecks_case_id", table_name="case_rechecks")
    op.drop_table("case_rechecks")
    op.drop_index("ix_case_history_changed_at", table_name="case_history")
    op.drop_index("ix_case_history_case_id", table_name="case_history")
    op.drop_table("case_history")
    op.drop_index("ix_case_findings_kind", table_name="case_findings")
    op.drop_table("case_findings")
    op.drop_table("case_extensions")
    op.drop_index(
        "ix_case_events_counted",
        table_name="case_events",
        sqlite_where=sa.text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
        postgresql_where=sa.text("to_state IN ('dispatched', 'returned_unit', 'checking')"),
    )
    op.drop_table("case_events")
    op.drop_table("case_cycles")
    op.drop_index(
        "ix_case_applied_next_at",
        table_name="case_applied",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_index("ix_case_applied_area_id", table_name="case_applied")
    op.drop_table("case_applied")
    op.drop_table("campaigns")
    op.drop_index("ix_callbacks_visited_at", table_name="callbacks")
    op.drop_index("ix_callbacks_case_id", table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_table("calendar_years")
    op.drop_table("calendar_days")
    op.drop_index("ix_audit_log_case_id", table_name="audit_log")
    op.drop_index("ix_audit_log_acted_at", table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index("ix_areas_parent_id", table_name="areas")
    op.drop_table("areas")
    op.drop_index("ix_area_paths_first_order", table_name="area_paths")
    op.drop_table("area_paths")
    _drop_functions()


def _drop_functions() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    functions = bind.exec_driver_sql(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = current_schema() AND p.proname LIKE 'log\\_%%'"
    ).scalars()
    for function in list(functions):
        bind.exec_driver_sql(f"DROP FUNCTION {function}() CASCADE")
