"""Departments × items 部门 × 事项: open and overdue cases, and when anything last moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Integer, and_, case, func, literal_column, select

from data_access.counted_rows import Span, stock_condition
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, case_events, cases, categories

_AREA: Final = literal_column("+cases.area_id", Integer)
_UNIT: Final = func.coalesce(cases.c.department_id, literal_column("0"))
_MOMENTS: Final = (
    "reported_at", "accepted_at", "filed_at", "dispatched_at", "signed_at", "first_contact_at",
    "arrived_at", "handled_at", "checked_at", "visited_at", "closed_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ItemCell:
    """One department's cases of one category. ``open_cases`` without suspended ones, as 在办量;
    ``moved_at``: the newest moment of any open case, or of one closed lately; None: none is known.
    """

    department_id: int
    category_id: int
    open_cases: int
    overdue: int
    moved_at: datetime | None


def read_item_cells(
    connection: Connection, area: AreaRow, as_of: datetime, closed_from: datetime
) -> list[ItemCell]:
    """Every pair of department (0: nobody) and category with an open case, or with one closed since
    ``closed_from``, below an area. A case moves by a moment of its own or by its log."""
    rows = connection.execute(_stock_query(area, as_of))
    cells: dict[tuple[int, int], dict[str, Any]] = {}
    for unit, item, total, late, *moments in rows:
        cells[unit, item] = {"open": int(total), "overdue": int(late), "moved": _newest(moments)}
    for query in (_log_query(area, as_of), _closed_query(area, as_of, closed_from)):
        for unit, item, moved in connection.execute(query):
            cell = cells.setdefault((unit, item), {"open": 0, "overdue": 0, "moved": None})
            cell["moved"] = _newest([cell["moved"], moved])
    return [
        ItemCell(
            department_id=unit,
            category_id=item,
            open_cases=cell["open"],
            overdue=cell["overdue"],
            moved_at=cell["moved"],
        )
        for (unit, item), cell in cells.items()
    ]


def _newest(moments: list[Any]) -> datetime | None:
    return max((one for one in moments if one is not None), default=None)


def _open_cases(area: AreaRow, as_of: datetime) -> list[Any]:
    return [
        cases.c.closed_at.is_(None),
        cases.c.voided_at.is_(None),
        # Not by the index of acceptance: every case there is was accepted some day.
        func.coalesce(cases.c.accepted_at, None, type_=cases.c.accepted_at.type) <= as_of,
        is_below(area),
    ]


def _stock_query(area: AreaRow, as_of: datetime) -> Any:
    span = Span(start=as_of, end=datetime.max.replace(tzinfo=as_of.tzinfo), as_of=as_of)
    is_open, is_late = stock_condition("open", span), stock_condition("overdue", span)
    newest = [func.max(cases.c[name]) for name in _MOMENTS]
    return (
        select(
            _UNIT,
            cases.c.category_id,
            func.sum(case((is_open, 1), else_=0)),
            func.sum(case((and_(is_open, is_late), 1), else_=0)),
            *newest,
        )
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(*_open_cases(area, as_of))
        .group_by(_UNIT, cases.c.category_id)
    )


def _log_query(area: AreaRow, as_of: datetime) -> Any:
    event = case_events
    # Asked case by case: joined, a planner reads the whole log there is.
    newest = (
        select(func.max(event.c.event_at))
        .where(event.c.case_id == cases.c.case_id, event.c.event_at <= as_of)
        .scalar_subquery()
    )
    return (
        select(_UNIT, cases.c.category_id, func.max(newest, type_=event.c.event_at.type))
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(*_open_cases(area, as_of))
        .group_by(_UNIT, cases.c.category_id)
    )


def _closed_query(area: AreaRow, as_of: datetime, closed_from: datetime) -> Any:
    return (
        select(_UNIT, cases.c.category_id, func.max(cases.c.closed_at))
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(
            cases.c.closed_at >= closed_from,
            cases.c.closed_at <= as_of,
            cases.c.voided_at.is_(None),
            is_below(area),
        )
        .group_by(_UNIT, cases.c.category_id)
    )


def read_category_rows(connection: Connection) -> list[Any]:
    """Every category: id, parent, code and names, in the order of the codes."""
    table = categories
    query = select(
        table.c.category_id, table.c.parent_id, table.c.code, table.c.name_zh, table.c.name_en
    ).order_by(table.c.code)
    return list(connection.execute(query))
