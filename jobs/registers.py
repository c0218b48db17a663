"""The registers 台账 a city delivers as plain tables: their columns and how rows are kept.

``duty`` 今日值班: officers in the centres 综治中心; a row is known by area, unit, name and start.
``completeness`` 四必清: how many required fields of a grid are filled; known by grid and group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from data_access.completeness import FIELD_GROUPS
from data_access.ingest import Row, longest
from data_access.tables import departments, duty_officers, grid_completeness
from jobs.ingest.directory import Directory
from jobs.register_files import Columns, RegisterRow

Judge = Callable[[RegisterRow, Directory, ZoneInfo], Row]


@dataclass(frozen=True, kw_only=True)
class Register:
    """One kind of file: its table, the key of a row, its columns and how a row is judged."""

    table: Table
    key: tuple[str, ...]
    columns: Columns
    needed: Sequence[str]
    judge: Judge  # what is wrong is said on the row
    kept: tuple[str, ...] = ()  # columns that a blank cell leaves as they are


def area_of(row: RegisterRow, directory: Directory) -> int | None:
    """The area a row names by code or unique name; None after saying what is wrong."""
    named = row.text("area", needed=True)
    if not named:
        return None
    found = directory.find_area(named)
    if found is None and directory.is_ambiguous(named):
        row.refuse("area", f"several areas are called {named!r}: give the code", "unclear area")
    elif found is None:
        row.refuse("area", f"unknown area {named!r}", "unknown area")
    return found


_POSTS: Final = {
    "常驻": "resident", "轮值": "rotating", "带班领导": "leader", "带班": "leader",
    "resident": "resident", "rotating": "rotating", "leader": "leader",
}  # fmt: skip
_LONGEST_DUTY: Final = 14  # days


def _officer(row: RegisterRow, directory: Directory, zone: ZoneInfo) -> Row:
    unit = row.text("unit", most=longest(duty_officers.c.unit), needed=True)
    starts = row.moment("starts_at", zone, needed=True)
    ends = row.moment("ends_at", zone, needed=True)
    if starts and ends and not starts < ends:
        row.refuse("ends_at", "does not lie after the start", "wrong order")
    elif starts and ends and (ends - starts).days > _LONGEST_DUTY:
        row.refuse("ends_at", f"is more than {_LONGEST_DUTY} days after the start", "too long")
    arrived = row.moment("arrived_at", zone)
    if arrived and ends and arrived > ends:
        row.refuse("arrived_at", "lies after the end of the duty", "wrong order")
    return {
        "area_id": area_of(row, directory),
        "unit": unit,
        "department_id": directory.find(departments, unit) if unit else None,
        "name": row.text("name", most=longest(duty_officers.c.name), needed=True),
        "phone": row.text("phone", most=40) or None,
        "post": row.choice("post", _POSTS),
        "starts_at": starts,
        "ends_at": ends,
        "arrived_at": arrived,
    }


_OFFICERS: Final = Register(
    table=duty_officers,
    key=("area_id", "unit", "name", "starts_at"),
    columns={
        "area": ("区域", "中心", "area"),
        "unit": ("部门", "单位", "unit"),
        "name": ("姓名", "name"),
        "phone": ("电话", "手机", "phone"),
        "post": ("类型", "值班类型", "post"),
        "starts_at": ("开始", "开始时间", "starts_at"),
        "ends_at": ("结束", "结束时间", "ends_at"),
        "arrived_at": ("到位时间", "到位", "arrived_at"),
    },
    needed=("area", "unit", "name", "post", "starts_at", "ends_at"),
    judge=_officer,
    kept=("phone", "arrived_at"),
)

_GROUPS: Final = {
    "家庭情况": "family", "人员类别": "people", "区域设施": "facilities", "隐患矛盾": "risks",
    **{name: name for name in FIELD_GROUPS},
}  # fmt: skip


def _completeness(row: RegisterRow, directory: Directory, zone: ZoneInfo) -> Row:
    area_id = area_of(row, directory)
    if area_id is not None and directory.areas[area_id].children:
        row.refuse("area", "is no grid", "no grid")
    required, filled = row.count("required"), row.count("filled")
    if required is not None and filled is not None and filled > required:
        row.refuse("filled", "is more than is required", "wrong order")
    return {
        "area_id": area_id,
        "field_group": row.choice("field_group", _GROUPS),
        "required": required,
        "filled": filled,
        "updated_at": row.moment("updated_at", zone, needed=True),
    }


_COMPLETENESS: Final = Register(
    table=grid_completeness,
    key=("area_id", "field_group"),
    columns={
        "area": ("网格", "区域", "grid"),
        "field_group": ("类别", "四必清", "field_group"),
        "required": ("应填", "必填项", "required"),
        "filled": ("已填", "已填项", "filled"),
        "updated_at": ("更新时间", "updated_at"),
    },
    needed=("area", "field_group", "required", "filled", "updated_at"),
    judge=_completeness,
)

REGISTERS: Final[Mapping[str, Register]] = MappingProxyType(
    {"duty": _OFFICERS, "completeness": _COMPLETENESS}
)
