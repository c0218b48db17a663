"""link_repeats: which new cases repeat earlier ones 重复诉求, written on both.

Reads the change feed as a reader of its own, so that a case is looked at however late it was
accepted and whoever wrote it. A few changed cases are compared with what can match them; after many
(an import), at the first run, after a longer absence or with another ``repeat_days`` all cases of
the time in question are compared with each other, which also takes back what no longer holds.
Running it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Engine

from dashboard.clocks import NULL_MS
from dashboard.lifecycle.repeats import (
    NEAR_METRES,
    Complaints,
    RepeatLinks,
    numbered,
    repeat_links,
)
from dashboard.settings import Settings
from data_access import feed
from data_access.engine import begin_read, begin_write
from data_access.repeats import (
    read_accepted_between,
    read_accepted_cases,
    read_accepted_span,
    read_same_callers,
    read_same_place,
    save_repeats,
)
from data_access.types import from_epoch_ms

Row = dict[str, Any]

FEW: Final = 300  # changed cases that are compared one by one
_CURSOR_AGE: Final = timedelta(minutes=1)  # a cursor this old is renewed although nothing changed
_METRES_PER_DEGREE: Final = 111_000.0  # a little less than a degree of latitude has


def run_link_repeats(engine: Engine, settings: Settings, now: datetime) -> int:
    """Link what changed since the last run; returns how many cases were written."""
    name = cursor_name(settings)
    within = timedelta(days=settings.repeat_days)
    rows: list[Row] = []
    span: tuple[datetime, datetime] | None = None
    with begin_read(engine) as connection:
        cursor = feed.read_kept_cursor(connection, name)
        if cursor is None:
            position, case_ids = feed.read_position(connection), None
            span = read_accepted_span(connection)
        else:
            changes = feed.read_changes(connection, cursor.position)
            position, case_ids = changes.position, changes.case_ids.tolist()
            if not case_ids and now - cursor.clock_at < _CURSOR_AGE:
                return 0
            if len(case_ids) <= FEW:
                rows = _with_matches(connection, case_ids, within)
            else:
                span = read_accepted_span(connection, case_ids)
    written = 0 if span is None else _compare_all(engine, span, within)
    found = _nearer(rows, _links(rows, within))
    with begin_write(engine) as connection:
        save_repeats(connection, found.repeats, found.repeated)
        feed.save_cursor(connection, feed.Cursor(position=position, clock_at=now), name)
    return written + len(found.cases)


def cursor_name(settings: Settings) -> str:
    """The name of the feed's reader; another window is another reader, which begins anew."""
    return f"{feed.REPEATS}:{settings.repeat_days}"


def _with_matches(connection: Connection, case_ids: Sequence[int], within: timedelta) -> list[Row]:
    """The accepted ones of these cases with every case that can match one of them."""
    changed = read_accepted_cases(connection, case_ids)
    found = {row["case_id"]: row for row in changed}
    if not found:
        return []
    moments = [row["accepted_ms"] for row in changed]
    first, last = from_epoch_ms(min(moments)) - within, from_epoch_ms(max(moments)) + within
    phones = {row["phone"] for row in changed if row["phone"] and row["phone"].strip()}
    if phones:
        _add(found, read_same_callers(connection, phones, first, last))
    for row in changed:
        accepted = from_epoch_ms(row["accepted_ms"])
        degrees = _degrees(row["latitude"])
        _add(found, read_same_place(connection, row, accepted - within, accepted + within, degrees))
    return list(found.values())


def _add(found: dict[int, Row], rows: Iterable[Row]) -> None:
    for row in rows:
        found.setdefault(row["case_id"], row)


def _degrees(latitude: float | None) -> tuple[float, float]:
    """Degrees of longitude and latitude that are certainly as long as NEAR_METRES."""
    north = NEAR_METRES / _METRES_PER_DEGREE
    return north / max(cos(radians(abs(latitude or 0.0) + 0.01)), 0.01), north


def _compare_all(engine: Engine, span: tuple[datetime, datetime], within: timedelta) -> int:
    """Compare every case accepted around the span with every other, a slice of time at a time.

    What is written follows from a moment's reading; what changes meanwhile is in the feed.
    """
    start, end = span[0] - within, span[1] + within
    written = 0
    while start <= end:
        until = start + within
        with begin_read(engine) as connection:
            rows = read_accepted_between(connection, start - within, until + within)
        inside = [start <= from_epoch_ms(row["accepted_ms"]) < until for row in rows]
        found = _exact(rows, inside, _links(rows, within)) if any(inside) else _Found()
        if found.cases:
            with begin_write(engine) as connection:
                save_repeats(connection, found.repeats, found.repeated)
        written += len(found.cases)
        start = until
    return written


def _links(rows: Sequence[Row], within: timedelta) -> RepeatLinks:
    def column(name: str, kind: type) -> Any:
        return np.array([row[name] for row in rows], dtype=kind)

    return repeat_links(
        Complaints(
            case_id=column("case_id", np.int64),
            accepted_ms=column("accepted_ms", np.int64),
            category=column("category_id", np.int64),
            phone=numbered(row["phone"] for row in rows),
            address=numbered(row["address"] for row in rows),
            longitude=column("longitude", np.float64),
            latitude=column("latitude", np.float64),
        ),
        within_ms=round(within.total_seconds() * 1000),
    )


@dataclass(frozen=True)
class _Found:
    """What is to be written: case → the case it repeats, case → when it was first repeated."""

    repeats: dict[int, int | None] = field(default_factory=dict)
    repeated: dict[int, int | None] = field(default_factory=dict)

    @property
    def cases(self) -> set[int]:
        return self.repeats.keys() | self.repeated.keys()


def _nearer(rows: Sequence[Row], links: RepeatLinks) -> _Found:
    """What these cases show to be nearer than what is known; others may know more."""
    found = _Found()
    for row, other, moment in _told(rows, links):
        if other is not None:
            known = (row["linked_ms"], row["repeat_of_case_id"])
            if known[0] is None or known < (other["accepted_ms"], other["case_id"]):
                found.repeats[row["case_id"]] = other["case_id"]
        if moment is not None and (row["repeated_ms"] is None or moment < row["repeated_ms"]):
            found.repeated[row["case_id"]] = moment
    return found


def _exact(rows: Sequence[Row], inside: Sequence[bool], links: RepeatLinks) -> _Found:
    """What is so for the rows inside, all that can match them being among the rows."""
    found = _Found()
    for (row, other, moment), mine in zip(_told(rows, links), inside, strict=True):
        earlier = None if other is None else int(other["case_id"])
        if mine and earlier != row["repeat_of_case_id"]:
            found.repeats[row["case_id"]] = earlier
        if mine and moment != row["repeated_ms"]:
            found.repeated[row["case_id"]] = moment
    return found


def _told(rows: Sequence[Row], links: RepeatLinks) -> Iterable[tuple[Row, Row | None, int | None]]:
    """Each row with the row it repeats and the moment at which it was first repeated."""
    pairs = zip(links.repeat_of.tolist(), links.repeated_ms.tolist(), strict=True)
    for row, (earlier, moment) in zip(rows, pairs, strict=True):
        yield row, None if earlier < 0 else rows[earlier], None if moment == NULL_MS else moment
