"""Departments × items 部门 × 事项: open, overdue and last moved; a cell leads to its cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import moment_text, number_text
from dashboard.components.units_league import unit_href
from dashboard.components.work_page import nothing, work_card
from dashboard.words import word


def items_card(shown: Any, frame: PageFrame) -> html.Section:
    """The matrix; a group's name leads to its own items, and back above the table."""
    lang, matrix = shown["lang"], shown["matrix"]
    title, item = word("units.items", lang), matrix["item"]
    hint = word("units.items_hint", lang, days=matrix["days"])
    body: list[Component] = []
    if item is not None:
        top = html.A(word("units.items_top", lang), href=_items_href(shown, ""), **{"data-nav": ""})
        body.append(html.P([top, " › ", html.B(item["name"])], className="units-crumb"))
    if not matrix["rows"]:
        body.append(nothing(word("units.items_none", lang)))
        return work_card(title, body, part="units-items", hint=hint, span=12)
    body.append(_table(shown, frame, title))
    if matrix["idle"]:
        idle = word("units.items_idle", lang, n=matrix["idle"])
        body.append(html.P(idle, className="work-foot"))
    return work_card(title, body, part="units-items", hint=hint, span=12)


def _items_href(shown: Any, item: str) -> str:
    more = {"tab": "items"} | ({"item": item} if item else {})
    return place_href(shown, Place(page="departments", more=more))


def _table(shown: Any, frame: PageFrame, label: str) -> html.Div:
    lang, matrix = shown["lang"], shown["matrix"]
    head = html.Tr(
        [
            html.Th(word("units.unit", lang), scope="col", className="name"),
            *(html.Th(_item_name(shown, one), scope="col") for one in matrix["items"]),
        ]
    )
    total = html.Tr(
        [
            html.Th(word("units.total", lang), scope="row", className="name"),
            *_cells(shown, matrix["total"], "", frame),
        ],
        className="total",
        **{"data-key": "total"},
    )
    rows = []
    for row in matrix["rows"]:
        is_nobody = row["code"] == "-"
        name = (
            row["name"]
            if is_nobody
            else html.A(row["name"], href=unit_href(shown, row["code"]), **{"data-nav": ""})
        )
        rows.append(
            html.Tr(
                [
                    html.Th(name, scope="row", className="name"),
                    *_cells(shown, row["cells"], row["code"], frame),
                ],
                **{"data-key": row["code"], "data-unit": row["code"]},
            )
        )
    table = html.Table(
        [html.Thead(head), html.Tbody([total, *rows])],
        className="count-table items-table sticky-name",
        **{"aria-label": label},
    )
    return html.Div(table, className="table-box units-box", tabIndex=0)


def _item_name(shown: Any, one: Mapping[str, Any]) -> Component | str:
    if one["is_direct"]:
        return word("units.items_direct", shown["lang"], name=one["name"])
    if not one["has_more"]:
        return str(one["name"])
    return html.A(one["name"], href=_items_href(shown, one["code"]), **{"data-nav": ""})


def _cells(shown: Any, cells: Any, unit: str, frame: PageFrame) -> list[html.Td]:
    pairs = zip(cells, shown["matrix"]["items"], strict=True)
    return [_cell(shown, cell, unit, item, frame) for cell, item in pairs]


def _cell(
    shown: Any, cell: Mapping[str, Any], unit: str, item: Mapping[str, Any], frame: PageFrame
) -> html.Td:
    lang = shown["lang"]
    if not cell["open"]:
        return html.Td("·", className="matrix-none")
    lines: list[Component] = [
        html.Div(
            [
                _cases_link(shown, number_text(cell["open"]), "open", unit, item),
                *(
                    [
                        _cases_link(
                            shown, word("units.items_overdue", lang, n=cell["overdue"]),
                            "overdue", unit, item,
                        )
                    ]
                    if cell["overdue"]
                    else []
                ),
            ],
            className="item-counts",
        )
    ]  # fmt: skip
    if cell["is_stale"]:
        stale = word("units.items_stale", lang)
        lines.append(html.Span(stale, className="state-mark lv-bad"))
    lines.append(html.Span(moment_text(cell["moved_ms"], frame.zone), className="cell-minor"))
    css = "item-cell is-stale" if cell["is_stale"] else "item-cell"
    counts = {"data-open": str(cell["open"]), "data-overdue": str(cell["overdue"])}
    return html.Td(lines, className=css, **{"data-item": item["code"]}, **counts)


def _cases_link(shown: Any, text: str, mark: str, unit: str, item: Mapping[str, Any]) -> Component:
    """Exactly the cases counted: of the area, the unit and the item, open or overdue now. What
    hangs on a category that has others below it has no list of its own."""
    css = f"item-{mark}"
    if item["is_direct"]:
        return html.Span(text, className=css)
    asked = {"is": mark, "by": "any", "department": unit, "category": item["code"]}
    asked |= {"area": shown["area"]["code"], "window": shown["window"]["key"]}
    asked["lang"] = shown["lang"]
    query = urlencode({name: value for name, value in asked.items() if value})
    return html.A(text, href=f"/cases?{query}", className=css, **{"data-nav": "", "data-is": mark})
