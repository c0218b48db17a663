"""Head of every page 页眉: title, area path, period, freshness, sources, language and theme."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.board_shape import AreaRef, PageHead, Source
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import BOARD, PAGES, WINDOW_KEYS, Place, place_href
from dashboard.components.spans import clock_text, moment_text
from dashboard.words import word

PAGES_OF_AN_AREA = (
    "board", "cases", "overdue", "departments", "department", "duty", "satisfaction", "campaign",
    "police", "statistics", "research", "registry", "kpis", "quality",
)  # fmt: skip
PAGES_OF_A_WINDOW = (
    "board", "departments", "department", "duty", "police", "statistics", "satisfaction",
    "research", "registry", "kpis",
)  # fmt: skip

# Pages without an entry of their own stand under that of another.
_PARENTS = {"case": "cases", "department": "departments"}


def page_header(
    head: PageHead,
    frame: PageFrame,
    place: Place = BOARD,
    *,
    title: str | None = None,
) -> html.Header:
    """The two bars on top: who and how fresh; where and which period.

    ``title``: the page's heading, the area's name without one.
    """
    bars = [_top_bar(head, frame, place), calendar_notice(head), _place_bar(head, place, title)]
    return html.Header(bars, className="head")


def _top_bar(head: PageHead, frame: PageFrame, place: Place) -> html.Div:
    lang = head["lang"]
    demo = html.Span(
        word("app.demo", lang), className="demo-mark", title=word("app.demo_hint", lang)
    )
    brand = html.Div(
        [
            html.Span(word("app.title", lang), className="brand-name"),
            html.Span(f"{head['city']} · {word('app.subtitle', lang)}", className="brand-sub"),
            *([demo] if head["is_demo"] else []),
        ],
        className="brand",
    )
    parts = [brand, navigation(head, place), freshness(head, frame), _tools(head, place)]
    return html.Div(parts, className="bar bar-top")


def navigation(head: PageHead, place: Place) -> html.Nav:
    """The pages of the product 主导航; each link keeps area, period and language."""
    lang = head["lang"]
    shown = _PARENTS.get(place.page, place.page)
    links = [
        html.A(
            word(f"nav.{page}", lang),
            href=place_href(head, Place(page=page)),
            className="nav-link",
            **{"data-nav": ""},
            **({"aria-current": "page"} if page == shown else {}),
        )
        for page in PAGES
    ]
    return html.Nav(links, className="nav", **{"aria-label": word("nav.label", lang)})


def calendar_notice(head: PageHead) -> html.Div:
    """A line that leads to the calendar while a year that matters is not entered; else empty."""
    notice = head["calendar_notice"]
    line = []
    if notice:
        place = Place(page="calendar", more={"year": str(notice["year"])})
        href = place_href(head, place)
        line = [html.A(notice["text"], href=href, className="notice-line", **{"data-nav": ""})]
    return html.Div(line, className="notice", **{"data-part": "calendar-notice"})


def _tools(head: PageHead, place: Place) -> html.Div:
    lang = head["lang"]
    other = "en" if lang == "zh" else "zh"
    return html.Div(
        [
            html.A(
                word("lang.switch", lang),
                href=place_href(head, place, lang=other),
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


def freshness(head: PageHead, frame: PageFrame) -> html.Div:
    """Data as of … · N s ago, counted on by the browser's own clock; sources fold out beside it."""
    lang = head["lang"]
    known = head["as_of_ms"] is not None
    stamp = [
        html.Span(className="fresh-dot"),
        html.Span(word("fresh.as_of", lang), className="fresh-label"),
        html.Time(
            clock_text(head["as_of_ms"], frame.zone), className="fresh-time", **{"data-f": "as-of"}
        ),
        html.Span("" if known else word("fresh.none", lang), **{"data-f": "age"}),
        html.Span("", className="fresh-mode", **{"data-f": "mode"}),
    ]
    return html.Div(
        [
            html.Div(stamp, className="fresh", **{"data-part": "fresh"}),
            source_list(head["sources"], lang, frame),
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
    openers = [
        html.Button(
            word(f"sources.{name}", lang),
            className="link-inline",
            **{"data-kpi": f"system.{name}", "aria-haspopup": "dialog"},
        )
        for name in ("data_age", "source_age")
    ]
    body = html.Div(
        [
            html.Ul(items, **{"data-part": "sources"}),
            html.Div(openers, className="sources-foot"),
        ],
        className="sources-list",
    )
    return html.Details([summary, body], className="sources")


def _place_bar(head: PageHead, place: Place, title: str | None) -> html.Div:
    window = head["window"]
    has_window = place.page in PAGES_OF_A_WINDOW
    days = html.Span(window["text"], className="place-days", **{"data-f": "days"})
    heading = html.Div(
        [
            html.H1(title or head["area"]["name"], className="place-name"),
            *(
                []
                if title
                else [html.Span(head["area"].get("level_name", ""), className="place-level")]
            ),
            *([days] if has_window else []),
        ],
        className="place",
    )
    path = [_path(head, place, title)] if place.page in PAGES_OF_AN_AREA else []
    box = html.Div([*path, heading], className="place-box")
    switch = [_window_switch(head, place)] if has_window else []
    return html.Div([box, *switch], className="bar bar-place")


def _path(head: PageHead, place: Place, title: str | None) -> html.Nav:
    """The line of areas; on pages with a heading of their own, with the way down at its end."""
    last = len(head["path"]) - 1
    steps = [
        html.Li(
            html.Span(step["name"], **{"aria-current": "page"})
            if index == last
            else html.A(
                step["name"], href=place_href(head, place, area=step["code"]), **{"data-nav": ""}
            )
        )
        for index, step in enumerate(head["path"])
    ]
    if children := head.get("below", []):
        steps.append(html.Li(_area_menu(head, place, children)))
    return html.Nav(
        html.Ol(steps),
        className="path path-always" if title else "path",
        **{"aria-label": word("path.label", head["lang"])},
    )


def _area_menu(head: PageHead, place: Place, children: Sequence[AreaRef]) -> html.Details:
    items = [
        html.Li(
            html.A(
                child["name"], href=place_href(head, place, area=child["code"]), **{"data-nav": ""}
            )
        )
        for child in children
    ]
    summary = html.Summary(word("path.below", head["lang"]), className="seg")
    return html.Details(
        [summary, html.Ul(items, className="history-list area-list")], className="history area-menu"
    )


def _window_switch(head: PageHead, place: Place) -> html.Nav:
    lang = head["lang"]
    links = [
        html.A(
            word(f"window.{key}", lang),
            href=place_href(head, place, window=key),
            className="seg",
            **{"data-nav": ""},
            **({"aria-current": "true"} if key == head["window"]["key"] else {}),
        )
        for key in head.get("window_keys", WINDOW_KEYS)
    ]
    return html.Nav(
        [html.Div(links, className="segs"), _history_menu(head, place)],
        className="window-switch",
        **{"aria-label": word("window.label", lang)},
    )


def _history_menu(head: PageHead, place: Place) -> html.Details:
    """Periods of the past 历史时段: everything, each year, and the months of the year shown."""
    lang, window = head["lang"], head["window"]
    shown_year = window["from_on"][:4] if window["key"][:4].isdigit() else ""
    items = [_period(head, place, "all", word("window.all", lang))]
    for year in reversed(window["years"]):
        items.append(_period(head, place, str(year), f"{year}年" if lang == "zh" else str(year)))
        if str(year) == shown_year:
            items.append(_months(head, place, year))
    is_past = bool(shown_year) or window["key"] == "all"
    summary = html.Summary(
        window["label"] if is_past else word("window.history", lang),
        className="seg" + (" is-chosen" if is_past else ""),
    )
    return html.Details([summary, html.Ul(items, className="history-list")], className="history")


def _period(head: PageHead, place: Place, key: str, label: str) -> html.Li:
    chosen = {"aria-current": "true"} if key == head["window"]["key"] else {}
    link = html.A(label, href=place_href(head, place, window=key), **{"data-nav": ""}, **chosen)
    return html.Li(link)


def _months(head: PageHead, place: Place, year: int) -> html.Li:
    months = [
        _period(head, place, f"{year}-{month:02d}", word("window.month_of", head["lang"], n=month))
        for month in range(1, 13)
    ]
    return html.Li(html.Ul(months, className="history-months"))
