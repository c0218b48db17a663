"""Totals of all departments 责任单位 of an area side by side, for a window and for the one before.

One statement a window where the rollups hold it, whatever the number of departments; from the cases
elsewhere. Every total equals the one a slice by that department has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import numpy as np
from sqlalchemy import Connection

from dashboard.clocks.city_time import day_start
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.model import Exact, Totals
from dashboard.readings.calendars import calendar_of
from dashboard.readings.comparisons import Compared, compared_window, usual_kind
from dashboard.readings.extras import nearest_rank, net_lengths
from dashboard.readings.part_days import PartDays, read_day_moments
from dashboard.readings.raw_totals import Interval, read_raw_departments
from dashboard.readings.totals import Aim, known_comparison, summed_totals
from dashboard.readings.windows import Ranges, cover, flow_ranges, ranges_before, stock_ranges
from dashboard.settings import Settings
from data_access import member_sums as store
from data_access.counted_rows import Span
from data_access.frames import Ints
from data_access.rollup_reads import Measures
from data_access.samples import read_closing_spells
from data_access.slices import EVERY_CASE, Slice

Sums = Mapping[tuple[int, str], Measures]
NOBODY = 0  # the department of cases that nobody is in charge of
EVERYBODY = -1  # all of them together
_NOTHING: Mapping[str, int] = {}
_DAY = timedelta(days=1)
_HOUR_MS = 3_600_000
_QUANTILES = (("p50", 50), ("p90", 90))


@dataclass(frozen=True, kw_only=True)
class UnitTotals:
    """Department id → totals, NOBODY for cases without one; departments without cases are left out.

    ``before``: of what the window is usually compared with, None where there is none; ``compared``
    says what that is, and why not.
    """

    now: Mapping[int, Totals]
    before: Mapping[int, Totals] | None
    compared: Compared | None


def read_unit_totals(
    connection: Connection, aim: Aim, *, settings: Settings, part_days: PartDays | None = None
) -> UnitTotals:
    """The totals of every department below ``aim.area``; the aim's children and slice are not
    looked at. ``field`` has the whistle calls of the department; quantiles are apart."""
    kind = usual_kind(aim.window)
    compared = kind and compared_window(aim.window, kind, aim.as_of, settings.city_time_zone)
    if compared:
        compared = known_comparison(compared, aim.first_on)
    source = _Source(connection, aim, settings, part_days)
    possible = compared if compared and compared.refusal is None else None
    now, before = source.read(possible)
    start, end = aim.window.bounds(settings.city_time_zone)
    return UnitTotals(
        now=_with_whistles(connection, aim, now, start, end),
        before=before
        if before is None or possible is None
        else _with_whistles(connection, aim, before, possible.start, possible.end),
        compared=compared or None,
    )


def _with_whistles(
    connection: Connection, aim: Aim, totals: Mapping[int, Totals], start: datetime, end: datetime
) -> dict[int, Totals]:
    calls = store.read_whistles_by_department(connection, aim.area, start, end, aim.as_of)
    found = dict(totals)
    for unit in calls.keys() - found.keys():
        found[unit] = summed_totals(_NOTHING, _NOTHING, 0)
    nothing = {"called": 0, "in_time": 0}
    return {
        unit: replace(
            one,
            field={
                "whistle_called": calls.get(unit, nothing)["called"],
                "whistle_arrived": calls.get(unit, nothing)["in_time"],
            },
        )
        for unit, one in found.items()
    }


@dataclass(frozen=True)
class _Source:
    """Where the totals of one question come from."""

    connection: Connection
    aim: Aim
    settings: Settings
    part_days: PartDays | None

    @property
    def by_area(self) -> bool:
        return self.aim.area.depth > self.settings.break_down_depth

    def read(self, compared: Compared | None) -> tuple[dict[int, Totals], dict[int, Totals] | None]:
        aim = self.aim
        if self.by_area or not aim.window.is_of_city_days:
            now = self._raw(*aim.window.bounds(self.settings.city_time_zone))
            before = None if compared is None else self._raw(compared.start, compared.end)
            return now, before
        parts: dict[str, Ranges] = {
            "flows": flow_ranges(aim.window), "stocks": stock_ranges(aim.window),
        }  # fmt: skip
        if compared is not None:
            parts["flows_before"] = cover(compared.from_on, compared.whole_until)
            parts["stocks_before"] = ranges_before(compared.whole_until)
        sums = store.read_every_member_sums(self.connection, aim.area.area_id, "department", parts)
        now = self._summed(sums)
        return now, None if compared is None else self._summed_before(sums, compared)

    def _raw(self, start: datetime, end: datetime) -> dict[int, Totals]:
        return read_raw_departments(
            self.connection,
            self.aim.area,
            Interval(start=start, end=end, as_of=self.aim.as_of),
            rules=fact_rules(self.settings),
            by_area=self.by_area,
        )

    def _summed(self, sums: Sums) -> dict[int, Totals]:
        window = self.aim.window
        late: Mapping[int, int] = {}
        if not window.is_running:
            late = self._late(window.from_on, window.until_on, window.until_on)
        return {
            unit: summed_totals(
                sums.get((unit, "flows"), _NOTHING),
                sums.get((unit, "stocks"), _NOTHING),
                late.get(unit, 0),
            )
            for unit in {unit for unit, part in sums if part in ("flows", "stocks")}
        }

    def _late(self, from_on: date, until_on: date, closed_from: date) -> Mapping[int, int]:
        """受理口径: cases accepted in [from_on, until_on) and closed on closed_from or later."""
        if from_on >= until_on:
            return {}
        zone = self.settings.city_time_zone
        return store.read_late_cohort_by_department(
            self.connection, self.aim.area,
            day_start(from_on, zone), day_start(until_on, zone), day_start(closed_from, zone),
            self.aim.as_of,
        )  # fmt: skip

    def _summed_before(self, sums: Sums, one: Compared) -> dict[int, Totals]:
        """Whole days from the rollups; the last day, where it is cut, from its cases."""
        late = self._late(one.from_on, one.whole_until, one.last_on + _DAY)
        rest = _PartDay() if one.cut is None else self._part_day(one)
        units = {unit for unit, part in sums if part.endswith("_before")}
        found = {}
        for unit in units | rest.units:
            more = rest.sums(unit)
            flows, stocks = (
                _added(sums.get((unit, f"{part}_before"), _NOTHING), more)
                for part in ("flows", "stocks")
            )
            closed_later = late.get(unit, 0) + rest.closed_later(unit)
            found[unit] = summed_totals(flows, stocks, closed_later)
        return found

    def _part_day(self, one: Compared) -> _PartDay:
        read = read_day_moments if self.part_days is None else self.part_days.day
        day = read(
            self.connection, self.aim.area, one.last_on,
            as_of=self.aim.as_of, rules=fact_rules(self.settings), by_area=self.by_area,
        )  # fmt: skip
        units = set(np.unique(day.members["department"]).tolist())
        units |= set(np.unique(day.case_members["department"]).tolist())
        chosen = {unit: Slice(department_id=unit) for unit in units}
        return _PartDay(
            {unit: day.sums(one.end, own) for unit, own in chosen.items()},
            {unit: day.closed_later(one.start, one.end, own) for unit, own in chosen.items()},
        )


class _PartDay:
    """What the first part of a day adds, by department."""

    def __init__(
        self,
        sums: Mapping[int, Mapping[str, int]] | None = None,
        late: Mapping[int, int] | None = None,
    ) -> None:
        self._sums, self._late = sums or {}, late or {}
        self.units = {*self._sums, *self._late}

    def sums(self, unit: int) -> Mapping[str, int]:
        return self._sums.get(unit, _NOTHING)

    def closed_later(self, unit: int) -> int:
        return self._late.get(unit, 0)


def _added(one: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + more.get(name, 0) for name in {*one, *more}}


def together(totals: Mapping[int, Totals]) -> Totals:
    """The sum of all departments: the area's own flows, stocks and whistle calls."""
    flows: dict[str, int] = {}
    stocks: dict[str, int] = {}
    field: dict[str, int] = {}
    for one in totals.values():
        flows, stocks = _added(flows, one.flows), _added(stocks, one.stocks)
        field = _added(field, one.field)
    if not totals:
        return summed_totals(_NOTHING, _NOTHING, 0)
    return Totals(flows=flows, stocks=stocks, field=field)


def with_closing_times(
    connection: Connection, aim: Aim, totals: Mapping[int, Totals], *, settings: Settings
) -> dict[int, Totals]:
    """The totals with the quantiles of 办结时长, in natural and in working time, beside them."""
    start, end = aim.window.bounds(settings.city_time_zone)
    span = Span(start=start, end=end, as_of=aim.as_of)
    spells = read_closing_spells(connection, aim.area, span, EVERY_CASE)
    calendar = calendar_of(connection, settings)
    measured: dict[int, dict[str, Exact]] = {unit: {} for unit in totals}
    for prefix, kind in (("close_hours", "natural_day"), ("close_work_hours", "work_hour")):
        lengths = net_lengths(calendar, spells, kind)
        if lengths is None:
            continue
        for unit, own in measured.items():
            inside = spells.department_id == unit if unit != EVERYBODY else slice(None)
            own |= _quantiles(prefix, lengths[inside])
    return {unit: replace(one, measured=measured[unit]) for unit, one in totals.items()}


def _quantiles(prefix: str, lengths: Ints) -> dict[str, Exact]:
    found = {f"{prefix}_{name}": nearest_rank(lengths, percent) for name, percent in _QUANTILES}
    return {name: Fraction(ms, _HOUR_MS) for name, ms in found.items() if ms is not None}
