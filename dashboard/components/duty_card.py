"""Who is on duty now 今日在岗: the roster in one bar and how many grids are covered."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board, Duty
from dashboard.components.spans import number_text
from dashboard.words import word

SHARES = ("on_duty", "in_field", "on_leave", "absent")
# Which definition stands behind each number.
KPI_OF = {
    "rostered": "duty.on_duty_rate",
    "on_duty": "duty.on_duty",
    "in_field": "duty.on_duty",
    "on_leave": "duty.on_duty_rate",
    "absent": "duty.on_duty_rate",
    "grids": "duty.grid_coverage_rate",
    "workers": "duty.load",
}


def duty_card(board: Board) -> html.Section:
    """Four shares of those rostered; "—" everywhere while duty was never computed."""
    lang, duty = board["lang"], board["duty"]
    head = html.Header(
        [
            html.H2(word("duty.title", lang)),
            html.Button(
                word("duty.workers", lang, n=duty_number(duty, "workers_active")),
                className="card-hint",
                **{"data-f": "workers", "data-kpi": KPI_OF["workers"]},
            ),
        ],
        className="card-head",
    )
    strip = html.Div(
        [
            html.Span(
                className=f"duty-part du-{name}",
                style={"--share": str(duty_count(duty, name) or 0)},
                **{"data-duty-bar": name},
            )
            for name in SHARES
        ],
        className="duty-strip",
        **{"aria-hidden": "true"},
    )
    numbers = html.Dl(
        [_number(duty, name, lang) for name in ("rostered", *SHARES)] + [_grids(duty, lang)],
        className="duty-numbers",
    )
    return html.Section([head, strip, numbers], className="card card-duty", **{"data-part": "duty"})


def duty_count(duty: Duty | None, name: str) -> int | None:
    """A count of the duty block; None when it is not known."""
    if duty is None:
        return None
    value = duty.get(name)
    return value if isinstance(value, int) else None


def duty_number(duty: Duty | None, name: str) -> str:
    """The same as text."""
    return number_text(duty_count(duty, name))


def _number(duty: Duty | None, name: str, lang: str) -> html.Div:
    return html.Div(
        [
            html.Dt(word(f"duty.{name}", lang), className=f"du-{name}"),
            html.Dd(_opener(duty_number(duty, name), name, lang)),
        ]
    )


def _opener(text: str, name: str, lang: str) -> html.Button:
    """A number that opens its definition."""
    return html.Button(
        text,
        title=word("tile.open_hint", lang),
        **{"data-duty": name, "data-kpi": KPI_OF[name], "aria-haspopup": "dialog"},
    )


def _grids(duty: Duty | None, lang: str) -> html.Div:
    text = word(
        "duty.grids_of",
        lang,
        covered=duty_number(duty, "grids_covered"),
        required=duty_number(duty, "grids_required"),
    )
    return html.Div([html.Dt(word("duty.grids", lang)), html.Dd(_opener(text, "grids", lang))])
