"""The page of one area 区域页: header, tiles, map, trend, league, overdue and break-downs."""

from __future__ import annotations

import json

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import Board
from dashboard.components.breakdown import breakdown_cards
from dashboard.components.duty_card import duty_card
from dashboard.components.frame import PageFrame
from dashboard.components.grid_portrait import grid_portrait_card
from dashboard.components.header import page_header
from dashboard.components.league import league_card
from dashboard.components.map_card import map_card
from dashboard.components.overdue_list import overdue_card
from dashboard.components.tile import more_row, tile_row
from dashboard.components.trend_card import trend_card
from dashboard.words import word, words_for


def board_page(board: Board, frame: PageFrame) -> html.Div:
    """The whole page as one tree; its key is the selection, so Dash never reuses another page's
    DOM, which the live scripts have changed meanwhile."""
    lang = board["lang"]
    main = html.Main(
        [
            html.Div(className="banner away", role="status", **{"data-part": "banner"}),
            tile_row(board),
            more_row(board),
            html.Div(_cards(board, frame), className="cards"),
        ],
        id="main",
        className="main",
    )
    skip = html.A(word("app.skip", lang), href="#main", className="skip")
    return html.Div(
        [skip, page_header(board, frame), main],
        key=f"{board['area']['code']}|{board['window']['key']}|{lang}",
        className=f"page page-{'grid' if board['grid'] is not None else 'areas'}",
        **page_attributes(board, frame),
    )


def page_attributes(board: Board, frame: PageFrame) -> dict[str, str]:
    """What the live scripts need to know of the page, as data attributes."""
    area = board["area"]
    return {
        "data-page": "board",
        "data-area": area["code"],
        "data-root": board["path"][0]["code"] if board["path"] else area["code"],
        "data-window": board["window"]["key"],
        "data-lang": board["lang"],
        "data-version": str(board["version"]),
        "data-build": board["build"],
        "data-status": board["status"],
        "data-message": board["message"] or "",
        "data-as-of": "" if board["as_of_ms"] is None else str(board["as_of_ms"]),
        "data-zone": frame.time_zone,
        "data-stale-after": f"{frame.stale_after_seconds:g}",
        "data-title": f"{area['name']} · {word('app.title', board['lang'])}",
        "data-words": json.dumps(
            words_for(board["lang"]), ensure_ascii=False, separators=(",", ":")
        ),
    }


def _cards(board: Board, frame: PageFrame) -> list[Component]:
    grid = board["grid"]
    below = league_card(board) if grid is None else grid_portrait_card(grid, board["lang"], frame)
    columns = (
        [map_card(board)],
        [trend_card(board), below],
        [duty_card(board), overdue_card(board)],
    )
    return [
        *(html.Div(cards, className="column") for cards in columns),
        *breakdown_cards(board),
    ]
