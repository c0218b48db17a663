"""What there is to say about a store as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from data_access.tables import areas, case_applied, rollup_state


@dataclass(frozen=True)
class StoreFacts:
    """A store at one moment; instants are aware UTC, None where nothing was ever applied.

    ``status`` is that of the rollups: empty, live, rebuilding or failed.
    """

    has_areas: bool
    is_demo: bool
    city_name: str | None
    status: str
    message: str | None
    checked_at: datetime | None
    time_zone: str | None
    rules: str | None = None


def read_store_facts(connection: Connection) -> StoreFacts:
    """The facts of a migrated store; an empty one has status ``empty``."""
    has_areas = bool(connection.execute(select(exists(select(areas.c.area_id)))).scalar_one())
    row = connection.execute(select(rollup_state)).first()
    if row is None:
        return StoreFacts(has_areas, False, None, "empty", None, None, None)
    return StoreFacts(
        has_areas=has_areas,
        is_demo=bool(row.is_demo),
        city_name=row.city_name,
        status=row.status,
        message=row.message,
        checked_at=row.checked_at,
        time_zone=row.time_zone,
        rules=row.rules,
    )


def read_misplaced_cases(connection: Connection) -> int:
    """Applied cases on areas outside the main tree (police grids): they count nowhere."""
    outside = select(areas.c.area_id).where(areas.c.hierarchy != "main")
    query = select(func.count()).where(case_applied.c.area_id.in_(outside))
    return int(connection.execute(query).scalar_one())
