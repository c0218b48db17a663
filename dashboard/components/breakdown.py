"""Break-downs 分项 by category, source and department as plain bars."""

from __future__ import annotations

from urllib.parse import urlencode

from dash import html

from dashboard.components.board_shape import Board, Part
from dashboard.components.hrefs import area_href
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
    bars = html.Ol([bar(part, top, subject, board) for part in parts], className="bars")
    empty = html.P(word("breakdown.empty", lang), className="nothing away" if parts else "nothing")
    return html.Section(
        [head, bars, empty], className="card card-breakdown", **{"data-breakdown": subject}
    )


def bar(part: Part, top: int, subject: str, board: Board) -> html.Li:
    """One bar: its name leads to the board of its cases alone, its numbers open their definition;
    departments also say how many are overdue. All others together are only told."""
    lang = board["lang"]
    length = min(1, round(part["value"] / top, 3)) if top else 0
    is_others = part["code"] is None
    late = part.get("overdue")
    late_text = word("breakdown.overdue", lang, n=number_text(late)) if late else ""
    return html.Li(
        [
            _name(part, subject, board),
            _number(late_text, "late", "case.overdue", part, subject),
            _number(number_text(part["value"]), "value", "case.accepted", part, subject),
            html.Span(className="bar-line", style={"--share": f"{length}"}),
        ],
        className="bar-row is-others" if is_others else "bar-row",
        **{"data-name": part["name"]},
    )


def _name(part: Part, subject: str, board: Board) -> html.A | html.Span:
    if part["code"] is None:
        return html.Span(part["name"], className="bar-name", title=part["name"])
    cut = {name: one["code"] for name, one in board["slice"].items()} | {subject: part["code"]}
    href = f"{area_href(board, board['area']['code'])}&{urlencode(cut)}"
    return html.A(
        part["name"], href=href, className="bar-name", title=part["name"], **{"data-nav": ""}
    )


def _number(text: str, name: str, kpi: str, part: Part, subject: str) -> html.Button | html.Span:
    """A number of a bar; of a named part it opens the definition for that part's cases."""
    css, field = f"bar-{name}", {"data-f": name}
    if part["code"] is None:
        return html.Span(text, className=css, **field)
    cut = {"data-kpi": kpi, "data-cut": f"{subject}:{part['code']}"}
    hidden = {} if text else {"hidden": True, "aria-label": part["name"]}
    return html.Button(text, className=css, **field, **cut, **hidden)
