"""All departments side by side 责任单位横向: sums of every member of an area in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from data_access.break_reads import SUMS, sum_arms
from data_access.rollup_reads import AreaRow, Measures, Ranges, is_below
from data_access.tables import area_paths, cases, departments, whistle_calls
from data_access.types import epoch_ms

# The plus bars the index by area: SQLite would look through all cases of all areas.
_AREA = literal_column("+cases.area_id", Integer)


def read_every_member_sums(
    connection: Connection, area_id: int, dimension: str, parts: Mapping[str, Ranges]
) -> dict[tuple[int, str], Measures]:
    """(member id, part) → measures of every member that has rows, as break_reads.read_member_sums;
    member 0: of the cases without one. One statement whatever the number of members."""
    arms = [
        f"SELECT '{name}', x.member_id, {SUMS} FROM rollup_break x"
        " WHERE x.area_id = :area AND x.dimension = :dimension"
        f" AND x.period BETWEEN {int(low)} AND {int(high)} GROUP BY x.member_id"
        for name, ranges in parts.items()
        for low, high in ranges
    ]
    return sum_arms(connection, arms, area_id, dimension)


def read_late_cohort_by_department(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    closed_from: datetime,
    as_of: datetime,
) -> dict[int, int]:
    """Cases accepted in [start, end) and closed on ``closed_from`` or later, by department; 0: of
    nobody."""
    member = func.coalesce(cases.c.department_id, literal_column("0"))
    rows = connection.execute(
        select(member, func.count())
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(
            is_below(area),
            cases.c.accepted_at >= start,
            cases.c.accepted_at < end,
            cases.c.closed_at >= closed_from,
            cases.c.closed_at <= as_of,
            cases.c.voided_at.is_(None),
        )
        .group_by(member)
    )
    return {row[0]: int(row[1]) for row in rows}


def read_departments(connection: Connection) -> list[Any]:
    """Every department: id, code, names and kind (``department`` 部门, ``territory`` 属地), in the
    order of the codes."""
    table = departments
    query = select(
        table.c.department_id, table.c.code, table.c.name_zh, table.c.name_en, table.c.kind
    ).order_by(table.c.code)
    return list(connection.execute(query))


def read_whistles_by_department(
    connection: Connection, area: AreaRow, start: datetime, end: datetime, as_of: datetime
) -> dict[int, dict[str, int]]:
    """Department → its whistle calls 吹哨 of [start, end) below an area.

    ``called``: whose limit has run out or that were answered by ``as_of``; ``in_time`` and ``late``
    of these; ``waiting``: not answered and still in time; ``arrived`` and ``waited_ms``: how many
    came and how long all of them took together.
    """
    table = whistle_calls
    answered = and_(table.c.arrived_at.is_not(None), table.c.arrived_at <= as_of)
    in_time = and_(answered, table.c.arrived_at <= table.c.due_at)
    counted = or_(answered, table.c.due_at < as_of)
    took = epoch_ms(table.c.arrived_at) - epoch_ms(table.c.called_at)
    rows = connection.execute(
        select(
            table.c.department_id,
            func.sum(case((counted, 1), else_=0)),
            func.sum(case((in_time, 1), else_=0)),
            func.count(),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((answered, took), else_=0)),
        )
        .join(area_paths, area_paths.c.area_id == table.c.area_id)
        .where(
            is_below(area),
            table.c.called_at >= start,
            table.c.called_at < end,
            table.c.called_at <= as_of,
        )
        .group_by(table.c.department_id)
    )
    found = {}
    for unit, called, on_time, everything, arrived, waited in rows:
        found[unit] = {
            "called": int(called),
            "in_time": int(on_time),
            "late": int(called) - int(on_time),
            "waiting": int(everything) - int(called),
            "arrived": int(arrived),
            "waited_ms": int(waited),
        }
    return found
