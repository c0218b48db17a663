"""四必清 and 五必到 by area: how complete the files of grids are, and who turned up in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.formatting import number_text
from dashboard.readings.about import reference
from dashboard.readings.view import Question, find_area, first_day, window_of
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.attendance import Attendance, read_attendance
from data_access.completeness import FIELD_GROUPS, Filled, read_completeness, read_grid_counts
from data_access.counted_rows import Span
from data_access.rollups import read_state
from data_access.types import to_epoch_ms

COMPLETE_FROM: Final = Fraction(95, 100)  # 四必清 target of the field's rules


def build_grid_registers(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """``completeness`` (四必清) and ``attendance`` (五必到) of an area and those below it.

    They cost a look at every flagged event, so they are shared for a minute or so.
    """
    area = find_area(connection, question.scope, question.area_code)
    children = [
        one for one in reads.read_children(connection, area.area_id) if one.kind != "unlocated"
    ]
    first_on = first_day(connection, area)
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    start, end = window.bounds(settings.city_time_zone)
    span = Span(start=start, end=end, as_of=read_state(connection).as_of or now)
    minutes = settings.attend_limit_minutes
    came = read_attendance(connection, area, children, span, limit_minutes=minutes)
    return {
        "completeness": completeness_of(connection, [area, *children], question.lang),
        "attendance": {
            "limit_minutes": minutes,
            "rows": [
                {**reference(one, question.lang), **_attendance(came[one.area_id])}
                for one in (area, *children)
                if came[one.area_id].flagged or one is area
            ],
        },
    }


def completeness_of(
    connection: Connection, wanted: Sequence[reads.AreaRow], lang: str
) -> dict[str, Any]:
    """四必清 of areas, one row each; ``groups`` in the order of FIELD_GROUPS, with all four
    together last. A group nobody told about is "—" and not zero."""
    found = read_completeness(connection, wanted)
    grids = read_grid_counts(connection, wanted)
    rows = []
    for one in wanted:
        own = {group: found[one.area_id, group]
               for group in FIELD_GROUPS if (one.area_id, group) in found}  # fmt: skip
        told = max((filled.grids for filled in own.values()), default=0)
        oldest = min((filled.updated_at for filled in own.values()), default=None)
        rows.append({
            **reference(one, lang),
            "groups": [*(_cell([own[name]] if name in own else []) for name in FIELD_GROUPS),
                       _cell(list(own.values()))],
            "grids": grids.get(one.area_id, 0),
            "silent": grids.get(one.area_id, 0) - told,
            "oldest_ms": oldest and to_epoch_ms(oldest),
        })  # fmt: skip
    return {"is_told": bool(found), "rows": rows}


def _cell(parts: Sequence[Filled]) -> dict[str, Any]:
    """filled ÷ required; ``level``: good from COMPLETE_FROM on, warn below, none without any."""
    required, filled = sum(one.required for one in parts), sum(one.filled for one in parts)
    share = Fraction(filled, required) if required else None
    level = "none" if share is None else "good" if share >= COMPLETE_FROM else "warn"
    return {
        "text": number_text(None if share is None else share * 100, 2),
        "filled": filled,
        "required": required,
        "level": level,
    }


def _attendance(found: Attendance) -> Mapping[str, Any]:
    """到场率: attended in time ÷ those decided; P50 of the minutes by nearest rank."""
    decided = found.attended + found.unattended
    share = Fraction(100 * found.attended, decided) if decided else None
    middle = found.minutes[(len(found.minutes) - 1) // 2] if found.minutes else None
    return {
        "flagged": found.flagged,
        "attended": found.attended,
        "unattended": found.unattended,
        "rate": number_text(share, 2),
        "minutes": middle,
    }
