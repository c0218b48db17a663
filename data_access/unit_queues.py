"""What waits at the departments now: 待签收 dispatched and not signed for, 退回重办 sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from data_access.measures import StageLimits
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import (
    area_paths,
    case_cycles,
    case_events,
    cases,
    categories,
    departments,
    whistle_calls,
)

_AREA: Final = literal_column("+cases.area_id", Integer)
_UNIT: Final = func.coalesce(cases.c.department_id, literal_column("0"))


@dataclass(frozen=True, kw_only=True)
class SignMoments:
    """Until when a dispatch must lie back to have used a share of its limit by ``as_of``; urgent
    cases have a limit of their own."""

    as_of: datetime
    limits: StageLimits
    share: float = 0.8

    def used(self, part: float) -> ColumnElement[bool]:
        """Cases that wait for longer than this part of their limit."""
        plain, urgent = (
            self.as_of - timedelta(milliseconds=part * ms)
            for ms in (self.limits.sign_ms, self.limits.sign_urgent_ms)
        )
        return or_(
            and_(cases.c.is_urgent, cases.c.dispatched_at < urgent),
            and_(~cases.c.is_urgent, cases.c.dispatched_at < plain),
        )


def is_unsigned(as_of: datetime) -> ColumnElement[bool]:
    """待签收: open, with a department since its last dispatch, not signed for since then."""
    not_since = or_(cases.c.signed_at.is_(None), cases.c.signed_at < cases.c.dispatched_at)
    return and_(
        cases.c.closed_at.is_(None),
        cases.c.voided_at.is_(None),
        cases.c.state == "dispatched",
        cases.c.dispatched_at <= as_of,
        not_since,
    )


def is_in_rework(as_of: datetime) -> ColumnElement[bool]:
    """退回重办: open in its second cycle or a later one, suspended ones included."""
    return and_(
        cases.c.closed_at.is_(None),
        cases.c.voided_at.is_(None),
        # Not by the index of acceptance: every case there is was accepted some day.
        func.coalesce(cases.c.accepted_at, None, type_=cases.c.accepted_at.type) <= as_of,
        cases.c.cycle_no > 1,
    )


def read_queue_counts(
    connection: Connection, area: AreaRow, moments: SignMoments
) -> dict[int, dict[str, int]]:
    """Department (0: nobody) → ``unsigned``, of these ``near`` and ``past`` their limit, and
    ``rework``; with ``first_ms``-like ``oldest`` as the dispatch that waits longest, aware."""
    unsigned, rework = is_unsigned(moments.as_of), is_in_rework(moments.as_of)

    def many(condition: ColumnElement[bool]) -> Any:
        return func.sum(case((condition, 1), else_=0))

    past = moments.used(1.0)
    rows = connection.execute(
        select(
            _UNIT,
            many(unsigned),
            many(and_(unsigned, moments.used(moments.share), ~past)),
            many(and_(unsigned, past)),
            many(rework),
            func.min(case((unsigned, cases.c.dispatched_at), else_=None)),
        )
        .select_from(cases.join(area_paths, area_paths.c.area_id == _AREA))
        .where(cases.c.closed_at.is_(None), cases.c.voided_at.is_(None), is_below(area))
        .where(or_(unsigned, rework))
        .group_by(_UNIT)
    )
    names = ("unsigned", "near", "past", "rework")
    return {
        row[0]: dict(zip(names, map(int, row[1:5]), strict=True)) | {"oldest": row[5]}
        for row in rows
    }


def read_unsigned(
    connection: Connection, area: AreaRow, moments: SignMoments, *, department_id: int | None,
    offset: int, limit: int,
) -> list[Any]:  # fmt: skip
    """Rows of 待签收, those past their limit first, then those near it, each the oldest first;
    ``department_id`` None: of all, 0: of nobody."""
    band = case((moments.used(1.0), 0), (moments.used(moments.share), 1), else_=2)
    query = _case_query(area, is_unsigned(moments.as_of), department_id).order_by(
        band, cases.c.dispatched_at, cases.c.case_id
    )
    return list(connection.execute(query.offset(offset).limit(limit)))


def read_rework(
    connection: Connection, area: AreaRow, as_of: datetime, *, department_id: int | None,
    offset: int, limit: int,
) -> list[Any]:  # fmt: skip
    """Rows of 退回重办 with ``reopened_at`` and ``reason``, sent back longest ago first.

    The reason is what the log says of the move into rework, else the result of the cycle before.
    """
    cycle, event = case_cycles, case_events
    # Of the log: the newest move into rework, where a source tells it.
    said = (
        select(event.c.opinion)
        .where(event.c.case_id == cases.c.case_id, event.c.to_state == "rework")
        .order_by(event.c.event_at.desc(), event.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    before = and_(cycle.c.case_id == cases.c.case_id, cycle.c.cycle_no == cases.c.cycle_no - 1)
    query = (
        _case_query(area, is_in_rework(as_of), department_id, joined=(cycle, before))
        .add_columns(cycle.c.reopened_at, cycle.c.result, said.label("reason"))
        .order_by(cycle.c.reopened_at.is_(None), cycle.c.reopened_at, cases.c.case_id)
    )
    return list(connection.execute(query.offset(offset).limit(limit)))


def _case_query(
    area: AreaRow,
    chosen: ColumnElement[bool],
    department_id: int | None,
    joined: tuple[Any, Any] | None = None,
) -> Any:
    source = cases.join(area_paths, area_paths.c.area_id == _AREA)
    source = source.join(categories, categories.c.category_id == cases.c.category_id)
    source = source.outerjoin(departments, departments.c.department_id == cases.c.department_id)
    if joined is not None:
        source = source.outerjoin(*joined)
    own = (
        "case_id", "case_code", "state", "is_urgent", "cycle_no", "dispatched_at", "deadline_at",
        "supervise_level",
    )  # fmt: skip
    query = select(
        *(cases.c[name] for name in own),
        area_paths.c.path,
        categories.c.name_zh.label("category_zh"),
        categories.c.name_en.label("category_en"),
        departments.c.code.label("department_code"),
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
    ).select_from(source)
    query = query.where(chosen, is_below(area))
    if department_id is not None:
        query = query.where(_UNIT.in_([department_id]))
    return query


def read_whistles(
    connection: Connection, area: AreaRow, start: datetime, end: datetime, as_of: datetime, *,
    department_id: int | None, only_late: bool, offset: int, limit: int,
) -> tuple[int, Sequence[Any]]:  # fmt: skip
    """(how many, rows) of the whistle calls 吹哨 of [start, end), newest first.

    ``only_late``: those answered after their limit, and those whose limit ran out unanswered.
    """
    table = whistle_calls
    chosen = [
        is_below(area),
        table.c.called_at >= start,
        table.c.called_at < end,
        table.c.called_at <= as_of,
    ]
    if department_id is not None:
        chosen.append(table.c.department_id == department_id)
    if only_late:
        came = and_(table.c.arrived_at.is_not(None), table.c.arrived_at <= as_of)
        never = and_(~came, table.c.due_at < as_of)
        chosen.append(or_(never, and_(came, table.c.arrived_at > table.c.due_at)))
    source = table.join(area_paths, area_paths.c.area_id == table.c.area_id)
    total = select(func.count()).select_from(source).where(*chosen)
    source = source.join(departments, departments.c.department_id == table.c.department_id)
    source = source.outerjoin(cases, cases.c.case_id == table.c.case_id)
    query = (
        select(table, area_paths.c.path, cases.c.case_code)
        .add_columns(
            departments.c.code.label("department_code"),
            departments.c.name_zh.label("department_zh"),
            departments.c.name_en.label("department_en"),
        )
        .select_from(source)
        .where(*chosen)
        .order_by(table.c.called_at.desc(), table.c.call_id.desc())
        .offset(offset)
        .limit(limit)
    )
    return int(connection.execute(total).scalar_one()), list(connection.execute(query))
