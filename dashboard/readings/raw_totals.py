"""Totals straight from the cases: for any interval of instants, any slice and any as-of moment.

What the rollups hold by city day is here summed from the same facts before they are cut into days,
so the two agree wherever both apply; tests compare them over random histories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.clocks.city_time import city_days, day_periods, day_start
from dashboard.kpis.fact_rules import FactRules
from dashboard.kpis.facts import case_moments
from dashboard.kpis.model import Totals
from data_access.case_columns import read_case_columns
from data_access.frames import CaseColumns, Ints
from data_access.measures import FLOWS, INDEX, MEASURES, STOCKS
from data_access.rollup_reads import AreaRow
from data_access.slices import EVERY_CASE, Slice
from data_access.types import to_epoch_ms
from data_access.window_cases import in_chunks, read_places, read_window_cases

_COHORT = INDEX["cohort_closed"]
_ALL = len(MEASURES)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """[start, end) cut at ``as_of``: what lies after it has not happened; aware instants.

    ``now``: what ages are counted to, which go on growing while ``as_of`` stands; None: ``as_of``.
    """

    start: datetime
    end: datetime
    as_of: datetime
    now: datetime | None = None


def case_totals(cases: CaseColumns, interval: Interval, rules: FactRules) -> Totals:
    """The totals of exactly these cases, as their columns tell them. No cases give zeros."""
    return _sums(cases, np.zeros(len(cases), dtype=np.int64), 1, interval, rules).totals(0)


def read_raw_totals(
    connection: Connection,
    area: AreaRow,
    interval: Interval,
    *,
    rules: FactRules,
    children: Sequence[AreaRow] = (),
    chosen: Slice = EVERY_CASE,
    by_area: bool,
) -> dict[int, Totals]:
    """Totals of an area and its children: area id → totals; areas without cases have zeros.

    ``by_area`` as in read_window_cases.
    """
    ids = read_window_cases(
        connection, area, interval.start, interval.end, chosen=chosen, by_area=by_area
    )
    child_of = read_child_of(connection, area, children)
    sums = _Sums(len(children) + 1)  # the last group: in no child
    for chunk in in_chunks(ids):
        columns = read_case_columns(connection, chunk)
        sums += _sums(columns, child_of(columns.area_id), len(children) + 1, interval, rules)
    found = {child.area_id: sums.totals(number) for number, child in enumerate(children)}
    return found | {area.area_id: sums.totals()}


def read_raw_departments(
    connection: Connection, area: AreaRow, interval: Interval, *, rules: FactRules, by_area: bool
) -> dict[int, Totals]:
    """Totals of an area by department: department id → totals, 0 for the cases of nobody; those
    without cases are left out."""
    ids = read_window_cases(connection, area, interval.start, interval.end, by_area=by_area)
    found: dict[int, _Sums] = {}
    for chunk in in_chunks(ids):
        columns = read_case_columns(connection, chunk)
        units, group = np.unique(columns.department_id, return_inverse=True)
        sums = _sums(columns, group, len(units), interval, rules)
        for number, unit in enumerate(units.tolist()):
            own = sums.only(number)
            if unit in found:
                found[unit] += own
            else:
                found[unit] = own
    return {unit: sums.totals() for unit, sums in found.items()}


def read_raw_days(
    connection: Connection,
    area: AreaRow,
    first: date,
    end: date,
    *,
    as_of: datetime,
    rules: FactRules,
    chosen: Slice = EVERY_CASE,
    by_area: bool,
) -> dict[int, Mapping[str, int]]:
    """Measures of every city day in [first, end) with any: yyyymmdd → measures."""
    start_at, end_at = day_start(first, rules.time_zone), day_start(end, rules.time_zone)
    ids = read_window_cases(connection, area, start_at, end_at, chosen=chosen, by_area=by_area)
    start_ms, end_ms = to_epoch_ms(start_at), to_epoch_ms(end_at)
    first_day = (first - date(1970, 1, 1)).days
    days = np.arange(first_day, first_day + (end - first).days, dtype=np.int64)
    table = np.zeros((len(days), _ALL), dtype=np.int64)
    for chunk in in_chunks(ids):
        columns = read_case_columns(connection, chunk)
        moments = case_moments(columns, as_of_ms=to_epoch_ms(as_of), rules=rules)
        inside = (moments.when_ms >= start_ms) & (moments.when_ms < end_ms)
        day = city_days(moments.when_ms[inside], rules.time_zone) - first_day
        np.add.at(table, (day, moments.measure[inside]), 1)
    return {
        int(period): dict(zip(MEASURES, row, strict=True))
        for period, row in zip(day_periods(days), table.tolist(), strict=True)
        if any(row)
    }


class ChildOf:
    """Which child each area lies in; the number of children for those that lie in none."""

    def __init__(self, places: Mapping[int, int], children: Sequence[AreaRow]) -> None:
        order = sorted(range(len(children)), key=lambda n: children[n].first_order)
        self._number = np.array([*order, len(children)], dtype=np.int64)
        self._first = np.array([children[n].first_order for n in order], dtype=np.int64)
        self._last = np.array([*(children[n].last_order for n in order), -1], dtype=np.int64)
        self._places = places

    def __call__(self, area_id: Ints) -> Ints:
        unique, position = np.unique(area_id, return_inverse=True)
        places = np.array([self._places.get(int(one), -1) for one in unique], dtype=np.int64)
        return self.of_places(places)[position] if len(unique) else area_id

    def of_places(self, places: Ints) -> Ints:
        """The same from places in depth-first order."""
        row = np.searchsorted(self._first, places, side="right") - 1
        return np.where(places <= self._last[row], self._number[row], self._number[-1])


def read_child_of(connection: Connection, area: AreaRow, children: Sequence[AreaRow]) -> ChildOf:
    """The places of everything below an area; nothing is read where there are no children."""
    return ChildOf(read_places(connection, area) if children else {}, children)


class _Sums:
    """Flows of an interval and stocks at its end, for several groups of cases."""

    def __init__(self, groups: int) -> None:
        self._flows: NDArray[np.int64] = np.zeros((groups, _ALL), dtype=np.int64)
        self._net: NDArray[np.int64] = np.zeros((groups, _ALL), dtype=np.int64)

    def add(self, group: Ints, measure: Ints, *, is_flow: bool) -> None:
        np.add.at(self._flows if is_flow else self._net, (group, measure), 1)

    def __iadd__(self, other: _Sums) -> _Sums:
        self._flows += other._flows
        self._net += other._net
        return self

    def only(self, group: int) -> _Sums:
        """Of one group alone."""
        found = _Sums(1)
        found._flows[0], found._net[0] = self._flows[group], self._net[group]
        return found

    def totals(self, group: int | None = None) -> Totals:
        """Of one group, or of all together."""
        flows, net = (
            (table.sum(axis=0) if group is None else table[group]).tolist()
            for table in (self._flows, self._net)
        )
        return Totals(
            flows={name: flows[INDEX[name]] for name in FLOWS},
            stocks={name: net[INDEX[f"{name}_in"]] - net[INDEX[f"{name}_out"]] for name in STOCKS},
        )


def _sums(
    cases: CaseColumns, group: Ints, groups: int, interval: Interval, rules: FactRules
) -> _Sums:
    moments = case_moments(cases, as_of_ms=to_epoch_ms(interval.as_of), rules=rules)
    start_ms, end_ms = to_epoch_ms(interval.start), to_epoch_ms(interval.end)
    before_end = moments.when_ms < end_ms
    # 受理口径: closed after the interval is not closed by its end.
    closed_later = (moments.measure == _COHORT) & (cases.closed_ms[moments.case] >= end_ms)
    inside = before_end & (moments.when_ms >= start_ms) & ~closed_later
    of_case = group[moments.case]
    sums = _Sums(groups)
    sums.add(of_case[inside], moments.measure[inside], is_flow=True)
    sums.add(of_case[before_end], moments.measure[before_end], is_flow=False)
    return sums
