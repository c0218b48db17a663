"""Explaining a number: its definition, its two sides with today's values, and its parts by area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import count_text, value_text
from dashboard.kpis.model import Exact, Kpi, Reading, Shape
from dashboard.kpis.variants import kpi_of
from dashboard.readings import board_parts as parts
from dashboard.readings.changes import comparison_row
from dashboard.readings.comparisons import KINDS
from dashboard.readings.definition_text import definition_texts, parts_texts, sum_text
from dashboard.readings.histories import measured_spark
from dashboard.readings.references import children_reference
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.tiles import tile_maker
from dashboard.readings.view import (
    NO_CODES,
    Question,
    SliceCodes,
    View,
    open_view,
    read_history,
    slice_of,
)
from dashboard.words import word
from data_access.engine import begin_read
from data_access.rollup_reads import AreaRow
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A KPI and its value, every text in the asked language.

    ``thresholds``: (word, bound) pairs, ``thresholds_from``: what they are multiples of, for which
    areas, of which version and since when; ``children``: code, name, text, level of each child;
    ``comparisons``: rows of ``changes.comparison_row``; ``spark``: thirty daily values;
    ``has_list``/``has_denominator_list``: whether the cases of that side can be listed.
    """

    key: str
    name: str
    meaning: str
    formula: str
    unit: str
    basis: str | None
    source: str
    evidence: str
    evidence_text: str
    version: str
    area_name: str
    slice_names: list[str]  # category, source and department it is cut to
    window_label: str
    from_on: str
    to_on: str
    as_of_ms: int
    text: str
    state: str
    level: str
    level_text: str
    note: str
    numerator: str
    denominator: str | None
    numerator_sum: str  # the terms of each side with their values; "" for a single term
    denominator_sum: str
    parts: list[str]  # what each part brings to a score
    interval: tuple[float, float] | None
    sample: int | None
    thresholds: list[tuple[str, str]]
    thresholds_from: str
    comparisons: list[dict[str, str | None]]
    spark: list[float | None]
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
    codes: SliceCodes = NO_CODES,
    scope: Scope = EVERYTHING,
) -> Explanation:
    """Explain a KPI for an area, window and slice: the value and judgement are those of its tile.

    Raises KeyError for an unknown KPI, UnknownAreaError, UnknownSliceError and OutsideScopeError.
    """
    settings, now = reader.settings, reader.now()
    question = Question(
        scope=scope, area_code=area_code, window_key=window_key, lang=lang, codes=codes
    )
    with begin_read(reader.engine) as connection:
        view = open_view(
            connection, question, settings=settings, now=now, kinds=KINDS,
            kpis=(kpi_of(kpi_key, settings),), part_days=reader.part_days,
        )  # fmt: skip
        tile = _tile(connection, view, kpi_key, city_today(now, settings.city_time_zone), lang)
        cut = slice_of(connection, question)
    kpi = view.kpis[kpi_key]
    reading = evaluate(kpi, view.own)
    beside = children_reference(kpi, view)
    shown = ("unit", "basis", "text", "state", "level", "level_text", "note", "sample", "spark")
    return Explanation(
        **_texts(kpi, lang),
        **{name: tile[name] for name in shown},
        area_name=parts.name_of(view.area, lang),
        slice_names=[one["name"] for one in cut.values()],
        window_label=parts.window_label(view.window.key, lang),
        from_on=view.window.from_on.isoformat(),
        to_on=view.window.last_on.isoformat(),
        as_of_ms=to_epoch_ms(view.as_of),
        numerator=_side(reading.numerator),
        denominator=None if kpi.denominator is None else _side(reading.denominator),
        numerator_sum=sum_text(kpi.numerator, view.own, lang),
        denominator_sum=sum_text(kpi.denominator or (), view.own, lang),
        parts=parts_texts(reading, lang),
        interval=tuple(tile["interval"]) if tile["interval"] else None,
        comparisons=_comparisons(view, kpi, reading, lang),
        children=[_child(view, kpi, child, beside, lang) for child in view.children],
        is_weighted=any(term.weight != 1 for term in kpi.numerator),
        has_list=kpi.is_of_cases,
        has_denominator_list=kpi.has_list("denominator"),
    )


def _tile(connection: Connection, view: View, key: str, today: date, lang: str) -> dict[str, Any]:
    """The KPI's tile, with the thirty days of a quantile that boards leave out."""
    settings = view.judge.settings
    history = read_history(connection, view, settings=settings, today=today)
    tile = tile_maker(connection, view, history, lang).tile(key)
    kpi = view.kpis[key]
    if kpi.shape is Shape.MEASURED:
        tile["spark"] = measured_spark(connection, kpi, view.aim, settings=settings, today=today)
    return tile


def _texts(kpi: Kpi, lang: str) -> dict[str, Any]:
    """What the catalogue says of a KPI."""
    texts = definition_texts(kpi, lang)
    bounds = texts["bounds"]
    names = ("key", "name", "meaning", "formula", "source", "evidence", "evidence_text", "version")
    said: dict[str, Any] = {name: texts[name] for name in names}
    if bounds is None:
        return said | {"thresholds": [], "thresholds_from": ""}
    ranges = [(level, bounds[level]) for level in ("good", "warn", "bad") if bounds[level]]
    version = f"{bounds['version_text']} {bounds['effective_on']}"
    notes = (bounds["relative"], bounds["levels"], version)
    return said | {
        "thresholds": [(word(f"level.{level}", lang), text) for level, text in ranges],
        "thresholds_from": " · ".join(note for note in notes if note),
    }


def _side(value: Any) -> str:
    if value is None or value.denominator == 1:
        return count_text(value)
    return f"{float(value):,.1f}"  # weighted answers: 0.9 for 基本满意


def _comparisons(view: View, kpi: Kpi, reading: Reading, lang: str) -> list[dict[str, str | None]]:
    found = view.totals.comparisons
    kinds = [kind for kind in KINDS if kind in found and not kpi.is_of_now]
    return [comparison_row(kpi, reading, found[kind], lang) for kind in kinds]


def _child(view: View, kpi: Kpi, child: AreaRow, beside: Exact | None, lang: str) -> dict[str, Any]:
    reading = evaluate(kpi, view.totals.now[child.area_id])
    level = view.judge.level_beside_others(reading, child.level, reference=beside)
    return {
        "code": child.code,
        "name": parts.name_of(child, lang),
        "text": value_text(reading),
        "state": parts.state_of(reading),
        "level": level.value,
    }
