"""The rows behind a number: for every measure one query, the twin of dashboard.kpis.facts.

Each query gives (case_id, at), one row for everything that counts: a case, or one of its cycles,
call-backs, dispatches or checks. A count and the list behind it must be equal; tests compare the
two over random histories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from data_access.frames import STATES
from data_access.measures import STOCKS, StageLimits
from data_access.tables import case_cycles, case_suspensions, cases

LIVE = cases.c.voided_at.is_(None)
_INSTANT = cases.c.closed_at.type
Rows = Select[Any]
Condition = ColumnElement[bool]


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
    limits: StageLimits = field(default_factory=StageLimits)

    @property
    def at(self) -> datetime:
        return self.as_of if self.is_running else self.end

    @property
    def is_running(self) -> bool:
        return self.as_of < self.end

    def happened(self, column: ColumnElement[Any]) -> Condition:
        """The event is part of what the stocks know."""
        return column <= self.as_of if self.is_running else column < self.end

    def not_yet(self, column: ColumnElement[Any]) -> Condition:
        """The event has not happened at the moment of the stocks, or never did."""
        return or_(column.is_(None), not_(self.happened(column)))


# In the text of the query, not bound: SQLite takes a partial index only for what it can read.
_COUNTED_STATES: list[Any] = [literal_column(f"'{state}'") for state in STATES]


def is_counted_move(event: Any) -> Condition:
    """The words of the partial index on ``case_events``, which a query has to repeat to use it."""
    return cast("Condition", event.c.to_state.in_(_COUNTED_STATES))


def is_move(event: Any) -> Condition:
    """A correction is logged as a state that follows itself: no move, and the end of none."""
    return or_(event.c.from_state.is_(None), event.c.from_state != event.c.to_state)


def within(column: ColumnElement[Any], span: Span) -> Condition:
    """The moment lies in the window and is known."""
    return and_(column >= span.start, column < span.end, column <= span.as_of)


def stock_rows(stock: str, span: Span) -> Rows:
    """The cases in a stock at the span's moment, by the rows as they are now; ``at``: accepted.

    Raises KeyError for a name that is none of data_access.measures.STOCKS.
    """
    return select(cases.c.case_id, cases.c.accepted_at.label("at")).where(
        stock_condition(stock, span)
    )


def stock_condition(stock: str, span: Span) -> Condition:
    """The condition on ``cases`` for being in a stock at the span's moment."""
    if stock not in STOCKS:
        raise KeyError(stock)
    running, suspended = is_running(span), is_suspended(span)
    if stock == "suspended":
        return and_(running, suspended)
    if stock == "suspended_past_end":
        return and_(running, is_suspended(span, past_planned_end=True))
    if stock == "open":
        return and_(running, not_(suspended))
    if stock == "undated":
        return and_(running, not_(suspended), _in_cycle_of(span, _is_undated))
    late = and_(~cases.c.timeout_exempt, _in_cycle_of(span, _SHOWN[stock](span)))
    return and_(running, suspended if stock == "suspended_late" else not_(suspended), late)


def is_suspended(span: Span, *, past_planned_end: bool = False) -> Condition:
    """Suspended 挂账 at the span's moment; only past its planned end where asked."""
    pause = case_suspensions
    chosen = [
        pause.c.case_id == cases.c.case_id,
        span.happened(pause.c.started_at),
        span.not_yet(pause.c.ended_at),
    ]
    if past_planned_end:
        chosen.append(span.happened(pause.c.planned_end_at))
    return exists(select(pause.c.case_id).where(*chosen))


def is_running(span: Span) -> Condition:
    """Accepted and not closed at the span's moment, void cases aside."""
    # As a union of two indexed sets: an OR over closed_at would read every case there is.
    not_closed = select(cases.c.case_id).where(
        cases.c.closed_at.is_(None), cases.c.voided_at.is_(None)
    )
    closed_later = select(cases.c.case_id).where(
        cases.c.closed_at >= span.at, not_(span.happened(cases.c.closed_at))
    )
    still = cases.c.case_id.in_(not_closed.union_all(closed_later))
    return and_(LIVE, span.happened(cases.c.accepted_at), still, not_(_between_cycles(span)))


def _between_cycles(span: Span) -> Condition:
    """Closed at the span's moment and sent back only later."""
    cycle = case_cycles
    return exists(
        select(cycle.c.case_id).where(
            cycle.c.case_id == cases.c.case_id,
            span.happened(cycle.c.closed_at),
            not_(span.happened(cycle.c.reopened_at)),
        )
    )


Shown = Callable[[Any], Condition]


def _in_cycle_of(span: Span, shown: Shown) -> Condition:
    """``shown`` holds for the cycle of the span's moment; it is asked of ``cases`` for the last
    cycle and of ``case_cycles`` for those before."""
    cycle, other = case_cycles, case_cycles.alias("other")
    later = and_(cycle.c.case_id == cases.c.case_id, not_(span.happened(cycle.c.reopened_at)))
    first_later = ~exists(
        select(other.c.case_id).where(
            other.c.case_id == cases.c.case_id,
            other.c.cycle_no < cycle.c.cycle_no,
            not_(span.happened(other.c.reopened_at)),
        )
    )
    in_last_cycle = ~exists(select(cycle.c.case_id).where(later))
    in_earlier = exists(select(cycle.c.case_id).where(later, first_later, shown(cycle)))
    return or_(and_(in_last_cycle, shown(cases)), in_earlier)


def _is_undated(table: Any) -> Condition:
    return cast("Condition", table.c.deadline_at.is_(None))


def _is_late(span: Span) -> Shown:
    return lambda table: table.c.deadline_at < span.at


def _is_due_soon(span: Span) -> Shown:
    return lambda table: and_(
        table.c.due_soon_at < span.at,
        table.c.deadline_at >= span.at,
        table.c.due_soon_at < table.c.deadline_at,
    )


def _is_unhandled(span: Span) -> Shown:
    return lambda table: and_(
        handling_deadline(table) < span.at, span.not_yet(handled_moment(table))
    )


_SHOWN: dict[str, Callable[[Span], Shown]] = {
    "overdue": _is_late,
    "suspended_late": _is_late,
    "due_soon": _is_due_soon,
    "unhandled": _is_unhandled,
}


def handling_deadline(table: Any) -> ColumnElement[Any]:
    """处置时限 of a cycle, its closing deadline where no other is set."""
    return func.coalesce(table.c.deadline_handle_at, table.c.deadline_at, type_=_INSTANT)


def handled_moment(table: Any) -> ColumnElement[Any]:
    """When handling ended in a cycle: 处置完成, else its closure.

    On ``cases``, a handling time from before the case was last sent back is the cycle before's.
    """
    if table is not cases:
        return func.coalesce(table.c.handled_at, table.c.closed_at, type_=_INSTANT)
    return case((is_handled_in_last_cycle(), cases.c.handled_at), else_=cases.c.closed_at)


def is_handled_in_last_cycle() -> Condition:
    """``cases.handled_at`` is set and belongs to the current cycle."""
    cycle = case_cycles.alias("before")
    sent_back_later = exists(
        select(cycle.c.case_id).where(
            cycle.c.case_id == cases.c.case_id, cycle.c.reopened_at > cases.c.handled_at
        )
    )
    return and_(cases.c.handled_at.is_not(None), not_(sent_back_later))
