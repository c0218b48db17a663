"""keep_closings: how long closed cases took, kept by day, so that quantiles of a year are quick.

Missing days are filled, the newest first. The rollup job drops the days of cases that change, in
the transaction that applies the change; a day is therefore never kept while a change of a case
closed on it waits to be applied, and nothing is kept while rollups are written.
"""

from __future__ import annotations

import time
from datetime import datetime

from sqlalchemy import Connection, Engine

from dashboard.settings import Settings
from data_access import closing_days, feed
from data_access.engine import begin_read, begin_snapshot_write
from data_access.locks import rollup_lock
from data_access.types import to_epoch_ms

# A day is kept once its closures are two days old: until then cases still change.
_YOUNGEST, _OLDEST = 2, 1200
_CHUNK_DAYS = 10
_SPEND_SECONDS = 0.5  # of one run; the next goes on


def run_keep_closings(engine: Engine, settings: Settings, now: datetime) -> bool:
    """Keep what is missing, for half a second at most; whether anything was kept."""
    began = time.monotonic()
    worked = False
    with begin_read(engine) as connection:
        chunks = _missing(connection, now)
    for first, last in chunks:
        with rollup_lock(engine, wait=False) as mine:
            if not mine:
                break
            with begin_snapshot_write(engine) as connection:
                worked |= _keep(connection, first, last)
        if time.monotonic() - began > _SPEND_SECONDS:
            break
    return worked


def _missing(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """Runs of days that are not kept, [first, last], the newest first."""
    begun = closing_days.read_first_closure(connection)
    if begun is None:
        return []
    today = to_epoch_ms(now) // closing_days.DAY_MS
    first = max(today - _OLDEST, to_epoch_ms(begun) // closing_days.DAY_MS)
    last = today - _YOUNGEST
    kept = closing_days.read_days_kept(connection, first, last)
    return _runs([day for day in range(last, first - 1, -1) if day not in kept])


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """Days in descending order as runs of consecutive ones, of a chunk at most."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and found[-1][0] == day + 1 and found[-1][1] - day < _CHUNK_DAYS:
            found[-1] = (day, found[-1][1])
        else:
            found.append((day, day))
    return found


def _keep(connection: Connection, first: int, last: int) -> bool:
    """Keep these days as this snapshot has them, but none of a case that waits to be applied."""
    cursor = feed.read_cursor(connection)
    if cursor is None:
        return False
    waiting = feed.read_changes(connection, cursor.position).case_ids.tolist()
    barred = closing_days.read_closed_days(connection, waiting) if waiting else set()
    barred |= closing_days.read_days_kept(connection, first, last)
    days = [day for day in range(last, first - 1, -1) if day not in barred]
    for low, high in _runs(days):
        closing_days.keep_days(connection, low, high)
    return bool(days)
