"""Cases left out 未计入: those that touch a window and do not count in a KPI, each with the reason.

A case touches a window when it had been reported before the window's end and was neither closed nor
voided before its beginning. Reasons are tried in a given order and the first that holds is told.
Counts and list come from one query, so they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union,
    union_all,
)

from data_access.case_lists import listed
from data_access.counted_flows import is_of_source, is_public
from data_access.counted_rows import (
    LIVE,
    Condition,
    Rows,
    Span,
    handled_moment,
    handling_deadline,
    is_running,
    is_suspended,
    stock_condition,
    within,
)
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import Slice, slice_condition
from data_access.tables import area_paths, callbacks, case_cycles, cases

OTHER = "other"
_INSTANT = cases.c.closed_at.type


def _is_merged(_: Span) -> Condition:
    return and_(not_(LIVE), cases.c.master_case_id.is_not(None))


def _is_reopened(span: Span) -> Condition:
    """A closure in the window was taken back, and the case is not closed at its end."""
    cycle = case_cycles
    taken_back = exists(
        select(cycle.c.case_id).where(
            cycle.c.case_id == cases.c.case_id, within(cycle.c.closed_at, span)
        )
    )
    return and_(taken_back, span.not_yet(cases.c.closed_at))


def _is_undated(span: Span) -> Condition:
    """No deadline in the cycle it runs in, or closed without one."""
    closed = and_(span.happened(cases.c.closed_at), cases.c.deadline_at.is_(None))
    return or_(stock_condition("undated", span), closed)


def _is_closed(span: Span) -> Condition:
    return and_(span.happened(cases.c.accepted_at), not_(is_running(span)))


_REASONS: Mapping[str, Callable[[Span], Condition]] = {
    "merged": _is_merged,
    "rejected": lambda _: and_(not_(LIVE), cases.c.state == "rejected"),
    "void": lambda _: not_(LIVE),
    "not_accepted": lambda span: span.not_yet(cases.c.accepted_at),
    "not_filed": lambda span: span.not_yet(cases.c.filed_at),
    "not_dispatched": lambda span: span.not_yet(cases.c.dispatched_at),
    "accepted_before": lambda span: cases.c.accepted_at < span.start,
    "reported_before": lambda span: cases.c.reported_at < span.start,
    "filed_before": lambda span: cases.c.filed_at < span.start,
    "dispatched_before": lambda span: cases.c.dispatched_at < span.start,
    "not_by_worker": lambda _: not_(is_of_source("worker")),
    "not_by_public": lambda _: not_(is_public()),
    "internal": lambda _: is_of_source("internal"),
    "suspended": lambda span: and_(is_running(span), is_suspended(span)),
    "not_suspended": is_running,
    "suspended_in_plan": lambda span: and_(is_running(span), is_suspended(span)),
    "no_deadline": _is_undated,
    "no_handling_deadline": lambda _: handling_deadline(cases).is_(None),
    "has_deadline": is_running,
    "exempt": lambda span: and_(is_running(span), cases.c.timeout_exempt),
    "reopened": _is_reopened,
    "overdue": lambda span: stock_condition("overdue", span),
    "overdue_before": lambda span: cases.c.deadline_at < span.start,
    "handled_before": lambda span: handled_moment(cases) < span.start,
    "within_limit": is_running,
    "not_due_soon": is_running,
    "closed_in_time": _is_closed,
    "closed": _is_closed,
    "open": is_running,
    "pending_dispatch": lambda span: within(cases.c.filed_at, span),
    "pending_sign": lambda span: within(cases.c.dispatched_at, span),
}
REASONS = (*_REASONS, "invalid", OTHER)


def excluded_cases(counted: Sequence[Rows], span: Span, reasons: Sequence[str]) -> Rows:
    """(case_id, at, reason) of the cases that touch the window and are in none of ``counted``.

    ``at``: accepted, else reported. Raises KeyError for a reason there is no condition for.
    """
    begun = or_(span.happened(cases.c.reported_at), span.happened(cases.c.accepted_at))
    # Three sets with an index each; joined by OR every case would be read.
    touching = union(
        *(
            select(cases.c.case_id).where(condition, begun)
            for condition in (
                and_(cases.c.closed_at.is_(None), LIVE),
                cases.c.closed_at >= span.start,
                cases.c.voided_at >= span.start,
            )
        )
    )
    return (
        _left_over(counted)
        .where(cases.c.case_id.in_(touching))
        .add_columns(
            func.coalesce(cases.c.accepted_at, cases.c.reported_at, type_=_INSTANT).label("at"),
            _reason(reasons, span),
        )
    )


def _left_over(counted: Sequence[Rows]) -> Rows:
    ids = union(*(select(part.subquery().c.case_id) for part in counted)).subquery("counted")
    source = cases.outerjoin(ids, ids.c.case_id == cases.c.case_id)
    return select(cases.c.case_id).select_from(source).where(ids.c.case_id.is_(None))


def _reason(reasons: Sequence[str], span: Span) -> Any:
    conditions = [(_REASONS[name](span), literal(name)) for name in reasons]
    return case(*conditions, else_=literal(OTHER)).label("reason")


def excluded_call_backs(span: Span) -> Rows:
    """(case_id, at, reason) of the call-backs made in the window that do not count: invalid ones,
    and those of cases that are void by now."""
    reason = case(
        (_is_merged(span), literal("merged")),
        (and_(not_(LIVE), cases.c.state == "rejected"), literal("rejected")),
        (not_(LIVE), literal("void")),
        else_=literal("invalid"),
    )
    return (
        select(callbacks.c.case_id, callbacks.c.visited_at.label("at"), reason.label("reason"))
        .join(cases, cases.c.case_id == callbacks.c.case_id)
        .where(within(callbacks.c.visited_at, span), or_(not_(LIVE), not_(callbacks.c.is_valid)))
    )


def read_excluded_page(
    connection: Connection,
    area: AreaRow,
    excluded: Rows,
    *,
    chosen: Slice,
    reason: str | None,
    offset: int,
    limit: int,
) -> tuple[dict[str, int], list[Any]]:
    """(how many by reason, rows with ``reason``) below an area and in a slice, newest first.

    ``reason``: rows of one reason alone; the counts are of all.
    """
    rows = union_all(excluded).subquery("excluded")
    source: Any = rows.join(cases, cases.c.case_id == rows.c.case_id)
    source = source.join(area_paths, area_paths.c.area_id == cases.c.area_id)
    inside = is_below(area)
    below = and_(inside, slice_condition(chosen))
    counts = connection.execute(
        select(rows.c.reason, func.count()).select_from(source).where(below).group_by(rows.c.reason)
    )
    found = {row[0]: int(row[1]) for row in counts}
    query = listed(source).add_columns(rows.c.reason).where(below)
    if reason is not None:
        query = query.where(rows.c.reason == reason)
    page = query.order_by(rows.c.at.desc(), cases.c.case_id).offset(offset).limit(limit)
    return found, list(connection.execute(page))
