"""Numbers that are no sums of cases: quantiles of times, ages of sources, counts of field work.

They are read only when a KPI asks for them. A quantile is the nearest rank 最近秩: of n values in
ascending order the one at place ⌈p·n⌉, so it is always a value that occurred, and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default_of
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.clocks import WorkCalendar, used_ms
from dashboard.clocks.city_time import city_days, city_today
from dashboard.kpis.model import Exact, Kpi
from dashboard.readings.calendars import calendar_of
from dashboard.readings.field_work import read_field_work
from dashboard.readings.raw_totals import ChildOf, Interval
from dashboard.settings import Settings
from data_access.counted_rows import Span
from data_access.frames import Ints
from data_access.rollup_reads import AreaRow
from data_access.samples import (
    Lengths,
    Spells,
    read_closing_spells,
    read_contact_lengths,
    read_overdue_lengths,
    read_source_ages,
)
from data_access.slices import EVERY_CASE, Slice
from data_access.types import to_epoch_ms

_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_MEDIAN, _NINTH = 50, 90
_MOMENT = timedelta(milliseconds=1)
Quantile = tuple[str, int]  # name, percent


@dataclass(frozen=True, kw_only=True)
class Extras:
    """``field``: counts of field work; ``measured``: exact quantiles and ages. A missing name was
    not measured."""

    field: Mapping[str, int] = default_of(default_factory=dict)
    measured: Mapping[str, Exact] = default_of(default_factory=dict)


NO_EXTRAS = Extras()
_KINDS = ("field", "measured")


def names_of(kpis: Iterable[Kpi]) -> frozenset[str]:
    """What these KPIs need beside sums of cases."""
    found: set[str] = set()
    for kpi in kpis:
        terms = [*kpi.terms, *(term for term in (kpi.sample, kpi.ratio) if term is not None)]
        found |= {term.name for term in terms if term.kind in _KINDS}
    return frozenset(found)


def nearest_rank(values: Ints, percent: int) -> int | None:
    """The value at place ⌈percent · n / 100⌉ in ascending order; None of nothing."""
    if not len(values):
        return None
    place = -(-percent * len(values) // 100) - 1
    return int(np.partition(values, place)[place])


def read_extras(
    connection: Connection,
    area: AreaRow,
    interval: Interval,
    *,
    names: frozenset[str],
    settings: Settings,
    children: Sequence[AreaRow] = (),
    chosen: Slice = EVERY_CASE,
) -> dict[int, Extras]:
    """The named numbers of an area and its children: area id → extras."""
    groups = _Groups(area, children)
    asked = _Asked(connection, area, interval, settings, chosen, groups)
    measured: dict[int, dict[str, Exact]] = {one: {} for one in groups.area_ids}
    for name, values in asked.measured(names):
        for area_id, value in values.items():
            measured[area_id][name] = value
    counts = read_field_work(
        connection, area, interval, names=names, children=children, chosen=chosen,
        time_zone=settings.city_time_zone,
    )  # fmt: skip
    return {
        one: Extras(field=counts.get(one, {}), measured=measured[one]) for one in groups.area_ids
    }


class _Groups:
    """An area and its children as masks over places in depth-first order."""

    def __init__(self, area: AreaRow, children: Sequence[AreaRow]) -> None:
        self.area_ids = [*(child.area_id for child in children), area.area_id]
        self._child_of = ChildOf({}, children)
        self._children = len(children)

    def masks(self, places: Ints) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """(area id, which rows are below it)."""
        child = self._child_of.of_places(places)
        for number, area_id in enumerate(self.area_ids):
            if number < self._children:
                yield area_id, child == number
            else:
                yield area_id, np.ones(len(places), dtype=np.bool_)

    def quantiles(self, places: Ints, values: Ints, percent: int, unit_ms: int) -> dict[int, Exact]:
        """A quantile for every area that has a value, in the unit."""
        found: dict[int, Exact] = {}
        for area_id, inside in self.masks(places):
            value = nearest_rank(values[inside], percent)
            if value is not None:
                found[area_id] = Fraction(value, unit_ms)
        return found


@dataclass(frozen=True)
class _Asked:
    """One question for measured numbers."""

    connection: Connection
    area: AreaRow
    interval: Interval
    settings: Settings
    chosen: Slice
    groups: _Groups

    @property
    def span(self) -> Span:
        one = self.interval
        return Span(start=one.start, end=one.end, as_of=one.as_of)

    def measured(self, names: frozenset[str]) -> Iterator[tuple[str, dict[int, Exact]]]:
        """(name, area id → value) of the names that are measured numbers."""
        if "overdue_hours_p50" in names:
            late = read_overdue_lengths(self.connection, self.area, self.span, self.chosen)
            hours = self.groups.quantiles(late.place, late.length_ms, _MEDIAN, _HOUR_MS)
            yield "overdue_hours_p50", hours
        for lengths, percents, unit_ms in self.dated(names):
            for name, percent in percents:
                yield (
                    name,
                    self.groups.quantiles(lengths.place, lengths.length_ms, percent, unit_ms),
                )
        if any(name.startswith("source_age_") for name in names):
            yield from self._source_age()

    def dated(self, names: frozenset[str]) -> Iterator[tuple[Lengths, Sequence[Quantile], int]]:
        """(lengths, their quantiles that are wanted, ms of the unit) of what has its own day."""
        if any(name.startswith("close_") for name in names):
            yield from self._closing(names)
        if wanted := _quantiles("contact_minutes", names):
            sent = read_contact_lengths(self.connection, self.area, self.span, self.chosen)
            yield sent, wanted, _MINUTE_MS

    def _closing(self, names: frozenset[str]) -> Iterator[tuple[Lengths, Sequence[Quantile], int]]:
        spells = read_closing_spells(self.connection, self.area, self.span, self.chosen)
        for prefix, kind in (("close_hours", "natural_day"), ("close_work_hours", "work_hour")):
            wanted = _quantiles(prefix, names)
            if not wanted:
                continue
            calendar = calendar_of(self.connection, self.settings)
            net = net_lengths(calendar, spells, kind)
            if net is None:
                continue
            yield Lengths(place=spells.place, at_ms=spells.end_ms, length_ms=net), wanted, _HOUR_MS

    def _source_age(self) -> Iterator[tuple[str, dict[int, Exact]]]:
        """Of the source that is late by the most of its intervals; the same for every area."""
        if self.chosen.members.keys() - {"source"}:
            return
        now_ms = to_epoch_ms(self.interval.now or self.interval.as_of)
        ages = read_source_ages(self.connection, now_ms, self.chosen.source_id)
        if not ages:
            return
        worst = max(ages, key=lambda age: Fraction(age.age_ms, age.interval_ms))
        everywhere = self.groups.area_ids
        yield (
            "source_age_minutes",
            dict.fromkeys(everywhere, Fraction(worst.age_ms, _MINUTE_MS)),
        )
        yield (
            "source_age_ratio",
            dict.fromkeys(everywhere, Fraction(worst.age_ms, worst.interval_ms)),
        )


def read_daily_quantiles(
    connection: Connection,
    area: AreaRow,
    interval: Interval,
    *,
    name: str,
    days: int,
    trailing: int,
    settings: Settings,
    chosen: Slice = EVERY_CASE,
) -> list[Exact | None]:
    """A quantile for each of the last ``days`` city days of an interval, oldest first, over the
    ``trailing`` days up to each; empty for a number that has no days, None for days without any."""
    asked = _Asked(connection, area, interval, settings, chosen, _Groups(area, ()))
    last = city_today(interval.end - _MOMENT, settings.city_time_zone)
    last_number = (last - date(1970, 1, 1)).days
    found: list[Exact | None] = []
    for lengths, wanted, unit_ms in asked.dated(frozenset({name})):
        percent = dict(wanted)[name]
        day = city_days(lengths.at_ms, settings.city_time_zone)
        for number in range(last_number - days + 1, last_number + 1):
            inside = (day <= number) & (day > number - trailing)
            value = nearest_rank(lengths.length_ms[inside], percent)
            found.append(None if value is None else Fraction(value, unit_ms))
    return found


def net_lengths(calendar: WorkCalendar, spells: Spells, kind: str) -> Ints | None:
    """How long each stretch took on a kind of clock without what interrupted it, in ms; None where
    a moment lies in a year that has no calendar."""
    row, begin, end = spells.pauses.T
    try:
        net = np.array(used_ms(calendar, spells.start_ms, spells.end_ms, kind))
        paused = np.asarray(used_ms(calendar, begin, end, kind))
    except OverflowError:
        return None
    np.subtract.at(net, row, paused)
    return net


def _quantiles(prefix: str, names: frozenset[str]) -> list[Quantile]:
    """(name, percent) of the quantiles of one thing that are wanted."""
    both = ((f"{prefix}_p50", _MEDIAN), (f"{prefix}_p90", _NINTH))
    return [(name, percent) for name, percent in both if name in names]
