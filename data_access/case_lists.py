"""Lists of cases: those behind a number, and the newest overdue ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select, union_all

from data_access.counted_rows import Rows, Span, is_suspended, stock_condition
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import area_paths, areas, cases, categories, departments

_FOREVER = datetime.max.replace(tzinfo=UTC)


def read_case_page(
    connection: Connection,
    area: AreaRow,
    parts: Sequence[Rows],
    *,
    offset: int,
    limit: int,
    chosen: Slice = EVERY_CASE,
) -> tuple[int, list[Any]]:
    """(total, rows) of what counts below an area by any of the parts, newest first.

    A case stands there as often as it counts: one called twice has two valid call-backs.
    """
    counted = union_all(*parts).subquery("counted")
    source: Any = counted.join(cases, cases.c.case_id == counted.c.case_id)
    source = source.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    inside = is_below(area)
    below = and_(inside, slice_condition(chosen))
    total = connection.execute(select(func.count()).select_from(source).where(below)).scalar_one()
    rows = connection.execute(
        listed(source)
        .where(below)
        .order_by(counted.c.at.desc(), cases.c.case_id)
        .offset(offset)
        .limit(limit)
    ).all()
    return int(total), list(rows)


def read_newest_overdue(
    connection: Connection,
    area: AreaRow,
    as_of: datetime,
    *,
    limit: int,
    chosen: Slice = EVERY_CASE,
) -> list[Any]:
    """The open cases that passed their deadline last, newest first."""
    late = cases.c.deadline_at < as_of
    return _read_running(connection, area, as_of, late, newest=True, limit=limit, chosen=chosen)


def read_next_overdue(
    connection: Connection,
    area: AreaRow,
    as_of: datetime,
    until: datetime,
    *,
    limit: int,
    chosen: Slice = EVERY_CASE,
) -> list[Any]:
    """The open cases that will pass their deadline before ``until``, the first to do so first."""
    soon = and_(cases.c.deadline_at >= as_of, cases.c.deadline_at < until)
    return _read_running(connection, area, as_of, soon, newest=False, limit=limit, chosen=chosen)


def _read_running(
    connection: Connection,
    area: AreaRow,
    as_of: datetime,
    due: ColumnElement[bool],
    *,
    newest: bool,
    limit: int,
    chosen: Slice,
) -> list[Any]:
    """Open cases by deadline, suspended and exempt ones aside."""
    order = cases.c.deadline_at.desc() if newest else cases.c.deadline_at
    below = select(area_paths.c.area_id).where(is_below(area))
    found = (
        select(cases.c.case_id)
        .where(
            # The first two are the partial index's own words, which the planner wants to hear.
            cases.c.closed_at.is_(None),
            cases.c.voided_at.is_(None),
            due,
            cases.c.accepted_at <= as_of,
            ~cases.c.timeout_exempt,
            ~is_suspended(Span(start=as_of, end=_FOREVER, as_of=as_of)),
            # The plus bars the index by area: SQLite would look through all cases of all areas.
            literal_column("+cases.area_id").in_(below),
            slice_condition(chosen),
        )
        .order_by(order, cases.c.case_id)
        .limit(limit)
        .subquery()
    )
    source = cases.join(found, found.c.case_id == cases.c.case_id)
    source = source.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    query = listed(source).order_by(order, cases.c.case_id)
    return list(connection.execute(query))


def count_overdue(
    connection: Connection, area: AreaRow, as_of: datetime, *, chosen: Slice = EVERY_CASE
) -> int:
    """How many open cases are past their deadline at a moment."""
    span = Span(start=as_of, end=_FOREVER, as_of=as_of)
    return connection.execute(
        select(func.count())
        .select_from(cases.join(area_paths, area_paths.c.area_id == cases.c.area_id))
        .where(
            is_below(area),
            stock_condition("overdue", span),
            slice_condition(chosen),
        )
    ).scalar_one()


def listed(source: Any) -> Any:
    """What lists of cases show, from a join that has ``cases`` and ``area_paths`` in it."""
    joined = source.join(areas, areas.c.area_id == cases.c.area_id).join(
        categories, categories.c.category_id == cases.c.category_id
    )
    joined = joined.outerjoin(departments, departments.c.department_id == cases.c.department_id)
    return select(
        cases.c.case_id,
        cases.c.case_code,
        cases.c.state,
        cases.c.is_urgent,
        cases.c.accepted_at,
        cases.c.closed_at,
        cases.c.deadline_at,
        area_paths.c.path,
        categories.c.name_zh.label("category_zh"),
        categories.c.name_en.label("category_en"),
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
    ).select_from(joined)
