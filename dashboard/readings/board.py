"""The board 看板: everything one screen needs for one area and window, as one document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.readings import board_parts as parts
from dashboard.readings.about import about
from dashboard.readings.grid_portrait import portrait
from dashboard.readings.histories import DayHistory, trend, trend_days
from dashboard.readings.league import league
from dashboard.readings.part_days import PartDays
from dashboard.readings.tiles import MORE_TILES, TILES, tile_maker
from dashboard.readings.view import Question, View, open_view, read_history, slice_of
from dashboard.readings.windows import flow_ranges
from dashboard.settings import Settings
from data_access import area_facts
from data_access import rollup_reads as reads

SCHEMA = 1


def build_board(
    connection: Connection,
    question: Question,
    *,
    settings: Settings,
    now: datetime,
    build: str,
    geometry: str | None,
    part_days: PartDays | None = None,
) -> dict[str, Any]:
    """The whole document (docs/board.md). All reads are in the caller's snapshot."""
    view = open_view(connection, question, settings=settings, now=now, part_days=part_days)
    lang, area = question.lang, view.area
    today = city_today(now, settings.city_time_zone)
    days = trend_days(view.aim, today)
    history = read_history(connection, view, days, settings=settings, today=today)
    return {
        "schema": SCHEMA,
        "geometry": geometry,
        **about(
            connection,
            line=view.line,
            window=view.window,
            years=view.years,
            state=view.state,
            as_of=view.as_of,
            settings=settings,
            now=now,
            build=build,
            lang=lang,
        ),
        "slice": slice_of(connection, question),
        **_tiles(connection, view, history, lang),
        "trend": trend(history, days),
        "breakdown": _break_downs(connection, view, settings, lang),
        "league": league(view, lang),
        "overdue": parts.overdue_list(connection, view.aim, view.totals.overdue_now, lang),
        "grid": portrait(connection, area, today=today, now=now, settings=settings, lang=lang),
        "duty": _duty(view),
    }


def _tiles(connection: Connection, view: View, history: DayHistory, lang: str) -> dict[str, Any]:
    maker = tile_maker(connection, view, history, lang)
    return {
        "tiles": [maker.tile(key) for key in TILES],
        "more": [maker.tile(key) for key in MORE_TILES],
    }


def _break_downs(
    connection: Connection, view: View, settings: Settings, lang: str
) -> dict[str, list[dict[str, Any]]]:
    is_kept = view.area.depth <= settings.break_down_depth and view.window.is_of_city_days
    if is_kept and view.aim.chosen.is_whole:
        ranges = flow_ranges(view.window)
        members = {
            dimension: reads.read_break_down(connection, view.area.area_id, dimension, ranges)
            for dimension in reads.MEMBERS
        }
    else:
        bounds = view.window.bounds(settings.city_time_zone)
        members = reads.read_break_downs_from_cases(
            connection, view.area, *bounds, view.as_of, view.aim.chosen
        )
    return {
        dimension: parts.break_down(found, reads.read_member_names(connection, dimension), lang)
        for dimension, found in members.items()
    }


def _duty(view: View) -> dict[str, Any] | None:
    counts = view.own.duty
    if "rostered" not in counts:
        return None
    return {name: counts[name] for name in (*area_facts.DUTY_COUNTS, "computed_ms")}
