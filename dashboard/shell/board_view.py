"""From an address to a board: which one is asked for and what is shown when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

from dash import html

from dashboard.components.board_page import board_page
from dashboard.components.board_shape import Board
from dashboard.readings.view import slice_codes
from dashboard.shell.page_view import own_reader, page_view


def board_view(
    area: str | None, window: str | None, lang: str | None, query: Mapping[str, str] | None = None
) -> html.Div:
    """The page of ``area`` (None: the whole city) for a period and language; the variables
    ``category``, ``source`` and ``department`` of ``query`` cut it to those cases.

    Needs an application whose extension ``yiwang`` offers ``board(area, window, lang, codes)``.
    """
    codes = slice_codes(query or {})
    return page_view(
        area,
        window,
        lang,
        lambda board, frame: board_page(cast(Board, board), frame),
        read=partial(own_reader().board, codes=codes),
    )
