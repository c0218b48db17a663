"""refresh_field: patrols 双巡 and due visits 必访 of whole days, summed for every area of the tree.

Days that are over are counted once and again when a trigger has noted a change of theirs; today is
always read from the rows. The newest days come first, so that after a start the usual windows are
quick before the oldest year is there. Everything is counted in a read snapshot and written in a
short transaction; what changes in between is noted after that snapshot and counted the next time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from datetime import datetime as moment
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from dashboard.clocks.city_time import city_today, day_period, day_start, period_day
from dashboard.readings.field_work import read_patrol_days
from dashboard.readings.raw_totals import Interval
from dashboard.settings import Settings
from data_access import field_days as store
from data_access.engine import begin_read, begin_write
from data_access.field_counts import Counted, read_visit_counts
from data_access.frames import Ints
from data_access.rollup_reads import AreaRow, read_root
from data_access.rollups import read_state

_DAY = timedelta(days=1)
_CHUNK_DAYS = 7
_MOST_DAYS = 1100  # further back, and where a year was mistyped, the rows themselves are read
_SPEND_SECONDS = 1.5  # of one run; the next goes on


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The days to count next, in chunks, and what holds when they are written. ``consumed``: the
    changes that are then counted; ``is_anew``: everything kept before is wrong."""

    chunks: Sequence[Sequence[date]]
    kept: store.KeptDays
    consumed: Sequence[int] = ()
    is_anew: bool = False


def run_refresh_field(engine: Engine, settings: Settings, now: moment) -> bool:
    """Count what is missing or has changed, for a second or two at a time; whether anything was."""
    began = time.monotonic()
    worked = False
    while _step(engine, settings, now):
        worked = True
        if time.monotonic() - began > _SPEND_SECONDS:
            break
    return worked


def _step(engine: Engine, settings: Settings, now: moment) -> bool:
    """Do the next thing there is to do; False when there is none."""
    zone = settings.city_time_zone
    with begin_read(engine) as connection:
        plan = _plan(connection, zone, city_today(now, zone))
    if plan is None:
        return False
    for number, days in enumerate(plan.chunks):
        with begin_read(engine) as connection:
            root = read_root(connection)
            columns = _count(connection, root, days, zone) if root else {}
        with begin_write(engine) as connection:
            if plan.is_anew and number == 0:
                store.clear_field_days(connection)
            store.replace_field_days(connection, map(day_period, days), columns)
            if number == len(plan.chunks) - 1:
                store.delete_field_changes(connection, plan.consumed)
                store.save_kept_days(connection, plan.kept, now=now)
    return True


def _plan(connection: Connection, zone: str, today: date) -> _Plan | None:
    """What to do next; None for an empty store, and when all is done."""
    state = read_state(connection)
    if state is None:
        return None
    changes = store.read_field_changes(connection)
    kept = store.read_kept_days(connection, zone)
    yesterday = today - _DAY
    if kept is None or changes.is_anything:
        first = today - _CHUNK_DAYS * _DAY
        anew = store.KeptDays(
            tree_version=state.tree_version,
            time_zone=zone,
            first=day_period(first),
            last=day_period(yesterday),
        )
        days = [_days(first, yesterday)]
        return _Plan(chunks=days, kept=anew, consumed=changes.ids, is_anew=True)
    if changes.ids:
        old = sorted(_changed_days(changes, kept, zone))
        chunks = [old[start : start + _CHUNK_DAYS] for start in range(0, len(old), _CHUNK_DAYS)]
        return _Plan(chunks=chunks or [[]], kept=kept, consumed=changes.ids)
    return _next_days(connection, kept, zone, yesterday)


def _next_days(
    connection: Connection, kept: store.KeptDays, zone: str, yesterday: date
) -> _Plan | None:
    """Days that have ended since, then older ones as far back as there is anything."""
    first, last = period_day(kept.first), period_day(kept.last)
    if last < yesterday:
        until = min(last + _CHUNK_DAYS * _DAY, yesterday)
        more = replace(kept, last=day_period(until))
        return _Plan(chunks=[_days(last + _DAY, until)], kept=more)
    begun = store.read_first_moment(connection)
    if begun is None:
        return None
    earliest = max(city_today(begun, zone), yesterday - _MOST_DAYS * _DAY)
    if first <= earliest:
        return None
    since = max(first - _CHUNK_DAYS * _DAY, earliest)
    more = replace(kept, first=day_period(since))
    return _Plan(chunks=[_days(since, first - _DAY)], kept=more)


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _changed_days(changes: store.FieldChanges, kept: store.KeptDays, zone: str) -> set[date]:
    """The kept days that any change is about."""
    first, last = period_day(kept.first), period_day(kept.last)
    found: set[date] = set()
    for span in changes.spans:
        low, high = (city_today(one, zone) for one in span)
        found.update(_days(max(low, first), min(high, last)))
    return found


def _count(
    connection: Connection, root: AreaRow, days: Sequence[date], zone: str
) -> Mapping[str, Any]:
    """Columns of ``rollup_field`` for these days."""
    lift = _Lift(store.read_lines_by_place(connection))
    parts: list[tuple[Ints, int, str, Ints]] = []
    for day in days:
        start, end = day_start(day, zone), day_start(day + _DAY, zone)
        for kind, required, done in _kinds(connection, root, start, end, zone):
            area_id, sums = lift.sums(required, done)
            parts.append((area_id, day_period(day), kind, sums))
    if not parts:
        return {}
    return {
        "area_id": np.concatenate([area_id for area_id, *_ in parts]),
        "period": np.concatenate([np.full(len(ids), period) for ids, period, *_ in parts]),
        "kind": [kind for ids, _, kind, _ in parts for _ in range(len(ids))],
        "required": np.concatenate([sums[:, 0] for *_, sums in parts]),
        "done": np.concatenate([sums[:, 1] for *_, sums in parts]),
    }


def _kinds(
    connection: Connection, root: AreaRow, start: moment, end: moment, zone: str
) -> Iterator[tuple[str, Counted, Counted]]:
    """(kind, required, done) of one day, by place."""
    day = Interval(start=start, end=end, as_of=end)
    yield (store.PATROL, *read_patrol_days(connection, root, day, zone))
    for name, (due, done) in read_visit_counts(connection, root, start, end).items():
        yield store.VISIT + name, due, done


class _Lift:
    """From counts by place to sums of every area above."""

    def __init__(self, lines: Mapping[int, tuple[int, ...]]) -> None:
        height = max((len(line) for line in lines.values()), default=0)
        self._above = np.full((max(lines, default=0) + 1, height), -1, dtype=np.int64)
        for place, line in lines.items():
            self._above[place, : len(line)] = line
        self._most = int(self._above.max(initial=0)) + 1

    def sums(self, required: Counted, done: Counted) -> tuple[Ints, Ints]:
        """(area ids, (n, 2) sums) of the areas that have any."""
        sums = np.zeros((self._most, 2), dtype=np.int64)
        for column, counted in enumerate((required, done)):
            above = self._above[counted.places]
            for level in range(above.shape[1]):
                there = above[:, level] >= 0
                np.add.at(sums[:, column], above[there, level], counted.counts[there])
        area_id = np.flatnonzero(sums.any(axis=1))
        return area_id, sums[area_id]
