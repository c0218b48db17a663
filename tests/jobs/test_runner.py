"""The runner: one leader, health messages, graceful stop; on real stores."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboard.settings import Settings
from data_access.engine import begin_read
from jobs.leadership import leadership_of
from jobs.runner import AnotherLeaderError, Watched, run_once, run_timetable
from jobs.timetable import TIMETABLE, Job

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 20.0


class Counted(Job):
    """A job whose function is given, not named."""

    def load(self) -> Callable[..., Any]:
        return _FUNCTIONS[self.function]


_FUNCTIONS: dict[str, Callable[..., Any]] = {}


def _job(name: str, function: Callable[..., Any], seconds: float = 0.02) -> Job:
    _FUNCTIONS[name] = function
    return Counted(name=name, seconds=lambda _settings: seconds, function=name)


@contextmanager
def _running(
    engine: Engine, settings: Settings, *jobs: Job
) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A runner in a thread: (set while it leads, set to stop it)."""
    stop, leading = threading.Event(), threading.Event()

    def note(leads: bool) -> None:
        leading.set() if leads else leading.clear()

    thread = threading.Thread(
        target=run_timetable,
        args=(engine, settings),
        kwargs={"stop": stop, "timetable": jobs, "on_leading": note},
    )
    thread.start()
    try:
        yield leading, stop
    finally:
        stop.set()
        thread.join(_PATIENCE)
        assert not thread.is_alive()


def test_every_job_of_the_timetable_exists(settings: Settings) -> None:
    for job in TIMETABLE:
        assert callable(job.load()), job.name
        assert job.seconds(settings) > 0
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)


def test_jobs_run_again_and_again_with_an_aware_now(engine: Engine, settings: Settings) -> None:
    seen: list[datetime] = []
    enough = threading.Event()

    def work(_engine: Engine, *, settings: Settings, now: datetime) -> None:
        seen.append(now)
        if len(seen) >= 3:
            enough.set()

    with _running(engine, settings, _job("again", work)):
        assert enough.wait(_PATIENCE)
    assert all(now.tzinfo is UTC for now in seen)


def test_second_process_waits_and_takes_over(engine: Engine, settings: Settings) -> None:
    idle = _job("idle", lambda _engine, settings, now: None)
    with _running(engine, settings, idle) as (first_leads, stop_first):
        assert first_leads.wait(_PATIENCE)
        with _running(engine, settings, idle) as (second_leads, _):
            assert not second_leads.wait(0.3)
            with pytest.raises(AnotherLeaderError):
                run_once(engine, settings, "idle", timetable=[idle])
            stop_first.set()
            assert second_leads.wait(_PATIENCE)


def test_leader_steps_down_when_its_connection_dies(
    postgres_engine: Engine, settings: Settings
) -> None:
    again = threading.Event()
    times: list[bool] = []
    stop = threading.Event()

    def note(leads: bool) -> None:
        times.append(leads)
        if leads:
            (again if len(times) > 1 else first).set()

    first = threading.Event()
    idle = _job("idle", lambda _engine, settings, now: None)
    thread = threading.Thread(
        target=run_timetable,
        args=(postgres_engine, settings),
        kwargs={"stop": stop, "timetable": [idle], "on_leading": note},
    )
    thread.start()
    try:
        assert first.wait(_PATIENCE)
        with begin_read(postgres_engine) as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d"
                    " ON d.oid = l.database WHERE l.locktype = 'advisory'"
                    " AND d.datname = current_database()"
                )
            )
        assert again.wait(_PATIENCE)
        assert times == [True, False, True]
    finally:
        stop.set()
        thread.join(_PATIENCE)


def test_a_killed_leader_frees_the_lock_at_once(sqlite_engine: Engine) -> None:
    program = (
        "import sys; from data_access.engine import open_engine;"
        "from jobs.leadership import leadership_of;"
        "lock = leadership_of(open_engine(sys.argv[1])); print(lock.acquire(), flush=True);"
        "sys.stdin.read()"
    )
    url = sqlite_engine.url.render_as_string()
    child = subprocess.Popen(
        [sys.executable, "-c", program, url],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        lock = leadership_of(sqlite_engine)
        assert not lock.acquire()
        child.kill()
        child.wait()
        assert lock.acquire()
        lock.release()


def test_failing_job_speaks_once_and_once_when_it_recovers(
    sqlite_engine: Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [True]

    def work(_engine: Engine, *, settings: Settings, now: datetime) -> None:
        if broken[0]:
            raise RuntimeError("no such table")

    watched = Watched(_job("shaky", work), sqlite_engine, settings)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            watched.run()
        broken[0] = False
        for _ in range(5):
            watched.run()
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "shaky fails" in messages[0]
    assert "shaky works again after 5 failures" in messages[1]


def test_stop_waits_for_the_work_in_hand(sqlite_engine: Engine, settings: Settings) -> None:
    begun, may_end, done = threading.Event(), threading.Event(), threading.Event()

    def work(_engine: Engine, *, settings: Settings, now: datetime) -> None:
        begun.set()
        may_end.wait(_PATIENCE)
        done.set()

    stop = threading.Event()
    thread = threading.Thread(
        target=run_timetable,
        args=(sqlite_engine, settings),
        kwargs={"stop": stop, "timetable": [_job("long", work)]},
    )
    thread.start()
    assert begun.wait(_PATIENCE)
    stop.set()
    thread.join(0.3)
    assert thread.is_alive()
    may_end.set()
    thread.join(_PATIENCE)
    assert not thread.is_alive()
    assert done.is_set()


def test_one_job_never_runs_twice_at_a_time(sqlite_engine: Engine, settings: Settings) -> None:
    inside, most, runs = [0], [0], [0]
    enough = threading.Event()
    lock = threading.Lock()

    def work(_engine: Engine, *, settings: Settings, now: datetime) -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        enough.wait(0.05)  # longer than the interval
        with lock:
            inside[0] -= 1
            runs[0] += 1
            if runs[0] >= 4:
                enough.set()

    with _running(sqlite_engine, settings, _job("slow", work, seconds=0.01)):
        assert enough.wait(_PATIENCE)
    assert most[0] == 1


def test_unmigrated_store_and_unknown_job_are_said_clearly(tmp_path: Path) -> None:
    environ = {**os.environ, "YIWANG_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}

    def jobs(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jobs", *arguments],
            cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    assert jobs().returncode == 1
    assert "./yiwang migrate" in jobs().stderr
    assert jobs("sweep").returncode == 2
    assert "refresh_rollups" in jobs("sweep").stderr


def test_jobs_process_ends_gracefully_on_sigterm(sqlite_engine: Engine) -> None:
    environ = {**os.environ, "YIWANG_DATABASE_URL": sqlite_engine.url.render_as_string()}
    child = subprocess.Popen(
        [sys.executable, "-m", "jobs"], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True
    )
    with child:
        assert child.stderr is not None
        for line in child.stderr:
            if "jobs at work" in line:
                break
        child.send_signal(signal.SIGTERM)
        rest = child.stderr.read()
        assert child.wait(_PATIENCE) == 0
    assert "Traceback" not in rest
