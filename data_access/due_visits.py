"""Visits that are overdue 逾期走访: subjects of the must-visit classes whose date has passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.rollup_reads import AreaRow, is_below
from data_access.tables import area_paths, areas, visit_classes, visit_subjects

LATE_DAYS = (7, 30)  # up to 7 days late, up to 30, more


@dataclass(frozen=True, kw_only=True)
class ClassCounts:
    """One must-visit class below an area: subjects, and those late by up to 7 days, 30, more."""

    visit_class: str
    name_zh: str
    interval_days: int
    grace_days: int
    subjects: int
    late: tuple[int, int, int]

    @property
    def overdue(self) -> int:
        return sum(self.late)


def read_class_counts(connection: Connection, area: AreaRow, now: datetime) -> list[ClassCounts]:
    """Every class with its counts, the most frequent first. A visit is late once its due date and
    the class's days of grace have passed."""
    classes = connection.execute(
        select(visit_classes).order_by(visit_classes.c.interval_days)
    ).all()
    grace = {row.visit_class: row.grace_days for row in classes}
    due, subject = visit_subjects.c.next_due_at, visit_subjects.c.visit_class
    spans = [
        func.coalesce(func.sum(case((and_(*condition), 1), else_=0)), 0)
        for condition in _late_conditions(due, subject, grace, now)
    ]

    def by_class(*columns: Any) -> Any:
        source = visit_subjects.join(area_paths, area_paths.c.area_id == visit_subjects.c.area_id)
        return select(subject, *columns).select_from(source).where(is_below(area)).group_by(subject)

    # The late ones are few and have an index: all of them need not be looked at for their dates.
    late = {row[0]: tuple(row[1:]) for row in connection.execute(by_class(*spans).where(due < now))}
    counts = {row[0]: row[1] for row in connection.execute(by_class(func.count()))}
    return [
        ClassCounts(
            visit_class=row.visit_class,
            name_zh=row.name_zh,
            interval_days=row.interval_days,
            grace_days=row.grace_days,
            subjects=counts.get(row.visit_class, 0),
            late=late.get(row.visit_class, (0, 0, 0)),
        )
        for row in classes
    ]


def _late_conditions(
    due: ColumnElement[Any], subject: ColumnElement[Any], grace: Mapping[str, int], now: datetime
) -> list[list[ColumnElement[bool]]]:
    """Due by (exclusive from, inclusive until), the nearest span first."""
    bounds = [0, *LATE_DAYS, None]
    found: list[list[ColumnElement[bool]]] = []
    for low, high in pairwise(bounds):
        condition = [_before(due, subject, grace, now - timedelta(days=low or 0))]
        if high is not None:
            condition.append(~_before(due, subject, grace, now - timedelta(days=high)))
        found.append(condition)
    return found


def _before(
    due: ColumnElement[Any], subject: ColumnElement[Any], grace: Mapping[str, int], when: datetime
) -> ColumnElement[bool]:
    """Whether due date plus grace lies before a moment; classes are few, so each has its bound."""
    if not grace:
        return due < when
    return or_(
        *(and_(subject == name, due < when - timedelta(days=days)) for name, days in grace.items())
    )


def read_overdue_visits(
    connection: Connection, area: AreaRow, now: datetime, *, limit: int, offset: int = 0
) -> list[Any]:
    """Overdue subjects below an area, the longest overdue first: class, masked label, due date,
    last visit, grace, and the grid's id."""
    grace = {row.visit_class: row.grace_days for row in connection.execute(select(visit_classes))}
    table = visit_subjects
    return list(
        connection.execute(
            select(
                table.c.subject_id,
                table.c.visit_class,
                table.c.label,
                table.c.last_visited_at,
                table.c.next_due_at,
                areas.c.area_id,
                area_paths.c.path,
            )
            .join(areas, areas.c.area_id == table.c.area_id)
            .join(area_paths, area_paths.c.area_id == table.c.area_id)
            .where(
                is_below(area),
                table.c.next_due_at < now,  # said again for the index
                _before(table.c.next_due_at, table.c.visit_class, grace, now),
            )
            .order_by(table.c.next_due_at, table.c.subject_id)
            .limit(limit)
            .offset(offset)
        )
    )
