"""Case lists 案件列表: a page of what is asked, its length, and the choices of its filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from dashboard.kpis.fact_rules import stage_limits
from dashboard.kpis.variants import kpi_of
from dashboard.lifecycle.states import State
from dashboard.readings.board_parts import place_names
from dashboard.readings.case_clocks import CaseClock, read_case_clocks
from dashboard.readings.case_list import NoCaseListError, counted_rows
from dashboard.readings.case_question import ANY_TIME, DEEPEST, PAGE_SIZE, CaseQuestion
from dashboard.readings.masking import hidden_address, hidden_text
from dashboard.readings.research_found import found_ids, found_name
from dashboard.readings.research_ground import ground_of
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.view import (
    SliceCodes,
    UnknownSliceError,
    find_area,
    find_slice,
    first_day,
    window_of,
)
from dashboard.settings import Settings
from dashboard.words import word
from data_access import case_search as search
from data_access.counted_rows import Rows, Span
from data_access.engine import begin_read
from data_access.research_reads import Field, rows_of
from data_access.rollup_reads import AreaRow
from data_access.rollups import read_state
from data_access.search_choices import read_choices
from data_access.time_limits import TooSlowError, limited
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

PAGE_SECONDS: Final = 6.0
COUNT_SECONDS: Final = 60.0
_STATES: Final = frozenset(map(str, State))


@dataclass(frozen=True, kw_only=True)
class CaseListing:
    """One page of a list.

    ``total`` is its length, or DEEPEST with ``is_exact`` False where it is longer; None: not
    counted. ``rows`` as ``shown_row`` makes them. ``problem`` says why there are none: slow (narrow
    the question down), unknown (no such category, source or department), no_list (the KPI is not
    made of cases). ``is_sorted``: as asked; lists too long for that column come newest first.
    ``choices``: categories, sources, departments as (code, name). ``number_name``: of the KPI, and
    ``is_rate``: it has two lists.
    """

    total: int | None = None
    is_exact: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""
    is_sorted: bool = True
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    number_name: str = ""
    is_rate: bool = False


def read_case_listing(
    reader: Reader, question: CaseQuestion, *, scope: Scope = EVERYTHING
) -> CaseListing:
    """The page of a list at its offset, in one snapshot. Raises UnknownAreaError and
    OutsideScopeError."""
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, question.area or None)
        blank = CaseListing(
            choices=read_choices(connection, english=question.lang == "en"),
            number_name=number_name(question, reader.settings),
            is_rate=bool(question.number) and kpi_of(question.number, reader.settings).is_rate,
        )
        try:
            wanted = case_filter(
                connection, question, area, settings=reader.settings, now=reader.now()
            )
            with limited(connection, PAGE_SECONDS):
                total, rows, is_sorted = _page(connection, wanted, question)
        except UnknownSliceError:
            return replace(blank, problem="unknown")
        except NoCaseListError:
            return replace(blank, problem="no_list")
        except TooSlowError:
            return replace(blank, problem="slow")
        shown = shown_rows(
            connection, rows, area, settings=reader.settings, as_of=wanted.span.as_of,
            lang=question.lang,
        )  # fmt: skip
        return replace(
            blank,
            total=min(total, DEEPEST),
            is_exact=total <= DEEPEST,
            rows=shown,
            is_sorted=is_sorted,
        )


def _page(
    connection: Connection, wanted: search.CaseFilter, question: CaseQuestion
) -> tuple[int, list[Any], bool]:
    """(length, not counted beyond DEEPEST + 1; rows; whether they are sorted as asked)."""
    found = search.read_text_ids(connection, wanted, most=DEEPEST + 1)
    total = (
        search.count_case_list(connection, wanted, most=DEEPEST + 1)
        if found is None
        else len(found)
    )
    order = list_order(question, is_short=total <= DEEPEST)
    is_as_asked = order.name == question.order_name
    if found is not None and (total <= DEEPEST or order == search.Order()):
        offset = question.offset
        if total > DEEPEST:  # newest first, as they were found
            found, offset = found[offset : offset + PAGE_SIZE], 0
        rows = search.read_listed(connection, found, order, offset=offset, limit=PAGE_SIZE)
        return total, rows, is_as_asked
    rows = search.read_case_list(connection, wanted, order, offset=question.offset, limit=PAGE_SIZE)
    return total, rows, is_as_asked


def list_order(question: CaseQuestion, *, is_short: bool) -> search.Order:
    """The order asked for, or newest first where no index gives it for so long a list."""
    name = question.order_name
    has_index = name in search.INDEXED_SORTS or (name == "closed" and question.by == "closed")
    if question.is_counted:
        has_index = name == "counted"
    if is_short or has_index:
        return search.Order(name=name, is_descending=question.is_descending)
    return search.Order(name="counted" if question.is_counted else "accepted")


def count_listing(reader: Reader, question: CaseQuestion, *, scope: Scope = EVERYTHING) -> int:
    """The whole length of a list. Raises TooSlowError, LookupError for what is not there."""
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, question.area or None)
        wanted = case_filter(connection, question, area, settings=reader.settings, now=reader.now())
        with limited(connection, COUNT_SECONDS):
            return search.count_case_list(connection, wanted)


def case_filter(
    connection: Connection,
    question: CaseQuestion,
    area: AreaRow,
    *,
    settings: Settings,
    now: datetime,
) -> search.CaseFilter:
    """What the store is asked; stocks are those of the moment the rollups stand for.

    Raises UnknownSliceError and NoCaseListError.
    """
    first_on = first_day(connection, area)
    window = window_of(question.window, first_on, settings=settings, now=now)
    start, end = window.bounds(settings.city_time_zone)
    state = read_state(connection)
    span = Span(
        start=start,
        end=end,
        as_of=state.as_of if state and state.as_of else now,
        limits=stage_limits(settings),
    )
    counted: tuple[Rows, ...] = ()
    if question.number:
        counted = tuple(counted_rows(kpi_of(question.number, settings), question.part, span))
    codes = SliceCodes(
        category=question.category,
        source=question.source,
        department=question.department,
        police=question.police,
    )
    chosen = find_slice(connection, codes)
    if question.found:
        ground = ground_of(
            connection, Field(area=area, chosen=chosen), window, as_of=span.as_of,
            first_on=first_on, settings=settings,
        )  # fmt: skip
        counted = (rows_of(connection, found_ids(ground, question.found)),)
    return search.CaseFilter(
        area=area,
        span=span,
        chosen=chosen,
        by="" if question.by == ANY_TIME else question.by,
        states=question.states,
        marks=question.marks,
        light=question.light,
        text=question.text,
        counted=counted,
        attend_minutes=settings.attend_limit_minutes,
    )


def number_name(question: CaseQuestion, settings: Settings) -> str:
    """The name of the KPI or finding whose cases are listed; "" for none."""
    if question.found:
        return found_name(question.found, question.lang)
    if not question.number:
        return ""
    kpi = kpi_of(question.number, settings)
    return kpi.name_en if question.lang == "en" else kpi.name_zh


def shown_rows(
    connection: Connection,
    rows: Sequence[Any],
    area: AreaRow,
    *,
    settings: Settings,
    as_of: datetime,
    lang: str,
    places: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Rows as lists show them: ``shown_row`` of each, places seen from ``area``.

    ``places``: names already read, by path; those of these rows are added.
    """
    places = {} if places is None else places
    unnamed = [row for row in rows if row.path and row.path not in places]
    if unnamed:
        places |= place_names(connection, unnamed, area, lang)
    clocks = read_case_clocks(connection, rows, settings=settings, as_of=as_of, lang=lang)
    return [shown_row(row, places, clocks[row.case_id], lang) for row in rows]


def shown_row(row: Any, places: Mapping[str, str], clock: CaseClock, lang: str) -> dict[str, Any]:
    """One case as lists show it; instants in epoch ms, personal data hidden, "" for nothing.

    ``light`` and ``remaining`` as in CaseClock; ``marks``: names of what is special about it.
    """
    return {
        "case_id": row.case_id,
        "case_code": row.case_code,
        "title": hidden_text(row.title),
        "address": hidden_address(row.address),
        "category": member_name(row, "category", lang),
        "source": member_name(row, "source", lang),
        "department": member_name(row, "department", lang),
        "area": places.get(row.path, "") if row.path else "",
        "state": row.state,
        "state_name": state_name(row.state, lang),
        "light": clock.light,
        "remaining": clock.text,
        **{
            f"{name}_ms": moment and to_epoch_ms(moment)
            for name, moment in (
                ("reported", row.reported_at), ("accepted", row.accepted_at),
                ("deadline", row.deadline_at), ("handled", row.handled_at),
                ("closed", row.closed_at),
            )
        },
        "marks": marks_of(row),
    }  # fmt: skip


def marks_of(row: Any) -> list[str]:
    """What is special about a listed case: names whose words are ``cases.mark.…``."""
    found = {
        "urgent": row.is_urgent,
        "supervised": row.supervise_level > 0,
        "reworked": row.cycle_no > 1,
        "repeat": row.repeat_of_case_id is not None,
        "whistle": row.is_whistle,
        "typical": row.is_typical,
    }
    return [name for name, holds in found.items() if holds]


def member_name(row: Any, dimension: str, lang: str) -> str:
    """The name of a row's category, source or department; "" for none."""
    english = getattr(row, f"{dimension}_en") if lang == "en" else None
    return str(english or getattr(row, f"{dimension}_zh") or "")


def state_name(state: str, lang: str) -> str:
    """A state's name; a word that is none is shown as it stands."""
    return word(f"state.{state}", lang) if state in _STATES else state
