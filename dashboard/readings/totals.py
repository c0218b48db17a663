"""Totals of an area and its children for a window: what KPIs are evaluated from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from dashboard.clocks.city_time import day_period
from dashboard.kpis.model import Totals
from dashboard.readings.windows import Window, flow_ranges, previous_window, stock_ranges
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.measures import ALL_TIME, FLOWS, STOCKS

Sums = Mapping[tuple[int, str], reads.Measures]
_NOTHING: Mapping[str, int] = {}
_NO_FLOWS = dict.fromkeys(FLOWS, 0)


@dataclass(frozen=True, kw_only=True)
class AreaTotals:
    """Totals of one window for an area and its children, and of the window before for the area."""

    now: Mapping[int, Totals]  # area id → totals
    before: Totals
    overdue_now: int  # of the area, whatever the window
    compared: Window
    is_comparable: bool  # the store knows the whole of the window before


def read_totals(
    connection: Connection,
    area: reads.AreaRow,
    window: Window,
    *,
    children: Sequence[reads.AreaRow],
    duty: Mapping[int, Mapping[str, int]],
    survey: Mapping[int, Mapping[str, int]],
    settings: Settings,
    as_of: datetime,
    first_on: date | None,
) -> AreaTotals:
    """Everything in one statement: flows and stocks of the window and of the one before.

    An area without any row has zeros: nothing happened there is a fact, not a gap.
    """
    compared = previous_window(window)
    sums = reads.read_sums(
        connection,
        area.area_id,
        {"flows": flow_ranges(window), "stocks": stock_ranges(window)},
        with_children=bool(children),
        own_parts={
            "flows_before": flow_ranges(compared),
            "stocks_before": stock_ranges(compared),
            "stocks_now": [(ALL_TIME, ALL_TIME)],
        },
    )
    late = _Late(connection, settings.city_time_zone, settings.break_down_depth, as_of)
    everywhere = (area, *children)
    late_now = {} if window.is_running else late.by_area(everywhere, window)
    late_before = late.by_area((area,), compared)
    return AreaTotals(
        now={
            one.area_id: _totals(
                sums,
                one.area_id,
                "",
                late_now.get(one.area_id, 0),
                duty=duty.get(one.area_id, {}),
                survey=survey.get(one.area_id, {}),
            )
            for one in everywhere
        },
        before=_totals(sums, area.area_id, "_before", late_before.get(area.area_id, 0)),
        overdue_now=net_stock(sums.get((area.area_id, "stocks_now"), {}), "overdue"),
        compared=compared,
        is_comparable=first_on is not None and first_on <= compared.from_on,
    )


def _totals(
    sums: Sums,
    area_id: int,
    suffix: str,
    late_cohort: int,
    *,
    duty: Mapping[str, int] = _NOTHING,
    survey: Mapping[str, int] = _NOTHING,
) -> Totals:
    flows = dict(sums.get((area_id, f"flows{suffix}"), _NO_FLOWS))
    flows["cohort_closed"] -= late_cohort
    stocks = sums.get((area_id, f"stocks{suffix}"), {})
    return Totals(
        flows={name: flows[name] for name in FLOWS},
        stocks={name: net_stock(stocks, name) for name in STOCKS},
        duty=duty,
        survey=survey,
    )


def net_stock(sums: reads.Measures, stock: str) -> int:
    """In minus out."""
    return sums.get(f"{stock}_in", 0) - sums.get(f"{stock}_out", 0)


@dataclass(frozen=True)
class _Late:
    """Cases of a past window's cohort that were closed after it: not yet closed at its end."""

    connection: Connection
    time_zone: str
    break_down_depth: int
    as_of: datetime

    def by_area(self, areas: Sequence[reads.AreaRow], window: Window) -> dict[int, int]:
        upper = [one.area_id for one in areas if one.depth <= self.break_down_depth]
        lower = [one for one in areas if one.depth > self.break_down_depth]
        found: dict[int, int] = {}
        if upper:
            first, end = day_period(window.from_on), day_period(window.until_on)
            found |= reads.read_late_cohort(self.connection, upper, first, end)
        if lower:
            bounds = window.bounds(self.time_zone)
            found |= reads.read_late_cohort_from_cases(self.connection, lower, *bounds, self.as_of)
        return found
