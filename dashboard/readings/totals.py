"""Totals of an area and its children for a window: what KPIs are evaluated from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from dashboard.clocks.city_time import day_period
from dashboard.kpis.model import Totals
from dashboard.readings.windows import Window, flow_ranges, previous_window, stock_ranges
from data_access import rollup_reads as reads
from data_access.measures import FLOWS, STOCKS

Sums = Mapping[tuple[int, str], reads.Measures]
_NO_FLOWS = dict.fromkeys(FLOWS, 0)


@dataclass(frozen=True, kw_only=True)
class AreaTotals:
    """Totals of one window for an area and its children, and of the window before for the area."""

    now: Mapping[int, Totals]  # area id → totals
    before: Totals
    compared: Window
    duty: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


def read_totals(
    connection: Connection,
    area: reads.AreaRow,
    window: Window,
    *,
    children: list[int],
    duty: Mapping[int, Mapping[str, int]],
    time_zone: str,
    break_down_depth: int,
) -> AreaTotals:
    """Everything in one statement: flows and stocks of the window and of the one before.

    An area without any row has zeros: nothing happened there is a fact, not a gap.
    """
    compared = previous_window(window)
    sums = reads.read_sums(
        connection,
        area.area_id,
        {
            "flows": flow_ranges(window),
            "stocks": stock_ranges(window),
            "flows_before": flow_ranges(compared),
            "stocks_before": stock_ranges(compared),
        },
        with_children=bool(children),
    )
    late = _late_cohort(connection, area, compared, time_zone, break_down_depth)
    before = _totals(sums, area.area_id, "_before", {})
    flows = {**before.flows, "cohort_closed": before.flows["cohort_closed"] - late}
    return AreaTotals(
        now={one: _totals(sums, one, "", duty.get(one, {})) for one in (area.area_id, *children)},
        before=Totals(flows=flows, stocks=before.stocks),
        compared=compared,
        duty=duty,
    )


def _totals(sums: Sums, area_id: int, suffix: str, duty: Mapping[str, int]) -> Totals:
    flows = sums.get((area_id, f"flows{suffix}"), _NO_FLOWS)
    stocks = sums.get((area_id, f"stocks{suffix}"), {})
    return Totals(
        flows={name: flows[name] for name in FLOWS},
        stocks={name: net_stock(stocks, name) for name in STOCKS},
        duty=duty,
    )


def net_stock(sums: reads.Measures, stock: str) -> int:
    """In minus out."""
    return sums.get(f"{stock}_in", 0) - sums.get(f"{stock}_out", 0)


def _late_cohort(
    connection: Connection,
    area: reads.AreaRow,
    window: Window,
    time_zone: str,
    break_down_depth: int,
) -> int:
    """Cases of a past window's cohort that were closed after it: not yet closed at its end."""
    if area.depth <= break_down_depth:
        return reads.read_late_cohort(
            connection, area, day_period(window.from_on), day_period(window.until_on)
        )
    return reads.read_late_cohort_from_cases(connection, area, *window.bounds(time_zone))
