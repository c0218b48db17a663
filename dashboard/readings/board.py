"""The board 看板: everything one screen needs for one area and window, as one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today, period_day
from dashboard.kpis.model import Totals
from dashboard.readings import board_parts as parts
from dashboard.readings.histories import SPARK_DAYS, DayHistory, read_day_history, trend, trend_days
from dashboard.readings.scope import Scope
from dashboard.readings.shelf import NoAnswerError
from dashboard.readings.totals import AreaTotals, read_totals
from dashboard.readings.windows import Window, flow_ranges, resolve_window
from dashboard.settings import Settings
from dashboard.words import word
from data_access import area_facts
from data_access import rollup_reads as reads
from data_access.rollups import read_state
from data_access.surveys import Wave, read_latest_wave, read_wave_sums
from data_access.types import to_epoch_ms

SCHEMA = 1
_TRAILING = 7


class UnknownAreaError(NoAnswerError):
    """There is no area with this code."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a board is asked: the first part of every cache key is the scope."""

    scope: Scope
    area_code: str | None  # None: the city
    window_key: str
    lang: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A question resolved against one snapshot of the store."""

    area: reads.AreaRow
    line: list[reads.AreaRow]
    children: list[reads.AreaRow]
    window: Window
    totals: AreaTotals
    state: Any
    as_of: datetime
    years: list[int]
    wave: Wave | None  # the survey wave its survey numbers are of


def open_view(
    connection: Connection, question: Question, *, settings: Settings, now: datetime
) -> View:
    """Resolve area, window and totals. Raises UnknownAreaError and OutsideScopeError."""
    area = find_area(connection, question.scope, question.area_code)
    children = reads.read_children(connection, area.area_id)
    state = read_state(connection)
    as_of = state.as_of or now
    years = reads.read_years(connection, area.line[0])
    first_on = first_day(connection, area)
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    wave = read_latest_wave(connection, window.until_on)
    duty = area_facts.read_duty(connection, area.area_id)
    age = {"data_age_seconds": max(0, int((now - as_of).total_seconds()))}
    totals = read_totals(
        connection,
        area,
        window,
        children=children,
        duty={one.area_id: duty.get(one.area_id, {}) | age for one in (area, *children)},
        survey=read_wave_sums(connection, wave.wave_id, area.area_id) if wave else {},
        settings=settings,
        as_of=as_of,
        first_on=first_on,
    )
    return View(
        area=area,
        line=reads.read_areas(connection, area.line),
        children=children,
        window=window,
        totals=totals,
        state=state,
        as_of=as_of,
        years=years,
        wave=wave,
    )


def first_day(connection: Connection, area: reads.AreaRow) -> date | None:
    """The first day the store knows anything of, anywhere in the tree of an area."""
    period = reads.read_first_period(connection, area.line[0])
    return None if period is None else period_day(period)


def window_of(key: str, first_on: date | None, *, settings: Settings, now: datetime) -> Window:
    """The window of a key in this city now; ``first_on``: where "all" begins."""
    return resolve_window(
        key,
        city_today(now, settings.city_time_zone),
        week_starts_on=settings.week_starts_on,
        first_on=first_on,
    )


def find_area(connection: Connection, scope: Scope, code: str | None) -> reads.AreaRow:
    """The area of a code, or the root; checked against the scope."""
    area = reads.read_area(connection, code) if code else reads.read_root(connection)
    if area is None:
        raise UnknownAreaError(code or "")
    scope.check(area)
    return area


def build_board(
    connection: Connection,
    question: Question,
    *,
    settings: Settings,
    now: datetime,
    build: str,
    geometry: str | None,
) -> dict[str, Any]:
    """The whole document (docs/board.md). All reads are in the caller's snapshot."""
    view = open_view(connection, question, settings=settings, now=now)
    lang, area = question.lang, view.area
    history = _history(connection, view)
    return {
        "schema": SCHEMA,
        "build": build,
        "geometry": geometry,
        "computed_ms": to_epoch_ms(now),
        **_about(view, lang),
        **_tiles(connection, view, history, settings, lang),
        "trend": trend(history, trend_days(view.window)),
        "breakdown": _break_downs(connection, view, settings, lang),
        "league": parts.league(
            view.children, area.area_id, view.totals, settings=settings, lang=lang
        ),
        "overdue": parts.overdue_list(connection, area, view.as_of, view.totals.overdue_now, lang),
        "grid": parts.portrait(connection, area, city_today(now, settings.city_time_zone), lang),
        "duty": _duty(view),
        "sources": parts.source_list(connection, now, lang),
    }


def _history(connection: Connection, view: View) -> DayHistory:
    """As many days up to the window's end as trend and sparklines need."""
    days = max(trend_days(view.window), SPARK_DAYS + _TRAILING)
    stocks = totals_of(view).stocks
    return read_day_history(connection, view.area.area_id, view.window.last_on, days, stocks)


def _about(view: View, lang: str) -> dict[str, Any]:
    """What the board is of: state, city, area, path and window."""
    area, window = view.area, view.window
    return {
        "version": view.state.version,
        "lang": lang,
        "is_demo": bool(view.state.is_demo),
        "city": parts.name_of(view.line[0], lang),
        "area": {
            **_reference(area, lang),
            "level_name": word(f"area.{area.level}", lang),
            "kind": area.kind,
        },
        "path": [_reference(row, lang) for row in view.line],
        "window": {
            "key": window.key,
            "label": parts.window_label(window.key, lang),
            "from_on": window.from_on.isoformat(),
            "to_on": window.last_on.isoformat(),
            "is_running": window.is_running,
            "years": view.years,
        },
        "as_of_ms": to_epoch_ms(view.as_of),
        "status": view.state.status,
        "message": view.state.message,
    }


def _reference(row: reads.AreaRow, lang: str) -> dict[str, str]:
    return {"code": row.code, "name": parts.name_of(row, lang), "level": row.level}


def _tiles(
    connection: Connection, view: View, history: DayHistory, settings: Settings, lang: str
) -> dict[str, Any]:
    slots = area_facts.read_duty_history(connection, view.area.area_id, slots=SPARK_DAYS)
    sparks: dict[str, list[float | None]] = {
        "duty.on_duty": [s.on_duty + s.in_field for s in slots],
        "duty.on_duty_rate": [_percent(s.on_duty + s.in_field, s.rostered) for s in slots],
        "duty.grid_coverage_rate": [_percent(s.grids_covered, s.grids_required) for s in slots],
    }

    def made(key: str) -> dict[str, Any]:
        return parts.tile(
            key, view.totals, view.area.area_id, history, settings=settings, lang=lang,
            window=view.window, wave=view.wave, duty_spark=sparks.get(key, []),
        )  # fmt: skip

    return {
        "tiles": [made(key) for key in parts.TILES],
        "more": [made(key) for key in parts.MORE_TILES],
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _break_downs(
    connection: Connection, view: View, settings: Settings, lang: str
) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for dimension in reads.MEMBERS:
        if view.area.depth <= settings.break_down_depth:
            members = reads.read_break_down(
                connection, view.area.area_id, dimension, flow_ranges(view.window)
            )
        else:
            bounds = view.window.bounds(settings.city_time_zone)
            members = reads.read_break_down_from_cases(
                connection, view.area, dimension, *bounds, view.as_of
            )
        names = reads.read_member_names(connection, dimension)
        found[dimension] = parts.break_down(members, names, lang)
    return found


def _duty(view: View) -> dict[str, Any] | None:
    counts = totals_of(view).duty
    if "rostered" not in counts:
        return None
    return {name: counts[name] for name in (*area_facts.DUTY_COUNTS, "computed_ms")}


def totals_of(view: View) -> Totals:
    """The totals of the area that was asked for."""
    return view.totals.now[view.area.area_id]
