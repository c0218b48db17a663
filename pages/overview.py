"""Overview 总览 of the whole city at ``/``."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.board_view import board_view


def layout(window: str | None = None, lang: str | None = None, **query: str) -> html.Div:
    """The city's page; further query variables belong to scripts (sort, metric, kpi)."""
    return board_view(None, window, lang, query)


dash.register_page(__name__, path="/", title="一网", layout=layout)
