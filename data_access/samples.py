"""Single values behind numbers that are no sums: lengths of time, for a reading's quantiles.

Every row carries its area's place in depth-first order, so that one query serves an area and its
children. Instants and lengths are in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, literal, not_, select

from data_access.closing_days import Closings, join_closings, read_closings, read_kept_days
from data_access.counted_rows import LIVE, Span, is_move, stock_condition, within
from data_access.frames import NULL_MS, Ints
from data_access.matrix import int_matrix
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import Slice, slice_condition
from data_access.tables import (
    area_paths,
    case_cycles,
    case_events,
    cases,
    sources,
)
from data_access.types import epoch_ms, to_epoch_ms
from data_access.window_cases import lived_in

_INSTANT = cases.c.closed_at.type
_NEVER = literal(int(np.iinfo(np.int64).max))


@dataclass(frozen=True, kw_only=True)
class Spells:
    """Stretches of time, one row each, with the place and the department (0: none) of the case;
    ``pauses``: (row, start, end) of what interrupts them, cut to the stretch, of one case without
    overlap in ascending order."""

    place: Ints
    department_id: Ints
    start_ms: Ints
    end_ms: Ints
    pauses: Ints


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """Lengths of time in ms, one row each, with the place of the case and the moment, in epoch ms,
    that decides the day it is of."""

    place: Ints
    at_ms: Ints
    length_ms: Ints


@dataclass(frozen=True, kw_only=True)
class SourceAge:
    """How long ago a source delivered and how often it promised to; milliseconds."""

    source_id: int
    age_ms: int
    interval_ms: int


def read_closing_spells(connection: Connection, area: AreaRow, span: Span, chosen: Slice) -> Spells:
    """From acceptance to closure of every case that counts as closed in the span, and the
    suspensions between. A case closed without ever being accepted is counted from its report.

    Days that are kept come from there, the others from the cases themselves.
    """
    kept, gaps = read_kept_days(connection, span)
    parts = [_within(one, span, chosen) for one in kept]
    for start, end in gaps:
        # As a list of cases: a planner else begins with the areas and reads every case there is.
        found = select(cases.c.case_id).where(
            LIVE,
            within(cases.c.closed_at, Span(start=start, end=end, as_of=span.as_of)),
            slice_condition(chosen),
        )
        parts.append(read_closings(connection, found, area))
    closings = join_closings(parts)
    places = int_matrix(
        connection,
        select(area_paths.c.area_id, area_paths.c.first_order)
        .where(is_below(area))
        .order_by(area_paths.c.area_id),
    )
    at = np.searchsorted(places[:, 0], closings.area_id)
    at[at == len(places)] = 0
    closings = closings.only(places[at, 0] == closings.area_id)
    at = np.searchsorted(places[:, 0], closings.area_id)
    return Spells(
        place=places[at, 1],
        department_id=closings.department_id,
        start_ms=closings.start_ms,
        end_ms=closings.end_ms,
        pauses=closings.pauses,
    )


def _within(closings: Closings, span: Span, chosen: Slice) -> Closings:
    """Those of a kept day that count in the span and belong to the slice."""
    end_ms = closings.end_ms
    inside = (
        (end_ms >= to_epoch_ms(span.start))
        & (end_ms < to_epoch_ms(span.end))
        & (end_ms <= to_epoch_ms(span.as_of))
    )
    for dimension, ids in chosen.members.items():
        inside &= np.isin(closings.member(dimension), ids)
    return closings.only(inside)


def read_overdue_lengths(
    connection: Connection, area: AreaRow, span: Span, chosen: Slice
) -> Lengths:
    """How long past its deadline every case of the overdue stock is at the span's moment."""
    cycle = case_cycles
    of_cycle = (
        select(cycle.c.deadline_at)
        .where(cycle.c.case_id == cases.c.case_id, not_(span.happened(cycle.c.reopened_at)))
        .order_by(cycle.c.cycle_no)
        .limit(1)
        .scalar_subquery()
    )
    deadline = func.coalesce(of_cycle, cases.c.deadline_at, type_=_INSTANT)
    rows = int_matrix(
        connection,
        select(area_paths.c.first_order, epoch_ms(deadline))
        .select_from(cases.join(area_paths, area_paths.c.area_id == cases.c.area_id))
        .where(is_below(area), stock_condition("overdue", span), slice_condition(chosen)),
    )
    at_ms = to_epoch_ms(span.at)
    return Lengths(place=rows[:, 0], at_ms=np.full(len(rows), at_ms), length_ms=at_ms - rows[:, 1])


def read_contact_lengths(
    connection: Connection, area: AreaRow, span: Span, chosen: Slice
) -> Lengths:
    """From the dispatch to the first contact 首次联系 of every case contacted in the span.

    The dispatch is the last one by the log that was not after the contact, else the case's own;
    a case without either is left out. Read as two sets, because a look into the log for every
    single case takes seconds.
    """
    found = select(cases.c.case_id).where(
        LIVE,
        within(cases.c.first_contact_at, span),
        lived_in(span.start, span.end),
        slice_condition(chosen),
    )
    rows = int_matrix(
        connection,
        select(
            cases.c.case_id,
            area_paths.c.first_order,
            epoch_ms(cases.c.first_contact_at),
            func.coalesce(epoch_ms(cases.c.dispatched_at), _NEVER),
        )
        .join(area_paths, area_paths.c.area_id == cases.c.area_id)
        .where(is_below(area), cases.c.case_id.in_(found)),
    )
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    event = case_events
    moves = int_matrix(
        connection,
        select(event.c.case_id, epoch_ms(event.c.event_at)).where(
            event.c.to_state == "dispatched", is_move(event), event.c.case_id.in_(found)
        ),
    )
    sent = _last_before(rows[:, 0], rows[:, 2], moves)
    sent = np.where(sent == NULL_MS, rows[:, 3], sent)
    known = sent <= rows[:, 2]
    rows, sent = rows[known], sent[known]
    return Lengths(place=rows[:, 1], at_ms=rows[:, 2], length_ms=rows[:, 2] - sent)


def _last_before(case_id: Ints, moment_ms: Ints, moves: Ints) -> Ints:
    """The last of each case's moves that is not after its moment, NULL_MS without one.

    ``case_id``: ascending; ``moves``: (case id, moment) in any order.
    """
    result = np.full(len(case_id), NULL_MS, dtype=np.int64)
    moves = moves[np.lexsort((moves[:, 1], moves[:, 0]))]
    row = np.searchsorted(case_id, moves[:, 0])
    own = row < len(case_id)
    own[own] &= case_id[row[own]] == moves[own, 0]
    row, at = row[own], moves[own, 1]
    early = at <= moment_ms[row]
    result[row[early]] = at[early]  # ascending: the last one stays
    return result


def read_source_ages(connection: Connection, now_ms: int, source_id: int | None) -> list[SourceAge]:
    """Sources that promised an interval and have delivered; all, or one."""
    query = select(
        sources.c.source_id, epoch_ms(sources.c.last_ingested_at), sources.c.interval_seconds
    ).where(sources.c.last_ingested_at.is_not(None), sources.c.interval_seconds > 0)
    if source_id is not None:
        query = query.where(sources.c.source_id == source_id)
    return [
        SourceAge(source_id=row[0], age_ms=max(0, now_ms - row[1]), interval_ms=row[2] * 1000)
        for row in connection.execute(query.order_by(sources.c.source_id))
    ]
