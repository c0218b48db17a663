"""Acting on cases 催办、督办、任务、备注: writing with locks, numbers and the audit; reading back.

Every writing function runs in the caller's transaction (``begin_write``), together with its row in
the audit: both are there or neither. A case is locked first, so that of two who act at once the
second sees what the first has done. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from data_access.tables import (
    area_paths,
    areas,
    audit_log,
    case_remarks,
    cases,
    categories,
    departments,
    grid_tasks,
    notices,
    supervisions,
)

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who acts, from where, and by which press of a button; the same for all rows of one act."""

    actor: str
    origin: str
    request_key: str
    acted_at: datetime


def read_earlier(connection: Connection, request_key: str) -> Row | None:
    """The audit row of a request that has been carried out already, else None."""
    query = select(audit_log).where(audit_log.c.request_key == request_key)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def lock_case(connection: Connection, case_id: int) -> Row | None:
    """A case with what a paper about it says, locked until commit; None where there is none."""
    query = (
        select(
            cases,
            area_paths.c.path,
            categories.c.name_zh.label("category_zh"),
            departments.c.name_zh.label("department_zh"),
        )
        .join(area_paths, area_paths.c.area_id == cases.c.area_id)
        .join(categories, categories.c.category_id == cases.c.category_id)
        .outerjoin(departments, departments.c.department_id == cases.c.department_id)
        .where(cases.c.case_id == case_id)
        .with_for_update(of=cases, key_share=True)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def read_case(connection: Connection, case_id: int) -> Row | None:
    """What acting on a case shows of it, with code and kind of its area; None for none."""
    names = ("case_id", "case_code", "title", "state", "cycle_no", "is_typical")
    query = (
        select(*(cases.c[name] for name in names), areas.c.code.label("area_code"))
        .add_columns(areas.c.kind.label("area_kind"), categories.c.name_zh.label("category_zh"))
        .add_columns(cases.c.closed_at, cases.c.voided_at)
        .join(areas, areas.c.area_id == cases.c.area_id)
        .join(categories, categories.c.category_id == cases.c.category_id)
        .where(cases.c.case_id == case_id)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def lock_area(connection: Connection, code: str) -> Row | None:
    """An area of the tree by its code, locked until commit; None where there is none."""
    query = (
        select(areas.c.area_id, areas.c.code, areas.c.kind, areas.c.name_zh, area_paths.c.is_leaf)
        .add_columns(area_paths.c.path)
        .join(area_paths, area_paths.c.area_id == areas.c.area_id)
        .where(areas.c.code == code)
        .with_for_update(of=areas, key_share=True)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def count_seen(connection: Connection, case_id: int) -> dict[str, int]:
    """How often each thing was done about a case: what a page showed, to compare and set."""
    counts = {"reminder": 0, "note": 0, "acknowledgement": 0}
    kinds = select(case_remarks.c.kind, func.count()).where(case_remarks.c.case_id == case_id)
    counts |= {row[0]: int(row[1]) for row in connection.execute(kinds.group_by("kind"))}
    for name, table in (("supervision", supervisions), ("task", grid_tasks)):
        query = select(func.count()).select_from(table).where(table.c.case_id == case_id)
        counts[name] = int(connection.execute(query).scalar_one())
    return counts


def add_remark(connection: Connection, act: Act, values: Mapping[str, Any]) -> int:
    """A reminder, note or acknowledgement (``kind``) of ``case_id``; its id."""
    row = {**values, "made_by": act.actor, "made_at": act.acted_at}
    key = case_remarks.c.remark_id
    return int(connection.execute(insert(case_remarks).values(row).returning(key)).scalar_one())


def add_supervision(connection: Connection, act: Act, values: Mapping[str, Any]) -> int:
    """A supervision; its id. ``values`` holds its code, which is unique."""
    row = {**values, "issued_by": act.actor, "issued_at": act.acted_at}
    key = supervisions.c.supervision_id
    return int(connection.execute(insert(supervisions).values(row).returning(key)).scalar_one())


def add_task(connection: Connection, act: Act, values: Mapping[str, Any]) -> int:
    """A task for a grid; its id."""
    row = {**values, "issued_by": act.actor, "issued_at": act.acted_at}
    key = grid_tasks.c.task_id
    return int(connection.execute(insert(grid_tasks).values(row).returning(key)).scalar_one())


def read_supervision(connection: Connection, supervision_id: int) -> Row | None:
    """One supervision; None where there is none."""
    query = select(supervisions).where(supervisions.c.supervision_id == supervision_id)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def read_supervisions(connection: Connection, case_ids: Collection[int]) -> list[Row]:
    """All supervisions of some cases, newest first; none for no cases."""
    return _of_cases(connection, supervisions, supervisions.c.issued_at, case_ids)


def read_remarks(connection: Connection, case_ids: Collection[int]) -> list[Row]:
    """All remarks of some cases, newest first."""
    return _of_cases(connection, case_remarks, case_remarks.c.made_at, case_ids)


def read_reminder_counts(connection: Connection, case_ids: Collection[int]) -> dict[int, int]:
    """Case id → how often it was reminded; cases never reminded are left out."""
    query = (
        select(case_remarks.c.case_id, func.count())
        .where(case_remarks.c.case_id.in_(list(case_ids)), case_remarks.c.kind == "reminder")
        .group_by(case_remarks.c.case_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)} if case_ids else {}


def read_tasks(connection: Connection, case_ids: Collection[int]) -> list[Row]:
    """All tasks that came of some cases, newest first, with code and names of their grid."""
    query = (
        _task_query()
        .where(grid_tasks.c.case_id.in_(list(case_ids)))
        .order_by(grid_tasks.c.issued_at.desc(), grid_tasks.c.task_id.desc())
    )
    return [dict(row) for row in connection.execute(query).mappings()] if case_ids else []


def lock_task(connection: Connection, task_id: int) -> Row | None:
    """One task with its grid, locked until commit; None where there is none."""
    query = _task_query().where(grid_tasks.c.task_id == task_id)
    query = query.with_for_update(of=grid_tasks)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def read_task(connection: Connection, task_id: int) -> Row | None:
    """One task with its grid; None where there is none."""
    query = _task_query().where(grid_tasks.c.task_id == task_id)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else dict(found)


def _task_query() -> Any:
    return (
        select(grid_tasks, areas.c.code.label("area_code"), areas.c.name_zh, areas.c.name_en)
        .add_columns(area_paths.c.path)
        .join(areas, areas.c.area_id == grid_tasks.c.area_id)
        .join(area_paths, area_paths.c.area_id == grid_tasks.c.area_id)
    )


def _of_cases(
    connection: Connection, table: Any, moment: Any, case_ids: Collection[int]
) -> list[Row]:
    key = next(iter(table.primary_key.columns))
    query = select(table).where(table.c.case_id.in_(list(case_ids)))
    rows = connection.execute(query.order_by(moment.desc(), key.desc())).mappings()
    return [dict(row) for row in rows] if case_ids else []


def save_reply(connection: Connection, act: Act, supervision_id: int, reply: str) -> bool:
    """Enter the answer to an open supervision; False where somebody else was quicker."""
    table = supervisions
    statement = (
        update(table)
        .where(
            table.c.supervision_id == supervision_id,
            table.c.replied_at.is_(None),
            table.c.resolved_at.is_(None),
        )
        .values(reply=reply, replied_by=act.actor, replied_at=act.acted_at)
    )
    return connection.execute(statement).rowcount == 1


def save_resolution(
    connection: Connection, act: Act, supervision_id: int, *, resolution: str, note: str
) -> bool:
    """核销 or 撤销 an open supervision; False where somebody else was quicker."""
    statement = (
        update(supervisions)
        .where(
            supervisions.c.supervision_id == supervision_id, supervisions.c.resolved_at.is_(None)
        )
        .values(
            resolution=resolution,
            resolved_by=act.actor,
            resolved_at=act.acted_at,
            resolve_note=note or None,
        )
    )
    return connection.execute(statement).rowcount == 1


def save_case(
    connection: Connection, case_id: int, values: Mapping[str, Any], now: datetime
) -> None:
    """Write ``supervise_level`` or ``is_typical`` of a case."""
    statement = update(cases).where(cases.c.case_id == case_id)
    connection.execute(statement.values(**values, updated_at=now))


def save_task(connection: Connection, task_id: int, values: Mapping[str, Any]) -> None:
    """Write who acknowledged or finished a task, when and with what result."""
    connection.execute(update(grid_tasks).where(grid_tasks.c.task_id == task_id).values(**values))


def take_number(connection: Connection, kind: str, year: int) -> int:
    """The next number of a kind of paper in a year: 1, 2, 3 … without a gap.

    Its row stays locked until commit, and a rolled-back transaction gives the number back.
    """
    statement = text(
        "INSERT INTO notice_numbers (kind, year, last) VALUES (:kind, :year, 1)"
        " ON CONFLICT (kind, year) DO UPDATE SET last = notice_numbers.last + 1 RETURNING last"
    )
    return int(connection.execute(statement, {"kind": kind, "year": year}).scalar_one())


def add_notice(
    connection: Connection, values: Mapping[str, Any], content: Mapping[str, Any]
) -> int:
    """A numbered paper as it is issued; its id."""
    row = {**values, "content": json.dumps(content, ensure_ascii=False)}
    statement = insert(notices).values(row).returning(notices.c.notice_id)
    return int(connection.execute(statement).scalar_one())


def read_notice(connection: Connection, notice_id: int) -> Row | None:
    """A paper with its ``content`` as data; None where there is none."""
    query = select(notices).where(notices.c.notice_id == notice_id)
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else {**found, "content": json.loads(found["content"])}


def read_notice_line(connection: Connection, notice: Mapping[str, Any]) -> tuple[int, ...]:
    """Ids of the areas, from the root down, in which a paper's case or grid lies; () for none."""
    table = cases if notice["case_id"] is not None else grid_tasks
    key = notice["case_id"] if table is cases else notice["subject_id"]
    query = select(area_paths.c.path).join(table, table.c.area_id == area_paths.c.area_id)
    of = table.c.case_id if table is cases else table.c.task_id
    path = connection.execute(query.where(of == key)).scalar_one_or_none()
    return () if path is None else tuple(int(one) for one in path.split("/"))


def read_notices(connection: Connection, case_ids: Collection[int]) -> list[Row]:
    """notice_id, kind, year, number and subject_id of the papers about some cases."""
    table = notices
    query = select(
        table.c.notice_id, table.c.kind, table.c.year, table.c.number, table.c.subject_id
    ).where(table.c.case_id.in_(list(case_ids)))
    return [dict(row) for row in connection.execute(query).mappings()] if case_ids else []


def write_audit(
    connection: Connection,
    act: Act,
    action: str,
    *,
    case_id: int | None = None,
    subject_id: int | None = None,
    note: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """One row of the audit. A second row of the same request violates its unique key."""
    connection.execute(
        insert(audit_log).values(
            acted_at=act.acted_at,
            actor=act.actor,
            origin=act.origin,
            action=action,
            case_id=case_id,
            subject_id=subject_id,
            note=note or None,
            before=_json(before),
            after=_json(after),
            request_key=act.request_key,
        )
    )


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str)


def read_audit(connection: Connection, case_id: int, *, limit: int = 200) -> Sequence[Row]:
    """The newest audit rows of a case, newest first; ``before`` and ``after`` as data."""
    query = (
        select(audit_log)
        .where(audit_log.c.case_id == case_id)
        .order_by(audit_log.c.audit_id.desc())
        .limit(limit)
    )
    return [
        {**row, **{name: row[name] and json.loads(row[name]) for name in ("before", "after")}}
        for row in connection.execute(query).mappings()
    ]
