"""Statistics about single persons 个人统计: their openings, and what may be read while one stands.

国办函〔2026〕12号 keeps them off. Every query about a person here takes the opening that permits it
and joins it, so that without one in force there is no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from data_access.field_counts import valid_patrol
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import (
    area_paths,
    areas,
    cases,
    check_ins,
    patrols,
    shifts,
    statistic_openings,
    visits,
    workers,
)
from data_access.types import epoch_ms, to_epoch_ms

STATISTICS: Final = ("online", "points", "tracks")
ROWS_SHOWN: Final = 300


def _stands(now: datetime) -> ColumnElement[bool]:
    table = statistic_openings
    return and_(
        table.c.opened_at <= now,
        table.c.ends_at > now,
        or_(table.c.ended_at.is_(None), table.c.ended_at > now),
    )


def read_openings(
    connection: Connection, line: Sequence[int], now: datetime, statistic: str = ""
) -> list[Any]:
    """Openings in force on a line of areas (ids from the root down), with the area's names; of one
    statistic where it is named."""
    of = [statistic_openings.c.statistic == statistic] if statistic else []
    return _openings(connection, [statistic_openings.c.area_id.in_(line), _stands(now), *of])


def read_all_openings(connection: Connection, area: AreaRow, *, limit: int) -> list[Any]:
    """Every opening on the area's line or below it, the newest first, whether it stands or not."""
    near = or_(statistic_openings.c.area_id.in_(area.line), is_below(area))
    return _openings(connection, [near], limit=limit)


def _openings(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], *, limit: int | None = None
) -> list[Any]:
    query = (
        select(statistic_openings, areas.c.code, areas.c.name_zh, areas.c.name_en)
        .join(areas, areas.c.area_id == statistic_openings.c.area_id)
        .join(area_paths, area_paths.c.area_id == statistic_openings.c.area_id)
        .where(*conditions)
        .order_by(statistic_openings.c.opening_id.desc())
        .limit(limit)
    )
    return list(connection.execute(query))


def add_opening(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new opening; its id."""
    key = statistic_openings.c.opening_id
    statement = insert(statistic_openings).values(dict(values)).returning(key)
    return int(connection.execute(statement).scalar_one())


def lock_opening(connection: Connection, opening_id: int) -> dict[str, Any] | None:
    """An opening with the path of its area, locked until commit; None where there is none."""
    query = (
        select(statistic_openings, area_paths.c.path)
        .join(area_paths, area_paths.c.area_id == statistic_openings.c.area_id)
        .where(statistic_openings.c.opening_id == opening_id)
        .with_for_update(of=statistic_openings)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def end_opening(connection: Connection, opening_id: int, *, now: datetime, by: str) -> None:
    """End an opening before its day."""
    connection.execute(
        update(statistic_openings)
        .where(statistic_openings.c.opening_id == opening_id)
        .values(ended_at=now, ended_by=by)
    )


def _permitted(opening_id: int, statistic: str, now: datetime) -> ColumnElement[bool]:
    """Whether the opening stands and is of this statistic, said in the query itself."""
    return (
        select(statistic_openings.c.opening_id)
        .where(
            statistic_openings.c.opening_id == opening_id,
            statistic_openings.c.statistic == statistic,
            _stands(now),
        )
        .exists()
    )


def read_online(
    connection: Connection, opening_id: int, area: AreaRow, start: datetime, end: datetime,
    now: datetime,
) -> list[Any]:  # fmt: skip
    """Workers whose home is below an area with shifts in [start, end): code, name, shifts, those
    with evidence, and milliseconds from the first evidence to the end of the shift or now."""
    until = min(end, now)
    ends, until_ms = epoch_ms(shifts.c.ends_at), to_epoch_ms(until)
    spent = case((ends < until_ms, ends), else_=until_ms) - epoch_ms(shifts.c.checked_in_at)
    spent = case((spent > 0, spent), else_=0)
    query = (
        select(
            workers.c.code, workers.c.name, workers.c.role,
            func.count().label("shifts"),
            func.count(shifts.c.checked_in_at).label("begun"),
            func.coalesce(func.sum(spent), 0).label("spent_ms"),
        )
        .select_from(workers.join(shifts, shifts.c.worker_id == workers.c.worker_id))
        .join(area_paths, area_paths.c.area_id == workers.c.area_id)
        .where(
            is_below(area), shifts.c.starts_at >= start, shifts.c.starts_at < until,
            _permitted(opening_id, "online", now),
        )
        .group_by(workers.c.worker_id, workers.c.code, workers.c.name, workers.c.role)
        .order_by(workers.c.code)
        .limit(ROWS_SHOWN)
    )  # fmt: skip
    return list(connection.execute(query))


def read_points(
    connection: Connection, opening_id: int, area: AreaRow, start: datetime, end: datetime,
    now: datetime,
) -> list[Any]:  # fmt: skip
    """Workers whose home is below an area with what they did in [start, end): valid patrols,
    visits, cases closed; those who did most come first."""
    until = min(end, now)

    def count(table: Any, moment: Any, *more: Any) -> Any:
        own = table.c.worker_id == workers.c.worker_id
        query = select(func.count()).select_from(table)
        return query.where(own, moment >= start, moment < until, *more).scalar_subquery()

    parts = {
        "patrols": count(patrols, patrols.c.started_at, valid_patrol()),
        "visits": count(visits, visits.c.visited_at),
        "cases": count(cases, cases.c.closed_at, cases.c.voided_at.is_(None)),
    }
    total = parts["patrols"] + parts["visits"] + parts["cases"]
    query = (
        select(
            workers.c.code, workers.c.name, workers.c.role,
            *(part.label(name) for name, part in parts.items()), total.label("points"),
        )
        .join(area_paths, area_paths.c.area_id == workers.c.area_id)
        .where(is_below(area), _permitted(opening_id, "points", now))
        .order_by(total.desc(), workers.c.code)
        .limit(ROWS_SHOWN)
    )  # fmt: skip
    return list(connection.execute(query))


def read_tracks(
    connection: Connection, opening_id: int, area: AreaRow, start: datetime, end: datetime,
    now: datetime,
) -> list[Any]:  # fmt: skip
    """Check-ins in [start, end) of workers whose home is below an area, by worker and time."""
    query = (
        select(
            workers.c.code, workers.c.name, workers.c.role, check_ins.c.kind, check_ins.c.at,
            check_ins.c.longitude, check_ins.c.latitude, check_ins.c.accuracy_metres,
        )
        .select_from(workers.join(check_ins, check_ins.c.worker_id == workers.c.worker_id))
        .join(area_paths, area_paths.c.area_id == workers.c.area_id)
        .where(
            is_below(area), check_ins.c.at >= start, check_ins.c.at < min(end, now),
            _permitted(opening_id, "tracks", now),
        )
        .order_by(workers.c.code, check_ins.c.at)
        .limit(ROWS_SHOWN)
    )  # fmt: skip
    return list(connection.execute(query))
