"""The cases behind a number: exactly those, as many as the number says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dashboard.kpis.fact_rules import stage_limits
from dashboard.kpis.model import Kpi, Term
from dashboard.kpis.variants import kpi_of
from dashboard.readings import board_parts as parts
from dashboard.readings.excluded import excluded_rows
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.view import (
    NO_CODES,
    SliceCodes,
    find_area,
    find_slice,
    first_day,
    window_of,
)
from dashboard.settings import Settings
from dashboard.words import word
from data_access import rollup_reads as reads
from data_access.case_lists import read_case_page
from data_access.counted_flows import flow_rows
from data_access.counted_rows import Rows, Span, stock_rows
from data_access.engine import begin_read
from data_access.excluded_cases import read_excluded_page
from data_access.rollups import read_state
from data_access.slices import EVERY_CASE, Slice

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

PARTS = ("numerator", "denominator")
EXCLUDED = "excluded"
MOST_ROWS = 200
_LAST_OFFSET = 10**12  # beyond any list, and within what both databases take


class NoCaseListError(LookupError):
    """The KPI is not made of cases (duty, data age), or has no such part."""


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """One page of a list; ``total`` is the length of the whole list and equals the number.

    ``reasons``: of cases left out, how many by reason, most first, as {reason, name, count}; their
    rows have ``reason``, in words.
    """

    total: int
    rows: list[dict[str, Any]]
    reasons: list[dict[str, Any]] = field(default_factory=list)


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
    codes: SliceCodes = NO_CODES,
    reason: str | None = None,
    scope: Scope = EVERYTHING,
) -> CasePage:
    """The cases in a KPI's numerator or denominator, or those left out of both, newest first.

    Satisfaction counts call-backs: its rows are call-backs, with the case of each. ``reason``: of
    the part "excluded", one reason alone. Raises KeyError for an unknown KPI, NoCaseListError,
    UnknownAreaError, UnknownSliceError and OutsideScopeError.
    """
    kpi = kpi_of(kpi_key, reader.settings)
    wanted: dict[str, Any] = {
        "settings": reader.settings,
        "now": reader.now(),
        "offset": min(max(0, offset), _LAST_OFFSET),
        "limit": min(max(1, limit), MOST_ROWS),
    }
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, area_code)
        chosen = find_slice(connection, codes)
        reasons: list[dict[str, Any]] = []
        if part == EXCLUDED:
            counts, rows = read_excluded(
                connection, area, kpi, window_key, chosen=chosen, reason=reason, **wanted
            )
            total = sum(counts.values()) if reason is None else counts.get(reason, 0)
            reasons = _reasons(counts, lang)
        else:
            total, rows = read_page(
                connection, area, kpi, part, window_key, chosen=chosen, **wanted
            )
        places = parts.place_names(connection, rows, area, lang)
        shown = [parts.case_row(row, places, lang) for row in rows]
    if part == EXCLUDED:
        for row, one in zip(rows, shown, strict=True):
            one["reason"] = word(f"excluded.{row.reason}", lang)
    return CasePage(total=total, rows=shown, reasons=reasons)


def _reasons(counts: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        {"reason": reason, "name": word(f"excluded.{reason}", lang), "count": count}
        for reason, count in ordered
    ]


def read_page(
    connection: Connection, area: reads.AreaRow, kpi: Kpi, part: str, window_key: str,
    *, settings: Settings, now: datetime, offset: int, limit: int, chosen: Slice = EVERY_CASE,
) -> tuple[int, list[Any]]:  # fmt: skip
    """(total, rows) in the snapshot of ``connection``, as of what the rollups stand for."""
    span = _span(connection, area, window_key, settings, now)
    rows = counted_rows(kpi, part, span)
    return read_case_page(connection, area, rows, offset=offset, limit=limit, chosen=chosen)


def read_excluded(
    connection: Connection, area: reads.AreaRow, kpi: Kpi, window_key: str,
    *, settings: Settings, now: datetime, offset: int, limit: int, chosen: Slice = EVERY_CASE,
    reason: str | None = None,
) -> tuple[dict[str, int], list[Any]]:  # fmt: skip
    """(how many by reason, rows with their reason) of the cases that touch the window and count in
    neither part. Raises NoCaseListError."""
    span = _span(connection, area, window_key, settings, now)
    sides = [part for part in PARTS if kpi.has_list(part)]
    if "numerator" not in sides:
        raise NoCaseListError(f"{kpi.key} is not made of cases")
    counted = [rows for part in sides for rows in counted_rows(kpi, part, span)]
    return read_excluded_page(
        connection, area, excluded_rows(kpi, counted, span),
        chosen=chosen, reason=reason, offset=offset, limit=limit,
    )  # fmt: skip


def _span(
    connection: Connection, area: reads.AreaRow, window_key: str, settings: Settings, now: datetime
) -> Span:
    window = window_of(window_key, first_day(connection, area), settings=settings, now=now)
    state = read_state(connection)
    start, end = window.bounds(settings.city_time_zone)
    return Span(
        start=start,
        end=end,
        as_of=state.as_of if state and state.as_of else now,
        limits=stage_limits(settings),
    )


def counted_rows(kpi: Kpi, part: str, span: Span) -> list[Rows]:
    """What counts in a KPI's part, one query for each of its terms. Raises NoCaseListError."""
    return [_counted(term, span) for term in _terms(kpi, part)]


def _terms(kpi: Kpi, part: str) -> tuple[Term, ...]:
    terms = kpi.numerator if part == "numerator" else kpi.denominator
    if part not in PARTS or terms is None or not kpi.has_list(part):
        raise NoCaseListError(f"{kpi.key} has no list of cases for its {part}")
    return terms


def _counted(term: Term, span: Span) -> Rows:
    if term.kind == "stock":
        return stock_rows(term.name, span)
    return flow_rows(term.name, span)
