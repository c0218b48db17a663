"""Statistics about single persons 个人统计, off unless somebody opened one for a while.

国办函〔2026〕12号: individual online time, point rankings and tracks are not computed. An opening
names one of them, an area, purpose, reason, approver and last day; while it stands, and only for
the area and what lies below it, the reading here answers. There is no other reading of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today, day_start
from dashboard.kpis.formatting import number_text
from dashboard.readings.about import reference
from dashboard.readings.board_parts import name_of
from dashboard.readings.masking import hidden_name
from dashboard.readings.page_head import read_head
from dashboard.readings.view import Question, find_area, first_day, window_of
from dashboard.settings import Settings
from dashboard.words import WORDS, word
from data_access import opened_statistics as store
from data_access import rollup_reads as reads
from data_access.types import to_epoch_ms

STATISTICS: Final = store.STATISTICS
_OPENINGS_SHOWN: Final = 50
_HOUR_MS: Final = 3_600_000
_DAY: Final = timedelta(days=1)
_READS: Final[Mapping[str, Callable[..., list[Any]]]] = {
    "online": store.read_online, "points": store.read_points, "tracks": store.read_tracks,
}  # fmt: skip


class StatisticsClosedError(PermissionError):
    """Nobody has opened this statistic for the area, or the opening has ended."""


def read_statistic(
    connection: Connection,
    area: reads.AreaRow,
    statistic: str,
    *,
    bounds: tuple[datetime, datetime],
    now: datetime,
    lang: str,
) -> dict[str, Any]:
    """One statistic about the workers of an area, with the opening that permits it.

    ``rows``: at most ROWS_SHOWN, names hidden. Raises StatisticsClosedError where no opening of the
    area or of one above it stands, before anything about a person is read.
    """
    openings = store.read_openings(connection, area.line, now, statistic)
    if not openings or statistic not in _READS:
        raise StatisticsClosedError(statistic)
    opening = openings[0]
    rows = _READS[statistic](connection, opening.opening_id, area, *bounds, now)
    return {
        "statistic": statistic,
        "opening": opening_row(opening, now, lang),
        "rows": [_person(row, lang) | _FIELDS[statistic](row) for row in rows],
        "is_cut": len(rows) == store.ROWS_SHOWN,
    }


def _person(row: Any, lang: str) -> dict[str, Any]:
    role = f"role.{row.role}"
    name = word(role, lang) if role in WORDS else row.role
    return {"code": row.code, "name": hidden_name(row.name), "role": name}


def _online(row: Any) -> dict[str, Any]:
    hours = number_text(Fraction(int(row.spent_ms), _HOUR_MS), 1)
    return {"shifts": row.shifts, "begun": row.begun, "hours": hours}


def _points(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("patrols", "visits", "cases", "points")}


def _track(row: Any) -> dict[str, Any]:
    place = ""
    if row.longitude is not None and row.latitude is not None:
        place = f"{row.longitude:.5f}, {row.latitude:.5f}"
    accuracy = None if row.accuracy_metres is None else round(row.accuracy_metres)
    return {"kind": row.kind, "at_ms": to_epoch_ms(row.at), "place": place, "metres": accuracy}


_FIELDS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "online": _online, "points": _points, "tracks": _track,
}  # fmt: skip


def opening_row(row: Any, now: datetime, lang: str) -> dict[str, Any]:
    """An opening as pages show it; ``state``: open, ended (early) or over."""
    state = "open"
    if row.ended_at is not None and row.ended_at <= now:
        state = "ended"
    elif row.ends_at <= now:
        state = "over"
    return {
        "opening_id": row.opening_id,
        "statistic": row.statistic,
        "area": {"code": row.code, "name": name_of(row, lang)},
        "purpose": row.purpose,
        "reason": row.reason,
        "approver": row.approver,
        "opened_by": row.opened_by,
        "opened_ms": to_epoch_ms(row.opened_at),
        "ends_ms": to_epoch_ms(row.ends_at),
        "ended_ms": row.ended_at and to_epoch_ms(row.ended_at),
        "ended_by": row.ended_by or "",
        "state": state,
    }


def open_views(
    connection: Connection, area: reads.AreaRow, *, window: Any, settings: Settings,
    now: datetime, lang: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Every statistic that stands open for an area, with its rows; [] as a rule. Tracks are those
    of the window's last day, or of today while it runs."""
    zone = settings.city_time_zone
    start, end = window.bounds(zone)
    day = min(window.last_on, city_today(now, zone))
    one_day = (day_start(day, zone), day_start(day + _DAY, zone))
    found = []
    for statistic in STATISTICS:
        bounds = one_day if statistic == "tracks" else (start, end)
        try:
            found.append(
                read_statistic(connection, area, statistic, bounds=bounds, now=now, lang=lang)
                | {"day": day.isoformat() if statistic == "tracks" else ""}
            )
        except StatisticsClosedError:
            continue
    return found


def build_opened(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """``opened``: what stands open for an area, for a page that shows other things as well."""
    area = find_area(connection, question.scope, question.area_code)
    if not store.read_openings(connection, area.line, now):
        return {"opened": []}
    window = window_of(question.window_key, first_day(connection, area), settings=settings, now=now)
    return {
        "opened": open_views(
            connection, area, window=window, settings=settings, now=now, lang=question.lang
        )
    }


def build_statistics_page(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """The page of an area: what stands open with its rows, every opening, and the form's limits."""
    lang = question.lang
    area = find_area(connection, question.scope, question.area_code)
    window = window_of(question.window_key, first_day(connection, area), settings=settings, now=now)
    today = city_today(now, settings.city_time_zone)
    rows = store.read_all_openings(connection, area, limit=_OPENINGS_SHOWN)
    children = reads.read_children(connection, area.area_id)
    return {
        **read_head(connection, question, settings=settings, now=now, build=build),
        "below": [reference(row, lang) for row in children if row.kind != "unlocated"],
        "views": open_views(connection, area, window=window, settings=settings, now=now, lang=lang),
        "openings": [opening_row(row, now, lang) for row in rows],
        "is_root": len(area.line) == 1,
        "can_edit": settings.editing,
        "most_days": settings.statistics_open_days,
        "last_on": (today + settings.statistics_open_days * _DAY).isoformat(),
    }
