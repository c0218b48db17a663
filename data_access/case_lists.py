"""The cases behind a number: for every measure one condition, the twin of dashboard.kpis.facts.

A count and the list behind it must be equal; tests compare the two over random histories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from data_access.frames import ANSWERS
from data_access.rollup_reads import AreaRow
from data_access.tables import (
    area_paths,
    areas,
    callbacks,
    case_suspensions,
    cases,
    categories,
    departments,
)

CALL_BACK_FLOWS = ("rated", "contacted", "solved", *ANSWERS)
_LIVE = cases.c.voided_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The window [start, end) cut at ``as_of``, the moment the rollups stand for."""

    start: datetime
    end: datetime
    as_of: datetime


def _within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return and_(column >= span.start, column < span.end, column <= span.as_of)


def _is_closed(as_of: datetime) -> ColumnElement[bool]:
    return and_(cases.c.closed_at.is_not(None), cases.c.closed_at <= as_of)


def _is_suspended(as_of: datetime) -> ColumnElement[bool]:
    pause = case_suspensions
    return exists(
        select(pause.c.case_id).where(
            pause.c.case_id == cases.c.case_id,
            pause.c.started_at <= as_of,
            or_(pause.c.ended_at.is_(None), pause.c.ended_at > as_of),
        )
    )


def _is_running(as_of: datetime) -> ColumnElement[bool]:
    still = or_(cases.c.closed_at.is_(None), cases.c.closed_at > as_of)
    return and_(_LIVE, cases.c.accepted_at <= as_of, still)


def stock_condition(stock: str, as_of: datetime) -> ColumnElement[bool]:
    """Cases in a stock at ``as_of``, by the rows as they are now."""
    running, suspended = _is_running(as_of), _is_suspended(as_of)
    judged = and_(running, ~suspended, ~cases.c.timeout_exempt)
    return {
        "open": and_(running, ~suspended),
        "suspended": and_(running, suspended),
        "overdue": and_(judged, cases.c.deadline_at < as_of),
        "due_soon": and_(
            judged,
            cases.c.due_soon_at < as_of,
            cases.c.deadline_at >= as_of,
            cases.c.due_soon_at < cases.c.deadline_at,
        ),
    }[stock]


def flow_condition(flow: str, span: Span) -> ColumnElement[bool]:
    """Cases (or call-backs, for CALL_BACK_FLOWS) that count as ``flow`` in the span."""
    if flow in CALL_BACK_FLOWS:
        return and_(
            _LIVE,
            callbacks.c.is_valid,
            _within(callbacks.c.visited_at, span),
            {
                "rated": callbacks.c.callback_id.is_not(None),
                "contacted": callbacks.c.is_contacted,
                "solved": callbacks.c.is_solved,
            }.get(flow, callbacks.c.answer == flow),
        )
    if flow == "cohort_closed":
        return and_(_LIVE, _within(cases.c.accepted_at, span), _is_closed(span.as_of))
    if flow in ("reported", "accepted", "filed"):
        return and_(_LIVE, _within(cases.c[f"{flow}_at"], span))
    dated = cases.c.deadline_at.is_not(None)
    in_time = or_(cases.c.closed_at <= cases.c.deadline_at, cases.c.timeout_exempt)
    extra: dict[str, ColumnElement[bool]] = {
        "closed": cases.c.closed_at.is_not(None),
        "closed_on_time": and_(dated, in_time),
        "closed_late": and_(dated, ~in_time),
        "closed_undated": ~dated,
        "closed_reworked": cases.c.cycle_no > 1,
    }
    return and_(_LIVE, _within(cases.c.closed_at, span), extra[flow])


def read_case_page(
    connection: Connection,
    area: AreaRow,
    conditions: Sequence[ColumnElement[bool]],
    *,
    of_call_backs: bool,
    offset: int,
    limit: int,
) -> tuple[int, list[Any]]:
    """(total, rows) of the cases below an area that meet any of the conditions, newest first.

    For KPIs of call-backs a row is a call-back: a case called twice counts and is listed twice.
    """
    source: Any = cases.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    if of_call_backs:
        source = source.join(callbacks, callbacks.c.case_id == cases.c.case_id)
    chosen = and_(
        area_paths.c.first_order.between(area.first_order, area.last_order), or_(*conditions)
    )
    total = connection.execute(select(func.count()).select_from(source).where(chosen)).scalar_one()
    order = callbacks.c.visited_at if of_call_backs else cases.c.accepted_at
    rows = connection.execute(
        _listed(source)
        .where(chosen)
        .order_by(order.desc(), cases.c.case_id)
        .offset(offset)
        .limit(limit)
    ).all()
    return int(total), list(rows)


def read_newest_overdue(
    connection: Connection, area: AreaRow, as_of: datetime, *, limit: int
) -> list[Any]:
    """The open cases that passed their deadline last, newest first."""
    source = cases.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    return list(
        connection.execute(
            _listed(source)
            .where(
                # Said for the planner: the partial index covers exactly these two.
                cases.c.closed_at.is_(None),
                cases.c.voided_at.is_(None),
                stock_condition("overdue", as_of),
                area_paths.c.first_order.between(area.first_order, area.last_order),
            )
            .order_by(cases.c.deadline_at.desc(), cases.c.case_id)
            .limit(limit)
        )
    )


def _listed(source: Any) -> Any:
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
