"""The composite score 综合得分 and its grades: parts, bounds, and nothing silently made up."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate, judge
from dashboard.kpis.formatting import value_text
from dashboard.kpis.grades import GRADES, Grade, grade_of
from dashboard.kpis.model import Level, Reading, Totals
from dashboard.words import WORDS

SCORE = CATALOGUE["score.composite"]
NAMES = (
    "handled_on_time", "handled_late", "closed_on_time", "closed_late", "closed_reworked",
    "extended",
)  # fmt: skip


def _score(unhandled: int = 0, overdue: int = 0, **flows: int) -> Reading:
    stocks = {"unhandled": unhandled, "overdue": overdue}
    return evaluate(SCORE, Totals(flows=dict.fromkeys(NAMES, 0) | flows, stocks=stocks))


def _parts(reading: Reading) -> dict[str, str]:
    return {
        part.part.kpi.name_zh: f"{float(part.points):g}"
        for part in reading.parts
        if part.points is not None
    }


def test_every_part_shows_what_it_brings() -> None:
    reading = _score(
        handled_on_time=80, handled_late=15, unhandled=5, closed_on_time=90, closed_late=6,
        overdue=4, closed_reworked=3, extended=2,
    )  # fmt: skip
    assert _parts(reading) == {
        "处置率": "28.5", "按期处置率": "16", "返工率": "19.4", "超期待处置率": "19",
        "延期率": "9.8",
    }  # fmt: skip
    assert value_text(reading) == "92.70"


def test_everything_in_order_is_a_hundred() -> None:
    reading = _score(handled_on_time=50, closed_on_time=50)
    assert reading.value == 100
    assert value_text(reading) == "100.00"


def test_nothing_handled_scores_what_was_not_reworked_and_not_extended() -> None:
    reading = _score(unhandled=50, overdue=50)
    assert value_text(reading) == "30.00"  # 20 for no rework, 10 for no extension


def test_one_part_without_a_value_leaves_no_score() -> None:
    nothing_closed_or_overdue = _score(handled_on_time=50)
    assert value_text(nothing_closed_or_overdue) == "—"
    assert grade_of(nothing_closed_or_overdue) is None
    assert len(_parts(nothing_closed_or_overdue)) == 4  # the other parts are still shown


def test_a_rate_above_a_hundred_is_held_at_a_hundred_and_marked() -> None:
    reading = _score(handled_on_time=10, closed_on_time=10, extended=25)
    assert [part.is_clamped for part in reading.parts] == [False, False, False, False, True]
    assert reading.value == 90
    assert "100%" in SCORE.meaning_zh and "100 %" in SCORE.meaning_en


def test_the_weights_add_up_to_a_hundred() -> None:
    assert sum(part.weight for part in SCORE.parts) == 100


@pytest.mark.parametrize(
    ("points", "letter", "colour"),
    [
        ("100", "A", "绿"),
        ("90", "A", "绿"),
        ("89.999", "B", "蓝"),  # prints 90.00, and is not 90
        ("75", "B", "蓝"),
        ("74.99", "C", "黄"),
        ("60", "C", "黄"),
        ("59.99", "D", "红"),
        ("40", "D", "红"),
        ("39.99", "E", "黑"),
        ("0", "E", "黑"),
    ],
)
def test_grades(points: str, letter: str, colour: str) -> None:
    grade = grade_of(Reading(kpi=SCORE, numerator=Fraction(points)))
    assert grade is not None
    assert (grade.letter, grade.colour_zh) == (letter, colour)


def test_only_the_composite_score_has_grades() -> None:
    assert [kpi.key for kpi in CATALOGUE.values() if kpi.has_grades] == ["score.composite"]
    assert grade_of(Reading(kpi=CATALOGUE["visit.three_rates"], numerator=95)) is None
    assert [grade.letter for grade in GRADES] == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize("grade", GRADES, ids=lambda grade: grade.letter)
def test_every_grade_has_its_words(grade: Grade) -> None:
    words = (f"{grade.letter} {grade.colour_zh}", f"{grade.letter} {grade.colour_en}")
    assert WORDS[f"grade.{grade.letter.lower()}"] == words


@pytest.mark.parametrize(
    ("points", "level"),
    [("90", Level.GOOD), ("89.99", Level.WARN), ("75", Level.WARN), ("74.99", Level.BAD)],
)
def test_lights_of_the_score(points: str, level: Level) -> None:
    assert judge(Reading(kpi=SCORE, numerator=Fraction(points))) is level


def test_a_score_stands_on_its_weakest_base() -> None:
    reading = _score(handled_on_time=50, closed_on_time=4)
    assert reading.base == 4
    assert judge(reading, minimum_denominator=10) is Level.NONE
