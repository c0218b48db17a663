"""Addresses of pages 地址: the URL carries the whole selection (area, period, language)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from dashboard.components.board_shape import Board

WINDOW_KEYS = (
    "today",
    "week",
    "month",
    "year",
    "d7",
    "d30",
    "d365",
    "d1095",
)  # as links; others fold out


def area_href(
    board: Board, code: str, *, window: str | None = None, lang: str | None = None
) -> str:
    """Address of the page of area ``code``, keeping the board's period and language.

    The root of the tree lives at ``/``, every other node at ``/area/<code>``.
    """
    is_root = bool(board["path"]) and board["path"][0]["code"] == code
    path = "/" if is_root else f"/area/{quote(code, safe='')}"
    query = {"window": window or board["window"]["key"], "lang": lang or board["lang"]}
    return f"{path}?{urlencode(query)}"


def own_href(board: Board, *, window: str | None = None, lang: str | None = None) -> str:
    """Address of the board's own area with another period or language."""
    return area_href(board, board["area"]["code"], window=window, lang=lang)
