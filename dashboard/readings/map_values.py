"""One value a grid for the map, in the order of the geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.model import Direction, Kpi, Term, Totals
from dashboard.kpis.variants import kpi_of
from dashboard.readings.raw_totals import Interval, read_raw_totals
from dashboard.readings.thresholds import judged_by, read_in_force
from dashboard.readings.windows import Window, flow_ranges, stock_ranges
from dashboard.settings import Settings
from dashboard.words import word
from data_access import area_facts
from data_access import rollup_reads as reads
from data_access.rollups import read_state

METRICS = (
    "case.overdue", "case.open", "case.due_soon", "case.accepted",
    "case.on_time_closure_rate", "visit.satisfaction_rate", "duty.grid_coverage_rate",
)  # fmt: skip


class UnknownMetricError(LookupError):
    """The map cannot show this metric."""


def build_map_values(
    connection: Connection, metric: str, window: Window, *, settings: Settings, lang: str
) -> dict[str, Any]:
    """Values of every drawn grid, None where there is nothing to measure; class breaks and words.

    Raises UnknownMetricError for a metric that is not in METRICS.
    """
    if metric not in METRICS:
        raise UnknownMetricError(metric)
    kpi = judged_by(kpi_of(metric, settings), read_in_force(connection, window.last_on))
    order = area_facts.read_leaf_order(connection)
    if window.is_of_city_days:
        totals = _leaf_totals(connection, kpi, window)
    else:
        totals = _raw_leaf_totals(connection, window, settings)
    values = [_value(kpi, totals.get(area)) for area in order]
    breaks = _breaks(kpi, [value for value in values if value is not None])
    unit = word(f"unit.{kpi.unit.name.lower()}", lang)
    return {
        "metric": metric,
        "window": window.key,
        "kind": "rate" if kpi.is_rate else "count",
        "better": kpi.direction.value,
        "unit": unit,
        "values": values,
        "breaks": breaks,
        "labels": _labels(breaks, unit, is_rate=kpi.is_rate),
    }


def _leaf_totals(connection: Connection, kpi: Kpi, window: Window) -> Mapping[int, Totals]:
    terms = (*kpi.numerator, *(kpi.denominator or ()))
    if terms[0].kind == "duty":
        return {
            area: Totals(
                flows={}, stocks={}, duty={"grids_covered": covered, "grids_required": required}
            )
            for area, (covered, required) in area_facts.read_leaf_coverage(connection).items()
        }
    flows = [term.name for term in _once(terms) if term.kind == "flow"]
    stocks = [term.name for term in _once(terms) if term.kind == "stock"]
    by_flow = reads.read_leaf_sums(connection, flows, flow_ranges(window)) if flows else {}
    ways = [f"{stock}_{way}" for stock in stocks for way in ("in", "out")]
    by_stock = reads.read_leaf_sums(connection, ways, stock_ranges(window)) if ways else {}
    return {
        area: Totals(
            flows=dict(zip(flows, by_flow.get(area, (0,) * len(flows)), strict=True)),
            stocks={
                stock: row[2 * n] - row[2 * n + 1]
                for row in [by_stock.get(area, (0,) * len(ways))]
                for n, stock in enumerate(stocks)
            },
        )
        for area in by_flow.keys() | by_stock.keys()
    }


def _raw_leaf_totals(
    connection: Connection, window: Window, settings: Settings
) -> Mapping[int, Totals]:
    """From the cases: a report day is not in the rollups, which are by city day."""
    root, state = reads.read_root(connection), read_state(connection)
    if root is None or state is None or state.as_of is None:
        return {}
    start, end = window.bounds(settings.city_time_zone)
    found = read_raw_totals(
        connection, root, Interval(start=start, end=end, as_of=state.as_of),
        rules=fact_rules(settings), children=reads.read_leaves(connection), by_area=False,
    )  # fmt: skip
    coverage = area_facts.read_leaf_coverage(connection)
    return {
        area_id: replace(totals, duty={"grids_covered": covered, "grids_required": required})
        for area_id, totals in found.items()
        for covered, required in [coverage.get(area_id, (0, 0))]
    }


def _once(terms: Sequence[Term]) -> list[Term]:
    return list({term.name: term for term in terms}.values())


def _value(kpi: Kpi, totals: Totals | None) -> float | int | None:
    if totals is None:  # no row at all: nothing happened, and a rate of nothing is no number
        return None if kpi.is_rate else 0
    value = evaluate(kpi, totals).value
    if value is None:
        return None
    return round(float(value), 1) if kpi.is_rate else int(value)


def _breaks(kpi: Kpi, values: Sequence[float]) -> list[float]:
    """Four ascending bounds. Rates: the KPI's own thresholds. Counts: none, then quantiles."""
    if kpi.is_rate and kpi.good is not None and kpi.warn is not None:
        good, warn = float(kpi.good), float(kpi.warn)
        return [warn - (good - warn), warn, good, 100.0]
    if kpi.direction is Direction.LOWER and kpi.good == 0:
        return [1, 2, 4, 8]
    some = [value for value in values if value > 0]
    if not some:
        return [1, 2, 3, 4]
    return _ascending([1, *np.ceil(np.quantile(some, [0.5, 0.8, 0.95])).astype(int).tolist()])


def _ascending(bounds: list[float]) -> list[float]:
    """The bounds made strictly ascending, which small cities may need."""
    result: list[float] = []
    for bound in bounds:
        result.append(max(bound, result[-1] + 1) if result else bound)
    return result


def _labels(breaks: Sequence[float], unit: str, *, is_rate: bool) -> list[str]:
    """One text a class: below the first bound, between, from the last on."""
    if is_rate:
        bounds = [f"{bound:g}{unit}" for bound in breaks]
        return [
            f"< {bounds[0]}",
            *(_span(*pair) for pair in pairwise(bounds)),
            bounds[-1],
        ]
    whole = [int(bound) for bound in breaks]
    spans = ["0" if whole[0] == 1 else f"0–{whole[0] - 1}"]
    for low, high in pairwise(whole):
        spans.append(f"{low}" if high - low == 1 else f"{low}–{high - 1}")
    return [*spans, f"≥ {whole[-1]}"]


def _span(low: str, high: str) -> str:
    """From one bound to the next; a city may have set two of them equal, and then no value lies
    between."""
    return f"{low}–{high}" if low != high else ""
