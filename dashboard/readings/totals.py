"""Totals of an area and its children for a window, and for what the window is compared with.

From the rollups wherever they know the answer: whole city days, all cases, or one category, source
or department of the upper areas. Everything else is evaluated from the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from dashboard.clocks.city_time import day_period, day_start
from dashboard.kpis.fact_rules import FactRules, fact_rules
from dashboard.kpis.model import Totals
from dashboard.readings.comparisons import Compared, compared_window, usual_kind
from dashboard.readings.extras import NO_EXTRAS, Extras, read_extras
from dashboard.readings.part_days import DayMoments, PartDays, read_day_moments
from dashboard.readings.raw_totals import Interval, read_raw_totals
from dashboard.readings.windows import Ranges, Window, cover, flow_ranges, ranges_before
from dashboard.readings.windows import stock_ranges as window_stock_ranges
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.break_reads import read_member_sums
from data_access.measures import ALL_TIME, FLOWS, STOCKS
from data_access.slices import EVERY_CASE, Slice

Sums = Mapping[tuple[int, str], reads.Measures]
_NOTHING: Mapping[str, int] = {}
_DAY = timedelta(days=1)
USUAL = ("usual",)  # the one comparison that screens show


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A window's counterpart and its totals; None with the reason in ``compared.refusal``."""

    compared: Compared
    totals: Totals | None


@dataclass(frozen=True, kw_only=True)
class AreaTotals:
    """Totals of one window for an area and its children, and of what it is compared with."""

    now: Mapping[int, Totals]  # area id → totals
    comparisons: Mapping[str, Comparison]  # of the area; kind → comparison
    usual: str | None  # the kind that screens show; None: there is none
    overdue_now: int | None  # of the area, whatever the window; None: not asked of the cases

    @property
    def before(self) -> Comparison | None:
        """The usual comparison."""
        return self.comparisons.get(self.usual) if self.usual else None


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What totals are asked of: an area with its children, a window, and which cases of it.

    ``as_of``: the moment the rollups stand for; ``now``: what ages are counted to, None for
    ``as_of``; ``first_on``: the first day the store knows.
    """

    area: reads.AreaRow
    window: Window
    as_of: datetime
    now: datetime | None = None
    children: Sequence[reads.AreaRow] = ()
    chosen: Slice = EVERY_CASE
    first_on: date | None = None

    @property
    def everywhere(self) -> tuple[reads.AreaRow, ...]:
        return (self.area, *self.children)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Numbers of now that stand beside the sums: area id → counts."""

    duty: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    survey: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


def read_totals(
    connection: Connection,
    aim: Aim,
    *,
    settings: Settings,
    beside: Beside | None = None,
    kinds: Iterable[str] = USUAL,
    names: frozenset[str] = frozenset(),
    part_days: PartDays | None = None,
) -> AreaTotals:
    """Flows and stocks of the window and of its counterparts in one statement, where the rollups
    hold them; ``kinds`` of comparison, "usual" for the window's usual one.

    ``names``: the counts of field work and the measured numbers that are wanted as well.
    An area without any row has zeros: nothing happened there is a fact, not a gap.
    """
    usual = usual_kind(aim.window)
    wanted = {usual if kind == "usual" else kind for kind in kinds} - {None}
    time_zone = settings.city_time_zone
    compared = {
        kind: known_comparison(found, aim.first_on)
        for kind in sorted(one for one in wanted if one)
        if (found := compared_window(aim.window, kind, aim.as_of, time_zone)) is not None
    }
    source = _Source(connection, aim, settings, part_days, names, beside or Beside())
    now, comparisons, overdue = source.read(compared)
    return AreaTotals(now=now, comparisons=comparisons, usual=usual, overdue_now=overdue)


def known_comparison(compared: Compared, first_on: date | None) -> Compared:
    """Refused where the store does not know the whole of it."""
    if compared.refusal is None and (first_on is None or first_on > compared.from_on):
        return replace(compared, refusal="not_known")
    return compared


def has_rollups(
    area: reads.AreaRow, children: Sequence[reads.AreaRow], chosen: Slice, break_down_depth: int
) -> bool:
    """Whether whole days of these cases are in the rollups: all of them, or one member of one
    dimension where the break-downs reach."""
    if chosen.is_whole:
        return True
    deepest = max(row.depth for row in (area, *children))
    return chosen.is_member and deepest <= break_down_depth


@dataclass(frozen=True)
class _Source:
    """Where the totals of one question come from."""

    connection: Connection
    aim: Aim
    settings: Settings
    part_days: PartDays | None
    names: frozenset[str]
    beside: Beside

    @property
    def rules(self) -> FactRules:
        return fact_rules(self.settings)

    @property
    def by_area(self) -> bool:
        """Whether the area is small: its cases are then found through it."""
        return self.aim.area.depth > self.settings.break_down_depth

    def read(
        self, compared: Mapping[str, Compared]
    ) -> tuple[dict[int, Totals], dict[str, Comparison], int | None]:
        aim = self.aim
        depth = self.settings.break_down_depth
        is_summed = aim.window.is_of_city_days and has_rollups(
            aim.area, aim.children, aim.chosen, depth
        )
        possible = {kind: one for kind, one in compared.items() if one.refusal is None}
        overdue: int | None
        if is_summed:
            sums = self._sums(possible)
            now = self._summed(sums)
            before = {kind: self._summed_before(sums, one) for kind, one in possible.items()}
            overdue = net_stock(sums.get((aim.area.area_id, "stocks_now"), {}), "overdue")
        else:
            now = self._raw(*aim.window.bounds(self.settings.city_time_zone), aim.children)
            before = {
                kind: self._raw(one.start, one.end)[aim.area.area_id]
                for kind, one in possible.items()
            }
            overdue = now[aim.area.area_id].stocks["overdue"] if aim.window.is_running else None
        comparisons = {
            kind: Comparison(compared=one, totals=before.get(kind))
            for kind, one in compared.items()
        }
        return self._with_extras(now), self._compared_extras(comparisons), overdue

    def _sums(self, possible: Mapping[str, Compared]) -> Sums:
        aim = self.aim
        parts = {"flows": flow_ranges(aim.window), "stocks": window_stock_ranges(aim.window)}
        own: dict[str, Ranges] = {"stocks_now": [(ALL_TIME, ALL_TIME)]}
        for kind, one in possible.items():
            own[f"flows_{kind}"] = cover(one.from_on, one.whole_until)
            own[f"stocks_{kind}"] = ranges_before(one.whole_until)
        if aim.chosen.is_whole:
            return reads.read_sums(
                self.connection, aim.area.area_id, parts,
                with_children=bool(aim.children), own_parts=own,
            )  # fmt: skip
        (dimension, members), *_ = aim.chosen.members.items()
        return read_member_sums(
            self.connection, aim.area.area_id, dimension, members, parts,
            with_children=bool(aim.children), own_parts=own,
        )  # fmt: skip

    def _summed(self, sums: Sums) -> dict[int, Totals]:
        window, everywhere = self.aim.window, self.aim.everywhere
        late: Mapping[int, int] = {}
        if not window.is_running:
            late = self._late(everywhere, window.from_on, window.until_on, window.until_on)
        return {
            one.area_id: summed_totals(
                sums.get((one.area_id, "flows"), _NOTHING),
                sums.get((one.area_id, "stocks"), _NOTHING),
                late.get(one.area_id, 0),
            )
            for one in everywhere
        }

    def _summed_before(self, sums: Sums, one: Compared) -> Totals:
        """Whole days from the rollups; the last day, where it is cut, from its cases."""
        area, chosen = self.aim.area, self.aim.chosen
        flows = dict(sums.get((area.area_id, f"flows_{one.kind}"), _NOTHING))
        stocks = dict(sums.get((area.area_id, f"stocks_{one.kind}"), _NOTHING))
        closed_from = one.last_on + _DAY
        late = self._late((area,), one.from_on, one.whole_until, closed_from).get(area.area_id, 0)
        if one.cut is not None:
            day = self._day(one.last_on)
            late += day.closed_later(one.start, one.end, chosen)
            for name, count in day.sums(one.end, chosen).items():
                flows[name] = flows.get(name, 0) + count
                stocks[name] = stocks.get(name, 0) + count
        return summed_totals(flows, stocks, late)

    def _day(self, day: date) -> DayMoments:
        read = read_day_moments if self.part_days is None else self.part_days.day
        return read(
            self.connection, self.aim.area, day,
            as_of=self.aim.as_of, rules=self.rules, by_area=self.by_area,
        )  # fmt: skip

    def _late(
        self, areas: Sequence[reads.AreaRow], from_on: date, until_on: date, closed_from: date
    ) -> dict[int, int]:
        """受理口径: cases accepted in [from_on, until_on) and closed on closed_from or later."""
        if from_on >= until_on:
            return {}
        depth = self.settings.break_down_depth if self.aim.chosen.is_whole else -1
        upper = [one.area_id for one in areas if one.depth <= depth]
        lower = [one for one in areas if one.depth > depth]
        found: dict[int, int] = {}
        if upper:
            found |= reads.read_late_cohort(
                self.connection, upper,
                day_period(from_on), day_period(until_on), day_period(closed_from),
            )  # fmt: skip
        if lower:
            zone = self.settings.city_time_zone
            found |= reads.read_late_cohort_from_cases(
                self.connection, lower,
                day_start(from_on, zone), day_start(until_on, zone), day_start(closed_from, zone),
                self.aim.as_of, self.aim.chosen,
            )  # fmt: skip
        return found

    def _raw(
        self, start: datetime, end: datetime, children: Sequence[reads.AreaRow] = ()
    ) -> dict[int, Totals]:
        return read_raw_totals(
            self.connection,
            self.aim.area,
            Interval(start=start, end=end, as_of=self.aim.as_of),
            rules=self.rules,
            children=children,
            chosen=self.aim.chosen,
            by_area=self.by_area,
        )

    def _with_extras(self, now: Mapping[int, Totals]) -> dict[int, Totals]:
        start, end = self.aim.window.bounds(self.settings.city_time_zone)
        extras = self._extras(start, end, self.aim.children)
        is_whole = self.aim.chosen.is_whole
        return {
            area_id: replace(
                totals,
                duty=self.beside.duty.get(area_id, _NOTHING) if is_whole else _NOTHING,
                survey=self.beside.survey.get(area_id, _NOTHING) if is_whole else _NOTHING,
                field=extras.get(area_id, NO_EXTRAS).field,
                measured=extras.get(area_id, NO_EXTRAS).measured,
            )
            for area_id, totals in now.items()
        }

    def _compared_extras(self, comparisons: dict[str, Comparison]) -> dict[str, Comparison]:
        if not self.names:
            return comparisons
        found = {}
        for kind, one in comparisons.items():
            totals = one.totals
            if totals is not None:
                extras = self._extras(one.compared.start, one.compared.end)
                own = extras.get(self.aim.area.area_id, NO_EXTRAS)
                totals = replace(totals, field=own.field, measured=own.measured)
            found[kind] = replace(one, totals=totals)
        return found

    def _extras(
        self, start: datetime, end: datetime, children: Sequence[reads.AreaRow] = ()
    ) -> Mapping[int, Extras]:
        if not self.names:
            return {}
        return read_extras(
            self.connection,
            self.aim.area,
            Interval(start=start, end=end, as_of=self.aim.as_of, now=self.aim.now),
            names=self.names,
            settings=self.settings,
            children=children,
            chosen=self.aim.chosen,
        )


def summed_totals(flows: reads.Measures, stocks: reads.Measures, late_cohort: int) -> Totals:
    """Totals of sums from the rollups; ``late_cohort``: closed only after the window."""
    found = {name: flows.get(name, 0) for name in FLOWS}
    found["cohort_closed"] -= late_cohort
    return Totals(flows=found, stocks={name: net_stock(stocks, name) for name in STOCKS})


def net_stock(sums: reads.Measures, stock: str) -> int:
    """In minus out."""
    return sums.get(f"{stock}_in", 0) - sums.get(f"{stock}_out", 0)
