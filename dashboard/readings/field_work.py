"""Field work 外勤: whistle calls answered in time, patrols twice a day, household visits made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.clocks.city_time import (
    city_days,
    city_minutes,
    city_today,
    day_period,
    day_start,
    period_day,
)
from dashboard.readings.raw_totals import ChildOf, Interval
from data_access import field_counts as store
from data_access.field_counts import Counted
from data_access.field_days import PATROL, VISIT, KeptDays, read_field_sums, read_kept_days
from data_access.frames import Ints
from data_access.rollup_reads import AreaRow
from data_access.slices import Slice
from data_access.types import to_epoch_ms

# 一日双巡: one patrol begun in the morning and one later (recommended hours, city time).
_MORNING, _NOON, _NIGHT = 6 * 60, 12 * 60, 22 * 60
_DAY_MS = 86_400_000
_DAY = timedelta(days=1)
_MOMENT = timedelta(milliseconds=1)
_VISIT_CLASSES = ("yearly", "quarterly", "monthly")
_PATROLS = ("patrol_required", "patrol_done")
_VISITS = tuple(
    f"visit_{name}{suffix}"
    for name in ("due", "done")
    for suffix in ("", *(f"_{one}" for one in _VISIT_CLASSES))
)


def read_field_work(
    connection: Connection,
    area: AreaRow,
    interval: Interval,
    *,
    names: frozenset[str],
    children: Sequence[AreaRow],
    chosen: Slice,
    time_zone: str,
) -> dict[int, dict[str, int]]:
    """The named counts of an area and its children: area id → name → count, zeros included.

    Nothing for a slice the count cannot be cut by: whistle calls have a department, patrols and
    visits have none of the dimensions.
    """
    groups = _Groups(area, children)
    is_of_department = not chosen.members.keys() - {"department"}
    if is_of_department and any(name.startswith("whistle_") for name in names):
        called, arrived = store.read_whistle_counts(
            connection, area, interval.start, interval.end, interval.as_of, chosen.department_id
        )
        groups.add("whistle_called", called)
        groups.add("whistle_arrived", arrived)
    if chosen.is_whole:
        patrols, visits = (
            any(name.startswith(prefix) for name in names) for prefix in ("patrol_", "visit_")
        )
        if patrols or visits:
            groups.add_zeros([*(_PATROLS if patrols else ()), *(_VISITS if visits else ())])
            _add_days(connection, area, interval, groups, time_zone, (patrols, visits))
    return groups.counts


def _add_days(
    connection: Connection,
    area: AreaRow,
    interval: Interval,
    groups: _Groups,
    time_zone: str,
    wanted: tuple[bool, bool],
) -> None:
    """Whole days from the kept sums, what is left of the interval from the rows themselves."""
    patrols, visits = wanted
    kept = read_kept_days(connection, time_zone)
    days = _kept_within(kept, interval, time_zone)
    rest = [interval]
    if days is not None:
        first, last = (day_period(day) for day in days)
        sums = read_field_sums(connection, list(groups.counts), first, last)
        groups.add_kept(sums, patrols=patrols, visits=visits)
        rest = list(_outside(interval, *days, time_zone))
    for part in rest:
        if patrols:
            required, done = read_patrol_days(connection, area, part, time_zone)
            groups.add("patrol_required", required)
            groups.add("patrol_done", done)
        if visits:
            _add_visits(connection, area, part, groups)


def _kept_within(
    kept: KeptDays | None, interval: Interval, time_zone: str
) -> tuple[date, date] | None:
    """The first and last whole city day of an interval that is kept and was over at its as-of
    moment; None: there is none."""
    if kept is None:
        return None
    first = city_today(interval.start - _MOMENT, time_zone) + _DAY
    last = city_today(min(interval.end, interval.as_of), time_zone) - _DAY
    first, last = max(first, period_day(kept.first)), min(last, period_day(kept.last))
    return (first, last) if first <= last else None


def _outside(interval: Interval, first: date, last: date, time_zone: str) -> Iterator[Interval]:
    """What of an interval lies before and after these days."""
    begin, end = day_start(first, time_zone), day_start(last + _DAY, time_zone)
    if interval.start < begin:
        yield replace(interval, end=begin)
    if end < interval.end:
        yield replace(interval, start=end)


class _Groups:
    """Counts of an area and its children."""

    def __init__(self, area: AreaRow, children: Sequence[AreaRow]) -> None:
        self._area = area
        self._children = children
        self._child_of = ChildOf({}, children)
        self.counts: dict[int, dict[str, int]] = {one.area_id: {} for one in (area, *children)}

    def add(self, name: str, counted: Counted) -> None:
        child = self._child_of.of_places(counted.places)
        sums = np.zeros(len(self._children) + 1, dtype=np.int64)
        np.add.at(sums, child, counted.counts)
        everywhere = (*self._children, self._area)
        for one, count in zip(everywhere, [*sums[:-1], sums.sum()], strict=True):
            own = self.counts[one.area_id]
            own[name] = own.get(name, 0) + int(count)

    def add_zeros(self, names: Sequence[str]) -> None:
        """What was asked for is counted, if only to zero."""
        for own in self.counts.values():
            for name in names:
                own.setdefault(name, 0)

    def add_kept(
        self, sums: Mapping[int, Mapping[str, tuple[int, int]]], *, patrols: bool, visits: bool
    ) -> None:
        """Sums of whole days by area and kind."""
        kinds = {kind for of_area in sums.values() for kind in of_area}
        if visits:
            self.add_zeros([name for kind in kinds for name, _ in _visit_names(kind)])
        for area_id, of_area in sums.items():
            own = self.counts[area_id]
            for kind, both in of_area.items():
                named = _visit_names(kind) if visits else []
                if patrols and kind == PATROL:
                    named = [("patrol_required", 0), ("patrol_done", 1)]
                for name, which in named:
                    own[name] = own.get(name, 0) + both[which]


def _visit_names(kind: str) -> list[tuple[str, int]]:
    """The counts that a kept kind of visits adds to, and which of its two numbers does."""
    if not kind.startswith(VISIT):
        return []
    suffixes = ("", f"_{kind.removeprefix(VISIT)}")
    return [
        (f"visit_{name}{suffix}", which)
        for which, name in enumerate(("due", "done"))
        for suffix in suffixes
    ]


def _add_visits(connection: Connection, area: AreaRow, interval: Interval, groups: _Groups) -> None:
    """三必访, all classes together and each: due dates that lie in the interval and have passed."""
    end = min(interval.end, interval.as_of)
    by_class = store.read_visit_counts(connection, area, interval.start, end)
    for name, (due, done) in by_class.items():
        for suffix in ("", f"_{name}"):
            groups.add(f"visit_due{suffix}", due)
            groups.add(f"visit_done{suffix}", done)


@dataclass(frozen=True, kw_only=True)
class PatrolDays:
    """Grid-days of a time, each as one number (see ``places_of``): those that were to be patrolled
    and those with a valid patrol in the morning and later."""

    required: Ints
    morning: Ints
    later: Ints


def read_patrol_halves(
    connection: Connection, area: AreaRow, interval: Interval, time_zone: str
) -> PatrolDays:
    """The grid-days below an area with a shift whose worker was not on leave, and their patrols as
    far as they have begun."""
    start, end = interval.start, min(interval.end, interval.as_of)
    shifts = store.read_shift_rows(connection, area, start, end)
    leave = store.read_leaves_in(connection, start, end + _DAY)
    served = ~_on_leave(shifts, leave)
    required = _grid_days(shifts.place[served], shifts.starts_ms[served], time_zone)
    # Patrols of all of a day count for a shift that begins in a part of it.
    first, last = (city_today(one, time_zone) for one in (start, end - _MOMENT))
    patrols = store.read_patrol_rows(
        connection, area, day_start(first, time_zone), day_start(last + _DAY, time_zone)
    )
    minutes = city_minutes(patrols.started_ms, time_zone)
    known = patrols.started_ms <= to_epoch_ms(interval.as_of)
    morning, later = (
        _grid_days(patrols.place[half & known], patrols.started_ms[half & known], time_zone)
        for half in (
            (minutes >= _MORNING) & (minutes < _NOON),
            (minutes >= _NOON) & (minutes < _NIGHT),
        )
    )
    return PatrolDays(required=required, morning=morning, later=later)


def places_of(grid_days: Ints) -> Ints:
    """The grids' places in depth-first order."""
    return grid_days % _PLACES


def read_patrol_days(
    connection: Connection, area: AreaRow, interval: Interval, time_zone: str
) -> tuple[Counted, Counted]:
    """(required, done) grid-days: those to be patrolled once the day's hours of patrol are over, or
    as soon as both patrols were made."""
    days = read_patrol_halves(connection, area, interval, time_zone)
    required = days.required
    done = np.isin(required, days.morning) & np.isin(required, days.later)
    counted = done | _is_over(required, interval, time_zone)
    return _by_place(required[counted]), _by_place(required[done])


def _on_leave(
    shifts: store.ShiftRows, leave: Mapping[int, Sequence[tuple[int, int]]]
) -> NDArray[np.bool_]:
    """Shifts whose worker was on leave for all of their length."""
    result: NDArray[np.bool_] = np.zeros(len(shifts.place), dtype=np.bool_)
    for row in np.flatnonzero(np.isin(shifts.worker_id, list(leave))):
        first, last = int(shifts.starts_ms[row]), int(shifts.ends_ms[row])
        spells = leave[int(shifts.worker_id[row])]
        result[row] = any(begin <= first and last <= end for begin, end in spells)
    return result


_PLACES = 1 << 32


def _grid_days(place: Ints, moment_ms: Ints, time_zone: str) -> Ints:
    """Grid and city day as one number each, every pair once."""
    return np.unique(city_days(moment_ms, time_zone) * _PLACES + place)


def _is_over(grid_days: Ints, interval: Interval, time_zone: str) -> NDArray[np.bool_]:
    """Whether the hours of patrol of each day have ended by the interval's as-of moment."""
    now = np.array([to_epoch_ms(interval.as_of)], dtype=np.int64)
    today, minute = int(city_days(now, time_zone)[0]), int(city_minutes(now, time_zone)[0])
    last = today if minute >= _NIGHT else today - 1
    over: NDArray[np.bool_] = grid_days // _PLACES <= last
    return over


def _by_place(grid_days: Ints) -> Counted:
    places, counts = np.unique(grid_days % _PLACES, return_counts=True)
    return Counted(places=places, counts=counts.astype(np.int64))
