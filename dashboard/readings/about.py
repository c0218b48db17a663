"""What every page says of itself 页眉: city, area, path, period, state of the data and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.readings import board_parts as parts
from dashboard.readings.windows import WINDOW_KEYS, Window, period_rules
from dashboard.settings import Settings
from dashboard.words import word
from data_access import rollup_reads as reads
from data_access.calendar import missing_years
from data_access.types import to_epoch_ms


def about(
    connection: Connection,
    *,
    line: Sequence[reads.AreaRow],
    window: Window,
    years: list[int],
    state: Any,
    as_of: datetime,
    settings: Settings,
    now: datetime,
    build: str,
    lang: str,
) -> dict[str, Any]:
    """The head of a document (``components.board_shape.PageHead``).

    ``line``: the areas from the root to the one asked for; ``years``: those the store knows
    anything of; ``state``: the row of rollup_state; ``as_of``, ``now``: aware instants.
    """
    area = line[-1]
    today = city_today(now, settings.city_time_zone)
    return {
        "build": build,
        "computed_ms": to_epoch_ms(now),
        "version": state.version,
        "lang": lang,
        "is_demo": bool(state.is_demo),
        "city": parts.name_of(line[0], lang),
        "area": {
            **reference(area, lang),
            "level_name": word(f"area.{area.level}", lang),
            "kind": area.kind,
        },
        "path": [reference(row, lang) for row in line],
        "window": {
            "key": window.key,
            "label": parts.window_label(window.key, lang),
            "from_on": window.from_on.isoformat(),
            "to_on": window.last_on.isoformat(),
            "text": parts.window_text(window, as_of, settings.city_time_zone, lang),
            "is_running": window.is_running,
            "years": years,
        },
        "window_keys": offered_windows(settings),
        "as_of_ms": to_epoch_ms(as_of),
        "status": state.status,
        "message": state.message,
        "sources": parts.source_list(connection, now, lang),
        "calendar_notice": calendar_notice(connection, today, lang),
    }


def offered_windows(settings: Settings) -> list[str]:
    """The periods to choose from: assessment months 考核月 and report days 报告日 where this city's
    differ from natural ones."""
    rules = period_rules(settings)
    unused = {"all"}  # among the years, which fold out
    if rules.month_starts_on == 1:
        unused.add("amonth")
    if rules.day_starts_minutes == 0:
        unused.add("reportday")
    return [key for key in WINDOW_KEYS if key not in unused]


def reference(row: reads.AreaRow, lang: str) -> dict[str, str]:
    """An area as lists name it."""
    return {"code": row.code, "name": parts.name_of(row, lang), "level": row.level}


def calendar_notice(connection: Connection, today: date, lang: str) -> dict[str, Any] | None:
    """The first year whose holidays are missing although it matters on a city day; None when
    nothing is missing."""
    missing = missing_years(connection, today)
    if not missing:
        return None
    return {"year": missing[0], "text": word("calendar.notice", lang, year=missing[0])}
