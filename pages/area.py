"""Any node of the area tree 区域 at ``/area/<code>``, down to the portrait of one grid."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.board_view import board_view


def layout(
    code: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **query: str,
) -> html.Div:
    """The area's page, or a page that says there is no such area."""
    return board_view(code, window, lang, query)


dash.register_page(__name__, path_template="/area/<code>", title="一网", layout=layout)
