"""The demo city goes on living: cases arrive and move, workers check in, patrol and visit.

What the jobs do they do here as well: they resume what was suspended and link what repeats.

At speed 1 it keeps real pace, with the same daily and weekly shape as the history; stamps are
always the real time, a higher speed only makes more happen. A small city has minutes between two
events, so by day (07:00–21:00) at least one case moves every five seconds: an open case takes its
next step early, and where the stock of running cases has shrunk a new one comes in.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from jobs.demo.arrivals import now_weight
from jobs.demo.city_days import HOUR_MS, Span
from jobs.demo.live_cases import CaseDesk
from jobs.demo.live_field import FieldWork
from jobs.demo.live_open import OpenCase, read_open
from jobs.demo.live_oversight import Oversight
from jobs.demo.profiles import PROFILES

BEAT_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 5.0  # by day no longer than this without a moved case
RELOAD_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 5.0
_DAY_HOURS: Final = range(7, 21)
_CHECK_HOURS: Final = range(8, 18)

_log = logging.getLogger(__name__)


def live(
    engine: Engine, *, profile: str, settings: Settings, speed: float = 1.0, stop: threading.Event
) -> None:
    """Let the demo city in the store live until ``stop`` is set.

    Takes up what it finds, so it may be ended and started at any moment. One short write
    transaction a beat. A database that is away is tried again every five seconds. Raises KeyError
    for an unknown profile and ValueError for a speed that is not positive.
    """
    if not speed > 0:
        raise ValueError(f"speed {speed}: must be greater than 0")
    chosen = PROFILES[profile]
    city: LiveCity | None = None
    before = monotonic()
    while not stop.wait(BEAT_SECONDS):
        seconds, before = monotonic() - before, monotonic()
        try:
            city = city or LiveCity(engine, profile=chosen.key, settings=settings, speed=speed)
            city.beat(datetime.now(UTC), min(seconds, 60.0))
        except DBAPIError as error:
            _log.warning("demo city: the database is away: %s", error.orig)
            city = None
            stop.wait(_RETRY_SECONDS)


class LiveCity:
    """A demo city in a store, moved on beat by beat."""

    def __init__(
        self,
        engine: Engine,
        *,
        profile: str,
        settings: Settings,
        speed: float = 1.0,
        seed: int | None = None,
    ) -> None:
        self._engine, self._profile, self._speed = engine, PROFILES[profile], speed
        self._random = np.random.default_rng(seed)
        with begin_read(engine) as connection:
            self._desk = CaseDesk(connection, self._profile, settings, self._random)
            self._oversight = Oversight(connection, self._profile, self._random)
            self._field = FieldWork(connection, settings, self._random)
            self._open = read_open(connection)
        self._stock = max(40, sum(case.state != "suspended" for case in self._open.values()))
        self._quiet = 0.0
        self._since_reload = 0.0

    def beat(self, now: datetime, seconds: float) -> int:
        """Let ``seconds`` pass that end at ``now`` (aware); returns the number of case events."""
        span = Span.back_from(now, years=1, calendar=self._desk.clocks.calendar)
        now_ms = int(now.timestamp() * 1000)
        hour = (now_ms + span.offset_ms) // HOUR_MS % 24
        per_minute = now_weight(self._profile, span, span.now_ms)
        pace = per_minute / (self._profile.yearly_cases / (365.25 * 1440))
        passed = seconds * self._speed
        self._quiet += seconds
        arrivals = int(self._random.poisson(per_minute * passed / 60))
        chosen = self._due(now_ms, passed / 3600, max(pace, 0.02))
        if not arrivals and not chosen and hour in _DAY_HOURS and self._quiet >= QUIET_SECONDS:
            arrivals, chosen = self._hurried()
        with begin_write(self._engine) as connection:
            events = self._move(connection, now, arrivals, chosen)
            by_day = hour in _CHECK_HOURS
            for case in self._oversight.work(connection, self._desk, now, passed, by_day=by_day):
                self._open[case.case_id] = case
                events += 1
            self._field.work(connection, now, span, passed)
            self._since_reload += seconds
            if self._since_reload >= RELOAD_SECONDS:
                # Somebody else may have moved, corrected or added cases.
                self._open, self._since_reload = read_open(connection), 0.0
                self._desk.read_clocks(connection)
                self._oversight.read_waiting(connection)
        if events:
            self._quiet = 0.0
        return events

    def _move(
        self, connection: Connection, now: datetime, arrivals: int, chosen: list[OpenCase]
    ) -> int:
        events = 0
        for case in chosen:
            moved = self._desk.advance(connection, case, now)
            events += moved is not case
            if moved is None:
                self._open.pop(case.case_id, None)
                continue
            self._oversight.see(connection, case, moved, now)
            self._open[case.case_id] = moved
        for _ in range(arrivals):
            case = self._desk.arrivals.arrive(connection, now)
            self._open[case.case_id] = case
            events += 1
        return events

    def _due(self, now_ms: int, hours: float, pace: float) -> list[OpenCase]:
        """The cases that take a step within ``hours``, by chance."""
        cases = list(self._open.values())
        if not cases:
            return []
        rates = np.array([case.steps_per_hour(now_ms, pace) for case in cases])
        hit = self._random.random(len(cases)) < 1 - np.exp(-rates * hours)
        return [cases[number] for number in np.flatnonzero(hit)]

    def _hurried(self) -> tuple[int, list[OpenCase]]:
        running = [case for case in self._open.values() if case.state != "suspended"]
        if len(running) < 0.8 * self._stock or not running:
            return 1, []
        # The earlier a case's step, the sooner it is its turn; handling takes its time.
        weights = np.array([0.15 if case.state == "handling" else 1.0 for case in running])
        number = self._random.choice(len(running), p=weights / weights.sum())
        return 0, [running[int(number)]]
