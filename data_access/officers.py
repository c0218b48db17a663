"""Officers of the day 今日值班: who is on duty in the centres of an area and of those below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from data_access.rollup_reads import AreaRow
from data_access.tables import area_paths, departments, duty_officers

_POSTS = ("leader", "resident", "rotating")


def _not_over(now: datetime, until: datetime) -> ColumnElement[bool]:
    """On duty now or beginning before ``until``."""
    return and_(duty_officers.c.ends_at > now, duty_officers.c.starts_at < until)


def read_officers(
    connection: Connection, line: Sequence[int], now: datetime, until: datetime
) -> tuple[int | None, list[Any]]:
    """(area, officers) of the nearest centre on a line of areas (ids from the root down) that has
    anybody on duty now or before ``until``; (None, []) where none has. Leaders come first."""
    order = case({name: place for place, name in enumerate(_POSTS)}, value=duty_officers.c.post)
    rows = connection.execute(
        select(duty_officers, departments.c.name_en.label("unit_en"))
        .outerjoin(departments, departments.c.department_id == duty_officers.c.department_id)
        .where(duty_officers.c.area_id.in_(line), _not_over(now, until))
        .order_by(order, duty_officers.c.starts_at, duty_officers.c.unit, duty_officers.c.name)
    ).all()
    known = {row.area_id for row in rows}
    nearest = next((one for one in reversed(line) if one in known), None)
    return nearest, [row for row in rows if row.area_id == nearest]


def read_officer_counts(
    connection: Connection, children: Sequence[AreaRow], now: datetime
) -> dict[int, tuple[int, int]]:
    """Child area → (officers on duty now in the centres of it and below, those who have come)."""
    if not children:
        return {}
    top, own = area_paths.alias("top"), area_paths.alias("own")
    there = case((duty_officers.c.arrived_at <= now, 1), else_=0)
    rows = connection.execute(
        select(top.c.area_id, func.count(), func.sum(there))
        .select_from(top)
        .join(own, own.c.first_order.between(top.c.first_order, top.c.last_order))
        .join(duty_officers, duty_officers.c.area_id == own.c.area_id)
        .where(
            top.c.area_id.in_([one.area_id for one in children]),
            duty_officers.c.starts_at <= now,
            duty_officers.c.ends_at > now,
        )
        .group_by(top.c.area_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}
