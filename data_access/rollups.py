"""Writing the rollups: add deltas, remember what was applied, keep the state row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update

from data_access.bulk import bulk_insert
from data_access.frames import AppliedColumns
from data_access.measures import BREAK_DOWN_MEASURES, MEASURES
from data_access.tables import (
    area_paths,
    areas,
    case_applied,
    cases,
    rollup_area,
    rollup_break,
    rollup_cohort,
    rollup_state,
    sources,
)

AREA_KEYS = ("area_id", "period")
BREAK_KEYS = ("area_id", "dimension", "period", "member_id")
COHORT_KEYS = ("area_id", "accepted_on", "closed_on")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A rollup table with its key and value columns."""

    table: Table
    keys: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.keys + self.values


AREA = Target(table=rollup_area, keys=AREA_KEYS, values=MEASURES)
BREAK = Target(table=rollup_break, keys=BREAK_KEYS, values=BREAK_DOWN_MEASURES)
COHORT = Target(table=rollup_cohort, keys=COHORT_KEYS, values=("cases",))


def save_deltas(
    connection: Connection, target: Target, keys: NDArray[np.int64], sums: NDArray[Any]
) -> None:
    """Add ``sums`` (n, m) to the rows of ``keys`` (n, k), making rows that are not there yet."""
    if len(keys) == 0:
        return
    rows = np.hstack([keys, sums.reshape(len(keys), -1)])
    name = target.table.name
    columns = ", ".join(target.columns)
    added = ", ".join(f"{value} = {name}.{value} + excluded.{value}" for value in target.values)
    conflict = f"ON CONFLICT ({', '.join(target.keys)}) DO UPDATE SET {added}"
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(["%s::int[]"] * len(target.columns))
        # In key order, so that two writers could never lock rows crosswise.
        cursor.execute(
            f"INSERT INTO {name} ({columns})"
            f" SELECT * FROM unnest({arrays}) ORDER BY 1, 2, 3 {conflict}",
            [rows[:, number].tolist() for number in range(rows.shape[1])],
        )
    else:
        marks = ", ".join("?" * len(target.columns))
        cursor.executemany(
            f"INSERT INTO {name} ({columns}) VALUES ({marks}) {conflict}", rows.tolist()
        )
    cursor.close()


def clear_rollup(connection: Connection, target: Target) -> None:
    """Delete all rows of the table, in the caller's transaction."""
    connection.execute(delete(target.table))


def insert_rollup(
    connection: Connection, target: Target, keys: NDArray[np.int64], sums: NDArray[Any]
) -> None:
    """Add rows whose keys are not there yet."""
    if len(keys) == 0:
        return
    sums = sums.reshape(len(keys), -1)
    columns: dict[str, NDArray[Any]] = {
        name: keys[:, number] for number, name in enumerate(target.keys)
    } | {name: sums[:, number] for number, name in enumerate(target.values)}
    bulk_insert(connection, target.table, columns)


def read_applied(connection: Connection, case_ids: Sequence[int]) -> AppliedColumns:
    """What these cases last contributed; cases that never did are left out."""
    rows: list[Any] = []
    for start in range(0, len(case_ids), 20_000):
        chunk = case_ids[start : start + 20_000]
        rows += connection.execute(
            select(case_applied).where(case_applied.c.case_id.in_(chunk))
        ).fetchall()
    blobs = [row.facts for row in rows]
    facts = np.frombuffer(b"".join(blobs), dtype="<i4").astype(np.int64)
    lengths = np.array([len(blob) // 4 for blob in blobs], dtype=np.int64)
    ids = np.array(
        [(r.case_id, r.area_id, r.category_id, r.source_id, r.department_id) for r in rows],
        dtype=np.int64,
    ).reshape(len(rows), 5)
    return AppliedColumns(
        case_id=ids[:, 0],
        area_id=ids[:, 1],
        category_id=ids[:, 2],
        source_id=ids[:, 3],
        department_id=ids[:, 4],
        fact_case=np.repeat(np.arange(len(rows), dtype=np.int64), lengths),
        facts=facts,
    )


def delete_applied(connection: Connection, case_ids: Sequence[int]) -> None:
    """Forget what these cases contributed."""
    for start in range(0, len(case_ids), 20_000):
        chunk = case_ids[start : start + 20_000]
        connection.execute(delete(case_applied).where(case_applied.c.case_id.in_(chunk)))


def save_applied(connection: Connection, columns: Mapping[str, Any]) -> None:
    """Remember contributions of cases that have no row in case_applied."""
    bulk_insert(connection, case_applied, columns)


def read_due_cases(connection: Connection, until: datetime) -> list[int]:
    """Cases whose contribution changes by time alone up to ``until``, inclusive."""
    query = select(case_applied.c.case_id).where(case_applied.c.next_at <= until)
    return list(connection.execute(query).scalars())


def read_cases_of_areas(connection: Connection, area_ids: Sequence[int]) -> list[int]:
    """Ids of the cases that were last applied to these areas."""
    query = select(case_applied.c.case_id).where(case_applied.c.area_id.in_(area_ids))
    return list(connection.execute(query).scalars())


def read_parents(connection: Connection) -> list[tuple[int, int | None]]:
    """(area, parent) of the main hierarchy in display order."""
    rows = connection.execute(
        select(areas.c.area_id, areas.c.parent_id)
        .where(areas.c.hierarchy == "main")
        .order_by(func.coalesce(areas.c.sort_order, areas.c.area_id), areas.c.area_id)
    )
    return [(row.area_id, row.parent_id) for row in rows]


def read_area_lines(
    connection: Connection, of_cases: Sequence[int] | None = None
) -> dict[int, tuple[int, ...]]:
    """The ancestor line of every area as last applied: ids from the root to the area itself.

    ``of_cases``: only of the areas these cases are in, or were in when last applied.
    """
    query = select(area_paths.c.area_id, area_paths.c.path)
    if of_cases is not None:
        applied = select(case_applied.c.area_id).where(case_applied.c.case_id.in_(of_cases))
        current = select(cases.c.area_id).where(cases.c.case_id.in_(of_cases))
        query = query.where(area_paths.c.area_id.in_(applied.union(current)))
    rows = connection.execute(query)
    return {area_id: tuple(int(one) for one in path.split("/")) for area_id, path in rows}


def save_area_paths(connection: Connection, columns: Mapping[str, Any]) -> None:
    """Replace all area paths."""
    connection.execute(delete(area_paths))
    bulk_insert(connection, area_paths, columns)


def save_newest_ingest(connection: Connection, newest: Mapping[int, datetime]) -> None:
    """Move each source's last delivery forward; never back."""
    for source_id, moment in newest.items():
        connection.execute(
            update(sources)
            .where(sources.c.source_id == source_id)
            .where(or_(sources.c.last_ingested_at.is_(None), sources.c.last_ingested_at < moment))
            .values(last_ingested_at=moment)
        )


def read_state(connection: Connection) -> Any:
    """The one row of rollup_state, or None before the first build."""
    return connection.execute(select(rollup_state)).one_or_none()


def save_state(
    connection: Connection, *, bump: bool, tree_changed: bool = False, **values: Any
) -> None:
    """Update the state row; ``bump`` moves the version, which every screen follows."""
    change = dict(values)
    if tree_changed:
        change["tree_version"] = rollup_state.c.tree_version + 1
    if bump:
        change["version"] = rollup_state.c.version + 1
    found = connection.execute(
        update(rollup_state).where(rollup_state.c.state_id == 1).values(**change)
    )
    if found.rowcount == 0:
        first = {"status": "live", **values, "state_id": 1, "version": 1}
        connection.execute(insert(rollup_state).values(**first))
