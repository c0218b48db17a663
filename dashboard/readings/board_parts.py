"""The parts of a board: tiles, league, break-downs, newest overdue cases, portrait, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import count_undated_on_time, evaluate, judge, wilson_interval
from dashboard.kpis.formatting import change_text, value_text
from dashboard.kpis.model import Direction, Exact, Kpi, Level, Reading, Totals
from dashboard.readings.histories import DayHistory, spark
from dashboard.readings.totals import AreaTotals
from dashboard.readings.windows import WINDOW_KEYS, Window, chosen_days
from dashboard.settings import Settings
from dashboard.words import word
from data_access import area_facts
from data_access import rollup_reads as reads
from data_access.case_lists import read_newest_overdue
from data_access.surveys import Wave
from data_access.types import to_epoch_ms

TILES = (
    "case.accepted", "case.closed", "case.open", "case.overdue", "case.on_time_closure_rate",
    "visit.satisfaction_rate", "duty.on_duty_rate", "duty.grid_coverage_rate",
)  # fmt: skip
MORE_TILES = (
    "case.due_soon", "case.suspended", "case.closure_rate", "case.cohort_closure_rate",
    "visit.solution_rate", "visit.response_rate", "survey.satisfaction_rate", "duty.on_duty",
)  # fmt: skip
LEAGUE = (
    "case.accepted", "case.closed", "case.open", "case.overdue", "case.on_time_closure_rate",
    "case.closure_rate", "visit.satisfaction_rate", "duty.on_duty_rate",
)  # fmt: skip
_TOP_MEMBERS = 8
_NEWEST_OVERDUE = 10
_DESIGNATION = re.compile(r".{2,}[员长警者]\d{2,}")


def kpi_of(key: str, settings: Settings) -> Kpi:
    """The catalogue's KPI in the city's variant. Raises KeyError for an unknown key."""
    kpi = CATALOGUE[key]
    return count_undated_on_time(kpi) if settings.undated_on_time else kpi


def name_of(row: Any, lang: str) -> str:
    """An area's, category's or department's name in a language; Chinese where there is no other."""
    english = row.name_en if lang == "en" else None
    return str(english or row.name_zh)


def tile(
    key: str, totals: AreaTotals, area_id: int, history: DayHistory, *, settings: Settings,
    lang: str, window: Window, wave: Wave | None, duty_spark: Sequence[float | None],
) -> dict[str, Any]:  # fmt: skip
    """One tile of the board, everything formatted."""
    kpi = kpi_of(key, settings)
    reading = evaluate(kpi, totals.now[area_id])
    is_stock = all(term.kind == "stock" for term in kpi.numerator)
    is_now = not kpi.is_of_cases or (is_stock and window.is_running)
    level = judge(reading, minimum_sample=settings.minimum_sample)
    return {
        "key": key,
        "name": kpi.name_en if lang == "en" else kpi.name_zh,
        "scope_label": _scope_label(kpi, window, wave, lang, is_now=is_now),
        "basis": word(f"basis.{kpi.basis.name.lower()}", lang) if kpi.basis.value else None,
        "text": value_text(reading),
        "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
        "state": state_of(reading),
        "level": level.value,
        "level_text": word(f"level.{level.value}", lang),
        "numerator": _number(reading.numerator),
        "denominator": _number(reading.denominator),
        **_sample(reading, settings, lang),
        **_note(kpi, reading, history, settings, lang, window),
        "delta": _delta(kpi, reading, totals, lang) if kpi.is_of_cases else None,
        "spark": spark(kpi, history) if kpi.is_of_cases else list(duty_spark),
    }


def _scope_label(kpi: Kpi, window: Window, wave: Wave | None, lang: str, *, is_now: bool) -> str:
    if kpi.numerator[0].kind == "survey":
        return name_of(wave, lang) if wave else ""
    return word("scope.now", lang) if is_now else window_label(window.key, lang)


def state_of(reading: Reading) -> str:
    """value, zero or empty: three different things."""
    if reading.value is None:
        return "empty"
    return "zero" if reading.value == 0 else "value"


def _number(value: Exact | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _sample(reading: Reading, settings: Settings, lang: str) -> dict[str, Any]:
    if not reading.kpi.has_interval:
        return {"interval": None, "sample": None}
    trials = int(reading.denominator or 0)
    interval = wilson_interval(reading.numerator or 0, trials)
    rounded = [round(bound, 1) for bound in interval] if interval else None
    return {"interval": rounded, "sample": trials}


def _note(
    kpi: Kpi, reading: Reading, history: DayHistory, settings: Settings, lang: str, window: Window
) -> dict[str, str]:
    if kpi.has_interval and 0 < (reading.denominator or 0) < settings.minimum_sample:
        return {"note": word("note.small_sample", lang)}
    measure = {"case.accepted": "accepted", "case.closed": "closed"}.get(kpi.key)
    if measure and window.is_running and window.days > 1:
        return {"note": word("note.today", lang, n=f"{history.flows[-1].get(measure, 0):,}")}
    return {"note": ""}


def _delta(kpi: Kpi, reading: Reading, totals: AreaTotals, lang: str) -> dict[str, str] | None:
    before = evaluate(kpi, totals.before).value
    text = change_text(kpi, reading.value, before)
    if not totals.is_comparable or text is None or reading.value is None or before is None:
        return None
    if kpi.is_rate:
        text = word("delta.points", lang, n=text)
    if kpi.direction is Direction.NEITHER or reading.value == before:
        tone = "neutral"
    else:
        is_better = (reading.value > before) == (kpi.direction is Direction.HIGHER)
        tone = "good" if is_better else "bad"
    arrow = "▲" if reading.value > before else "▼" if reading.value < before else "＝"
    return {
        "text": f"{arrow} {text.lstrip('+-')}",
        "versus": word(f"versus.{_versus(totals.compared.key)}", lang),
        "tone": tone,
    }


def _versus(key: str) -> str:
    return key if key in WINDOW_KEYS and key != "all" else "before"


def window_label(key: str, lang: str) -> str:
    """A window's name: that of its key, or the year, month or days it names."""
    days = chosen_days(key)
    if days is None:
        return word(f"window.{key}", lang)
    if lang == "zh" and len(key) == 4:
        return f"{key}年"
    if lang == "zh" and len(key) == 7:
        return f"{days[0].year}年{days[0].month}月"
    return key.replace("..", " – ")


def league(
    rows: Sequence[reads.AreaRow],
    area_id: int,
    totals: AreaTotals,
    *,
    settings: Settings,
    lang: str,
) -> dict[str, Any]:
    """The children of an area side by side, in display order; the browser sorts."""
    kpis = [kpi_of(key, settings) for key in LEAGUE]
    return {
        "columns": [
            {
                "key": kpi.key,
                "name": kpi.name_en if lang == "en" else kpi.name_zh,
                "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
                "kind": "rate" if kpi.is_rate else "count",
            }
            for kpi in kpis
        ],
        "rows": [
            {
                "code": row.code,
                "name": name_of(row, lang),
                "level": row.level,
                "kind": row.kind,
                "is_leaf": row.is_leaf,
                "cells": [_cell(kpi, totals.now[row.area_id], settings) for kpi in kpis],
            }
            for row in rows
        ],
        "total": [_cell(kpi, totals.now[area_id], settings) for kpi in kpis],
    }


def _cell(kpi: Kpi, totals: Totals, settings: Settings) -> dict[str, Any]:
    reading = evaluate(kpi, totals)
    return {
        "text": value_text(reading),
        "value": None if reading.value is None else round(float(reading.value), 4),
        "state": state_of(reading),
        "level": level_beside_others(reading, settings).value,
    }


def level_beside_others(reading: Reading, settings: Settings) -> Level:
    """The judgement where areas stand side by side. A rate of three cases is shown but not judged:
    it would redden the smallest areas by chance."""
    if reading.kpi.is_rate and (reading.denominator or 0) < settings.minimum_denominator:
        return Level.NONE
    return judge(reading, minimum_sample=settings.minimum_sample)


def break_down(
    members: Sequence[reads.MemberSums], names: Mapping[int, tuple[str, str | None]], lang: str
) -> list[dict[str, Any]]:
    """The eight members with most accepted cases, and all others as one."""
    ranked = sorted(
        (m for m in members if m.accepted or m.overdue), key=lambda m: (-m.accepted, m.member_id)
    )
    parts = [
        {
            "name": _member_name(names.get(m.member_id), lang),
            "value": m.accepted,
            "overdue": m.overdue,
        }
        for m in ranked[:_TOP_MEMBERS]
    ]
    rest = ranked[_TOP_MEMBERS:]
    if rest:
        overdue = [m.overdue for m in rest if m.overdue is not None]
        parts.append(
            {
                "name": word("breakdown.others", lang),
                "value": sum(m.accepted for m in rest),
                "overdue": sum(overdue) if overdue else None,
            }
        )
    return parts


def _member_name(names: tuple[str, str | None] | None, lang: str) -> str:
    if names is None:
        return word("overdue.no_department", lang)
    return names[1] if lang == "en" and names[1] else names[0]


def overdue_list(
    connection: Connection, area: reads.AreaRow, as_of: datetime, total: int, lang: str
) -> dict[str, Any]:
    """How many cases are overdue and the newest of them."""
    rows = read_newest_overdue(connection, area, as_of, limit=_NEWEST_OVERDUE)
    places = place_names(connection, rows, area, lang)
    return {
        "total": total,
        "rows": [case_row(row, places, lang) for row in rows],
    }


def place_names(
    connection: Connection, rows: Sequence[Any], below: reads.AreaRow, lang: str
) -> dict[str, str]:
    """The readable place of each path, from just below the area that is looked at."""
    paths = {row.path: tuple(int(one) for one in row.path.split("/")) for row in rows}
    wanted = {area_id for line in paths.values() for area_id in line}
    names = {row.area_id: name_of(row, lang) for row in reads.read_areas(connection, list(wanted))}
    return {
        path: " › ".join(
            names[one] for one in line if one not in below.line or len(line) == len(below.line)
        )
        for path, line in paths.items()
    }


def case_row(row: Any, places: Mapping[str, str], lang: str) -> dict[str, Any]:
    """One case as lists show it; instants in epoch milliseconds."""
    english = lang == "en"
    return {
        "case_code": row.case_code,
        "case_id": row.case_id,
        "category": (english and row.category_en) or row.category_zh,
        "area": places[row.path],
        "department": (english and row.department_en) or row.department_zh,
        "deadline_ms": row.deadline_at and to_epoch_ms(row.deadline_at),
        "accepted_ms": row.accepted_at and to_epoch_ms(row.accepted_at),
        "closed_ms": row.closed_at and to_epoch_ms(row.closed_at),
        "state_name": word(f"state.{row.state}", lang),
        "is_urgent": bool(row.is_urgent),
    }


def portrait(
    connection: Connection, area: reads.AreaRow, today: date, lang: str
) -> dict[str, Any] | None:
    """网格画像, for leaf areas that are a place; None for all others."""
    if not area.is_leaf or area.kind == "unlocated":
        return None
    row = area_facts.read_portrait(connection, area.area_id)
    patrol, visit = area_facts.read_last_presence(connection, area.area_id)
    return {
        **{name: row._mapping[name] for name in ("residents", "households", "houses", "shops")},
        "structures": row.structures,
        "workers": [
            {
                "role_name": word(f"role.{worker.role}", lang),
                "name": masked(worker.name),
                "is_full_time": bool(worker.is_full_time),
            }
            for worker in area_facts.read_grid_workers(connection, area.area_id, today)
        ],
        "last_patrol_ms": patrol and to_epoch_ms(patrol),
        "last_visit_ms": visit and to_epoch_ms(visit),
        "police_grid": (lang == "en" and row.police_en) or row.police_zh,
        "station": bool(row.has_station),
    }


def masked(name: str) -> str:
    """A personal name with all but the first character hidden. Designations such as 网格员00012
    stay; 王伟2, one of two of that name, is a person."""
    if _DESIGNATION.fullmatch(name):
        return name
    return name[:1] + "*" * (len(name) - 1)


def source_list(connection: Connection, now: datetime, lang: str) -> list[dict[str, Any]]:
    """Every source and its state: ok up to twice its interval, late to five times, stopped."""
    return [
        {
            "code": row.code,
            "name": name_of(row, lang),
            "last_ms": row.last_ingested_at and to_epoch_ms(row.last_ingested_at),
            "interval_seconds": row.interval_seconds,
            "state": source_state(row.last_ingested_at, row.interval_seconds, now),
        }
        for row in area_facts.read_sources(connection)
    ]


def source_state(last: datetime | None, interval_seconds: int | None, now: datetime) -> str:
    """ok, late or stopped against the promised interval; none where nothing is promised or came."""
    if last is None or not interval_seconds:
        return "none"
    age = (now - last).total_seconds()
    if age <= 2 * interval_seconds:
        return "ok"
    return "late" if age <= 5 * interval_seconds else "stopped"
