"""One unit at the roll call 部门点名屏: five figures, rank, worst cases, what it is called for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.fact_rules import stage_limits
from dashboard.kpis.formatting import value_text
from dashboard.kpis.grades import grade_of
from dashboard.kpis.model import Totals
from dashboard.readings import unit_queues as queues
from dashboard.readings.board_parts import name_of, state_of
from dashboard.readings.case_search import shown_rows
from dashboard.readings.changes import delta
from dashboard.readings.departments_page import Units, open_units, versus
from dashboard.readings.page_head import read_head
from dashboard.readings.part_days import PartDays
from dashboard.readings.shelf import NoAnswerError
from dashboard.readings.totals import Comparison
from dashboard.readings.unit_league import NO_CASES, SCORE, Placed, agenda, places
from dashboard.readings.unit_totals import UnitTotals, read_unit_totals
from dashboard.readings.view import Question
from dashboard.settings import Settings
from dashboard.words import word
from data_access import case_search as search
from data_access import member_sums as store
from data_access.counted_rows import Span
from data_access.slices import Slice
from data_access.unit_queues import read_queue_counts

FIGURES: Final = (
    "case.overdue", "case.on_time_closure_rate", "case.on_time_sign_rate", "case.rework_rate",
    "visit.satisfaction_rate",
)  # fmt: skip
WORST: Final = 3


class UnknownUnitError(NoAnswerError):
    """There is no department with this code."""


def build_unit_page(
    connection: Connection, question: Question, *, code: str, settings: Settings, now: datetime,
    build: str, part_days: PartDays | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The whole document of one unit below an area; its promises are read apart (``roll_call``).

    Raises UnknownAreaError, OutsideScopeError and UnknownUnitError.
    """
    units = open_units(connection, question, settings=settings, now=now)
    order = agenda(units.rows)
    number = next((n for n, row in enumerate(order) if row.code == code), None)
    if number is None:
        raise UnknownUnitError(code)
    unit = order[number]
    totals = read_unit_totals(connection, units.aim, settings=settings, part_days=part_days)
    head = read_head(connection, question, settings=settings, now=now, build=build)
    return {
        **head,
        "unit": {
            "id": unit.department_id,
            "code": unit.code,
            "name": name_of(unit, units.lang),
            "kind": unit.kind,
        },
        "agenda": {
            "number": number + 1,
            "all": len(order),
            "previous": _neighbour(order, number - 1, units.lang),
            "next": _neighbour(order, number + 1, units.lang),
        },
        "rank": _rank(units, totals, unit),
        "figures": [_figure(units, totals, unit, key) for key in FIGURES],
        "versus": versus(totals.compared, units.lang),
        "marks": _marks(units, unit.department_id),
        "worst": _worst(units, unit.department_id),
    }


def _neighbour(order: Sequence[Any], number: int, lang: str) -> dict[str, str] | None:
    if not 0 <= number < len(order):
        return None
    return {"code": order[number].code, "name": name_of(order[number], lang)}


def _place(units: Units, totals: UnitTotals, unit: Any, key: str) -> tuple[Placed, int]:
    """(its place by a KPI within its group, how many of the group have one)."""
    own = [row for row in units.rows if row.kind == unit.kind]
    minimum = units.settings.minimum_denominator
    found = places(own, totals, units.judge.kpis[key], minimum=minimum)
    ranked = sum(one.rank is not None for one in found.values())
    return found[unit.department_id], ranked


def _rank(units: Units, totals: UnitTotals, unit: Any) -> dict[str, Any]:
    placed, ranked = _place(units, totals, unit, SCORE)
    kpi, grade = units.judge.kpis[SCORE], grade_of(placed.reading)
    return {
        "key": SCORE,
        "name": kpi.name_en if units.lang == "en" else kpi.name_zh,
        "text": value_text(placed.reading),
        "level": units.judge.level_beside_others(placed.reading, "department").value,
        "grade": grade.letter if grade else None,
        "rank": placed.rank,
        "of": ranked,
        "moved": placed.moved,
        "minimum": units.settings.minimum_denominator,
    }


def _figure(units: Units, totals: UnitTotals, unit: Any, key: str) -> dict[str, Any]:
    """One figure with its judgement, change and place in the group."""
    kpi, lang = units.judge.kpis[key], units.lang
    placed, ranked = _place(units, totals, unit, key)
    reading = placed.reading
    level = units.judge.level_beside_others(reading, "department")
    return {
        "key": key,
        "name": kpi.name_en if lang == "en" else kpi.name_zh,
        "text": value_text(reading),
        "unit": word(f"unit.{kpi.unit.name.lower()}", lang),
        "state": state_of(reading),
        "level": level.value,
        "level_text": word(f"level.{level.value}", lang),
        "numerator": None if kpi.has_interval else _whole(reading.numerator),
        "denominator": _whole(reading.denominator),
        "delta": delta(kpi, reading, _comparison(totals, unit), units.aim.window, lang),
        "rank": placed.rank,
        "of": ranked,
    }


def _comparison(totals: UnitTotals, unit: Any) -> Comparison | None:
    if totals.compared is None or totals.before is None:
        return None
    before: Totals = totals.before.get(unit.department_id, NO_CASES)
    return Comparison(compared=totals.compared, totals=before)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _marks(units: Units, unit_id: int) -> list[dict[str, Any]]:
    """What the unit is called for 点名: late to whistle calls, past the sign-for limit, sent back.
    Promises are added where they are read."""
    start, end = units.aim.window.bounds(units.settings.city_time_zone)
    calls = store.read_whistles_by_department(
        units.connection, units.aim.area, start, end, units.aim.as_of
    ).get(unit_id, {})
    moments = queues.sign_moments(units.aim, units.settings)
    waiting: Mapping[str, Any] = read_queue_counts(
        units.connection, units.aim.area, moments
    ).get(unit_id, {})  # fmt: skip
    counts = {
        "whistle": calls.get("late", 0),
        "past": waiting.get("past", 0),
        "rework": waiting.get("rework", 0),
    }
    return [{"key": key, "n": n} for key, n in counts.items() if n]


def _worst(units: Units, unit_id: int) -> list[dict[str, Any]]:
    """The longest overdue cases, filled up with those open longest; ``is_overdue`` says which."""
    found: dict[int, Any] = {}
    for mark, order in (("overdue", "deadline"), ("open", "accepted")):
        wanted = _filter(units, unit_id, mark)
        ordered = search.Order(name=order, is_descending=False)
        for row in search.read_case_list(
            units.connection, wanted, ordered, offset=0, limit=WORST + len(found)
        ):
            if len(found) < WORST:
                found.setdefault(row.case_id, (row, mark == "overdue"))
    rows = [row for row, _ in found.values()]
    shown = shown_rows(
        units.connection, rows, units.aim.area,
        settings=units.settings, as_of=units.aim.as_of, lang=units.lang,
    )  # fmt: skip
    return [one | {"is_overdue": found[one["case_id"]][1]} for one in shown]


def _filter(units: Units, unit_id: int, mark: str) -> search.CaseFilter:
    start, end = units.aim.window.bounds(units.settings.city_time_zone)
    limits = stage_limits(units.settings)
    return search.CaseFilter(
        area=units.aim.area,
        span=Span(start=start, end=end, as_of=units.aim.as_of, limits=limits),
        chosen=Slice(department_id=unit_id),
        marks=(mark,),
    )
