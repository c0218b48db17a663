"""Deadlines 时限 of a case as its row holds them: set, set again, moved, and the record of a move.

The clock starts when the case is dispatched, else filed, else accepted. The limit of its category
and filing condition as it is on that day is copied to the case, so that a later change of the table
touches new cases only (domain rule 2.5). A case whose source brings the deadline itself keeps it
and has no clock here: ``clock_started_at`` stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from sqlalchemy import Connection

from dashboard.clocks import Limit, LimitBook, WorkCalendar
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockRules,
    Suspension,
    closing_ms,
    resume_ms,
    resumed_deadline,
    settled_deadlines,
    settled_many,
)
from dashboard.clocks.city_calendar import clock_rules
from dashboard.clocks.city_time import city_days
from dashboard.clocks.limit import start_ms
from dashboard.readings.calendars import calendar_of, limit_book_of
from dashboard.settings import Settings
from data_access.ingest import Row

START_COLUMNS: Final = ("dispatched_at", "filed_at", "accepted_at")
DEADLINE_COLUMNS: Final = ("deadline_handle_at", "deadline_at")
CLOCK_COLUMNS: Final = ("start_rule", "clock_started_at", *DEADLINE_COLUMNS, "due_soon_at")
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The city's calendar, its table of limits and its rules, as one delivery sees them."""

    calendar: WorkCalendar
    rules: ClockRules
    book: LimitBook

    def limit_on(self, row: Row, start: int) -> Limit | None:
        """The limit of a case's category and condition on the city day its clock starts."""
        return self.limits_on([row], [start])[0]

    def limits_on(self, rows: Sequence[Row], starts: Sequence[int]) -> list[Limit | None]:
        """The same for many cases at once: a day of the city is looked up for all of them."""
        days = city_days(np.array(starts, dtype=np.int64), self.calendar.time_zone).tolist()
        found: dict[tuple[int, str | None, int], Limit | None] = {}
        limits: list[Limit | None] = []
        for row, number in zip(rows, days, strict=True):
            key = (row["category_id"], row.get("filing_condition"), number)
            if key not in found:
                found[key] = self.book.limit_for(*key[:2], _EPOCH + timedelta(days=number))
            limits.append(found[key])
        return limits


def clocks_of(connection: Connection, settings: Settings) -> Clocks:
    """The clocks of the store's city."""
    return Clocks(
        calendar=calendar_of(connection, settings),
        rules=clock_rules(settings),
        book=limit_book_of(connection),
    )


def clock_start(row: Row) -> int | None:
    """When the case's first clock started, epoch ms; None while it has not."""
    for name in START_COLUMNS:
        if row.get(name) is not None:
            return int(row[name])
    return None


def copied_limit(row: Row) -> Limit | None:
    """The limit a case has as its own; None without one."""
    if not row.get("limit_kind") or row.get("limit_amount") is None:
        return None
    return Limit(row["limit_kind"], row["limit_amount"], row.get("start_rule") or "instant")


def settle_new(rows: Sequence[Row], clocks: Clocks) -> None:
    """Fill limit, start, deadlines and yellow light of new rows in place, a kind at a time."""
    running: list[Row] = []
    starts: list[int] = []
    for row in rows:
        start = clock_start(row)
        if any(row.get(name) is not None for name in DEADLINE_COLUMNS):
            brought_deadline(row, start, clocks.rules.due_soon_ratio)
        elif start is not None:
            running.append(row)
            starts.append(start)
    by_limit: dict[tuple[str, str], list[Row]] = {}
    for row, start, given in zip(running, starts, clocks.limits_on(running, starts), strict=True):
        limit = copied_limit(row) or given
        if limit is not None:
            row |= _limit_columns(limit, start)
            by_limit.setdefault((limit.kind, limit.start_rule), []).append(row)
    for (kind, rule), limited in by_limit.items():
        _settle_kind(limited, kind, rule, clocks)


def _limit_columns(limit: Limit, start: int) -> Row:
    return {
        "limit_kind": limit.kind,
        "limit_amount": limit.amount,
        "start_rule": limit.start_rule,
        "clock_started_at": start,
    }


def _settle_kind(rows: Sequence[Row], kind: str, rule: str, clocks: Clocks) -> None:
    moments = np.array([row["clock_started_at"] for row in rows], dtype=np.int64)
    amounts = np.array([row["limit_amount"] for row in rows], dtype=np.float64)
    found = settled_many(clocks.calendar, Limit(kind, 0, rule), moments, amounts, clocks.rules)
    columns = [part.tolist() for part in found]
    for row, soon, handle, close in zip(rows, *columns, strict=True):
        row["due_soon_at"], row["deadline_handle_at"], row["deadline_at"] = soon, handle, close


def brought_deadline(row: Row, start: int | None, due_soon_ratio: float) -> None:
    """Complete a deadline the source brought: yellow by the share of the natural time until it."""
    row["start_rule"] = row["clock_started_at"] = None
    if row.get("deadline_at") is None:
        row["deadline_at"] = row.get("deadline_handle_at")
    end = row["deadline_at"]
    if end is not None and start is not None and end >= start:
        row["due_soon_at"] = start + round((end - start) * due_soon_ratio)
    else:
        row["due_soon_at"] = end


def limit_again(
    row: Row, start: int, limit: Limit | None, clocks: Clocks, *, pauses: Sequence[Row] = ()
) -> Row:
    """The limit and deadline columns of a case whose clock starts (again) at ``start``, epoch ms.

    ``pauses`` are its suspensions with ``started_at`` and ``ended_at`` in epoch ms; one that stands
    is added when it ends. Without a limit the case has no deadline.
    """
    stays = tuple(
        Suspension(pause["started_at"], None, pause["ended_at"])
        for pause in pauses
        if pause["ended_at"] is not None
    )
    times = CaseTimes(limit=limit, started_ms=start, suspensions=stays)
    found = settled_deadlines(clocks.calendar, times, clocks.rules)
    if limit is None or found is None:
        return dict.fromkeys(CLOCK_COLUMNS)
    return _limit_columns(limit, start) | {
        "deadline_handle_at": found.handle_ms,
        "deadline_at": found.close_ms,
        "due_soon_at": found.due_soon_ms,
    }


def moved_by_pause(row: Row, begin: int, end: int, clocks: Clocks) -> Row:
    """The deadline columns that a pause [begin, end) moves, on the clock of the case's limit.

    A deadline of the source's own is moved by the natural length of the pause.
    """
    kind, start = row.get("limit_kind"), row.get("clock_started_at")
    if start is not None:
        begin = max(begin, start_ms(clocks.calendar, start, row.get("start_rule") or "instant"))
    moved: Row = {}
    for name in ("due_soon_at", *DEADLINE_COLUMNS):
        if row.get(name) is not None:
            after = resumed_deadline(clocks.calendar, kind, row[name], (begin, end))
            if after != row[name]:
                moved[name] = after
    if start is not None and "deadline_handle_at" in moved and clocks.rules.after_handling:
        moved["deadline_at"] = closing_ms(
            clocks.calendar, moved["deadline_handle_at"], clocks.rules
        )
    return moved


def is_over(pause: Row, at_ms: int, clocks: Clocks) -> bool:
    """Whether a suspension as a source tells it has ended by itself before ``at_ms``."""
    told = Suspension(pause["started_at"], pause["planned_end_at"])
    return resume_ms(told, clocks.rules) <= at_ms


def deadline_change(row: Row, moved: Row, reason: str, now_ms: int) -> Row:
    """The record of a moved deadline: ``row`` as it stood, ``moved`` the columns that change."""
    return {
        "case_id": row["case_id"],
        "changed_at": now_ms,
        "reason": reason,
        **{f"old_{name}": row[name] for name in DEADLINE_COLUMNS},
        **{f"new_{name}": moved.get(name, row[name]) for name in DEADLINE_COLUMNS},
    }
