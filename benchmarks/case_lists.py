"""Pages of the case list, as part ``readings`` measures them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from dashboard.readings.case_question import ANY_TIME, CaseQuestion
from dashboard.readings.case_search import read_case_listing
from dashboard.readings.reader import Reader
from dashboard.settings import Settings

QUESTIONS: dict[str, CaseQuestion] = {
    "cases d30": CaseQuestion(window="d30"),
    "cases any time": CaseQuestion(by=ANY_TIME),
    "cases any time, row 9,951": CaseQuestion(by=ANY_TIME, offset=9_950),
    "cases overdue": CaseQuestion(by=ANY_TIME, marks=("overdue",)),
    "cases green": CaseQuestion(by=ANY_TIME, light="green"),
    "cases typical": CaseQuestion(by=ANY_TIME, marks=("typical",)),
    "cases of a number d1095": CaseQuestion(
        window="d1095", number="case.on_time_closure_rate", part="denominator"
    ),
    "cases by a text that is nowhere": CaseQuestion(by=ANY_TIME, text="没有这样的文字"),
}


def case_list_tasks(
    engine: Engine, settings: Settings, now: datetime
) -> dict[str, Callable[[], Any]]:
    """A task for each question: its first page, counted to the bound. Raises RuntimeError when a
    task is stopped for being slow, which would look quick."""
    reader = Reader(engine, settings, build="benchmark", now=lambda: now)

    def task(question: CaseQuestion) -> Callable[[], Any]:
        def run() -> None:
            listing = read_case_listing(reader, question)
            if listing.problem:
                raise RuntimeError(f"{question}: {listing.problem}")

        return run

    return {name: task(question) for name, question in QUESTIONS.items()}
