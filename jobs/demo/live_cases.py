"""Cases of the living demo city: how one takes its next legal step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from dashboard.clocks.case_clock import CaseTimes, Extension, Suspension, settled_deadlines
from dashboard.lifecycle.states import ENTRY_COLUMNS, State, is_allowed
from dashboard.readings.case_limits import (
    Clocks,
    clocks_of,
    copied_limit,
    deadline_change,
    limit_again,
)
from dashboard.settings import Settings
from data_access.calendar import save_deadline_changes
from data_access.running_clocks import read_ended_pauses, read_extensions
from data_access.tables import (
    callbacks,
    case_cycles,
    case_extensions,
    case_suspensions,
    cases,
)
from data_access.types import from_epoch_ms, to_epoch_ms
from jobs.demo.drafts import OPINION
from jobs.demo.live_arrivals import Arrivals
from jobs.demo.live_open import UNIT_STATES, OpenCase, log_step, open_case
from jobs.demo.profiles import Profile
from jobs.demo.reference import CONSULTATIONS

# Where each state leads and how often; closing at once depends on the source.
_WAYS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "reported": (("accepted", 0.93), ("verifying", 0.03), ("rejected", 0.03), ("merged", 0.01)),
    "verifying": (("accepted", 0.85), ("rejected", 0.15)),
    "accepted": (("filed", 1.0),),
    "filed": (("dispatched", 0.99), ("void", 0.01)),
    "dispatched": (("signed", 0.97), ("returned_unit", 0.03)),
    "returned_unit": (("filed", 1.0),),
    "signed": (("handling", 1.0),),
    "handling": (("handled", 0.97), ("ext_pending", 0.02), ("suspended", 0.01)),
    "ext_pending": (("handling", 1.0),),
    "handled": (("visiting", 0.62), ("checking", 0.38)),
    "checking": (("closed", 0.6), ("visiting", 0.4)),
    "visiting": (("closed", 0.965), ("rework", 0.035)),
    "rework": (("handling", 1.0),),
}
_ANSWERS: Final = (("very_satisfied", 0.30), ("satisfied", 0.58), ("fairly_satisfied", 0.07),
                   ("neutral", 0.05))  # fmt: skip
_APPROVED_SHARE: Final = 0.9
_SUSPENDED_DAYS: Final = (7, 60)
_MASTER_DAYS: Final = 4
_VOID_OPINIONS: Final = {
    State.REJECTED: OPINION["rejected"], State.MERGED: OPINION["merged"],
    State.VOID: OPINION["voided"],
}  # fmt: skip
# Written when a state is first entered, and kept when it is entered again.
_FIRST_ONLY: Final = frozenset({"filed_at", "arrived_at"})
_CLOCK_INSTANTS: Final = (
    "clock_started_at", "due_soon_at", "deadline_handle_at", "deadline_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A step about to be taken: the case as it stands, where it goes, and what is written."""

    row: Any
    after: State
    values: dict[str, Any]
    now: datetime


class CaseDesk:
    """Moves the cases of a living demo city, in transactions of its caller."""

    def __init__(
        self,
        connection: Connection,
        profile: Profile,
        settings: Settings,
        generator: np.random.Generator,
    ) -> None:
        self._profile, self._settings, self._random = profile, settings, generator
        self.read_clocks(connection)
        self.arrivals = Arrivals(connection, profile, self.clocks.calendar, generator)

    def read_clocks(self, connection: Connection) -> None:
        """Calendar and table of limits, which somebody may have edited."""
        self.clocks: Clocks = clocks_of(connection, self._settings)

    def advance(self, connection: Connection, case: OpenCase, now: datetime) -> OpenCase | None:
        """The case after its next step; None once it is closed or void.

        The same object if somebody else has moved it meanwhile: then nothing is written.
        """
        row = connection.execute(
            select(cases)
            .where(cases.c.case_id == case.case_id, cases.c.state == case.state)
            .with_for_update()
        ).first()
        if row is None or case.state not in _WAYS:
            return case
        after, master = self._way(connection, row, now)
        if not is_allowed(State(row.state), after):
            return case
        return self._take(connection, row, after, now, master=master)

    def reopen(
        self, connection: Connection, case_id: int, now: datetime, opinion: str
    ) -> OpenCase | None:
        """Send a closed case back 退回重办; None if it is not closed any more."""
        row = connection.execute(
            select(cases).where(cases.c.case_id == case_id, cases.c.state == State.CLOSED.value)
            .with_for_update()
        ).first()  # fmt: skip
        if row is None:
            return None
        return self._take(connection, row, State.REWORK, now, opinion=opinion)

    def _take(
        self,
        connection: Connection,
        row: Any,
        after: State,
        now: datetime,
        *,
        master: int | None = None,
        opinion: str | None = None,
    ) -> OpenCase | None:
        values = self._values(connection, row, after, now)
        if master is not None:
            values["master_case_id"] = master
        step = _Step(row=row, after=after, values=values, now=now)
        self._attach(connection, step)
        written = connection.execute(
            update(cases)
            .where(cases.c.case_id == row.case_id)
            .values(state=after.value, updated_at=now, **values)
            .returning(cases)
        ).one()
        sent = after.value in UNIT_STATES or after == State.DISPATCHED
        log_step(
            connection, row.case_id, row.state, after.value, now,
            department_id=written.department_id if sent else None,
            opinion=opinion or self._opinion(row, after),
        )  # fmt: skip
        if written.closed_at is not None or written.voided_at is not None:
            return None
        return open_case(written)

    def _way(self, connection: Connection, row: Any, now: datetime) -> tuple[State, int | None]:
        """(the next state, the master of a duplicate)."""
        if row.state == State.REPORTED:
            source = self.arrivals.source_of(row.source_id)
            category = self.arrivals.category_of(row.category_id)
            own = source.self_handled * self._profile.self_handled if source else 0.0
            if category and not category.flag and self._random.random() < own:
                return State.CLOSED, None
        ways = _WAYS[row.state]
        shares = np.array([share for _, share in ways])
        after = State(ways[int(self._random.choice(len(ways), p=shares / shares.sum()))][0])
        if after == State.MERGED:
            master = self._master(connection, row, now)
            return (after, master) if master else (State.ACCEPTED, None)
        waits = after in (State.EXT_PENDING, State.SUSPENDED)
        if waits and not self._may_wait(connection, row, now):
            after = State.HANDLED
        return after, None

    def _master(self, connection: Connection, row: Any, now: datetime) -> int | None:
        """A running case of the same kind in the same grid, which this one repeats."""
        return connection.scalar(
            select(cases.c.case_id).where(
                cases.c.area_id == row.area_id, cases.c.category_id == row.category_id,
                cases.c.accepted_at >= now - timedelta(days=_MASTER_DAYS),
                cases.c.voided_at.is_(None), cases.c.case_id != row.case_id,
            ).limit(1)
        )  # fmt: skip

    @staticmethod
    def _may_wait(connection: Connection, row: Any, now: datetime) -> bool:
        """延期 and 挂账 are applied for before the case is overdue, here once a case at most."""
        for table in (case_extensions, case_suspensions):
            if _next(connection, table, row.case_id) > 1:
                return False
        return bool(
            row.deadline_handle_at and now < row.deadline_handle_at and row.cycle_no == 1
            and row.clock_started_at == row.accepted_at
        )  # fmt: skip

    def _opinion(self, row: Any, after: State) -> str | None:
        if after in _VOID_OPINIONS:
            return _VOID_OPINIONS[after]
        names = {
            State.RETURNED_UNIT: "returned", State.EXT_PENDING: "extension_asked",
            State.SUSPENDED: "suspended", State.REWORK: "rework",
        }  # fmt: skip
        return OPINION[names[after]] if after in names else None

    def _values(
        self, connection: Connection, row: Any, after: State, now: datetime
    ) -> dict[str, Any]:
        """Columns of ``cases`` that the step writes; ``row``: the case as it stands."""
        column = ENTRY_COLUMNS.get(after)
        values: dict[str, Any] = {}
        if column and not (column in _FIRST_ONLY and getattr(row, column) is not None):
            values[column] = now
        if after in _VOID_OPINIONS:
            values["void_reason"] = _VOID_OPINIONS[after]
        if row.accepted_at is None and after in (State.ACCEPTED, State.CLOSED):
            values |= self._accept(row, now)
        if after == State.CLOSED:
            values |= self._close(row, now)
        elif after == State.FILED and row.state == State.RETURNED_UNIT:
            values["department_id"] = self.arrivals.department_for(
                row.category_id, row.area_id, but=row.department_id
            )
        elif after == State.HANDLING and row.first_contact_at is None and row.signed_at:
            values["first_contact_at"] = row.signed_at + (now - row.signed_at) / 2
        elif after == State.REWORK:
            limit = copied_limit(row._mapping)
            values |= _instants(limit_again(_clock_row(row), to_epoch_ms(now), limit, self.clocks))
            values |= {
                "cycle_no": row.cycle_no + 1, "handled_at": None, "checked_at": None,
                "visited_at": None, "closed_at": None, "close_kind": None,
            }  # fmt: skip
        elif row.state == State.EXT_PENDING:
            values |= self._decide_extension(connection, row, now)
        return values

    def _accept(self, row: Any, now: datetime) -> dict[str, Any]:
        department = self.arrivals.department_for(row.category_id, row.area_id)
        start = to_epoch_ms(now)
        limit = self.clocks.limit_on(dict(row._mapping), start)
        clock = limit_again(_clock_row(row), start, limit, self.clocks)
        return _instants(clock) | {
            "accepted_at": now,
            "department_id": department,
            "first_department_id": department,
        }

    def _close(self, row: Any, now: datetime) -> dict[str, Any]:
        """How it was closed; what is worked off on the spot is filed with the same form."""
        if row.state != State.REPORTED:
            return {"close_kind": "handled"}
        source = self.arrivals.source_of(row.source_id)
        category = self.arrivals.category_of(row.category_id)
        asked = category is not None and category.name[0] in CONSULTATIONS
        kind = source.kind if source else "internal"
        if kind in ("hotline", "internal") or (kind == "public" and asked):
            return {"close_kind": "answered"}
        return {"close_kind": "on_site", "filed_at": now}

    def _decide_extension(self, connection: Connection, row: Any, now: datetime) -> dict[str, Any]:
        """Approve or refuse what was applied for; an approval moves the deadlines 延期."""
        approved = bool(self._random.random() < _APPROVED_SHARE)
        waiting = (case_extensions.c.case_id == row.case_id) & (
            case_extensions.c.decided_at.is_(None)
        )
        connection.execute(
            update(case_extensions).where(waiting).values(decided_at=now, is_approved=approved)
        )
        limit = copied_limit(row._mapping)
        if not approved or limit is None or row.clock_started_at is None:
            return {}
        found = settled_deadlines(
            self.clocks.calendar,
            CaseTimes(
                limit=limit, started_ms=to_epoch_ms(row.clock_started_at),
                suspensions=tuple(
                    Suspension(one["started_at"], None, one["ended_at"])
                    for one in read_ended_pauses(connection, [row.case_id])
                ),
                extensions=tuple(
                    Extension(one["applied_at"], one["decided_at"], bool(one["is_approved"]))
                    for one in read_extensions(connection, [row.case_id])
                ),
            ),
            self.clocks.rules,
        )  # fmt: skip
        if found is None:
            return {}
        moved = {
            "due_soon_at": found.due_soon_ms, "deadline_handle_at": found.handle_ms,
            "deadline_at": found.close_ms,
        }  # fmt: skip
        connection.execute(
            update(case_extensions)
            .where(case_extensions.c.case_id == row.case_id, case_extensions.c.decided_at == now)
            .values(new_deadline_at=from_epoch_ms(found.close_ms))
        )
        _record(connection, row, moved, "extension", now)
        return _instants(moved)

    def _attach(self, connection: Connection, step: _Step) -> None:
        """Rows that hang on the case: suspension, extension, call-back, kept cycle."""
        row, now, key = step.row, step.now, step.row.case_id
        if step.after == State.SUSPENDED:
            days = int(self._random.integers(*_SUSPENDED_DAYS))
            connection.execute(insert(case_suspensions).values(
                case_id=key, seq=_next(connection, case_suspensions, key), started_at=now,
                planned_end_at=now + timedelta(days=days), reason=OPINION["suspended"],
                approver="派遣员"))  # fmt: skip
        if step.after == State.EXT_PENDING:
            connection.execute(insert(case_extensions).values(
                case_id=key, seq=_next(connection, case_extensions, key), applied_at=now,
                is_approved=False, reason=OPINION["extension_asked"]))  # fmt: skip
        if row.state == State.VISITING:
            self._call_back(connection, key, now, is_content=step.after == State.CLOSED)
        if step.after == State.REWORK:
            self._keep_cycle(connection, row, now)
            moved = {name: step.values.get(name) for name in _CLOCK_INSTANTS}
            ms = {name: None if at is None else to_epoch_ms(at) for name, at in moved.items()}
            _record(connection, row, ms, "rework", now)

    def _keep_cycle(self, connection: Connection, row: Any, now: datetime) -> None:
        """The cycle that ends, with the limits that stood on the case before this step."""
        begun = connection.scalar(
            select(func.max(case_cycles.c.reopened_at)).where(case_cycles.c.case_id == row.case_id)
        )
        connection.execute(insert(case_cycles).values(
            case_id=row.case_id, cycle_no=row.cycle_no,
            started_at=begun or row.accepted_at or row.reported_at,
            deadline_handle_at=row.deadline_handle_at, deadline_at=row.deadline_at,
            due_soon_at=row.due_soon_at, handled_at=row.handled_at, closed_at=row.closed_at,
            reopened_at=now, result="rework"))  # fmt: skip

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


def _next(connection: Connection, table: Any, case_id: int) -> int:
    highest = connection.scalar(select(func.max(table.c.seq)).where(table.c.case_id == case_id))
    return (highest or 0) + 1


def _clock_row(row: Any) -> dict[str, Any]:
    """The columns of limits and clocks, instants in epoch ms."""
    found: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("case_id", "category_id", "filing_condition", "limit_kind", "limit_amount",
                     "start_rule")
    }  # fmt: skip
    for name in _CLOCK_INSTANTS:
        at = getattr(row, name)
        found[name] = None if at is None else to_epoch_ms(at)
    return found


def _instants(values: dict[str, Any]) -> dict[str, Any]:
    """The same with the instants of clocks as datetimes."""
    return {
        name: from_epoch_ms(value) if name in _CLOCK_INSTANTS and value is not None else value
        for name, value in values.items()
    }


def _record(
    connection: Connection, row: Any, moved: dict[str, Any], reason: str, now: datetime
) -> None:
    """Keep the old and the new deadlines, where they differ."""
    change = deadline_change(_clock_row(row), moved, reason, to_epoch_ms(now))
    if change["old_deadline_handle_at"] != change["new_deadline_handle_at"]:
        save_deadline_changes(connection, [change])
