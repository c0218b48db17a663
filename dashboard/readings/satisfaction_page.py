"""The satisfaction page 群众满意页: rates side by side with sample and interval, waves, rework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.evaluate import evaluate, wilson_interval
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Kpi, Reading, Totals
from dashboard.lifecycle.sending_back import SENDABLE
from dashboard.readings.about import about, reference
from dashboard.readings.board_parts import name_of, place_names, state_of
from dashboard.readings.tiles import tile_maker
from dashboard.readings.view import Question, View, open_view, read_history
from dashboard.settings import Settings
from dashboard.words import word
from data_access import dissatisfied
from data_access import rollup_reads as reads
from data_access.frames import ANSWERS
from data_access.types import to_epoch_ms

RATES: Final = (
    "visit.response_rate", "visit.solution_rate", "visit.satisfaction_rate", "visit.coverage_rate",
    "visit.three_rates",
)  # fmt: skip
TILES: Final = (
    *RATES, "survey.satisfaction_rate", "case.rework_rate", "case.first_time_closure_rate",
)  # fmt: skip
MONTHS: Final = 12
ITEMS_SHOWN: Final = 20
# Too good to be true: a hint to look closer, as for bought or copied answers (no verdict).
SUSPICIOUS_PERCENT, SUSPICIOUS_SAMPLE = 98, 50


def known_stage(text: str | None) -> str:
    """A stage of the work list, "" for all."""
    return text if text in dissatisfied.STAGES else ""


def build_satisfaction_page(
    connection: Connection,
    question: Question,
    *,
    stage: str,
    offset: int,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """The whole document of an area and window, in the caller's snapshot.

    ``stage``, ``offset``: which part of the work list. Raises UnknownAreaError and
    OutsideScopeError.
    """
    lang = question.lang
    today = city_today(now, settings.city_time_zone)
    view = open_view(connection, question, settings=settings, now=now)
    history = read_history(connection, view, settings=settings, today=today)
    maker = tile_maker(connection, view, history, lang)
    groups = [view.area, *view.children]
    return {
        **about(
            connection, line=view.line, window=view.window, years=view.years, state=view.state,
            as_of=view.as_of, settings=settings, now=now, build=build, lang=lang,
        ),
        "below": [reference(row, lang) for row in view.children],
        "tiles": [maker.tile(key) for key in TILES],
        "names": [_short_name(view.kpis[key], lang) for key in RATES],
        "areas": [
            {"code": one.code, "name": name_of(one, lang),
             **_rates(view, view.totals.now[one.area_id], one.level)}
            for one in groups
        ],
        "months": month_rates(connection, view, today),
        "waves": _waves(connection, view, lang),
        "rework": _work_list(connection, view, stage, offset, lang)
        | {"can_act": settings.editing},
        "minimum_sample": settings.minimum_sample,
    }  # fmt: skip


def _short_name(kpi: Kpi, lang: str) -> str:
    return kpi.name_en if lang == "en" else kpi.name_zh


def _rates(view: View, totals: Totals, level: str) -> dict[str, Any]:
    """The five numbers of one area or month, and whether they look too good."""
    cells = {}
    for key in RATES:
        reading = evaluate(view.kpis[key], totals)
        cells[key] = {
            "text": value_text(reading),
            "value": None if reading.value is None else round(float(reading.value), 4),
            "state": state_of(reading),
            "level": view.judge.level_beside_others(reading, level).value,
            **interval_of(reading),
        }
    satisfaction = cells["visit.satisfaction_rate"]
    return {"cells": cells, "is_suspicious": is_suspicious(satisfaction)}


def interval_of(reading: Reading) -> dict[str, Any]:
    """``n`` and Wilson's 95 % interval in percent of a number that comes from a sample."""
    if not reading.kpi.has_interval:
        base = reading.denominator
        return {"n": None if base is None else int(base), "low": None, "high": None}
    trials = int(reading.denominator or 0)
    interval = wilson_interval(reading.numerator or 0, trials)
    low, high = interval or (None, None)
    return {
        "n": trials,
        "low": None if low is None else round(low, 1),
        "high": None if high is None else round(high, 1),
    }


def is_suspicious(cell: Mapping[str, Any]) -> bool:
    """≥ 98 % satisfied of at least 50: rare where people are asked independently."""
    value, sample = cell["value"], cell["n"] or 0
    return value is not None and value >= SUSPICIOUS_PERCENT and sample >= SUSPICIOUS_SAMPLE


def month_rates(connection: Connection, view: View, today: date) -> list[dict[str, Any]]:
    """Twelve months up to this one, oldest first, from the rollups; a month without any row has
    nothing to measure."""
    last = today.year * 12 + today.month - 1
    periods = [
        number // 12 * 100 + number % 12 + 1 for number in range(last - MONTHS + 1, last + 1)
    ]
    rows = reads.read_day_series(connection, view.area.area_id, periods[0], periods[-1])
    return [
        {
            "key": f"{period // 100}-{period % 100:02d}",
            "is_running": period == periods[-1],
            **_rates(view, Totals(flows=_flows(rows.get(period)), stocks={}), view.area.level),
        }
        for period in periods
    ]


def _flows(row: reads.Measures | None) -> dict[str, int]:
    names = ("rated", "contacted", "solved", "called_back", "callback_due", *ANSWERS)
    return {name: row.get(name, 0) if row else 0 for name in names}


def _waves(connection: Connection, view: View, lang: str) -> list[dict[str, Any]]:
    """Survey waves, the newest first, with who was asked."""
    kpi = view.kpis["survey.satisfaction_rate"]
    found = []
    for wave, row in dissatisfied.read_waves(connection, view.area.area_id):
        counts = {name: row._mapping[name] for name in ("answers", *ANSWERS)}
        reading = evaluate(kpi, Totals(flows={}, stocks={}, survey=counts))
        cell = {
            "text": value_text(reading),
            "value": None if reading.value is None else float(reading.value),
            "level": view.judge.level(reading, view.area.level).value,
            **interval_of(reading),
        }
        found.append(
            {
                "wave_id": wave.wave_id,
                "name": name_of(wave, lang),
                "from_on": row.started_on.isoformat(),
                "to_on": row.ended_on.isoformat(),
                "sample_label": wave.sample_label or "",
                "counts": [counts[name] for name in ANSWERS],
                "is_suspicious": is_suspicious(cell),
                **cell,
            }
        )
    return found


def _work_list(
    connection: Connection, view: View, stage: str, offset: int, lang: str
) -> dict[str, Any]:
    """不满意整改: how many have come how far, and one page of them."""
    start, end = view.window.bounds(view.judge.settings.city_time_zone)
    counts = dissatisfied.read_stage_counts(connection, view.area, start, end)
    rows = dissatisfied.read_items(
        connection, view.area, start, end, stage=stage, limit=ITEMS_SHOWN, offset=offset
    )
    places = place_names(connection, rows, view.area, lang)
    return {
        "stages": [
            {"key": name, "name": word(f"rework.{name}", lang), "count": count}
            for name, count in counts.items()
        ],
        "total": counts[stage] if stage else sum(counts.values()),
        "all": sum(counts.values()),
        "stage": stage,
        "offset": offset,
        "rows": [_work_row(row, places, lang) for row in rows],
    }


def _work_row(row: Any, places: Mapping[str, str], lang: str) -> dict[str, Any]:
    english = lang == "en"
    said: Sequence[str] = [word(f"onecase.answer.{row.answer or 'none'}", lang)]
    if not row.is_solved:
        said = [*said, word("rework.unsolved", lang)]
    return {
        "key": row.callback_id,
        "case_id": row.case_id,
        "case_code": row.case_code,
        "category": (english and row.category_en) or row.category_zh,
        "department": (english and row.department_en) or row.department_zh,
        "place": places[row.path],
        "visited_ms": to_epoch_ms(row.visited_at),
        "said": " · ".join(said),
        "stage": row.stage,
        "can_send_back": row.stage == "not_sent_back" and row.state in SENDABLE,
        "stage_name": word(f"rework.{row.stage}", lang),
        "state_name": word(f"state.{row.state}", lang),
        "cycle": row.cycle_no,
        "new_answer": row.new_answer and word(f"onecase.answer.{row.new_answer}", lang),
    }
