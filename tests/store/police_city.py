"""Police grids 警格 of the small city."""

from __future__ import annotations

from sqlalchemy import Connection, insert, update

from data_access.tables import areas

POLICE = {20: (7, 8), 21: (10,)}  # police grid → its grids; 9, 11 and 12 belong to none


def plant_police(connection: Connection) -> None:
    """Two police grids 警格 over some of the grids."""
    for number, (area, grids) in enumerate(POLICE.items(), start=1):
        values = {"area_id": area, "code": f"P{number}", "hierarchy": "police", "depth": 0}
        names = {"level": "police_grid", "name_zh": f"警格{number}"}
        connection.execute(insert(areas).values(**values, **names))
        below = areas.c.area_id.in_(grids)
        connection.execute(update(areas).where(below).values(police_area_id=area))
