"""The catalogue 指标目录: forty numbers, everything said in two languages, nothing left out."""

from __future__ import annotations

import re

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.golden_vectors import needed_by
from dashboard.kpis.model import (
    Basis,
    Direction,
    Evidence,
    Kpi,
    Part,
    Shape,
    Term,
    Unit,
    duty,
    flow,
)
from dashboard.kpis.term_names import TERM_NAMES, term_name
from dashboard.words import WORDS
from data_access.duty import ALL_COUNTS
from data_access.frames import ANSWERS
from data_access.measures import FLOWS, STOCKS

KPIS = list(CATALOGUE.values())
IDS = list(CATALOGUE)
# Published keys of the numbered KPIs, as the field's list has them.
NUMBERED = {
    "K01": "case.accepted", "K02": "case.open", "K03": "case.closed",
    "K04": "case.cohort_closure_rate", "K05": "case.closure_rate",
    "K06": "case.on_time_closure_rate", "K07": "case.on_time_handling_rate",
    "K08": "case.overdue", "K09": "case.newly_overdue", "K10": "case.due_soon",
    "K11": "case.overdue_median", "K12": "case.time_to_close", "K13": "case.on_time_sign_rate",
    "K14": "case.first_contact", "K15": "case.rework_rate", "K16": "case.first_time_closure_rate",
    "K17": "case.repeat_rate", "K18": "case.extension_rate", "K19": "case.suspended",
    "K20": "case.unit_return_rate", "K21": "case.dispatch_accuracy_rate",
    "K22": "case.on_time_dispatch_rate", "K23": "case.on_time_check_rate",
    "K24": "case.valid_report_rate", "K25": "case.proactive_rate",
    "K26": "case.grid_closure_rate", "K27": "whistle.arrival_rate",
    "K28": "visit.satisfaction_rate", "K29": "visit.solution_rate", "K30": "visit.response_rate",
    "K31": "visit.coverage_rate", "K32": "survey.satisfaction_rate",
    "K33": "duty.staffed_grid_rate", "K34": "duty.on_duty", "K35": "duty.grid_coverage_rate",
    "K36": "patrol.twice_daily_rate", "K37": "household.visit_rate", "K38": "duty.load",
    "K39": "system.source_age", "K40": "score.composite",
}  # fmt: skip
EXTRA = {
    "case.handling_rate", "case.overdue_unhandled_rate", "case.suspended_past_end",
    "case.time_to_close_p90", "case.time_to_close_working", "case.time_to_close_working_p90",
    "case.first_contact_p90", "case.filing_accuracy_rate", "case.recheck_true_rate",
    "case.demand", "visit.three_rates", "duty.on_duty_rate", "household.visit_rate_monthly",
    "household.visit_rate_quarterly", "household.visit_rate_yearly", "system.data_age",
}  # fmt: skip


def test_forty_numbers_and_what_is_needed_beside_them() -> None:
    assert [CATALOGUE[key].number for key in NUMBERED.values()] == list(NUMBERED)
    assert set(CATALOGUE) == set(NUMBERED.values()) | EXTRA
    assert list(NUMBERED) == [f"K{number:02}" for number in range(1, 41)]


@pytest.mark.parametrize("kpi", KPIS, ids=IDS)
def test_everything_is_said_in_both_languages(kpi: Kpi) -> None:
    chinese = (kpi.name_zh, kpi.meaning_zh, kpi.period_zh, kpi.source_zh, kpi.formula_zh)
    english = (kpi.name_en, kpi.meaning_en, kpi.period_en, kpi.source_en, kpi.formula_en)
    assert all(re.search(r"[一-鿿]", text) for text in chinese[:4])
    assert all(text and not re.search(r"[一-鿿]", text) for text in english)
    for text in (kpi.meaning_zh, kpi.period_zh):
        assert text.endswith("。") and "。。" not in text
    for text in (kpi.meaning_en, kpi.period_en):
        assert text.endswith(".") and ".." not in text and "  " not in text
    if kpi.thresholds is not None:
        assert kpi.thresholds.source_zh and kpi.thresholds.source_en
        assert kpi.thresholds.version == 0
        assert kpi.thresholds.evidence is not Evidence.CITY


@pytest.mark.parametrize("kpi", KPIS, ids=IDS)
def test_units_evidence_and_references_have_words(kpi: Kpi) -> None:
    assert f"unit.{kpi.unit.name.lower()}" in WORDS
    assert f"evidence.{kpi.evidence.value}" in WORDS
    if kpi.thresholds is not None and kpi.thresholds.relative_to is not None:
        assert f"reference.{kpi.thresholds.relative_to.value}" in WORDS


@pytest.mark.parametrize("kpi", [kpi for kpi in KPIS if kpi.thresholds], ids=lambda kpi: kpi.key)
def test_green_lies_on_the_better_side_of_yellow(kpi: Kpi) -> None:
    bounds = kpi.thresholds
    assert bounds is not None
    if bounds.warn is not None and kpi.direction is Direction.HIGHER:
        assert bounds.good > bounds.warn
    elif bounds.warn is not None:
        assert bounds.good <= bounds.warn


@pytest.mark.parametrize("kpi", KPIS, ids=IDS)
def test_every_term_is_measured_somewhere_and_has_a_name(kpi: Kpi) -> None:
    known = {
        "flow": FLOWS, "stock": STOCKS, "survey": ("answers", *ANSWERS),
        "duty": (*ALL_COUNTS, "data_age_seconds"),
    }  # fmt: skip
    for term in needed_by(kpi):
        assert term.name in known.get(term.kind, TERM_NAMES[term.kind])
        assert term_name(term.kind, term.name, "en") != term_name(term.kind, term.name, "zh")


def test_every_measure_has_a_name() -> None:
    assert set(TERM_NAMES["flow"]) == set(FLOWS)
    assert set(TERM_NAMES["stock"]) == set(STOCKS)


def test_the_two_bases_are_never_mixed() -> None:
    accepted = {"accepted", "cohort_closed"}
    for kpi in KPIS:
        names = {term.name for term in kpi.denominator or ()}
        if kpi.basis is Basis.COHORT:
            assert names <= accepted, kpi.key
        if kpi.basis is Basis.ASSESSMENT:
            assert not names & accepted, kpi.key


def test_lists_of_cases_stand_behind_both_sides_where_there_are_cases() -> None:
    assert CATALOGUE["case.closure_rate"].has_list("denominator")
    assert not CATALOGUE["case.open"].has_list("denominator")
    load = CATALOGUE["duty.load"]
    assert (load.is_of_cases, load.has_list("denominator")) == (True, False)
    assert not CATALOGUE["score.composite"].is_of_cases
    assert not CATALOGUE["case.time_to_close"].is_of_cases


def test_shapes() -> None:
    shapes = {kpi.shape for kpi in KPIS}
    assert shapes == set(Shape)
    assert CATALOGUE["duty.load"].shape is Shape.RATIO
    assert CATALOGUE["case.time_to_close"].shape is Shape.MEASURED
    now_only = {kpi.key for kpi in KPIS if kpi.is_of_now}
    assert now_only == {
        "duty.staffed_grid_rate", "duty.on_duty", "duty.on_duty_rate", "duty.grid_coverage_rate",
        "system.source_age", "system.data_age",
    }  # fmt: skip


def test_formulas_are_written_from_their_terms() -> None:
    rate = CATALOGUE["visit.satisfaction_rate"]
    assert rate.formula_zh == "(非常满意 + 满意 + 0.9 × 基本满意) ÷ 有效回访"
    assert CATALOGUE["case.on_time_closure_rate"].formula_en == (
        "closed on time ÷ cases due (closed on time + closed late + overdue and open at the end)"
    )
    assert CATALOGUE["score.composite"].formula_zh.endswith("+ 10 × (1 − 延期率)")


def _kpi(**changed: object) -> Kpi:
    values: dict[str, object] = {
        "key": "case.new", "name_zh": "新", "name_en": "new", "meaning_zh": "。",
        "meaning_en": ".", "period_zh": "。", "period_en": ".", "unit": Unit.PERCENT,
        "direction": Direction.HIGHER, "numerator": (flow("closed"),),
        "denominator": (flow("accepted"),),
    }  # fmt: skip
    return Kpi(**(values | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "Case.New"},
        {"key": "new"},
        {"numerator": ()},
        {"unit": Unit.HOURS},
        {"parts": (Part(kpi=CATALOGUE["case.closure_rate"], weight=1),)},
        {
            "numerator": (), "denominator": None, "unit": Unit.POINTS,
            "parts": (Part(kpi=CATALOGUE["case.open"], weight=1),),
        },
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed: dict[str, object]) -> None:
    assert _kpi().shape is Shape.RATE
    with pytest.raises(ValueError, match=r"KPI key|case\.new: "):
        _kpi(**changed)


def test_negative_weights_are_written_as_differences() -> None:
    less = _kpi(
        unit=Unit.PEOPLE, denominator=None,
        numerator=(duty("rostered"), Term("duty", "on_duty", -1)),
    )  # fmt: skip
    assert less.formula_zh == "应在岗 − 在岗"
