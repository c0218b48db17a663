"""Parts of days: what had happened on an earlier day by the same time of day.

A running window is compared up to now, and the rollups know whole days only; the last day of the
other side is evaluated from that day's cases. Its answer moves with every minute that passes but
its cases hardly change any more, so a day's moments are kept for a minute.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.clocks.city_time import day_start
from dashboard.kpis.fact_rules import FactRules
from dashboard.kpis.facts import case_moments
from data_access.case_columns import read_case_columns
from data_access.frames import NULL_MS, CaseColumns, Ints
from data_access.measures import MEASURES
from data_access.rollup_reads import AreaRow
from data_access.slices import EVERY_CASE, Slice
from data_access.types import to_epoch_ms
from data_access.window_cases import read_window_cases

KEPT_SECONDS = 60.0
_MOST_DAYS = 200


@dataclass(frozen=True, kw_only=True)
class DayMoments:
    """Everything that counted below an area on one city day.

    ``when_ms``, ``measure`` and ``members`` (by dimension of a slice) have one entry a moment;
    ``accepted_ms``, ``closed_ms`` and ``case_members`` one for each case that was accepted or
    closed on the day and is closed by now.
    """

    starts_ms: int
    ends_ms: int
    when_ms: Ints
    measure: Ints
    members: Mapping[str, Ints]
    accepted_ms: Ints
    closed_ms: Ints
    case_members: Mapping[str, Ints]

    def sums(self, until: datetime, chosen: Slice = EVERY_CASE) -> dict[str, int]:
        """Every measure from the day's beginning until a moment of it."""
        counted = (self.when_ms < to_epoch_ms(until)) & _in_slice(self.members, chosen, len(self))
        found = np.bincount(self.measure[counted], minlength=len(MEASURES))
        return dict(zip(MEASURES, found.tolist(), strict=True))

    def closed_later(self, start: datetime, until: datetime, chosen: Slice = EVERY_CASE) -> int:
        """Cases accepted in [start, until) and closed after it, as far as this day decides: those
        accepted on it, and those accepted earlier and closed in the rest of it."""
        accepted, end_ms = self.accepted_ms, to_epoch_ms(until)
        today = (accepted >= self.starts_ms) | (self.closed_ms < self.ends_ms)
        late = (accepted >= to_epoch_ms(start)) & (accepted < end_ms) & (self.closed_ms >= end_ms)
        own = _in_slice(self.case_members, chosen, len(accepted))
        return int((late & today & own).sum())

    def __len__(self) -> int:
        return len(self.when_ms)


def _in_slice(members: Mapping[str, Ints], chosen: Slice, count: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = np.ones(count, dtype=np.bool_)
    for dimension, ids in chosen.members.items():
        inside &= np.isin(members[dimension], ids)
    return inside


def read_day_moments(
    connection: Connection,
    area: AreaRow,
    day: date,
    *,
    as_of: datetime,
    rules: FactRules,
    by_area: bool,
) -> DayMoments:
    """The moments of one city day below an area, as known at ``as_of``."""
    start = day_start(day, rules.time_zone)
    end = day_start(day + timedelta(days=1), rules.time_zone)
    ids = read_window_cases(connection, area, start, end, by_area=by_area)
    return _moments(read_case_columns(connection, ids), start, end, as_of, rules)


def _moments(
    cases: CaseColumns, start: datetime, end: datetime, as_of: datetime, rules: FactRules
) -> DayMoments:
    starts_ms, ends_ms, as_of_ms = (to_epoch_ms(moment) for moment in (start, end, as_of))
    moments = case_moments(cases, as_of_ms=as_of_ms, rules=rules)
    inside = (moments.when_ms >= starts_ms) & (moments.when_ms < ends_ms)
    owner = moments.case[inside]
    accepted, closed = cases.accepted_ms, cases.closed_ms
    is_closed = (cases.is_void == 0) & (accepted != NULL_MS) & (closed != NULL_MS)
    decided = is_closed & (closed <= as_of_ms) & (closed >= starts_ms)
    decided &= ((accepted >= starts_ms) & (accepted < ends_ms)) | (closed < ends_ms)
    return DayMoments(
        starts_ms=starts_ms,
        ends_ms=ends_ms,
        when_ms=moments.when_ms[inside],
        measure=moments.measure[inside],
        members=_members(cases, owner),
        accepted_ms=accepted[decided],
        closed_ms=closed[decided],
        case_members=_members(cases, np.flatnonzero(decided)),
    )


def _members(cases: CaseColumns, rows: Ints) -> dict[str, Ints]:
    return {
        "category": cases.category_id[rows],
        "source": cases.source_id[rows],
        "department": cases.department_id[rows],
        "place": cases.area_id[rows],
    }


class PartDays:
    """Days' moments by area, each kept for a minute; shared by the threads of a process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[int, date], tuple[float, DayMoments]] = OrderedDict()
        self._guard = threading.Lock()

    def day(
        self,
        connection: Connection,
        area: AreaRow,
        day: date,
        *,
        as_of: datetime,
        rules: FactRules,
        by_area: bool,
    ) -> DayMoments:
        """As read_day_moments, at most a minute old."""
        key = (area.area_id, day)
        with self._guard:
            made_at, found = self._kept.get(key, (0.0, None))
        if found is None or self._clock() - made_at > KEPT_SECONDS:
            found = read_day_moments(
                connection, area, day, as_of=as_of, rules=rules, by_area=by_area
            )
            with self._guard:
                self._kept[key] = (self._clock(), found)
                self._kept.move_to_end(key)
                while len(self._kept) > _MOST_DAYS:
                    self._kept.popitem(last=False)
        return found
