"""Police grids 警格 at ``/police``: their league, and with ``?police=`` the grids of one."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard.components.police_page import police_page
from dashboard.readings.police_page import build_police_page
from dashboard.shell.page_view import own_reader, page_view


def layout(
    police: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The page of an area and window; ``police``: the code of one police grid, "-" for none."""
    code = (police or "")[:40]

    def read(place: str | None, period: str, language: str) -> Any:
        build = partial(build_police_page, police=code)
        return own_reader().page("police", place, period, language, build, more=(code,))

    return page_view(area, window, lang, police_page, read=read)


dash.register_page(__name__, path="/police", title="一网", layout=layout)
