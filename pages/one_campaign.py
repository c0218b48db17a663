"""One campaign 专项任务 at ``/campaign/<code>``: target, pace, burn-up and who lags behind."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.campaign_view import campaign_view


def layout(
    code: str | None = None,
    police: str | None = None,
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The campaign below an area; ``police``: of one police grid; ``offset``: of the laggards."""
    return campaign_view(code or "", area, window, lang, police=police, offset=offset)


dash.register_page(__name__, path_template="/campaign/<code>", title="一网", layout=layout)
