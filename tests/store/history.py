"""Random case histories on a small city, and the naive answers they must agree with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from data_access.engine import begin_write
from data_access.tables import (
    areas,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    case_suspensions,
    cases,
    categories,
    departments,
    metadata,
    sources,
)

START = datetime(2026, 1, 30, 1, 0, tzinfo=UTC)
# city 1 › districts 2, 3 › streets 4, 5 (of 2), 6 (of 3) › grids; uneven depth on purpose
PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 4, 8: 4, 9: 5, 10: 6, 11: 6, 12: 3}
GRIDS = (7, 8, 9, 10, 11, 12)
_MINUTE = timedelta(minutes=1)
_LEVELS = {1: "city", 2: "district", 3: "district", 4: "street", 5: "street", 6: "street"}
ANSWERS = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied", None)


def empty_store(engine: Engine) -> None:
    """Delete every row, children first."""
    with begin_write(engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


def plant_city(engine: Engine) -> None:
    """The small city with two categories, sources and departments."""
    with begin_write(engine) as connection:
        connection.execute(
            insert(areas),
            [
                {
                    "area_id": area,
                    "code": f"A{area:02d}",
                    "parent_id": parent,
                    "level": _LEVELS.get(area, "grid"),
                    "depth": _depth(area),
                    "name_zh": f"区域{area}",
                }
                for area, parent in PARENTS.items()
            ],
        )
        for table, key in ((categories, "category_id"), (sources, "source_id")):
            rows = [{key: n, "code": f"c{n}", "name_zh": f"类{n}"} for n in (1, 2)]
            connection.execute(insert(table), rows)
        connection.execute(
            update(sources).where(sources.c.source_id == 1).values(kind="worker", is_proactive=True)
        )
        connection.execute(
            insert(departments),
            [{"department_id": n, "code": f"d{n}", "name_zh": f"局{n}"} for n in (1, 2)],
        )


def _depth(area: int) -> int:
    parent = PARENTS[area]
    return 0 if parent is None else _depth(parent) + 1


@dataclass
class History:
    """Applies random legal and less legal changes at a moving clock."""

    engine: Engine
    random: Random
    now: datetime = START
    next_id: int = 1
    alive: list[int] = field(default_factory=list)

    def pass_time(self) -> None:
        self.now += timedelta(minutes=self.random.choice((1, 30, 400, 3000, 20000)))

    def _moment(self, back_days: int = 40) -> datetime:
        minutes = self.random.randint(0, back_days * 24 * 60)
        return self.now - timedelta(minutes=minutes)

    def step(self) -> None:
        """One random change in its own transaction; some transactions are rolled back."""
        choices = [self.add, self.add, self.close, self.close, self.reopen]
        choices += [self.suspend, self.resume]
        choices += [self.correct, self.correct, self.rate, self.void, self.remove, self.move_area]
        choices += [self.dispatch, self.dispatch, self.sign, self.check, self.handle, self.extend]
        choices += [self.recheck, self.repeat, self.suspend, self.resume]
        action = self.random.choice(choices)
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection = connection.execution_options(yiwang_write=True)
            with connection.begin() as transaction:
                action(connection)
                if self.random.random() < 0.08:
                    transaction.rollback()

    def add(self, connection: Any) -> None:
        reported = self._moment()
        accepted = reported + timedelta(minutes=self.random.randint(0, 90))
        # A source's own deadline may have passed before the case was accepted.
        deadline = accepted + timedelta(hours=self.random.choice((-40, 2, 30, 200, 2000)))
        due_soon = deadline - abs(deadline - accepted) * 0.2
        dated = self.random.random() < 0.85
        case_id = self.next_id
        self.next_id += 1
        connection.execute(
            insert(cases).values(
                case_id=case_id,
                case_code=f"C{case_id}",
                source_id=self.random.randint(1, 2),
                source_ref=str(case_id),
                category_id=self.random.randint(1, 2),
                area_id=self.random.choice(GRIDS),
                department_id=self.random.choice((None, 1, 2)),
                state="handling",
                reported_at=reported,
                accepted_at=accepted if self.random.random() < 0.95 else None,
                filed_at=accepted if self.random.random() < 0.8 else None,
                deadline_at=deadline if dated else None,
                due_soon_at=due_soon if dated else None,
                deadline_handle_at=accepted + (deadline - accepted) * 0.9
                if self.random.random() < 0.5
                else None,
                is_urgent=self.random.random() < 0.2,
                timeout_exempt=self.random.random() < 0.1,
                ingested_at=self.now,
                updated_at=self.now,
            )
        )
        self.alive.append(case_id)

    def _any(self, connection: Any) -> Any:
        if not self.alive:
            return None
        chosen = self.random.choice(self.alive[-10:])
        return connection.execute(select(cases).where(cases.c.case_id == chosen)).one_or_none()

    def _set(self, connection: Any, case_id: int, **values: Any) -> None:
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))

    def close(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None or row.voided_at:
            return
        start = self._cycle_start(connection, row)
        if start > self.now:
            return
        minutes = int((self.now - start).total_seconds() // 60)
        closed = start + timedelta(minutes=self.random.randint(0, minutes))
        connection.execute(
            update(case_suspensions)
            .where(case_suspensions.c.case_id == row.case_id, case_suspensions.c.ended_at.is_(None))
            .values(ended_at=case_suspensions.c.started_at)
        )
        self._set(connection, row.case_id, closed_at=closed, state="closed")

    def _cycle_start(self, connection: Any, row: Any) -> datetime:
        cycles = connection.execute(
            select(case_cycles.c.reopened_at).where(case_cycles.c.case_id == row.case_id)
        ).scalars()
        return max([row.accepted_at or row.reported_at, row.reported_at, *cycles])

    def reopen(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None or row.voided_at or row.closed_at is None:
            return
        reopened = row.closed_at + timedelta(minutes=self.random.choice((0, 60, 5000)))
        was_closed = self.random.random() < 0.7
        deadline = reopened + timedelta(hours=self.random.choice((3, 100)))
        connection.execute(
            insert(case_cycles).values(
                case_id=row.case_id,
                cycle_no=row.cycle_no,
                started_at=row.accepted_at or row.reported_at,
                due_soon_at=row.due_soon_at,
                deadline_handle_at=row.deadline_handle_at,
                deadline_at=row.deadline_at,
                handled_at=row.handled_at if self.random.random() < 0.7 else None,
                closed_at=row.closed_at if was_closed else None,
                reopened_at=reopened,
            )
        )
        again = {"deadline_at": deadline, "due_soon_at": reopened + (deadline - reopened) * 0.8}
        if self.random.random() < 0.3:
            again = {}  # a hand that forgot the new limit
        self._set(
            connection, row.case_id, closed_at=None, state="rework", cycle_no=row.cycle_no + 1,
            **again,
        )  # fmt: skip

    def suspend(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None or row.voided_at or row.closed_at:
            return
        start = self._cycle_start(connection, row)
        pauses = connection.execute(
            select(case_suspensions.c.seq, case_suspensions.c.ended_at).where(
                case_suspensions.c.case_id == row.case_id
            )
        ).all()
        if any(pause.ended_at is None for pause in pauses):
            return
        begin = max([start, *(pause.ended_at for pause in pauses)])
        begin += timedelta(minutes=self.random.randint(0, 3000))
        connection.execute(
            insert(case_suspensions).values(
                case_id=row.case_id,
                seq=len(pauses) + 1,
                started_at=begin,
                planned_end_at=self.random.choice(
                    (None, begin + timedelta(hours=self.random.choice((-5, 1, 10))))
                ),
            )
        )

    def resume(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None:
            return
        pause = connection.execute(
            select(case_suspensions).where(
                case_suspensions.c.case_id == row.case_id, case_suspensions.c.ended_at.is_(None)
            )
        ).one_or_none()
        if pause is None:
            return
        length = timedelta(minutes=self.random.randint(0, 4000))
        connection.execute(
            update(case_suspensions)
            .where(case_suspensions.c.case_id == row.case_id, case_suspensions.c.seq == pause.seq)
            .values(ended_at=pause.started_at + length)
        )
        if row.deadline_at and row.closed_at is None and self.random.random() < 0.7:
            self._set(connection, row.case_id, deadline_at=row.deadline_at + length)

    def correct(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None:
            return
        change: dict[str, Any] = self.random.choice(
            (
                {"area_id": self.random.choice(GRIDS)},
                {"category_id": self.random.randint(1, 2)},
                {"source_id": self.random.randint(1, 2), "source_ref": f"x{self.random.random()}"},
                {"department_id": self.random.choice((None, 1, 2))},
                {"timeout_exempt": self.random.random() < 0.5},
                {"deadline_at": None, "due_soon_at": None},
                {"deadline_handle_at": None},
                {"is_urgent": self.random.random() < 0.5},
                {"title": "a change no measure knows"},
            )
        )
        self._set(connection, row.case_id, **change)

    def rate(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None:
            return
        connection.execute(
            insert(callbacks).values(
                case_id=row.case_id,
                visited_at=self._moment(20),
                is_valid=self.random.random() < 0.8,
                is_contacted=self.random.random() < 0.8,
                is_solved=self.random.random() < 0.8,
                answer=self.random.choice(ANSWERS),
            )
        )

    def _move(self, connection: Any, case_id: int, state: str, at: datetime) -> None:
        seq = connection.execute(
            select(func.coalesce(func.max(case_events.c.seq), 0)).where(
                case_events.c.case_id == case_id
            )
        ).scalar_one()
        connection.execute(
            insert(case_events).values(
                case_id=case_id, seq=seq + 1, event_at=at, known_at=self.now, to_state=state,
                from_state=self.random.choice((None, "handling", state)),
                department_id=self.random.choice((None, 1, 2)),
            )
        )  # fmt: skip

    def dispatch(self, connection: Any) -> None:
        """Sent out, by the log and by the row, and now and then sent back at once."""
        row = self._any(connection)
        if row is None:
            return
        at = row.reported_at + timedelta(minutes=self.random.choice((0, 10, 20, 3000)))
        self._move(connection, row.case_id, "dispatched", at)
        self._set(connection, row.case_id, dispatched_at=at)
        if self.random.random() < 0.3:
            self._move(connection, row.case_id, "returned_unit", at + timedelta(minutes=5))

    def sign(self, connection: Any) -> None:
        row = self._any(connection)
        if row is not None and row.dispatched_at is not None:
            minutes = self.random.choice((-5, 0, 10, 15, 100, 120, 500))
            self._set(connection, row.case_id, signed_at=row.dispatched_at + minutes * _MINUTE)

    def check(self, connection: Any) -> None:
        """A check, and mostly its end a while later."""
        row = self._any(connection)
        if row is None:
            return
        at = self._moment()
        self._move(connection, row.case_id, "checking", at)
        if self.random.random() < 0.7:
            minutes = self.random.choice((0, 20, 30, 31, 4000))
            self._move(connection, row.case_id, "visiting", at + minutes * _MINUTE)

    def handle(self, connection: Any) -> None:
        row = self._any(connection)
        if row is not None:
            done = None if self.random.random() < 0.1 else self._moment(20)
            self._set(connection, row.case_id, handled_at=done)

    def extend(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None:
            return
        known = case_extensions.c.case_id == row.case_id
        seq = connection.execute(
            select(func.count()).select_from(case_extensions).where(known)
        ).scalar_one()
        at = self._moment()
        connection.execute(
            insert(case_extensions).values(
                case_id=row.case_id, seq=seq + 1, applied_at=at,
                decided_at=self.random.choice((None, at)), is_approved=self.random.random() < 0.7,
            )
        )  # fmt: skip

    def recheck(self, connection: Any) -> None:
        row = self._any(connection)
        if row is None:
            return
        at = self._moment(20)
        connection.execute(
            insert(case_rechecks).values(
                case_id=row.case_id, drawn_at=at, checked_at=self.random.choice((None, at)),
                result=self.random.choice(("true", "false", "unsolved")),
            )
        )  # fmt: skip

    def repeat(self, connection: Any) -> None:
        """One case repeats another; sometimes only long after that one was closed."""
        row = self._any(connection)
        if row is None:
            return
        later = self.random.choice((-5000, 0, 5000, 43_000, 60_000))
        base = row.closed_at or row.reported_at
        self._set(
            connection,
            row.case_id,
            repeat_of_case_id=self.random.choice((None, 1)),
            repeated_at=self.random.choice((None, base + later * _MINUTE)),
        )

    def void(self, connection: Any) -> None:
        row = self._any(connection)
        if row is not None and row.closed_at is None:
            back = None if row.voided_at else self.now
            state = "handling" if row.voided_at else "void"
            master = 1 if back and self.random.random() < 0.5 else None
            self._set(connection, row.case_id, voided_at=back, state=state, master_case_id=master)

    def remove(self, connection: Any) -> None:
        row = self._any(connection)
        if row is not None and self.random.random() < 0.3:
            for table in (
                callbacks, case_cycles, case_suspensions, case_events, case_extensions,
                case_rechecks, cases,
            ):  # fmt: skip
                connection.execute(delete(table).where(table.c.case_id == row.case_id))

    def move_area(self, connection: Any) -> None:
        if self.random.random() < 0.5:
            return
        area = self.random.choice((7, 9, 10, 5))
        parent = self.random.choice((2, 3) if area == 5 else (4, 5, 6))
        connection.execute(update(areas).where(areas.c.area_id == area).values(parent_id=parent))
