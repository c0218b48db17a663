"""The duty page 值守页: who is on duty, where nobody is, patrols, due visits and load of now.

Counts of people and grids come from the duty job and are the same as on the board; nothing here
tells how long somebody was online, ranks persons or follows them (国办函〔2026〕12号).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Exact, Level
from dashboard.kpis.variants import catalogue_of
from dashboard.readings import duty_parts as parts
from dashboard.readings.about import about, reference
from dashboard.readings.board_parts import name_of, state_of
from dashboard.readings.duty_officers import officers_on_duty
from dashboard.readings.references import children_reference
from dashboard.readings.tiles import tile_maker
from dashboard.readings.view import Question, View, open_view, read_history
from dashboard.settings import Settings
from data_access.duty_reads import read_shifts_below
from data_access.rollup_reads import AreaRow

TILES: Final = (
    "duty.on_duty", "duty.on_duty_rate", "duty.grid_coverage_rate", "duty.staffed_grid_rate",
    "patrol.twice_daily_rate", "household.visit_rate", "household.visit_rate_monthly", "duty.load",
)  # fmt: skip
CELLS: Final = ("duty.on_duty_rate", "duty.grid_coverage_rate", "duty.load")
_COUNTS: Final = ("rostered", "on_duty", "in_field", "on_leave", "absent")


def build_duty_page(
    connection: Connection,
    question: Question,
    *,
    registers: Mapping[str, Any],
    visits_from: int,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """The whole document of an area and window, in the caller's snapshot.

    ``visits_from``: the first overdue visit shown. Raises UnknownAreaError and OutsideScopeError.
    """
    lang = question.lang
    zone = settings.city_time_zone
    today = city_today(now, zone)
    known = catalogue_of(settings)
    view = open_view(
        connection, question, settings=settings, now=now, kinds=(),
        kpis=[known[key] for key in TILES],
    )  # fmt: skip
    history = read_history(connection, view, settings=settings, today=today)
    maker = tile_maker(connection, view, history, lang)
    groups = [one for one in view.children if one.kind != "unlocated"] or [view.area]
    running = read_shifts_below(connection, view.area, now)
    more = parts.states_below(running, groups, now)
    grids = {one.area_id: view.totals.now[one.area_id].duty.get("grids_total", 0) for one in groups}
    return {
        **about(
            connection, line=view.line, window=view.window, years=view.years, state=view.state,
            as_of=view.as_of, settings=settings, now=now, build=build, lang=lang,
        ),
        "below": [reference(row, lang) for row in view.children],
        "is_grid": view.area.is_leaf,
        "tiles": [maker.tile(key) for key in TILES],
        "total": _area_row(view, view.area, sum(more.values(), Counter()), None, lang),
        "areas": _area_rows(view, groups, more, lang),
        "vacant": parts.vacant_grids(connection, view.area, running, now, today, lang),
        "roles": parts.role_matrix(connection, groups, grids, today, lang),
        "patrols": parts.patrols_today(connection, view.area, groups, now, zone, lang),
        "registers": registers,
        "officers": officers_on_duty(
            connection, view.area, [one for one in groups if one is not view.area],
            now=now, time_zone=zone, lang=lang,
        ),
        "visits": parts.due_visits(connection, view.area, now, offset=visits_from, lang=lang),
    }  # fmt: skip


def _area_rows(
    view: View, groups: list[AreaRow], more: Mapping[int, Counter[str]], lang: str
) -> list[dict[str, Any]]:
    """One row an area below; the load of each is judged against the median of them all."""
    middle = children_reference(view.kpis["duty.load"], view) if len(groups) > 2 else None
    return [_area_row(view, one, more[one.area_id], middle, lang) for one in groups]


def _area_row(
    view: View, area: AreaRow, more: Mapping[str, int], middle: Exact | None, lang: str
) -> dict[str, Any]:
    """Counts are None where the duty job never counted: not measured is not zero."""
    totals = view.totals.now[area.area_id]
    duty = totals.duty if "rostered" in totals.duty else None
    readings = {key: evaluate(view.kpis[key], totals) for key in CELLS}
    levels = {
        key: view.judge.level_beside_others(
            one, area.level, reference=middle if key == "duty.load" else None
        )
        for key, one in readings.items()
    }
    return {
        "code": area.code,
        "name": name_of(area, lang),
        "is_leaf": area.is_leaf,
        **{name: None if duty is None else duty[name] for name in _COUNTS},
        "offline": None if duty is None else more.get("offline", 0),
        "expected": None if duty is None else more.get("expected", 0),
        "uncovered": None if duty is None else duty["grids_required"] - duty["grids_covered"],
        "cells": {
            key: {"text": value_text(one), "state": state_of(one), "level": levels[key].value}
            for key, one in readings.items()
        },
        "needs_help": levels["duty.load"] is Level.BAD,
    }
