"""Cases of the living demo city: how one arrives and takes its next legal step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from dashboard.clocks import Pause, WorkCalendar, deadline, due_soon
from dashboard.lifecycle.states import ENTRY_COLUMNS, State, is_allowed
from dashboard.settings import Settings
from data_access.ingest import read_calendar_days
from data_access.tables import (
    areas,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_suspensions,
    cases,
    categories,
    departments,
    sources,
    workers,
)
from data_access.types import to_epoch_ms
from jobs.demo.arrivals import category_season
from jobs.demo.profiles import Profile
from jobs.demo.reference import CATEGORIES, DEPARTMENTS, SOURCES

HOUR_MS: Final = 3_600_000

# Steps an hour at the day's mean pace.
_RATES: Final[dict[str, float]] = {
    "reported": 6.0, "verifying": 2.0, "accepted": 6.0, "filed": 5.0, "dispatched": 0.8,
    "returned_unit": 2.0, "signed": 0.8, "ext_pending": 0.7, "handled": 2.5, "checking": 1.3,
    "visiting": 0.9, "rework": 1.5,
}  # fmt: skip
# Where each state leads and how often; closing at once depends on the source.
_WAYS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "reported": (("accepted", 0.93), ("verifying", 0.03), ("rejected", 0.03), ("merged", 0.01)),
    "verifying": (("accepted", 0.85), ("rejected", 0.15)),
    "accepted": (("filed", 1.0),),
    "filed": (("dispatched", 0.99), ("void", 0.01)),
    "dispatched": (("signed", 0.977), ("returned_unit", 0.023)),
    "returned_unit": (("filed", 1.0),),
    "signed": (("handling", 1.0),),
    "handling": (("handled", 0.97), ("ext_pending", 0.02), ("suspended", 0.01)),
    "ext_pending": (("handling", 1.0),),
    "suspended": (("handling", 1.0),),
    "handled": (("visiting", 0.62), ("checking", 0.38)),
    "checking": (("closed", 0.6), ("visiting", 0.4)),
    "visiting": (("closed", 0.965), ("rework", 0.035)),
    "rework": (("handling", 1.0),),
}
_UNITS: Final = frozenset({"signed", "handling", "handled", "returned_unit", "ext_pending"})
_ANSWERS: Final = (("very_satisfied", 0.30), ("satisfied", 0.58), ("fairly_satisfied", 0.07),
                   ("neutral", 0.05))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """What the desk remembers of a case that is neither closed nor void."""

    case_id: int
    state: str
    source_id: int
    department_id: int | None
    limit_kind: str | None
    accepted_ms: int
    deadline_ms: int
    resumes_ms: int = 0  # planned end of a suspension

    def steps_per_hour(self, now_ms: int, pace: float) -> float:
        """How fast it moves on; ``pace`` 1 is the mean of a day and night."""
        if self.state == "suspended":
            return 60.0 if 0 < self.resumes_ms <= now_ms else 0.0
        urgent = self.limit_kind == "urgent_hour"
        pace = max(pace, 0.5) if urgent else pace
        if self.state != "handling":
            return _RATES.get(self.state, 0.0) * pace
        # Most are handled after about half of the limit; some are not and become overdue.
        hours = max((self.deadline_ms - self.accepted_ms) / HOUR_MS, 1.0)
        late = 0.25 if now_ms > self.deadline_ms else 1.0
        return min(2.0 / hours, 1.0) * pace * late


class CaseDesk:
    """Writes the cases of a living demo city, in transactions of its caller."""

    def __init__(
        self,
        connection: Connection,
        profile: Profile,
        settings: Settings,
        generator: np.random.Generator,
    ) -> None:
        self._profile, self._settings, self._random = profile, settings, generator
        self._calendar = WorkCalendar(
            time_zone=settings.city_time_zone, days=read_calendar_days(connection)
        )
        self._sources = {
            row.code: row.source_id
            for row in connection.execute(select(sources.c.code, sources.c.source_id))
        }
        self._categories = {
            row.name_zh: row for row in connection.execute(
                select(categories).where(categories.c.parent_id.is_not(None)))
        }  # fmt: skip
        self._category_of = {row.category_id: row for row in self._categories.values()}
        self._departments = {
            row.name_zh: row.department_id for row in connection.execute(select(departments))
        }
        self._read_places(connection)
        self._day, self._running = "", 0

    def _read_places(self, connection: Connection) -> None:
        rows = connection.execute(
            select(areas.c.area_id, areas.c.parent_id, areas.c.code, areas.c.level, areas.c.kind,
                   areas.c.name_zh, areas.c.residents, areas.c.longitude, areas.c.latitude)
            .where(areas.c.hierarchy == "main")
        ).all()  # fmt: skip
        self._areas = {row.area_id: row for row in rows}
        self._grids = [row for row in rows if row.level == "grid" and row.kind != "unlocated"]
        shares = np.array([((row.residents or 0) + 20.0) ** 0.8 for row in self._grids])
        self._grid_shares = shares / shares.sum()
        self._territory = {
            row.area_id: row.department_id
            for row in connection.execute(
                select(departments).where(departments.c.kind == "territory"))
        }  # fmt: skip
        self._worker = {
            row.area_id: row.worker_id
            for row in connection.execute(select(workers.c.area_id, workers.c.worker_id))
        }

    def read_open(self, connection: Connection) -> dict[int, OpenCase]:
        """Every case that is neither closed nor void, by id."""
        planned = {
            row.case_id: to_epoch_ms(row.planned_end_at) if row.planned_end_at else 0
            for row in connection.execute(
                select(case_suspensions.c.case_id, case_suspensions.c.planned_end_at)
                .where(case_suspensions.c.ended_at.is_(None)))
        }  # fmt: skip
        rows = connection.execute(
            select(cases).where(cases.c.closed_at.is_(None), cases.c.voided_at.is_(None))
        )
        return {
            row.case_id: OpenCase(
                case_id=row.case_id, state=row.state, source_id=row.source_id,
                department_id=row.department_id, limit_kind=row.limit_kind,
                accepted_ms=to_epoch_ms(row.accepted_at) if row.accepted_at else 0,
                deadline_ms=to_epoch_ms(row.deadline_at) if row.deadline_at else 0,
                resumes_ms=planned.get(row.case_id, 0),
            )
            for row in rows
        }  # fmt: skip

    def arrive(self, connection: Connection, now: datetime) -> OpenCase:
        """A new case, reported at ``now``."""
        month = now.astimezone(self._calendar.zone).month
        shares = np.array([
            given.weight * category_season(self._profile, number)[month - 1]
            for number, given in enumerate(CATEGORIES)
        ])  # fmt: skip
        given = CATEGORIES[int(self._random.choice(len(CATEGORIES), p=shares / shares.sum()))]
        field = given.channel == "field"
        source_shares = np.array([s.field_share if field else s.citizen_share for s in SOURCES])
        source = SOURCES[
            int(self._random.choice(len(SOURCES), p=source_shares / source_shares.sum()))
        ]
        grid = self._grids[int(self._random.choice(len(self._grids), p=self._grid_shares))]
        code = self._next_code(connection, grid, now)
        values: dict[str, Any] = {
            "case_code": code, "source_ref": code, "source_id": self._sources[source.code],
            "category_id": self._categories[given.name[0]].category_id, "area_id": grid.area_id,
            "worker_id": self._worker.get(grid.area_id) if source.is_proactive else None,
            "title": given.title, "longitude": grid.longitude, "latitude": grid.latitude,
            "address": f"{self._areas[grid.parent_id].name_zh}{grid.name_zh}",
            "is_urgent": given.limit_kind == "urgent_hour" and given.limit_amount <= 8,
            "state": State.REPORTED.value, "reported_at": now, "ingested_at": now,
            "updated_at": now,
        }  # fmt: skip
        case_id = connection.execute(
            insert(cases).values(**values).returning(cases.c.case_id)
        ).scalar_one()
        self._log(connection, case_id, None, State.REPORTED.value, now, None)
        return OpenCase(
            case_id=case_id, state=State.REPORTED.value, source_id=values["source_id"],
            department_id=None, limit_kind=None, accepted_ms=0,
            deadline_ms=0,
        )  # fmt: skip

    def _next_code(self, connection: Connection, grid: Any, now: datetime) -> str:
        local = now.astimezone(self._calendar.zone)
        day = local.strftime("%Y%m%d")
        if day != self._day:
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            highest = connection.scalar(
                select(func.max(func.substr(cases.c.case_code, 15, 5))).where(
                    cases.c.reported_at >= midnight - timedelta(days=1),
                    func.substr(cases.c.case_code, 7, 8) == day,
                )
            )
            self._day, self._running = day, int(highest or 0)
        self._running += 1
        return f"{grid.code[:6]}{day}{self._running:05d}"

    def advance(self, connection: Connection, case: OpenCase, now: datetime) -> OpenCase | None:
        """The case after its next step; None once it is closed or void.

        The same object if somebody else has moved it meanwhile: then nothing is written.
        """
        after = self._way(case)
        row = connection.execute(
            select(cases)
            .where(cases.c.case_id == case.case_id, cases.c.state == case.state)
            .with_for_update()
        ).first()
        if row is None or not is_allowed(State(case.state), State(after)):
            return case
        values = self._values(connection, case, row, after, now)
        connection.execute(
            update(cases)
            .where(cases.c.case_id == case.case_id)
            .values(state=after, updated_at=now, **values)
        )
        if after == State.REWORK:
            self._keep_cycle(connection, row, now)
        if case.state == State.EXT_PENDING:
            self._grant_extension(connection, case.case_id, values, now)
        self._attach(connection, case, after, now)
        department = values.get("department_id", case.department_id)
        self._log(connection, case.case_id, case.state, after, now,
                  department if after in _UNITS else None)  # fmt: skip
        if after == State.CLOSED or "voided_at" in values:
            return None
        deadline_at = values.get("deadline_at")
        accepted_at = values.get("accepted_at")
        return replace(
            case, state=after, department_id=department,
            limit_kind=values.get("limit_kind", case.limit_kind),
            deadline_ms=to_epoch_ms(deadline_at) if deadline_at else case.deadline_ms,
            accepted_ms=to_epoch_ms(accepted_at) if accepted_at else case.accepted_ms,
            resumes_ms=to_epoch_ms(now + timedelta(days=45)),
        )  # fmt: skip

    def _way(self, case: OpenCase) -> str:
        if case.state == State.REPORTED:
            own = {self._sources[given.code]: given.self_handled for given in SOURCES}
            if self._random.random() < own[case.source_id] * self._profile.self_handled:
                return State.CLOSED.value
        ways = _WAYS[case.state]
        shares = np.array([share for _, share in ways])
        return ways[int(self._random.choice(len(ways), p=shares / shares.sum()))][0]

    def _values(
        self, connection: Connection, case: OpenCase, row: Any, after: str, now: datetime
    ) -> dict[str, Any]:
        """Columns of ``cases`` that the step writes; ``row``: the case as it stands."""
        column = ENTRY_COLUMNS.get(State(after))
        values: dict[str, Any] = {column: now} if column else {}
        if after in (State.REJECTED, State.MERGED, State.VOID):
            values["void_reason"] = "不属受理范围"
        if row.accepted_at is None and after in (State.ACCEPTED, State.CLOSED):
            values |= self._accept(row, now)
        elif after == State.REWORK:
            values |= self._limits(row.limit_kind, row.limit_amount, now, ()) | {
                "cycle_no": row.cycle_no + 1, "handled_at": None, "checked_at": None,
                "visited_at": None,
            }  # fmt: skip
        elif case.state in (State.SUSPENDED, State.EXT_PENDING):
            # 延期 adds one limit to each granted before; here it is asked for once at most.
            factor = 2.0 if case.state == State.EXT_PENDING else 1.0
            values |= self._limits(
                row.limit_kind, (row.limit_amount or 0.0) * factor,
                self._cycle_start(connection, row), self._pauses(connection, case.case_id, now),
            )  # fmt: skip
        return values

    def _accept(self, row: Any, now: datetime) -> dict[str, Any]:
        category = self._category_of[row.category_id]
        department = self._department(category.name_zh, row.area_id)
        limits = self._limits(category.limit_kind, category.limit_amount, now, ())
        return limits | {
            "accepted_at": now, "department_id": department, "first_department_id": department,
            "limit_kind": category.limit_kind, "limit_amount": category.limit_amount,
        }  # fmt: skip

    def _department(self, category: str, area_id: int) -> int | None:
        keys = {given.key: given.name[0] for given in DEPARTMENTS}
        wanted = next((keys[g.department] for g in CATEGORIES if g.name[0] == category), None)
        local: int | None = area_id
        while local is not None and local not in self._territory:
            local = self._areas[local].parent_id if local in self._areas else None
        if local is not None and (wanted is None or self._random.random() < 0.35):
            return int(self._territory[local])
        return self._departments.get(wanted) if wanted else None

    def _limits(
        self, kind: str | None, amount: float | None, start: datetime, pauses: tuple[Pause, ...]
    ) -> dict[str, Any]:
        if kind is None or amount is None:
            return {}
        end = deadline(self._calendar, start, kind, amount, pauses=pauses)
        yellow = due_soon(
            self._calendar, start, kind, amount, pauses=pauses,
            ratio=self._settings.due_soon_ratio,
        )  # fmt: skip
        return {"deadline_at": end, "deadline_handle_at": end, "due_soon_at": yellow}

    def _cycle_start(self, connection: Connection, row: Any) -> datetime:
        found: datetime | None = connection.scalar(
            select(func.max(case_cycles.c.reopened_at)).where(case_cycles.c.case_id == row.case_id)
        )
        start: datetime = found or row.accepted_at or row.reported_at
        return start

    def _pauses(self, connection: Connection, case_id: int, now: datetime) -> tuple[Pause, ...]:
        rows = connection.execute(
            select(case_suspensions.c.started_at, case_suspensions.c.ended_at)
            .where(case_suspensions.c.case_id == case_id)
        )  # fmt: skip
        return tuple(Pause(row.started_at, row.ended_at or now) for row in rows)

    def _attach(self, connection: Connection, case: OpenCase, after: str, now: datetime) -> None:
        """Rows that hang on the case: suspension, extension, call-back."""
        key = case.case_id
        if case.state == State.SUSPENDED:
            connection.execute(
                update(case_suspensions)
                .where(case_suspensions.c.case_id == key, case_suspensions.c.ended_at.is_(None))
                .values(ended_at=now)
            )
        if after == State.SUSPENDED:
            connection.execute(insert(case_suspensions).values(
                case_id=key, seq=self._next(connection, case_suspensions, key), started_at=now,
                planned_end_at=now + timedelta(days=45), reason="受季节和工程条件限制，申请挂账",
                approver="派遣员"))  # fmt: skip
        if after == State.EXT_PENDING:
            connection.execute(insert(case_extensions).values(
                case_id=key, seq=self._next(connection, case_extensions, key), applied_at=now,
                is_approved=False, reason="需协调施工，申请延期"))  # fmt: skip
        if case.state == State.VISITING:
            self._call_back(connection, key, now, is_content=after == State.CLOSED)

    def _keep_cycle(self, connection: Connection, row: Any, now: datetime) -> None:
        """The cycle that ends, with the limits that stood on the case before this step."""
        connection.execute(insert(case_cycles).values(
            case_id=row.case_id, cycle_no=row.cycle_no,
            started_at=self._cycle_start(connection, row), deadline_at=row.deadline_at,
            due_soon_at=row.due_soon_at, handled_at=row.handled_at, reopened_at=now,
            result="rework"))  # fmt: skip

    @staticmethod
    def _grant_extension(
        connection: Connection, case_id: int, values: dict[str, Any], now: datetime
    ) -> None:
        connection.execute(
            update(case_extensions)
            .where(case_extensions.c.case_id == case_id, case_extensions.c.decided_at.is_(None))
            .values(decided_at=now, is_approved=True, new_deadline_at=values.get("deadline_at"))
        )

    def _call_back(
        self, connection: Connection, case_id: int, now: datetime, *, is_content: bool
    ) -> None:
        contacted = not is_content or self._random.random() < 0.985
        shares = np.array([share for _, share in _ANSWERS])
        answer = _ANSWERS[int(self._random.choice(len(_ANSWERS), p=shares / shares.sum()))][0]
        connection.execute(insert(callbacks).values(
            case_id=case_id, visited_at=now, is_valid=self._random.random() < 0.94,
            is_contacted=contacted, is_solved=contacted and is_content,
            answer=(answer if is_content else "dissatisfied") if contacted else None,
            channel="电话"))  # fmt: skip

    @staticmethod
    def _next(connection: Connection, table: Any, case_id: int) -> int:
        highest = connection.scalar(select(func.max(table.c.seq)).where(table.c.case_id == case_id))
        return (highest or 0) + 1

    def _log(
        self, connection: Connection, case_id: int, before: str | None, after: str, now: datetime,
        department: int | None,
    ) -> None:  # fmt: skip
        connection.execute(insert(case_events).values(
            case_id=case_id, seq=self._next(connection, case_events, case_id), event_at=now,
            known_at=now, from_state=before, to_state=after, department_id=department,
            actor="处置单位" if after in _UNITS else "系统"))  # fmt: skip
