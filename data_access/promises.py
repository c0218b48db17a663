"""Answers and promises 说明、议定事项 of departments: reading, locking and writing.

Writing functions run in the caller's transaction, together with its row in the audit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, or_, select, update

from data_access.actions import Act, Row
from data_access.tables import cases, departments, promise_cases, promises, roll_call_answers


def lock_department(connection: Connection, code: str) -> Row | None:
    """A department by its code, locked until commit; None where there is none."""
    query = (
        select(departments.c.department_id, departments.c.code, departments.c.name_zh)
        .where(departments.c.code == code)
        .with_for_update(key_share=True)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def add_answer(connection: Connection, act: Act, department_id: int, said: str) -> int:
    """What a unit answered; its id."""
    table = roll_call_answers
    row = {
        "department_id": department_id, "text": said, "entered_by": act.actor,
        "answered_at": act.acted_at,
    }  # fmt: skip
    made = insert(table).values(row).returning(table.c.answer_id)
    return int(connection.execute(made).scalar_one())


def add_promise(connection: Connection, act: Act, values: Mapping[str, Any]) -> int:
    """A promise; its id. ``values``: department_id, answer_id, matter, responsible, made_on and
    due_at."""
    row = {**values, "entered_by": act.actor, "entered_at": act.acted_at}
    made = insert(promises).values(row).returning(promises.c.promise_id)
    return int(connection.execute(made).scalar_one())


def lock_promise(connection: Connection, promise_id: int) -> Row | None:
    """One promise, locked until commit; None where there is none."""
    query = select(promises).where(promises.c.promise_id == promise_id).with_for_update()
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def resolve_promise(
    connection: Connection, act: Act, promise_id: int, *, resolution: str, result: str
) -> bool:
    """Report a promise done or withdrawn; False where somebody else was quicker."""
    statement = (
        update(promises)
        .where(promises.c.promise_id == promise_id, promises.c.resolved_at.is_(None))
        .values(
            resolution=resolution,
            result=result or None,
            resolved_by=act.actor,
            resolved_at=act.acted_at,
        )
    )
    return connection.execute(statement).rowcount == 1


def add_evidence(connection: Connection, promise_id: int, case_ids: Sequence[int]) -> None:
    """The cases that show what came of a promise; none for no cases."""
    rows = [{"promise_id": promise_id, "case_id": one} for one in sorted(set(case_ids))]
    if rows:
        connection.execute(insert(promise_cases), rows)


def find_cases(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """Case code → id of those that exist."""
    query = select(cases.c.case_code, cases.c.case_id).where(cases.c.case_code.in_(list(codes)))
    return {row[0]: row[1] for row in connection.execute(query)} if codes else {}


def read_promises(
    connection: Connection,
    *,
    department_id: int | None = None,
    resolved_from: datetime | None = None,
) -> list[Row]:
    """Promises, open ones by what is due first, then resolved ones, the newest first.

    Of one department or of all; ``resolved_from``: without those resolved before it. Each row with
    ``department_code`` and names and ``evidence``, a list of (case id, code).
    """
    table = promises
    query = (
        select(table)
        .add_columns(
            departments.c.code.label("department_code"),
            departments.c.name_zh.label("department_zh"),
            departments.c.name_en.label("department_en"),
        )
        .join(departments, departments.c.department_id == table.c.department_id)
    )
    if department_id is not None:
        query = query.where(table.c.department_id == department_id)
    if resolved_from is not None:
        query = query.where(
            or_(table.c.resolved_at.is_(None), table.c.resolved_at >= resolved_from)
        )
    is_open = table.c.resolved_at.is_(None)
    order = [case((is_open, 0), else_=1), case((is_open, table.c.due_at), else_=None)]
    query = query.order_by(*order, table.c.resolved_at.desc(), table.c.promise_id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    evidence = _evidence(connection, [row["promise_id"] for row in rows])
    return [{**row, "evidence": evidence.get(row["promise_id"], [])} for row in rows]


def _evidence(
    connection: Connection, promise_ids: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    if not promise_ids:
        return {}
    query = (
        select(promise_cases.c.promise_id, cases.c.case_id, cases.c.case_code)
        .join(cases, cases.c.case_id == promise_cases.c.case_id)
        .where(promise_cases.c.promise_id.in_(list(promise_ids)))
        .order_by(promise_cases.c.promise_id, cases.c.case_id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for promise_id, case_id, code in connection.execute(query):
        found.setdefault(promise_id, []).append((case_id, code))
    return found


def count_late_promises(connection: Connection, now: datetime) -> dict[int, int]:
    """Department → promises that are open and past due."""
    query = (
        select(promises.c.department_id, func.count())
        .where(promises.c.resolved_at.is_(None), promises.c.due_at < now)
        .group_by(promises.c.department_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def read_answers(connection: Connection, department_id: int, *, limit: int) -> list[Row]:
    """A department's newest answers, newest first."""
    table = roll_call_answers
    query = (
        select(table)
        .where(table.c.department_id == department_id)
        .order_by(table.c.answered_at.desc(), table.c.answer_id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
