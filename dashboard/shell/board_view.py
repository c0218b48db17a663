"""From an address to a page: which board is asked for and what is shown when there is none."""

from __future__ import annotations

from typing import cast

import flask
from dash import html

from dashboard.components.board_page import board_page
from dashboard.components.board_shape import Board
from dashboard.components.frame import PageFrame
from dashboard.components.missing_page import missing_area, waiting_page
from dashboard.readings.board import UnknownAreaError
from dashboard.readings.scope import OutsideScopeError
from dashboard.readings.windows import known_window
from dashboard.words import known_language, word


def board_view(area: str | None, window: str | None, lang: str | None) -> html.Div:
    """The page of ``area`` (None: the whole city) for a period and language.

    An unknown period or language falls back to the default; an unknown area gives a page that says
    so. Needs an application whose extension ``yiwang`` offers ``board(area, window, lang)``.
    Without any area, or with the database away and no board made before, the page waits and tries
    again by itself.
    """
    service = flask.current_app.extensions["yiwang"]
    settings = service.settings
    lang = known_language(lang, settings.language)
    window = known_window(window)
    frame = PageFrame(
        time_zone=settings.city_time_zone, stale_after_seconds=settings.stale_after_seconds
    )
    try:
        board = cast(Board, service.board(area, window, lang))
    except (UnknownAreaError, OutsideScopeError):
        return missing_area(area, lang) if area else waiting_page(word("stale.empty", lang), lang)
    except Exception:  # the database is away and no board was made before; the shelf has logged why
        return waiting_page(word("missing.board", lang), lang)
    return board_page(board, frame)
