"""Departments 部门 at ``/departments``: league, sent back, not signed for, whistle calls, items."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.unit_view import departments_view


def layout(
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **query: str,
) -> html.Div:
    """The departments of an area and period. ``query``: tab; order and cols of the league; unit,
    late and offset of the lists; item of the matrix."""
    return departments_view(query, area, window, lang)


dash.register_page(__name__, path="/departments", title="一网", layout=layout)
