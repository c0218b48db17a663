"""One unit at the roll call 点名屏 at ``/department/<code>``: figures, rank, cases, promises."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.unit_view import unit_view


def layout(
    code: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The unit of this code below an area, in a period."""
    return unit_view(code or "", area, window, lang)


dash.register_page(__name__, path_template="/department/<code>", title="一网", layout=layout)
