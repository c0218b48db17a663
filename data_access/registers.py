"""Registers 台账: rows known by a key, merged with what a file delivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, insert, select, update

from data_access.ingest import Row

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What became of the rows of a delivery."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def merge_rows(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Row],
    *,
    kept: Sequence[str] = (),
    is_dry_run: bool = False,
) -> Merged:
    """Add rows whose ``key`` is new and change what differs in the others.

    The first column of the key is the area; keys are unique within ``rows``. ``kept``: columns
    where a delivered None leaves what is known. Writes nothing with ``is_dry_run``.
    """
    added: list[Row] = []
    changed = unchanged = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        known = _known(connection, table, key, chunk)
        for row in chunk:
            before = known.get(tuple(row[name] for name in key))
            if before is None:
                added.append(row)
                continue
            new = {
                name: value
                for name, value in row.items()
                if value != before[name] and not (value is None and name in kept)
            }
            if not new:
                unchanged += 1
                continue
            changed += 1
            if not is_dry_run:
                same = [table.c[name] == row[name] for name in key]
                connection.execute(update(table).where(*same).values(**new))
    if added and not is_dry_run:
        connection.execute(insert(table), added)
    return Merged(added=len(added), changed=changed, unchanged=unchanged)


def _known(
    connection: Connection, table: Table, key: Sequence[str], chunk: Sequence[Row]
) -> dict[tuple[object, ...], Row]:
    """The rows there are by key; the last column of the key narrows what is read."""
    first, last = key[0], key[-1]
    lasts = [row[last] for row in chunk]
    query = select(table).where(
        table.c[first].in_({row[first] for row in chunk}),
        table.c[last].between(min(lasts), max(lasts)),
    )
    found = [dict(row) for row in connection.execute(query).mappings()]
    return {tuple(row[name] for name in key): row for row in found}
