"""The working calendar 工作日历: which moments count as working time in one city.

Working time is kept as a sorted list of slots on the UTC time line with the working time elapsed
before each, so a deadline is one binary search and a million deadlines are one vectorised search.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Milliseconds = NDArray[np.int64]

MINUTE_MS: Final = 60_000
DAY_MINUTES: Final = 1440
# Slots are laid out no further than this: beyond lies a mistake in the data, not a deadline.
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2150

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CalendarDay(NamedTuple):
    """One day that differs from the plain Monday-to-Friday week."""

    day: date
    is_working_day: bool
    name: str  # 春节, 国庆节调休 …


class Slots(NamedTuple):
    """Working slots of a span of years, ascending; all arrays have one entry a slot, in ms."""

    starts_ms: Milliseconds  # epoch ms
    ends_ms: Milliseconds  # epoch ms
    before_ms: Milliseconds  # working time before the slot, counted from the first slot
    through_ms: Milliseconds  # working time through the end of the slot


@dataclass(frozen=True, slots=True)
class _Span:
    first_year: int
    last_year: int
    slots: Slots


class WorkCalendar:
    """Working days and hours of a city, in its own wall-clock time.

    ``days`` overrides Monday to Friday: True a make-up working day 调休工作日, False a holiday
    法定节假日. ``slots`` are half-open minute ranges of the local day (08–12, 14–18 by default,
    domain rule 2.5). ``covered_years`` are the years whose public notice is in ``days``; any other
    year is computed as a plain week and ``covers`` says so.

    Safe to share between threads. Raises ValueError for slots that overlap or leave the day, and
    ``zoneinfo.ZoneInfoNotFoundError`` for an unknown time zone.
    """

    def __init__(
        self,
        *,
        time_zone: str,
        days: Mapping[date, bool] | None = None,
        slots: Iterable[tuple[int, int]] = ((480, 720), (840, 1080)),
        covered_years: Iterable[int] = (),
    ) -> None:
        self.time_zone = time_zone
        self.zone = ZoneInfo(time_zone)
        self.days: Mapping[date, bool] = dict(days or {})
        self.slots = tuple(sorted(slots))
        self.covered_years = frozenset(covered_years)
        _check_slots(self.slots)
        self._span: _Span | None = None
        self._lock = threading.Lock()

    @property
    def day_ms(self) -> int:
        """Working time of one working day 工作日 in ms: eight hours with the default slots."""
        return sum(end - start for start, end in self.slots) * MINUTE_MS

    def covers(self, year: int) -> bool:
        """Whether the year's holidays and make-up days are known; if not, warn before using it."""
        return year in self.covered_years

    def is_working_day(self, day: date) -> bool:
        """Whether work is done on a day of the city; unknown years are Monday to Friday."""
        return self.days.get(day, day.weekday() < 5)

    @property
    def fingerprint(self) -> str:
        """Short text that differs when any deadline in working time may differ."""
        days = sorted((day.isoformat(), works) for day, works in self.days.items())
        content = repr((self.time_zone, self.slots, days)).encode()
        return blake2b(content, digest_size=16).hexdigest()

    def slots_between(self, first_year: int, last_year: int) -> Slots:
        """The slots of at least these years (UTC years, one more on either side), cached.

        Raises OverflowError outside 1990–2150.
        """
        if first_year < FIRST_YEAR or last_year > LAST_YEAR:
            raise OverflowError(f"no working calendar for the years {first_year}–{last_year}")
        with self._lock:
            span = self._span
            if span is None or span.first_year > first_year or span.last_year < last_year:
                if span is not None:
                    first_year = min(first_year, span.first_year)
                    last_year = max(last_year, span.last_year)
                span = _Span(first_year, last_year, self._lay_out(first_year - 1, last_year + 1))
                self._span = span
            return span.slots

    def _lay_out(self, first_year: int, last_year: int) -> Slots:
        day, last = date(first_year, 1, 1), date(last_year, 12, 31)
        edges: list[tuple[int, int]] = []
        while day <= last:
            if self.is_working_day(day):
                edges += [(self.instant_ms(day, a), self.instant_ms(day, b)) for a, b in self.slots]
            day += timedelta(days=1)
        pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
        # A slot can shrink to nothing where the clocks are put forward.
        pairs = pairs[pairs[:, 1] > pairs[:, 0]]
        starts, ends = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
        through = np.cumsum(ends - starts)
        return Slots(starts, ends, through - (ends - starts), through)

    def instant_ms(self, day: date, minute: int = 0) -> int:
        """Epoch ms of a minute of a city day by the wall clock; the first where it comes twice, and
        an hour later by the clock where it is left out."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        local = midnight + timedelta(minutes=minute)  # wall-clock arithmetic
        delta = local.astimezone(UTC) - _EPOCH
        return delta.days * 86_400_000 + delta.seconds * 1000


def _check_slots(slots: tuple[tuple[int, int], ...]) -> None:
    if not slots:
        raise ValueError("a working calendar needs at least one slot")
    end_before = 0
    for start, end in slots:
        if not end_before <= start < end <= DAY_MINUTES:
            raise ValueError(f"working slots overlap or leave the day: {slots}")
        end_before = end
