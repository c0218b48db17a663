"""From an address to a page: which board is asked for and what is shown when there is none."""

from __future__ import annotations

from typing import cast

import flask
from dash import html

from dashboard.components.board_page import board_page
from dashboard.components.board_shape import Board
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import WINDOW_KEYS
from dashboard.components.missing_page import missing_area
from dashboard.words import known_language

DEFAULT_WINDOW = "d30"


def board_view(area: str | None, window: str | None, lang: str | None) -> html.Div:
    """The page of ``area`` (None: the whole city) for a period and language.

    An unknown period or language falls back to the default; an unknown area gives a page that says
    so. Needs an application whose extension ``yiwang`` offers ``board(area, window, lang)``, which
    raises ``LookupError`` for an unknown area.
    """
    service = flask.current_app.extensions["yiwang"]
    settings = service.settings
    lang = known_language(lang, settings.language)
    window = window if window in WINDOW_KEYS else DEFAULT_WINDOW
    frame = PageFrame(
        time_zone=settings.city_time_zone, stale_after_seconds=settings.stale_after_seconds
    )
    try:
        board = cast(Board, service.board(area, window, lang))
    except LookupError:
        return missing_area(area or "", lang)
    return board_page(board, frame)
