"""Runs the timetable: one leader, one run of a job at a time, the work in hand always finished."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.settings import Settings
from jobs.leadership import Leadership, leadership_of
from jobs.run_marks import RunMarks
from jobs.timetable import TIMETABLE, Job

_LOG = logging.getLogger(__name__)
_LEADER_CHECK_SECONDS = 1.0


class AnotherLeaderError(Exception):
    """Another jobs process works on this store."""


class Watched:
    """One job with its health: speaks when it starts failing and when it recovers, not between.

    A job that fails twice a second would otherwise bury the message that matters.
    """

    def __init__(self, job: Job, engine: Engine, settings: Settings) -> None:
        self.job = job
        self._function = job.load()
        self._engine = engine
        self._settings = settings
        self._failures = 0
        self._failing_since = 0.0
        self._marks = RunMarks(job.name, job.seconds(settings))

    def run(self) -> None:
        """Run once, now; an error is logged and never raised."""
        started_at = datetime.now(UTC)
        try:
            self._function(self._engine, settings=self._settings, now=started_at)
        except Exception as error:
            self._failures += 1
            self._marks.note(self._engine, started_at, self._failures, error)
            if self._failures == 1:
                self._failing_since = time.monotonic()
                _LOG.exception("job %s fails; it is tried again every time", self.job.name)
            return
        if self._failures:
            seconds = time.monotonic() - self._failing_since
            _LOG.warning(
                "job %s works again after %d failures in %.0f s",
                self.job.name,
                self._failures,
                seconds,
            )
            self._failures = 0
        self._marks.note(self._engine, started_at, 0, None)


def run_timetable(
    engine: Engine,
    settings: Settings,
    *,
    stop: threading.Event,
    timetable: Sequence[Job] = TIMETABLE,
    leadership: Leadership | None = None,
    on_leading: Callable[[bool], None] | None = None,
) -> None:
    """Work as leader, or wait to become it, until ``stop`` is set.

    Returns after the jobs in hand have ended. A database that is away is waited for.
    ``on_leading`` hears True when this process starts to work and False when it has stopped.
    """
    lock = leadership or leadership_of(engine)
    watched = [Watched(job, engine, settings) for job in timetable]
    waiting = ""
    while not stop.is_set():
        reason = _try_to_lead(lock)
        if reason:
            if reason != waiting:
                _LOG.warning("jobs wait: %s", reason)
            waiting = reason
            stop.wait(_LEADER_CHECK_SECONDS)
            continue
        waiting = ""
        _LOG.info("jobs at work: %s", ", ".join(job.name for job in timetable))
        try:
            _lead(watched, settings, lock, stop, on_leading)
        finally:
            lock.release()


def run_once(
    engine: Engine,
    settings: Settings,
    name: str,
    *,
    timetable: Sequence[Job] = TIMETABLE,
) -> None:
    """Run one job now and raise its error.

    Raises KeyError for an unknown name and AnotherLeaderError while a jobs process is at work.
    """
    job = {job.name: job for job in timetable}[name]
    lock = leadership_of(engine)
    if not lock.acquire():
        raise AnotherLeaderError("a jobs process is at work on this store and runs this job itself")
    try:
        job.load()(engine, settings=settings, now=datetime.now(UTC))
    finally:
        lock.release()


def _try_to_lead(lock: Leadership) -> str:
    """Empty when this process leads now, else why not."""
    try:
        return "" if lock.acquire() else "another jobs process is the leader"
    except (SQLAlchemyError, OSError) as error:
        return f"the store cannot be reached: {str(error).splitlines()[0]}"


def _lead(
    watched: Sequence[Watched],
    settings: Settings,
    lock: Leadership,
    stop: threading.Event,
    on_leading: Callable[[bool], None] | None,
) -> None:
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(max(1, len(watched)))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for item in watched:
        scheduler.add_job(
            item.run,
            "interval",
            seconds=item.job.seconds(settings),
            id=item.job.name,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    if on_leading:
        on_leading(True)
    try:
        while not stop.wait(_LEADER_CHECK_SECONDS):
            if not lock.is_held():
                _LOG.warning("leadership lost: the connection that held it is gone")
                break
    finally:
        scheduler.shutdown(wait=True)
        if on_leading:
            on_leading(False)
