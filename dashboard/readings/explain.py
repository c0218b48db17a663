"""Explaining a number: its definition, its two sides with today's values, and its parts by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.kpis.evaluate import evaluate, judge, wilson_interval
from dashboard.kpis.formatting import count_text, value_text
from dashboard.kpis.model import Direction, Kpi, Reading
from dashboard.readings import board_parts as parts
from dashboard.readings.board import Question, open_view
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.settings import Settings
from dashboard.words import word
from data_access.engine import begin_read

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A KPI and its value, every text in the asked language.

    ``thresholds``: (word, bound) pairs; ``children``: code, name, text, level of each child area;
    ``has_list``/``has_denominator_list``: whether the cases of that side can be listed.
    """

    key: str
    name: str
    meaning: str
    formula: str
    unit: str
    basis: str | None
    source: str
    version: str
    area_name: str
    window_label: str
    from_on: str
    to_on: str
    text: str
    state: str
    level: str
    level_text: str
    numerator: str
    denominator: str | None
    interval: tuple[float, float] | None
    sample: int | None
    thresholds: list[tuple[str, str]]
    children: list[dict[str, Any]]
    is_weighted: bool  # the numerator weighs its answers, so its list is longer than the number
    has_list: bool
    has_denominator_list: bool


def explain(
    reader: Reader,
    area_code: str | None,
    window_key: str,
    kpi_key: str,
    lang: str,
    *,
    scope: Scope = EVERYTHING,
) -> Explanation:
    """Explain a KPI for an area and window.

    Raises KeyError for an unknown KPI, UnknownAreaError and OutsideScopeError.
    """
    settings = reader.settings
    kpi = parts.kpi_of(kpi_key, settings)
    question = Question(scope=scope, area_code=area_code, window_key=window_key, lang=lang)
    with begin_read(reader.engine) as connection:
        view = open_view(connection, question, settings=settings, now=reader.now())
    reading = evaluate(kpi, view.totals.now[view.area.area_id])
    level = judge(reading, minimum_sample=settings.minimum_sample)
    return Explanation(
        **_texts(kpi, lang),
        area_name=parts.name_of(view.area, lang),
        window_label=parts.window_label(view.window.key, lang),
        from_on=view.window.from_on.isoformat(),
        to_on=view.window.last_on.isoformat(),
        text=value_text(reading),
        state=parts.state_of(reading),
        level=level.value,
        level_text=word(f"level.{level.value}", lang),
        numerator=_side(reading.numerator),
        denominator=_side(reading.denominator) if kpi.is_rate else None,
        interval=_interval(reading),
        sample=int(reading.denominator or 0) if kpi.has_interval else None,
        children=[
            {
                "code": child.code,
                "name": parts.name_of(child, lang),
                **_child(evaluate(kpi, view.totals.now[child.area_id]), settings),
            }
            for child in view.children
        ],
        is_weighted=any(term.weight != 1 for term in kpi.numerator),
        has_list=kpi.is_of_cases,
        has_denominator_list=kpi.is_of_cases and kpi.is_rate,
    )


def _texts(kpi: Kpi, lang: str) -> dict[str, Any]:
    """What the catalogue says of a KPI."""
    english = lang == "en"
    return {
        "key": kpi.key,
        "name": kpi.name_en if english else kpi.name_zh,
        "meaning": kpi.meaning_en if english else kpi.meaning_zh,
        "formula": kpi.formula_en if english else kpi.formula_zh,
        "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
        "basis": word(f"basis.{kpi.basis.name.lower()}", lang) if kpi.basis.value else None,
        "source": kpi.source,
        "version": kpi.version,
        "thresholds": _thresholds(kpi, lang),
    }


def _side(value: Any) -> str:
    if value is None or value.denominator == 1:
        return count_text(value)
    return f"{float(value):,.1f}"  # weighted answers: 0.9 for 基本满意


def _interval(reading: Reading) -> tuple[float, float] | None:
    if not reading.kpi.has_interval or reading.numerator is None:
        return None
    return wilson_interval(reading.numerator, int(reading.denominator or 0))


def _child(reading: Reading, settings: Settings) -> dict[str, Any]:
    return {
        "text": value_text(reading),
        "state": parts.state_of(reading),
        "level": parts.level_beside_others(reading, settings).value,
    }


def _thresholds(kpi: Kpi, lang: str) -> list[tuple[str, str]]:
    if kpi.good is None or kpi.warn is None:
        return []
    unit = word(f"unit.{kpi.unit.name.lower()}", lang)
    good, warn = f"{float(kpi.good):g}{unit}", f"{float(kpi.warn):g}{unit}"
    lower = kpi.direction is Direction.LOWER
    return [
        (word("level.good", lang), f"{'≤' if lower else '≥'} {good}"),
        (word("level.warn", lang), f"{'≤' if lower else '≥'} {warn}"),
        (word("level.bad", lang), f"{'>' if lower else '<'} {warn}"),
    ]
