"""Newest overdue cases 最新超期, with the time exceeded counted on by the browser."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board, OverdueRow
from dashboard.components.case_marks import case_href
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import due_text, number_text
from dashboard.words import word


def overdue_card(board: Board) -> html.Section:
    """Up to ten rows and the total; the head opens the definition of 超期未结."""
    lang, overdue = board["lang"], board["overdue"]
    head = html.Header(
        [
            html.H2(word("overdue.title", lang)),
            html.Button(
                word("overdue.total", lang, n=number_text(overdue["total"])),
                className="link",
                **{"data-kpi": "case.overdue", "data-f": "total"},
            ),
            html.A(
                word("worklist.from_board", lang),
                href=place_href(board, Place(page="overdue")),
                className="link-inline",
                **{"data-nav": ""},
            ),
        ],
        className="card-head",
    )
    rows = [overdue_row(row, lang, board["as_of_ms"]) for row in overdue["rows"]]
    empty = html.P(
        word("overdue.empty", lang),
        className="nothing" if not rows else "nothing away",
        **{"data-f": "nothing"},
    )
    return html.Section(
        [head, html.Ol(rows, className="cases", **{"data-part": "overdue-rows"}), empty],
        className="card card-overdue",
        **{"data-part": "overdue"},
    )


def overdue_row(row: OverdueRow, lang: str, now_ms: int | None) -> html.Li:
    """One case; ``now_ms`` is the data's moment, used until the browser counts by itself."""
    urgent = [html.Span(word("overdue.urgent", lang), className="urgent")]
    first = html.Div(
        [
            *(urgent if row["is_urgent"] else []),
            html.A(
                row["category"] or "—",
                href=case_href(row, lang),
                className="case-category case-open",
                **{"data-nav": ""},
            ),
            html.Span(
                due_text(row["deadline_ms"], now_ms, lang),
                className="case-due",
                **{"data-deadline": "" if row["deadline_ms"] is None else row["deadline_ms"]},
            ),
        ],
        className="case-line",
    )
    department = row["department"] or word("overdue.no_department", lang)
    second = html.Div(
        [
            html.Span(row["area"], className="case-area"),
            html.Span(f"{department} · {row['state_name']}", className="case-unit"),
        ],
        className="case-line case-minor",
    )
    return html.Li(
        [first, second],
        className="case",
        title=row["case_code"],
        **{"data-case": str(row["case_id"])},
    )
