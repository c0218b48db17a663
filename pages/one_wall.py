"""The video wall 大屏 of a profile at ``/wall/<profile>``."""

from __future__ import annotations

import dash
from dash import html

from dashboard.shell.wall_view import wall_view


def layout(profile: str | None = None, lang: str | None = None, **_query: str) -> html.Div:
    """The wall; the default one, with a note, for a profile that cannot be used."""
    return wall_view(profile, lang)


dash.register_page(__name__, path_template="/wall/<profile>", title="一网", layout=layout)
