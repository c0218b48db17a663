"""Marks of the runner 作业标记: each job's last run in the store, for the page 系统状态.

Some jobs run four times a second, so a run is noted every few seconds only, and at once when a job
begins to fail or comes right again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data_access.engine import begin_write
from data_access.job_runs import save_job_run

_LEAST_SECONDS = 5.0


class RunMarks:
    """The marks of one job. A store that cannot be written is no failure of the job."""

    def __init__(self, name: str, interval_seconds: float) -> None:
        self._name = name
        self._interval_ms = round(interval_seconds * 1000)
        self._noted_at = float("-inf")
        self._was_failing = False

    def note(
        self, engine: Engine, started_at: datetime, failures: int, error: Exception | None
    ) -> None:
        """A run has ended now; ``error``: what stopped it, whose words stay out of the store."""
        is_failing = failures > 0
        recent = time.monotonic() - self._noted_at < _LEAST_SECONDS
        if recent and is_failing == self._was_failing:
            return
        self._noted_at = time.monotonic()
        self._was_failing = is_failing
        try:
            with begin_write(engine) as connection:
                save_job_run(
                    connection,
                    self._name,
                    interval_ms=self._interval_ms,
                    started_at=started_at,
                    ended_at=datetime.now(UTC),
                    failures=failures,
                    error=type(error).__name__ if error else None,
                )
        except (SQLAlchemyError, OSError):
            self._noted_at = float("-inf")
