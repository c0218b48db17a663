"""Break-downs 分项 by category, source and department as plain bars."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board, Part
from dashboard.components.spans import number_text
from dashboard.words import word

SUBJECTS = ("category", "source", "department")


def breakdown_cards(board: Board) -> list[html.Section]:
    """One card for each subject of the board."""
    return [breakdown_card(subject, board) for subject in SUBJECTS]


def breakdown_card(subject: str, board: Board) -> html.Section:
    """Bars of accepted cases; lengths are shares of the longest, 其他 never being the measure."""
    lang, parts = board["lang"], board["breakdown"].get(subject, [])
    head = html.Header(
        [
            html.H2(word(f"breakdown.{subject}", lang)),
            html.Span(word("breakdown.hint", lang), className="card-hint"),
        ],
        className="card-head",
    )
    others = word("breakdown.others", lang)
    top = max((part["value"] for part in parts if part["name"] != others), default=0)
    bars = html.Ol([bar(part, top, lang) for part in parts], className="bars")
    empty = html.P(word("breakdown.empty", lang), className="nothing away" if parts else "nothing")
    return html.Section(
        [head, bars, empty], className="card card-breakdown", **{"data-breakdown": subject}
    )


def bar(part: Part, top: int, lang: str) -> html.Li:
    """One bar with its name and number; departments also say how many are overdue."""
    length = min(1, round(part["value"] / top, 3)) if top else 0
    is_others = part["name"] == word("breakdown.others", lang)
    late = part.get("overdue")
    return html.Li(
        [
            html.Span(part["name"], className="bar-name", title=part["name"]),
            html.Span(
                word("breakdown.overdue", lang, n=number_text(late)) if late else "",
                className="bar-late",
                **{"data-f": "late"},
            ),
            html.Span(number_text(part["value"]), className="bar-value", **{"data-f": "value"}),
            html.Span(className="bar-line", style={"--share": f"{length}"}),
        ],
        className="bar-row is-others" if is_others else "bar-row",
        **{"data-name": part["name"]},
    )
