"""What every page has around its content 页面外框: skip link, head, banner, data for scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import count

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.header import page_header
from dashboard.components.hrefs import BOARD, Place
from dashboard.words import word, words_for

_NUMBERS = count(1)


def page(
    head: PageHead,
    frame: PageFrame,
    content: Sequence[Component],
    *,
    place: Place = BOARD,
    title: str | None = None,
    kind: str = "",
    key: str = "",
    attributes: Mapping[str, str] | None = None,
) -> html.Div:
    """The whole page as one tree; its key is new every time, so Dash never reuses the DOM of a page
    drawn before, which the live scripts have changed meanwhile.

    ``title``: the heading, the area's name without one; ``key``: a name for it among its like.
    """
    lang, area = head["lang"], head["area"]
    main = html.Main(
        [
            html.Div(className="banner away", role="status", **{"data-part": "banner"}),
            *content,
        ],
        id="main",
        className="main",
    )
    skip = html.A(word("app.skip", lang), href="#main", className="skip")
    header = page_header(head, frame, place, title=title)
    return html.Div(
        [skip, header, main],
        key=f"{place.page}|{key}|{next(_NUMBERS)}",
        className=f"page page-{kind or place.page}",
        **page_attributes(head, frame, place, title or area["name"]),
        **dict(attributes or {}),
    )


def page_attributes(head: PageHead, frame: PageFrame, place: Place, title: str) -> dict[str, str]:
    """What the live scripts need to know of the page, as data attributes."""
    lang = head["lang"]
    return {
        "data-page": place.page,
        "data-area": head["area"]["code"],
        "data-root": head["path"][0]["code"] if head["path"] else head["area"]["code"],
        "data-window": head["window"]["key"],
        "data-lang": lang,
        "data-version": str(head["version"]),
        "data-build": head["build"],
        "data-status": head["status"],
        "data-message": head["message"] or "",
        "data-as-of": "" if head["as_of_ms"] is None else str(head["as_of_ms"]),
        "data-zone": frame.time_zone,
        "data-stale-after": f"{frame.stale_after_seconds:g}",
        "data-title": f"{title} · {word('app.title', lang)}",
        "data-words": json.dumps(words_for(lang), ensure_ascii=False, separators=(",", ":")),
    }
