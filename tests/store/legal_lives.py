"""Cases that live by the rules at a clock of their own, written as the product's writers do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from dashboard.clocks import Limit, WorkCalendar
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockRules,
    Extension,
    Suspension,
    settled_deadlines,
)
from dashboard.lifecycle.states import ENTRY_COLUMNS, TRANSITIONS, VOID_STATES, State
from data_access.engine import begin_write
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    case_suspensions,
    cases,
    deadline_changes,
)
from data_access.types import from_epoch_ms, to_epoch_ms
from tests.store.history import ANSWERS, GRIDS

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_KINDS = ("natural_day", "work_hour", "work_day")


class Lives:
    """Writes one step at a time; ``now`` is the moment of writing, when a step becomes known."""

    def __init__(self, engine: Engine, random: Random, calendar: WorkCalendar) -> None:
        self.engine, self.random, self.calendar = engine, random, calendar
        self.rules = ClockRules()
        self.now = START
        self.next_id = 1
        self.states: dict[int, State] = {}
        self.last: dict[int, datetime] = {}  # when the last step of a case happened

    def step(self) -> None:
        """A while passes; then a new case, or the next step of one."""
        self.now += self.random.choice((1, 7, 60, 300)) * _MINUTE
        with begin_write(self.engine) as connection:
            going = [one for one, state in self.states.items() if TRANSITIONS[state]]
            if not going or self.random.random() < 0.12:
                self._arrive(connection)
            else:
                self._move(connection, self.random.choice(going[-12:]))

    def _arrive(self, connection: Connection) -> None:
        case_id = self.next_id
        self.next_id += 1
        connection.execute(
            insert(cases).values(
                case_id=case_id, case_code=f"L{case_id}", source_id=self.random.randint(1, 2),
                source_ref=str(case_id), category_id=1, department_id=1,
                area_id=self.random.choice(GRIDS), state="reported", reported_at=self.now,
                limit_kind=self.random.choice((*_KINDS, None)),
                limit_amount=self.random.choice((1, 3, 20)),
                ingested_at=self.now, updated_at=self.now,
            )
        )  # fmt: skip
        self._log(connection, case_id, None, State.REPORTED, self.now)
        self.states[case_id], self.last[case_id] = State.REPORTED, self.now

    def _move(self, connection: Connection, case_id: int) -> None:
        row = connection.execute(select(cases).where(cases.c.case_id == case_id)).one()
        before = self.states[case_id]
        after = self.random.choice(sorted(TRANSITIONS[before]))
        if after in VOID_STATES and self.random.random() < 0.7:
            return
        at = self._happened(case_id)
        values: dict[str, Any] = {"state": str(after), "updated_at": self.now}
        if column := ENTRY_COLUMNS.get(after):
            values[column] = at
        if after is State.CLOSED:
            values["accepted_at"] = row.accepted_at or row.reported_at
        if after is State.MERGED:
            values["master_case_id"] = 1
        self._attach(connection, row, before, after, at)
        if after is State.REWORK:
            values |= self._new_cycle(connection, row, at)
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))
        self._log(connection, case_id, before, after, at)
        self._settle(connection, case_id, before, after, at)
        self.states[case_id], self.last[case_id] = after, at

    def _happened(self, case_id: int) -> datetime:
        """Now, or a while ago: then it becomes known late."""
        if self.random.random() < 0.75:
            return self.now
        room = int((self.now - self.last[case_id]) / _MINUTE)
        return self.now - self.random.randint(0, room - 1) * _MINUTE  # never two steps at once

    def _attach(
        self, connection: Connection, row: Any, before: State, after: State, at: datetime
    ) -> None:
        key = row.case_id
        if before is State.SUSPENDED:
            open_one = (case_suspensions.c.case_id == key, case_suspensions.c.ended_at.is_(None))
            connection.execute(update(case_suspensions).where(*open_one).values(ended_at=at))
        if after is State.SUSPENDED:
            values = {"seq": self._next(connection, case_suspensions, key), "started_at": at}
            planned = self.random.choice((None, at + timedelta(days=2)))
            connection.execute(
                insert(case_suspensions).values(case_id=key, planned_end_at=planned, **values)
            )
        if after is State.EXT_PENDING:
            values = {"seq": self._next(connection, case_extensions, key), "applied_at": at}
            connection.execute(insert(case_extensions).values(case_id=key, **values))
        if before is State.EXT_PENDING:
            connection.execute(
                update(case_extensions)
                .where(case_extensions.c.case_id == key, case_extensions.c.decided_at.is_(None))
                .values(decided_at=self.now, is_approved=self.random.random() < 0.7)
            )
        if before is State.VISITING:
            flags = {
                name: self.random.random() < 0.8
                for name in ("is_valid", "is_contacted", "is_solved")
            }
            answer = self.random.choice(ANSWERS)
            connection.execute(
                insert(callbacks).values(case_id=key, visited_at=self.now, answer=answer, **flags)
            )
        if before is State.CLOSED:
            values = {"drawn_at": at, "checked_at": self.now, "result": "false"}
            connection.execute(insert(case_rechecks).values(case_id=key, **values))

    def _new_cycle(self, connection: Connection, row: Any, at: datetime) -> dict[str, Any]:
        began = connection.scalar(
            select(func.max(case_cycles.c.reopened_at)).where(case_cycles.c.case_id == row.case_id)
        )
        connection.execute(
            insert(case_cycles).values(
                case_id=row.case_id, cycle_no=row.cycle_no,
                started_at=began or row.accepted_at or row.reported_at,
                due_soon_at=row.due_soon_at, deadline_handle_at=row.deadline_handle_at,
                deadline_at=row.deadline_at, handled_at=row.handled_at, closed_at=row.closed_at,
                reopened_at=at,
            )
        )  # fmt: skip
        gone = dict.fromkeys(("closed_at", "handled_at", "checked_at", "visited_at"))
        return gone | {"cycle_no": row.cycle_no + 1}

    def _settle(
        self, connection: Connection, case_id: int, before: State, after: State, at: datetime
    ) -> None:
        """Keep the deadlines in step, with a record of each change of one that was set."""
        row = connection.execute(select(cases).where(cases.c.case_id == case_id)).one()
        starts = after is State.REWORK or (after is State.DISPATCHED and not row.clock_started_at)
        moved = before in (State.SUSPENDED, State.EXT_PENDING)
        if not row.limit_kind or not (starts or (moved and row.clock_started_at)):
            return
        started = at if starts else row.clock_started_at
        settled = settled_deadlines(
            self.calendar, self._times(connection, row, started), self.rules
        )
        assert settled is not None
        new = {
            "due_soon_at": from_epoch_ms(settled.due_soon_ms),
            "deadline_handle_at": from_epoch_ms(settled.handle_ms),
            "deadline_at": from_epoch_ms(settled.close_ms),
        }
        connection.execute(
            update(cases).where(cases.c.case_id == case_id).values(clock_started_at=started, **new)
        )
        if row.deadline_at is not None and row.deadline_at != new["deadline_at"]:
            connection.execute(
                insert(deadline_changes).values(
                    case_id=case_id, changed_at=self.now, reason="correction",
                    old_deadline_handle_at=row.deadline_handle_at, old_deadline_at=row.deadline_at,
                    new_deadline_handle_at=new["deadline_handle_at"],
                    new_deadline_at=new["deadline_at"],
                )
            )  # fmt: skip

    def _times(self, connection: Connection, row: Any, started: datetime) -> CaseTimes:
        pauses = connection.execute(
            select(case_suspensions).where(case_suspensions.c.case_id == row.case_id)
        ).all()
        given = connection.execute(
            select(case_extensions).where(case_extensions.c.case_id == row.case_id)
        ).all()
        own = [one for one in given if one.applied_at >= started]
        return CaseTimes(
            limit=Limit(row.limit_kind, row.limit_amount),
            started_ms=to_epoch_ms(started),
            suspensions=tuple(
                Suspension(to_epoch_ms(one.started_at), None,
                           one.ended_at and to_epoch_ms(one.ended_at)) for one in pauses
            ),
            extensions=tuple(
                Extension(to_epoch_ms(one.applied_at),
                          one.decided_at and to_epoch_ms(one.decided_at), one.is_approved)
                for one in own
            ),
            extended_before=sum(one.is_approved for one in given)
            - sum(one.is_approved for one in own),
        )  # fmt: skip

    @staticmethod
    def _next(connection: Connection, table: Any, case_id: int) -> int:
        highest = connection.scalar(select(func.max(table.c.seq)).where(table.c.case_id == case_id))
        return (highest or 0) + 1

    def _log(
        self, connection: Connection, case_id: int, before: State | None, after: State, at: datetime
    ) -> None:
        connection.execute(
            insert(case_events).values(
                case_id=case_id, seq=self._next(connection, case_events, case_id), event_at=at,
                known_at=self.now, from_state=before and str(before), to_state=str(after),
                department_id=1 if after is State.DISPATCHED else None,
            )
        )  # fmt: skip
