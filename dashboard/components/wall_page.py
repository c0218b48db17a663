"""The video wall 大屏 `/wall`: header with its proof of freshness, three columns, alarms.

Sizes come from ``assets/84_wall.css``, places from ``assets/js/84_wall_layout.js``: the screen is
known to the browser alone.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_actions import act_dialog
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.page_shell import page_attributes
from dashboard.components.spans import clock_text
from dashboard.components.wall_panels import PANELS, alarms_panel
from dashboard.components.wall_shape import Wall
from dashboard.readings.wall_profile import Chosen
from dashboard.words import word

WALL: Final = Place(page="wall")
_NUMBERS = count(1)


def wall_page(
    wall: Wall, frame: PageFrame, chosen: Chosen, *, can_act: bool = False, source: str = ""
) -> html.Div:
    """The whole wall as one tree.

    ``can_act``: alarms can be acknowledged; ``source``: the address of its document where that is
    not the wall of now (the same shape of another moment).
    """
    lang, profile = wall["lang"], chosen.profile
    title = profile.title or f"{wall['city']} · {word('walls.wall', lang)}"
    columns = html.Main(
        [
            _column("left", profile.left, wall),
            html.Div([_map(wall, profile.metrics), alarms_panel(wall)], className="wall-column",
                     **{"data-column": "centre"}),
            _column("right", profile.right, wall),
        ],
        id="main",
        className="wall-body",
    )  # fmt: skip
    banner = html.Div(className="banner away", role="status", **{"data-part": "banner"})
    dialog = [act_dialog(lang, task_due="")] if can_act else []
    return html.Div(
        [_header(wall, frame, chosen, title), columns, banner, *dialog],
        id="wall",
        key=f"wall|{chosen.asked}|{next(_NUMBERS)}",
        className="page page-wall",
        style={"--font-scale": f"{profile.font_scale:g}"},
        **page_attributes(wall, frame, WALL, title),
        **_wall_attributes(wall, chosen, can_act=can_act, source=source),
    )


def _wall_attributes(wall: Wall, chosen: Chosen, *, can_act: bool, source: str) -> dict[str, str]:
    """What the wall's scripts need beside what every page tells."""
    profile = chosen.profile
    return {
        "data-live": source or f"/api/wall?profile={chosen.asked}",
        "data-map-window": profile.window,
        "data-dwell": str(profile.dwell_seconds),
        "data-metrics": " ".join(profile.metrics),
        "data-seams-x": " ".join(f"{place:g}" for place in profile.seams.x),
        "data-seams-y": " ".join(f"{place:g}" for place in profile.seams.y),
        "data-personal": profile.personal_data,
        "data-can-act": "1" if can_act else "",
        "data-document": json.dumps(wall, ensure_ascii=False, separators=(",", ":")),
    }


def _column(side: str, names: tuple[str, ...], wall: Wall) -> html.Div:
    """The panels of a side; without any roster its place goes to the others."""
    shown = [name for name in names if name != "roster" or wall["roster"]["centre"]]
    panels: list[Component] = [PANELS[name](wall) for name in shown]
    return html.Div(panels, className="wall-column", **{"data-column": side})


def _header(wall: Wall, frame: PageFrame, chosen: Chosen, title: str) -> html.Header:
    lang = wall["lang"]
    notes: list[Component] = [html.Span("", className="wall-date", **{"data-wall": "date"})]
    if wall["is_demo"]:
        notes.append(html.Span(word("app.demo", lang), className="wall-demo"))
    notes.append(html.Span("", className="wall-personal", **{"data-wall": "personal"}))
    if chosen.problem:
        text = word(f"walls.problem.{chosen.problem}", lang, name=chosen.asked)
        notes = [html.Span(text, className="wall-problem", **{"data-wall": "problem"})]
    name = html.Div(
        [html.H1(title, className="wall-title"), html.Div(notes, className="wall-notes")],
        className="wall-who",
    )
    middle = html.Div(
        [html.Div(id="wall-chain", className="wall-chain"), _walk(lang)], className="wall-middle"
    )
    return html.Header([name, middle, _fresh(wall, frame)], className="wall-top")


def _walk(lang: str) -> html.Div:
    """Where the walk-through 巡视 is, and its three buttons."""

    def button(act: str, sign: str) -> html.Button:
        return html.Button(
            sign, className="wall-button", type="button",
            **{"data-walk": act, "aria-label": word(f"wall.{act}", lang)},
        )  # fmt: skip

    return html.Div(
        [
            button("previous", "‹"),
            html.Span("", className="wall-place", **{"data-wall": "place"}),
            button("next", "›"),
            html.Button(
                word("wall.lock", lang), className="wall-button", type="button",
                **{"data-walk": "lock", "aria-pressed": "false"},
            ),
            html.Span("", className="wall-state", **{"data-wall": "state"}),
        ],
        className="wall-walk",
    )  # fmt: skip


def _fresh(wall: Wall, frame: PageFrame) -> html.Div:
    """数据截至 and its age, counted by the browser's clock; how many sources are on time."""
    lang = wall["lang"]
    stamp = [
        html.Span(word("fresh.as_of", lang), className="fresh-label"),
        html.Time(clock_text(wall["as_of_ms"], frame.zone), className="wall-time",
                  **{"data-f": "as-of"}),
    ]  # fmt: skip
    age = [
        html.Span(className="fresh-dot"),
        html.Span("", **{"data-f": "mode"}),
        html.Span("", className="wall-age", **{"data-f": "age"}),
        html.Span("", className="wall-sources-sum", **{"data-wall": "sources-sum"}),
    ]
    return html.Div(
        [html.Div(stamp, className="wall-stamp"), html.Div(age, className="wall-ages")],
        className="fresh wall-fresh",
        **{"data-part": "fresh"},
    )


def _map(wall: Wall, metrics: tuple[str, ...]) -> html.Section:
    """All grids; without any polygon a sentence, and the numbers of the place beside it."""
    lang = wall["lang"]
    buttons = [
        html.Button(
            word(f"map.metric.{metric}", lang),
            className="wall-metric",
            type="button",
            **{"data-metric": metric, "aria-pressed": "true" if index == 0 else "false"},
        )
        for index, metric in enumerate(metrics)
    ]
    opener = html.Button("", className="away", **{"data-kpi": metrics[0], "data-part": "map-kpi"})
    head = html.Header([html.Div(buttons, className="wall-metrics"), opener], className="wall-head")
    note = word("map.loading" if wall["geometry"] else "map.none", lang)
    stage = html.Div(
        [
            html.Div(className="map-host", **{"data-part": "map-host"}),
            html.P(note, className="map-note", **{"data-f": "map-note"}),
            html.Div(className="map-tip away", **{"data-part": "map-tip", "aria-hidden": "true"}),
            html.Ul(className="map-legend wall-legend", **{"data-part": "map-legend"}),
            html.Div(className="wall-focus", **{"data-wall": "focus"}),
        ],
        className="map-stage wall-stage",
    )
    part = {"data-part": "map", "data-geometry": wall["geometry"]} if wall["geometry"] else {}
    return html.Section([head, stage], className="wall-panel wall-panel-map",
                        **{"data-panel": "map", **part})  # fmt: skip
