"""Officers of the day 今日值班 of an area's centre, names and telephones hidden; for page and wall.

Who came is what the roster says (到位时间); nobody is judged by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today, day_start
from dashboard.kpis.duty_states import officer_state
from dashboard.readings.about import reference
from dashboard.readings.board_parts import name_of
from dashboard.readings.masking import hidden_name, hidden_phone
from dashboard.words import word
from data_access import rollup_reads as reads
from data_access.officers import read_officer_counts, read_officers
from data_access.types import to_epoch_ms

_DAY = timedelta(days=1)


def officers_on_duty(
    connection: Connection,
    area: reads.AreaRow,
    children: Sequence[reads.AreaRow],
    *,
    now: datetime,
    time_zone: str,
    lang: str,
) -> dict[str, Any]:
    """Who is on duty now and who begins later today, in the nearest centre.

    ``centre``: the area whose centre it is, the area itself or one above; None without any roster.
    ``due`` and ``on_site``: of those whose duty has begun. ``rows``: who is on duty before who
    begins later, leaders first, instants in epoch ms. ``below``: the areas below that have a
    roster, with their counts.
    """
    tomorrow = day_start(city_today(now, time_zone) + _DAY, time_zone)
    centre_id, found = read_officers(connection, area.line, now, tomorrow)
    rows = sorted((_row(one, now, lang) for one in found), key=lambda row: row["state"] == "coming")
    begun = [row for row in rows if row["from_ms"] <= to_epoch_ms(now)]
    counts = read_officer_counts(connection, children, now)
    centre = reads.read_areas(connection, [centre_id])[0] if centre_id is not None else None
    return {
        "centre": centre and reference(centre, lang),
        "is_own": centre_id == area.area_id,
        "due": len(begun),
        "on_site": sum(row["state"] == "on_site" for row in begun),
        "rows": rows,
        "below": [
            {"code": one.code, "name": name_of(one, lang), "due": due, "on_site": there}
            for one in children
            for due, there in [counts.get(one.area_id, (0, 0))]
            if due
        ],
    }


def _row(row: Any, now: datetime, lang: str) -> dict[str, Any]:
    return {
        "key": str(row.officer_id),
        "unit": (lang == "en" and row.unit_en) or row.unit,
        "post": row.post,
        "post_name": word(f"officers.post.{row.post}", lang),
        "name": hidden_name(row.name),
        "phone": hidden_phone(row.phone),
        "from_ms": to_epoch_ms(row.starts_at),
        "to_ms": to_epoch_ms(row.ends_at),
        "arrived_ms": row.arrived_at and to_epoch_ms(row.arrived_at),
        "state": officer_state(row.starts_at, row.arrived_at, now),
    }
