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

# 四必清: of each group of fields about a grid, how many are required and how many are filled.
grid_completeness = Table(
    "grid_completeness",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("field_group", String(16), primary_key=True),  # family people facilities risks
    required("required", Integer),
    required("filled", Integer),
    instant("updated_at", nullable=False),
    CheckConstraint("filled >= 0 AND filled <= required", name="filled"),
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
    # worker 网格员, video 视频, sensor 物联, hotline 热线, public 公众, internal 上级与部门
    required("kind", String(16), server_default="public"),
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

# Whose holiday notice is entered; for any other year the product warns.
calendar_years = Table(
    "calendar_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    flag("is_complete"),  # with the make-up days, not the statutory days alone
    text("document"),  # 国办发明电〔2025〕7号 …
    instant("entered_at"),
    Column("entered_by", String(60)),
)

# 立案条件/结案条件/处置时限: limits by category and condition. The newest rule valid on the day a
# case is dispatched counts; later changes touch new cases only.
limit_rules = Table(
    "limit_rules",
    metadata,
    Column("rule_id", Integer, primary_key=True),
    Column("category_id", Integer, ForeignKey("categories.category_id"), nullable=False),
    required("filing_condition", String(60), server_default=""),  # "": whatever the condition
    text("filing_condition_text"),  # 立案条件
    text("closing_condition_text"),  # 结案条件
    required("limit_kind", String(16)),
    required("limit_amount", Float),
    # instant 即时起算, next_day 次日起算, next_work_day 次工作日起算
    required("start_rule", String(16), server_default="instant"),
    Column("handling_unit", String(120)),
    Column("lead_unit", String(120)),
    Column("valid_from", Date),
    text("document"),
    Index("ix_limit_rules_category_id", "category_id"),
)

# Thresholds of KPIs as the city set them; the newest version in effect counts, and without one the
# catalogue's own. Rows are never changed.
kpi_thresholds = Table(
    "kpi_thresholds",
    metadata,
    Column("kpi_key", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("effective_on", Date, nullable=False),
    required("good", String(24)),  # decimal text, in the KPI's unit: exact
    required("warn", String(24)),
    text("document"),
    text("note"),
    required("entered_by", String(60)),
    instant("entered_at", nullable=False),
)
