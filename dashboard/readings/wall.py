"""The wall 大屏: everything one video wall shows, as one document for a profile and a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today, day_start
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Totals
from dashboard.readings import board_parts as parts
from dashboard.readings.about import about
from dashboard.readings.duty_officers import officers_on_duty
from dashboard.readings.part_days import PartDays
from dashboard.readings.satisfaction_page import month_rates
from dashboard.readings.tiles import tile_maker
from dashboard.readings.view import Question, View, open_view, read_history
from dashboard.readings.wall_alarms import new_emergencies, wall_alarms
from dashboard.readings.wall_profile import WallProfile
from dashboard.readings.windows import flow_ranges
from dashboard.settings import Settings
from dashboard.words import word
from data_access import rollup_reads as reads
from data_access import wall_reads

SCHEMA: Final = 1
TILES: Final = ("case.accepted", "case.closed", "case.open", "case.overdue")
# What the walk-through says of a district; the rate is of the profile's period.
WALK: Final = (
    "case.accepted", "case.closed", "case.open", "case.overdue",
    "case.on_time_closure_rate", "duty.on_duty_rate",
)  # fmt: skip
_RANKED: Final = "case.on_time_closure_rate"
_SATISFACTION: Final = "visit.satisfaction_rate"
_WEEK: Final = timedelta(days=7)
_HOURS: Final = 24


def build_wall(
    connection: Connection,
    question: Question,
    *,
    profile: WallProfile,
    vacant: Mapping[str, Any],
    settings: Settings,
    now: datetime,
    build: str,
    geometry: str | None,
    part_days: PartDays | None = None,
) -> dict[str, Any]:
    """The whole document (docs/wall.md) of the moment ``now``, in the caller's snapshot.

    ``question``: the profile's area, of today; ``vacant``: the grids with nobody on duty
    (``wall_alarms.build_vacant``). Raises UnknownAreaError and OutsideScopeError.
    """
    lang = question.lang
    more = {"settings": settings, "now": now, "part_days": part_days}
    view = open_view(connection, question, **more)  # type: ignore[arg-type]
    longer = replace(question, window_key=profile.window)
    ranked = open_view(connection, longer, kinds=(), **more)  # type: ignore[arg-type]
    today = city_today(now, settings.city_time_zone)
    head = about(
        connection, line=view.line, window=view.window, years=view.years, state=view.state,
        as_of=view.as_of, settings=settings, now=now, build=build, lang=lang,
    )  # fmt: skip
    alarms = wall_alarms(
        connection, view, sources=head["sources"], vacant=vacant,
        settings=settings, now=now, lang=lang,
    )  # fmt: skip
    return {
        "schema": SCHEMA,
        "geometry": geometry,
        **head,
        "tiles": _tiles(connection, view, settings, today, lang),
        "bars": _sources(connection, view, lang),
        "hours": _hours(connection, view, settings, today),
        "walk": _walk(view, ranked, lang),
        "league": _league(ranked, lang),
        "duty": _duty(view, lang),
        "months": _months(connection, ranked, today, lang),
        "roster": officers_on_duty(
            connection, view.area, view.children,
            now=now, time_zone=settings.city_time_zone, lang=lang,
        ),
        "alarms": _without_personal(alarms, profile),
        "emergencies": new_emergencies(connection, view, now=now, lang=lang),
    }  # fmt: skip


def _without_personal(alarms: dict[str, Any], profile: WallProfile) -> dict[str, Any]:
    """Titles and addresses stay on the server unless the profile has a key that shows them."""
    if profile.personal_data == "key":
        return alarms
    return alarms | {"rows": [row | {"detail": ""} for row in alarms["rows"]]}


def _tiles(
    connection: Connection, view: View, settings: Settings, today: date, lang: str
) -> list[dict[str, Any]]:
    history = read_history(connection, view, settings=settings, today=today)
    maker = tile_maker(connection, view, history, lang)
    return [maker.tile(key) for key in TILES]


def _sources(connection: Connection, view: View, lang: str) -> list[dict[str, Any]]:
    """Cases accepted today by source, all of them, most first; what the rollups of an area do not
    hold is counted from its cases."""
    if view.area.depth <= view.judge.settings.break_down_depth:
        found = reads.read_break_down(
            connection, view.area.area_id, "source", flow_ranges(view.window)
        )
    else:
        bounds = view.window.bounds(view.judge.settings.city_time_zone)
        found = reads.read_break_downs_from_cases(connection, view.area, *bounds, view.as_of)[
            "source"
        ]
    names = reads.read_member_names(connection, "source")
    rows = [
        {
            "code": names[one.member_id][2],
            "name": (lang == "en" and names[one.member_id][1]) or names[one.member_id][0],
            "value": one.accepted,
        }
        for one in found
        if one.accepted
    ]
    return sorted(rows, key=lambda row: (-row["value"], row["code"]))


def _hours(connection: Connection, view: View, settings: Settings, today: date) -> dict[str, Any]:
    """受理 by hour: ``today``, None for hours to come, and the same weekday ``last_week``.

    Hours are those of a day of 24; where clocks are moved the last hour is longer or shorter.
    """
    now_and_then = []
    for day in (today, today - _WEEK):
        starts = day_start(day, settings.city_time_zone)
        ends = day_start(day + timedelta(days=1), settings.city_time_zone)
        bounds = [starts + timedelta(hours=hour) for hour in range(_HOURS)]
        bounds = [bound for bound in bounds if bound < ends]
        counts = wall_reads.read_hours(connection, view.area, [*bounds, ends], view.as_of)
        begun = [bound <= view.as_of for bound in bounds]
        now_and_then.append(
            [count if is_begun else None for count, is_begun in zip(counts, begun, strict=True)]
        )
    return {"today": now_and_then[0], "last_week": now_and_then[1]}


def _walk(view: View, ranked: View, lang: str) -> list[dict[str, Any]]:
    """The area itself and then what lies below it, each with its few numbers."""
    places = [view.area, *_places_below(view)]
    found = []
    for row in places:
        cells = []
        for key in WALK:
            of = ranked if key == _RANKED else view
            kpi = of.kpis[key]
            reading = evaluate(kpi, of.totals.now[row.area_id])
            cells.append(
                {
                    "key": key,
                    "name": word(f"walls.cell.{key}", lang),
                    "text": value_text(reading),
                    "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
                    "state": parts.state_of(reading),
                    "level": of.judge.level_beside_others(reading, row.level).value,
                }
            )
        found.append({"code": row.code, "name": parts.name_of(row, lang), "cells": cells})
    return found


def _places_below(view: View) -> list[reads.AreaRow]:
    """The areas below that are a place: cases that cannot be placed hang on 未定位."""
    return [row for row in view.children if row.kind != "unlocated"]


def _league(view: View, lang: str) -> dict[str, Any]:
    """按期结案率 of what lies below, best first; without a rate at the end, in the tree's order."""
    kpi = view.kpis[_RANKED]
    rows: list[dict[str, Any]] = []
    for child in _places_below(view):
        reading = evaluate(kpi, view.totals.now[child.area_id])
        rows.append(
            {
                "code": child.code,
                "name": parts.name_of(child, lang),
                "value": None if reading.value is None else round(float(reading.value), 4),
                "text": value_text(reading),
                "state": parts.state_of(reading),
                "level": view.judge.level_beside_others(reading, child.level).value,
            }
        )
    rows.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0)))
    return {
        "key": kpi.key,
        "name": kpi.name_en if lang == "en" else kpi.name_zh,
        "window": parts.window_label(view.window.key, lang),
        "ranked": sum(row["value"] is not None for row in rows),
        "rows": rows,
    }


def _duty(view: View, lang: str) -> dict[str, Any]:
    """在岗 of now: people and covered grids, the least covered first."""
    rows: list[dict[str, Any]] = [
        {
            "code": row.code,
            "name": parts.name_of(row, lang),
            **_present(view.totals.now[row.area_id]),
        }
        for row in _places_below(view)
    ]
    rows = [row for row in rows if row["rostered"] or row["grids_required"]]
    rows.sort(key=lambda row: _share(row["grids_covered"], row["grids_required"]))
    return {"total": _present(view.own), "rows": rows}


def _present(totals: Totals) -> dict[str, int]:
    """``present``: 在岗 and 外勤 together, of those ``rostered`` 应在岗."""
    duty = totals.duty
    return {
        "rostered": duty.get("rostered", 0),
        "present": duty.get("on_duty", 0) + duty.get("in_field", 0),
        "grids_required": duty.get("grids_required", 0),
        "grids_covered": duty.get("grids_covered", 0),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _months(connection: Connection, view: View, today: date, lang: str) -> dict[str, Any]:
    """满意率 of twelve months, oldest first; None where nobody was called back."""
    kpi = view.kpis[_SATISFACTION]
    rows = [
        {"key": month["key"], "is_running": month["is_running"], **month["cells"][_SATISFACTION]}
        for month in month_rates(connection, view, today)
    ]
    return {
        "key": kpi.key,
        "name": kpi.name_en if lang == "en" else kpi.name_zh,
        "good": None if kpi.good is None else float(kpi.good),
        "rows": rows,
    }
