"""What a case list can be cut by: categories, sources, departments and police grids as choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from data_access.tables import areas, categories, departments, sources

Choices = list[tuple[str, str]]


def read_choices(connection: Connection, *, english: bool = False) -> Mapping[str, Choices]:
    """(code, name) of every category, source, department and police grid, by name of the dimension.

    Categories in the order of their codes, a 小类 after its 大类 and with a wide space before it.
    """
    return {
        "category": _categories(connection, english),
        "source": _members(connection, sources, english),
        "department": _members(connection, departments, english),
        "police": _members(connection, areas, english, areas.c.hierarchy == "police"),
    }


def _members(
    connection: Connection, table: Table, english: bool, *conditions: ColumnElement[bool]
) -> Choices:
    query = select(table.c.code, table.c.name_zh, table.c.name_en).where(*conditions)
    query = query.order_by(table.c.code)
    return [(row.code, _name(row, english)) for row in connection.execute(query)]


def _categories(connection: Connection, english: bool) -> Choices:
    own = categories
    query = select(own.c.category_id, own.c.parent_id, own.c.code, own.c.name_zh, own.c.name_en)
    rows = list(connection.execute(query.order_by(own.c.code)))
    known = {row.category_id for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        parent = row.parent_id if row.parent_id in known else None
        below.setdefault(parent, []).append(row)
    found: Choices = []
    _descend(below, None, 0, english, found)
    return found


def _descend(
    below: Mapping[int | None, list[Any]],
    parent: int | None,
    depth: int,
    english: bool,
    found: Choices,
) -> None:
    """Append what hangs below ``parent``; members of a circle of parents are never reached."""
    for row in below.get(parent, ()):
        found.append((row.code, "\u3000" * depth + _name(row, english)))
        _descend(below, row.category_id, depth + 1, english, found)


def _name(row: Any, english: bool) -> str:
    return str((english and row.name_en) or row.name_zh)
