"""What working pages are made of 工作页构件: cards, tables whose numbers open, pages of a list.

Such a page is fetched again after a tick and compared with what stands (``assets/js/78_again.js``):
only what changed is written. Rows carry ``data-key`` so that they are recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead, Tile
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import number_text
from dashboard.components.tile import kpi_tile
from dashboard.words import word

LIVE = {"data-again": "5"}  # attributes of a page that is fetched again; at most every 5 s


def work_card(
    title: str,
    body: Sequence[Component],
    *,
    part: str,
    hint: str = "",
    note: str = "",
    span: int = 6,
) -> html.Section:
    """A card ``span`` columns of twelve wide; ``note``: a count beside the title."""
    head = [html.H2(title)]
    if note:
        head.append(html.Span(note, **{"data-f": "count"}))
    if hint:
        head.append(html.Span(hint, className="card-hint"))
    return html.Section(
        [html.Header(head, className="card-head"), *body],
        className=f"card card-list span-{span}",
        **{"data-part": part, "data-key": part},
    )


def work_tiles(tiles: Sequence[Tile], lang: str, label: str) -> html.Section:
    """The row of tiles on top."""
    return html.Section(
        [kpi_tile(tile, lang) for tile in tiles],
        className="tiles",
        **{"aria-label": label},
    )


def scroll_table(
    columns: Sequence[tuple[str, str]], rows: Sequence[html.Tr], *, label: str, kind: str = ""
) -> html.Div:
    """A table in a box that scrolls by itself; ``columns``: (class, title)."""
    head = html.Tr([html.Th(title, scope="col", className=name) for name, title in columns])
    table = html.Table(
        [html.Thead(head), html.Tbody(list(rows))],
        className=f"count-table {kind}".strip(),
        **{"aria-label": label},
    )
    return html.Div(table, className="table-box", tabIndex=0)


def count_cell(value: int | None, kpi: str = "", *, mark: str = "") -> html.Td:
    """A count; with a KPI it opens its definition for the row's area. ``mark``: further classes."""
    state = "empty" if value is None else "zero" if value == 0 else "value"
    opens = {"data-col": kpi} if kpi else {}
    return html.Td(number_text(value), className=f"num is-{state} {mark}".strip(), **opens)


def kpi_cell(cell: Mapping[str, Any], kpi: str, *, more: Sequence[Component] = ()) -> html.Td:
    """The value of a KPI, judged by colour and shape; opens its definition."""
    return html.Td(
        [html.Span(cell["text"]), *more],
        className=f"num is-{cell['state']} lv-{cell['level']}",
        **{"data-col": kpi},
    )


def area_link(head: PageHead, place: Place, code: str, name: str) -> html.A:
    """The same page for another area."""
    return html.A(name, href=place_href(head, place, area=code), **{"data-nav": ""})


def nothing(text: str) -> html.P:
    """What stands where there is nothing to list."""
    return html.P(text, className="nothing")


def pager(
    head: PageHead, place: Place, name: str, *, offset: int, shown: int, step: int, total: int
) -> html.Nav:
    """Back and on through a list whose first row is ``name`` in the address."""
    lang = head["lang"]

    def turn(label: str, to: int, *, is_on: bool) -> html.A | html.Span:
        if not is_on:
            return html.Span(word(label, lang), className="seg is-off")
        kept = {key: value for key, value in place.more.items() if key != name}
        more = kept | ({name: str(to)} if to else {})
        there = Place(page=place.page, detail=place.detail, more=more)
        return html.A(
            word(label, lang), href=place_href(head, there), className="seg", **{"data-nav": ""}
        )

    last = offset + shown
    middle = word(
        "work.range",
        lang,
        first=number_text(offset + 1),
        last=number_text(last),
        all=number_text(total),
    )
    return html.Nav(
        [
            turn("drawer.previous", max(0, offset - step), is_on=offset > 0),
            html.Span(middle),
            turn("drawer.next", offset + step, is_on=last < total),
        ],
        className="drawer-pager",
        **{"aria-label": word("quality.pages", lang)},
    )
