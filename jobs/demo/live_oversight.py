"""Whistles 吹哨报到 and sample re-checks 抽查 of the living demo city: now and then one of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, exists, insert, select, update

from data_access.tables import case_rechecks, cases, whistle_calls
from jobs.demo.drafts import RECHECKED_OPINION
from jobs.demo.live_cases import CaseDesk
from jobs.demo.live_open import OpenCase
from jobs.demo.profiles import Profile

_WHISTLE_SHARE: Final = 0.02  # of the cases that a department begins to handle
_ARRIVAL: Final = timedelta(hours=2)
_URGENT_ARRIVAL: Final = timedelta(minutes=30)
_ARRIVALS_PER_LIMIT: Final = 3.0  # so that one in twenty comes late
_FORGOTTEN: Final = timedelta(days=1)  # nobody comes any more
_RECHECK_SHARE: Final = 0.025  # of a year's cases are looked at again
_SAMPLE_DAYS: Final = 30.0
_CHECK_HOURS: Final = 8.0  # from the draw to the look, in hours of the day
_RESULTS: Final = (("true", 0.95), ("false", 0.03), ("unsolved", 0.02))
_WORKING_SECONDS: Final = 365 * 10 * 3600.0  # of a year, from eight to six


class Oversight:
    """Writes calls and re-checks, in transactions of its caller."""

    def __init__(
        self, connection: Connection, profile: Profile, generator: np.random.Generator
    ) -> None:
        self._profile, self._random = profile, generator
        self.read_waiting(connection)

    def read_waiting(self, connection: Connection) -> None:
        """The departments that are awaited and the samples still to be looked at."""
        self._calls: dict[int, Any] = {
            row.call_id: row
            for row in connection.execute(
                select(whistle_calls).where(whistle_calls.c.arrived_at.is_(None)))
        }  # fmt: skip
        self._samples: dict[int, int] = {
            row.recheck_id: row.case_id
            for row in connection.execute(
                select(case_rechecks).where(case_rechecks.c.checked_at.is_(None)))
        }  # fmt: skip

    def see(self, connection: Connection, before: OpenCase, after: OpenCase, now: datetime) -> None:
        """Call a department to the place of some of the cases that are taken in hand."""
        begins = before.state == "signed" and after.state == "handling"
        if not begins or after.department_id is None or self._random.random() >= _WHISTLE_SHARE:
            return
        row = connection.execute(
            update(cases).where(cases.c.case_id == after.case_id).values(is_whistle=True)
            .returning(cases.c.area_id, cases.c.title)
        ).one()  # fmt: skip
        limit = _URGENT_ARRIVAL if after.is_urgent else _ARRIVAL
        call = connection.execute(insert(whistle_calls).values(
            case_id=after.case_id, area_id=row.area_id, department_id=after.department_id,
            called_at=now, due_at=now + limit, matter=row.title).returning(whistle_calls)
        ).one()  # fmt: skip
        self._calls[call.call_id] = call

    def work(
        self, connection: Connection, desk: CaseDesk, now: datetime, passed: float, *, by_day: bool
    ) -> list[OpenCase]:
        """What happens within ``passed`` seconds up to ``now``; the cases that were reopened."""
        self._arrive(connection, now, passed)
        if not by_day:
            return []
        per_second = self._profile.yearly_cases * _RECHECK_SHARE / _WORKING_SECONDS
        for _ in range(int(self._random.poisson(per_second * passed))):
            self._draw(connection, now)
        return self._look(connection, desk, now, passed)

    def _arrive(self, connection: Connection, now: datetime, passed: float) -> None:
        for key, call in list(self._calls.items()):
            seconds = (call.due_at - call.called_at).total_seconds()
            if now - call.called_at > _FORGOTTEN:
                del self._calls[key]
            elif self._random.random() < 1 - np.exp(-_ARRIVALS_PER_LIMIT * passed / seconds):
                connection.execute(
                    update(whistle_calls)
                    .where(whistle_calls.c.call_id == key, whistle_calls.c.arrived_at.is_(None))
                    .values(arrived_at=now)
                )
                del self._calls[key]

    def _draw(self, connection: Connection, now: datetime) -> None:
        """A closed case of the last weeks that was not drawn before."""
        after = now - timedelta(days=float(self._random.uniform(0.05, _SAMPLE_DAYS)))
        drawn = exists().where(case_rechecks.c.case_id == cases.c.case_id)
        case_id = connection.scalar(
            select(cases.c.case_id).where(cases.c.closed_at >= after, ~drawn)
            .order_by(cases.c.closed_at).limit(1)
        )  # fmt: skip
        if case_id is None:
            return
        key = connection.execute(
            insert(case_rechecks).values(case_id=case_id, drawn_at=now, drawn_by="抽查员")
            .returning(case_rechecks.c.recheck_id)
        ).scalar_one()  # fmt: skip
        self._samples[key] = case_id

    def _look(
        self, connection: Connection, desk: CaseDesk, now: datetime, passed: float
    ) -> list[OpenCase]:
        reopened: list[OpenCase] = []
        chance = 1 - np.exp(-passed / 3600 / _CHECK_HOURS)
        for key, case_id in list(self._samples.items()):
            if self._random.random() >= chance:
                continue
            del self._samples[key]
            shares = np.array([share for _, share in _RESULTS])
            result = _RESULTS[int(self._random.choice(len(_RESULTS), p=shares))][0]
            if result != "true":
                case = desk.reopen(connection, case_id, now, RECHECKED_OPINION)
                if case is None:  # it is open again anyhow: nothing to be found out
                    continue
                reopened.append(case)
            connection.execute(
                update(case_rechecks).where(case_rechecks.c.recheck_id == key)
                .values(checked_at=now, result=result)
            )  # fmt: skip
        return reopened
