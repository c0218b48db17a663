"""Case list 案件查询: filters, the list with its length, columns, saved views, export and pages.

Everything that is chosen stands in the address, so that links can be shared and the back button
works; the page needs no script to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.case_marks import case_href, light_view, mark_views
from dashboard.components.cases_filters import filters_card
from dashboard.components.form import field
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import number_text, year_moment_text
from dashboard.readings.case_question import (
    COLUMNS,
    DEEPEST,
    PAGE_SIZE,
    SORTS,
    TEXT_DEPTH,
    CaseQuestion,
)
from dashboard.readings.case_search import CaseListing
from dashboard.words import word

_MOMENTS = ("reported", "accepted", "deadline", "handled", "closed")


def cases_page(
    head: PageHead, listing: CaseListing, question: CaseQuestion, frame: PageFrame
) -> html.Div:
    """The page of one question, at its offset."""
    lang = head["lang"]
    content = html.Div(
        [filters_card(head, listing, question), _list_card(head, listing, question, frame)],
        className="cases-page",
    )
    return page(
        head,
        frame,
        [content],
        place=Place(page="cases", more=question.but().query()),
        title=word("cases.title", lang),
        key=urlencode(question.query()),
    )


def cases_href(head: PageHead, question: CaseQuestion) -> str:
    """The address of a question, for the head's area, period and language."""
    window = question.window or None
    return place_href(head, Place(page="cases", more=question.query()), window=window)


def _list_card(
    head: PageHead, listing: CaseListing, question: CaseQuestion, frame: PageFrame
) -> html.Section:
    lang = head["lang"]
    parts: list[Component] = [_list_head(head, listing, question, frame)]
    if listing.problem:
        problem = word(f"cases.problem.{listing.problem}", lang)
        parts.append(html.P(problem, className="nothing", role="status"))
    elif not listing.rows:
        parts.append(html.P(word("cases.none", lang), className="nothing"))
    else:
        table = _table(head, listing, question, frame)
        parts.append(html.Div(table, className="table-box", tabIndex=0))
        parts.append(_pager(head, listing, question))
    notes = _notes(listing, question, lang)
    return html.Section([*parts, *notes], className="card card-list cases-list")


def _notes(listing: CaseListing, question: CaseQuestion, lang: str) -> list[Component]:
    """What a reader must know to trust the list."""
    notes = []
    if not listing.is_sorted:
        notes.append(word("cases.not_sorted", lang, n=number_text(DEEPEST)))
    if listing.total is not None and not listing.is_exact:
        notes.append(word("cases.deepest", lang, n=number_text(DEEPEST)))
    if question.text and not question.number:
        notes.append(word("cases.text_depth", lang, n=number_text(TEXT_DEPTH)))
    return [html.P(text, className="note") for text in notes]


def _list_head(
    head: PageHead, listing: CaseListing, question: CaseQuestion, frame: PageFrame
) -> html.Header:
    lang = head["lang"]
    computed = word("page.computed", lang, time=year_moment_text(head["as_of_ms"], frame.zone))
    parts = [
        html.H2(_total_text(listing, question, lang), **_total_attributes(listing, question, head)),
        html.Span(computed, className="card-hint"),
        html.A(
            word("page.refresh", lang), href=cases_href(head, question), className="link-inline",
            **{"data-nav": ""},
        ),
    ]  # fmt: skip
    return html.Header([*parts, _tools(head, question)], className="card-head")


def _total_text(listing: CaseListing, question: CaseQuestion, lang: str) -> str:
    if listing.total is None:
        return "—"
    key = "cases.total_rows" if question.number else "cases.total"
    if not listing.is_exact:
        key = "cases.total_over"
    return word(key, lang, n=number_text(listing.total))


def _total_attributes(
    listing: CaseListing, question: CaseQuestion, head: PageHead
) -> dict[str, str]:
    """Where a script learns the length of a list that was not counted to its end."""
    if listing.total is None:
        return {}
    attributes = {"data-total": str(listing.total), "data-exact": str(int(listing.is_exact))}
    if not listing.is_exact:
        attributes["data-count"] = f"/api/cases/count?{_selection(head, question)}"
    return attributes


def _selection(head: PageHead, question: CaseQuestion) -> str:
    """The query of what belongs to a question but is no page."""
    return cases_href(head, question.but()).partition("?")[2]


def _tools(head: PageHead, question: CaseQuestion) -> html.Div:
    lang, selection = head["lang"], _selection(head, question)
    exports = [
        html.A(
            word(f"cases.export_{kind}", lang),
            href=f"/export/cases.{kind}?{selection}",
            className="seg",
            title=word("cases.export_hint", lang),
            download=f"cases.{kind}",
            **{"data-export": kind},
        )
        for kind in ("csv", "xlsx")
    ]
    return html.Div(
        [_views(lang), _columns(question, lang), html.Div(exports, className="segs")],
        className="list-tools",
    )


def _views(lang: str) -> html.Details:
    """Saved views; the script fills the list and keeps them in this browser."""
    name = field("name", word("cases.view_name", lang), most=30)
    save = html.Button(word("cases.view_save", lang), className="button", type="submit")
    body = html.Div(
        [
            html.Ul([], className="views", **{"data-part": "views"}),
            html.Form([name, save], className="view-form", **{"data-cases": "view"}),
            html.P(word("cases.views_about", lang), className="note"),
        ],
        className="history-list menu-body",
    )
    summary = html.Summary(word("cases.views", lang), className="seg")
    return html.Details([summary, body], className="history list-menu")


def _columns(question: CaseQuestion, lang: str) -> html.Details:
    boxes = [
        field(
            name,
            word(f"cases.column.{name}", lang),
            kind="check",
            value="1" if name in question.columns else "",
        )
        for name in COLUMNS
        if name != "code"
    ]
    use = html.Button(word("cases.apply", lang), className="button", type="submit")
    body = html.Form([*boxes, use], className="history-list menu-body", **{"data-cases": "columns"})
    summary = html.Summary(word("cases.columns", lang), className="seg")
    return html.Details([summary, body], className="history list-menu")


def _table(
    head: PageHead, listing: CaseListing, question: CaseQuestion, frame: PageFrame
) -> html.Table:
    names = [name for name in COLUMNS if name in question.columns or name == "code"]
    heading = html.Tr([_column_head(head, question, name) for name in names])
    now_ms = head["as_of_ms"]
    body = [
        html.Tr(
            [_cell(row, name, head["lang"], frame, now_ms) for name in names],
            **{"data-case": str(row["case_id"])},
        )
        for row in listing.rows
    ]
    return html.Table([html.Thead(heading), html.Tbody(body)], className="case-table cases-table")


def _column_head(head: PageHead, question: CaseQuestion, name: str) -> html.Th:
    lang = head["lang"]
    label = word(f"cases.column.{name}", lang)
    key = "deadline" if name == "remaining" else name
    if key not in SORTS:
        return html.Th(label, scope="col")
    is_own = question.order_name == key
    is_down = question.is_descending if is_own else key in _MOMENTS and name != "remaining"
    turned = not is_down if is_own else is_down
    link = html.A(
        label,
        href=cases_href(head, question.but(order=f"-{key}" if turned else key)),
        className="sort",
        title=word("cases.sort_by", lang, name=label),
        **{"data-nav": ""},
    )
    sorted_by = {"aria-sort": "descending" if is_down else "ascending"} if is_own else {}
    return html.Th(link, scope="col", **sorted_by)


def _cell(
    row: Mapping[str, Any], name: str, lang: str, frame: PageFrame, now_ms: int | None
) -> html.Td:
    attributes = {"data-label": word(f"cases.column.{name}", lang)}
    if name == "code":
        link = html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""})
        return html.Td(link, className="code", **attributes)
    if name == "remaining":
        return html.Td(light_view(row, lang, now_ms), **attributes)
    if name == "marks":
        return html.Td(mark_views(row["marks"], lang), className="marks", **attributes)
    if name in _MOMENTS:
        text = year_moment_text(row[f"{name}_ms"], frame.zone)
        return html.Td(text, className="moment", **attributes)
    text = str(row["state_name"] if name == "state" else row[name]) or "—"
    wide = "" if name == "state" else f"wide col-{name}"
    return html.Td(text, className=wide, **attributes)


def _pager(head: PageHead, listing: CaseListing, question: CaseQuestion) -> html.Nav:
    lang, offset = head["lang"], question.offset
    last = offset + len(listing.rows)
    total = listing.total or 0

    def turn(key: str, to: int, *, is_on: bool) -> html.A | html.Span:
        if not is_on:
            return html.Span(word(key, lang), className="seg is-off")
        turned = cases_href(head, question.but(offset=to))
        return html.A(word(key, lang), href=turned, className="seg", **{"data-nav": ""})

    return html.Nav(
        [
            turn("drawer.previous", max(0, offset - PAGE_SIZE), is_on=offset > 0),
            html.Span(
                word("drawer.range", lang, first=number_text(offset + 1), last=number_text(last))
            ),
            turn("drawer.next", offset + PAGE_SIZE, is_on=last < total),
        ],
        className="drawer-pager",
        **{"aria-label": word("cases.pages", lang)},
    )
