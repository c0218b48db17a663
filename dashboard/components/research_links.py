"""Addresses of the page 研判: its own with another choice, and the lists behind its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import number_text, year_moment_text
from dashboard.readings.research_ground import MOST_DAYS
from dashboard.words import word


def own_place(shown: Any, **changes: str) -> Place:
    """The page with what was chosen on it, changed; "" drops a choice."""
    said = shown["query"] | changes
    return Place(page="research", more={name: text for name, text in said.items() if text})


def narrowed(shown: Any, *, area: str | None = None, **changes: str) -> str:
    """The same tab for another area, slice or choice, from its first row on."""
    return place_href(shown, own_place(shown, offset="", **changes), area=area)


def found_href(
    shown: Any, key: str, *, area: str | None = None, window: str | None = None,
    more: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The list of exactly the cases of a key, cut as the page is."""
    cut = {name: one["code"] for name, one in shown["cut"].items()}
    said = {"found": key} | cut | dict(more or {})
    place = Place(page="cases", more={name: text for name, text in said.items() if text})
    return place_href(shown, place, area=area, window=window)


def found_link(shown: Any, key: str, count: int, text: str = "", **where: Any) -> html.A:
    """A number that opens its cases."""
    return html.A(
        text or number_text(count),
        href=found_href(shown, key, **where),
        **{"data-nav": "", "data-found": key, "data-count": str(count)},
    )


def found_cell(
    shown: Any, key: str, count: int, *, share: float | None = None, **where: Any
) -> html.Td:
    """A count in a table; zero opens nothing. ``share``: length of the bar behind it, 0 to 1."""
    if not count:
        return html.Td("0", className="num is-zero")
    style = {} if share is None else {"style": {"--share": f"{min(1.0, share):.3f}"}}
    kind = "num is-value" + ("" if share is None else " strip")
    return html.Td(found_link(shown, key, count, **where), className=kind, **style)


def span_text_of(shown: Any, frame: PageFrame) -> html.Span:
    """From when to when is looked at, which may be less than the period chosen."""
    key = "research.span_cut" if shown["is_cut"] else "research.span"
    from_, to = (year_moment_text(shown[name], frame.zone) for name in ("from_ms", "to_ms"))
    text = word(key, shown["lang"], from_=from_, to=to, days=MOST_DAYS)
    return html.Span(text, **{"data-f": "span"})
