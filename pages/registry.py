"""Grid registry 网格台账 at ``/registry``: base data, staffing and gaps of grids."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard.components.registry_page import registry_page
from dashboard.readings.registry_page import build_registry_page
from dashboard.shell.page_view import own_reader, page_view, whole_number


def layout(
    gap: str | None = None,
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The page of an area and window; ``gap``: which grids are listed, from ``offset`` on."""
    asked, first = (gap or "")[:20], min(whole_number(offset), 100_000)

    def read(place: str | None, period: str, language: str) -> Any:
        build = partial(build_registry_page, gap=asked, offset=first)
        more = (asked, first)
        return own_reader().page("registry", place, period, language, build, more=more)

    return page_view(area, window, lang, registry_page, read=read)


dash.register_page(__name__, path="/registry", title="一网", layout=layout)
