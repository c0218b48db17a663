"""Workers, duty, patrols and visits; users."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from data_access.tables.registry import flag, instant, metadata, required, text
from data_access.types import BigKey

workers = Table(
    "workers",
    metadata,
    Column("worker_id", Integer, primary_key=True),
    required("code", String(40), unique=True),
    required("name", String(60)),
    text("phone"),
    required(
        "role", String(20)
    ),  # grid_worker 网格员, grid_head 网格长, inspector, police, legal, mediator
    flag("is_full_time"),  # 专职; a part-time worker has no shift
    Column("area_id", Integer, ForeignKey("areas.area_id"), nullable=False),
    Column("active_from", Date),
    Column("active_to", Date),
    text("device"),
    instant("last_seen_at"),  # newest heartbeat, check-in or action
    Index("ix_workers_area_id", "area_id"),
)

# Who serves which grid, in which role (一长多员), since when.
worker_grids = Table(
    "worker_grids",
    metadata,
    Column("worker_id", Integer, ForeignKey("workers.worker_id"), primary_key=True),
    Column("area_id", Integer, ForeignKey("areas.area_id"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Index("ix_worker_grids_area_id", "area_id"),
)

shifts = Table(
    "shifts",
    metadata,
    Column("shift_id", BigKey, primary_key=True),
    Column("worker_id", Integer, nullable=False),
    Column("area_id", Integer, nullable=False),  # the grid that is to be covered
    instant("starts_at", nullable=False),
    instant("ends_at", nullable=False),
    instant("checked_in_at"),  # first evidence of work in the shift
    Index("ix_shifts_starts_at", "starts_at"),
    Index("ix_shifts_worker_id_starts_at", "worker_id", "starts_at"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("check_in_id", BigKey, primary_key=True),
    Column("worker_id", Integer, nullable=False),
    required("kind", String(16)),  # check_in 签到, action 办理, patrol 巡查, visit 走访, heartbeat
    instant("at", nullable=False),
    Column("longitude", Float),
    Column("latitude", Float),
    Column("accuracy_metres", Float),
    Index("ix_check_ins_worker_id_at", "worker_id", "at"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("leave_id", BigKey, primary_key=True),
    Column("worker_id", Integer, nullable=False),
    required("kind", String(16)),  # leave 请假, field 外勤/公出
    instant("starts_at", nullable=False),
    instant("ends_at", nullable=False),
    text("approver"),
    Index("ix_leaves_ends_at", "ends_at"),
)

patrols = Table(
    "patrols",
    metadata,
    Column("patrol_id", BigKey, primary_key=True),
    Column("worker_id", Integer, nullable=False),
    Column("area_id", Integer, nullable=False),
    instant("started_at", nullable=False),
    instant("ended_at"),
    Column("checkpoints", SmallInteger),
    Column("checkpoints_done", SmallInteger),
    Index("ix_patrols_area_id_started_at", "area_id", "started_at"),
)

# 三必访: how often each class of household is to be visited.
visit_classes = Table(
    "visit_classes",
    metadata,
    Column("visit_class", String(16), primary_key=True),  # yearly quarterly monthly
    required("name_zh", String(60)),
    required("interval_days", Integer),
    required("grace_days", Integer),
)

visit_subjects = Table(
    "visit_subjects",
    metadata,
    Column("subject_id", BigKey, primary_key=True),
    Column("area_id", Integer, nullable=False),
    required("visit_class", String(16)),
    required("label", String(60)),  # masked: a house number or initials, never a full name
    instant("last_visited_at"),
    instant("next_due_at"),
    Index("ix_visit_subjects_area_id", "area_id"),
    Index("ix_visit_subjects_next_due_at", "next_due_at"),
)

visits = Table(
    "visits",
    metadata,
    Column("visit_id", BigKey, primary_key=True),
    Column("worker_id", Integer, nullable=False),
    Column("area_id", Integer, nullable=False),
    Column("subject_id", BigKey),
    required("visit_class", String(16)),
    instant("visited_at", nullable=False),
    instant("due_at"),  # the due date this visit answered; NULL: none was set
    Column("minutes", SmallInteger),
    Index("ix_visits_area_id_visited_at", "area_id", "visited_at"),
    Index("ix_visits_due_at", "due_at"),
)

_DUTY_COUNTS = (
    "rostered",
    "on_duty",
    "in_field",
    "on_leave",
    "absent",
    "grids_required",
    "grids_covered",
)

# Written by the duty job for every area: who is on duty at computed_at.
duty_now = Table(
    "duty_now",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    *(required(name, Integer, server_default="0") for name in _DUTY_COUNTS),
    required("workers_active", Integer, server_default="0"),
    required("grids_total", Integer, server_default="0"),
    required("grids_staffed", Integer, server_default="0"),
    instant("computed_at", nullable=False),
)

# The same every half hour for the upper levels, for trends.
duty_history = Table(
    "duty_history",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("slot_at", duty_now.c.computed_at.type, primary_key=True),
    *(required(name, Integer, server_default="0") for name in _DUTY_COUNTS),
)

# 今日值班: who sits in an area's centre 综治中心 for a unit, and whether they came.
duty_officers = Table(
    "duty_officers",
    metadata,
    Column("officer_id", BigKey, primary_key=True),
    Column("area_id", Integer, nullable=False),  # whose centre it is
    required("unit", String(120)),  # as delivered: a court need not be one of the departments
    Column("department_id", Integer),
    required("name", String(60)),
    text("phone"),
    required("post", String(16)),  # resident 常驻, rotating 轮值, leader 带班领导
    instant("starts_at", nullable=False),
    instant("ends_at", nullable=False),
    instant("arrived_at"),  # 到位; NULL: not seen yet
    CheckConstraint("post IN ('resident', 'rotating', 'leader')", name="post"),
    CheckConstraint("ends_at > starts_at", name="order"),
    UniqueConstraint("area_id", "unit", "name", "starts_at"),
    Index("ix_duty_officers_ends_at", "ends_at"),
)

users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    required("login", String(60), unique=True),
    required("display_name", String(120)),
    text("password_digest"),
    required("role", String(20)),
    Column("scope_area_id", Integer, ForeignKey("areas.area_id")),
    Column("scope_department_id", Integer, ForeignKey("departments.department_id")),
    instant("created_at", nullable=False),
    instant("disabled_at"),
)
