"""Totals of an area and its children for a window: what KPIs are evaluated from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
    since = replace(window, from_on=compared.until_on)
    sums = reads.read_sums(
        connection,
        area.area_id,
        {"flows": flow_ranges(window), "stocks": stock_ranges(window)},
        with_children=bool(children),
        # Only the area itself is compared, and its stocks then are those of now less what came.
        own_parts={"flows_before": flow_ranges(compared), "since": flow_ranges(since)},
    )
    late = _late_cohort(connection, area, compared, time_zone, break_down_depth)
    now = {one: _totals(sums, one, duty.get(one, {})) for one in (area.area_id, *children)}
    flows = dict(sums.get((area.area_id, "flows_before"), _NO_FLOWS))
    flows["cohort_closed"] -= late
    came = sums.get((area.area_id, "since"), {})
    stocks = {
        name: stock - net_stock(came, name) for name, stock in now[area.area_id].stocks.items()
    }
    return AreaTotals(
        now=now, before=Totals(flows=flows, stocks=stocks), compared=compared, duty=duty
    )


def _totals(sums: Sums, area_id: int, duty: Mapping[str, int]) -> Totals:
    flows = sums.get((area_id, "flows"), _NO_FLOWS)
    stocks = sums.get((area_id, "stocks"), {})
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
