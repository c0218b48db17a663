"""One case with all that hangs on it 案件详情."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, and_, or_, select

from data_access.tables import (
    area_paths,
    areas,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_findings,
    case_rechecks,
    case_suspensions,
    cases,
    categories,
    deadline_changes,
    departments,
    sources,
    supervisions,
    whistle_calls,
    workers,
)
from data_access.types import epoch_ms, is_storable

Row = dict[str, Any]
MOST_RELATED: Final = 20
_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class CaseRecord:
    """A case and its rows, each list in the order of time; instants are aware UTC.

    ``row``: all columns of ``cases`` and the names of what they point to (``…_zh``, ``…_en``), the
    area's ``path`` (None: not placed yet), and the worker's and first department's names.
    """

    row: Any
    events: list[Any]
    cycles: list[Any]
    suspensions: list[Any]
    extensions: list[Any]
    deadline_changes: list[Any]
    callbacks: list[Any]
    supervisions: list[Any]
    rechecks: list[Any]
    whistles: list[Any]
    findings: list[Any]


def find_case_id(connection: Connection, name: str) -> int | None:
    """The id of the case with this code, or with this id; None for neither."""
    if not is_storable(name):
        return None
    by_code = select(cases.c.case_id).where(cases.c.case_code == name)
    found: int | None = connection.execute(by_code).scalar_one_or_none()
    is_id = name.isascii() and name.isdigit() and int(name) <= _LARGEST_ID
    if found is None and is_id:
        by_id = select(cases.c.case_id).where(cases.c.case_id == int(name))
        found = connection.execute(by_id).scalar_one_or_none()
    return found


def read_case(connection: Connection, case_id: int) -> CaseRecord | None:
    """The whole case; None where there is none with this id."""
    row = connection.execute(_case_query().where(cases.c.case_id == case_id)).one_or_none()
    if row is None:
        return None

    def of(table: Table, *order: Any) -> list[Any]:
        query = select(table).where(table.c.case_id == case_id).order_by(*order)
        return list(connection.execute(query))

    return CaseRecord(
        row=row,
        events=list(connection.execute(_events_query(case_id))),
        cycles=of(case_cycles, case_cycles.c.cycle_no),
        suspensions=of(case_suspensions, case_suspensions.c.seq),
        extensions=of(case_extensions, case_extensions.c.seq),
        deadline_changes=of(deadline_changes, deadline_changes.c.change_id),
        callbacks=of(callbacks, callbacks.c.visited_at, callbacks.c.callback_id),
        supervisions=of(supervisions, supervisions.c.issued_at, supervisions.c.supervision_id),
        rechecks=of(case_rechecks, case_rechecks.c.drawn_at, case_rechecks.c.recheck_id),
        whistles=list(connection.execute(_whistle_query(case_id))),
        findings=of(case_findings, case_findings.c.seq),
    )


def _case_query() -> Select[Any]:
    first = departments.alias("first_department")
    source: Any = cases
    source = source.outerjoin(area_paths, area_paths.c.area_id == cases.c.area_id)
    source = source.join(areas, areas.c.area_id == cases.c.area_id)
    source = source.join(categories, categories.c.category_id == cases.c.category_id)
    source = source.join(sources, sources.c.source_id == cases.c.source_id)
    source = source.outerjoin(departments, departments.c.department_id == cases.c.department_id)
    source = source.outerjoin(first, first.c.department_id == cases.c.first_department_id)
    source = source.outerjoin(workers, workers.c.worker_id == cases.c.worker_id)
    named = [
        column
        for table, name in (
            (categories, "category"), (departments, "department"), (sources, "source"),
            (first, "first_department"),
        )
        for column in (table.c.name_zh.label(f"{name}_zh"), table.c.name_en.label(f"{name}_en"))
    ]  # fmt: skip
    return select(
        cases,
        *named,
        categories.c.code.label("category_code"),
        sources.c.kind.label("source_kind"),
        workers.c.name.label("worker_name"),
        areas.c.code.label("area_code"),
        areas.c.kind.label("area_kind"),
        areas.c.polygon,
        area_paths.c.path,
    ).select_from(source)


def _events_query(case_id: int) -> Select[Any]:
    named = (
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
    )
    joined = case_events.outerjoin(
        departments, departments.c.department_id == case_events.c.department_id
    )
    return (
        select(case_events, *named)
        .select_from(joined)
        .where(case_events.c.case_id == case_id)
        .order_by(case_events.c.seq)
    )


def _whistle_query(case_id: int) -> Select[Any]:
    joined = whistle_calls.join(
        departments, departments.c.department_id == whistle_calls.c.department_id
    )
    named = (
        departments.c.name_zh.label("department_zh"),
        departments.c.name_en.label("department_en"),
    )
    return (
        select(whistle_calls, *named)
        .select_from(joined)
        .where(whistle_calls.c.case_id == case_id)
        .order_by(whistle_calls.c.called_at, whistle_calls.c.call_id)
    )


def read_polygons(connection: Connection, area_ids: Sequence[int]) -> dict[int, str]:
    """The GeoJSON geometries of these areas by id; areas without one are left out."""
    query = select(areas.c.area_id, areas.c.polygon).where(
        areas.c.area_id.in_(area_ids), areas.c.polygon.is_not(None)
    )
    return {row.area_id: row.polygon for row in connection.execute(query)}


def read_pauses_of(connection: Connection, case_ids: Sequence[int]) -> list[Row]:
    """case_id, started_at, planned_end_at and ended_at (epoch ms) of the cases' suspensions."""
    pause = case_suspensions
    moments = ("started_at", "planned_end_at", "ended_at")
    query = (
        select(pause.c.case_id, *(epoch_ms(pause.c[name]).label(name) for name in moments))
        .where(pause.c.case_id.in_(case_ids))
        .order_by(pause.c.case_id, pause.c.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()] if case_ids else []


def read_related(
    connection: Connection,
    row: Any,
    *,
    since: datetime,
    until: datetime,
    caller_kinds: Sequence[str],
    degrees: tuple[float, float],
) -> list[tuple[str, Any]]:
    """Other cases of the same caller or at the same place accepted in [since, until], newest first.

    The caller is told by telephone where the source is of ``caller_kinds``; the place by the same
    area and category with the same address or a point no further than ``degrees`` of longitude and
    latitude. What it repeats or was merged into comes in any case. At most MOST_RELATED, each as
    (caller, place or linked; row).
    """
    same_caller = None
    if row.reporter_phone and row.source_kind in caller_kinds:
        same_caller = and_(
            cases.c.reporter_phone == row.reporter_phone, sources.c.kind.in_(caller_kinds)
        )
    linked = [one for one in (row.repeat_of_case_id, row.master_case_id) if one is not None]
    in_time = cases.c.accepted_at.between(since, until)
    ways = [
        ("caller", same_caller, (in_time,)),
        ("place", _same_place(row, degrees), (in_time,)),
        ("linked", cases.c.case_id.in_(linked) if linked else None, ()),
    ]
    found: dict[int, tuple[str, Any]] = {}
    for why, condition, limits in ways:
        if condition is not None:
            for other in connection.execute(_related_query(row.case_id, condition, *limits)):
                found.setdefault(other.case_id, (why, other))
    return sorted(found.values(), key=_newest, reverse=True)[:MOST_RELATED]


def _newest(found: tuple[str, Any]) -> tuple[Any, ...]:
    accepted = found[1].accepted_at
    return accepted is not None, accepted and accepted.timestamp(), found[1].case_id


def _same_place(row: Any, degrees: tuple[float, float]) -> Any:
    places = []
    if row.address:
        places.append(cases.c.address == row.address)
    if row.longitude is not None and row.latitude is not None:
        east, north = degrees
        places.append(
            and_(
                cases.c.longitude.between(row.longitude - east, row.longitude + east),
                cases.c.latitude.between(row.latitude - north, row.latitude + north),
            )
        )
    if not places:
        return None
    same = and_(cases.c.area_id == row.area_id, cases.c.category_id == row.category_id)
    return and_(same, or_(*places))


def _related_query(own_id: int, *conditions: Any) -> Select[Any]:
    joined = cases.join(sources, sources.c.source_id == cases.c.source_id)
    return (
        select(
            cases.c.case_id,
            cases.c.case_code,
            cases.c.state,
            cases.c.accepted_at,
            cases.c.closed_at,
            categories.c.name_zh.label("category_zh"),
            categories.c.name_en.label("category_en"),
        )
        .select_from(joined.join(categories, categories.c.category_id == cases.c.category_id))
        .where(cases.c.case_id != own_id, *conditions)
        .order_by(cases.c.accepted_at.desc(), cases.c.case_id.desc())
        .limit(MOST_RELATED)
    )
