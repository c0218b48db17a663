"""Sample re-checks 抽查核实 in the store: candidates, the sample drawn, results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from data_access.case_columns import is_wanted
from data_access.ingest import CASE_COLUMNS, Row
from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import (
    area_paths,
    areas,
    case_cycles,
    case_rechecks,
    cases,
    categories,
    departments,
)
from data_access.types import Instant, epoch_ms


def read_closed_cases(
    connection: Connection, area: AreaRow, start: datetime, end: datetime
) -> list[tuple[int, int]]:
    """(case id, department id or 0) of the cases below an area that were closed in [start, end)
    and still are."""
    query = (
        select(cases.c.case_id, func.coalesce(cases.c.department_id, 0))
        .join(area_paths, area_paths.c.area_id == cases.c.area_id)
        .where(
            is_below(area),
            cases.c.closed_at >= start,
            cases.c.closed_at < end,
            cases.c.voided_at.is_(None),
        )
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def read_drawn_cases(connection: Connection, case_ids: Sequence[int]) -> set[int]:
    """Which of the cases are in a sample already: still to be looked at, or since their closure."""
    table = case_rechecks
    query = (
        select(table.c.case_id)
        .join(cases, cases.c.case_id == table.c.case_id)
        .where(
            is_wanted(connection, table.c.case_id, case_ids),
            or_(table.c.checked_at.is_(None), table.c.drawn_at >= cases.c.closed_at),
        )
    )
    return set(connection.execute(query).scalars())


def lock_rechecks(connection: Connection) -> None:
    """Let two draws follow each other (SQLite writes one at a time anyway)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE case_rechecks IN SHARE ROW EXCLUSIVE MODE")


def save_draw(
    connection: Connection, case_ids: Sequence[int], *, drawn_at: datetime, drawn_by: str | None
) -> None:
    """Put cases into the sample, to be looked at."""
    rows = [{"case_id": one, "drawn_at": drawn_at, "drawn_by": drawn_by} for one in case_ids]
    if rows:
        connection.execute(insert(case_rechecks), rows)


def read_open_rechecks(connection: Connection) -> list[Any]:
    """What is still to be looked at, by department: recheck_id, case_code, department, category,
    area, closed_at, drawn_at."""
    source = (
        case_rechecks.join(cases, cases.c.case_id == case_rechecks.c.case_id)
        .join(areas, areas.c.area_id == cases.c.area_id)
        .join(categories, categories.c.category_id == cases.c.category_id)
        .outerjoin(departments, departments.c.department_id == cases.c.department_id)
    )
    return list(
        connection.execute(
            select(
                case_rechecks.c.recheck_id,
                cases.c.case_code,
                departments.c.name_zh.label("department"),
                categories.c.name_zh.label("category"),
                areas.c.name_zh.label("area"),
                cases.c.closed_at,
                case_rechecks.c.drawn_at,
            )
            .select_from(source)
            .where(case_rechecks.c.checked_at.is_(None))
            .order_by(departments.c.name_zh, case_rechecks.c.recheck_id)
        )
    )


def read_recheck(connection: Connection, recheck_id: int) -> Any:
    """One re-check, locked until commit; None if there is none."""
    query = select(case_rechecks).where(case_rechecks.c.recheck_id == recheck_id)
    return connection.execute(query.with_for_update()).one_or_none()


def save_recheck(
    connection: Connection,
    recheck_id: int,
    *,
    checked_at: datetime,
    result: str,
    note: str | None,
) -> None:
    """What was found."""
    connection.execute(
        update(case_rechecks)
        .where(case_rechecks.c.recheck_id == recheck_id)
        .values(checked_at=checked_at, result=result, note=note)
    )


def read_whole_case(connection: Connection, case_id: int) -> Row | None:
    """A case as a writer needs it, locked until commit; instants as epoch ms. None: it is gone."""
    columns = [
        epoch_ms(cases.c[name]).label(name) if isinstance(cases.c[name].type, Instant)
        else cases.c[name]
        for name in CASE_COLUMNS
    ]  # fmt: skip
    query = select(*columns).where(cases.c.case_id == case_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def read_cycle_start(connection: Connection, case_id: int) -> int | None:
    """When the current cycle of a reworked case began, epoch ms; None for a case in its first."""
    query = select(func.max(epoch_ms(case_cycles.c.reopened_at))).where(
        case_cycles.c.case_id == case_id
    )
    start: int | None = connection.execute(query).scalar_one()
    return start
