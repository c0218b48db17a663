"""A report made again 报表重算: a KPI as known then and as known now, and the cases between.

The two readings differ by exactly the cases that are listed: those that came in, those that fell
out and those that count otherwise. Sums of the cases' own shares are the readings' numerators and
denominators, so that nothing is left to explain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import FactRules, fact_rules
from dashboard.kpis.facts import case_moments
from dashboard.kpis.model import Exact, Kpi, Reading, Term, Totals
from dashboard.kpis.variants import kpi_of
from dashboard.lifecycle.as_of import AsOf
from dashboard.readings.as_of import Clocks, Past, in_slice
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.view import (
    NO_CODES,
    SliceCodes,
    find_area,
    find_slice,
    first_day,
    window_of,
)
from dashboard.readings.windows import Window
from dashboard.settings import Settings
from dashboard.words import word
from data_access.case_images import CaseImage, chosen_columns
from data_access.engine import begin_read
from data_access.frames import CaseColumns, Ints
from data_access.measures import FLOWS, INDEX, STOCKS
from data_access.rollup_reads import AreaRow
from data_access.slices import Slice
from data_access.types import to_epoch_ms
from data_access.window_cases import read_places

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

Change = Literal["entered", "left", "moved"]
Share = tuple[Exact, Exact]  # of the numerator and of the denominator
_COHORT = INDEX["cohort_closed"]


class NotOfCasesError(LookupError):
    """The KPI is not a sum over cases (duty, medians, scores), so no cases explain its change."""


@dataclass(frozen=True, kw_only=True)
class ChangedCase:
    """A case that counts otherwise now than then.

    ``entered``: it counted nothing then; ``left``: it counts nothing now; ``moved``: it counts
    something else. ``reasons`` are keys of ``asof.reason.…``: what is known differently about it.
    """

    case_id: int
    case_code: str
    change: Change
    then: Share
    now: Share
    reasons: tuple[str, ...]

    def why(self, lang: str) -> str:
        """The reasons in words."""
        return ("；" if lang != "en" else "; ").join(
            word(f"asof.reason.{reason}", lang) for reason in self.reasons
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A KPI of one window, then and now, with the cases that make the difference, by case id."""

    kpi: Kpi
    window: Window
    known_then: datetime
    known_now: datetime
    then: Reading
    now: Reading
    cases: tuple[ChangedCase, ...]

    def of(self, change: Change) -> tuple[ChangedCase, ...]:
        """The cases of one kind of change."""
        return tuple(case for case in self.cases if case.change == change)


@dataclass(frozen=True)
class _Question:
    """What is summed: the cases below an area and in a slice, in [start, end)."""

    area: AreaRow
    chosen: Slice
    start: datetime
    end: datetime
    rules: FactRules
    below: Ints  # the areas below, today


def compare_as_known(
    reader: Reader,
    area_code: str | None,
    window_key: str,
    kpi_key: str,
    known_then: datetime,
    known_now: datetime | None = None,
    *,
    codes: SliceCodes = NO_CODES,
    scope: Scope = EVERYTHING,
) -> Comparison:
    """One KPI of a window as known at two moments; ``known_now`` None is this moment.

    The window's days are those it has now. A window that was running then is cut at ``known_then``.
    Raises KeyError for an unknown KPI, NotOfCasesError, UnknownAreaError, UnknownSliceError and
    OutsideScopeError.
    """
    settings = reader.settings
    kpi = kpi_of(kpi_key, settings)
    if kpi.parts or not all(kpi.has_list(part) for part in _parts(kpi)):
        raise NotOfCasesError(kpi_key)
    now = reader.now()
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, area_code)
        window = window_of(window_key, first_day(connection, area), settings=settings, now=now)
        start, end = window.bounds(settings.city_time_zone)
        below = np.array(sorted(read_places(connection, area)), dtype=np.int64)
        question = _Question(
            area, find_slice(connection, codes), start, end, fact_rules(settings), below
        )
        moments = known_then, known_now or now
        return _compared(connection, question, kpi, window, moments, settings)


def _parts(kpi: Kpi) -> tuple[str, ...]:
    return ("numerator",) if kpi.denominator is None else ("numerator", "denominator")


def _compared(
    connection: Connection,
    question: _Question,
    kpi: Kpi,
    window: Window,
    moments: tuple[datetime, datetime],
    settings: Settings,
) -> Comparison:
    pasts = [Past(connection, Clocks(known_at=moment), settings) for moment in moments]
    sides = [_Side(question, kpi, past) for past in pasts]
    changed: list[tuple[int, Share, Share]] = []
    for chunk in _all_ids(question, pasts):
        then, now = (side.shares(chunk) for side in sides)
        changed += [
            (case_id, then.get(case_id, (0, 0)), now.get(case_id, (0, 0)))
            for case_id in sorted(then.keys() | now.keys())
            if then.get(case_id, (0, 0)) != now.get(case_id, (0, 0))
        ]
    ids = [case_id for case_id, _, _ in changed]
    told = [past.cases(ids) for past in pasts]
    return Comparison(
        kpi=kpi,
        window=window,
        known_then=moments[0],
        known_now=moments[1],
        then=sides[0].reading(),
        now=sides[1].reading(),
        cases=tuple(_changed_case(*one, *(cases.get(one[0]) for cases in told)) for one in changed),
    )


def _all_ids(question: _Question, pasts: Sequence[Past]) -> Iterator[list[int]]:
    """Every case that may count then or now, once each, in pieces."""
    touched = set().union(*(past.touched for past in pasts))
    for chunk in pasts[0].window_ids(question.area, question.start, question.end, question.chosen):
        touched.difference_update(chunk)
        yield chunk
    if touched:
        yield sorted(touched)


class _Side:
    """The KPI's terms summed as of one moment, case by case."""

    def __init__(self, question: _Question, kpi: Kpi, past: Past) -> None:
        self._question, self._kpi, self._past = question, kpi, past
        self._terms = (*kpi.numerator, *(kpi.denominator or ()))
        # Weights as whole numbers, so that shares are exact.
        self._scale = lcm(*(Fraction(term.weight).denominator for term in self._terms))
        weights = np.array([int(term.weight * self._scale) for term in self._terms], dtype=np.int64)
        split = len(kpi.numerator)
        self._numerator, self._denominator = weights.copy(), weights.copy()
        self._numerator[split:], self._denominator[:split] = 0, 0
        self._sums = np.zeros(len(self._terms), dtype=np.int64)

    def shares(self, ids: Sequence[int]) -> Mapping[int, Share]:
        """(numerator, denominator) of each case that counts something; adds them to the reading."""
        columns = self._past.columns(ids)
        inside = np.isin(columns.area_id, self._question.below)
        columns = chosen_columns(columns, inside & in_slice(columns, self._question.chosen))
        counts = self._counts(columns)
        self._sums += counts.sum(axis=0)
        numerator, denominator = counts @ self._numerator, counts @ self._denominator
        rows = np.flatnonzero((counts != 0).any(axis=1))
        return {
            case_id: (self._exact(one), self._exact(other))
            for case_id, one, other in zip(
                columns.case_id[rows].tolist(),
                numerator[rows].tolist(),
                denominator[rows].tolist(),
                strict=True,
            )
        }

    def _exact(self, scaled: int) -> Exact:
        return scaled if self._scale == 1 else Fraction(scaled, self._scale)

    def _counts(self, columns: CaseColumns) -> NDArray[np.int64]:
        """Cases × terms: how often each case counts; the rule is that of raw_totals."""
        question = self._question
        moments = case_moments(
            columns, as_of_ms=to_epoch_ms(self._past.clocks.as_of), rules=question.rules
        )
        start_ms, end_ms = to_epoch_ms(question.start), to_epoch_ms(question.end)
        before_end = moments.when_ms < end_ms
        inside = before_end & (moments.when_ms >= start_ms)
        closed_later = (moments.measure == _COHORT) & (columns.closed_ms[moments.case] >= end_ms)
        counts = np.zeros((len(columns), len(self._terms)), dtype=np.int64)
        for number, term in enumerate(self._terms):
            for name, sign, when in _measures(term, inside & ~closed_later, before_end):
                own = when & (moments.measure == INDEX[name])
                np.add.at(counts[:, number], moments.case[own], sign)
        return counts

    def reading(self) -> Reading:
        """The KPI of all the cases seen."""
        sums = dict(zip(self._terms, self._sums.tolist(), strict=True))
        flows = {term.name: value for term, value in sums.items() if term.kind == "flow"}
        stocks = {term.name: value for term, value in sums.items() if term.kind == "stock"}
        return evaluate(self._kpi, Totals(flows=flows, stocks=stocks))


def _measures(
    term: Term, in_window: NDArray[np.bool_], before_end: NDArray[np.bool_]
) -> list[tuple[str, int, NDArray[np.bool_]]]:
    """(measure, sign, which moments) of a term: a flow of the window, or in minus out before it."""
    if term.kind == "flow" and term.name in FLOWS:
        return [(term.name, 1, in_window)]
    if term.kind == "stock" and term.name in STOCKS:
        return [(f"{term.name}_in", 1, before_end), (f"{term.name}_out", -1, before_end)]
    raise NotOfCasesError(term.name)


def _changed_case(
    case_id: int, then: Share, now: Share, before: AsOf | None, after: AsOf | None
) -> ChangedCase:
    change: Change = "moved"
    if then == (0, 0):
        change = "entered"
    elif now == (0, 0):
        change = "left"
    known = after or before
    return ChangedCase(
        case_id=case_id,
        case_code=known.image.row["case_code"] if known else str(case_id),
        change=change,
        then=then,
        now=now,
        reasons=_reasons(before, after),
    )


# What is told of a case when one of these columns differs, in this order.
_COLUMN_REASONS = {
    "area_id": "area", "category_id": "category", "source_id": "source",
    "department_id": "department", "timeout_exempt": "exempt", "voided_at": "void",
    "closed_at": "closed", "cycle_no": "rework", "deadline_at": "deadline",
    "deadline_handle_at": "deadline", "reported_at": "time", "accepted_at": "time",
    "filed_at": "time", "dispatched_at": "step", "signed_at": "step", "handled_at": "step",
    "repeat_of_case_id": "repeat", "repeated_at": "repeat",
}  # fmt: skip
_PART_REASONS = {
    "suspensions": "suspended", "extensions": "extended", "callbacks": "answer",
    "rechecks": "recheck", "cycles": "rework", "log": "step",
}  # fmt: skip


def _reasons(before: AsOf | None, after: AsOf | None) -> tuple[str, ...]:
    if before is None or after is None:
        return ("learned",) if before is None else ("deleted",)
    found = _differences(before.image, after.image)
    return tuple(found) or ("time_passed",)


def _differences(one: CaseImage, other: CaseImage) -> dict[str, None]:
    found: dict[str, None] = {}
    for column, reason in _COLUMN_REASONS.items():
        if one.row.get(column) != other.row.get(column):
            found[reason] = None
    for part, reason in _PART_REASONS.items():
        if getattr(one, part) != getattr(other, part):
            found[reason] = None
    return found
