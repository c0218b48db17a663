"""Grades 等级 of a composite score, and the colours that go with them.

Five colours 绿蓝黄红黑, another scale than the lights 绿黄红. As in a field system and consistent
with CJ/T 292; the table of the standard was not at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.kpis.model import Reading


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A grade from ``lowest`` points on."""

    letter: str
    lowest: int
    colour_zh: str
    colour_en: str


GRADES: Final = (
    Grade(letter="A", lowest=90, colour_zh="绿", colour_en="green"),
    Grade(letter="B", lowest=75, colour_zh="蓝", colour_en="blue"),
    Grade(letter="C", lowest=60, colour_zh="黄", colour_en="yellow"),
    Grade(letter="D", lowest=40, colour_zh="红", colour_en="red"),
    Grade(letter="E", lowest=0, colour_zh="黑", colour_en="black"),
)


def grade_of(reading: Reading) -> Grade | None:
    """The grade of an unrounded score; None without a value and for KPIs that have no grades."""
    value = reading.value
    if value is None or not reading.kpi.has_grades:
        return None
    return next(grade for grade in GRADES if value >= grade.lowest)
