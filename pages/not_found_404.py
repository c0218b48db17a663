"""Any address that is not a page 缺页; Dash finds this module by its name."""

from __future__ import annotations

import dash
import flask
from dash import html

from dashboard.components.missing_page import missing_page
from dashboard.words import known_language, word


def layout(lang: str | None = None, **_query: str) -> html.Div:
    """Says so, with the way back."""
    lang = known_language(lang, flask.current_app.extensions["yiwang"].settings.language)
    return missing_page(word("missing.page", lang), lang)


dash.register_page(__name__, title="一网", layout=layout)
