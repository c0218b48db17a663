"""Due visits 三必访 on the duty page: the classes, and who waits longest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.spans import number_text
from dashboard.components.work_page import count_cell, nothing, pager, scroll_table, work_card
from dashboard.words import word

STEP = 20


def classes_card(shown: Any) -> html.Section:
    """Every class with its subjects and how many of them are late by how much."""
    lang, classes = shown["lang"], shown["visits"]["classes"]
    title = word("visits.title", lang)
    if not classes:
        return work_card(title, [nothing(word("visits.no_class", lang))], part="visits")
    late = ("late7", "late30", "late_more")
    columns = [("name", word("visits.class", lang)), ("num", word("visits.subjects", lang))]
    columns += [("num", word(f"visits.{name}", lang)) for name in late]
    rows = [_class_row(shown, one) for one in classes]
    table = scroll_table(columns, rows, label=title, kind="sticky-name")
    foot = html.P(word("visits.hint", lang), className="work-foot")
    return work_card(title, [table, foot], part="visits")


def _class_row(shown: Any, one: Mapping[str, Any]) -> html.Tr:
    lang = shown["lang"]
    rule = word("visits.rule", lang, days=one["interval_days"], grace=one["grace_days"])
    kpi = f"household.visit_rate_{one['key']}"
    marks = ("", "lv-warn", "lv-bad")
    first, *rest = one["late"]
    is_monthly = one["key"] == "monthly"
    cells = [count_cell(first)]
    cells += [
        count_cell(count, mark=(marks[2] if is_monthly else marks[1]) if count else "")
        for count in rest
    ]
    return html.Tr(
        [
            html.Th(
                [html.Div(one["name"]), html.Div(rule, className="cell-minor")],
                className="name",
                scope="row",
            ),
            count_cell(one["subjects"], kpi),
            *cells,
        ],
        **{"data-key": one["key"], "data-code": shown["area"]["code"]},
    )


def overdue_card(shown: Any, place: Place, frame: PageFrame) -> html.Section:
    """Who waits longest, page by page."""
    lang, visits = shown["lang"], shown["visits"]
    total, offset = visits["total"], visits["offset"]
    title = word("visits.overdue", lang, n=number_text(total))
    if not visits["rows"]:
        empty = nothing(word("visits.none", lang))
        return work_card(title, [empty], part="visits-overdue", span=7)
    names = ("late", "label", "class", "area", "due", "last")
    columns = [
        ("", word("dutypage.area" if name == "area" else f"visits.{name}", lang)) for name in names
    ]
    rows = [_visit_row(row, lang, frame) for row in visits["rows"]]
    body: list[Component] = [
        scroll_table(columns, rows, label=title, kind="case-table finding-table"),
        pager(shown, place, "visits", offset=offset, shown=len(rows), step=STEP, total=total),
    ]
    return work_card(title, body, part="visits-overdue", span=7)


def _visit_row(row: Mapping[str, Any], lang: str, frame: PageFrame) -> html.Tr:
    mark = "state-mark lv-bad" if row["is_pressing"] else "state-mark"
    return html.Tr(
        [
            html.Td(
                html.Span(
                    word("visits.days", lang, n=number_text(row["late_days"])), className=mark
                )
            ),
            html.Td(row["label"], className="code"),
            html.Td(row["class_name"]),
            html.Td(row["place"], className="wide"),
            html.Td(_day(row["due_ms"], frame)),
            html.Td(
                word("visits.never", lang)
                if row["last_ms"] is None
                else _day(row["last_ms"], frame)
            ),
        ],
        **{"data-key": str(row["subject_id"])},
    )


def _day(at_ms: int, frame: PageFrame) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, frame.zone):%Y-%m-%d}"
