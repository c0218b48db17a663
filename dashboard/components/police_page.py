"""Police grids 警格: their league, the grids of one, and those that are laid out badly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import number_href
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, area_href, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import number_text
from dashboard.components.work_page import LIVE, nothing, scroll_table, work_card
from dashboard.readings.view import SliceCodes
from dashboard.words import word

POLICE = Place(page="police")
_RATES = ("case.on_time_closure_rate", "visit.satisfaction_rate")


def police_href(shown: Any, code: str) -> str:
    """The page of one police grid, for the area and period of a page."""
    return place_href(shown, Place(page="police", more={"police": code}))


def police_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.police_page`` makes."""
    lang, code = shown["lang"], shown["police"]
    place = Place(page="police", more={"police": code} if code else {})
    content: list[Component] = [_crumb(shown)] if code else [_facts(shown)]
    cards = [_league_card(shown)]
    if not code and shown["without"]:
        cards.append(_without_card(shown))
    content.append(html.Div(cards, className="work-cards"))
    title = word("police.title", lang)
    if code:
        title = word("police.one", lang, name=shown["police_name"])
    return page(shown, frame, content, place=place, title=title, key=code, attributes=LIVE)


def _crumb(shown: Any) -> html.Div:
    """The way back, and the same police grid on the board, in the cases and overdue."""
    lang, code = shown["lang"], shown["police"]
    back = html.A(word("police.all", lang), href=place_href(shown, POLICE), **{"data-nav": ""})
    board = area_href(shown, shown["area"]["code"]) + "&" + urlencode({"police": code})
    links = [(word("police.board", lang), board)]
    for name in ("cases", "overdue"):
        href = place_href(shown, Place(page=name, more={"police": code}))
        links.append((word(f"nav.{name}", lang), href))
    same = html.Span(
        [html.A(text, href=href, className="seg", **{"data-nav": ""}) for text, href in links],
        className="segs",
    )
    return html.Div([back, same], className="kpi-crumb police-crumb")


def _facts(shown: Any) -> html.Section:
    """How the two hierarchies fit together."""
    lang, counts = shown["lang"], shown["counts"]
    facts = [
        ("police", number_text(counts["police"]), ""),
        ("mean", counts["mean"], word("police.of_grids", lang, n=number_text(counts["grids"]))),
        ("above", number_text(counts["above"]), word("police.most", lang, n=shown["most"])),
        ("without", number_text(counts["without"]), ""),
    ]
    tiles = [
        html.Div(
            [
                html.Span(word(f"police.fact.{name}", lang), className="tile-name"),
                html.Span(
                    html.Span(value, className="tile-text", **{"data-f": name}),
                    className="tile-main",
                ),
                html.Span(note, className="tile-parts"),
            ],
            className="tile is-value",
        )
        for name, value, note in facts
    ]
    return html.Section(tiles, className="tiles", **{"aria-label": word("police.facts", lang)})


def _league_card(shown: Any) -> html.Section:
    lang, is_one = shown["lang"], bool(shown["police"])
    title = word("police.grids_of" if is_one else "police.league", lang)
    if not shown["rows"]:
        empty = nothing(word("police.nothing", lang))
        return work_card(title, [empty], part="police", span=12)
    columns = [("name", word("dutypage.area" if is_one else "police.grid", lang))]
    if not is_one:
        columns.append(("num", word("police.grids", lang)))
    columns += [("num", one["name"]) for one in shown["columns"]]
    rows = [_total(shown, is_one)]
    rows += [_row(shown, row, is_one=is_one) for row in shown["rows"]]
    table = scroll_table(columns, rows, label=title, kind="sticky-name league-table")
    count = len(shown["rows"]) if is_one else shown["counts"]["police"]
    note = word("campaign.groups", lang, n=number_text(count))
    hint = word("police.hint", lang)
    return work_card(title, [table], part="police", note=note, hint=hint, span=12)


def _total(shown: Any, is_one: bool) -> html.Tr:
    lang = shown["lang"]
    codes = SliceCodes(police=shown["police"]) if is_one else SliceCodes()
    cells = [
        _cell(shown, shown["total"]["cells"][one["key"]], one["key"], codes=codes)
        for one in shown["columns"]
    ]
    grids = [] if is_one else [html.Td(number_text(shown["counts"]["grids"]), className="num")]
    head = html.Th(html.B(word("dutypage.own", lang)), className="name", scope="row")
    return html.Tr([head, *grids, *cells], className="total", **{"data-key": "total"})


def _row(shown: Any, row: Mapping[str, Any], *, is_one: bool) -> html.Tr:
    code = row["code"]
    href = area_href(shown, code) if is_one else police_href(shown, code)
    codes = SliceCodes() if is_one else SliceCodes(police=code)
    area = code if is_one else ""
    cells = [
        _cell(shown, row["cells"][one["key"]], one["key"], codes=codes, area=area)
        for one in shown["columns"]
    ]
    grids = []
    if not is_one:
        marks = []
        if row["is_above"]:
            text = word("police.above", shown["lang"], n=shown["most"])
            marks = [html.Span(text, className="cell-minor lv-warn")]
        link = html.A(number_text(row["grids"]), href=href, **{"data-nav": ""})
        grids = [html.Td([link, *marks], className="num" + (" lv-warn" if marks else ""))]
    name = html.Th(html.A(row["name"], href=href, **{"data-nav": ""}), className="name",
                   scope="row")  # fmt: skip
    return html.Tr([name, *grids, *cells], **{"data-key": code})


def _cell(
    shown: Any, cell: Mapping[str, str], key: str, *, codes: SliceCodes, area: str = ""
) -> html.Td:
    """A number that leads to its cases; people lead to the duty page of their grid."""
    text: Any = cell["text"]
    where = area or shown["area"]["code"]
    if key == "duty.on_duty":
        if area:
            text = html.A(text, href=place_href(shown, Place(page="duty"), area=area),
                          **{"data-nav": ""})  # fmt: skip
    elif cell["state"] != "empty":
        href = number_href(
            key, "numerator", area=where, window=shown["window"]["key"], lang=shown["lang"],
            codes=codes,
        )  # fmt: skip
        text = html.A(text, href=href, **{"data-nav": ""})
    parts = [text]
    if key in _RATES and cell["state"] != "empty":
        parts.append(html.Span(f"n={cell['n']}", className="cell-minor"))
    return html.Td(
        parts, className=f"num is-{cell['state']} lv-{cell['level']}", **{"data-of": key}
    )


def _without_card(shown: Any) -> html.Section:
    lang = shown["lang"]
    title = word("police.without", lang)
    items = [
        html.Li(
            html.A(row["name"], href=area_href(shown, row["code"]), **{"data-nav": ""}),
            **{"data-key": row["code"]},
        )
        for row in shown["without"]
    ]
    body: list[Component] = [html.Ul(items, className="centre-list grid-list")]
    total = shown["counts"]["without"]
    if total > len(items):
        body.append(html.P(word("vacant.more", lang, n=len(items)), className="work-foot"))
    return work_card(title, body, part="police-without", note=number_text(total), span=12)
