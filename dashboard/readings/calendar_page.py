"""The calendar page 工作日历页: a year to read, and its days and completeness to edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.readings.calendar_months import (
    EDITED,
    Listed,
    counts_of,
    day_name,
    holidays_of,
    months_of,
    span_days,
)
from dashboard.readings.calendars import calendar_of
from dashboard.readings.thresholds import LONGEST_TEXT, EditingOffError
from dashboard.words import word
from data_access import calendar as store
from data_access.engine import begin_read, begin_write
from data_access.rollups import read_state, save_state
from data_access.types import is_storable, to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

FIRST_YEAR, LAST_YEAR = 2010, 2100
LONGEST_NAME = 30  # with the mark of its origin it fits the column
_LONGEST_SPAN = 31
_MOVES = 5
_SEEDED_BY = "系统"  # jobs.seed_calendar
_KINDS = ("holiday", "working", "plain")
_MOVING_REASONS = ("calendar",)


@dataclass(frozen=True, kw_only=True)
class DaysDraft:
    """Days as a person chose them: ISO dates; ``kind`` holiday, working or plain."""

    from_on: str
    to_on: str
    kind: str
    name: str
    entered_by: str


@dataclass(frozen=True, kw_only=True)
class YearDraft:
    """That a year's notice is entered, or not any more."""

    year: str
    is_complete: bool
    document: str
    entered_by: str


def known_year(text: str | None, today: date) -> int:
    """The year of an address; today's for anything that is none we keep."""
    if text is not None and text.isdecimal() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR:
        return int(text)
    return today.year


def read_calendar_year(reader: Reader, asked: str | None, lang: str) -> dict[str, Any]:
    """What ``components.calendar_shape.CalendarYear`` names, for the year of an address."""
    settings = reader.settings
    today = city_today(reader.now(), settings.city_time_zone)
    year = known_year(asked, today)
    with begin_read(reader.engine) as connection:
        rows = store.read_entered_days(connection, date(year - 1, 12, 1), date(year + 1, 1, 31))
        entered = {one.year: one for one in store.read_entered_years(connection)}.get(year)
        work = calendar_of(connection, settings)
        moves = store.read_deadline_moves(connection, reasons=_MOVING_REASONS, limit=_MOVES)
    listed: Listed = {one.day: replace(one, name=day_name(one.name, lang)) for one in rows}
    return {
        "year": year,
        "first_year": FIRST_YEAR,
        "last_year": LAST_YEAR,
        "months": months_of(year, listed, today=today),
        "counts": counts_of(year, listed),
        "slots": [f"{_clock(start)}–{_clock(end)}" for start, end in work.slots],
        "hours": work.day_ms / 3_600_000,
        **_entry(entered, settings.city_time_zone, lang),
        "holidays": holidays_of(year, listed),
        "moves": [{"at_ms": to_epoch_ms(move.changed_at), "cases": move.cases} for move in moves],
        "can_edit": settings.editing,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _entry(entered: store.EnteredYear | None, time_zone: str, lang: str) -> dict[str, Any]:
    at = entered.entered_at if entered else None
    return {
        "is_complete": bool(entered and entered.is_complete),
        "document": entered.document if entered else None,
        "entered_by": _who_entered(entered, lang),
        "entered_on": city_today(at, time_zone).isoformat() if at else None,
    }


def _who_entered(entered: store.EnteredYear | None, lang: str) -> str | None:
    """A person's name as it was given, the seed's in the language asked for."""
    if entered is None or entered.entered_by != _SEEDED_BY:
        return entered.entered_by if entered else None
    return word("calendar.by_system", lang)


def save_days(reader: Reader, draft: DaysDraft) -> tuple[int, dict[str, str]]:
    """(days written, {}) or (0, problems by field). Open deadlines are moved by the jobs.

    Raises EditingOffError.
    """
    if not reader.settings.editing:
        raise EditingOffError
    first, last = _day(draft.from_on), _day(draft.to_on or draft.from_on)
    found = _days_problems(draft, first, last)
    if found or first is None or last is None:
        return 0, found
    days = span_days(first, last)
    with begin_write(reader.engine) as connection:
        if draft.kind == "plain":
            count = store.delete_entered_days(connection, days)
        else:
            count = store.save_entered_days(
                connection,
                [
                    store.EnteredDay(
                        day=day,
                        is_working_day=draft.kind == "working",
                        name=draft.name.strip() or None,
                        origin=EDITED + draft.entered_by.strip(),
                    )
                    for day in days
                ],
            )
        _move_version(connection)
    reader.ticker.look()
    return count, {}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _days_problems(draft: DaysDraft, first: date | None, last: date | None) -> dict[str, str]:
    found = {}
    if first is None:
        found["from_on"] = "calendar.wrong.day"
    if last is None:
        found["to_on"] = "calendar.wrong.day"
    if first and last and not first <= last:
        found["to_on"] = "calendar.wrong.order"
    elif first and last and (last - first).days >= _LONGEST_SPAN:
        found["to_on"] = "calendar.wrong.span"
    if draft.kind not in _KINDS:
        found["kind"] = "form.wrong.missing"
    return found | _texts(name=(draft.name, LONGEST_NAME, False)) | _who(draft.entered_by)


def _who(text: str) -> dict[str, str]:
    return _texts(entered_by=(text, LONGEST_NAME, True))


def _texts(**fields: tuple[str, int, bool]) -> dict[str, str]:
    """Problems of texts given as (text, longest, needed)."""
    found = {}
    for name, (text, longest, needed) in fields.items():
        if needed and not text.strip():
            found[name] = "form.wrong.missing"
        elif len(text) > longest or not is_storable(text):
            found[name] = "form.wrong.long"
    return found


def save_year(reader: Reader, draft: YearDraft) -> dict[str, str]:
    """Problems by field; empty when it was saved. Raises EditingOffError."""
    if not reader.settings.editing:
        raise EditingOffError
    now = reader.now()
    found = _who(draft.entered_by)
    found |= _texts(document=(draft.document, LONGEST_TEXT, draft.is_complete))
    year = int(draft.year) if draft.year.isdecimal() and len(draft.year) == 4 else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        found["document"] = "calendar.wrong.year"
    if found:
        return found
    with begin_write(reader.engine) as connection:
        store.save_entered_year(
            connection,
            store.EnteredYear(
                year=year,
                is_complete=draft.is_complete,
                document=draft.document.strip() or None,
                entered_at=now,
                entered_by=draft.entered_by.strip(),
            ),
        )
        _move_version(connection)
    reader.ticker.look()
    return {}


def _move_version(connection: Connection) -> None:
    """Every page shows whether a year is missing, so every page has to be made anew."""
    if read_state(connection) is not None:
        save_state(connection, bump=True)
