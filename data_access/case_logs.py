"""Reading the logs of cases as columns: what their findings are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, or_, select

from data_access.case_columns import CaseRange, Wanted, is_wanted
from data_access.frames import NULL_MS, Ints
from data_access.log_frames import (
    CLOSE_KINDS,
    NOWHERE,
    CaseLogs,
    LoggedAnswers,
    LoggedEvents,
    LoggedExtensions,
    LoggedPauses,
)
from data_access.tables import (
    callbacks,
    case_events,
    case_extensions,
    case_rechecks,
    case_suspensions,
    cases,
    deadline_changes,
)
from data_access.types import epoch_ms

_NULL = literal(NULL_MS)


def read_case_logs(
    connection: Connection,
    wanted: Wanted,
    *,
    states: Sequence[str],
    entry_columns: Sequence[str],
) -> CaseLogs:
    """The wanted cases and their logs, ordered by case id; ids that do not exist are left out.

    ``states`` are numbered from 0 in their order, words beside them after; ``entry_columns`` are
    the bits of ``told``.
    """
    numbers = _Numbers(states)
    rows = _rows(connection, _case_query(connection, wanted, entry_columns), wanted)
    case_id = _ints(rows, 0)
    kinds = {kind: number for number, kind in enumerate(CLOSE_KINDS)}
    deadline = _ints(rows, 7)
    owners = _Owners(connection, wanted, case_id)
    events = owners.read_events(numbers)
    state = np.array([numbers[row[1]] for row in rows], dtype=np.int64)
    return CaseLogs(
        case_id=case_id,
        state=state,
        cycle_no=_ints(rows, 2),
        is_closed=_ints(rows, 3) == 1,
        is_voided=_ints(rows, 4) == 1,
        close_kind=np.array([kinds.get(row[5], -1) for row in rows], dtype=np.int64),
        repeated_ms=_ints(rows, 6),
        told=_ints(rows, 8),
        states=tuple(numbers),
        events=events,
        pauses=owners.read_pauses(),
        extensions=owners.read_extensions(deadline, _ints(rows, 2)),
        answers=owners.read_answers(),
        rechecks=owners.read_rechecks(),
    )


class _Numbers(dict[str, int]):
    """Word → number; a word that is met for the first time gets the next one."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__({word: number for number, word in enumerate(words)})

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


def _instant(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(epoch_ms(column), _NULL)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _case_query(
    connection: Connection, wanted: Wanted, entry_columns: Sequence[str]
) -> Select[Any]:
    told: Any = literal(0)
    for number, name in enumerate(entry_columns):
        told = told + case((cases.c[name].is_not(None), 1 << number), else_=0)
    return (
        select(
            cases.c.case_id,
            cases.c.state,
            cases.c.cycle_no,
            _flag(cases.c.closed_at.is_not(None)),
            _flag(cases.c.voided_at.is_not(None)),
            cases.c.close_kind,
            _instant(cases.c.repeated_at),
            _instant(func.coalesce(cases.c.deadline_handle_at, cases.c.deadline_at)),
            told,
        )
        .where(is_wanted(connection, cases.c.case_id, wanted))
        .order_by(cases.c.case_id)
    )


def _rows(connection: Connection, query: Select[Any], wanted: Wanted) -> Sequence[Any]:
    """All rows. Those of a range of ids come past SQLAlchemy, whose row objects cost as much as
    reading: a rebuild asks for millions of events."""
    if not isinstance(wanted, CaseRange):
        return connection.execute(query).fetchall()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(str(compiled))
        return cast("Sequence[Any]", cursor.fetchall())
    finally:
        cursor.close()


def _ints(rows: Sequence[Any], column: int) -> Ints:
    return np.fromiter((row[column] for row in rows), dtype=np.int64, count=len(rows))


class _Owners:
    """Reads what hangs on the cases; rows of cases that are gone are left out."""

    def __init__(self, connection: Connection, wanted: Wanted, case_id: Ints) -> None:
        self._connection, self._wanted, self._case_id = connection, wanted, case_id

    def _read(self, query: Select[Any], key: ColumnElement[int]) -> tuple[Ints, Sequence[Any]]:
        """(row number of the case of each row, rows), rows of other cases left out."""
        chosen = query.where(is_wanted(self._connection, key, self._wanted))
        rows = _rows(self._connection, chosen, self._wanted)
        owner = _ints(rows, 0)
        if len(self._case_id) == 0:
            return owner[:0], []
        row = np.minimum(np.searchsorted(self._case_id, owner), len(self._case_id) - 1)
        there = self._case_id[row] == owner
        if there.all():
            return row, rows
        return row[there], [one for one, keep in zip(rows, there.tolist(), strict=True) if keep]

    def read_events(self, numbers: _Numbers) -> LoggedEvents:
        table = case_events
        query = select(
            table.c.case_id, epoch_ms(table.c.event_at), table.c.from_state, table.c.to_state
        ).order_by(table.c.case_id, table.c.seq)
        owner, rows = self._read(query, table.c.case_id)
        count = len(rows)
        flat: list[Any] = list(chain.from_iterable(rows))
        before: Mapping[str | None, int] = _WithNone(numbers)
        return LoggedEvents(
            case=owner,
            event_ms=np.array(flat[1::4], dtype=np.int64).reshape(count),
            before=np.fromiter((before[word] for word in flat[2::4]), np.int64, count),
            after=np.fromiter((numbers[word] for word in flat[3::4]), np.int64, count),
        )

    def read_pauses(self) -> LoggedPauses:
        table = case_suspensions
        instants = (table.c.started_at, table.c.planned_end_at, table.c.ended_at)
        query = select(table.c.case_id, *map(_instant, instants))
        owner, rows = self._read(query, table.c.case_id)
        return LoggedPauses(
            case=owner,
            started_ms=_ints(rows, 1),
            planned_end_ms=_ints(rows, 2),
            ended_ms=_ints(rows, 3),
        )

    def read_extensions(self, deadline: Ints, cycle_no: Ints) -> LoggedExtensions:
        """With the deadline each would have changed, where that is still known: from the record of
        changed deadlines, or on the case itself where nothing was ever granted."""
        table = case_extensions
        query = select(
            table.c.case_id,
            _instant(table.c.applied_at),
            _instant(table.c.decided_at),
            _flag(table.c.is_approved),
            _instant(table.c.new_deadline_at),
        ).order_by(table.c.case_id, table.c.seq)
        owner, rows = self._read(query, table.c.case_id)
        approved = _ints(rows, 3) == 1
        plain = cycle_no[owner] == 1
        plain[np.isin(owner, owner[approved])] = False
        before = np.where(plain, deadline[owner], NULL_MS)
        changed = self._changed_deadlines() if len(rows) else {}
        for number, row in enumerate(rows):
            found = changed.get((row[0], row[4]))
            if found is not None:
                before[number] = found
        return LoggedExtensions(
            case=owner,
            applied_ms=_ints(rows, 1),
            decided_ms=_ints(rows, 2),
            is_approved=approved,
            deadline_ms=before,
        )

    def _changed_deadlines(self) -> dict[tuple[int, int], int]:
        """(case id, new deadline) → old one, of deadlines changed by an extension."""
        table = deadline_changes
        query = select(
            table.c.case_id,
            _instant(table.c.new_deadline_handle_at),
            _instant(table.c.new_deadline_at),
            _instant(func.coalesce(table.c.old_deadline_handle_at, table.c.old_deadline_at)),
        ).where(table.c.reason == "extension")
        found: dict[tuple[int, int], int] = {}
        for _, row in zip(*self._read(query, table.c.case_id), strict=True):
            found[row[0], row[1]] = found[row[0], row[2]] = row[3]
        return found

    def read_answers(self) -> LoggedAnswers:
        """Valid call-backs; one that reached nobody says nothing about the solution."""
        table = callbacks
        unsolved = table.c.is_contacted & ~table.c.is_solved
        query = select(
            table.c.case_id,
            epoch_ms(table.c.visited_at),
            _flag(or_(func.coalesce(table.c.answer, "") == "dissatisfied", unsolved)),
        ).where(table.c.is_valid)
        return self._answers(*self._read(query, table.c.case_id))

    def read_rechecks(self) -> LoggedAnswers:
        table = case_rechecks
        query = select(
            table.c.case_id,
            epoch_ms(table.c.checked_at),
            _flag(table.c.result.in_(("false", "unsolved"))),
        ).where(table.c.checked_at.is_not(None))
        return self._answers(*self._read(query, table.c.case_id))

    @staticmethod
    def _answers(owner: Ints, rows: Sequence[Any]) -> LoggedAnswers:
        bad: NDArray[np.bool_] = _ints(rows, 2) == 1
        return LoggedAnswers(case=owner, at_ms=_ints(rows, 1), is_bad=bad)


class _WithNone(dict[str | None, int]):
    """The same numbers, with NOWHERE for no word."""

    def __init__(self, numbers: _Numbers) -> None:
        super().__init__({None: NOWHERE})
        self._numbers = numbers

    def __missing__(self, word: str | None) -> int:
        number = NOWHERE if word is None else self._numbers[word]
        self[word] = number
        return number
