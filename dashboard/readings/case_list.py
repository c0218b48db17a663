"""The cases behind a number: exactly those, as many as the number says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection

from dashboard.kpis.model import Kpi, Term
from dashboard.readings import board_parts as parts
from dashboard.readings.board import find_area, first_day, window_of
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.case_lists import (
    CALL_BACK_FLOWS,
    Span,
    flow_condition,
    read_case_page,
    stock_condition,
)
from data_access.engine import begin_read
from data_access.rollups import read_state

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

PARTS = ("numerator", "denominator")
MOST_ROWS = 200
_LAST_OFFSET = 10**12  # beyond any list, and within what both databases take


class NoCaseListError(LookupError):
    """The KPI is not made of cases (duty, data age), or has no such part."""


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """One page of a list; ``total`` is the length of the whole list and equals the number."""

    total: int
    rows: list[dict[str, Any]]


def list_cases(
    reader: Reader,
    area_code: str | None,
    window_key: str,
    kpi_key: str,
    part: str = "numerator",
    offset: int = 0,
    limit: int = 50,
    *,
    lang: str = "zh",
    scope: Scope = EVERYTHING,
) -> CasePage:
    """The cases in a KPI's numerator or denominator, newest first.

    Satisfaction counts call-backs: its rows are call-backs, with the case of each. Raises KeyError
    for an unknown KPI, NoCaseListError, UnknownAreaError and OutsideScopeError.
    """
    kpi = parts.kpi_of(kpi_key, reader.settings)
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, area_code)
        total, rows = read_page(
            connection, area, kpi, part, window_key,
            settings=reader.settings, now=reader.now(), offset=min(max(0, offset), _LAST_OFFSET),
            limit=min(max(1, limit), MOST_ROWS),
        )  # fmt: skip
        places = parts.place_names(connection, rows, area, lang)
        return CasePage(total=total, rows=[parts.case_row(row, places, lang) for row in rows])


def read_page(
    connection: Connection, area: reads.AreaRow, kpi: Kpi, part: str, window_key: str,
    *, settings: Settings, now: datetime, offset: int, limit: int,
) -> tuple[int, list[Any]]:  # fmt: skip
    """(total, rows) in the snapshot of ``connection``, as of what the rollups stand for."""
    terms = _terms(kpi, part)
    window = window_of(window_key, first_day(connection, area), settings=settings, now=now)
    state = read_state(connection)
    start, end = window.bounds(settings.city_time_zone)
    span = Span(start=start, end=end, as_of=state.as_of if state and state.as_of else now)
    conditions = [_condition(term, span) for term in terms]
    of_call_backs = terms[0].name in CALL_BACK_FLOWS
    return read_case_page(
        connection, area, conditions, of_call_backs=of_call_backs, offset=offset, limit=limit
    )


def _terms(kpi: Kpi, part: str) -> tuple[Term, ...]:
    terms = kpi.numerator if part == "numerator" else kpi.denominator
    if part not in PARTS or terms is None or not kpi.is_of_cases:
        raise NoCaseListError(f"{kpi.key} has no list of cases for its {part}")
    return terms


def _condition(term: Term, span: Span) -> ColumnElement[bool]:
    if term.kind == "stock":
        return stock_condition(term.name, span)
    return flow_condition(term.name, span)
