"""The worklists of /overdue 超期督办清单: five lists, one matrix, each row with its clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dashboard.clocks.standing import OpenCase, standing, standing_text
from dashboard.readings.board_parts import name_of, place_names
from dashboard.readings.calendars import calendar_of
from dashboard.readings.case_acts import ActItem, ActTarget, Done, read_done, usual_due
from dashboard.readings.finding_list import state_name
from dashboard.readings.forecast import forecast_moments
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.view import Question, SliceCodes, find_area, find_slice, slice_of
from dashboard.words import word
from data_access import rollup_reads as reads
from data_access.engine import begin_read
from data_access.rollups import read_state
from data_access.slices import NO_DEPARTMENT
from data_access.types import to_epoch_ms
from data_access.worklists import (
    TABS,
    Moments,
    WorkCount,
    read_departments,
    read_work_counts,
    read_work_page,
)

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

PAGE_SIZE = 50
LAST_OFFSET = 10_000  # further rows are reached by the filters


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the page asks for; ``place``, ``department`` and ``police`` are codes, "" for all."""

    area: str | None = None
    tab: str = TABS[0]
    place: str = ""
    department: str = ""
    police: str = ""
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """A case in a list; ``light`` names colour and shape, ``clock`` is the statutory time."""

    case_id: int
    case_code: str
    category: str
    place: str
    department: str
    state: str
    is_urgent: bool
    light: str
    light_text: str
    clock: str
    clock_more: str
    clock_ms: int | None
    reminders: int
    items: tuple[ActItem, ...]
    target: ActTarget


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """A department with its cases by area, in the order of the matrix's places."""

    code: str
    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Departments by areas below the one looked at, of one tab."""

    places: tuple[tuple[str, str], ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[int, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """One list: ``total`` rows pass the filter; ``until_ms`` is how far the tab looks forward."""

    asked: Asked
    tabs: tuple[tuple[str, int], ...]
    total: int
    rows: tuple[WorkRow, ...]
    matrix: Matrix
    until_ms: int | None
    filters: tuple[str, ...]
    can_act: bool
    task_due: str


def known_tab(text: str | None) -> str:
    """The tab of an address; the first for anything that is none."""
    return text if text in TABS else TABS[0]


def read_worklist(
    reader: Reader, asked: Asked, lang: str, *, scope: Scope = EVERYTHING
) -> Worklist:
    """A page of a list with its matrix, in one snapshot.

    The matrix is filtered by police grid alone; a filter that names nothing finds nothing. Raises
    UnknownAreaError, UnknownSliceError and OutsideScopeError.
    """
    settings, now = reader.settings, reader.now()
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, asked.area)
        state = read_state(connection)
        ahead = forecast_moments(now, settings)
        moments = Moments(as_of=(state and state.as_of) or now, **ahead)
        tops = reads.read_children(connection, area.area_id)
        codes = SliceCodes(police=asked.police)
        chosen = find_slice(connection, codes)
        cut = slice_of(
            connection,
            Question(scope=scope, area_code=asked.area, window_key="", lang=lang, codes=codes),
        )
        counts = read_work_counts(connection, area, tops, moments, chosen)
        departments = read_departments(connection)
        table = _Table(area, tops, counts, departments, asked.tab, lang)
        found = table.chosen(asked)
        rows: list[Any] = []
        if found and found.total:
            rows = read_work_page(
                connection, found.place, asked.tab, moments,
                department_id=found.department_id,
                offset=min(asked.offset, LAST_OFFSET), limit=PAGE_SIZE, chosen=chosen,
            )  # fmt: skip
        shown = _rows(connection, reader, rows, area, moments, lang)
    until = {"today": moments.tonight, "meeting": moments.meeting}.get(asked.tab)
    return Worklist(
        asked=asked,
        tabs=tuple((tab, sum(one.counts[tab] for one in counts)) for tab in TABS),
        total=found.total if found else 0,
        rows=tuple(shown),
        matrix=table.matrix(),
        until_ms=None if until is None else to_epoch_ms(until),
        filters=(
            *(one["name"] for one in cut.values()),
            *(found.names if found else (asked.place or asked.department,)),
        ),
        can_act=settings.editing,
        task_due=usual_due(reader),
    )


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    place: reads.AreaRow
    department_id: int | None
    total: int
    names: tuple[str, ...]


class _Table:
    """The counts of one tab by place and department."""

    def __init__(
        self, area: reads.AreaRow, tops: Sequence[reads.AreaRow], counts: Sequence[WorkCount],
        departments: Mapping[int, tuple[str, str, str | None]], tab: str, lang: str,
    ) -> None:  # fmt: skip
        self._area, self._lang = area, lang
        self._departments = departments
        self._cells = {
            (one.area_id, one.department_id): one.counts[tab] for one in counts if one.counts[tab]
        }
        used = {place for place, _ in self._cells}
        self._places = [row for row in (*tops, area) if row.area_id in used]
        self._all_places = {row.code: row for row in (*tops, area)}

    def _code(self, department_id: int) -> str:
        found = self._departments.get(department_id)
        return found[0] if found else NO_DEPARTMENT

    def _name(self, department_id: int) -> str:
        found = self._departments.get(department_id)
        if found is None:
            return word("overdue.no_department", self._lang)
        return (self._lang == "en" and found[2]) or found[1]

    def matrix(self) -> Matrix:
        """Departments with most cases first; areas in their own order; only what has cases."""
        members = sorted({member for _, member in self._cells})
        rows = [
            MatrixRow(
                code=self._code(member),
                name=self._name(member),
                counts=(counts := tuple(self._count(row, member) for row in self._places)),
                total=sum(counts),
            )
            for member in members
        ]
        rows.sort(key=lambda row: (-row.total, row.code))
        totals = tuple(sum(self._count(row, member) for member in members) for row in self._places)
        return Matrix(
            places=tuple((row.code, name_of(row, self._lang)) for row in self._places),
            rows=tuple(rows),
            totals=totals,
            total=sum(totals),
        )

    def _count(self, place: reads.AreaRow, member: int) -> int:
        return self._cells.get((place.area_id, member), 0)

    def chosen(self, asked: Asked) -> _Chosen | None:
        """What a filter leaves; None where it names no place or department of the matrix."""
        place = self._all_places.get(asked.place) if asked.place else self._area
        members = {self._code(member): member for _, member in self._cells}
        if place is None or (asked.department and asked.department not in members):
            return None
        member = members[asked.department] if asked.department else None
        total = sum(
            count
            for (area_id, department), count in self._cells.items()
            if (not asked.place or area_id == place.area_id) and member in (None, department)
        )
        names = [name_of(place, self._lang)] if asked.place else []
        if asked.place == self._area.code:  # what hangs on the area itself and on none below
            place = replace(place, last_order=place.first_order)
        names += [] if member is None else [self._name(member)]
        return _Chosen(place=place, department_id=member, total=total, names=tuple(names))


def _rows(
    connection: Connection, reader: Reader, rows: Sequence[Any], area: reads.AreaRow,
    moments: Moments, lang: str,
) -> list[WorkRow]:  # fmt: skip
    places = place_names(connection, rows, area, lang)
    calendar = calendar_of(connection, reader.settings)
    done = read_done(connection, [row.case_id for row in rows], now=moments.as_of, lang=lang)
    return [_row(row, places, calendar, done, to_epoch_ms(moments.as_of), lang) for row in rows]


def _row(
    row: Any, places: Mapping[str, str], calendar: Any, done: Done, as_of_ms: int, lang: str
) -> WorkRow:
    found = standing(
        calendar,
        OpenCase(
            deadline_ms=row.deadline_at and to_epoch_ms(row.deadline_at),
            due_soon_ms=row.due_soon_at and to_epoch_ms(row.due_soon_at),
            kind=row.limit_kind,
            amount=row.limit_amount,
            paused_ms=row.paused_at and to_epoch_ms(row.paused_at),
        ),
        as_of_ms,
    )
    past_end = bool(
        found.is_paused and row.pause_ends_at and to_epoch_ms(row.pause_ends_at) <= as_of_ms
    )
    light = ("red" if past_end else "paused") if found.is_paused else str(found.light)
    ends = row.pause_ends_at if found.is_paused else row.deadline_at
    more = "worklist.due_at"
    if found.is_paused:
        more = "worklist.ends_at" if ends else "worklist.no_end"
    seen = done.seen[row.case_id]
    return WorkRow(
        case_id=row.case_id, case_code=row.case_code,
        category=(lang == "en" and row.category_en) or row.category_zh,
        place=places[row.path],
        department=(lang == "en" and row.department_en) or row.department_zh
        or word("overdue.no_department", lang),
        state=state_name(row.state, lang), is_urgent=bool(row.is_urgent),
        light=light, light_text=word(f"light.{light}", lang),
        clock=standing_text(found, work_day_ms=calendar.day_ms, lang=lang),
        clock_more=more, clock_ms=ends and to_epoch_ms(ends),
        reminders=seen["reminder"],
        items=tuple(one for one in done.items[row.case_id] if one.is_open),
        target=ActTarget(
            case_id=row.case_id, case_code=row.case_code, summary=row.title or row.category_zh,
            grid_code="" if row.area_kind == "unlocated" else row.area_code,
            is_typical=bool(row.is_typical), seen=seen,
        ),
    )  # fmt: skip
