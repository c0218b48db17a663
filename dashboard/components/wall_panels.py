"""Panels of the video wall 大屏面板: frames with their headings; scripts draw lists and curves.

Key numbers are written here as well, so that a wall shows them before any script has run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import Tile
from dashboard.components.tile import status_text, tile_class, unit_text
from dashboard.components.wall_shape import Wall
from dashboard.words import word


def panel(name: str, lang: str, content: list[Component], more: str = "") -> html.Section:
    """One panel; ``data-panel`` is its name in profiles, ``more`` a text beside its heading."""
    head = html.Header(
        [
            html.H2(word(f"walls.panel.{name}", lang)),
            html.Span(more, className="wall-more", **{"data-f": "more"}),
        ],
        className="wall-head",
    )
    return html.Section(
        [head, *content], className=f"wall-panel wall-panel-{name}", **{"data-panel": name}
    )


def tiles_panel(wall: Wall) -> html.Section:
    """今日受理 办结 在办 超期 as big numbers, each opening its definition."""
    tiles = [_tile(tile, wall["lang"]) for tile in wall["tiles"]]
    return html.Section(
        html.Div(tiles, className="wall-tiles"),
        className="wall-panel wall-panel-tiles",
        **{"data-panel": "tiles", "aria-label": word("walls.panel.tiles", wall["lang"])},
    )


def _tile(tile: Tile, lang: str) -> html.Button:
    delta = tile["delta"]
    main = [
        html.Span(tile["text"], className="wall-number", **{"data-f": "text"}),
        html.Span(unit_text(tile), className="wall-unit", **{"data-f": "unit"}),
    ]
    head = [
        html.Span(word(f"walls.cell.{tile['key']}", lang), className="wall-name"),
        html.Span(status_text(tile, lang), className="wall-status", **{"data-f": "status"}),
    ]
    return html.Button(
        [
            html.Span(head, className="wall-tile-head"),
            html.Span(main, className="wall-main"),
            html.Span(
                delta["text"] if delta else "", className="wall-delta", **{"data-f": "delta"}
            ),
        ],
        className=tile_class(tile, small=True).replace("tile tile-small", "wall-tile"),
        **{"data-kpi": tile["key"], "aria-haspopup": "dialog"},
    )


def sources_panel(wall: Wall) -> html.Section:
    """今日来源 as bars."""
    return panel("sources", wall["lang"], [_list("bars")])


def curve_panel(wall: Wall) -> html.Section:
    """受理 by hour: today's as an area, that of a week ago as a dashed line."""
    lang = wall["lang"]
    keys = html.Div(
        [
            html.Span(word("walls.today", lang), className="wall-key wall-key-now"),
            html.Span(word("walls.last_week", lang), className="wall-key wall-key-then"),
        ],
        className="wall-keys",
    )
    return panel("curve", lang, [keys, _drawing("curve")])


def league_panel(wall: Wall) -> html.Section:
    """按期结案率: the best five and the last five in turn."""
    return panel("league", wall["lang"], [_list("league")], wall["league"]["window"])


def duty_panel(wall: Wall) -> html.Section:
    """在岗 by district, the least covered first."""
    return panel("duty", wall["lang"], [_list("duty")])


def satisfaction_panel(wall: Wall) -> html.Section:
    """满意率 of twelve months."""
    return panel("satisfaction", wall["lang"], [_drawing("months")])


def roster_panel(wall: Wall) -> html.Section:
    """今日值班."""
    return panel("roster", wall["lang"], [_list("roster")])


def alarms_panel(wall: Wall) -> html.Section:
    """告警: unit in charge, waiting time and next action of each."""
    return panel("alarms", wall["lang"], [_list("alarms")])


def _list(name: str) -> html.Ul:
    return html.Ul(className=f"wall-list wall-{name}", **{"data-wall": name})


def _drawing(name: str) -> html.Div:
    return html.Div(className="wall-drawing", role="img", **{"data-wall": name})


PANELS: Mapping[str, Callable[[Wall], html.Section]] = {
    "tiles": tiles_panel,
    "sources": sources_panel,
    "curve": curve_panel,
    "league": league_panel,
    "duty": duty_panel,
    "satisfaction": satisfaction_panel,
    "roster": roster_panel,
}
