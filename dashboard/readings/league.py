"""The league 下级排名: the children of an area side by side."""

from __future__ import annotations

from typing import Any

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Kpi, Totals
from dashboard.readings.board_parts import name_of, state_of
from dashboard.readings.judging import Judge
from dashboard.readings.view import View
from dashboard.words import word

LEAGUE = (
    "case.accepted", "case.closed", "case.open", "case.overdue", "case.on_time_closure_rate",
    "case.closure_rate", "visit.satisfaction_rate", "duty.on_duty_rate",
)  # fmt: skip


def league(view: View, lang: str) -> dict[str, Any]:
    """The children of an area in display order; the browser sorts."""
    judge = view.judge
    kpis = [judge.kpis[key] for key in LEAGUE]
    now = view.totals.now
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
                "cells": [_cell(kpi, now[row.area_id], judge, row.level) for kpi in kpis],
            }
            for row in view.children
        ],
        "total": [_cell(kpi, view.own, judge, view.area.level) for kpi in kpis],
    }


def _cell(kpi: Kpi, totals: Totals, judge: Judge, area_level: str) -> dict[str, Any]:
    reading = evaluate(kpi, totals)
    return {
        "text": value_text(reading),
        "value": None if reading.value is None else round(float(reading.value), 4),
        "state": state_of(reading),
        "level": judge.level_beside_others(reading, area_level).value,
    }
