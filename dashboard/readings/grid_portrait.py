"""Grid portrait 网格画像: what is known of one grid, the end of the drill-down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.kpis.grid_size import size_state
from dashboard.readings.board_parts import masked
from dashboard.readings.duty_parts import ROLES
from dashboard.readings.grid_registers import completeness_of
from dashboard.readings.masking import hidden_phone
from dashboard.readings.totals import net_stock
from dashboard.settings import Settings, grid_sizes
from dashboard.words import word
from data_access import area_facts, duty_reads
from data_access import rollup_reads as reads
from data_access.due_visits import read_class_counts
from data_access.measures import ALL_TIME
from data_access.types import to_epoch_ms


def portrait(
    connection: Connection, area: reads.AreaRow, *, today: date, now: datetime,
    settings: Settings, lang: str,
) -> dict[str, Any] | None:  # fmt: skip
    """For leaf areas that are a place (``board_shape.GridPortrait``); None for all others."""
    if not area.is_leaf or area.kind == "unlocated":
        return None
    row = area_facts.read_portrait(connection, area.area_id)
    patrol, visit = area_facts.read_last_presence(connection, area.area_id)
    people = area_facts.read_grid_workers(connection, area.area_id, today)
    known = duty_reads.read_roles(connection)
    filled = {worker.role for worker in people}
    sums = reads.read_day_series(connection, area.area_id, ALL_TIME, ALL_TIME).get(ALL_TIME, {})
    sizes = dict(grid_sizes(settings.grid_households) or {})
    state = size_state(area.kind, row.households, sizes)
    low, high = sizes.get(area.kind, (0, 0))
    return {
        **{name: row._mapping[name] for name in _COUNTS},
        "size": {"state": state, "low": low, "high": high},
        "open": net_stock(sums, "open"),
        "overdue": net_stock(sums, "overdue"),
        "key_people": _key_people(connection, area, now, lang),
        "workers": [
            {
                "role_name": word(f"role.{worker.role}", lang),
                "name": masked(worker.name),
                "phone": hidden_phone(worker.phone),
                "is_full_time": bool(worker.is_full_time),
            }
            for worker in people
        ],
        "missing_roles": [
            word(f"role.{role}", lang) for role in ROLES if role in known and role not in filled
        ],
        "heads": sum(worker.role == "grid_head" for worker in people),
        "completeness": completeness_of(connection, [area], lang)["rows"][0]["groups"],
        "last_patrol_ms": patrol and to_epoch_ms(patrol),
        "last_visit_ms": visit and to_epoch_ms(visit),
        "police_grid": (lang == "en" and row.police_en) or row.police_zh,
        "police_code": row.police_code,
        "station": bool(row.has_station),
    }


_COUNTS = (
    "residents", "households", "houses", "shops", "structures", "marshals", "group_members",
)  # fmt: skip


def _key_people(
    connection: Connection, area: reads.AreaRow, now: datetime, lang: str
) -> dict[str, int]:
    """重点走访对象: subjects of the must-visit classes other than ordinary families, and all that
    are overdue."""
    counts = read_class_counts(connection, area, now)
    return {
        "count": sum(one.subjects for one in counts if one.visit_class != "yearly"),
        "overdue": sum(one.overdue for one in counts),
    }
