"""Searching cases 案件查询: what a filter keeps, page by page, as a count and as a stream.

The stocks and the rows behind a KPI come from ``counted_rows``, so a filtered list is as long as
the number that leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    union,
    union_all,
)

from data_access import attendance
from data_access.case_columns import is_wanted
from data_access.counted_rows import LIVE, Condition, Rows, Span, stock_condition, within
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import (
    area_paths,
    cases,
    categories,
    departments,
    sources,
    supervisions,
)

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
# How many cases a text is looked for in: the newest ones that the other filters keep.
TEXT_DEPTH: Final = 200_000
# Areas of more places than this are looked through by time, smaller ones by place.
_SMALL_AREA: Final = 60
_STREAMED: Final = 2_000
_OWN_STOCKS: Final = (
    "open", "overdue", "due_soon", "suspended", "suspended_past_end", "undated", "unhandled",
)  # fmt: skip
PERIODS: Final = ("accepted", "closed", "deadline")
LIGHTS: Final = ("red", "yellow", "green", "none")


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases are wanted; what is left at its default does not cut.

    ``span``: the moment of the stocks and, with ``by`` (one of PERIODS), the period. ``marks``:
    names of MARKS, all of which must hold. ``counted``: the rows behind a number instead, one for
    everything counted; ``by`` is then of no use. Without ``states`` void cases are left out.
    """

    area: AreaRow
    span: Span
    chosen: Slice = EVERY_CASE
    by: str = ""
    states: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    light: str = ""
    text: str = ""
    counted: tuple[Rows, ...] = ()
    attend_minutes: int = 120


@dataclass(frozen=True, kw_only=True)
class Order:
    """By one of SORTS, or "counted": the moment by which a counted row counts. Cases without the
    moment come as if it lay in the future."""

    name: str = "accepted"
    is_descending: bool = True


def _is_supervised() -> Condition:
    issued = select(supervisions.c.case_id)
    raised = select(cases.c.case_id).where(cases.c.supervise_level > 0)
    return cases.c.case_id.in_(union(issued, raised))


_FLAGS: Final[Mapping[str, Callable[[], Condition]]] = {
    "urgent": lambda: cases.c.is_urgent,
    "supervised": _is_supervised,
    "typical": lambda: cases.c.is_typical,
    "repeat": lambda: cases.c.repeat_of_case_id.is_not(None),
    "repeated": lambda: cases.c.repeated_at.is_not(None),
    "reworked": lambda: cases.c.cycle_no > 1,
    "whistle": lambda: cases.c.is_whistle,
}
MARKS: Final = (*_OWN_STOCKS, *_FLAGS, *attendance.MARKS)


def _name(table: Any, key: str) -> Any:
    own = table.c[key]
    return select(table.c.code).where(own == cases.c[key]).scalar_subquery()


_SORTS: Final[Mapping[str, Callable[[], Any]]] = {
    "accepted": lambda: cases.c.accepted_at,
    "deadline": lambda: cases.c.deadline_at,
    "code": lambda: cases.c.case_code,
    "closed": lambda: cases.c.closed_at,
    "reported": lambda: cases.c.reported_at,
    "category": lambda: _name(categories, "category_id"),
    "department": lambda: _name(departments, "department_id"),
    "source": lambda: _name(sources, "source_id"),
    "state": lambda: cases.c.state,
    "area": lambda: (
        select(area_paths.c.first_order)
        .where(area_paths.c.area_id == cases.c.area_id)
        .scalar_subquery()
    ),
}
SORTS: Final = tuple(_SORTS)
# Those an index gives; the others are for lists that are short enough to be sorted.
INDEXED_SORTS: Final = ("accepted", "deadline", "code", "counted")


def read_case_list(
    connection: Connection, wanted: CaseFilter, order: Order, *, offset: int, limit: int
) -> list[Any]:
    """The rows [offset, offset + limit) of the list; see ``_listed`` for their columns."""
    branches = _branches(connection, wanted)
    if len(branches) > 1 and order.name == "counted":
        # The first rows of the whole are among the first rows of each part, which an index gives.
        branches = [
            _by_order(one, order).limit(offset + limit).subquery().select() for one in branches
        ]
    query = _by_order(_united(branches), order).offset(offset).limit(limit)
    return list(connection.execute(_listed(query, order)))


def read_text_ids(connection: Connection, wanted: CaseFilter, *, most: int) -> list[int] | None:
    """Ids of a list by text, newest first, at most so many: the one look through the texts that
    answers for the length and for the page. None where the list is of another kind."""
    if not wanted.text or wanted.counted:
        return None
    query = _by_order(_united(_branches(connection, wanted)), Order()).limit(most)
    return [row[0] for row in connection.execute(query)]


def read_listed(
    connection: Connection, case_ids: Sequence[int], order: Order, *, offset: int, limit: int
) -> list[Any]:
    """The rows [offset, offset + limit) of the list of these very cases, in an order."""
    picked = select(cases.c.case_id).where(is_wanted(connection, cases.c.case_id, case_ids))
    query = _by_order(picked, order).offset(offset).limit(limit)
    return list(connection.execute(_listed(query, order)))


def stream_case_list(connection: Connection, wanted: CaseFilter, order: Order) -> Iterator[Any]:
    """All rows of the list, a few thousand at a time, in the snapshot of ``connection``."""
    streaming = connection.execution_options(stream_results=True, yield_per=_STREAMED)
    query = _by_order(_united(_branches(streaming, wanted)), order)
    yield from streaming.execute(_listed(query, order))


def count_case_list(connection: Connection, wanted: CaseFilter, *, most: int | None = None) -> int:
    """How many rows the list has; ``most``: no further than that, give or take what is counted."""
    total = 0
    for picked in _branches(connection, wanted):
        rows = (picked if most is None else picked.limit(most)).subquery()
        total += connection.execute(select(func.count()).select_from(rows)).scalar_one()
        if most is not None and total >= most:
            break
    return total


def _branches(connection: Connection, wanted: CaseFilter) -> list[Select[Any]]:
    """case_id of everything the filter keeps; of counted rows also ``counted_at``, one query for
    each of their terms."""
    conditions = _conditions(connection, wanted)
    if wanted.counted:
        if wanted.text:
            conditions.append(_has_text(cases, wanted.text))
        return [_counted(rows, conditions) for rows in wanted.counted]
    if wanted.text:
        found_by_text = _with_text(conditions, wanted.text).subquery("with_text")
        source = cases.join(found_by_text, found_by_text.c.case_id == cases.c.case_id)
        return [select(cases.c.case_id).select_from(source)]
    return [select(cases.c.case_id).where(*conditions)]


def _counted(rows: Rows, conditions: Sequence[Condition]) -> Select[Any]:
    counted = rows.subquery("counted")
    source = counted.join(cases, cases.c.case_id == counted.c.case_id)
    found = select(cases.c.case_id, counted.c.at.label("counted_at"))
    return found.select_from(source).where(*conditions)


def _united(branches: Sequence[Select[Any]]) -> Select[Any]:
    """One query of all branches; a single one stays as it is."""
    if len(branches) == 1:
        return branches[0]
    union_of = union_all(*branches).subquery("united")
    source = union_of.join(cases, cases.c.case_id == union_of.c.case_id)
    return select(cases.c.case_id, union_of.c.counted_at).select_from(source)


def _by_order(query: Select[Any], order: Order) -> Select[Any]:
    """The query in its order, with the key of it as ``sort_key``."""
    key: Any = query.selected_columns.get("counted_at") if order.name == "counted" else None
    if key is None:
        key = _SORTS.get(order.name, _SORTS["accepted"])()
    case_id = query.selected_columns["case_id"]
    return query.add_columns(key.label("sort_key")).order_by(
        *_directed(key, case_id, order.is_descending)
    )


def _directed(key: Any, case_id: Any, is_descending: bool) -> tuple[Any, Any]:
    if is_descending:
        return key.desc().nulls_first(), case_id.desc()
    return key.asc().nulls_last(), case_id.asc()


def _conditions(connection: Connection, wanted: CaseFilter) -> list[Condition]:
    conditions = [_inside(connection, wanted.area), slice_condition(wanted.chosen)]
    if wanted.states:
        conditions.append(cases.c.state.in_(wanted.states))
    elif not wanted.counted:
        conditions.append(LIVE)
    if wanted.by and not wanted.counted:
        conditions.append(_in_period(wanted.by, wanted.span))
    now = Span(start=wanted.span.as_of, end=_FOREVER, as_of=wanted.span.as_of)
    if wanted.light:
        conditions.append(_has_light(wanted.light, now))
    for mark in wanted.marks:
        conditions.append(_has_mark(mark, now, wanted.attend_minutes))
    return conditions


def _has_mark(mark: str, now: Span, attend_minutes: int) -> Condition:
    if mark in attendance.MARKS:
        return attendance.attend_condition(mark, as_of=now.as_of, limit_minutes=attend_minutes)
    return _FLAGS[mark]() if mark in _FLAGS else stock_condition(mark, now)


def _inside(connection: Connection, area: AreaRow) -> Condition:
    """The case lies in the area. For SQLite, which does not count rows before it chooses an index,
    a plus bars the index by place where the area is large."""
    below = select(area_paths.c.area_id).where(is_below(area))
    is_small = area.last_order - area.first_order < _SMALL_AREA
    if is_small or connection.dialect.name != "sqlite":
        return cases.c.area_id.in_(below)
    return literal_column("+cases.area_id").in_(below)


def _in_period(by: str, span: Span) -> Condition:
    """Accepted or closed in it and known; due in it, also later than now."""
    if by == "deadline":
        return and_(cases.c.deadline_at >= span.start, cases.c.deadline_at < span.end)
    return within(cases.c[f"{by}_at"], span)


def _has_light(light: str, now: Span) -> Condition:
    """A running case by the light of its closing deadline; suspended ones have none to show."""
    if light == "red":
        return stock_condition("overdue", now)
    if light == "yellow":
        return stock_condition("due_soon", now)
    if light == "none":
        return stock_condition("undated", now)
    is_in_time = and_(
        cases.c.deadline_at >= now.at,
        or_(cases.c.due_soon_at.is_(None), cases.c.due_soon_at >= now.at),
    )
    return and_(
        stock_condition("open", now),
        cases.c.deadline_at.is_not(None),
        or_(cases.c.timeout_exempt, is_in_time),
    )


def _has_text(table: Any, text: str) -> Condition:
    """The whole code, its beginning, or a part of title or address, whatever the case."""
    beginning = table.c.case_code.startswith(text, autoescape=True)
    if text.lower() == text.upper():  # Chinese: nothing to make small in 200,000 titles
        return or_(
            beginning,
            table.c.title.contains(text, autoescape=True),
            table.c.address.contains(text, autoescape=True),
        )
    return or_(
        beginning,
        table.c.title.icontains(text, autoescape=True),
        table.c.address.icontains(text, autoescape=True),
    )


def _with_text(conditions: Sequence[Condition], text: str) -> Any:
    """Ids by text among the newest TEXT_DEPTH that are left, and by the very code among all."""
    newest = (
        select(cases.c.case_id, cases.c.case_code, cases.c.title, cases.c.address)
        .where(*conditions)
        .order_by(*_directed(cases.c.accepted_at, cases.c.case_id, True))
        .limit(TEXT_DEPTH)
        .subquery("newest")
    )
    by_text: ColumnElement[bool] = _has_text(newest, text)
    return union(
        select(newest.c.case_id).where(by_text),
        select(cases.c.case_id).where(*conditions, cases.c.case_code == text),
    )


def _listed(picked: Select[Any], order: Order) -> Select[Any]:
    """What a list shows of the picked rows, in the same order."""
    shown = picked.subquery("shown")
    source = shown.join(cases, cases.c.case_id == shown.c.case_id)
    source = source.outerjoin(area_paths, area_paths.c.area_id == cases.c.area_id)
    source = source.join(categories, categories.c.category_id == cases.c.category_id)
    source = source.join(sources, sources.c.source_id == cases.c.source_id)
    source = source.outerjoin(departments, departments.c.department_id == cases.c.department_id)
    names = [
        column
        for table, name in (
            (categories, "category"), (departments, "department"), (sources, "source"),
        )
        for column in (table.c.name_zh.label(f"{name}_zh"), table.c.name_en.label(f"{name}_en"))
    ]  # fmt: skip
    return (
        select(*(cases.c[name] for name in _COLUMNS), area_paths.c.path, *names)
        .select_from(source)
        .order_by(*_directed(shown.c.sort_key, shown.c.case_id, order.is_descending))
    )


_COLUMNS: Final = (
    "case_id", "case_code", "state", "title", "address", "is_urgent", "is_typical", "is_whistle",
    "timeout_exempt", "supervise_level", "cycle_no", "repeat_of_case_id", "reported_at",
    "accepted_at", "due_soon_at", "deadline_handle_at", "deadline_at", "handled_at", "closed_at",
    "voided_at", "limit_kind", "limit_amount", "start_rule", "clock_started_at",
)  # fmt: skip
