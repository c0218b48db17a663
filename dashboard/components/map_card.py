"""Card of the grid map 网格地图: ``assets/js/60_map.js`` draws into it.

The league of child areas holds the same figures as text.
"""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import Board
from dashboard.words import word

METRICS = (
    "case.overdue",
    "case.open",
    "case.accepted",
    "case.on_time_closure_rate",
    "duty.grid_coverage_rate",
)


def map_card(board: Board) -> html.Section:
    """Metric switch, drawing host, zoom buttons, legend; a sentence without stored polygons."""
    lang = board["lang"]
    head = html.Header(
        [html.H2(word("map.title", lang)), _metric_switch(lang)], className="card-head map-head"
    )
    if board["geometry"] is None:
        body = html.P(word("map.none", lang), className="nothing")
        return html.Section([head, body], className="card card-map is-without")
    stage = html.Div(
        [
            html.Div(className="map-host", **{"data-part": "map-host"}),
            _zoom_buttons(lang),
            html.P(word("map.loading", lang), className="map-note", **{"data-f": "map-note"}),
            html.Div(className="map-tip away", **{"data-part": "map-tip", "aria-hidden": "true"}),
        ],
        className="map-stage",
    )
    opener = html.Button(
        word(f"map.metric.{METRICS[0]}", lang),
        className="link-inline",
        title=word("tile.open_hint", lang),
        **{"data-kpi": METRICS[0], "data-part": "map-kpi", "aria-haspopup": "dialog"},
    )
    legend = html.Ul(className="map-legend", **{"data-part": "map-legend"})
    return html.Section(
        [head, stage, html.Div([opener, legend], className="map-foot")],
        className="card card-map",
        **{"data-part": "map", "data-geometry": board["geometry"]},
    )


def _metric_switch(lang: str) -> html.Div:
    buttons = [
        html.Button(
            word(f"map.metric.{metric}", lang),
            className="seg",
            **{"data-metric": metric, "aria-pressed": "true" if index == 0 else "false"},
        )
        for index, metric in enumerate(METRICS)
    ]
    return html.Div(
        buttons, className="segs", role="group", **{"aria-label": word("map.metric", lang)}
    )


def _zoom_buttons(lang: str) -> html.Div:
    actions = (("zoom_in", "+"), ("zoom_out", "−"), ("reset", "⌂"))
    return html.Div(
        [
            html.Button(
                sign,
                title=word(f"map.{name}", lang),
                **{"data-map": name, "aria-label": word(f"map.{name}", lang)},
            )
            for name, sign in actions
        ],
        className="map-zoom",
    )
