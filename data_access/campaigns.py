"""Campaigns 专项任务: their targets by grid and what was done, for any part of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, areas, campaign_progress, campaign_targets, campaigns
from data_access.types import epoch_ms


def read_campaigns(connection: Connection, until: datetime) -> list[Any]:
    """Every campaign with the sums of its targets and of what was done by ``until``, the newest
    first."""
    target = (
        select(func.coalesce(func.sum(campaign_targets.c.target), 0))
        .where(campaign_targets.c.campaign_id == campaigns.c.campaign_id)
        .scalar_subquery()
    )
    done = (
        select(func.coalesce(func.sum(campaign_progress.c.done), 0))
        .where(
            campaign_progress.c.campaign_id == campaigns.c.campaign_id,
            campaign_progress.c.at <= until,
        )
        .scalar_subquery()
    )
    query = select(campaigns, target.label("target"), done.label("done"))
    order = (campaigns.c.started_at.desc(), campaigns.c.campaign_id.desc())
    return list(connection.execute(query.order_by(*order)))


def read_campaign(connection: Connection, code: str) -> Any:
    """One campaign; None for an unknown code."""
    return connection.execute(select(campaigns).where(campaigns.c.code == code)).one_or_none()


def read_grid_progress(
    connection: Connection,
    campaign_id: int,
    area: AreaRow,
    police_id: int | None,
    recent_from: datetime,
    until: datetime,
) -> list[Any]:
    """Every grid below an area that has a target: its place, police grid, target, what was done by
    ``until``, since ``recent_from``, and when last (epoch ms, None for never).

    ``police_id``: of one police grid 警格 alone, None for all.
    """
    progress = (
        select(
            campaign_progress.c.area_id,
            func.sum(campaign_progress.c.done).label("done"),
            func.sum(campaign_progress.c.done)
            .filter(campaign_progress.c.at > recent_from)
            .label("recent"),
            func.max(epoch_ms(campaign_progress.c.at)).label("last_ms"),
        )
        .where(campaign_progress.c.campaign_id == campaign_id, campaign_progress.c.at <= until)
        .group_by(campaign_progress.c.area_id)
        .subquery()
    )
    query = (
        select(
            areas.c.area_id,
            areas.c.code,
            areas.c.police_area_id,
            area_paths.c.first_order,
            area_paths.c.path,
            campaign_targets.c.target,
            func.coalesce(progress.c.done, 0).label("done"),
            func.coalesce(progress.c.recent, 0).label("recent"),
            progress.c.last_ms,
        )
        .select_from(campaign_targets)
        .join(areas, areas.c.area_id == campaign_targets.c.area_id)
        .join(area_paths, area_paths.c.area_id == campaign_targets.c.area_id)
        .outerjoin(progress, progress.c.area_id == campaign_targets.c.area_id)
        .where(campaign_targets.c.campaign_id == campaign_id, _inside(area, police_id))
        .order_by(area_paths.c.first_order)
    )
    return list(connection.execute(query))


def read_burn_up(
    connection: Connection,
    campaign_id: int,
    area: AreaRow,
    police_id: int | None,
    *,
    start_ms: int,
    step_ms: int,
    until: datetime,
) -> list[tuple[int, int]]:
    """(number of the step since the start, done in it), in order; steps without any are left out.
    What was told before the start belongs to the first step."""
    step = (epoch_ms(campaign_progress.c.at) - start_ms) // step_ms
    rows = connection.execute(
        select(step.label("step"), func.sum(campaign_progress.c.done))
        .join(areas, areas.c.area_id == campaign_progress.c.area_id)
        .join(area_paths, area_paths.c.area_id == campaign_progress.c.area_id)
        .where(
            campaign_progress.c.campaign_id == campaign_id,
            campaign_progress.c.at <= until,
            _inside(area, police_id),
        )
        .group_by(step)
        .order_by(step)
    )
    return [(max(0, int(row[0])), int(row[1])) for row in rows]


def read_police_grids(connection: Connection, police_ids: Sequence[int]) -> dict[int, Any]:
    """Police grids 警格 by id: code and names."""
    query = select(areas.c.area_id, areas.c.code, areas.c.name_zh, areas.c.name_en)
    rows = connection.execute(query.where(areas.c.area_id.in_(police_ids)))
    return {row.area_id: row for row in rows}


def read_police_id(connection: Connection, code: str) -> int | None:
    """The police grid with this code; None where there is none."""
    query = select(areas.c.area_id).where(areas.c.code == code, areas.c.hierarchy == "police")
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def _inside(area: AreaRow, police_id: int | None) -> ColumnElement[bool]:
    below = is_below(area)
    return below if police_id is None else and_(below, areas.c.police_area_id == police_id)
