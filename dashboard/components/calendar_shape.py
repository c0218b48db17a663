"""The shape of the calendar page 工作日历页. Days are city dates, ISO text."""

from __future__ import annotations

from typing import TypedDict


class DayCell(TypedDict):
    """One day: ``kind`` is working, weekend, holiday 法定节假日 or makeup 调休上班.

    ``name``: what the calendar table says of it; ``is_edited``: it was changed by hand.
    """

    on: str
    kind: str
    name: str
    is_today: bool
    is_edited: bool


class Month(TypedDict):
    """A month as weeks of seven places, None for the days of its neighbours."""

    month: int
    weeks: list[list[DayCell | None]]


class Holiday(TypedDict):
    """A holiday as the notice writes it: days off in a row and the days worked for it."""

    name: str
    from_on: str
    to_on: str
    days: int
    makeups: list[str]


class DeadlineMove(TypedDict):
    """Open deadlines moved by one change of the calendar or of limits, with its moment."""

    at_ms: int
    cases: int


class CalendarYear(TypedDict):
    """A year of the working calendar.

    ``counts``: days by kind; ``slots``: working hours as "08:00–12:00"; ``hours``: of one working
    day; ``document``, ``entered_by``, ``entered_on``: of the entry that completed the year.
    """

    year: int
    first_year: int
    last_year: int
    months: list[Month]
    counts: dict[str, int]
    slots: list[str]
    hours: float
    is_complete: bool
    document: str | None
    entered_by: str | None
    entered_on: str | None
    holidays: list[Holiday]
    moves: list[DeadlineMove]
    can_edit: bool
