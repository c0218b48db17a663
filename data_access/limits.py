"""The table of limits 时限表: rules by category and condition, and the categories' own limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from data_access.tables import categories, limit_rules

Row = dict[str, Any]


def read_limit_rules(connection: Connection) -> list[Row]:
    """Every rule ever entered, oldest first."""
    query = select(limit_rules).order_by(limit_rules.c.rule_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def save_limit_rules(connection: Connection, rules: Sequence[Row]) -> None:
    """Append rules; none is ever changed, because cases were dispatched by it."""
    if rules:
        connection.execute(insert(limit_rules), list(rules))


def read_category_limits(connection: Connection) -> list[Row]:
    """category_id, parent_id, limit_kind and limit_amount of every category."""
    query = select(
        categories.c.category_id,
        categories.c.parent_id,
        categories.c.limit_kind,
        categories.c.limit_amount,
    )
    return [dict(row) for row in connection.execute(query).mappings()]
