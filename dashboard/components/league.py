"""League of child areas 下级区域: sortable, each row opens its area; the map's twin in text."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board, Cell, Column, LeagueRow
from dashboard.components.hrefs import area_href
from dashboard.components.slice_line import slice_codes
from dashboard.words import word

KINDS_WITH_A_MARK = ("dedicated", "functional", "police")


def league_card(board: Board) -> html.Section:
    """The table, or a sentence when nothing lies below the area."""
    lang, league = board["lang"], board["league"]
    head = html.Header(
        [
            html.H2(word("league.title", lang)),
            html.Span(word("league.count", lang, n=len(league["rows"])), **{"data-f": "count"}),
            html.Span(word("league.hint", lang), className="card-hint"),
        ],
        className="card-head",
    )
    body = (
        html.Div(league_table(board), className="table-box", tabIndex=0)
        if league["rows"]
        else html.P(word("league.empty", lang), className="nothing")
    )
    return html.Section([head, body], className="card card-league", **{"data-part": "league"})


def league_table(board: Board) -> html.Table:
    """Columns as the board names them; the area's own total stands above its children."""
    lang, league = board["lang"], board["league"]
    columns = league["columns"]
    names = html.Tr(
        [
            html.Th("#", className="rank", **{"aria-hidden": "true"}),
            html.Th(_sort_button(word("league.name", lang), "name"), className="name"),
            *(
                html.Th(_sort_button(_column_name(column), column["key"]), className="num")
                for column in columns
            ),
        ]
    )
    total = html.Tr(
        [
            html.Th(className="rank"),
            html.Th(word("league.total", lang), className="name"),
            *(
                _cell(cell, column, top=None)
                for cell, column in zip(league["total"], columns, strict=True)
            ),
        ],
        className="total",
        **{"data-total": ""},
    )
    tops = column_tops(league["rows"], columns)
    rows = [_row(board, row, tops) for row in league["rows"]]
    return html.Table(
        [html.Thead([names, total]), html.Tbody(rows, **{"data-part": "league-rows"})],
        className="league",
        **{"aria-label": word("league.title", lang)},
    )


def column_tops(rows: list[LeagueRow], columns: list[Column]) -> list[float | None]:
    """Largest value of each count column, for the bars behind the numbers; None for rates."""
    tops: list[float | None] = []
    for index, column in enumerate(columns):
        values = [row["cells"][index]["value"] or 0 for row in rows]
        tops.append(max(values, default=0) if column["kind"] == "count" else None)
    return tops


def _column_name(column: Column) -> str:
    return f"{column['name']} {column['unit']}" if column["kind"] == "rate" else column["name"]


def _sort_button(name: str, key: str) -> html.Button:
    return html.Button(name, className="sort", **{"data-sort": key})


def _row(board: Board, row: LeagueRow, tops: list[float | None]) -> html.Tr:
    lang = board["lang"]
    link = html.A(
        row["name"], href=area_href(board, row["code"], more=slice_codes(board)), **{"data-nav": ""}
    )
    mark = (
        [html.Span(word(f"kind.{row['kind']}", lang), className="kind-mark")]
        if row["kind"] in KINDS_WITH_A_MARK
        else []
    )
    cells = zip(row["cells"], board["league"]["columns"], tops, strict=True)
    return html.Tr(
        [
            html.Td(className="rank"),
            html.Th([link, *mark], className="name", scope="row"),
            *(_cell(cell, column, top=top) for cell, column, top in cells),
        ],
        **{"data-code": row["code"]},
    )


def _cell(cell: Cell, column: Column, *, top: float | None) -> html.Td:
    style = {"--share": f"{share(cell['value'], top)}"} if top is not None else {}
    return html.Td(
        cell["text"],
        className=f"num {column['kind']} is-{cell['state']} lv-{cell['level']}",
        style=style,
        **{"data-col": column["key"], "data-value": "" if cell["value"] is None else cell["value"]},
    )


def share(value: float | None, top: float | None) -> float:
    """Length of the bar behind a count, 0 to 1, three decimals."""
    return round(value / top, 3) if value and top else 0
