"""What the living demo city remembers of the cases that are neither closed nor void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from data_access.tables import case_events, cases
from data_access.types import to_epoch_ms

HOUR_MS: Final = 3_600_000

# Steps an hour at the day's mean pace. Stages with limits of minutes are as quick at night.
_RATES: Final[dict[str, float]] = {
    "reported": 6.0, "verifying": 2.0, "accepted": 8.0, "filed": 14.0, "dispatched": 2.6,
    "returned_unit": 3.0, "signed": 2.5, "ext_pending": 0.7, "handled": 2.5, "checking": 6.0,
    "visiting": 0.9, "rework": 1.5,
}  # fmt: skip
_QUICK: Final = frozenset({"reported", "accepted", "filed", "dispatched", "checking"})
_URGENT_SIGN_RATE: Final = 14.0
UNIT_STATES: Final = frozenset({"signed", "handling", "handled", "returned_unit", "ext_pending"})


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open case as last seen; instants in epoch ms, 0 for none."""

    case_id: int
    state: str
    source_id: int
    department_id: int | None
    limit_kind: str | None
    is_urgent: bool
    accepted_ms: int
    deadline_ms: int

    def steps_per_hour(self, now_ms: int, pace: float) -> float:
        """How fast it moves on; ``pace`` 1 is the mean of a day and night.

        A suspended case waits for the job that resumes it when its time has come.
        """
        if self.state in _QUICK or self.limit_kind == "urgent_hour":
            pace = max(pace, 0.6)
        if self.state == "dispatched" and self.is_urgent:
            return _URGENT_SIGN_RATE * pace
        if self.state != "handling":
            return _RATES.get(self.state, 0.0) * pace
        # Most are handled after about half of the limit; some are not and become overdue.
        hours = max((self.deadline_ms - self.accepted_ms) / HOUR_MS, 1.0)
        late = 0.25 if now_ms > self.deadline_ms else 1.0
        return min(2.0 / hours, 1.0) * pace * late


def open_case(row: Any) -> OpenCase:
    """From a row of ``cases``."""
    return OpenCase(
        case_id=row.case_id, state=row.state, source_id=row.source_id,
        department_id=row.department_id, limit_kind=row.limit_kind, is_urgent=bool(row.is_urgent),
        accepted_ms=to_epoch_ms(row.accepted_at) if row.accepted_at else 0,
        deadline_ms=to_epoch_ms(row.deadline_at) if row.deadline_at else 0,
    )  # fmt: skip


def read_open(connection: Connection) -> dict[int, OpenCase]:
    """Every case that is neither closed nor void, by id."""
    rows = connection.execute(
        select(cases).where(cases.c.closed_at.is_(None), cases.c.voided_at.is_(None))
    )
    return {row.case_id: open_case(row) for row in rows}


def log_step(
    connection: Connection,
    case_id: int,
    before: str | None,
    after: str,
    now: datetime,
    *,
    department_id: int | None = None,
    opinion: str | None = None,
) -> None:
    """One event of a case; ``department_id``: who takes the step, or is sent the case."""
    last = connection.scalar(
        select(func.max(case_events.c.seq)).where(case_events.c.case_id == case_id)
    )
    connection.execute(insert(case_events).values(
        case_id=case_id, seq=(last or 0) + 1, event_at=now, known_at=now, from_state=before,
        to_state=after, department_id=department_id, opinion=opinion,
        actor="处置单位" if after in UNIT_STATES else "系统"))  # fmt: skip
