"""Findings about cases 数据质量: how many of each kind, and which cases, page by page."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import moment_text, number_text
from dashboard.readings.finding_list import FindingPage
from dashboard.words import word

PAGE_SIZE = 50


def quality_page(
    head: PageHead, findings: FindingPage, frame: PageFrame, *, kind: str, offset: int
) -> html.Div:
    """The page for one ``kind`` ("": all of them), from the finding numbered ``offset`` on."""
    lang = head["lang"]
    content = html.Div(
        [_kinds(head, findings, kind), _list(head, findings, frame, kind, offset)],
        className="quality",
    )
    return page(
        head,
        frame,
        [content],
        place=Place(page="quality", more={"kind": kind} if kind else {}),
        title=word("quality.title", lang),
    )


def _link(head: PageHead, kind: str, offset: int = 0) -> str:
    more = {"kind": kind} if kind else {}
    if offset:
        more["offset"] = str(offset)
    return place_href(head, Place(page="quality", more=more))


def _kinds(head: PageHead, findings: FindingPage, chosen: str) -> html.Section:
    """Every kind there is with its count, as the way to its list."""
    lang = head["lang"]
    total = sum(one["count"] for one in findings.kinds)
    top = max((one["count"] for one in findings.kinds), default=0)
    rows = [("", word("quality.all", lang), total)]
    rows += [(one["kind"], one["name"], one["count"]) for one in findings.kinds]
    items = [_kind(head, row, top, is_chosen=row[0] == chosen) for row in rows]
    return html.Section(
        [
            html.Header(html.H2(word("quality.kinds", lang)), className="card-head"),
            html.P(word("quality.about", lang), className="card-hint"),
            html.Ol(items, className="bars kinds"),
        ],
        className="card",
    )


def _kind(head: PageHead, row: tuple[str, str, int], top: int, *, is_chosen: bool) -> html.Li:
    kind, name, count = row
    share = round(count / top, 3) if kind and top else 0
    chosen = {"aria-current": "true"} if is_chosen else {}
    link = html.A(
        [
            html.Span(name, className="bar-name"),
            html.Span(number_text(count), className="bar-value"),
            *([html.Span(className="bar-line", style={"--share": f"{share}"})] if kind else []),
        ],
        href=_link(head, kind),
        className="bar-row",
        **{"data-nav": "", "data-kind": kind, "data-count": str(count)},
        **chosen,
    )
    return html.Li(link)


def _list(
    head: PageHead, findings: FindingPage, frame: PageFrame, kind: str, offset: int
) -> html.Section:
    lang = head["lang"]
    names = {one["kind"]: one["name"] for one in findings.kinds}
    title = names.get(kind, word("quality.all", lang)) if kind else word("quality.all", lang)
    header = html.Header(
        [
            html.H2(title),
            html.Span(
                word("quality.count", lang, n=number_text(findings.total)),
                **{"data-f": "count", "data-total": str(findings.total)},
            ),
            html.Span(
                word("page.computed", lang, time=moment_text(head["as_of_ms"], frame.zone)),
                className="card-hint",
            ),
            html.A(
                word("page.refresh", lang),
                href=_link(head, kind, offset),
                className="link-inline",
                **{"data-nav": ""},
            ),
        ],
        className="card-head",
    )
    if not findings.rows:
        none = html.P(word("quality.none", lang), className="nothing")
        return html.Section([header, none], className="card card-list")
    table = html.Div(_table(findings.rows, lang, frame), className="table-box", tabIndex=0)
    return html.Section(
        [header, table, _pager(head, findings, kind, offset)], className="card card-list"
    )


def _table(rows: list[dict[str, Any]], lang: str, frame: PageFrame) -> html.Table:
    names = ("case.code", "quality.kind", "quality.detail", "case.area", "case.state", "quality.at")
    head = html.Tr([html.Th(word(name, lang), scope="col") for name in names])
    body = [
        html.Tr(
            [
                html.Td(
                    html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""}),
                    className="code",
                ),
                html.Td(row["kind_name"]),
                html.Td(row["detail"], className="wide"),
                html.Td(row["area"]),
                html.Td(row["state_name"]),
                html.Td(moment_text(row["at_ms"], frame.zone)),
            ],
            **{"data-case": str(row["case_id"])},
        )
        for row in rows
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="case-table finding-table")


def _pager(head: PageHead, findings: FindingPage, kind: str, offset: int) -> html.Nav:
    lang, last = head["lang"], offset + len(findings.rows)

    def turn(name: str, to: int, *, is_on: bool) -> html.A | html.Span:
        if not is_on:
            return html.Span(word(name, lang), className="seg is-off")
        return html.A(
            word(name, lang), href=_link(head, kind, to), className="seg", **{"data-nav": ""}
        )

    return html.Nav(
        [
            turn("drawer.previous", max(0, offset - PAGE_SIZE), is_on=offset > 0),
            html.Span(
                word("drawer.range", lang, first=number_text(offset + 1), last=number_text(last))
            ),
            turn("drawer.next", offset + PAGE_SIZE, is_on=last < findings.total),
        ],
        className="drawer-pager",
        **{"aria-label": word("quality.pages", lang)},
    )
