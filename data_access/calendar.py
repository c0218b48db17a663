"""The editable calendar of holidays and make-up days, and the record of deadlines it has moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from data_access.bulk import bulk_insert
from data_access.tables import calendar_days, calendar_years, deadline_changes

Row = dict[str, Any]

NOTICE_MONTH: Final = 11  # 国务院办公厅 publishes the next year's notice in November
_CHANGE_COLUMNS: Final = (
    "case_id", "changed_at", "reason", "old_deadline_handle_at", "new_deadline_handle_at",
    "old_deadline_at", "new_deadline_at", "note",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EnteredDay:
    """A day that differs from Monday to Friday; ``origin`` says who entered it."""

    day: date
    is_working_day: bool
    name: str | None = None
    origin: str | None = None


@dataclass(frozen=True, kw_only=True)
class EnteredYear:
    """What is known of a year: complete means with its make-up days 调休, by ``document``."""

    year: int
    is_complete: bool
    document: str | None = None
    entered_at: datetime | None = None
    entered_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeadlineMove:
    """Deadlines of so many cases that were changed at one moment for one reason."""

    changed_at: datetime
    reason: str
    cases: int


def read_calendar_days(connection: Connection) -> dict[date, bool]:
    """The editable calendar: True a working day, False a holiday; empty when never filled."""
    query = select(calendar_days.c.day, calendar_days.c.is_working_day)
    return {row.day: bool(row.is_working_day) for row in connection.execute(query)}


def read_entered_days(connection: Connection, first: date, last: date) -> list[EnteredDay]:
    """The entered days from ``first`` to ``last`` inclusive, ascending, with names and origin."""
    query = (
        select(calendar_days)
        .where(calendar_days.c.day.between(first, last))
        .order_by(calendar_days.c.day)
    )
    return [
        EnteredDay(
            day=row.day, is_working_day=bool(row.is_working_day), name=row.name, origin=row.origin
        )
        for row in connection.execute(query)
    ]


def read_entered_years(connection: Connection) -> list[EnteredYear]:
    """Every year that was entered, ascending."""
    query = select(calendar_years).order_by(calendar_years.c.year)
    return [EnteredYear(**row) for row in connection.execute(query).mappings()]


def read_complete_years(connection: Connection) -> frozenset[int]:
    """The years whose notice is entered, make-up days included."""
    query = select(calendar_years.c.year).where(calendar_years.c.is_complete)
    return frozenset(connection.execute(query).scalars())


def needed_years(today: date) -> tuple[int, ...]:
    """The years that must be complete on a city day: this one, and from 1 November the next, into
    which deadlines begin to reach."""
    return (today.year, today.year + 1) if today.month >= NOTICE_MONTH else (today.year,)


def missing_years(connection: Connection, today: date) -> list[int]:
    """The needed years that are not complete: what every screen warns of. Empty when all is well.

    Their deadlines in working time are computed as plain weeks with the days entered so far.
    """
    complete = read_complete_years(connection)
    return [year for year in needed_years(today) if year not in complete]


def save_entered_days(connection: Connection, days: Sequence[EnteredDay]) -> int:
    """Enter or change days; those that already say so are left alone. How many were written."""
    if not days:
        return 0
    before = {
        one.day: one
        for one in read_entered_days(
            connection, min(one.day for one in days), max(one.day for one in days)
        )
    }
    new = [one for one in days if one.day not in before]
    changed = [one for one in days if one.day in before and before[one.day] != one]
    if new:
        connection.execute(insert(calendar_days), [{"day": one.day, **_values(one)} for one in new])
    for one in changed:
        connection.execute(
            update(calendar_days).where(calendar_days.c.day == one.day).values(**_values(one))
        )
    return len(new) + len(changed)


def _values(one: EnteredDay) -> Row:
    return {"is_working_day": int(one.is_working_day), "name": one.name, "origin": one.origin}


def delete_entered_days(connection: Connection, days: Collection[date]) -> int:
    """Make days plain again: Monday to Friday work, Saturday and Sunday rest."""
    gone = connection.execute(delete(calendar_days).where(calendar_days.c.day.in_(list(days))))
    return gone.rowcount


def save_entered_year(connection: Connection, year: EnteredYear) -> None:
    """Say whether a year is complete, by which document, entered when and by whom."""
    values: Mapping[str, Any] = {
        "is_complete": year.is_complete,
        "document": year.document,
        "entered_at": year.entered_at,
        "entered_by": year.entered_by,
    }
    written = connection.execute(
        update(calendar_years).where(calendar_years.c.year == year.year).values(**values)
    )
    if not written.rowcount:
        connection.execute(insert(calendar_years).values(year=year.year, **values))


def save_deadline_changes(connection: Connection, changes: Sequence[Row]) -> None:
    """Append records of changed deadlines; instants are epoch ms or None.

    Each row has ``case_id``, ``changed_at``, ``reason`` (extension resume rework calendar limit
    correction), the old and new deadlines, and maybe a ``note``.
    """
    if changes:
        columns = {name: [row.get(name) for row in changes] for name in _CHANGE_COLUMNS}
        bulk_insert(connection, deadline_changes, columns)


def read_deadline_moves(
    connection: Connection, *, reasons: Collection[str], limit: int
) -> list[DeadlineMove]:
    """The last moments at which deadlines were changed for one of the reasons, newest first."""
    query = (
        select(
            deadline_changes.c.changed_at,
            deadline_changes.c.reason,
            func.count(func.distinct(deadline_changes.c.case_id)).label("cases"),
        )
        .where(deadline_changes.c.reason.in_(list(reasons)))
        .group_by(deadline_changes.c.changed_at, deadline_changes.c.reason)
        .order_by(deadline_changes.c.changed_at.desc(), deadline_changes.c.reason)
        .limit(limit)
    )
    return [
        DeadlineMove(changed_at=row.changed_at, reason=row.reason, cases=row.cases)
        for row in connection.execute(query)
    ]


def read_deadline_changes(connection: Connection, case_id: int) -> list[Row]:
    """Every recorded change of one case's deadlines, oldest first; aware instants."""
    query = (
        select(deadline_changes)
        .where(deadline_changes.c.case_id == case_id)
        .order_by(deadline_changes.c.changed_at, deadline_changes.c.change_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
