"""The naive answers that random histories must agree with."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select

from data_access.engine import begin_read
from data_access.tables import case_cycles, case_suspensions, cases


def naive_stocks(engine: Engine, moment: datetime) -> dict[str, int]:
    """Open, suspended and overdue cases of the whole city at a moment, counted case by case."""
    with begin_read(engine) as connection:
        rows = connection.execute(select(cases)).all()
        pauses = connection.execute(select(case_suspensions)).all()
        cycles = connection.execute(select(case_cycles)).all()
    count = {"open": 0, "suspended": 0, "overdue": 0}
    for row in rows:
        if row.voided_at or row.accepted_at is None or row.accepted_at > moment:
            continue
        if row.closed_at and row.closed_at <= moment:
            continue
        own = sorted((c for c in cycles if c.case_id == row.case_id), key=lambda c: c.cycle_no)
        if any(c.closed_at and c.closed_at <= moment < c.reopened_at for c in own):
            continue
        suspended = any(
            p.started_at <= moment and (p.ended_at is None or moment < p.ended_at)
            for p in pauses
            if p.case_id == row.case_id
        )
        count["suspended" if suspended else "open"] += 1
        current = next((c for c in own if moment < c.reopened_at), row)
        late = current.deadline_at is not None and current.deadline_at < moment
        if late and not suspended and not row.timeout_exempt:
            count["overdue"] += 1
    return count


def city_day(moment: datetime) -> date:
    """The date in Asia/Shanghai."""
    return (moment + timedelta(hours=8)).date()
