"""The rows behind 新增超期: every cycle whose deadline passed while it ran, at that moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select, union_all

from data_access.counted_rows import LIVE, Condition, Rows, Span, within
from data_access.tables import case_cycles, case_suspensions, cases

_COUNTED = and_(LIVE, cases.c.accepted_at.is_not(None), not_(cases.c.timeout_exempt))
_INSTANT = cases.c.closed_at.type


def breached_rows(span: Span) -> Rows:
    """(case_id, at): a deadline that had passed before its cycle began counts from there; one that
    passes during a suspension is no breach."""
    both = union_all(_current(span), _earlier(span)).subquery()
    return select(both.c.case_id, both.c.at)


def _current(span: Span) -> Rows:
    cycle = case_cycles.alias("before")
    reopened = (
        select(func.max(cycle.c.reopened_at))
        .where(cycle.c.case_id == cases.c.case_id)
        .correlate(cases)  # said, because it stands inside another subquery below
        .scalar_subquery()
    )
    red = _later(cases.c.deadline_at, _begin(reopened))
    sent_back = select(case_cycles.c.case_id).where(within(case_cycles.c.reopened_at, span))
    # The moment is one of these three: each has an index, the expression has none.
    candidate = or_(
        within(cases.c.deadline_at, span),
        within(cases.c.accepted_at, span),
        cases.c.case_id.in_(sent_back),
    )
    still_runs = or_(cases.c.closed_at.is_(None), red < cases.c.closed_at)
    return select(cases.c.case_id, red.label("at")).where(
        _COUNTED, candidate, still_runs, _passed(red, cases.c.deadline_at, span)
    )


def _earlier(span: Span) -> Rows:
    cycle, before = case_cycles, case_cycles.alias("before")
    reopened = (
        select(func.max(before.c.reopened_at))
        .where(
            before.c.case_id == cycle.c.case_id,
            or_(
                before.c.reopened_at < cycle.c.reopened_at,
                and_(
                    before.c.reopened_at == cycle.c.reopened_at,
                    before.c.cycle_no < cycle.c.cycle_no,
                ),
            ),
        )
        .correlate(cycle)
        .scalar_subquery()
    )
    red = _later(cycle.c.deadline_at, _begin(reopened))
    end = func.coalesce(cycle.c.closed_at, cycle.c.reopened_at, type_=_INSTANT)
    return (
        select(cycle.c.case_id, red.label("at"))
        .join(cases, cases.c.case_id == cycle.c.case_id)
        .where(_COUNTED, red < end, _passed(red, cycle.c.deadline_at, span))
    )


def _begin(reopened: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a cycle began: when the one before it was sent back, else on acceptance."""
    return _later(func.coalesce(reopened, cases.c.accepted_at, type_=_INSTANT), cases.c.accepted_at)


def _later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The later of two moments; NULL where the first is."""
    return case((one.is_(None), None), (one >= other, one), else_=other)


def _passed(red: ColumnElement[Any], deadline: ColumnElement[Any], span: Span) -> Condition:
    """In the span and known, and not while suspended; a deadline has passed after its moment."""
    known = or_(red < span.as_of, and_(red == span.as_of, red != deadline))
    pause = case_suspensions
    paused = exists(
        select(pause.c.case_id).where(
            pause.c.case_id == cases.c.case_id,
            pause.c.started_at <= red,
            or_(pause.c.ended_at.is_(None), red < pause.c.ended_at),
        )
    )
    return and_(red >= span.start, red < span.end, known, not_(paused))
