"""不满意整改: call-backs that were dissatisfied or unsolved, and what became of their cases.

One row a case: its newest such call-back of the interval, unless a still newer one of the same kind
came later (then the case belongs to that one's time). All instants are aware.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from data_access.counted_rows import LIVE
from data_access.rollup_reads import AreaRow, is_below
from data_access.surveys import Wave
from data_access.tables import (
    area_paths,
    callbacks,
    case_cycles,
    cases,
    categories,
    departments,
    survey_sums,
    survey_waves,
)
from data_access.types import Instant

# What became of it, most pressing first.
STAGES = ("not_sent_back", "in_rework", "to_be_asked", "rated_again")


def read_stage_counts(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> dict[str, int]:
    """How many of the dissatisfied or unsolved call-backs in [start, end) below an area have come
    how far; every stage is there."""
    stage = _stage().label("stage")
    rows = connection.execute(
        _items(area, start, end).with_only_columns(stage, func.count()).group_by(stage)
    )
    found = {row[0]: row[1] for row in rows}
    return {name: found.get(name, 0) for name in STAGES}


def read_items(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    *,
    stage: str = "",
    limit: int,
    offset: int = 0,
) -> list[Any]:
    """Those of one stage, or of all; the most pressing stage first, in it the oldest first."""
    which = _stage()
    rank = case(
        {name: number for number, name in enumerate(STAGES)}, value=which, else_=len(STAGES)
    )
    query = _items(area, start, end).with_only_columns(
        callbacks.c.callback_id,
        callbacks.c.case_id,
        callbacks.c.visited_at,
        callbacks.c.answer,
        callbacks.c.is_solved,
        cases.c.case_code,
        cases.c.state,
        cases.c.cycle_no,
        area_paths.c.path,
        categories.c.name_zh.label("category_zh"),
        categories.c.name_en.label("category_en"),
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
        which.label("stage"),
        _new_answer().label("new_answer"),
    )
    query = query.join(categories, categories.c.category_id == cases.c.category_id).outerjoin(
        departments, departments.c.department_id == cases.c.department_id
    )
    if stage:
        query = query.where(which == stage)
    query = query.order_by(rank, callbacks.c.visited_at, callbacks.c.callback_id)
    return list(connection.execute(query.limit(limit).offset(offset)))


def _new_answer() -> ScalarSelect[Any]:
    """The answer of the case's newest valid call-back after this one, "none" for one without an
    answer; NULL where nobody asked again."""
    again = callbacks.alias("again")
    return (
        select(func.coalesce(again.c.answer, "none"))
        .where(
            again.c.case_id == callbacks.c.case_id,
            again.c.is_valid,
            again.c.visited_at > callbacks.c.visited_at,
        )
        .order_by(again.c.visited_at.desc(), again.c.callback_id.desc())
        .limit(1)
        .scalar_subquery()
    )


def read_last_call(connection: Connection, case_id: int) -> Any:
    """The newest valid call-back of a case: visited_at, is_bad, and sent_back_at, when its present
    cycle began (None in the first). None: there is no such call-back."""
    sent_back = (
        select(func.max(case_cycles.c.reopened_at, type_=Instant()))
        .where(case_cycles.c.case_id == case_id)
        .scalar_subquery()
    )
    bad = func.coalesce(_is_bad(callbacks), false())
    query = (
        select(callbacks.c.visited_at, bad.label("is_bad"), sent_back.label("sent_back_at"))
        .where(callbacks.c.case_id == case_id, callbacks.c.is_valid)
        .order_by(callbacks.c.visited_at.desc(), callbacks.c.callback_id.desc())
        .limit(1)
    )
    return connection.execute(query).one_or_none()


def _is_bad(table: Any) -> ColumnElement[bool]:
    """Valid, and dissatisfied or said not to be solved."""
    return and_(table.c.is_valid, or_(table.c.answer == "dissatisfied", not_(table.c.is_solved)))


def _items(area: AreaRow, start: datetime, end: datetime) -> Select[Any]:
    later = callbacks.alias("later")
    superseded = exists(
        select(later.c.callback_id).where(
            later.c.case_id == callbacks.c.case_id,
            later.c.visited_at > callbacks.c.visited_at,
            _is_bad(later),
        )
    )
    return (
        select(callbacks.c.callback_id)
        .join(cases, cases.c.case_id == callbacks.c.case_id)
        .join(area_paths, area_paths.c.area_id == cases.c.area_id)
        .where(
            callbacks.c.visited_at >= start,
            callbacks.c.visited_at < end,
            _is_bad(callbacks),
            not_(superseded),
            LIVE,
            is_below(area),
        )
    )


def _stage() -> ColumnElement[str]:
    again = callbacks.alias("asked_again")
    asked = exists(
        select(again.c.callback_id).where(
            again.c.case_id == callbacks.c.case_id,
            again.c.is_valid,
            again.c.visited_at > callbacks.c.visited_at,
        )
    )
    sent_back = exists(
        select(case_cycles.c.case_id).where(
            case_cycles.c.case_id == callbacks.c.case_id,
            case_cycles.c.reopened_at >= callbacks.c.visited_at,
        )
    )
    return case(
        (asked, "rated_again"),
        (and_(sent_back, cases.c.closed_at.is_(None)), "in_rework"),
        (sent_back, "to_be_asked"),
        else_="not_sent_back",
    )


def read_waves(connection: Connection, area_id: int) -> list[tuple[Wave, Any]]:
    """Every survey wave with the counts of an area, the newest first; a wave that nobody of the
    area answered is left out."""
    rows = connection.execute(
        select(survey_waves, survey_sums)
        .join(survey_sums, survey_sums.c.wave_id == survey_waves.c.wave_id)
        .where(survey_sums.c.area_id == area_id)
        .order_by(survey_waves.c.started_on.desc(), survey_waves.c.wave_id.desc())
    )
    return [
        (
            Wave(
                wave_id=row.wave_id,
                name_zh=row.name_zh,
                name_en=row.name_en,
                sample_label=row.sample_label,
            ),
            row,
        )
        for row in rows
    ]
