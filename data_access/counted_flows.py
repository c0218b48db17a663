"""The rows behind a flow 流量: what counts on a day of the window, as (case_id, at).

``at`` is the moment that decides the day. The twin of dashboard.kpis.stage_facts, rule by rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    distinct,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
)

from data_access.counted_breaches import breached_rows
from data_access.counted_rows import (
    LIVE,
    Condition,
    Rows,
    Span,
    handled_moment,
    handling_deadline,
    is_counted_move,
    is_handled_in_last_cycle,
    is_move,
    within,
)
from data_access.frames import ANSWERS
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    cases,
    sources,
)
from data_access.types import epoch_ms, to_epoch_ms

CALL_BACK_FLOWS = ("rated", "contacted", "solved", *ANSWERS)


def flow_rows(flow: str, span: Span) -> Rows:
    """What counts as ``flow`` in the span; a case stands there once for each of its own rows.

    Raises KeyError for a name that is none of data_access.measures.FLOWS.
    """
    if flow in CALL_BACK_FLOWS:
        return _call_backs(flow, span)
    if flow in _CASE_FLOWS:
        column, condition = _CASE_FLOWS[flow]
        return _of_cases(column, span, condition(span))
    return _OTHER_FLOWS[flow](span)


def _of_cases(column: str, span: Span, condition: Condition) -> Rows:
    moment = cases.c[column]
    return select(cases.c.case_id, moment.label("at")).where(within(moment, span), condition)


def is_of_source(*kinds: str) -> Condition:
    """The case came from a source of one of these kinds."""
    return cases.c.source_id.in_(select(sources.c.source_id).where(sources.c.kind.in_(kinds)))


# A kind no list knows counts as the public's, as in the facts.
def is_public() -> Condition:
    """The case came by a hotline or from the public: it can be called back."""
    return not_(is_of_source("worker", "video", "sensor", "internal"))


def _is_proactive() -> Condition:
    return cases.c.source_id.in_(select(sources.c.source_id).where(sources.c.is_proactive))


_DATED = cases.c.deadline_at.is_not(None)
_IN_TIME = or_(cases.c.closed_at <= cases.c.deadline_at, cases.c.timeout_exempt)


def _is_first_time(span: Span) -> Condition:
    window_end = epoch_ms(cases.c.closed_at) + span.limits.repeat_ms
    repeated = and_(cases.c.repeated_at <= span.as_of, epoch_ms(cases.c.repeated_at) <= window_end)
    return and_(LIVE, cases.c.cycle_no == 1, func.coalesce(not_(repeated), true()))


def _is_called_back(span: Span) -> Condition:
    called = exists(
        select(callbacks.c.case_id).where(
            callbacks.c.case_id == cases.c.case_id,
            callbacks.c.is_valid,
            callbacks.c.visited_at <= span.as_of,
        )
    )
    return and_(LIVE, is_public(), called)


def _dispatch(span: Span, *, on_time: bool) -> Condition:
    sent = case_events.alias("sent")
    first = (
        select(func.min(epoch_ms(sent.c.event_at)))
        .where(sent.c.case_id == cases.c.case_id, sent.c.to_state == "dispatched", is_move(sent))
        .scalar_subquery()
    )
    due = epoch_ms(cases.c.filed_at) + span.limits.dispatch_ms
    return and_(LIVE, _timed(span, first, due, on_time=on_time))


def _sign(span: Span, *, on_time: bool) -> Condition:
    start, signed = cases.c.dispatched_at, cases.c.signed_at
    end = case((signed >= start, epoch_ms(signed)))
    limits = span.limits
    limit = case((cases.c.is_urgent, limits.sign_urgent_ms), else_=limits.sign_ms)
    return and_(LIVE, _timed(span, end, epoch_ms(start) + limit, on_time=on_time))


def _timed(
    span: Span, end: ColumnElement[Any], due: ColumnElement[Any], *, on_time: bool
) -> Condition:
    """On time when it ended, late when the limit ran out; a case closed meanwhile is neither."""
    as_of = to_epoch_ms(span.as_of)
    if on_time:
        return and_(end <= due, end <= as_of)
    closed_meanwhile = func.coalesce(epoch_ms(cases.c.closed_at) <= due, false())
    late = or_(end > due, and_(end.is_(None), not_(closed_meanwhile)))
    return and_(due < as_of, late)


# flow → (the instant of the case that decides the day, the condition)
_CASE_FLOWS: Mapping[str, tuple[str, Callable[[Span], Condition]]] = {
    "reported": ("reported_at", lambda _: LIVE),
    "accepted": ("accepted_at", lambda _: LIVE),
    "filed": ("filed_at", lambda _: LIVE),
    "filed_all": ("filed_at", lambda _: true()),
    "filed_void": ("filed_at", lambda _: not_(LIVE)),
    "merged": ("reported_at", lambda _: and_(not_(LIVE), cases.c.master_case_id.is_not(None))),
    "repeated": ("accepted_at", lambda _: and_(LIVE, cases.c.repeat_of_case_id.is_not(None))),
    "worker_reported": ("reported_at", lambda _: is_of_source("worker")),
    "worker_filed": (
        "reported_at",
        lambda span: and_(LIVE, is_of_source("worker"), cases.c.filed_at <= span.as_of),
    ),
    "accepted_proactive": ("accepted_at", lambda _: and_(LIVE, _is_proactive())),
    "accepted_public": ("accepted_at", lambda _: and_(LIVE, is_public())),
    "cohort_closed": (
        "accepted_at",
        lambda span: and_(LIVE, cases.c.closed_at.is_not(None), span.happened(cases.c.closed_at)),
    ),
    "closed": ("closed_at", lambda _: LIVE),
    "closed_on_time": ("closed_at", lambda _: and_(LIVE, _DATED, _IN_TIME)),
    "closed_late": ("closed_at", lambda _: and_(LIVE, _DATED, not_(_IN_TIME))),
    "closed_undated": ("closed_at", lambda _: and_(LIVE, not_(_DATED))),
    "closed_reworked": ("closed_at", lambda _: and_(LIVE, cases.c.cycle_no > 1)),
    "closed_first_time": ("closed_at", _is_first_time),
    "closed_from_grid": ("closed_at", lambda _: and_(LIVE, is_of_source("worker"))),
    "closed_in_grid": (
        "closed_at",
        lambda _: and_(LIVE, is_of_source("worker"), cases.c.dispatched_at.is_(None)),
    ),
    "callback_due": ("closed_at", lambda _: and_(LIVE, is_public())),
    "called_back": ("closed_at", _is_called_back),
    "dispatch_on_time": ("filed_at", lambda span: _dispatch(span, on_time=True)),
    "dispatch_late": ("filed_at", lambda span: _dispatch(span, on_time=False)),
    "signed_on_time": ("dispatched_at", lambda span: _sign(span, on_time=True)),
    "signed_late": ("dispatched_at", lambda span: _sign(span, on_time=False)),
}


def _call_backs(flow: str, span: Span) -> Rows:
    extra: dict[str, Condition] = {
        "rated": true(),
        "contacted": callbacks.c.is_contacted,
        "solved": callbacks.c.is_solved,
    }
    return (
        select(callbacks.c.case_id, callbacks.c.visited_at.label("at"))
        .join(cases, cases.c.case_id == callbacks.c.case_id)
        .where(
            LIVE,
            callbacks.c.is_valid,
            within(callbacks.c.visited_at, span),
            extra.get(flow, callbacks.c.answer == flow),
        )
    )


def _events(state: str) -> Callable[[Span], Rows]:
    def rows(span: Span) -> Rows:
        event = case_events
        return (
            select(event.c.case_id, event.c.event_at.label("at"))
            .join(cases, cases.c.case_id == event.c.case_id)
            .where(
                LIVE,
                is_counted_move(event),
                event.c.to_state == state,
                is_move(event),
                within(event.c.event_at, span),
            )
        )

    return rows


def _first_dispatches(*, once: bool) -> Callable[[Span], Rows]:
    def rows(span: Span) -> Rows:
        event, candidate = case_events, case_events.alias("candidate")
        dispatched = select(candidate.c.case_id).where(
            is_counted_move(candidate),
            candidate.c.to_state == "dispatched",
            is_move(candidate),
            within(candidate.c.event_at, span),
        )
        first = func.min(event.c.event_at, type_=event.c.event_at.type)
        units = func.count(distinct(func.coalesce(event.c.department_id, 0)))
        return (
            select(event.c.case_id, first.label("at"))
            .join(cases, cases.c.case_id == event.c.case_id)
            .where(
                LIVE,
                event.c.to_state == "dispatched",
                is_move(event),
                event.c.event_at <= span.as_of,
                event.c.case_id.in_(dispatched),
            )
            .group_by(event.c.case_id)
            .having(first >= span.start, first < span.end, *([units == 1] if once else []))
        )

    return rows


def _checks(*, on_time: bool) -> Callable[[Span], Rows]:
    def rows(span: Span) -> Rows:
        event, after = case_events, case_events.alias("after")
        following = (
            select(epoch_ms(after.c.event_at))
            .where(after.c.case_id == event.c.case_id, after.c.seq > event.c.seq, is_move(after))
            .order_by(after.c.seq)
            .limit(1)
            .correlate(event)
            .scalar_subquery()
        )
        due = epoch_ms(event.c.event_at) + span.limits.check_ms
        return (
            select(event.c.case_id, event.c.event_at.label("at"))
            .join(cases, cases.c.case_id == event.c.case_id)
            .where(
                LIVE,
                is_counted_move(event),
                event.c.to_state == "checking",
                is_move(event),
                within(event.c.event_at, span),
                _timed(span, following, due, on_time=on_time),
            )
        )

    return rows


def _handled(*, on_time: bool) -> Callable[[Span], Rows]:
    """The cycles handled in the span: the current one of each case and those before."""

    def in_time(table: Any) -> Condition:
        deadline = handling_deadline(table)
        met = or_(handled_moment(table) <= deadline, cases.c.timeout_exempt)
        return and_(deadline.is_not(None), met if on_time else not_(met))

    def rows(span: Span) -> Rows:
        cycle = case_cycles
        own = is_handled_in_last_cycle()
        # Each branch by its own index.
        moment = or_(
            and_(within(cases.c.handled_at, span), own),
            and_(within(cases.c.closed_at, span), not_(own)),
        )
        counted = and_(LIVE, cases.c.accepted_at.is_not(None))
        last = select(cases.c.case_id, handled_moment(cases).label("at")).where(
            counted, moment, in_time(cases)
        )
        earlier = (
            select(cycle.c.case_id, handled_moment(cycle).label("at"))
            .join(cases, cases.c.case_id == cycle.c.case_id)
            .where(counted, within(handled_moment(cycle), span), in_time(cycle))
        )
        both = union_all(last, earlier).subquery()
        return select(both.c.case_id, both.c.at)

    return rows


def _reopened(span: Span) -> Rows:
    cycle = case_cycles
    return (
        select(cycle.c.case_id, cycle.c.reopened_at.label("at"))
        .join(cases, cases.c.case_id == cycle.c.case_id)
        .where(
            LIVE,
            cases.c.accepted_at.is_not(None),
            cycle.c.closed_at.is_not(None),
            within(cycle.c.reopened_at, span),
        )
    )


def _extended(span: Span) -> Rows:
    table = case_extensions
    first = func.min(table.c.decided_at, type_=table.c.decided_at.type)
    return (
        select(table.c.case_id, first.label("at"))
        .join(cases, cases.c.case_id == table.c.case_id)
        .where(LIVE, table.c.is_approved, table.c.decided_at.is_not(None))
        .group_by(table.c.case_id)
        .having(within(first, span))
    )


def _rechecks(*, true_only: bool) -> Callable[[Span], Rows]:
    def rows(span: Span) -> Rows:
        table = case_rechecks
        result = table.c.result == "true" if true_only else true()
        return (
            select(table.c.case_id, table.c.checked_at.label("at"))
            .join(cases, cases.c.case_id == table.c.case_id)
            .where(LIVE, within(table.c.checked_at, span), result)
        )

    return rows


_OTHER_FLOWS: Mapping[str, Callable[[Span], Rows]] = {
    "dispatched": _events("dispatched"),
    "returned_by_unit": _events("returned_unit"),
    "dispatched_first": _first_dispatches(once=False),
    "dispatched_once": _first_dispatches(once=True),
    "check_on_time": _checks(on_time=True),
    "check_late": _checks(on_time=False),
    "handled_on_time": _handled(on_time=True),
    "handled_late": _handled(on_time=False),
    "reopened": _reopened,
    "extended": _extended,
    "rechecked": _rechecks(true_only=False),
    "recheck_true": _rechecks(true_only=True),
    "breached": breached_rows,
}
