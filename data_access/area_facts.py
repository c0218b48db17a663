"""Facts about areas that are not sums of cases: duty now, portraits of grids, sources, geometry."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, or_, select

from data_access.duty import serves_on
from data_access.tables import (
    area_paths,
    areas,
    duty_history,
    duty_now,
    patrols,
    sources,
    visits,
    worker_grids,
    workers,
)
from data_access.types import to_epoch_ms

DUTY_COUNTS = (
    "rostered", "on_duty", "in_field", "on_leave", "absent",
    "grids_required", "grids_covered", "workers_active",
)  # fmt: skip


_STAFFING_COUNTS = ("grids_total", "grids_staffed")


def read_duty(connection: Connection, area_id: int) -> dict[int, dict[str, int]]:
    """Duty and staffing counts of now for an area and its children: area id → counts plus
    ``computed_ms``."""
    rows = connection.execute(
        select(duty_now)
        .join(areas, areas.c.area_id == duty_now.c.area_id)
        .where(or_(areas.c.area_id == area_id, areas.c.parent_id == area_id))
    )
    return {
        row.area_id: {
            **{name: getattr(row, name) for name in (*DUTY_COUNTS, *_STAFFING_COUNTS)},
            "computed_ms": to_epoch_ms(row.computed_at),
        }
        for row in rows
    }


def read_duty_history(connection: Connection, area_id: int, *, slots: int) -> list[Any]:
    """The newest half-hour slots of an area, oldest first."""
    rows = connection.execute(
        select(duty_history)
        .where(duty_history.c.area_id == area_id)
        .order_by(duty_history.c.slot_at.desc())
        .limit(slots)
    ).all()
    return list(reversed(rows))


def read_leaf_coverage(connection: Connection) -> dict[int, tuple[int, int]]:
    """(grids covered, grids required) of every leaf area that has duty counts."""
    rows = connection.execute(
        select(duty_now.c.area_id, duty_now.c.grids_covered, duty_now.c.grids_required)
        .join(area_paths, area_paths.c.area_id == duty_now.c.area_id)
        .where(area_paths.c.is_leaf == 1)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def read_sources(connection: Connection) -> list[Any]:
    """All sources of cases."""
    return list(connection.execute(select(sources).order_by(sources.c.source_id)))


def read_portrait(connection: Connection, area_id: int) -> Any:
    """Counts of one grid and its police grid's name; None for an unknown area."""
    police = areas.alias("police")
    return connection.execute(
        select(
            areas.c.residents,
            areas.c.households,
            areas.c.houses,
            areas.c.shops,
            areas.c.structures,
            areas.c.has_station,
            areas.c.marshals,
            areas.c.group_members,
            police.c.name_zh.label("police_zh"),
            police.c.name_en.label("police_en"),
            police.c.code.label("police_code"),
        )
        .select_from(areas.outerjoin(police, police.c.area_id == areas.c.police_area_id))
        .where(areas.c.area_id == area_id)
    ).one_or_none()


def read_grid_workers(connection: Connection, area_id: int, day: date) -> list[Any]:
    """Who serves a grid on a city day, in which role."""
    return list(
        connection.execute(
            select(workers.c.name, workers.c.phone, worker_grids.c.role, workers.c.is_full_time)
            .join(worker_grids, worker_grids.c.worker_id == workers.c.worker_id)
            .where(
                worker_grids.c.area_id == area_id,
                serves_on(worker_grids.c.valid_from, worker_grids.c.valid_to, day),
                serves_on(workers.c.active_from, workers.c.active_to, day),
            )
            .order_by(worker_grids.c.role, workers.c.worker_id)
        )
    )


def read_last_presence(connection: Connection, area_id: int) -> tuple[Any, Any]:
    """(last patrol, last visit) in a grid; None for never."""
    patrol = select(func.max(patrols.c.started_at)).where(patrols.c.area_id == area_id)
    visit = select(func.max(visits.c.visited_at)).where(visits.c.area_id == area_id)
    return connection.execute(patrol).scalar_one(), connection.execute(visit).scalar_one()


def read_shapes(connection: Connection) -> list[Any]:
    """Every area of the main hierarchy with its polygon, in depth-first order."""
    return list(
        connection.execute(
            select(
                areas.c.area_id,
                areas.c.parent_id,
                areas.c.code,
                areas.c.level,
                areas.c.kind,
                areas.c.name_zh,
                areas.c.name_en,
                areas.c.polygon,
                area_paths.c.is_leaf,
            )
            .join(area_paths, area_paths.c.area_id == areas.c.area_id)
            .order_by(area_paths.c.first_order)
        )
    )


def read_leaf_order(connection: Connection) -> list[int]:
    """Ids of the drawn leaf areas in the order of map values."""
    rows = connection.execute(
        select(areas.c.area_id)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .where(area_paths.c.is_leaf == 1, areas.c.polygon.is_not(None))
        .order_by(area_paths.c.first_order)
    )
    return list(rows.scalars())
