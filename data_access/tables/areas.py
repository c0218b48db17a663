"""Area tree, departments, categories, sources and the statutory calendar."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from data_access.tables.registry import flag, instant, metadata, required, text

areas = Table(
    "areas",
    metadata,
    Column("area_id", Integer, primary_key=True),
    required("code", String(40), unique=True),  # text: leading zeros, letters and city patterns
    Column("parent_id", Integer, ForeignKey("areas.area_id")),
    required("hierarchy", String(16), server_default="main"),  # main | police (警格), never mixed
    required("level", String(16)),  # city district street community estate grid police_grid
    required("depth", Integer),  # 0 at the root; depth varies between branches (小区 is optional)
    # general 综合网格, dedicated 专属网格, functional 功能区, unlocated 未定位
    required("kind", String(16), server_default="general"),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successor_id", Integer, ForeignKey("areas.area_id")),
    Column("police_area_id", Integer, ForeignKey("areas.area_id")),  # 警网融合: this grid's 警格
    Column("sort_order", Integer),
    text("polygon"),  # GeoJSON geometry, WGS-84; NULL: not drawn
    Column("longitude", Float),
    Column("latitude", Float),
    Column("households", Integer),  # 户
    Column("residents", Integer),  # 人
    Column("houses", Integer),
    Column("shops", Integer),
    Column("structures", Integer),  # 地上物
    Column("marshals", Integer),  # 治安户长
    Column("group_members", Integer),  # 入群居民
    Column("has_station", Integer),  # 网格服务站
    CheckConstraint("depth >= 0", name="depth"),
    Index("ix_areas_parent_id", "parent_id"),
)

# Written by the rollup job: where each area stood in the tree when its cases were last applied.
# Depth-first numbers make a subtree one contiguous range.
area_paths = Table(
    "area_paths",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    required("path", String(200)),  # ids from the root to the area itself: "1/4/17"
    required("depth", Integer),
    required("is_leaf", Integer),
    required("first_order", Integer),
    required("last_order", Integer),
    Index("ix_area_paths_first_order", "first_order"),
)

departments = Table(
    "departments",
    metadata,
    Column("department_id", Integer, primary_key=True),
    required("code", String(40), unique=True),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    required("kind", String(16), server_default="department"),  # department 部门, territory 属地
    Column("area_id", Integer, ForeignKey("areas.area_id")),
    text("duty_phone"),
)

categories = Table(
    "categories",
    metadata,
    Column("category_id", Integer, primary_key=True),
    required("code", String(60), unique=True),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    Column("parent_id", Integer, ForeignKey("categories.category_id")),
    # In its own unit: urgent_hour 紧急工作时, work_hour 工作时, work_day 工作日,
    # natural_day 自然日
    Column("limit_kind", String(16)),
    Column("limit_amount", Float),
    flag("is_public_security"),  # 治安案件
    flag("is_mediation"),  # 矛盾调解
    flag("must_attend"),  # 五必到
)

sources = Table(
    "sources",
    metadata,
    Column("source_id", Integer, primary_key=True),
    required("code", String(40), unique=True),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    flag("is_proactive"),  # found by workers, video or sensors rather than reported by the public
    Column("interval_seconds", Integer),  # the promise: how often it delivers; NULL: no promise
    instant("last_ingested_at"),
    instant("last_failed_at"),
    text("failure"),
    Column("rows_total", BigInteger),
)

# Editable: statutory holidays 法定节假日 and make-up working days 调休.
calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    required("is_working_day", Integer),
    Column("name", Text),
    Column("origin", String(40)),
)
