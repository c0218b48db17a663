"""What 研判 looks at: an area, a slice and a stretch of time, in one snapshot; each read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.clocks import NULL_MS, used_ms
from dashboard.clocks.deadline import limits_ms
from dashboard.kpis import oddities
from dashboard.readings.calendars import calendar_of
from dashboard.readings.windows import Window
from dashboard.settings import Settings
from data_access import research_reads as reads
from data_access.research_reads import Field

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Ints]

# Longer windows are looked at in their last days only: a signal of long ago helps nobody.
MOST_DAYS = 92
_DAY = timedelta(days=1)
_LAST_MS = timedelta(milliseconds=1)  # what happened at the very moment of the data is known


@dataclass(frozen=True, kw_only=True)
class Ground:
    """[start, end) of the window up to the moment of the data, at most MOST_DAYS long.

    ``is_cut``: the window is longer. ``first_on``: the first day the store knows anything of.
    """

    connection: Connection
    field: Field
    start: datetime
    end: datetime
    as_of: datetime
    is_cut: bool
    first_on: date | None
    settings: Settings

    @property
    def moments(self) -> tuple[datetime, datetime]:
        return self.start, self.end

    @cached_property
    def closures(self) -> Columns:
        """Cases closed in the stretch; see ``research_reads.CLOSURES``."""
        found = reads.read_closures(self.connection, self.field, self.moments)
        return _columns(found, reads.CLOSURES)

    @cached_property
    def reports(self) -> Columns:
        """Cases reported in it; see ``research_reads.REPORTS``."""
        found = reads.read_reports(self.connection, self.field, self.moments)
        return _columns(found, reads.REPORTS)

    @cached_property
    def bands(self) -> Ints:
        """The 5 % band of the limit of each closure, -1 where it has none.

        Left out: what was closed on the spot or answered at once, and extended cases, whose limit
        is no longer that of their category. Time left is counted on the limit's own clock.
        """
        rows = self.closures
        calendar = calendar_of(self.connection, self.settings)
        found = np.full(len(rows["case_id"]), -1, dtype=np.int64)
        usual = (rows["is_direct"] == 0) & (rows["is_extended"] == 0)
        usual &= (rows["deadline_ms"] != NULL_MS) & (rows["amount_thousandths"] > 0)
        for number, kind in enumerate(reads.LIMIT_KINDS):
            own = np.flatnonzero(usual & (rows["kind"] == number))
            if not len(own):
                continue
            limits = limits_ms(calendar, kind, rows["amount_thousandths"][own] / 1000)
            left = used_ms(calendar, rows["done_ms"][own], rows["deadline_ms"][own], kind)
            # Past the deadline is late, also where no working time has passed since.
            late = rows["done_ms"][own] > rows["deadline_ms"][own]
            left = np.where(late, np.minimum(left, -1), left)
            found[own] = oddities.bands_of(left, limits)
        return found

    @cached_property
    def bunching(self) -> dict[int, tuple[list[int], oddities.Bunching]]:
        """Department (0: nobody) → its closures by band and what they look like."""
        rows, found = self.closures, {}
        for department in np.unique(rows["department_id"][self.bands >= 0]).tolist():
            own = self.bands[(rows["department_id"] == department) & (self.bands >= 0)]
            counts = np.bincount(own, minlength=oddities.BANDS + 1).tolist()
            found[department] = counts, oddities.judge_bunching(counts)
        return found

    @cached_property
    def bunched(self) -> Mask:
        """Closures in the last tenth of the limit of departments that bunch."""
        departments = [one for one, (_, judged) in self.bunching.items() if judged.is_bunched]
        in_tail = np.isin(self.bands, list(oddities.tail_bands()))
        bunched: Mask = in_tail & np.isin(self.closures["department_id"], departments)
        return bunched

    @cached_property
    def hasty(self) -> Mask:
        """Closures whose work took less than a minute."""
        rows = self.closures
        return oddities.hasty(
            rows["begun_ms"], rows["done_ms"], rows["is_direct"] == 1, missing=NULL_MS
        )

    @cached_property
    def self_closed(self) -> Mask:
        """Cases reported and closed on the spot by workers, of grids where most are."""
        rows = self.closures
        places, number = np.unique(rows["place"], return_inverse=True)
        number = number.reshape(-1)
        closed = np.bincount(number, minlength=len(places))
        own = np.bincount(number, weights=rows["is_self"], minlength=len(places)).astype(np.int64)
        pairs = zip(own.tolist(), closed.tolist(), strict=True)
        marked = np.array([oddities.is_mostly_self(*pair) for pair in pairs], dtype=np.bool_)
        mostly = marked[number] if len(marked) else np.zeros(0, dtype=np.bool_)
        own_cases: Mask = mostly & (rows["is_self"] == 1)
        return own_cases

    @cached_property
    def night(self) -> Mask:
        """Closures of one department that came by the dozen at night."""
        rows = self.closures
        is_night = oddities.at_night(self._minutes(rows["done_ms"])) & (rows["is_direct"] == 0)
        return oddities.crowded(
            np.where(is_night, rows["department_id"], -1), rows["done_ms"],
            within_ms=oddities.NIGHT_MS, more_than=oddities.NIGHT_MORE_THAN,
        )  # fmt: skip

    @cached_property
    def bursts(self) -> Mask:
        """Reports of one source, or of one worker, from one grid within minutes."""
        rows = self.reports
        found = np.zeros(len(rows["case_id"]), dtype=np.bool_)
        for name in ("source_id", "worker_id"):
            key = rows["place"] * (int(rows[name].max(initial=0)) + 1) + rows[name]
            found |= oddities.crowded(
                np.where(rows[name] > 0, key, -1), rows["reported_ms"],
                within_ms=oddities.BURST_MS, more_than=oddities.BURST_MORE_THAN,
            )  # fmt: skip
        return found

    @cached_property
    def bounced(self) -> list[tuple[int, int, int]]:
        """部门回退 twice and more: (case_id, how often, how many units), most often first."""
        found: dict[int, list[int]] = {}
        for case_id, department, _ in reads.read_returns(
            self.connection, self.field, self.moments
        ).tolist():
            found.setdefault(case_id, []).append(department)
        rows = [
            (case_id, len(units), len(set(units)))
            for case_id, units in found.items()
            if len(units) >= oddities.RETURNS_LEAST
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def day(self, weeks_back: int) -> tuple[datetime, datetime]:
        """The last 24 hours of the stretch, so many weeks before by the city's clocks."""
        zone = self.settings.city_zone
        wall = self.end.astimezone(zone).replace(tzinfo=None) - timedelta(weeks=weeks_back)
        end = wall.replace(tzinfo=zone).astimezone(UTC)
        return (wall - _DAY).replace(tzinfo=zone).astimezone(UTC), end

    def knows(self, moment: datetime) -> bool:
        """Whether the store goes back to the day of a moment."""
        day = moment.astimezone(self.settings.city_zone).date()
        return self.first_on is not None and self.first_on <= day

    def _minutes(self, moments: Ints) -> Ints:
        """Minutes since the city's midnight. Zones shift by the hour at most twice a year, so each
        day is asked once."""
        days, number = np.unique(moments // 3_600_000, return_inverse=True)
        zone = self.settings.city_zone
        starts = np.array(
            [_minute_of(datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone)) for hour in
             days.tolist()],
            dtype=np.int64,
        )  # fmt: skip
        if not len(starts):
            return np.zeros(0, dtype=np.int64)
        within = moments % 3_600_000 // 60_000
        minutes: Ints = (starts[number.reshape(-1)] + within) % 1440
        return minutes


def _minute_of(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _columns(matrix: Ints, names: tuple[str, ...]) -> Columns:
    return {name: matrix[:, number] for number, name in enumerate(names)}


def ground_of(
    connection: Connection, field: Field, window: Window, *, as_of: datetime,
    first_on: date | None, settings: Settings,
) -> Ground:  # fmt: skip
    """The ground of a window; nothing of it is read yet."""
    start, end = window.bounds(settings.city_time_zone)
    end = min(end, as_of + _LAST_MS)
    cut = end - MOST_DAYS * _DAY
    return Ground(
        connection=connection, field=field, start=max(start, cut), end=end, as_of=as_of,
        is_cut=start < cut, first_on=first_on, settings=settings,
    )  # fmt: skip
