"""Running clocks: what jobs read and write of pauses, extensions and deadlines of open cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from data_access.tables import case_extensions, case_suspensions, cases, job_marks
from data_access.types import epoch_ms, from_epoch_ms

Row = dict[str, Any]

_CLOCK_INSTANTS: Final = ("clock_started_at", "due_soon_at", "deadline_handle_at", "deadline_at")


def _clock_query() -> Select[Any]:
    return select(
        cases.c.case_id,
        cases.c.state,
        cases.c.cycle_no,
        cases.c.limit_kind,
        cases.c.limit_amount,
        cases.c.start_rule,
        *(epoch_ms(cases.c[name]).label(name) for name in _CLOCK_INSTANTS),
    )


def read_running_clocks(
    connection: Connection,
    kinds: Iterable[str],
    *,
    start_rules: Iterable[str],
    after: int,
    limit: int,
) -> list[Row]:
    """Open cases whose deadlines were computed from a limit of these kinds or start rules.

    Only cases with ``clock_started_at``: a deadline the source brought has none. In order of
    case id above ``after``, at most ``limit``; instants as epoch ms. Locked until commit where the
    engine locks rows.
    """
    wanted: ColumnElement[bool] = or_(
        cases.c.limit_kind.in_(list(kinds)), cases.c.start_rule.in_(list(start_rules))
    )
    query = (
        _clock_query()
        .where(
            cases.c.case_id > after,
            cases.c.closed_at.is_(None),
            cases.c.voided_at.is_(None),
            cases.c.clock_started_at.is_not(None),
            cases.c.limit_amount.is_not(None),
            wanted,
        )
        .order_by(cases.c.case_id)
        .limit(limit)
        .with_for_update()
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def read_ended_pauses(connection: Connection, case_ids: Sequence[int]) -> list[Row]:
    """case_id, started_at and ended_at (epoch ms) of the pauses that have ended."""
    pause = case_suspensions
    query = select(
        pause.c.case_id,
        epoch_ms(pause.c.started_at).label("started_at"),
        epoch_ms(pause.c.ended_at).label("ended_at"),
    ).where(pause.c.case_id.in_(case_ids), pause.c.ended_at.is_not(None))
    return [dict(row) for row in connection.execute(query).mappings()] if case_ids else []


def read_extensions(connection: Connection, case_ids: Sequence[int]) -> list[Row]:
    """case_id, applied_at, decided_at (epoch ms, None: pending) and is_approved of extensions."""
    one = case_extensions
    query = select(
        one.c.case_id,
        epoch_ms(one.c.applied_at).label("applied_at"),
        epoch_ms(one.c.decided_at).label("decided_at"),
        one.c.is_approved,
    ).where(one.c.case_id.in_(case_ids))
    return [dict(row) for row in connection.execute(query).mappings()] if case_ids else []


def read_due_suspensions(
    connection: Connection,
    *,
    now: datetime,
    begun_before: datetime,
    limit: int,
    for_update: bool,
) -> list[Row]:
    """Suspended cases whose planned end has come, or which began before ``begun_before``.

    With the clock columns of the case, ``seq``, ``pause_started_at`` and ``planned_end_at``;
    instants as epoch ms, by case id. ``for_update`` as ``read_running_clocks`` locks.
    """
    pause = case_suspensions
    query = (
        _clock_query()
        .add_columns(
            pause.c.seq,
            epoch_ms(pause.c.started_at).label("pause_started_at"),
            epoch_ms(pause.c.planned_end_at).label("planned_end_at"),
        )
        .join_from(cases, pause, pause.c.case_id == cases.c.case_id)
        .where(
            pause.c.ended_at.is_(None),
            pause.c.started_at <= now,
            or_(pause.c.planned_end_at <= now, pause.c.started_at <= begun_before),
            cases.c.state == "suspended",
            cases.c.closed_at.is_(None),
            cases.c.voided_at.is_(None),
        )
        .order_by(cases.c.case_id)
        .limit(limit)
    )
    if for_update:
        query = query.with_for_update(of=cases)
    return [dict(row) for row in connection.execute(query).mappings()]


def save_suspension_ends(connection: Connection, ends: Sequence[tuple[int, int, int]]) -> None:
    """End pauses: (case_id, seq, epoch ms of the end)."""
    if not ends:
        return
    statement = (
        update(case_suspensions)
        .where(
            case_suspensions.c.case_id == bindparam("the_case"),
            case_suspensions.c.seq == bindparam("the_seq"),
        )
        .values(ended_at=bindparam("the_end"))
    )
    rows = [
        {"the_case": case_id, "the_seq": seq, "the_end": from_epoch_ms(ended_ms)}
        for case_id, seq, ended_ms in ends
    ]
    connection.execute(statement, rows)


def read_mark(connection: Connection, name: str) -> str | None:
    """What a job last noted under a name, None before its first note."""
    query = select(job_marks.c.mark).where(job_marks.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def save_mark(connection: Connection, name: str, mark: str, *, now: datetime) -> None:
    """Note how far a job has come."""
    values = {"mark": mark, "noted_at": now}
    written = connection.execute(update(job_marks).where(job_marks.c.name == name).values(**values))
    if not written.rowcount:
        connection.execute(insert(job_marks).values(name=name, **values))
