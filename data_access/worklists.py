"""Worklists 超期、临期、今日到期、将超期、挂账、督办: counts by area and department, and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from data_access.counted_rows import Span, is_suspended
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import (
    area_paths,
    areas,
    case_suspensions,
    cases,
    categories,
    departments,
    supervisions,
)

TABS: Final = ("overdue", "due_soon", "today", "meeting", "suspended", "supervised")
_FOREVER = datetime.max.replace(tzinfo=UTC)
# The plus bars the index by area: SQLite would look through all cases of all areas.
_AREA: Final = literal_column("+cases.area_id", Integer)


@dataclass(frozen=True, kw_only=True)
class Moments:
    """``as_of``: what the numbers stand for; ``tonight`` and ``meeting``: what they look forward
    to. All aware."""

    as_of: datetime
    tonight: datetime
    meeting: datetime


@dataclass(frozen=True, kw_only=True)
class WorkCount:
    """Open cases of one department below one area, by tab; department 0: nobody in charge."""

    area_id: int
    department_id: int
    counts: dict[str, int]


def _running(moments: Moments) -> list[ColumnElement[bool]]:
    # The first two are the partial index's own words, which the planner wants to hear.
    return [
        cases.c.closed_at.is_(None),
        cases.c.voided_at.is_(None),
        # Not by the index of acceptance either: every case there is was accepted some day.
        func.coalesce(cases.c.accepted_at, None, type_=cases.c.accepted_at.type) <= moments.as_of,
    ]


def _tab(name: str, moments: Moments) -> ColumnElement[bool]:
    """Being in a tab, of a running case; the words of the stocks in ``counted_rows``."""
    as_of, deadline = moments.as_of, cases.c.deadline_at
    paused = is_suspended(Span(start=as_of, end=_FOREVER, as_of=as_of))
    if name == "suspended":
        return paused
    if name == "supervised":
        return exists(select(supervisions.c.case_id).where(_is_open_supervision()))
    when = {
        "overdue": deadline < as_of,
        "due_soon": and_(
            cases.c.due_soon_at < as_of, deadline >= as_of, cases.c.due_soon_at < deadline
        ),
        "today": and_(deadline >= as_of, deadline < moments.tonight),
        "meeting": and_(deadline >= as_of, deadline < moments.meeting),
    }[name]
    return and_(when, ~cases.c.timeout_exempt, not_(paused))


def _is_open_supervision() -> ColumnElement[bool]:
    return and_(supervisions.c.case_id == cases.c.case_id, supervisions.c.resolved_at.is_(None))


def read_work_counts(
    connection: Connection,
    area: AreaRow,
    tops: Sequence[AreaRow],
    moments: Moments,
    chosen: Slice = EVERY_CASE,
) -> list[WorkCount]:
    """Every tab's cases below an area by one of ``tops`` (its children) and department.

    A case that hangs below none of them counts for the area itself; ``chosen`` cuts all alike. One
    statement; only open cases are read.
    """
    top = area_paths.alias("top")
    is_top = and_(
        top.c.area_id.in_([row.area_id for row in tops]),
        area_paths.c.first_order.between(top.c.first_order, top.c.last_order),
    )
    source: Any = cases.join(area_paths, area_paths.c.area_id == _AREA)
    place: ColumnElement[Any] = area_paths.c.area_id  # below a leaf there is nothing else
    if tops:
        source = source.outerjoin(top, is_top)
        place = func.coalesce(top.c.area_id, literal_column(str(int(area.area_id))))
    member = func.coalesce(cases.c.department_id, literal_column("0"))
    inside = [func.sum(case((_tab(name, moments), 1), else_=0)) for name in TABS]
    below = is_below(area)
    rows = connection.execute(
        select(place, member, *inside)
        .select_from(source)
        .where(
            *_running(moments),
            below,
            slice_condition(chosen),
            or_(*(_reachable(name, moments) for name in TABS)),
        )
        .group_by(place, member)
    )
    found = [
        WorkCount(
            area_id=int(row[0]),
            department_id=int(row[1]),
            counts=dict(zip(TABS, map(int, row[2:]), strict=True)),
        )
        for row in rows
    ]
    return [one for one in found if any(one.counts.values())]


def _reachable(name: str, moments: Moments) -> ColumnElement[bool]:
    """A cheap condition that every case of a tab fulfils, so that most are never looked into."""
    if name in ("suspended", "supervised"):
        return _tab(name, moments)
    if name == "due_soon":
        return cases.c.due_soon_at < moments.as_of
    return cases.c.deadline_at < moments.meeting


def read_work_page(
    connection: Connection,
    place: AreaRow,
    tab: str,
    moments: Moments,
    *,
    department_id: int | None,
    offset: int,
    limit: int,
    chosen: Slice = EVERY_CASE,
) -> list[Any]:
    """One page of a tab's cases below a place: longest overdue, soonest due, first to resume or to
    answer.

    ``department_id`` None: of all, 0: of nobody. With what a row of the page needs, instants aware.
    Raises KeyError for a tab that is none of TABS.
    """
    in_charge: ColumnElement[bool] = area_paths.c.first_order.between(
        place.first_order, place.last_order
    )
    if department_id == 0:
        in_charge = and_(in_charge, cases.c.department_id.is_(None))
    elif department_id is not None:
        in_charge = and_(in_charge, cases.c.department_id == department_id)
    pause = case_suspensions.alias("pause")
    source = cases.join(area_paths, area_paths.c.area_id == _AREA)
    source = source.join(areas, areas.c.area_id == cases.c.area_id)
    source = source.join(categories, categories.c.category_id == cases.c.category_id)
    source = source.outerjoin(departments, departments.c.department_id == cases.c.department_id)
    source = source.outerjoin(pause, _is_standing_pause(pause, moments.as_of))
    order = _order(tab, pause)
    query = (
        select(*_columns(pause))
        .select_from(source)
        .where(*_running(moments), in_charge, slice_condition(chosen), _tab(tab, moments))
        .order_by(*order, cases.c.case_id)
        .offset(offset)
        .limit(limit)
    )
    return list(connection.execute(query))


def _order(tab: str, pause: Any) -> list[ColumnElement[Any]]:
    """By deadline; suspended cases by planned end, supervised ones by when an answer is due."""
    if tab == "supervised":
        due = select(func.min(supervisions.c.reply_due_at)).where(_is_open_supervision())
        when: Any = due.scalar_subquery()
    else:
        when = pause.c.planned_end_at if tab == "suspended" else cases.c.deadline_at
    return [when.is_(None), when]


def read_departments(connection: Connection) -> dict[int, tuple[str, str, str | None]]:
    """Department id → code, Chinese and English name."""
    table = departments
    rows = connection.execute(
        select(table.c.department_id, table.c.code, table.c.name_zh, table.c.name_en)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _is_standing_pause(pause: Any, as_of: datetime) -> ColumnElement[bool]:
    """The suspension that stands of a case; of two, the one begun last."""
    other = case_suspensions.alias("other")
    latest = (
        select(func.max(other.c.seq))
        .where(
            other.c.case_id == cases.c.case_id,
            other.c.started_at <= as_of,
            or_(other.c.ended_at.is_(None), other.c.ended_at > as_of),
        )
        .scalar_subquery()
    )
    return and_(pause.c.case_id == cases.c.case_id, pause.c.seq == latest)


def _columns(pause: Any) -> list[Any]:
    own = (
        "case_id", "case_code", "title", "state", "is_urgent", "is_typical", "supervise_level",
        "area_id", "department_id", "accepted_at", "due_soon_at", "deadline_at", "limit_kind",
        "limit_amount", "closed_at",
    )  # fmt: skip
    return [
        *(cases.c[name] for name in own),
        area_paths.c.path,
        areas.c.code.label("area_code"),
        areas.c.kind.label("area_kind"),
        categories.c.name_zh.label("category_zh"),
        categories.c.name_en.label("category_en"),
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
        pause.c.started_at.label("paused_at"),
        pause.c.planned_end_at.label("pause_ends_at"),
        pause.c.reason.label("pause_reason"),
    ]
