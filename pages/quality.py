"""Data quality 数据质量 at ``/quality``: what is wrong with cases, by kind."""

from __future__ import annotations

import dash
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.quality_page import PAGE_SIZE, quality_page
from dashboard.readings.finding_list import known_kind, list_findings
from dashboard.shell.page_view import own_reader, page_view, whole_number


def layout(
    kind: str | None = None,
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """Findings below an area; an unknown kind is all of them."""
    asked, first = known_kind(kind), whole_number(offset)

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        found = list_findings(
            own_reader(), area or None, asked, first, PAGE_SIZE, lang=head["lang"]
        )
        return quality_page(head, found, frame, kind=asked, offset=first)

    return page_view(area, window, lang, draw)


dash.register_page(__name__, path="/quality", title="一网", layout=layout)
