"""Addresses of pages 地址: the URL carries the whole selection (area, period, language)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from dashboard.components.board_shape import PageHead

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

# The main navigation 主导航, in its order; "board" is the overview of whatever area is chosen.
PAGES = (
    "board", "cases", "overdue", "departments", "duty", "satisfaction", "campaign", "research",
    "registry", "kpis", "calendar", "quality", "system",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the product a page stands, so that its own links lead back to the same page.

    ``page`` is one of PAGES; ``detail`` the rest of its path (a KPI's key); ``more`` further
    variables of its address that a change of area, period or language keeps.
    """

    page: str = "board"
    detail: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


BOARD = Place()
NOTHING: Mapping[str, str] = {}


def area_href(
    head: PageHead,
    code: str,
    *,
    window: str | None = None,
    lang: str | None = None,
    more: Mapping[str, str] = NOTHING,
) -> str:
    """Address of the board of area ``code``, keeping the page's period and language.

    The root of the tree lives at ``/``, every other node at ``/area/<code>``. ``more``: further
    variables, such as the slice 切片.
    """
    path = "/" if _is_root(head, code) else f"/area/{quote(code, safe='')}"
    query = {"window": window or head["window"]["key"], "lang": lang or head["lang"]}
    return f"{path}?{urlencode(query | dict(more))}"


def place_href(
    head: PageHead,
    place: Place,
    *,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
) -> str:
    """Address of a page for the head's own selection, or with another area, period or language."""
    code = head["area"]["code"] if area is None else area
    if place.page == "board":
        return area_href(head, code, window=window, lang=lang, more=place.more)
    query = {} if _is_root(head, code) else {"area": code}
    query |= {"window": window or head["window"]["key"], "lang": lang or head["lang"]}
    path = f"/{place.page}" + (f"/{quote(place.detail, safe='')}" if place.detail else "")
    return f"{path}?{urlencode(query | dict(place.more))}"


def _is_root(head: PageHead, code: str) -> bool:
    return bool(head["path"]) and head["path"][0]["code"] == code
