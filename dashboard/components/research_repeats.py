"""Cards of 研判: groups of repeats 重复诉求组 and hot grids 热点网格."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.research_links import found_cell, narrowed, own_place
from dashboard.components.spans import number_text, year_moment_text
from dashboard.components.work_page import count_cell, nothing, pager, scroll_table, work_card
from dashboard.readings.research_repeats import GROUPS_SHOWN, ORDERS
from dashboard.words import word


def repeat_cards(shown: Any, frame: PageFrame) -> list[Component]:
    """Groups above, hot grids below."""
    return [_groups_card(shown, frame), _grids_card(shown)]


def _segs(links: list[tuple[str, str, bool]], label: str) -> html.Nav:
    """Choices of which one is taken: (text, address, whether it is)."""
    return html.Nav(
        [
            html.A(
                text,
                href=href,
                className="seg",
                **{"data-nav": ""},
                **({"aria-current": "true"} if is_chosen else {}),
            )
            for text, href, is_chosen in links
        ],
        className="segs work-segs",
        **{"aria-label": label},
    )


def _groups_card(shown: Any, frame: PageFrame) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.groups", lang)
    sizes = [(word("research.size_all", lang, n=number_text(part["all"])), narrowed(shown, size=""),
              part["size"] == 2)]  # fmt: skip
    for least, count in part["sizes"]:
        text = word("research.size_from", lang, least=least, n=number_text(count))
        sizes.append((text, narrowed(shown, size=str(least)), part["size"] == least))
    rule = word("research.groups_rule", lang, days=part["days"])
    body: list[Component] = [
        html.P(rule, className="card-hint work-about"),
        _segs(sizes, word("research.size", lang)),
    ]
    if part["rows"]:
        names = ("count", "open", "category", "place", "last", "same", "area")
        columns = [
            ("num" if name in ("count", "open") else "", word(f"research.{name}", lang))
            for name in names
        ]
        rows = [_group_row(shown, row, frame) for row in part["rows"]]
        body.append(scroll_table(columns, rows, label=title, kind="case-table research-groups"))
        body.append(
            pager(
                shown, own_place(shown), "offset", offset=part["offset"], shown=len(rows),
                step=GROUPS_SHOWN, total=part["total"],
            )
        )  # fmt: skip
    else:
        body.append(nothing(word("research.none", lang)))
    note = word("research.groups_note", lang, n=number_text(part["total"]))
    return work_card(title, body, part="groups", note=note, span=12)


def _group_row(shown: Any, row: Mapping[str, Any], frame: PageFrame) -> html.Tr:
    lang, category = shown["lang"], row["category"]
    # The group is as it is in the area, whatever the page is cut to.
    whole = dict.fromkeys(shown["cut"], "")
    kind = html.A(
        category["name"],
        href=narrowed(shown, category=category["code"]),
        **{"data-nav": ""},
    )
    newest = html.A(
        year_moment_text(row["last_ms"], frame.zone), href=case_href(row, lang), **{"data-nav": ""}
    )
    return html.Tr(
        [
            found_cell(shown, f"group.{row['key']}", row["count"], more=whole),
            count_cell(row["open"]),
            html.Td(kind),
            html.Td(row["address"] or "—", className="wide"),
            html.Td(newest),
            html.Td(row["same"]),
            html.Td(row["place"], className="wide"),
        ],
        **{"data-key": str(row["key"])},
    )


def _grids_card(shown: Any) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.grids", lang)
    orders = [
        (
            word(f"research.order.{order}", lang),
            narrowed(shown, order="" if order == ORDERS[0] else order),
            part["order"] == order,
        )
        for order in ORDERS
    ]
    body: list[Component] = [
        html.P(word("research.grids_rule", lang), className="card-hint work-about"),
        _segs(orders, word("research.order", lang)),
    ]
    if not part["grids"]:
        body.append(nothing(word("research.none", lang)))
        return work_card(title, body, part="grids", span=12)
    most = max(row["count"] for row in part["grids"])
    names = ("grid", "count", "repeats", "households", "rate")
    columns = [
        ("name" if name == "grid" else "num", word(f"research.{name}", lang)) for name in names
    ]
    columns += [("num", f"≥{least}") for least, _ in part["sizes"]]
    rows = [_grid_row(shown, row, most) for row in part["grids"]]
    body.append(scroll_table(columns, rows, label=title, kind="sticky-name"))
    return work_card(title, body, part="grids", span=12)


def _grid_row(shown: Any, row: Mapping[str, Any], most: int) -> html.Tr:
    code = row["code"]
    name = html.A(row["name"], href=narrowed(shown, area=code), **{"data-nav": ""})
    groups = [count_cell(count) for count in row["groups"]]
    return html.Tr(
        [
            html.Th(name, className="name", scope="row"),
            found_cell(shown, "grid", row["count"], share=row["count"] / most, area=code),
            found_cell(shown, "grid.repeat", row["repeats"], area=code),
            html.Td(number_text(row["households"]), className="num"),
            html.Td("—" if row["rate"] is None else f"{row['rate']:.2f}", className="num"),
            *groups,
        ],
        **{"data-key": code},
    )  # fmt: skip
