"""The league of departments 责任单位排名: ranks by group, sorted by address, figures that open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import number_href
from dashboard.components.hrefs import Place, place_href
from dashboard.components.work_page import work_card
from dashboard.readings.unit_league import DUE, SCORE
from dashboard.readings.view import SliceCodes
from dashboard.words import word

OWN = Place(page="departments")
_LISTS = {DUE: ("case.closure_rate", "denominator")}


def unit_href(head: Any, code: str) -> str:
    """The address of one unit's roll call 点名屏, for the head's own area and window."""
    return place_href(head, Place(page="department", detail=code))


def moved_view(moved: int | None, lang: str) -> html.Span:
    """How many places up or down 升降; up is good, and neither is red."""
    if moved is None:
        return html.Span("—", className="moved")
    if moved == 0:
        return html.Span(word("units.same", lang), className="moved")
    name = "up" if moved > 0 else "down"
    return html.Span(word(f"units.{name}", lang, n=abs(moved)), className=f"moved is-{name}")


def league_card(shown: Any) -> html.Section:
    """The table with its rules above it."""
    lang, league = shown["lang"], shown["league"]
    hint = word("units.league_hint", lang, kpi=league["ranked_by"], n=league["minimum"])
    against = league["versus"]
    note = word("units.versus", lang, period=against) if against else word("units.no_versus", lang)
    above = html.Div(
        [
            _column_switch(shown),
            html.Span(note, className="card-hint"),
            html.Span(word("units.how", lang), className="card-hint"),
        ],
        className="units-above",
    )
    title = word("units.league", lang)
    return work_card(title, [above, _table(shown, title)], part="units-league", hint=hint, span=12)


def _place(league: Mapping[str, Any], **more: str) -> Place:
    given = {"order": league["sort"], "cols": "all" if league["whole"] else ""} | more
    usual = {"order": "rank"}
    kept = {name: text for name, text in given.items() if text and usual.get(name) != text}
    return Place(page="departments", more=kept)


def _column_switch(shown: Any) -> html.Nav:
    lang, league = shown["lang"], shown["league"]
    links = [
        html.A(
            word(f"units.columns.{name}", lang),
            href=place_href(shown, _place(league, cols=cols)),
            className="seg",
            **{"data-nav": ""},
            **({"aria-current": "true"} if league["whole"] is (cols == "all") else {}),
        )
        for name, cols in (("main", ""), ("all", "all"))
    ]
    return html.Nav(links, className="segs", **{"aria-label": word("units.columns", lang)})


def _table(shown: Any, label: str) -> html.Div:
    lang, league = shown["lang"], shown["league"]
    columns = league["columns"]
    head = html.Tr(
        [
            _head(shown, "rank", word("units.rank", lang), "rank num"),
            html.Th(word("units.moved", lang), scope="col", className="num"),
            _head(shown, "name", word("units.unit", lang), "name"),
            *(_head(shown, one["key"], _column_name(one), "num") for one in columns),
        ]
    )
    total = html.Tr(
        [
            html.Td("", className="rank num"),
            html.Td("", className="num"),
            html.Th(word("units.total", lang), className="name", scope="row"),
            *_cells(shown, league["total"], ""),
        ],
        className="total",
        **{"data-key": "total"},
    )
    bodies = [html.Tbody(total, **{"data-key": "sum"})]
    bodies += [_group(shown, group, len(columns) + 3) for group in league["groups"]]
    if league["nobody"]:
        bodies.append(html.Tbody(_nobody(shown, league["nobody"]), **{"data-key": "nobody"}))
    table = html.Table(
        [html.Thead(head), *bodies],
        className="count-table units-table sticky-name",
        **{"aria-label": label},
    )
    return html.Div(table, className="table-box units-box", tabIndex=0)


def _column_name(column: Mapping[str, Any]) -> str:
    unit = column["unit"]
    return f"{column['name']} {unit}" if column["kind"] == "rate" and unit else column["name"]


def _head(shown: Any, key: str, name: str, css: str) -> html.Th:
    """A column's name as a way to the table sorted by it, best first; again turns it round."""
    lang, league = shown["lang"], shown["league"]
    now = league["sort"]
    is_chosen = now.removeprefix("-") == key
    # Larger values first, but ranks and names from their beginning.
    first, second = (key, f"-{key}") if key in ("rank", "name") else (f"-{key}", key)
    asked = second if now == first else first
    link = html.A(
        name,
        href=place_href(shown, _place(league, order=asked)),
        className="sort-link",
        title=word("units.sort_by", lang, name=name),
        **{"data-nav": "", "data-sort-by": key},
    )
    order = {"aria-sort": "descending" if now.startswith("-") else "ascending"} if is_chosen else {}
    return html.Th(link, scope="col", className=css, **order)


def _group(shown: Any, group: Mapping[str, Any], width: int) -> html.Tbody:
    lang = shown["lang"]
    title = f"{word('units.group.' + group['kind'], lang)} · " + word(
        "units.count", lang, n=len(group["rows"])
    )
    # In the first three columns, so that it stays in sight when the table is pushed aside.
    line = html.Tr(
        [html.Th(title, scope="rowgroup", colSpan=3), html.Td("", colSpan=width - 3)],
        className="group-line",
        **{"data-key": "group"},
    )
    rows = [_row(shown, row) for row in group["rows"]]
    return html.Tbody([line, *rows], **{"data-key": group["kind"], "data-group": group["kind"]})


def _row(shown: Any, row: Mapping[str, Any]) -> html.Tr:
    lang = shown["lang"]
    place: list[Component] = [html.Span("—" if row["rank"] is None else str(row["rank"]))]
    why = {} if row["rank"] is not None else {"title": word("units.unranked", lang)}
    link = html.A(row["name"], href=unit_href(shown, row["code"]), **{"data-nav": ""})
    return html.Tr(
        [
            html.Td(place, className="rank num", **why),
            html.Td(moved_view(row["moved"], lang), className="num"),
            html.Th(link, className="name", scope="row"),
            *_cells(shown, row["cells"], row["code"]),
        ],
        **{"data-key": row["code"], "data-unit": row["code"]},
    )


def _nobody(shown: Any, row: Mapping[str, Any]) -> html.Tr:
    return html.Tr(
        [
            html.Td("", className="rank num"),
            html.Td("", className="num"),
            html.Th(word("overdue.no_department", shown["lang"]), className="name", scope="row"),
            *_cells(shown, row["cells"], row["code"]),
        ],
        className="nobody",
        **{"data-key": "nobody", "data-unit": row["code"]},
    )


def _cells(shown: Any, cells: Sequence[Mapping[str, Any]], code: str) -> list[html.Td]:
    kinds = {one["key"]: one["kind"] for one in shown["league"]["columns"]}
    return [figure_cell(shown, cell, code, kinds[cell["key"]]) for cell in cells]


def figure_cell(shown: Any, cell: Mapping[str, Any], code: str, kind: str) -> html.Td:
    """A figure of a unit (``code`` "": of all): a count leads to exactly its cases, a rate to its
    definition with both of its lists."""
    lang, key = shown["lang"], cell["key"]
    inside: Component | str
    if cell["state"] == "empty":
        inside = cell["text"]
    elif kind == "count":
        number, part = _LISTS.get(key, (key, "numerator"))
        href = number_href(
            number, part, area=shown["area"]["code"], window=shown["window"]["key"], lang=lang,
            codes=SliceCodes(department=code),
        )  # fmt: skip
        inside = html.A(cell["text"], href=href, **{"data-nav": "", "data-number": key})
    else:
        cut = {"data-cut": f"department:{code}"} if code else {}
        opens = {"data-kpi": key, "aria-haspopup": "dialog", **cut}
        inside = html.Button(cell["text"], className="cell-open", type="button", **opens)
    more: list[Component] = []
    if cell.get("grade"):
        more.append(html.Span(cell["grade"], className=f"grade grade-{cell['grade'].lower()}"))
    # The three rates of call-backs are over the same calls: told once.
    if key == "visit.satisfaction_rate" and cell["state"] != "empty":
        more.append(html.Span(word("units.sample", lang, n=cell["n"]), className="cell-minor"))
    css = f"num is-{cell['state']} lv-{cell['level']}"
    return html.Td([*more, inside] if key != SCORE else [inside, *more], className=css,
                   **{"data-figure": key})  # fmt: skip
