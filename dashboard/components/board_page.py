"""The page of one area 区域页: header, tiles, map, trend, league, overdue and break-downs."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import Board
from dashboard.components.breakdown import breakdown_cards
from dashboard.components.duty_card import duty_card
from dashboard.components.frame import PageFrame
from dashboard.components.grid_portrait import grid_portrait_card
from dashboard.components.hrefs import Place
from dashboard.components.league import league_card
from dashboard.components.map_card import map_card
from dashboard.components.overdue_list import overdue_card
from dashboard.components.page_shell import page
from dashboard.components.slice_line import slice_attributes, slice_codes, slice_line
from dashboard.components.tile import more_row, tile_row
from dashboard.components.trend_card import trend_card


def board_page(board: Board, frame: PageFrame) -> html.Div:
    """The whole page as one tree."""
    cards = html.Div(_cards(board, frame), className="cards")
    content = [*slice_line(board), tile_row(board), more_row(board), cards]
    kind = "grid" if board["grid"] is not None else "areas"
    attributes = {"data-live": "/api/board", **slice_attributes(board)}
    place = Place(more=slice_codes(board))
    return page(board, frame, content, place=place, kind=kind, attributes=attributes)


def _cards(board: Board, frame: PageFrame) -> list[Component]:
    grid = board["grid"]
    below = league_card(board) if grid is None else grid_portrait_card(board, grid, frame)
    columns = (
        [map_card(board)],
        [trend_card(board), below],
        [duty_card(board), overdue_card(board)],
    )
    return [
        *(html.Div(cards, className="column") for cards in columns),
        *breakdown_cards(board),
    ]
