"""Golden vectors 算例: counts in, the printed value out, for every KPI of the catalogue.

The one place of them: tests compare the code with it, and docs/kpis.md prints it. ``published``
vectors are figures that somebody printed beside their counts, or counted from published cases; all
others are worked examples with small numbers that anybody can check by hand and that describe no
city.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from dashboard.kpis.model import Exact, Kpi, Term, Totals


@dataclass(frozen=True, kw_only=True)
class Vector:
    """``given``: measure, count or quantile → value; flows and stocks that are not given are 0,
    everything else that is not given was not measured. ``settings``: those that differ."""

    key: str
    expected: str
    given: Mapping[str, Exact]
    note: str = ""
    published: str = ""  # who printed these figures, or the data they are counted from
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A KPI's unrounded values before and now, and the change as it is printed."""

    key: str
    before: Exact
    now: Exact
    expected: str
    note: str


def totals_of(kpi: Kpi, given: Mapping[str, Exact]) -> Totals:
    """The totals a vector gives to its KPI. Raises KeyError for a name the KPI does not use."""
    kinds = {term.name: term.kind for term in needed_by(kpi)}
    values: dict[str, dict[str, Any]] = {
        kind: {} for kind in ("flow", "stock", "duty", "survey", "field", "measured")
    }
    for name, kind in kinds.items():
        if kind in ("flow", "stock"):
            values[kind][name] = 0
    for name, value in given.items():
        values[kinds[name]][name] = value
    return Totals(
        flows=values["flow"], stocks=values["stock"], duty=values["duty"],
        survey=values["survey"], field=values["field"], measured=values["measured"],
    )  # fmt: skip


def needed_by(kpi: Kpi) -> list[Term]:
    """Every term that a reading of the KPI looks at."""
    return [*kpi.terms, *(term for term in (kpi.sample, kpi.ratio) if term is not None)]


def _worked(key: str, expected: str, note: str = "", /, **given: Exact) -> Vector:
    return Vector(key=key, expected=expected, given=given, note=note)


def _published(key: str, expected: str, who: str, note: str = "", /, **given: Exact) -> Vector:
    return Vector(key=key, expected=expected, given=given, note=note, published=who)


def _city(
    key: str, expected: str, settings: Mapping[str, Any], note: str, /, **given: Exact
) -> Vector:
    return Vector(key=key, expected=expected, given=given, note=note, settings=settings)


_NANTONG, _TIANMEN, _XUCHANG = (
    "Nantong 南通, 12/2016",
    "Tianmen 天门, 12/2016",
    "Xuchang 许昌, 1/2022",
)
_YUANBAO, _DAQING = "Yuanbao 元宝, 2021", "Daqing 大庆, 2023"
_BOSTON = "Boston 311, animal requests 2013–2023, as of 2024-01-05"
_TIANMEN_CASES = {"closed_on_time": 737, "closed_late": 174, "overdue": 61}
_BOSTON_CASES = {
    "closed_on_time": 23_441, "closed_late": 1_060, "closed_undated": 16_227,
    "overdue": 3_316, "undated": 18_121,
}  # fmt: skip
_UNDATED = {"undated_on_time": True}
_COUNTED = {"suspended_in_due": "counted"}
# 应处置 100: 80 on time, 15 late, 5 not handled; 应结案 100: 96 closed, 4 overdue.
_HANDLED = {"handled_on_time": 80, "handled_late": 15, "unhandled": 5}
_SCORED = _HANDLED | {
    "closed_on_time": 90, "closed_late": 6, "overdue": 4, "closed_reworked": 3, "extended": 2,
}  # fmt: skip

VECTORS: Final[tuple[Vector, ...]] = (
    _worked("case.accepted", "1,234", accepted=1234),
    _worked("case.open", "0", "nothing open is a value", open=0),
    _published("case.open", "246", _YUANBAO, "4,067 accepted and 3,821 closed", open=4067 - 3821),
    _worked("case.closed", "911", closed=911),
    _published("case.overdue", "345", _NANTONG, overdue=345),
    _worked("case.newly_overdue", "3", breached=3),
    _worked("case.due_soon", "12", due_soon=12),
    _worked("case.suspended", "7", suspended=7),
    _worked("case.suspended_past_end", "1", suspended_past_end=1),
    _worked("case.demand", "105", accepted=100, merged=5),
    _published(
        "case.cohort_closure_rate", "93.95", _YUANBAO, "the newspaper cut it to 93",
        accepted=4067, cohort_closed=3821,
    ),
    _worked(
        "case.cohort_closure_rate", "99.99", "100.00 only where both sides are equal",
        accepted=1_000_000, cohort_closed=999_999,
    ),
    _published(
        "case.closure_rate", "97.31", _NANTONG, "12,806 due", closed_on_time=12_461, overdue=345
    ),
    _published(
        "case.closure_rate", "93.72", _TIANMEN, "996 filed, 24 not yet due: 972 due",
        **_TIANMEN_CASES,
    ),
    _published(
        "case.closure_rate", "85.19", _XUCHANG, "14,577 due", closed_on_time=12_418, overdue=2159
    ),
    _worked("case.closure_rate", "—", "no case due: neither 0 nor 100"),
    _city(
        "case.closure_rate", "90.91", _COUNTED, "suspended past their deadline are due as well",
        closed_on_time=95, closed_late=5, overdue=5, suspended_late=5,
    ),
    _published("case.on_time_closure_rate", "75.82", _TIANMEN, "972 due", **_TIANMEN_CASES),
    _published(
        "case.on_time_closure_rate", "84.27", _BOSTON,
        "27,817 requests with a target that are due; 34,348 without a target are left out",
        closed_on_time=23_441, closed_late=1060, overdue=3316,
    ),
    Vector(
        key="case.on_time_closure_rate", expected="92.96", given=_BOSTON_CASES, published=_BOSTON,
        note="the city's own flag: 57,789 of 62,165 on time", settings=_UNDATED,
    ),
    _worked(
        "case.rework_rate", "3.00", closed_reworked=3, closed_on_time=90, closed_late=6, overdue=4
    ),
    _worked("case.first_time_closure_rate", "95.00", closed=200, closed_first_time=190),
    _worked(
        "case.repeat_rate", "10.00", "12 repeats, of them 5 merged",
        accepted=115, merged=5, repeated=7,
    ),
    _worked("case.handling_rate", "95.00", **_HANDLED),
    _worked("case.on_time_handling_rate", "80.00", **_HANDLED),
    _worked("case.overdue_unhandled_rate", "5.00", **_HANDLED),
    _worked(
        "case.extension_rate", "2.00", extended=2, **_HANDLED
    ),
    _worked("case.overdue_median", "26.5", overdue_hours_p50=Fraction(53, 2), overdue=9),
    _published(
        "case.time_to_close", "1.4", "Yuanbao 元宝, 11-11-2020",
        "reported 14:36, closed 15:58: 82 min", close_hours_p50=Fraction(82, 60), closed=1,
    ),
    _worked("case.time_to_close_p90", "72.0", close_hours_p90=72, closed=20),
    _worked("case.time_to_close_working", "12.3", close_work_hours_p50=Fraction(49, 4), closed=20),
    _worked("case.time_to_close_working_p90", "24.0", close_work_hours_p90=24, closed=20),
    _worked("case.first_contact", "27.5", contact_minutes_p50=Fraction(55, 2)),
    _worked("case.first_contact_p90", "95.0", contact_minutes_p90=95),
    _worked("case.on_time_sign_rate", "98.00", signed_on_time=49, signed_late=1),
    _worked("case.unit_return_rate", "2.50", dispatched=40, returned_by_unit=1),
    _worked("case.dispatch_accuracy_rate", "97.50", dispatched_first=40, dispatched_once=39),
    _worked("case.on_time_dispatch_rate", "90.00", dispatch_on_time=9, dispatch_late=1),
    _worked("case.on_time_check_rate", "75.00", check_on_time=3, check_late=1),
    _worked("case.filing_accuracy_rate", "96.00", "25 filed, one voided", filed_all=25, filed=24),
    _worked("case.recheck_true_rate", "95.00", rechecked=40, recheck_true=38),
    _worked("case.valid_report_rate", "80.00", worker_reported=50, worker_filed=40),
    _worked("case.proactive_rate", "60.00", accepted_proactive=60, accepted_public=40),
    _worked("case.grid_closure_rate", "62.50", closed_from_grid=8, closed_in_grid=5),
    _worked("whistle.arrival_rate", "75.00", whistle_called=4, whistle_arrived=3),
    _worked(
        "visit.satisfaction_rate", "89.00", "80 + 0.9 × 10 of 100",
        rated=100, satisfied=80, fairly_satisfied=10,
    ),
    _city(
        "visit.satisfaction_rate", "85.00", {"satisfaction_weights": "1, 1, 0.5, 0, 0"},
        "基本满意 counts half", rated=100, satisfied=80, fairly_satisfied=10,
    ),
    _worked("visit.solution_rate", "85.00", rated=100, solved=85),
    _worked("visit.response_rate", "99.00", rated=100, contacted=99),
    _worked("visit.coverage_rate", "45.00", callback_due=80, called_back=36),
    _worked(
        "visit.three_rates", "88.00", "9.9 + 42.5 + 35.6",
        rated=100, contacted=99, solved=85, satisfied=80, fairly_satisfied=10,
    ),
    _city(
        "visit.three_rates", "90.60", {"three_rates_weights": "0.3, 0.35, 0.35"},
        "29.7 + 29.75 + 31.15", rated=100, contacted=99, solved=85, satisfied=80,
        fairly_satisfied=10,
    ),
    _published(
        "survey.satisfaction_rate", "91.26", _DAQING, "70,006 answers; 63,887 follows from 91.26 %",
        answers=70_006, very_satisfied=0, satisfied=63_887,
    ),
    _worked("duty.staffed_grid_rate", "98.00", grids_total=50, grids_staffed=49),
    _worked("duty.on_duty", "42", on_duty=40, in_field=2),
    _worked("duty.on_duty", "—", "no duty data: not 0"),
    _worked("duty.on_duty_rate", "84.00", on_duty=40, in_field=2, rostered=50),
    _worked("duty.grid_coverage_rate", "90.00", grids_covered=45, grids_required=50),
    _worked("duty.load", "2.20", "110 open cases, 50 workers", open=110, workers_active=50),
    _worked("patrol.twice_daily_rate", "95.00", patrol_required=20, patrol_done=19),
    _worked("household.visit_rate", "97.50", visit_due=200, visit_done=195),
    _worked("household.visit_rate_monthly", "99.00", visit_due_monthly=100, visit_done_monthly=99),
    _worked(
        "household.visit_rate_quarterly", "98.00", visit_due_quarterly=50, visit_done_quarterly=49
    ),
    _worked("household.visit_rate_yearly", "94.00", visit_due_yearly=50, visit_done_yearly=47),
    _worked("score.composite", "92.70", "28.5 + 16 + 19.4 + 19 + 9.8: grade A", **_SCORED),
    _worked(
        "score.composite", "—", "handled, but nothing due for closing: no rework rate, no score",
        handled_on_time=10,
    ),
    _worked("system.source_age", "90.0", source_age_minutes=90, source_age_ratio=Fraction(3, 2)),
    _worked("system.data_age", "12", data_age_seconds=12),
)  # fmt: skip

CHANGES: Final = (
    Change(
        key="case.accepted", before=656, now=496, expected="-24.39%",
        note="Tiefeng 铁锋, public-security cases 2020 and 2021; its report says −19.6 %, of a "
        "rate with another base",
    ),
    Change(
        key="case.accepted", before=362, now=481, expected="+32.87%",
        note="Tiefeng 铁锋, mediations 2020 and 2021",
    ),
    Change(key="case.overdue", before=2, now=8, expected="+6", note="too few for a percentage"),
    Change(
        key="case.closure_rate", before=Fraction(91_100, 972), now=Fraction(1_246_100, 12_806),
        expected="+3.58",
        note="percentage points of the unrounded rates; of the printed 93.72 and 97.31 it would be "
        "3.59",
    ),
    Change(
        key="score.composite", before=Fraction(1815, 20), now=Fraction(927, 10), expected="+1.95",
        note="points",
    ),
    Change(key="duty.load", before=2, now=Fraction(11, 5), expected="+10.00%", note="a ratio"),
)  # fmt: skip
