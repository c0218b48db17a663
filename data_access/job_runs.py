"""How the jobs of the timetable are doing 作业运行情况, as the runner notes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data_access.tables import job_runs

Row = dict[str, Any]


def save_job_run(
    connection: Connection,
    name: str,
    *,
    interval_ms: int,
    started_at: datetime,
    ended_at: datetime,
    failures: int,
    error: str | None,
) -> None:
    """Note a run of a job; ``failures``: in a row up to now, 0 for a run that came right."""
    values: Row = {
        "interval_ms": interval_ms,
        "started_at": started_at,
        "ended_at": ended_at,
        "failures": failures,
        "error": error,
        "noted_at": ended_at,
    }
    if not failures:
        values["succeeded_at"] = ended_at
    found = connection.execute(update(job_runs).where(job_runs.c.name == name).values(values))
    if not found.rowcount:
        connection.execute(insert(job_runs).values(**values, name=name))


def read_job_runs(connection: Connection) -> list[Row]:
    """All jobs that ever ran, by name."""
    rows = connection.execute(select(job_runs).order_by(job_runs.c.name)).mappings()
    return [dict(row) for row in rows]
