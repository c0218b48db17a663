"""Reading cases as columns: what the measures are computed from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, select, text

from data_access.frames import ANSWERS, NULL_MS, CallBacks, CaseColumns, EarlierCycles, Ints, Pauses
from data_access.tables import callbacks, case_cycles, case_suspensions, cases
from data_access.types import epoch_ms

_NULL = literal(NULL_MS)
_MOST_RANGES = 10_000  # of ids; an empty one costs a millisecond
_INSTANTS = (
    "reported_at", "accepted_at", "filed_at", "closed_at", "due_soon_at", "deadline_at",
)  # fmt: skip


@dataclass(frozen=True)
class CaseRange:
    """Cases by id, [first, last]."""

    first: int
    last: int


Wanted = CaseRange | Sequence[int]


def read_case_columns(connection: Connection, wanted: Wanted) -> CaseColumns:
    """The wanted cases as columns, ordered by case id; ids that do not exist are left out."""
    table = _matrix(connection, _case_query(connection, wanted))
    case_id = table[:, 0]
    return CaseColumns(
        case_id=case_id,
        area_id=table[:, 1],
        category_id=table[:, 2],
        source_id=table[:, 3],
        department_id=table[:, 4],
        is_void=table[:, 5],
        is_exempt=table[:, 6],
        cycle_no=table[:, 7],
        reported_ms=table[:, 8],
        accepted_ms=table[:, 9],
        filed_ms=table[:, 10],
        closed_ms=table[:, 11],
        due_soon_ms=table[:, 12],
        deadline_ms=table[:, 13],
        pauses=_read_pauses(connection, wanted, case_id),
        earlier=_read_earlier(connection, wanted, case_id),
        callbacks=_read_callbacks(connection, wanted, case_id),
    )


def read_newest_ingest(connection: Connection, wanted: Wanted) -> dict[int, datetime]:
    """When each source last brought one of the wanted cases: source id → newest ingested_at."""
    rows = connection.execute(
        select(cases.c.source_id, func.max(cases.c.ingested_at))
        .where(_chosen(connection, cases.c.case_id, wanted))
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
    is_void = case((cases.c.voided_at.is_not(None), 1), else_=0)
    is_exempt = case((cases.c.timeout_exempt, 1), else_=0)
    return (
        select(
            cases.c.case_id,
            cases.c.area_id,
            cases.c.category_id,
            cases.c.source_id,
            func.coalesce(cases.c.department_id, 0),
            is_void,
            is_exempt,
            cases.c.cycle_no,
            *(_instant(cases.c[name]) for name in _INSTANTS),
        )
        .where(_chosen(connection, cases.c.case_id, wanted))
        .order_by(cases.c.case_id)
    )


def _chosen(
    connection: Connection, column: ColumnElement[int], wanted: Wanted
) -> ColumnElement[bool]:
    """The condition for the wanted ids, with one bound value however many they are."""
    if isinstance(wanted, CaseRange):
        return column.between(wanted.first, wanted.last)
    ids = [int(one) for one in wanted]
    if connection.dialect.name == "postgresql":
        return column == func.any(text(":ids").bindparams(ids=ids))
    return column.in_(select(text("value")).select_from(func.json_each(json.dumps(ids))))


def _matrix(connection: Connection, query: Select[tuple[int, ...]]) -> Ints:
    """All rows as an (n, k) int64 matrix."""
    rows = connection.execute(query).fetchall()
    width = len(query.selected_columns)
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=len(rows) * width)
    return flat.reshape(len(rows), width)


def _rows_of(case_id: Ints, owner: Ints) -> tuple[Ints, np.ndarray]:
    """Row number in ``case_id`` of each owner, and which owners are there."""
    if len(case_id) == 0:
        return np.zeros(len(owner), dtype=np.int64), np.zeros(len(owner), dtype=np.bool_)
    row = np.minimum(np.searchsorted(case_id, owner), len(case_id) - 1)
    return row, case_id[row] == owner


def _read_pauses(connection: Connection, wanted: Wanted, case_id: Ints) -> Pauses:
    table = case_suspensions
    rows = _matrix(
        connection,
        select(table.c.case_id, _instant(table.c.started_at), _instant(table.c.ended_at)).where(
            _chosen(connection, table.c.case_id, wanted)
        ),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    return Pauses(case=row[there], started_ms=rows[there, 1], ended_ms=rows[there, 2])


def _read_earlier(connection: Connection, wanted: Wanted, case_id: Ints) -> EarlierCycles:
    table = case_cycles
    instants = ("started_at", "due_soon_at", "deadline_at", "closed_at", "reopened_at")
    rows = _matrix(
        connection,
        select(table.c.case_id, *(_instant(table.c[name]) for name in instants)).where(
            _chosen(connection, table.c.case_id, wanted)
        ),
    )
    row, there = _rows_of(case_id, rows[:, 0])
    rows = rows[there]
    return EarlierCycles(
        case=row[there],
        started_ms=rows[:, 1],
        due_soon_ms=rows[:, 2],
        deadline_ms=rows[:, 3],
        closed_ms=rows[:, 4],
        reopened_ms=rows[:, 5],
    )


def _read_callbacks(connection: Connection, wanted: Wanted, case_id: Ints) -> CallBacks:
    table = callbacks
    answer = case(
        *((table.c.answer == name, number) for number, name in enumerate(ANSWERS)), else_=-1
    )
    rows = _matrix(
        connection,
        select(
            table.c.case_id,
            _instant(table.c.visited_at),
            case((table.c.is_contacted, 1), else_=0),
            case((table.c.is_solved, 1), else_=0),
            answer,
        ).where(_chosen(connection, table.c.case_id, wanted), table.c.is_valid),
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
