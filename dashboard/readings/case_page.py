"""A case's page 案件详情: everything the store knows of one case, personal data hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from dashboard.clocks import WorkCalendar
from dashboard.clocks.case_clock import read_clock
from dashboard.clocks.city_calendar import clock_rules
from dashboard.clocks.remaining import working_span
from dashboard.lifecycle.repeats import NEAR_METRES
from dashboard.readings.board_parts import name_of
from dashboard.readings.calendars import calendar_of
from dashboard.readings.case_clocks import case_clock, has_own_clock, times_of
from dashboard.readings.case_place import CasePlace, case_place
from dashboard.readings.case_search import marks_of, member_name, state_name
from dashboard.readings.case_story import Stage, citizen_view, stages_of
from dashboard.readings.case_tables import CaseTable, case_tables
from dashboard.readings.masking import hidden_address, hidden_name, hidden_text
from dashboard.readings.scope import EVERYTHING, OutsideScopeError, Scope
from dashboard.settings import Settings
from dashboard.words import WORDS, word
from data_access import case_details as details
from data_access import rollup_reads as reads
from data_access.engine import begin_read
from data_access.repeats import CALLER_KINDS
from data_access.running_clocks import read_extensions
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

# The page looks this far around a case for the same caller or place, beyond the city's own rule.
RELATED_DAYS: Final = 365
_DEGREE_METRES: Final = 111_195.0


class UnknownCaseError(LookupError):
    """There is no case with this code or id."""


@dataclass(frozen=True, kw_only=True)
class ClockFacts:
    """The case's clock at the moment of reading; instants in epoch ms, texts "" for nothing.

    ``light`` as in CaseClock, or dark_red; ``text`` the time left or exceeded, "" where only the
    natural time to ``close_ms`` is known; ``is_moved``: the stored deadline is another than the
    limit gives.
    """

    light: str
    text: str
    limit: str
    used: str
    started_ms: int | None
    due_soon_ms: int | None
    handle_ms: int | None
    close_ms: int | None
    resumes_ms: int | None
    is_provisional: bool
    is_moved: bool


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """One case.

    ``line``: (code, name) of the areas from the root to its grid, empty where it is not placed yet.
    ``facts``: (key of its word, text) of what is told beside the clock. ``citizen``: the four
    questions with their sentences. ``related``: other cases, ``why`` caller, place or linked.
    """

    case_id: int
    case_code: str
    area_code: str
    title: str
    category: str
    state: str
    state_name: str
    is_running: bool
    marks: list[str]
    line: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    clock: ClockFacts
    citizen: list[tuple[str, list[str]]]
    stages: list[Stage]
    has_events: bool
    tables: list[CaseTable]
    related: list[dict[str, Any]]
    place: CasePlace
    now_ms: int


def read_case_page(
    reader: Reader, name: str, *, lang: str = "zh", scope: Scope = EVERYTHING
) -> CaseView:
    """The page of the case with this code or id, in one snapshot.

    Raises UnknownCaseError and OutsideScopeError.
    """
    now = reader.now()
    with begin_read(reader.engine) as connection:
        case_id = details.find_case_id(connection, name)
        record = details.read_case(connection, case_id) if case_id is not None else None
        if record is None:
            raise UnknownCaseError(name)
        line = _line(connection, record.row, scope)
        calendar = calendar_of(connection, reader.settings)
        clock = _clock(connection, record, calendar, settings=reader.settings, now=now, lang=lang)
        related = _related(connection, record.row, lang)
        place = case_place(connection, record.row, line)
    row = record.row
    zone = reader.settings.city_zone
    stages = stages_of(record, calendar, now_ms=to_epoch_ms(now), lang=lang)
    return CaseView(
        case_id=row.case_id,
        case_code=row.case_code,
        area_code=row.area_code,
        title=hidden_text(row.title),
        category=member_name(row, "category", lang),
        state=row.state,
        state_name=state_name(row.state, lang),
        is_running=row.closed_at is None and row.voided_at is None,
        marks=marks_of(row),
        line=[(area.code, name_of(area, lang)) for area in line],
        facts=_facts(row, lang),
        clock=clock,
        citizen=citizen_view(record, zone=zone, lang=lang),
        stages=stages,
        has_events=bool(record.events),
        tables=case_tables(record, lang=lang),
        related=related,
        place=place,
        now_ms=to_epoch_ms(now),
    )


def knows_case(reader: Reader, name: str) -> bool:
    """Whether a case has this code or id."""
    with begin_read(reader.engine) as connection:
        return details.find_case_id(connection, name) is not None


def _line(connection: Connection, row: Any, scope: Scope) -> list[reads.AreaRow]:
    """The areas from the root to the case's own; checked against the scope."""
    if not row.path:
        if scope.tops is not None:
            raise OutsideScopeError(row.area_code)
        return []
    line = reads.read_areas(connection, [int(one) for one in row.path.split("/")])
    scope.check(line[-1])
    return line


def _facts(row: Any, lang: str) -> list[tuple[str, str]]:
    close_kind = f"onecase.close_kind.{row.close_kind}"
    found = [
        ("cases.source", member_name(row, "source", lang)),
        ("cases.department", member_name(row, "department", lang)),
        ("onecase.worker_label", hidden_name(row.worker_name)),
        ("onecase.address", hidden_address(row.address)),
        ("onecase.condition", row.filing_condition or ""),
        ("onecase.close_kind", word(close_kind, lang) if close_kind in WORDS else ""),
        ("onecase.cycle_label", word("onecase.cycle", lang, n=row.cycle_no)),
        ("onecase.exempt_label", word("onecase.exempt", lang) if row.timeout_exempt else ""),
    ]
    return [(key, text) for key, text in found if text]


def _clock(
    connection: Connection,
    record: details.CaseRecord,
    calendar: WorkCalendar,
    *,
    settings: Settings,
    now: datetime,
    lang: str,
) -> ClockFacts:
    row, reading = record.row, None
    if has_own_clock(row):
        pauses = details.read_pauses_of(connection, [row.case_id])
        times = times_of(row, pauses, read_extensions(connection, [row.case_id]))
        reading = read_clock(calendar, times, to_epoch_ms(now), clock_rules(settings))
    is_running = row.closed_at is None and row.voided_at is None
    shown = case_clock(
        row, reading if is_running else None, as_of=now, calendar=calendar, lang=lang
    )
    light, close_ms = shown.light, shown.deadline_ms
    if light == "red" and reading is not None and reading.light == "dark_red":
        light = "dark_red"
    found = reading.deadlines if reading else None
    kind = row.limit_kind
    return ClockFacts(
        light=light,
        text=shown.text,
        limit=_limit_text(row, lang),
        used=""
        if reading is None or reading.used_ms is None
        else working_span(max(0, reading.used_ms), kind, work_day_ms=calendar.day_ms, lang=lang),
        started_ms=reading.started_ms if reading else _ms(row.clock_started_at),
        due_soon_ms=_ms(row.due_soon_at),
        handle_ms=_ms(row.deadline_handle_at) or close_ms,
        close_ms=close_ms,
        resumes_ms=reading.resumes_ms if reading and is_running else None,
        is_provisional=bool(reading and reading.is_provisional),
        is_moved=found is not None
        and reading is not None
        and reading.resumes_ms is None
        and found.close_ms != close_ms,
    )


def _limit_text(row: Any, lang: str) -> str:
    """The limit as people say it, with its start rule where that is not the usual one."""
    key = f"onecase.limit.{row.limit_kind}"
    if row.limit_amount is None or key not in WORDS:
        return ""
    text = word(key, lang, n=f"{row.limit_amount:g}")
    rule = f"onecase.kind.{row.start_rule}"
    if row.start_rule in (None, "instant") or rule not in WORDS:
        return text
    return f"{text} · {word(rule, lang)}"


def _related(connection: Connection, row: Any, lang: str) -> list[dict[str, Any]]:
    """Other cases of the same caller or place within RELATED_DAYS, newest first."""
    around = row.accepted_at or row.reported_at
    width = timedelta(days=RELATED_DAYS)
    north = NEAR_METRES / _DEGREE_METRES
    latitude = row.latitude if row.latitude is not None else 0.0
    east = north / max(0.01, math.cos(math.radians(latitude)))
    found = details.read_related(
        connection,
        row,
        since=around - width,
        until=around + width,
        caller_kinds=CALLER_KINDS,
        degrees=(east, north),
    )
    return [
        {
            "why": why,
            "case_id": other.case_id,
            "case_code": other.case_code,
            "category": member_name(other, "category", lang),
            "state_name": state_name(other.state, lang),
            "accepted_ms": _ms(other.accepted_at),
            "closed_ms": _ms(other.closed_at),
        }
        for why, other in found
    ]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_epoch_ms(moment)
