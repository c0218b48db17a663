"""Area × department 区域 × 责任单位: the counts of a worklist; each cell filters the list."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import number_text
from dashboard.readings.worklist import MatrixRow, Worklist
from dashboard.words import word


def work_link(
    head: PageHead,
    tab: str,
    place: str = "",
    department: str = "",
    *,
    police: str = "",
    offset: int = 0,
) -> str:
    """Address of a worklist with these filters, for the head's own area and language."""
    given = {"place": place, "department": department, "police": police,
             "offset": str(offset) if offset else ""}  # fmt: skip
    more = {"tab": tab} | {name: text for name, text in given.items() if text}
    return place_href(head, Place(page="overdue", more=more))


def work_matrix(head: PageHead, work: Worklist) -> html.Section:
    """Departments in rows, areas in columns; sums at both edges equal the whole list."""
    lang, matrix = head["lang"], work.matrix
    title = [
        html.H2(word("worklist.matrix", lang)),
        html.Span(word("worklist.matrix_hint", lang), className="card-hint"),
    ]
    if not matrix.total:
        none = html.P(word("worklist.none", lang), className="nothing")
        return html.Section([html.Header(title, className="card-head"), none], className="card")
    places = [html.Th(name, scope="col") for _, name in matrix.places]
    top = html.Tr(
        [
            html.Th(word("worklist.col.department", lang), scope="col"),
            html.Th(word("worklist.total", lang), scope="col"),
            *places,
        ]
    )
    most = max(max(row.counts) for row in matrix.rows)
    totals = MatrixRow(
        code="", name=word("worklist.total", lang), counts=matrix.totals, total=matrix.total
    )
    rows = [_row(head, work, totals, 0), *(_row(head, work, row, most) for row in matrix.rows)]
    table = html.Table([html.Thead(top), html.Tbody(rows)], className="matrix")
    return html.Section(
        [
            html.Header(title, className="card-head"),
            html.Div(table, className="table-box", tabIndex=0),
        ],
        className="card card-matrix",
        **{"data-part": "matrix"},
    )


def _row(head: PageHead, work: Worklist, row: MatrixRow, most: int) -> html.Tr:
    """A department, or with ``most`` 0 the line of totals."""
    cells = [_cell(head, work, "", row.code, row.total, 0)]
    cells += [
        _cell(head, work, code, row.code, count, most)
        for (code, _), count in zip(work.matrix.places, row.counts, strict=True)
    ]
    name = html.Th(row.name, scope="row")
    return html.Tr([name, *cells], className="" if row.code else "matrix-total")


def _cell(
    head: PageHead, work: Worklist, place: str, department: str, count: int, most: int
) -> html.Td:
    if not count:
        return html.Td("·", className="matrix-none")
    asked = work.asked
    chosen = (asked.place, asked.department) == (place, department) and bool(place or department)
    link = html.A(
        number_text(count),
        href=work_link(head, asked.tab, place, department, police=asked.police),
        **{"data-nav": "", "data-place": place, "data-department": department,
           "data-count": str(count)},
        **({"aria-current": "true"} if chosen else {}),
    )  # fmt: skip
    share = f"{round(count / most, 3)}" if most else "0"
    return html.Td(link, style={"--share": share})
