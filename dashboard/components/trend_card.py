"""Card of the trend 趋势: legend with totals; the figure waits in an attribute for its script."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dash import html

from dashboard.components.board_shape import Board
from dashboard.components.spans import number_text
from dashboard.figures.trend import SERIES, trend_figure
from dashboard.words import word

DAY_FORMATS = {"zh": "%-m月%-d日", "en": "%-d %b"}
MONTH_FORMATS = {"zh": "%Y年%-m月", "en": "%b %Y"}


def trend_card(board: Board) -> html.Section:
    """Legend with sums of the period and the drawing host."""
    lang, trend = board["lang"], board["trend"]
    names = {name: word(f"trend.{name}", lang) for name in SERIES}
    head = html.Header(
        [
            html.H2(word("trend.title", lang)),
            html.Span(word(f"trend.hint_{trend['grain']}", lang), className="card-hint"),
        ],
        className="card-head",
    )
    return html.Section(
        [head, _legend(board, names), _host(board, names)],
        className="card card-trend",
        **{"data-part": "trend"},
    )


def _host(board: Board, names: dict[str, str]) -> html.Div:
    lang, trend = board["lang"], board["trend"]
    formats = MONTH_FORMATS if trend["grain"] == "month" else DAY_FORMATS
    figure = trend_figure(
        {
            "days": trend["days"],
            "accepted": trend["accepted"],
            "closed": trend["closed"],
            "overdue": trend["overdue"],
        },
        names,
        day_format=formats.get(lang, formats["zh"]),
    )
    label = word("trend.aria", lang, area=board["area"]["name"], window=board["window"]["label"])
    return html.Div(
        className="trend-host",
        role="img",
        **{
            "data-part": "trend-host",
            "data-figure": json.dumps(figure, ensure_ascii=False, separators=(",", ":")),
            "aria-label": label,
        },
    )


def _legend(board: Board, names: dict[str, str]) -> html.Ul:
    return html.Ul(
        [
            html.Li(
                html.Button(
                    [
                        html.Span(names[name]),
                        html.Span(
                            series_text(name, board["trend"][name], board["lang"]),
                            className="legend-number",
                            **{"data-f": f"trend-{name}"},
                        ),
                    ],
                    className=f"series se-{name}",
                    title=word("tile.open_hint", board["lang"]),
                    **{"data-kpi": f"case.{name}", "aria-haspopup": "dialog"},
                )
            )
            for name in SERIES
        ],
        className="legend",
    )


def series_text(name: str, values: Sequence[float | None], lang: str) -> str:
    """Sum of a flow, last known value of the overdue stock."""
    known = [value for value in values if value is not None]
    if not known:
        return "—"
    if name == "overdue":
        return word("trend.latest", lang, n=number_text(known[-1]))
    return word("trend.total", lang, n=number_text(sum(known)))
