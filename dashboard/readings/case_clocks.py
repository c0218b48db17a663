"""The clocks of listed cases 剩余时限: light, and the time left or exceeded in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks import Limit, WorkCalendar
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockReading,
    Extension,
    Suspension,
    read_clock,
)
from dashboard.clocks.city_calendar import clock_rules
from dashboard.clocks.deadline import LIMIT_KINDS
from dashboard.clocks.remaining import remaining_text
from dashboard.readings.calendars import calendar_of
from dashboard.settings import Settings
from dashboard.words import word
from data_access.case_details import read_pauses_of
from data_access.running_clocks import read_extensions
from data_access.types import to_epoch_ms


@dataclass(frozen=True, kw_only=True)
class CaseClock:
    """``light``: red yellow green paused none, late or kept for closed cases, void.

    ``text``: time left or exceeded in the limit's own kind of time, "" where only ``deadline_ms``
    is known and the natural time to it says all. ``reading`` is None without a limit of our own.
    """

    light: str
    text: str
    deadline_ms: int | None
    reading: ClockReading | None = None


def read_case_clocks(
    connection: Connection, rows: Sequence[Any], *, settings: Settings, as_of: datetime, lang: str
) -> dict[int, CaseClock]:
    """The clocks of cases by id, as of a moment.

    ``rows`` have the columns that ``data_access.case_search`` lists. The light follows the stored
    deadline and so the KPIs; the words follow the limit and its calendar.
    """
    running = {
        row.case_id: row
        for row in rows
        if row.closed_at is None and row.voided_at is None and has_own_clock(row)
    }
    calendar = calendar_of(connection, settings) if running else None
    pauses = _by_case(read_pauses_of(connection, list(running)))
    extensions = _by_case(read_extensions(connection, list(running)))
    found = {}
    for row in rows:
        reading = None
        if calendar is not None and row.case_id in running:
            times = times_of(row, pauses.get(row.case_id, ()), extensions.get(row.case_id, ()))
            reading = read_clock(calendar, times, to_epoch_ms(as_of), clock_rules(settings))
        found[row.case_id] = case_clock(row, reading, as_of=as_of, calendar=calendar, lang=lang)
    return found


def case_clock(
    row: Any,
    reading: ClockReading | None,
    *,
    as_of: datetime,
    calendar: WorkCalendar | None,
    lang: str,
) -> CaseClock:
    """A case's clock from its row and what ``read_clock`` says of it, if anything."""
    text = ""
    shown = light_of(row, as_of)
    if shown == "paused":
        text = word("cases.paused", lang)
    if reading is not None and calendar is not None:
        # The stored deadline decides; where the two disagree (a source has changed the deadline),
        # the natural time to the stored one is told instead.
        if reading.is_overdue == (shown == "red") or shown == "paused":
            text = remaining_text(reading, work_day_ms=calendar.day_ms, lang=lang)
    elif shown in ("late", "kept", "void"):
        text = word(f"cases.light.{shown}", lang)
    elif shown == "none":
        text = word("clock.no_limit", lang)
    deadline = row.deadline_at and to_epoch_ms(row.deadline_at)
    return CaseClock(light=shown, text=text, deadline_ms=deadline, reading=reading)


def light_of(row: Any, as_of: datetime) -> str:
    """The light of a listed case at a moment, by its stored deadline as the KPIs count it."""
    if row.voided_at is not None:
        return "void"
    if row.closed_at is not None:
        if row.deadline_at is None:
            return "none"
        is_kept = row.closed_at <= row.deadline_at or row.timeout_exempt
        return "kept" if is_kept else "late"
    if row.state == "suspended":
        return "paused"
    if row.deadline_at is None:
        return "none"
    if row.timeout_exempt:
        return "green"
    if row.deadline_at < as_of:
        return "red"
    return "yellow" if row.due_soon_at is not None and row.due_soon_at < as_of else "green"


def has_own_clock(row: Any) -> bool:
    """Whether the case's deadline was computed here from a limit, so that its clock can be read."""
    return (
        row.clock_started_at is not None
        and row.limit_amount is not None
        and row.limit_kind in LIMIT_KINDS
    )


def times_of(
    row: Any, pauses: Iterable[Mapping[str, Any]], extensions: Iterable[Mapping[str, Any]]
) -> CaseTimes:
    """What the clock of the case's present cycle is computed from."""
    started = to_epoch_ms(row.clock_started_at)
    stopped = row.handled_at if _is_handled_now(row) else row.closed_at
    granted_before = [
        one for one in extensions if one["is_approved"] and one["applied_at"] < started
    ]
    return CaseTimes(
        limit=Limit(row.limit_kind, row.limit_amount, row.start_rule or "instant"),
        started_ms=started,
        stopped_ms=stopped and to_epoch_ms(stopped),
        suspensions=tuple(
            Suspension(one["started_at"], one["planned_end_at"], one["ended_at"]) for one in pauses
        ),
        extensions=tuple(
            Extension(one["applied_at"], one["decided_at"], bool(one["is_approved"]))
            for one in extensions
            if one["applied_at"] >= started
        ),
        extended_before=len(granted_before),
    )


def _is_handled_now(row: Any) -> bool:
    """Handling ended in the present cycle: one from before its clock started was sent back."""
    return row.handled_at is not None and row.handled_at >= row.clock_started_at


def _by_case(rows: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(row)
    return found
