"""Tiles 指标卡: one KPI each, with its judgement, its change and thirty days of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate, wilson_interval
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Exact, Kpi, Reading
from dashboard.readings.board_parts import name_of, state_of, window_label
from dashboard.readings.changes import delta
from dashboard.readings.histories import SPARK_DAYS, DayHistory, spark
from dashboard.readings.references import read_reference
from dashboard.readings.view import View
from dashboard.words import word
from data_access.area_facts import read_duty_history

TILES = (
    "case.accepted", "case.closed", "case.open", "case.overdue", "case.on_time_closure_rate",
    "visit.satisfaction_rate", "duty.on_duty_rate", "duty.grid_coverage_rate",
)  # fmt: skip
MORE_TILES = (
    "case.due_soon", "case.suspended", "case.closure_rate", "case.cohort_closure_rate",
    "visit.solution_rate", "visit.response_rate", "survey.satisfaction_rate", "duty.on_duty",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TileMaker:
    """Makes the tiles of one view, in the snapshot of ``connection``; ``duty_sparks``: KPI → values
    of the newest half hours."""

    connection: Connection
    view: View
    history: DayHistory
    duty_sparks: Mapping[str, Sequence[float | None]]
    lang: str

    def tile(self, key: str, *, is_pending: bool = False) -> dict[str, Any]:
        """One tile, everything formatted; ``is_pending``: its number is not read yet, and nothing
        is read to judge it by."""
        view, lang = self.view, self.lang
        kpi = self.view.judge.kpis[key]
        reading = evaluate(kpi, view.totals.now[view.area.area_id])
        reference = None if is_pending else read_reference(self.connection, kpi, view, self.history)
        level = self.view.judge.level(reading, view.area.level, reference=reference)
        return {
            "key": key,
            "name": kpi.name_en if lang == "en" else kpi.name_zh,
            "scope_label": self._scope_label(kpi),
            "basis": word(f"basis.{kpi.basis.name.lower()}", lang) if kpi.basis.value else None,
            "text": value_text(reading),
            "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
            "state": state_of(reading),
            "level": level.value,
            "level_text": word(f"level.{level.value}", lang),
            "numerator": _number(reading.numerator),
            "denominator": _number(reading.denominator),
            **_sample(reading),
            "note": self._note(kpi, reading),
            "delta": delta(kpi, reading, view.totals.before, view.window, lang)
            if kpi.is_of_cases
            else None,
            "spark": spark(kpi, self.history)
            if kpi.is_of_cases
            else list(self.duty_sparks.get(key, [])),
        }

    def _scope_label(self, kpi: Kpi) -> str:
        wave, window = self.view.wave, self.view.window
        if any(term.kind == "survey" for term in kpi.numerator):
            return name_of(wave, self.lang) if wave else ""
        is_stock = bool(kpi.numerator) and all(term.kind == "stock" for term in kpi.numerator)
        is_now = kpi.is_of_now or (is_stock and window.is_running)
        return word("scope.now", self.lang) if is_now else window_label(window.key, self.lang)

    def _note(self, kpi: Kpi, reading: Reading) -> str:
        window, lang = self.view.window, self.lang
        if kpi.has_interval and 0 < (reading.base or 0) < self.view.judge.settings.minimum_sample:
            return word("note.small_sample", lang)
        measure = {"case.accepted": "accepted", "case.closed": "closed"}.get(kpi.key)
        if measure and window.is_running and window.days > 1:
            return word("note.today", lang, n=f"{self.history.flows[-1].get(measure, 0):,}")
        before = self.view.totals.before
        if kpi.is_of_cases and before and before.compared.refusal == "spring_festival":
            return word("compare.refused.spring_festival", lang)
        return ""


def tile_maker(connection: Connection, view: View, history: DayHistory, lang: str) -> TileMaker:
    """The maker of a view's tiles, with the newest half hours of duty."""
    slots = read_duty_history(connection, view.area.area_id, slots=SPARK_DAYS)
    sparks: dict[str, list[float | None]] = {
        "duty.on_duty": [one.on_duty + one.in_field for one in slots],
        "duty.on_duty_rate": [_percent(one.on_duty + one.in_field, one.rostered) for one in slots],
        "duty.grid_coverage_rate": [
            _percent(one.grids_covered, one.grids_required) for one in slots
        ],
    }
    return TileMaker(
        connection=connection, view=view, history=history, duty_sparks=sparks, lang=lang
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _number(value: Exact | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _sample(reading: Reading) -> dict[str, Any]:
    if not reading.kpi.has_interval:
        return {"interval": None, "sample": None}
    trials = int(reading.denominator or 0)
    interval = wilson_interval(reading.numerator or 0, trials)
    rounded = [round(bound, 1) for bound in interval] if interval else None
    return {"interval": rounded, "sample": trials}
