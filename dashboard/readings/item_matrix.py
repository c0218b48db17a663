"""Departments × items 部门 × 事项: what is open and overdue, and what nobody has moved lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from dashboard.readings.board_parts import name_of
from dashboard.readings.totals import Aim
from dashboard.readings.unit_league import agenda
from dashboard.readings.unit_totals import EVERYBODY, NOBODY
from dashboard.settings import Settings
from dashboard.words import word
from data_access.item_matrix import ItemCell, read_category_rows, read_item_cells
from data_access.slices import NO_DEPARTMENT
from data_access.types import to_epoch_ms


@dataclass
class _Cell:
    open_cases: int = 0
    overdue: int = 0
    moved_at: datetime | None = None

    def add(self, more: ItemCell) -> None:
        self.open_cases += more.open_cases
        self.overdue += more.overdue
        if more.moved_at is not None and (self.moved_at is None or more.moved_at > self.moved_at):
            self.moved_at = more.moved_at


def item_matrix(
    connection: Connection, aim: Aim, units: Sequence[Any], settings: Settings, lang: str, *,
    item: str,
) -> dict[str, Any]:  # fmt: skip
    """The matrix of an area: ``items`` as columns (the top categories, or those right below the one
    with code ``item``), ``rows`` of departments with a cell for each, ``total`` below.

    A cell: ``open`` (在办, without suspended), ``overdue``, ``moved_ms``, and ``is_stale``: there
    are open cases, and none of its cases has moved within ``item_update_days``.
    """
    stale_before = aim.as_of - timedelta(days=settings.item_update_days)
    categories = read_category_rows(connection)
    chosen = next((row for row in categories if item and row.code == item), None)
    columns = _columns(categories, chosen)
    # Where a category has others below it, what hangs on itself alone has a column, if anything.
    direct = chosen.category_id if chosen is not None and len(columns) > 1 else None
    cells = _cells(
        read_item_cells(connection, aim.area, aim.as_of, stale_before),
        _column_of(categories, columns),
    )
    if direct is not None and not cells.get((EVERYBODY, direct), _Cell()).open_cases:
        columns = columns[:-1]
    known = [(row.department_id, row.code, name_of(row, lang)) for row in agenda(units)]
    known.append((NOBODY, NO_DEPARTMENT, word("overdue.no_department", lang)))
    used = {unit for (unit, _), cell in cells.items() if cell.open_cases}

    def line(unit: int) -> list[dict[str, Any]]:
        return [_shown(cells.get((unit, row.category_id)), stale_before) for row in columns]

    return {
        "item": None if chosen is None else {"code": chosen.code, "name": name_of(chosen, lang)},
        "days": settings.item_update_days,
        "items": [_item(row, categories, lang, is_direct=row.category_id == direct)
                  for row in columns],
        "rows": [{"code": code, "name": name, "cells": line(unit)}
                 for unit, code, name in known if unit in used],
        "idle": sum(unit not in used for unit, _, _ in known[:-1]),
        "total": line(EVERYBODY),
    }  # fmt: skip


def _cells(found: Iterable[ItemCell], column_of: Mapping[int, int]) -> dict[tuple[int, int], _Cell]:
    """(department, column) → its cell; under EVERYBODY those of all departments together."""
    cells: dict[tuple[int, int], _Cell] = {}
    for one in found:
        column = column_of.get(one.category_id)
        if column is not None:
            for unit in (one.department_id, EVERYBODY):
                cells.setdefault((unit, column), _Cell()).add(one)
    return cells


def _item(row: Any, categories: Sequence[Any], lang: str, *, is_direct: bool) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": name_of(row, lang),
        "has_more": not is_direct and _has_more(categories, row),
        "is_direct": is_direct,
    }


def _columns(categories: Sequence[Any], chosen: Any | None) -> list[Any]:
    """Below a category its children, and the category itself for what hangs on it alone."""
    parent = None if chosen is None else chosen.category_id
    known = {row.category_id for row in categories}
    found = [
        row
        for row in categories
        if (row.parent_id if row.parent_id in known else None) == parent
        and row.category_id != row.parent_id
    ]
    return [*found, chosen] if chosen is not None else found


def _has_more(categories: Iterable[Any], own: Any) -> bool:
    return any(row.parent_id == own.category_id for row in categories)


def _column_of(categories: Sequence[Any], columns: Sequence[Any]) -> Mapping[int, int]:
    """Category id → the column it counts in: the first of its line upwards that is one."""
    own = {row.category_id for row in columns}
    parents = {row.category_id: row.parent_id for row in categories}
    found = {}
    for row in categories:
        at, seen = row.category_id, set[int]()
        while at is not None and at not in own and at not in seen:
            seen.add(at)
            at = parents.get(at)
        if at in own:
            found[row.category_id] = at
    return found


def _shown(cell: _Cell | None, stale_before: datetime) -> dict[str, Any]:
    if cell is None:
        return {"open": 0, "overdue": 0, "moved_ms": None, "is_stale": False}
    moved = cell.moved_at
    return {
        "open": cell.open_cases,
        "overdue": cell.overdue,
        "moved_ms": moved and to_epoch_ms(moved),
        "is_stale": bool(cell.open_cases) and (moved is None or moved < stale_before),
    }
