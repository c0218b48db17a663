"""The league of departments 责任单位排名: KPIs side by side, ranks within their group, movement.

Groups are ranked apart (属地, 部门); equal values share a rank; who has too few cases has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import count_text, value_text
from dashboard.kpis.grades import grade_of
from dashboard.kpis.model import Exact, Kpi, Reading, Shape, Totals
from dashboard.kpis.ranking import rank
from dashboard.readings.board_parts import name_of, state_of
from dashboard.readings.judging import Judge
from dashboard.readings.totals import summed_totals
from dashboard.readings.unit_totals import EVERYBODY, NOBODY, UnitTotals
from dashboard.words import word
from data_access.slices import NO_DEPARTMENT

SCORE: Final = "score.composite"
DUE: Final = "due"  # 应结案: what the closure rate is over
_DUE_OF: Final = "case.closure_rate"
# The table of the weekly meeting (domain section 4), and all must-haves that a department has.
MAIN: Final = (
    SCORE, "case.accepted", DUE, "case.closed", "case.closure_rate", "case.on_time_closure_rate",
    "case.overdue", "case.on_time_sign_rate", "case.rework_rate", "case.first_time_closure_rate",
    "visit.satisfaction_rate", "visit.solution_rate", "visit.response_rate", "visit.coverage_rate",
)  # fmt: skip
REST: Final = (
    "case.open", "case.due_soon", "case.suspended", "case.cohort_closure_rate",
    "case.on_time_handling_rate", "case.time_to_close", "case.time_to_close_p90",
    "whistle.arrival_rate",
)  # fmt: skip
GROUPS: Final = ("territory", "department")  # 属地, 部门
SORTS: Final = ("rank", "name", *MAIN, *REST)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A department's place among its group by one KPI. ``rank`` None: not ranked; ``moved``: places
    up since the window before, None without one."""

    reading: Reading
    rank: int | None
    moved: int | None


def known_sort(text: str | None) -> str:
    """A column of the table, a minus turns it round; "rank" for anything else."""
    asked = text or ""
    return asked if asked.removeprefix("-") in SORTS else "rank"


def ranking_kpi(sort: str) -> str:
    """The KPI by which departments are ranked: the column sorted by, else the composite score."""
    name = sort.removeprefix("-")
    return name if name not in ("rank", "name", DUE) else SCORE


def agenda(units: Sequence[Any]) -> list[Any]:
    """Departments in the order in which a meeting calls them: 属地 first, then 部门, by code. It
    does not depend on any number, so that nobody is left out while numbers move."""
    return sorted(units, key=lambda row: (_group_number(row.kind), row.code))


def _group_number(kind: str) -> int:
    return GROUPS.index(kind) if kind in GROUPS else len(GROUPS)


def places(
    units: Sequence[Any], totals: UnitTotals, kpi: Kpi, *, minimum: int
) -> dict[int, Placed]:
    """Department id → its place by a KPI, each group apart; ``minimum``: the least denominator."""
    found: dict[int, Placed] = {}
    for kind in dict.fromkeys(row.kind for row in units):
        ids = [row.department_id for row in units if row.kind == kind]
        now = _ranks(ids, totals.now, kpi, minimum)
        before = {} if totals.before is None else _ranks(ids, totals.before, kpi, minimum)
        for unit, (reading, place) in now.items():
            then = before[unit][1] if unit in before else None
            moved = then - place if place is not None and then is not None else None
            found[unit] = Placed(reading=reading, rank=place, moved=moved)
    return found


def _ranks(
    ids: Sequence[int], totals: Mapping[int, Totals], kpi: Kpi, minimum: int
) -> dict[int, tuple[Reading, int | None]]:
    readings = [evaluate(kpi, totals.get(unit, NO_CASES)) for unit in ids]
    ranked = rank(readings, minimum_denominator=minimum)
    return {ids[one.index]: (one.reading, one.rank) for one in ranked}


# Nothing happened there: that is a fact, and zero.
NO_CASES: Final = replace(
    summed_totals({}, {}, 0), field={"whistle_called": 0, "whistle_arrived": 0}
)


def league_rows(
    units: Sequence[Any], totals: UnitTotals, judge: Judge, *, sort: str, columns: Sequence[str],
    lang: str,
) -> dict[str, Any]:  # fmt: skip
    """The table: ``columns``, ``groups`` of rows in their order, ``total`` and ``nobody``."""
    table = _Table(totals, judge, columns, lang)
    kpi = judge.kpis[ranking_kpi(sort)]
    placed = places(units, totals, kpi, minimum=judge.settings.minimum_denominator)
    groups = []
    for kind in GROUPS:
        own = [row for row in agenda(units) if row.kind == kind]
        if own:
            rows = [table.unit(row, placed[row.department_id]) for row in own]
            groups.append({"kind": kind, "rows": _sorted(rows, sort)})
    nobody = table.cells(totals.now[NOBODY]) if NOBODY in totals.now else None
    return {
        "columns": table.columns(),
        "sort": sort,
        "ranked_by": kpi.name_en if lang == "en" else kpi.name_zh,
        "groups": groups,
        "total": table.cells(totals.now[EVERYBODY]),
        "nobody": nobody and {"code": NO_DEPARTMENT, "cells": nobody},
    }


def _sorted(rows: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """In the order asked for; rows without a value come last either way."""
    name, is_turned = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return rows[::-1] if is_turned else rows

    def value(row: dict[str, Any]) -> Exact | None:
        if name == "rank":
            found: Exact | None = row["rank"]
        else:
            found = next((cell["exact"] for cell in row["cells"] if cell["key"] == name), None)
        return found

    known = [row for row in rows if value(row) is not None]
    known.sort(key=lambda row: value(row) or 0, reverse=is_turned)
    return known + [row for row in rows if value(row) is None]


class _Table:
    """Makes rows and cells."""

    def __init__(
        self, totals: UnitTotals, judge: Judge, columns: Sequence[str], lang: str
    ) -> None:  # fmt: skip
        self._totals, self._judge, self._lang = totals, judge, lang
        self._columns = columns

    def columns(self) -> list[dict[str, Any]]:
        """Key, name, unit and kind of every column."""
        found = []
        for key in self._columns:
            kpi = self._judge.kpis[_DUE_OF if key == DUE else key]
            name = kpi.name_en if self._lang == "en" else kpi.name_zh
            if key == DUE:
                name = word("units.due", self._lang)
            unit = "" if key == DUE else word(f"unit.{kpi.unit.name.lower()}", self._lang)
            found.append({"key": key, "name": name, "unit": unit, "kind": _kind(key, kpi)})
        return found

    def unit(self, row: Any, placed: Placed) -> dict[str, Any]:
        """One department."""
        totals = self._totals.now.get(row.department_id, NO_CASES)
        return {
            "code": row.code,
            "name": name_of(row, self._lang),
            "rank": placed.rank,
            "moved": placed.moved,
            "cells": self.cells(totals),
        }

    def cells(self, totals: Totals) -> list[dict[str, Any]]:
        return [self._cell(key, totals) for key in self._columns]

    def _cell(self, key: str, totals: Totals) -> dict[str, Any]:
        kpi = self._judge.kpis[_DUE_OF if key == DUE else key]
        reading = evaluate(kpi, totals)
        if key == DUE:
            due = reading.denominator
            state = "empty" if due is None else "value" if due else "zero"
            text = count_text(due)
            return {"key": key, "exact": due, "text": text, "state": state, "level": "none"}
        grade = grade_of(reading)
        return {
            "key": key,
            "exact": reading.value,
            "text": value_text(reading),
            "state": state_of(reading),
            "level": self._judge.level_beside_others(reading, "department").value,
            "n": int(reading.denominator or 0) if kpi.has_interval else None,
            "grade": grade.letter if grade else None,
        }


def _kind(key: str, kpi: Kpi) -> str:
    """How a cell leads to its cases: a list, or the definition with both lists."""
    return "count" if key == DUE or kpi.shape is Shape.COUNT else "rate"
