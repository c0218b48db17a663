"""The page 研判预警: its tabs and filters, and the cards of spikes and rework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.research_links import found_cell, narrowed, own_place, span_text_of
from dashboard.components.research_repeats import repeat_cards
from dashboard.components.research_signals import funnel_cards, signal_cards
from dashboard.components.spans import number_text
from dashboard.components.work_page import LIVE, nothing, scroll_table, work_card
from dashboard.readings.research_page import TABS
from dashboard.words import word

_REASON_COLUMNS = 6


def research_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.research_page`` makes."""
    lang, tab = shown["lang"], shown["tab"]
    cards: list[Component]
    if tab == "spikes":
        cards = [_spike_card(shown, frame)]
    elif tab == "repeats":
        cards = repeat_cards(shown, frame)
    elif tab == "rework":
        cards = _rework_cards(shown)
    elif tab == "signals":
        cards = signal_cards(shown, frame)
    else:
        cards = funnel_cards(shown)
    content = [
        _tabs(shown),
        html.P([span_text_of(shown, frame), *_cuts(shown)], className="note research-span"),
        html.Div(cards, className="work-cards"),
    ]
    return page(
        shown,
        frame,
        content,
        place=own_place(shown),
        title=word("research.title", lang),
        key="|".join(f"{name}={text}" for name, text in shown["query"].items()),
        attributes=LIVE,
    )


def _tabs(shown: Any) -> html.Nav:
    """The tabs keep what the page is cut to and drop what belongs to one of them."""
    lang = shown["lang"]
    kept = {name: text for name, text in shown["query"].items() if name in shown["cut"]}
    links = [
        html.A(
            word(f"research.tab.{tab}", lang),
            href=place_href(
                shown,
                Place(page="research", more=({} if tab == TABS[0] else {"tab": tab}) | kept),
            ),
            className="seg",
            **{"data-nav": "", "data-tab": tab},
            **({"aria-current": "page"} if tab == shown["tab"] else {}),
        )
        for tab in TABS
    ]
    return html.Nav(
        html.Div(links, className="segs"),
        className="research-tabs",
        **{"aria-label": word("research.tabs", lang)},
    )


def _cuts(shown: Any) -> list[html.Span]:
    """What the page is cut to, each with the way out of it."""
    lang = shown["lang"]
    return [
        html.Span(
            [
                html.Span(cut["name"], className="work-filter-name"),
                html.A(
                    "×",
                    href=narrowed(shown, **{dimension: ""}),
                    **{
                        "data-nav": "",
                        "aria-label": word("research.clear", lang, name=cut["name"]),
                    },
                ),
            ],
            className="work-filter",
            **{"data-cut": dimension},
        )
        for dimension, cut in shown["cut"].items()
    ]


def _spike_card(shown: Any, frame: PageFrame) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.spikes", lang)
    names = [word("research.category", lang), word("research.now", lang)]
    weeks = [word("research.week_back", lang, n=back) for back in range(1, len(part["days"]))]
    figures = [word(f"research.{name}", lang) for name in ("mean", "deviation", "bound", "mark")]
    columns = [("name", word("research.area", lang)), ("", names[0]), ("num", names[1])]
    columns += [("num", text) for text in (*weeks, *figures[:-1])] + [("", figures[-1])]
    rows = [_spike_row(shown, row) for row in part["rows"]]
    rule = word("research.spikes_rule", lang, least=part["least"])
    if not part["is_known"]:
        rule = word("research.spikes_unknown", lang)
    body: list[Component] = [html.P(rule, className="card-hint work-about")]
    if rows:
        body.append(scroll_table(columns, rows, label=title, kind="sticky-name research-spikes"))
    else:
        body.append(nothing(word("research.none", lang)))
    note = word("research.spikes_note", lang, n=part["spikes"], all=number_text(part["pairs"]))
    return work_card(title, body, part="spikes", note=note, span=12)


def _spike_row(shown: Any, row: Mapping[str, Any]) -> html.Tr:
    lang, area, category = shown["lang"], row["area"], row["category"]
    is_known, is_spike = shown["part"]["is_known"], row["is_spike"]
    place = html.A(
        area["name"],
        href=narrowed(shown, area=area["code"]),
        **{"data-nav": ""},
    )
    kind = html.A(
        category["name"],
        href=narrowed(shown, category=category["code"]),
        **{"data-nav": ""},
    )
    counts = [
        found_cell(shown, f"spike.{back}.{category['id']}", count, area=area["code"])
        for back, count in enumerate(row["counts"])
    ]
    figures = [
        html.Td(f"{row[name]:.2f}" if is_known else "—", className="num")
        for name in ("mean", "deviation", "bound")
    ]
    said = "is_spike" if is_spike else "usual" if is_known else "unjudged"
    mark = html.Span(
        word(f"research.{said}", lang), className="state-mark" + (" lv-warn" if is_spike else "")
    )
    return html.Tr(
        [html.Th(place, className="name", scope="row"), html.Td(kind), *counts, *figures,
         html.Td(mark)],
        className="is-spike" if is_spike else "",
        **{"data-key": f"{area['code']}.{category['id']}"},
    )  # fmt: skip


def _rework_cards(shown: Any) -> list[Component]:
    lang, part = shown["lang"], shown["part"]
    if not part["total"]:
        title = word("research.reasons", lang)
        none = [nothing(word("research.none", lang)), _months_table(shown)]
        return [work_card(title, none, part="reasons", span=12)]
    return [
        _reasons_card(shown),
        work_card(word("research.by_month", lang), [_months_table(shown)], part="months", span=6),
        _crossed_card(shown, "department"),
        _crossed_card(shown, "category"),
    ]


def _reasons_card(shown: Any) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.reasons", lang)
    lines = [
        html.Tr(
            [
                html.Th(f"{number}. {one['text']}", className="name reason", scope="row"),
                found_cell(shown, f"rework.{one['key']}", one["count"], share=one["share"] / 100),
                html.Td(f"{one['share']:.1f}%", className="num"),
            ],
            **{"data-key": one["key"]},
        )
        for number, one in enumerate(part["reasons"], start=1)
    ]
    if part["rare"]:
        rare = html.Th(word("research.rare", lang), className="name", scope="row")
        count = html.Td(number_text(part["rare"]), className="num")
        share = html.Td(f"{100 * part['rare'] / part['total']:.1f}%", className="num")
        lines.append(html.Tr([rare, count, share], **{"data-key": "rare"}))
    total = [html.Th(word("research.total", lang), className="name", scope="row")]
    cells = [found_cell(shown, "rework", part["total"]), html.Td("")]
    lines.append(html.Tr([*total, *cells], className="total", **{"data-key": "total"}))
    columns = [("name", word("research.reason", lang)), ("num", word("research.count", lang)),
               ("num", word("research.share", lang))]  # fmt: skip
    rule = html.P(word("research.reasons_rule", lang), className="card-hint work-about")
    table = scroll_table(columns, lines, label=title)
    return work_card(title, [rule, table], part="reasons", span=6)


def _reason_columns(part: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    shown = part["reasons"][:_REASON_COLUMNS]
    numbers = [("num reason-head", f"{n}. {one['text']}") for n, one in enumerate(shown, start=1)]
    return [("num", word("research.total", lang)), *numbers]


def _months_table(shown: Any) -> html.Div:
    lang, part = shown["lang"], shown["part"]
    lines = []
    for row in reversed(part["months"]):
        link = html.A(
            row["key"],
            href=place_href(shown, own_place(shown), window=row["key"]),
            **{"data-nav": ""},
        )
        cells = [found_cell(shown, "rework", row["total"], window=row["key"])]
        cells += [
            found_cell(shown, f"rework.{one['key']}", count, window=row["key"])
            for one, count in _pairs(part, row["counts"])
        ]
        name = html.Th(link, className="name", scope="row")
        lines.append(html.Tr([name, *cells], **{"data-key": row["key"]}))
    columns = [("name", word("research.month", lang)), *_reason_columns(part, lang)]
    label = word("research.by_month", lang)
    return scroll_table(columns, lines, label=label, kind="sticky-name")


def _pairs(part: Mapping[str, Any], counts: Sequence[int]) -> list[tuple[Any, int]]:
    return list(zip(part["reasons"], counts, strict=True))[:_REASON_COLUMNS]


def _crossed_card(shown: Any, dimension: str) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word(f"research.by_{dimension}", lang)
    rows = part["departments" if dimension == "department" else "categories"]
    lines = []
    for row in rows:
        link = html.A(
            row["name"], href=narrowed(shown, **{dimension: row["code"]}), **{"data-nav": ""}
        )
        # A department is cut in the list; a category is named by itself, without those below it.
        more = {"department": row["code"]} if dimension == "department" else {}
        tail = f".{row['id']}" if dimension == "category" else ""
        cells = [found_cell(shown, f"rework.all{tail}", row["total"], more=more)]
        cells += [
            found_cell(shown, f"rework.{one['key']}{tail}", count, more=more)
            for one, count in _pairs(part, row["counts"])
        ]
        name = html.Th(link, className="name", scope="row")
        lines.append(html.Tr([name, *cells], **{"data-key": row["code"]}))
    columns = [("name", word(f"research.{dimension}", lang)), *_reason_columns(part, lang)]
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    return work_card(title, [table], part=f"rework-{dimension}", span=6)
