"""Reading and saving what the one way in needs: lookups, stored cases, batches, rejects.

Instants travel as epoch milliseconds, None for "has not happened".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from data_access.bulk import bulk_insert
from data_access.tables import (
    areas,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_suspensions,
    cases,
    ingest_batches,
    rejects,
    sources,
)
from data_access.types import Instant, epoch_ms, from_epoch_ms

Row = dict[str, Any]

# Everything about a case that ingest compares or continues from.
CASE_COLUMNS: Final = tuple(column.name for column in cases.c if column.name != "worker_id")


def read_areas(connection: Connection) -> list[Row]:
    """Every area of the main hierarchy without its polygon, roots first."""
    columns = ("area_id", "code", "parent_id", "level", "depth", "kind", "name_zh")
    query = (
        select(*(areas.c[name] for name in columns))
        .where(areas.c.hierarchy == "main")
        .order_by(areas.c.depth, areas.c.area_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def read_polygons(connection: Connection) -> list[tuple[int, str]]:
    """(area_id, GeoJSON geometry) of the leaf areas that have one."""
    child = areas.alias()
    has_child = select(child.c.area_id).where(
        child.c.parent_id == areas.c.area_id, child.c.kind != "unlocated"
    )
    query = (
        select(areas.c.area_id, areas.c.polygon)
        .where(areas.c.hierarchy == "main", areas.c.polygon.is_not(None), ~has_child.exists())
        .order_by(areas.c.area_id)
    )
    return [(row.area_id, row.polygon) for row in connection.execute(query)]


def read_named(connection: Connection, table: Table) -> list[Row]:
    """Every row of categories, departments or sources."""
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def longest(column: ColumnElement[Any]) -> int:
    """How many characters a String column takes; PostgreSQL refuses more, SQLite does not."""
    return int(getattr(column.type, "length", None) or 0)


def save_entry(connection: Connection, table: Table, values: Row) -> int:
    """Insert one row into a table with an integer key and return the key."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:  # pragma: no cover - every such table has a key
        raise RuntimeError(f"{table.name} gave no key")
    return int(key[0])


def save_area_changes(connection: Connection, area_id: int, values: Row) -> None:
    """Change some columns of an area."""
    connection.execute(update(areas).where(areas.c.area_id == area_id).values(**values))


def read_area_row(connection: Connection, area_id: int) -> Row:
    """All columns of one area."""
    query = select(areas).where(areas.c.area_id == area_id)
    return dict(connection.execute(query).mappings().one())


def lock_source(connection: Connection, source_id: int) -> None:
    """Let two deliveries of one source follow each other (SQLite writes one at a time anyway)."""
    query = select(sources.c.source_id).where(sources.c.source_id == source_id).with_for_update()
    connection.execute(query).scalar_one()


def read_cases(
    connection: Connection, source_id: int, refs: Sequence[str], *, for_update: bool
) -> dict[str, Row]:
    """Stored cases by the source's own key; ``for_update`` locks them until commit."""
    if not refs:
        return {}
    columns = [
        epoch_ms(column).label(name) if isinstance(column.type, Instant) else column
        for name, column in ((name, cases.c[name]) for name in CASE_COLUMNS)
    ]
    query = select(*columns).where(cases.c.source_id == source_id, cases.c.source_ref.in_(refs))
    if for_update:
        query = query.with_for_update()
    found = connection.execute(query)
    keys = tuple(found.keys())
    rows = (dict(zip(keys, row, strict=True)) for row in found)
    return {row["source_ref"]: row for row in rows}


def read_case_keys(connection: Connection, source_id: int, refs: Sequence[str]) -> dict[str, int]:
    """The key of each known case among these numbers of a source."""
    query = select(cases.c.source_ref, cases.c.case_id).where(
        cases.c.source_id == source_id, cases.c.source_ref.in_(refs)
    )
    return {row[0]: row[1] for row in connection.execute(query)} if refs else {}


def read_case_codes(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """Which of these case codes are taken, and by which case: code → case_id."""
    if not codes:
        return {}
    query = select(cases.c.case_code, cases.c.case_id).where(cases.c.case_code.in_(codes))
    return {row[0]: row[1] for row in connection.execute(query)}


def refresh_statistics(connection: Connection) -> None:
    """Tell PostgreSQL's planner how large the tables have become; nothing to do on SQLite.

    A young table has no statistics, and the look-up of two thousand cases then reads every case of
    the source: 870 rows a second instead of many thousands.
    """
    if connection.dialect.name == "postgresql":
        for table in (cases, case_events):
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def reserve_keys(connection: Connection, table: Table, count: int) -> list[int]:
    """``count`` new keys of a table with one integer key, ours alone, ascending."""
    key = next(iter(table.primary_key.columns))
    if connection.dialect.name == "postgresql":
        query = text(
            "SELECT nextval(pg_get_serial_sequence(:table, :key)) FROM generate_series(1, :count)"
        )
        given = {"table": table.name, "key": key.name, "count": count}
        return sorted(int(number) for number in connection.execute(query, given).scalars())
    # BEGIN IMMEDIATE keeps every other writer out until commit.
    newest = connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one()
    return list(range(newest + 1, newest + 1 + count))


def save_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same keys; instants are epoch ms or None."""
    if rows:
        names = list(rows[0])
        bulk_insert(connection, table, {name: [row[name] for row in rows] for name in names})


def save_case_changes(connection: Connection, changes: Iterable[tuple[int, Row]]) -> None:
    """Write the changed columns of each case, and only those."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for case_id, values in changes:
        if not values:
            continue
        row = {f"new_{name}": _bound(cases, name, value) for name, value in values.items()}
        groups.setdefault(tuple(sorted(values)), []).append({"the_case_id": case_id, **row})
    for names, rows in groups.items():
        statement = (
            update(cases)
            .where(cases.c.case_id == bindparam("the_case_id"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        connection.execute(statement, rows)


def _bound(table: Table, name: str, value: Any) -> Any:
    if value is not None and isinstance(table.c[name].type, Instant):
        return from_epoch_ms(value)
    return value


def read_event_counts(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """The last event number of each case that has events."""
    query = (
        select(case_events.c.case_id, func.max(case_events.c.seq))
        .where(case_events.c.case_id.in_(case_ids))
        .group_by(case_events.c.case_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)} if case_ids else {}


def read_events(connection: Connection, case_ids: Sequence[int]) -> list[Row]:
    """Events of cases in order, ``known_at`` and ``event_at`` as epoch ms."""
    if not case_ids:
        return []
    query = (
        select(
            case_events.c.case_id,
            case_events.c.seq,
            epoch_ms(case_events.c.event_at).label("event_at"),
            epoch_ms(case_events.c.known_at).label("known_at"),
            case_events.c.from_state,
            case_events.c.to_state,
            case_events.c.opinion,
        )
        .where(case_events.c.case_id.in_(case_ids))
        .order_by(case_events.c.case_id, case_events.c.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def read_suspensions(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Pauses 挂账 of cases in order, instants as epoch ms."""
    found: dict[int, list[Row]] = {}
    if not case_ids:
        return found
    query = (
        select(
            case_suspensions.c.case_id,
            case_suspensions.c.seq,
            epoch_ms(case_suspensions.c.started_at).label("started_at"),
            epoch_ms(case_suspensions.c.ended_at).label("ended_at"),
        )
        .where(case_suspensions.c.case_id.in_(case_ids))
        .order_by(case_suspensions.c.case_id, case_suspensions.c.seq)
    )
    for row in connection.execute(query).mappings():
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def read_call_backs(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Call-backs 回访 of cases, ``visited_at`` as epoch ms."""
    found: dict[int, list[Row]] = {}
    if not case_ids:
        return found
    names = ("callback_id", "case_id", "is_valid", "is_contacted", "is_solved", "answer")
    query = select(
        *(callbacks.c[name] for name in names), epoch_ms(callbacks.c.visited_at).label("visited_at")
    ).where(callbacks.c.case_id.in_(case_ids))
    for row in connection.execute(query).mappings():
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def read_granted_extensions(
    connection: Connection, case_ids: Sequence[int]
) -> dict[int, list[Row]]:
    """Extensions 延期 of cases, instants as epoch ms."""
    found: dict[int, list[Row]] = {}
    if not case_ids:
        return found
    one = case_extensions
    query = select(
        one.c.case_id, one.c.seq, one.c.is_approved,
        epoch_ms(one.c.applied_at).label("applied_at"),
        epoch_ms(one.c.decided_at).label("decided_at"),
    ).where(one.c.case_id.in_(case_ids))  # fmt: skip
    for row in connection.execute(query).mappings():
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def save_call_back_changes(connection: Connection, changes: Iterable[tuple[int, Row]]) -> None:
    """Correct call-backs: (callback_id, columns)."""
    for callback_id, values in changes:
        connection.execute(
            update(callbacks).where(callbacks.c.callback_id == callback_id).values(**values)
        )


def read_cycle_starts(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """When the current cycle of each reworked case began, epoch ms."""
    query = (
        select(case_cycles.c.case_id, func.max(epoch_ms(case_cycles.c.reopened_at)))
        .where(case_cycles.c.case_id.in_(case_ids))
        .group_by(case_cycles.c.case_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)} if case_ids else {}


def save_suspension_end(connection: Connection, case_id: int, seq: int, ended_ms: int) -> None:
    """End a pause."""
    connection.execute(
        update(case_suspensions)
        .where(case_suspensions.c.case_id == case_id, case_suspensions.c.seq == seq)
        .values(ended_at=from_epoch_ms(ended_ms))
    )


def save_batch_start(
    connection: Connection, *, source_code: str, origin: str, now: datetime
) -> int:
    """A new batch in the state ``running``."""
    return save_entry(
        connection,
        ingest_batches,
        {"source_code": source_code, "origin": origin, "started_at": now, "status": "running"},
    )


def save_batch(connection: Connection, batch_id: int, values: Mapping[str, Any]) -> None:
    """The counts, and at the end the status, of a batch."""
    connection.execute(
        update(ingest_batches).where(ingest_batches.c.batch_id == batch_id).values(**values)
    )


def save_rejects(connection: Connection, batch_id: int, rows: Sequence[Row]) -> None:
    """Refused rows with their reasons."""
    if rows:
        connection.execute(insert(rejects), [{"batch_id": batch_id, **row} for row in rows])


def save_source_delivery(
    connection: Connection, source_id: int, *, now: datetime, rows: int
) -> None:
    """A source has delivered: its promise to do so every so often is kept."""
    connection.execute(
        update(sources)
        .where(sources.c.source_id == source_id)
        .values(
            last_ingested_at=now,
            rows_total=func.coalesce(sources.c.rows_total, 0) + rows,
            failure=None,
        )
    )


def save_source_failure(
    connection: Connection, source_id: int, *, now: datetime, failure: str
) -> None:
    """A delivery broke off."""
    connection.execute(
        update(sources)
        .where(sources.c.source_id == source_id)
        .values(last_failed_at=now, failure=failure)
    )
