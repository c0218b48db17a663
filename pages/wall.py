"""The video wall 大屏 of the default profile at ``/wall``."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.wall_view import wall_view


def layout(lang: str | None = None, **_query: str) -> html.Div:
    """The wall; further variables belong to its scripts (lock, metric)."""
    return wall_view(None, lang)


dash.register_page(__name__, path="/wall", title="一网", layout=layout)
