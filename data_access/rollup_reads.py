"""Reading the rollups: sums over period ranges, day series, break-downs, one value a leaf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import add
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    SmallInteger,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)

from data_access.measures import DIMENSIONS, MEASURES
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import (
    area_paths,
    areas,
    cases,
    categories,
    departments,
    rollup_area,
    rollup_cohort,
    sources,
)
from data_access.types import is_storable

Ranges = Sequence[tuple[int, int]]
Measures = Mapping[str, int]

_SUMS = ", ".join(f"sum(x.{name})" for name in MEASURES)
MEMBERS = {
    "category": (categories, "category_id"),
    "source": (sources, "source_id"),
    "department": (departments, "department_id"),
}


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """An area as readings need it; ``line`` are the ids from the root to it."""

    area_id: int
    parent_id: int | None
    code: str
    level: str
    kind: str
    name_zh: str
    name_en: str | None
    line: tuple[int, ...]
    is_leaf: bool
    first_order: int
    last_order: int

    @property
    def depth(self) -> int:
        return len(self.line) - 1


def is_below(area: AreaRow) -> ColumnElement[bool]:
    """The condition on ``area_paths`` for the area itself and everything below it."""
    return area_paths.c.first_order.between(area.first_order, area.last_order)


def _area_query() -> Any:
    return select(
        areas.c.area_id,
        areas.c.parent_id,
        areas.c.code,
        areas.c.level,
        areas.c.kind,
        areas.c.name_zh,
        areas.c.name_en,
        area_paths.c.path,
        area_paths.c.is_leaf,
        area_paths.c.first_order,
        area_paths.c.last_order,
    ).join(area_paths, area_paths.c.area_id == areas.c.area_id)


def _area_row(row: Any) -> AreaRow:
    return AreaRow(
        area_id=row.area_id,
        parent_id=row.parent_id,
        code=row.code,
        level=row.level,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        line=tuple(int(one) for one in row.path.split("/")),
        is_leaf=bool(row.is_leaf),
        first_order=row.first_order,
        last_order=row.last_order,
    )


def read_area(connection: Connection, code: str) -> AreaRow | None:
    """The area with this code, if it is in the tree as last applied."""
    if not is_storable(code):  # asked for by an address; the driver would take it for a failure
        return None
    row = connection.execute(_area_query().where(areas.c.code == code)).one_or_none()
    return None if row is None else _area_row(row)


def read_root(connection: Connection) -> AreaRow | None:
    """The top of the tree; None for an empty store."""
    row = connection.execute(_area_query().where(area_paths.c.first_order == 1)).one_or_none()
    return None if row is None else _area_row(row)


def read_areas(connection: Connection, area_ids: Sequence[int]) -> list[AreaRow]:
    """These areas, from the top down."""
    query = _area_query().where(areas.c.area_id.in_(area_ids))
    rows = [_area_row(row) for row in connection.execute(query)]
    return sorted(rows, key=lambda row: row.depth)


def read_leaves(connection: Connection) -> list[AreaRow]:
    """Every leaf of the tree in display order."""
    query = _area_query().where(area_paths.c.is_leaf == 1).order_by(area_paths.c.first_order)
    return [_area_row(row) for row in connection.execute(query)]


def read_first_period(connection: Connection, area_id: int) -> int | None:
    """The first day (yyyymmdd) on which anything happened below an area; None if nothing did."""
    first: int | None = connection.execute(
        select(func.min(rollup_area.c.period)).where(
            rollup_area.c.area_id == area_id, rollup_area.c.period > 10_000_000
        )
    ).scalar_one()
    return first


def read_years(connection: Connection, area_id: int) -> list[int]:
    """The years in which anything happened below an area, oldest first."""
    rows = connection.execute(
        select(rollup_area.c.period)
        .where(rollup_area.c.area_id == area_id, rollup_area.c.period.between(1, 9999))
        .order_by(rollup_area.c.period)
    )
    return list(rows.scalars())


def read_children(connection: Connection, area_id: int) -> list[AreaRow]:
    """The children of an area in display order."""
    query = (
        _area_query()
        .where(areas.c.parent_id == area_id, areas.c.hierarchy == "main")
        .order_by(area_paths.c.first_order)
    )
    return [_area_row(row) for row in connection.execute(query)]


def read_sums(
    connection: Connection,
    area_id: int,
    parts: Mapping[str, Ranges],
    *,
    with_children: bool,
    own_parts: Mapping[str, Ranges] | None = None,
) -> dict[tuple[int, str], Measures]:
    """Sums of every measure over each part's period ranges, for an area and maybe its children.

    ``own_parts`` are summed for the area alone. One statement whatever the number of parts. Areas
    without any row in a part are left out.
    """
    family = "SELECT area_id FROM areas WHERE parent_id = :area UNION ALL SELECT :area"
    wanted = f"IN ({family})" if with_children else "= :area"
    arms = _arms(parts, wanted) + _arms(own_parts or {}, "= :area")
    sums: dict[tuple[int, str], list[int]] = {}
    if not arms:
        return {}
    query = text(" UNION ALL ".join(arms)).bindparams(bindparam("area", type_=Integer))
    for part, area, *values in connection.execute(query, {"area": area_id}):
        so_far = sums.get((area, part))
        sums[area, part] = list(map(add, so_far, values)) if so_far else values
    return {key: dict(zip(MEASURES, values, strict=True)) for key, values in sums.items()}


def _arms(parts: Mapping[str, Ranges], wanted: str) -> list[str]:
    """One SELECT a range, with its bounds in the text: both planners then take the primary key and
    touch nothing but the rows of the range. Ranges joined as a table made PostgreSQL read every
    row of the areas."""
    return [
        f"SELECT '{name}', x.area_id, {_SUMS} FROM rollup_area x"
        f" WHERE x.area_id {wanted} AND x.period BETWEEN {int(low)} AND {int(high)}"
        " GROUP BY x.area_id"
        for name, ranges in parts.items()
        for low, high in ranges
    ]


def read_day_series(
    connection: Connection, area_id: int, low: int, high: int
) -> dict[int, Measures]:
    """Measures of every period in [low, high] that has a row: yyyymmdd → measures."""
    columns = [rollup_area.c[name] for name in MEASURES]
    rows = connection.execute(
        select(rollup_area.c.period, *columns).where(
            rollup_area.c.area_id == area_id, rollup_area.c.period.between(low, high)
        )
    )
    return {row[0]: dict(zip(MEASURES, row[1:], strict=True)) for row in rows}


def read_late_cohort(
    connection: Connection,
    area_ids: Sequence[int],
    from_on: int,
    until_on: int,
    closed_from: int,
) -> dict[int, int]:
    """Cases accepted in [from_on, until_on) and closed on ``closed_from`` or later (yyyymmdd), by
    area. From the cohort rollup; only areas of its depth have rows there.
    """
    table = rollup_cohort
    rows = connection.execute(
        select(table.c.area_id, func.sum(table.c.cases))
        .where(
            table.c.area_id.in_(area_ids),
            table.c.accepted_on >= from_on,
            table.c.accepted_on < until_on,
            table.c.closed_on >= closed_from,
        )
        .group_by(table.c.area_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def read_late_cohort_from_cases(
    connection: Connection,
    wanted: Sequence[AreaRow],
    start: datetime,
    end: datetime,
    closed_from: datetime,
    as_of: datetime,
    chosen: Slice = EVERY_CASE,
) -> dict[int, int]:
    """The same counted from the cases, for areas below the cohort rollup and for slices."""
    top, leaf = area_paths.alias("top"), area_paths.alias("leaf")
    below = leaf.c.first_order.between(top.c.first_order, top.c.last_order)
    # Said again with numbers, from which the planner sees how few areas it is about.
    low, high = min(row.first_order for row in wanted), max(row.last_order for row in wanted)
    rows = connection.execute(
        select(top.c.area_id, func.count())
        .select_from(top.join(leaf, below).join(cases, cases.c.area_id == leaf.c.area_id))
        .where(
            top.c.area_id.in_([row.area_id for row in wanted]),
            leaf.c.first_order.between(low, high),
            cases.c.accepted_at >= start,
            cases.c.accepted_at < end,
            cases.c.closed_at >= closed_from,
            cases.c.closed_at <= as_of,
            cases.c.voided_at.is_(None),
            slice_condition(chosen),
        )
        .group_by(top.c.area_id)
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, kw_only=True)
class MemberSums:
    """One member of a break-down; ``overdue`` is its stock now, None where not kept."""

    member_id: int
    accepted: int
    overdue: int | None


def read_break_down(
    connection: Connection, area_id: int, dimension: str, ranges: Ranges
) -> list[MemberSums]:
    """Accepted in the window and overdue now by category, source or department, from the rollup."""
    arm = (
        "SELECT member_id, sum({accepted}), sum({overdue}) FROM rollup_break"
        " WHERE area_id = :area AND dimension = :dimension AND period BETWEEN {low} AND {high}"
        " GROUP BY member_id"
    )
    # One SELECT a range, as in read_sums, and for the same reason.
    arms = [
        arm.format(accepted="accepted", overdue="0", low=low, high=high) for low, high in ranges
    ]
    arms.append(arm.format(accepted="0", overdue="overdue_in - overdue_out", low=0, high=0))
    query = text(" UNION ALL ".join(arms)).bindparams(
        bindparam("area", type_=Integer), bindparam("dimension", type_=SmallInteger)
    )
    sums: dict[int, tuple[int, int]] = {}
    bound = {"area": area_id, "dimension": DIMENSIONS[dimension]}
    for member, accepted, overdue in connection.execute(query, bound):
        before = sums.get(member, (0, 0))
        sums[member] = (before[0] + int(accepted), before[1] + int(overdue))
    return [
        MemberSums(member_id=member, accepted=count, overdue=late)
        for member, (count, late) in sums.items()
    ]


def read_break_downs_from_cases(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    as_of: datetime,
    chosen: Slice = EVERY_CASE,
) -> dict[str, list[MemberSums]]:
    """Accepted in the window, and by ``as_of``, by member of each dimension, counted from the cases
    in one statement: for areas below the break-downs, and for slices."""
    # Not a bound zero: PostgreSQL would take the two for different expressions when grouping.
    members = [func.coalesce(cases.c[key], literal_column("0")) for _, key in MEMBERS.values()]
    rows = connection.execute(
        select(*members, func.count())
        .select_from(cases.join(area_paths, area_paths.c.area_id == cases.c.area_id))
        .where(
            is_below(area),
            cases.c.accepted_at >= start,
            cases.c.accepted_at < end,
            cases.c.accepted_at <= as_of,
            cases.c.voided_at.is_(None),
            slice_condition(chosen),
        )
        .group_by(*members)
    ).all()
    found: dict[str, list[MemberSums]] = {}
    for place, dimension in enumerate(MEMBERS):
        sums: Counter[int] = Counter()
        for row in rows:
            sums[row[place]] += row[-1]
        found[dimension] = [
            MemberSums(member_id=member, accepted=count, overdue=None)
            for member, count in sums.items()
        ]
    return found


def read_member_names(
    connection: Connection, dimension: str
) -> dict[int, tuple[str, str | None, str]]:
    """id → (Chinese name, English name, code) of all categories, sources or departments."""
    table, key = MEMBERS[dimension]
    rows = connection.execute(select(table.c[key], table.c.name_zh, table.c.name_en, table.c.code))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def read_leaf_sums(
    connection: Connection, measures: Sequence[str], ranges: Ranges
) -> dict[int, tuple[int, ...]]:
    """Sums of a few measures for every leaf area over period ranges, where there are rows."""
    table = rollup_area
    spans = [
        table.c.period == low if low == high else table.c.period.between(low, high)
        for low, high in ranges
    ]
    rows = connection.execute(
        select(table.c.area_id, *(func.sum(table.c[name]) for name in measures))
        .select_from(table.join(area_paths, area_paths.c.area_id == table.c.area_id))
        .where(and_(area_paths.c.is_leaf == 1, or_(*spans)))
        .group_by(table.c.area_id)
    )
    return {row[0]: tuple(int(value) for value in row[1:]) for row in rows}
