"""Cases as they were known at an earlier moment 留痕还原: today's rows with the journal undone.

The journal (data_access/history_triggers.py) holds every row as it was before each change. A row
as known at a moment is the oldest one kept, with the changes made until then applied in their
order: so a change may bear an earlier moment than the database's clock, where its source made it
known before it was written here (``stamp_known``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, func, select, union, update

from data_access.case_columns import is_wanted
from data_access.case_images import CaseImage, Row
from data_access.history_triggers import BEGINNING, JOURNALED, Journaled
from data_access.tables import case_events, case_history, cases, deadline_changes, job_marks
from data_access.types import Instant, epoch_ms, from_epoch_ms, to_epoch_ms

_OF_TABLE: Final = {item.name: item for item in JOURNALED}
_PART: Final = {
    "case_cycles": "cycles", "case_suspensions": "suspensions", "case_extensions": "extensions",
    "callbacks": "callbacks", "case_rechecks": "rechecks", "case_events": "log",
}  # fmt: skip
# (table, case id, key of the row)
_Key = tuple[str, int, str]


def read_touched(connection: Connection, known_at: datetime) -> tuple[set[int], set[int]]:
    """(cases whose rows or log hold something learned after ``known_at``, cases learned of later).

    The first holds deleted cases too. All other cases are today what they were then.
    """
    later = connection.execute(
        union(
            select(case_history.c.case_id).where(case_history.c.changed_at > known_at),
            select(case_events.c.case_id).where(case_events.c.known_at > known_at),
            select(deadline_changes.c.case_id).where(deadline_changes.c.changed_at > known_at),
        )
    ).scalars()
    journaled = set(
        connection.execute(
            select(case_history.c.case_id).distinct().where(case_history.c.changed_at > known_at)
        ).scalars()
    )
    newer = set(
        connection.execute(select(cases.c.case_id).where(cases.c.ingested_at > known_at)).scalars()
    )
    return set(later) - (newer - journaled), newer - journaled


def read_changed_after(connection: Connection, happened_at: datetime) -> set[int]:
    """Cases voided, or given another deadline on record, after a moment: what the columns of cases
    do not tell."""
    table = deadline_changes
    return set(
        connection.execute(
            union(
                select(table.c.case_id).where(table.c.changed_at > happened_at),
                select(cases.c.case_id).where(cases.c.voided_at > happened_at),
            )
        ).scalars()
    )


def read_images(
    connection: Connection, case_ids: Sequence[int], known_at: datetime
) -> dict[int, CaseImage]:
    """The cases as their rows stood at ``known_at``; cases not yet learned of are left out.

    Events learned later are still in ``log``. Where the history does not reach back to the moment,
    rows are as old as it and hold what came of those events: dashboard.lifecycle.as_of takes both
    away.
    """
    known_ms = to_epoch_ms(known_at)
    rows = _read_rows(connection, case_ids)
    for key, versions in _read_versions(connection, case_ids).items():
        rows[key] = _replayed(versions, rows.get(key), known_ms)
    images = {
        case_id: CaseImage(case_id=case_id, row=row)
        for (table, case_id, _), row in rows.items()
        if table == "cases" and row is not None and row["ingested_at"] <= known_ms
    }
    ordered = sorted(rows.items(), key=lambda item: (item[0][0], item[0][1], _number(item[0][2])))
    for (table, case_id, _), row in ordered:
        if row is not None and table in _PART and case_id in images:
            getattr(images[case_id], _PART[table]).append(row)
    for case_id, changes in _read_deadline_changes(connection, list(images)).items():
        images[case_id].deadline_changes = changes
    return images


def _number(key: str) -> int:
    return int(key) if key else 0


def _read_rows(connection: Connection, case_ids: Sequence[int]) -> dict[_Key, Row | None]:
    found: dict[_Key, Row | None] = {}
    for item in JOURNALED:
        for row in _read_table(connection, item, case_ids):
            case_id = row.pop("case_id")
            key = str(row[item.key]) if item.key else ""
            found[item.name, case_id, key] = row
    return found


def _read_table(
    connection: Connection, item: Journaled, case_ids: Sequence[int]
) -> Iterable[dict[str, Any]]:
    names = (item.key,) * bool(item.key) + item.shown + item.columns
    columns = [_value(item.table, name) for name in names]
    query = select(item.table.c.case_id, *columns).where(
        is_wanted(connection, item.table.c.case_id, case_ids)
    )
    return (dict(row) for row in connection.execute(query).mappings())


def _value(table: Table, name: str) -> Any:
    column = table.c[name]
    return epoch_ms(column).label(name) if isinstance(column.type, Instant) else column


def _read_versions(
    connection: Connection, case_ids: Sequence[int]
) -> dict[_Key, list[tuple[int, Row | None]]]:
    """(when it changed, row before) of every row with a history, oldest change first."""
    table = case_history
    query = (
        select(
            table.c.case_id,
            table.c.table_name,
            table.c.row_key,
            epoch_ms(table.c.changed_at),
            table.c.before,
        )
        .where(is_wanted(connection, table.c.case_id, case_ids))
        .order_by(table.c.history_id)
    )
    found: dict[_Key, list[tuple[int, Row | None]]] = {}
    for case_id, name, key, changed_ms, before in connection.execute(query):
        row = None if before is None else _whole(_OF_TABLE[name], key, json.loads(before))
        found.setdefault((name, case_id, key), []).append((changed_ms, row))
    return found


def _whole(item: Journaled, key: str, told: Mapping[str, Any]) -> Row:
    """A kept row with its key and with None for what was empty."""
    row = {name: told.get(name) for name in (*item.shown, *item.columns)}
    return {item.key: int(key)} | row if item.key else row


def _replayed(
    versions: Sequence[tuple[int, Row | None]], current: Row | None, known_ms: int
) -> Row | None:
    """The row as known: the oldest version with the changes known by then, in their order."""
    value = versions[0][1]
    after = [row for _, row in versions[1:]] + [current]
    for (changed_ms, old), new in zip(versions, after, strict=True):
        if changed_ms > known_ms:
            continue
        if old is None or new is None or value is None:
            value = new
        else:
            value = value | {name: new[name] for name in new if new[name] != old.get(name)}
    return value


def _read_deadline_changes(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[Row]]:
    table = deadline_changes
    names = (
        "changed_at", "old_deadline_handle_at", "new_deadline_handle_at", "old_deadline_at",
        "new_deadline_at",
    )  # fmt: skip
    query = (
        select(table.c.case_id, *(_value(table, name) for name in names))
        .where(is_wanted(connection, table.c.case_id, case_ids))
        .order_by(table.c.changed_at, table.c.change_id)
    )
    found: dict[int, list[Row]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def read_last_history_id(connection: Connection) -> int:
    """The newest entry of the journal that this transaction sees; 0 for none."""
    return int(
        connection.execute(
            select(func.coalesce(func.max(case_history.c.history_id), 0))
        ).scalar_one()
    )


def stamp_known(connection: Connection, since: int, known: Mapping[int, int]) -> None:
    """Say that what this transaction changed was known earlier: case id → epoch ms.

    For deliveries that tell when their source published a change. ``since`` is what
    ``read_last_history_id`` gave after the cases were locked and before they were changed.
    """
    if not known:
        return
    table = case_history
    statement = (
        update(table)
        .where(table.c.case_id == bindparam("the_case"), table.c.history_id > since)
        .values(changed_at=bindparam("known_at", type_=Instant))
    )
    connection.execute(
        statement,
        [{"the_case": case_id, "known_at": from_epoch_ms(ms)} for case_id, ms in known.items()],
    )


def delete_history(connection: Connection, before: datetime) -> int:
    """Forget what was known before a moment; returns how many entries went.

    The history then begins at ``before``. A change stamped with an
    earlier moment than one written before it stays until both may go.
    """
    table, older = case_history, case_history.alias("older")
    held = select(older.c.history_id).where(
        older.c.case_id == table.c.case_id,
        older.c.table_name == table.c.table_name,
        older.c.row_key == table.c.row_key,
        older.c.history_id < table.c.history_id,
        older.c.changed_at >= before,
    )
    gone = connection.execute(delete(table).where(table.c.changed_at < before, ~held.exists()))
    connection.execute(
        update(job_marks)
        .where(job_marks.c.name == BEGINNING, job_marks.c.noted_at < before)
        .values(noted_at=before)
    )
    return gone.rowcount


def read_history_start(connection: Connection) -> datetime | None:
    """Since when rows can be restored exactly; None where nobody noted it."""
    query = select(job_marks.c.noted_at).where(job_marks.c.name == BEGINNING)
    return connection.execute(query).scalar_one_or_none()
