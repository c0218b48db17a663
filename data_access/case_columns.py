"""Reading cases as columns: what the measures are computed from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    func,
    literal,
    select,
    text,
)

from data_access.counted_rows import is_move
from data_access.frames import (
    ANSWERS,
    NULL_MS,
    SOURCE_KINDS,
    STATES,
    CallBacks,
    CaseColumns,
    EarlierCycles,
    Ints,
    Moves,
    Pauses,
    Rechecks,
)
from data_access.matrix import int_matrix
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_rechecks,
    case_suspensions,
    cases,
    sources,
)
from data_access.types import epoch_ms

_NULL = literal(NULL_MS)
_LATEST = int(np.iinfo(np.int64).max)
_MOST_RANGES = 10_000  # of ids; an empty one costs a millisecond
_INSTANTS = {
    "reported_ms": "reported_at", "accepted_ms": "accepted_at", "filed_ms": "filed_at",
    "dispatched_ms": "dispatched_at", "signed_ms": "signed_at", "handled_ms": "handled_at",
    "closed_ms": "closed_at", "due_soon_ms": "due_soon_at",
    "handle_deadline_ms": "deadline_handle_at", "deadline_ms": "deadline_at",
    "repeated_ms": "repeated_at",
}  # fmt: skip
_PLAIN = (
    "case_id", "area_id", "category_id", "source_id", "department_id", "is_void", "is_exempt",
    "is_urgent", "is_merged", "is_repeat", "cycle_no",
)  # fmt: skip


@dataclass(frozen=True)
class CaseRange:
    """Cases by id, [first, last]."""

    first: int
    last: int


Wanted = CaseRange | Sequence[int]


def read_case_columns(connection: Connection, wanted: Wanted) -> CaseColumns:
    """The wanted cases as columns, ordered by case id; ids that do not exist are left out."""
    table = int_matrix(connection, _case_query(connection, wanted))
    columns = dict(zip((*_PLAIN, *_INSTANTS), table.T, strict=True))
    case_id = columns["case_id"]
    source_kind, is_proactive = read_source_kinds(connection, columns["source_id"])
    return CaseColumns(
        **columns,
        source_kind=source_kind,
        is_proactive=is_proactive,
        extended_ms=_read_extended(connection, wanted, case_id),
        pauses=_read_pauses(connection, wanted, case_id),
        earlier=_read_earlier(connection, wanted, case_id),
        callbacks=_read_callbacks(connection, wanted, case_id),
        moves=_read_moves(connection, wanted, case_id),
        rechecks=_read_rechecks(connection, wanted, case_id),
    )


def read_newest_ingest(connection: Connection, wanted: Wanted) -> dict[int, datetime]:
    """When each source last brought one of the wanted cases: source id → newest ingested_at."""
    rows = connection.execute(
        select(cases.c.source_id, func.max(cases.c.ingested_at))
        .where(is_wanted(connection, cases.c.case_id, wanted))
        .group_by(cases.c.source_id)
    )
    return {row[0]: row[1] for row in rows}


def case_id_ranges(connection: Connection, *, size: int) -> Iterator[CaseRange]:
    """Ranges of case ids that cover all cases, of at most ``size`` cases each; none without cases.

    Ids drawn by another program, such as time stamps, lie so far apart that ranges are counted out
    case by case instead of id by id.
    """
    first, last = connection.execute(
        select(func.min(cases.c.case_id), func.max(cases.c.case_id))
    ).one()
    if first is None:
        return
    if (last - first) // size < _MOST_RANGES:
        for start in range(first, last + 1, size):
            yield CaseRange(start, min(start + size - 1, last))
        return
    while first is not None:
        after = connection.execute(
            select(cases.c.case_id)
            .where(cases.c.case_id >= first)
            .order_by(cases.c.case_id)
            .offset(size)
            .limit(1)
        ).scalar_one_or_none()
        yield CaseRange(first, last if after is None else after - 1)
        first = after


def _instant(column: ColumnElement[object]) -> ColumnElement[int]:
    return func.coalesce(epoch_ms(column), _NULL)


def _case_query(connection: Connection, wanted: Wanted) -> Select[tuple[int, ...]]:
    def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return case((condition, 1), else_=0)

    is_void = cases.c.voided_at.is_not(None)
    return (
        select(
            cases.c.case_id,
            cases.c.area_id,
            cases.c.category_id,
            cases.c.source_id,
            func.coalesce(cases.c.department_id, 0),
            flag(is_void),
            flag(cases.c.timeout_exempt),
            flag(cases.c.is_urgent),
            flag(is_void & cases.c.master_case_id.is_not(None)),
            flag(cases.c.repeat_of_case_id.is_not(None)),
            cases.c.cycle_no,
            *(_instant(cases.c[name]) for name in _INSTANTS.values()),
        )
        .where(is_wanted(connection, cases.c.case_id, wanted))
        .order_by(cases.c.case_id)
    )


def read_source_kinds(connection: Connection, source_id: Ints) -> tuple[Ints, Ints]:
    """(kind, whether proactive) of each case's source; an unknown kind is the public."""
    rows = connection.execute(
        select(sources.c.source_id, sources.c.kind, sources.c.is_proactive)
    ).all()
    public = SOURCE_KINDS.index("public")
    numbers = {kind: number for number, kind in enumerate(SOURCE_KINDS)}
    top = max((row.source_id for row in rows), default=0) + 1
    kinds = np.full(top, public, dtype=np.int64)
    proactive = np.zeros(top, dtype=np.int64)
    for row in rows:
        kinds[row.source_id] = numbers.get(row.kind, public)
        proactive[row.source_id] = int(row.is_proactive)
    return kinds[source_id], proactive[source_id]


def is_wanted(
    connection: Connection, column: ColumnElement[int], wanted: Wanted
) -> ColumnElement[bool]:
    """Whether a column holds one of the wanted ids, with one bound value however many they are."""
    if isinstance(wanted, CaseRange):
        return column.between(wanted.first, wanted.last)
    ids = [int(one) for one in wanted]
    if connection.dialect.name == "postgresql":
        return column == func.any(text(":ids").bindparams(ids=ids))
    return column.in_(select(text("value")).select_from(func.json_each(json.dumps(ids))))


def _rows_of(case_id: Ints, owner: Ints) -> tuple[Ints, np.ndarray]:
    """Row number in ``case_id`` of each owner, and which owners are there."""
    if len(case_id) == 0:
        return np.zeros(len(owner), dtype=np.int64), np.zeros(len(owner), dtype=np.bool_)
    row = np.minimum(np.searchsorted(case_id, owner), len(case_id) - 1)
    return row, case_id[row] == owner


def _read_pauses(connection: Connection, wanted: Wanted, case_id: Ints) -> Pauses:
    table = case_suspensions
    instants = ("started_at", "ended_at", "planned_end_at")
    row, rows = _owned(connection, table, instants, wanted, case_id)
    return Pauses(case=row, started_ms=rows[:, 1], ended_ms=rows[:, 2], planned_end_ms=rows[:, 3])


def _owned(
    connection: Connection,
    table: Table,
    instants: Sequence[str],
    wanted: Wanted,
    case_id: Ints,
    *more: ColumnElement[bool],
) -> tuple[Ints, Ints]:
    """(row numbers of the cases, matrix of case id and instants) of what hangs on the cases."""
    rows = int_matrix(
        connection,
        select(table.c.case_id, *(_instant(table.c[name]) for name in instants)).where(
            is_wanted(connection, table.c.case_id, wanted), *more
        ),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    return row[there], rows[there]


def _read_earlier(connection: Connection, wanted: Wanted, case_id: Ints) -> EarlierCycles:
    instants = (
        "started_at", "due_soon_at", "deadline_handle_at", "deadline_at", "handled_at",
        "closed_at", "reopened_at",
    )  # fmt: skip
    row, rows = _owned(connection, case_cycles, instants, wanted, case_id)
    return EarlierCycles(
        case=row,
        started_ms=rows[:, 1],
        due_soon_ms=rows[:, 2],
        handle_deadline_ms=rows[:, 3],
        deadline_ms=rows[:, 4],
        handled_ms=rows[:, 5],
        closed_ms=rows[:, 6],
        reopened_ms=rows[:, 7],
    )


def _read_extended(connection: Connection, wanted: Wanted, case_id: Ints) -> Ints:
    """When the first extension of each case was approved, NULL_MS where none was."""
    table = case_extensions
    row, rows = _owned(
        connection, table, ("decided_at",), wanted, case_id,
        table.c.is_approved, table.c.decided_at.is_not(None),
    )  # fmt: skip
    first = np.full(len(case_id), _LATEST, dtype=np.int64)
    np.minimum.at(first, row, rows[:, 1])
    return np.where(first == _LATEST, NULL_MS, first)


def _read_rechecks(connection: Connection, wanted: Wanted, case_id: Ints) -> Rechecks:
    table = case_rechecks
    rows = int_matrix(
        connection,
        select(
            table.c.case_id,
            _instant(table.c.checked_at),
            case((table.c.result == "true", 1), else_=0),
        ).where(is_wanted(connection, table.c.case_id, wanted), table.c.checked_at.is_not(None)),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    return Rechecks(case=row[there], checked_ms=rows[there, 1], is_true=rows[there, 2])


def _read_moves(connection: Connection, wanted: Wanted, case_id: Ints) -> Moves:
    """The moves that count, each with the moment of the case's next move of any kind."""
    table = case_events
    chosen = is_wanted(connection, table.c.case_id, wanted)
    following = func.lead(table.c.event_at).over(partition_by=table.c.case_id, order_by=table.c.seq)
    every = (
        select(
            table.c.case_id,
            table.c.seq,
            table.c.event_at,
            following.label("next_at"),
            table.c.to_state,
            table.c.department_id,
        )
        .where(chosen, is_move(table))
        .subquery()
    )
    state = case(*((every.c.to_state == name, number) for number, name in enumerate(STATES)))
    rows = int_matrix(
        connection,
        select(
            every.c.case_id,
            _instant(every.c.event_at),
            _instant(every.c.next_at),
            state,
            func.coalesce(every.c.department_id, 0),
        )
        .where(every.c.to_state.in_(STATES))
        .order_by(every.c.case_id, every.c.seq),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    rows = rows[there]
    return Moves(
        case=row[there],
        at_ms=rows[:, 1],
        next_ms=rows[:, 2],
        state=rows[:, 3],
        department_id=rows[:, 4],
    )


def _read_callbacks(connection: Connection, wanted: Wanted, case_id: Ints) -> CallBacks:
    table = callbacks
    answer = case(
        *((table.c.answer == name, number) for number, name in enumerate(ANSWERS)), else_=-1
    )
    rows = int_matrix(
        connection,
        select(
            table.c.case_id,
            _instant(table.c.visited_at),
            case((table.c.is_contacted, 1), else_=0),
            case((table.c.is_solved, 1), else_=0),
            answer,
        ).where(is_wanted(connection, table.c.case_id, wanted), table.c.is_valid),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    rows = rows[there]
    return CallBacks(
        case=row[there],
        visited_ms=rows[:, 1],
        is_contacted=rows[:, 2],
        is_solved=rows[:, 3],
        answer=rows[:, 4],
    )
