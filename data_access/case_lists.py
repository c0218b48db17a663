"""The cases behind a number: for every measure one condition, the twin of dashboard.kpis.facts.

A count and the list behind it must be equal; tests compare the two over random histories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from data_access.frames import ANSWERS
from data_access.rollup_reads import AreaRow
from data_access.tables import (
    area_paths,
    areas,
    callbacks,
    case_cycles,
    case_suspensions,
    cases,
    categories,
    departments,
)

CALL_BACK_FLOWS = ("rated", "contacted", "solved", *ANSWERS)
_LIVE = cases.c.voided_at.is_(None)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The window [start, end) cut at ``as_of``, the moment the rollups stand for.

    ``at`` is the moment its stocks are of: ``as_of`` while the window runs, its end afterwards. An
    event at ``as_of`` itself has happened; an event at the end of a past window belongs to the next
    day. A deadline has passed only after its own moment.
    """

    start: datetime
    end: datetime
    as_of: datetime

    @property
    def at(self) -> datetime:
        return self.as_of if self.is_running else self.end

    @property
    def is_running(self) -> bool:
        return self.as_of < self.end

    def happened(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The event is part of what the stocks know."""
        return column <= self.as_of if self.is_running else column < self.end


def _within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return and_(column >= span.start, column < span.end, column <= span.as_of)


def _is_suspended(span: Span) -> ColumnElement[bool]:
    pause = case_suspensions
    return exists(
        select(pause.c.case_id).where(
            pause.c.case_id == cases.c.case_id,
            span.happened(pause.c.started_at),
            or_(pause.c.ended_at.is_(None), ~span.happened(pause.c.ended_at)),
        )
    )


def _is_running(span: Span) -> ColumnElement[bool]:
    """Accepted and not closed at the span's moment, void cases aside."""
    # As a union of two indexed sets: an OR over closed_at would read every case there is.
    not_closed = select(cases.c.case_id).where(
        cases.c.closed_at.is_(None), cases.c.voided_at.is_(None)
    )
    closed_later = select(cases.c.case_id).where(
        cases.c.closed_at >= span.at, ~span.happened(cases.c.closed_at)
    )
    still = cases.c.case_id.in_(not_closed.union_all(closed_later))
    return and_(_LIVE, span.happened(cases.c.accepted_at), still, ~_between_cycles(span))


def _between_cycles(span: Span) -> ColumnElement[bool]:
    """Closed at the span's moment and sent back only later."""
    cycle = case_cycles
    return exists(
        select(cycle.c.case_id).where(
            cycle.c.case_id == cases.c.case_id,
            span.happened(cycle.c.closed_at),
            ~span.happened(cycle.c.reopened_at),
        )
    )


def _lights(span: Span, *, late: bool) -> ColumnElement[bool]:
    """Past the deadline (``late``), or past the yellow light only, in the cycle of that moment."""

    def shown(table: Any) -> ColumnElement[bool]:
        if late:
            return cast("ColumnElement[bool]", table.c.deadline_at < span.at)
        return and_(
            table.c.due_soon_at < span.at,
            table.c.deadline_at >= span.at,
            table.c.due_soon_at < table.c.deadline_at,
        )

    cycle, other = case_cycles, case_cycles.alias("other")
    later = and_(cycle.c.case_id == cases.c.case_id, ~span.happened(cycle.c.reopened_at))
    first_later = ~exists(
        select(other.c.case_id).where(
            other.c.case_id == cases.c.case_id,
            other.c.cycle_no < cycle.c.cycle_no,
            ~span.happened(other.c.reopened_at),
        )
    )
    in_last_cycle = ~exists(select(cycle.c.case_id).where(later))
    in_earlier = exists(select(cycle.c.case_id).where(later, first_later, shown(cycle)))
    return or_(and_(in_last_cycle, shown(cases)), in_earlier)


def stock_condition(stock: str, span: Span) -> ColumnElement[bool]:
    """Cases in a stock at the span's moment, by the rows as they are now."""
    running = _is_running(span)
    if stock == "suspended":
        return and_(running, _is_suspended(span))
    if stock == "open":
        return and_(running, ~_is_suspended(span))
    lights = _lights(span, late=stock == "overdue")
    return and_(running, ~_is_suspended(span), ~cases.c.timeout_exempt, lights)


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
        closed = and_(cases.c.closed_at.is_not(None), span.happened(cases.c.closed_at))
        return and_(_LIVE, _within(cases.c.accepted_at, span), closed)
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
        area_paths.c.first_order.between(area.first_order, area.last_order),
        _any_of(conditions, of_call_backs=of_call_backs),
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


def _any_of(
    conditions: Sequence[ColumnElement[bool]], *, of_call_backs: bool
) -> ColumnElement[bool]:
    """Whichever condition holds; several as a union, each with an index of its own."""
    if len(conditions) == 1:
        return conditions[0]
    if of_call_backs:
        joined = callbacks.join(cases, cases.c.case_id == callbacks.c.case_id)
        parts = [select(callbacks.c.callback_id).select_from(joined).where(c) for c in conditions]
        return callbacks.c.callback_id.in_(union_all(*parts))
    return cases.c.case_id.in_(union_all(*(select(cases.c.case_id).where(c) for c in conditions)))


def read_newest_overdue(
    connection: Connection, area: AreaRow, as_of: datetime, *, limit: int
) -> list[Any]:
    """The open cases that passed their deadline last, newest first."""
    below = select(area_paths.c.area_id).where(
        area_paths.c.first_order.between(area.first_order, area.last_order)
    )
    newest = (
        select(cases.c.case_id)
        .where(
            # The first two are the partial index's own words, which the planner wants to hear.
            cases.c.closed_at.is_(None),
            cases.c.voided_at.is_(None),
            cases.c.deadline_at < as_of,
            cases.c.accepted_at <= as_of,
            ~cases.c.timeout_exempt,
            ~_is_suspended(Span(start=as_of, end=_FOREVER, as_of=as_of)),
            # The plus bars the index by area: SQLite would look through all cases of all areas.
            literal_column("+cases.area_id").in_(below),
        )
        .order_by(cases.c.deadline_at.desc(), cases.c.case_id)
        .limit(limit)
        .subquery()
    )
    source = cases.join(newest, newest.c.case_id == cases.c.case_id)
    source = source.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    query = _listed(source).order_by(cases.c.deadline_at.desc(), cases.c.case_id)
    return list(connection.execute(query))


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
