"""Head of every page 页眉: title, area path, period, freshness, sources, language and theme."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board, Source
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import WINDOW_KEYS, area_href, own_href
from dashboard.components.spans import clock_text, moment_text
from dashboard.words import word


def page_header(board: Board, frame: PageFrame) -> html.Header:
    """The two bars on top: who and how fresh; where and which period."""
    return html.Header([_top_bar(board, frame), _place_bar(board)], className="head")


def _top_bar(board: Board, frame: PageFrame) -> html.Div:
    lang = board["lang"]
    other = "en" if lang == "zh" else "zh"
    demo = html.Span(
        word("app.demo", lang), className="demo-mark", title=word("app.demo_hint", lang)
    )
    tools = html.Div(
        [
            html.A(
                word("lang.switch", lang),
                href=own_href(board, lang=other),
                className="tool",
                lang=other,
                title=word("lang.switch_hint", lang),
                **{"data-nav": ""},
            ),
            html.Button(
                [
                    html.Span(word("theme.dark", lang), className="when-light"),
                    html.Span(word("theme.light", lang), className="when-dark"),
                ],
                className="tool",
                title=word("theme.hint", lang),
                **{"data-action": "theme"},
            ),
            html.Button(
                word("app.print", lang), className="tool wide-only", **{"data-action": "print"}
            ),
        ],
        className="tools",
    )
    brand = html.Div(
        [
            html.Span(word("app.title", lang), className="brand-name"),
            html.Span(f"{board['city']} · {word('app.subtitle', lang)}", className="brand-sub"),
            *([demo] if board["is_demo"] else []),
        ],
        className="brand",
    )
    return html.Div([brand, freshness(board, frame), tools], className="bar bar-top")


def freshness(board: Board, frame: PageFrame) -> html.Div:
    """Data as of … · N s ago, counted on by the browser's own clock; sources fold out beside it."""
    lang = board["lang"]
    known = board["as_of_ms"] is not None
    stamp = [
        html.Span(className="fresh-dot"),
        html.Span(word("fresh.as_of", lang), className="fresh-label"),
        html.Time(
            clock_text(board["as_of_ms"], frame.zone), className="fresh-time", **{"data-f": "as-of"}
        ),
        html.Span("" if known else word("fresh.none", lang), **{"data-f": "age"}),
        html.Span("", className="fresh-mode", **{"data-f": "mode"}),
    ]
    return html.Div(
        [
            html.Div(stamp, className="fresh", **{"data-part": "fresh"}),
            source_list(board["sources"], lang, frame),
        ],
        className="fresh-box",
    )


def source_list(sources: list[Source], lang: str, frame: PageFrame) -> html.Details:
    """State of the sources 数据来源 as dots; folds out to names and times."""
    on_time = sum(source["state"] == "ok" for source in sources)
    summary = html.Summary(
        word("sources.summary", lang, ok=on_time, all=len(sources)),
        className="sources-sum",
        **{"data-f": "sources-sum"},
    )
    items = [
        html.Li(
            [
                html.Span(className="source-dot"),
                html.Span(source["name"], className="source-name"),
                html.Span(
                    word(f"sources.{source['state']}", lang),
                    className="source-state",
                    **{"data-f": "state"},
                ),
                html.Span(
                    moment_text(source["last_ms"], frame.zone),
                    className="source-time",
                    **{"data-f": "last"},
                ),
            ],
            className=f"source so-{source['state']}",
            **{"data-source": source["code"]},
        )
        for source in sources
    ]
    body = html.Ul(items, className="sources-list", **{"data-part": "sources"})
    return html.Details([summary, body], className="sources")


def _place_bar(board: Board) -> html.Div:
    lang, area, window = board["lang"], board["area"], board["window"]
    last = len(board["path"]) - 1
    steps = [
        html.Li(
            html.Span(step["name"], **{"aria-current": "page"})
            if index == last
            else html.A(step["name"], href=area_href(board, step["code"]), **{"data-nav": ""})
        )
        for index, step in enumerate(board["path"])
    ]
    path = html.Nav(html.Ol(steps), className="path", **{"aria-label": word("path.label", lang)})
    title = html.Div(
        [
            html.H1(area["name"], className="place-name"),
            html.Span(area.get("level_name", ""), className="place-level"),
            html.Span(
                f"{window['from_on']} – {window['to_on']}",
                className="place-days",
                **{"data-f": "days"},
            ),
        ],
        className="place",
    )
    return html.Div(
        [html.Div([path, title], className="place-box"), _window_switch(board)],
        className="bar bar-place",
    )


def _window_switch(board: Board) -> html.Nav:
    lang = board["lang"]
    links = [
        html.A(
            word(f"window.{key}", lang),
            href=own_href(board, window=key),
            className="seg",
            **{"data-nav": ""},
            **({"aria-current": "true"} if key == board["window"]["key"] else {}),
        )
        for key in WINDOW_KEYS
    ]
    return html.Nav(
        [html.Div(links, className="segs"), _history_menu(board)],
        className="window-switch",
        **{"aria-label": word("window.label", lang)},
    )


def _history_menu(board: Board) -> html.Details:
    """Periods of the past 历史时段: everything, each year, and the months of the year shown."""
    lang, window = board["lang"], board["window"]
    shown_year = window["from_on"][:4] if window["key"][:4].isdigit() else ""
    items = [_period(board, "all", word("window.all", lang))]
    for year in reversed(window["years"]):
        items.append(_period(board, str(year), f"{year}年" if lang == "zh" else str(year)))
        if str(year) == shown_year:
            items.append(_months(board, year))
    is_past = bool(shown_year) or window["key"] == "all"
    summary = html.Summary(
        window["label"] if is_past else word("window.history", lang),
        className="seg" + (" is-chosen" if is_past else ""),
    )
    return html.Details([summary, html.Ul(items, className="history-list")], className="history")


def _period(board: Board, key: str, label: str) -> html.Li:
    chosen = {"aria-current": "true"} if key == board["window"]["key"] else {}
    return html.Li(html.A(label, href=own_href(board, window=key), **{"data-nav": ""}, **chosen))


def _months(board: Board, year: int) -> html.Li:
    lang = board["lang"]
    months = [
        _period(board, f"{year}-{month:02d}", word("window.month_of", lang, n=month))
        for month in range(1, 13)
    ]
    return html.Li(html.Ul(months, className="history-months"))
