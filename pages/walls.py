"""Profiles of video walls 大屏配置 at ``/walls``: what each shows, and what is wrong with it."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.wall_view import walls_view


def layout(
    area: str | None = None, window: str | None = None, lang: str | None = None, **_query: str
) -> html.Div:
    """All profiles of the program and of this city."""
    return walls_view(area, window, lang)


dash.register_page(__name__, path="/walls", title="一网", layout=layout)
