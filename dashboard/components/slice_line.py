"""What a page is cut to 切片, by category, source, department, police grid, and the way back."""

from __future__ import annotations

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import Board
from dashboard.components.hrefs import area_href
from dashboard.readings.view import DIMENSIONS
from dashboard.words import word


def slice_line(board: Board) -> list[Component]:
    """One line with a label for each cut, which takes it away; nothing where all cases count."""
    cut = board["slice"]
    if not cut:
        return []
    lang = board["lang"]
    own = area_href(board, board["area"]["code"])
    links = []
    for dimension in DIMENSIONS:
        if dimension not in cut:
            continue
        others = {name: one["code"] for name, one in cut.items() if name != dimension}
        text = f"{word(f'slice.{dimension}', lang)} {cut[dimension]['name']} ✕"
        links.append(
            html.A(
                text,
                href=f"{own}&{urlencode(others)}" if others else own,
                className="seg",
                title=word("slice.remove", lang),
                **{"data-nav": "", "data-slice": dimension},
            )
        )
    note = html.Span(word("slice.only", lang), className="card-hint")
    return [html.Nav([note, *links], className="segs slice-line")]


def slice_codes(board: Board) -> dict[str, str]:
    """The slice as variables of an address, for links that keep it; empty for all cases."""
    return {name: one["code"] for name, one in board["slice"].items()}


def slice_attributes(board: Board) -> dict[str, str]:
    """The codes of the slice for the scripts that ask for the board anew."""
    return {f"data-{name}": code for name, code in slice_codes(board).items()}
