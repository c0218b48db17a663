"""Officers of the day 今日值班 on the duty page: the centre's roster, and the areas below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.spans import clock_text, moment_text, number_text
from dashboard.components.work_page import area_link, nothing, scroll_table, work_card
from dashboard.words import word

_MARKS: Final = {"on_site": "lv-good", "absent": "lv-bad", "expected": "lv-warn", "coming": ""}
_SHAPES: Final = {"on_site": "●", "absent": "■", "expected": "▲", "coming": "○"}
_COLUMNS: Final = ("state", "unit", "post", "name", "phone", "time")


def officers_card(shown: Any, place: Place, frame: PageFrame) -> html.Section:
    """Who is on duty now and later today; a sentence where no roster was delivered."""
    lang, officers = shown["lang"], shown["officers"]
    title = word("officers.title", lang)
    if officers["centre"] is None:
        empty = nothing(word("officers.none", lang))
        return work_card(title, [empty], part="officers", span=12)
    columns = [("name" if name == "unit" else "", word(f"officers.{name}", lang))
               for name in _COLUMNS]  # fmt: skip
    rows = [_row(row, lang, frame) for row in officers["rows"]]
    body: list[Component] = [scroll_table(columns, rows, label=title, kind="officers-table")]
    if officers["below"]:
        body.append(_below(shown, place))
    hint = word("officers.of", lang, centre=officers["centre"]["name"])
    if not officers["is_own"]:
        hint = word("officers.above", lang, centre=officers["centre"]["name"])
    note = word("officers.count", lang, n=officers["on_site"], all=officers["due"])
    return work_card(title, body, part="officers", note=note, hint=hint, span=12)


def _row(row: Mapping[str, Any], lang: str, frame: PageFrame) -> html.Tr:
    state = row["state"]
    said = [word(f"officers.state.{state}", lang)]
    if state == "on_site" and row["arrived_ms"] is not None:
        said.append(clock_text(row["arrived_ms"], frame.zone)[:5])
    mark = html.Span(
        f"{_SHAPES[state]} {' '.join(said)}", className=f"state-mark {_MARKS[state]}".strip()
    )
    first, last = (moment_text(row[name], frame.zone) for name in ("from_ms", "to_ms"))
    return html.Tr(
        [
            html.Td(mark),
            html.Th(row["unit"], className="name", scope="row"),
            html.Td(row["post_name"]),
            html.Td(row["name"]),
            html.Td(row["phone"] or "—", className="code"),
            html.Td(f"{first} – {last}"),
        ],
        **{"data-key": row["key"], "data-state": state},
    )


def _below(shown: Any, place: Place) -> html.Div:
    """Centres of the areas below, each with those who came of those on duty."""
    lang = shown["lang"]
    items = [
        html.Li(
            [
                area_link(shown, place, one["code"], one["name"]),
                html.Span(
                    f"{number_text(one['on_site'])} / {number_text(one['due'])}",
                    className="num" + ("" if one["on_site"] == one["due"] else " lv-warn"),
                ),
            ],
            **{"data-key": one["code"]},
        )
        for one in shown["officers"]["below"]
    ]
    head = html.Span(word("officers.below", lang), className="cell-minor")
    return html.Div([head, html.Ul(items, className="centre-list")], className="work-foot")
