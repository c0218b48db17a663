"""Field work of the living demo city: check-ins, signs of life, patrols, visits, deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from dashboard.settings import Settings
from data_access.bulk import bulk_insert
from data_access.frames import NULL_MS
from data_access.tables import (
    check_ins,
    leaves,
    patrols,
    shifts,
    sources,
    visit_classes,
    visit_subjects,
    visits,
    workers,
)
from data_access.types import to_epoch_ms
from jobs.demo.city_days import Span
from jobs.demo.officers import keep_officers
from jobs.demo.staff import DAYS_AHEAD, shifts_of_day

_CHECK_IN_SECONDS: Final = 300.0  # mean delay after the start of a shift
_SIGN_OF_LIFE_SECONDS: Final = 540.0  # mean distance of two signs of life of a worker on duty
_PATROL_MINUTES: Final = 45
_PATROLS_PER_SHIFT_HOUR: Final = 2 / 9
_VISITS_PER_SHIFT_HOUR: Final = 0.06
_ABSENT_EVERY: Final = 55  # one shift in so many sees nobody
_LOOK_SECONDS: Final = 20.0  # how often the list of running shifts is read again


class FieldWork:
    """Writes what workers do outside cases, in transactions of its caller."""

    def __init__(
        self, connection: Connection, settings: Settings, generator: np.random.Generator
    ) -> None:
        self._random = generator
        self._rostered = np.array([
            row.worker_id for row in connection.execute(
                select(workers.c.worker_id)
                .where(workers.c.is_full_time, workers.c.role.in_(("grid_worker", "grid_head")))
                .order_by(workers.c.worker_id))
        ], dtype=np.int64)  # fmt: skip
        self._area = {
            row.worker_id: row.area_id
            for row in connection.execute(select(workers.c.worker_id, workers.c.area_id))
        }
        self._interval_days: dict[str, int] = {
            row.visit_class: row.interval_days for row in connection.execute(select(visit_classes))
        }
        self._running: list[Any] = []
        self._looked: datetime | None = None

    def work(self, connection: Connection, now: datetime, span: Span, passed: float) -> None:
        """What happens within ``passed`` seconds up to ``now`` (aware)."""
        if self._looked is None or (now - self._looked).total_seconds() >= _LOOK_SECONDS:
            self._extend_roster(connection, span)
            keep_officers(connection, span, self._random, passed=_LOOK_SECONDS)
            self._running = self._read_running(connection, now)
            self._looked = now
        self._check_in(connection, now, passed)
        on_duty = [row for row in self._running if row.checked_in_at is not None]
        self._show_life(connection, on_duty, now, passed)
        self._patrol(connection, on_duty, now, passed)
        self._visit(connection, on_duty, now, passed)
        self._deliver(connection, now)

    def _hits(self, rows: list[Any], per_second: float, passed: float) -> list[Any]:
        if not rows:
            return []
        hit = self._random.random(len(rows)) < 1 - np.exp(-per_second * passed)
        return [rows[number] for number in np.flatnonzero(hit)]

    def _extend_roster(self, connection: Connection, span: Span) -> None:
        """Shifts for the coming week, when fewer than three days of them are left."""
        last = connection.scalar(select(func.max(shifts.c.starts_at)))
        today = int(span.local_days(np.array([span.now_ms]))[0])
        planned = int(span.local_days(np.array([to_epoch_ms(last)]))[0]) if last else today - 1
        if planned >= today + 3:
            return
        for day in range(max(planned + 1, today), today + DAYS_AHEAD):
            worker, start, end, _ = shifts_of_day(self._rostered, day, span, self._random)
            bulk_insert(connection, shifts, {
                "worker_id": worker, "starts_at": start, "ends_at": end,
                "area_id": np.array([self._area[w] for w in worker.tolist()], dtype=np.int64),
                "checked_in_at": np.full(len(worker), NULL_MS, dtype=np.int64),
            })  # fmt: skip

    def _read_running(self, connection: Connection, now: datetime) -> list[Any]:
        """Shifts that run now, of workers who are not on leave."""
        away = select(leaves.c.worker_id).where(leaves.c.starts_at <= now, leaves.c.ends_at > now)
        return list(connection.execute(
            select(shifts).where(
                shifts.c.starts_at <= now, shifts.c.starts_at > now - timedelta(hours=12),
                shifts.c.ends_at > now, shifts.c.worker_id.not_in(away))
        ))  # fmt: skip

    def _check_in(self, connection: Connection, now: datetime, passed: float) -> None:
        waiting = [
            row for row in self._running
            if row.checked_in_at is None and row.shift_id % _ABSENT_EVERY
        ]  # fmt: skip
        for row in self._hits(waiting, 1 / _CHECK_IN_SECONDS, passed):
            connection.execute(
                update(shifts)
                .where(shifts.c.shift_id == row.shift_id, shifts.c.checked_in_at.is_(None))
                .values(checked_in_at=now)
            )
            connection.execute(insert(check_ins).values(
                worker_id=row.worker_id, kind="check_in", at=now))  # fmt: skip
            self._seen(connection, [row.worker_id], now)
            self._running.remove(row)

    def _show_life(
        self, connection: Connection, on_duty: list[Any], now: datetime, passed: float
    ) -> None:
        hits = self._hits(on_duty, 1 / _SIGN_OF_LIFE_SECONDS, passed)
        self._seen(connection, [row.worker_id for row in hits], now)

    @staticmethod
    def _seen(connection: Connection, worker_ids: list[int], now: datetime) -> None:
        if worker_ids:
            connection.execute(
                update(workers).where(workers.c.worker_id.in_(worker_ids)).values(last_seen_at=now)
            )

    def _patrol(
        self, connection: Connection, on_duty: list[Any], now: datetime, passed: float
    ) -> None:
        started = self._hits(on_duty, _PATROLS_PER_SHIFT_HOUR / 3600, passed)
        if started:
            connection.execute(insert(patrols), [
                {"worker_id": row.worker_id, "area_id": row.area_id, "started_at": now,
                 "checkpoints": int(self._random.integers(5, 13)), "checkpoints_done": 0}
                for row in started
            ])  # fmt: skip
        connection.execute(
            update(patrols)
            .where(patrols.c.ended_at.is_(None),
                   patrols.c.started_at < now - timedelta(minutes=_PATROL_MINUTES))
            .values(ended_at=now, checkpoints_done=patrols.c.checkpoints)
        )  # fmt: skip

    def _visit(
        self, connection: Connection, on_duty: list[Any], now: datetime, passed: float
    ) -> None:
        for row in self._hits(on_duty, _VISITS_PER_SHIFT_HOUR / 3600, passed):
            subject = connection.execute(
                select(visit_subjects).where(visit_subjects.c.area_id == row.area_id)
                .order_by(visit_subjects.c.next_due_at).limit(1)
            ).first()  # fmt: skip
            if subject is None:
                continue
            minutes = int(self._random.integers(6, 35))
            connection.execute(insert(visits).values(
                worker_id=row.worker_id, area_id=row.area_id, subject_id=subject.subject_id,
                visit_class=subject.visit_class, visited_at=now, due_at=subject.next_due_at,
                minutes=minutes))  # fmt: skip
            days = self._interval_days[subject.visit_class]
            connection.execute(
                update(visit_subjects).where(visit_subjects.c.subject_id == subject.subject_id)
                .values(last_visited_at=now, next_due_at=now + timedelta(days=days))
            )  # fmt: skip

    def _deliver(self, connection: Connection, now: datetime) -> None:
        """A source with a promise delivers before its interval is over."""
        for row in connection.execute(
            select(sources.c.source_id, sources.c.interval_seconds, sources.c.last_ingested_at)
            .where(sources.c.interval_seconds.is_not(None))
        ).all():  # fmt: skip
            last = row.last_ingested_at
            if last is None or (now - last).total_seconds() > row.interval_seconds * 0.7:
                connection.execute(
                    update(sources).where(sources.c.source_id == row.source_id)
                    .values(last_ingested_at=now)
                )  # fmt: skip
