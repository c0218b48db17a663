"""KPI tiles 指标卡: value, state, level, comparison and sparkline; each opens its definition."""

from __future__ import annotations

import json

from dash import html

from dashboard.components.board_shape import Board, Tile
from dashboard.components.spans import number_text
from dashboard.words import word


def tile_row(board: Board) -> html.Section:
    """The eight large tiles 关键指标."""
    return html.Section(
        [kpi_tile(tile, board["lang"]) for tile in board["tiles"]],
        className="tiles",
        **{"aria-label": word("tiles.label", board["lang"])},
    )


def more_row(board: Board) -> html.Section:
    """The smaller tiles 更多指标 in one strip."""
    return html.Section(
        [kpi_tile(tile, board["lang"], small=True) for tile in board["more"]],
        className="tiles-more",
        **{"aria-label": word("tiles.more", board["lang"])},
    )


def kpi_tile(tile: Tile, lang: str, *, small: bool = False) -> html.Button:
    """One tile; ``small`` leaves out comparison and sparkline."""
    head = html.Span(
        [
            html.Span(tile["name"], className="tile-name", **{"data-f": "name"}),
            html.Span(scope_text(tile), className="tile-scope", **{"data-f": "scope"}),
        ],
        className="tile-head",
    )
    main = html.Span(
        [
            html.Span(tile["text"], className="tile-text", **{"data-f": "text"}),
            html.Span(unit_text(tile), className="tile-unit", **{"data-f": "unit"}),
            html.Span(status_text(tile, lang), className="tile-status", **{"data-f": "status"}),
        ],
        className="tile-main",
    )
    parts = html.Span(
        [
            html.Span(parts_text(tile), **{"data-f": "parts"}),
            html.Span(interval_text(tile, lang), **{"data-f": "interval"}),
        ],
        className="tile-parts",
    )
    foot: list[html.Span] = [] if small else [_foot(tile), _spark(tile)]
    return html.Button(
        [head, main, parts, *foot],
        className=tile_class(tile, small=small),
        title=word("tile.open_hint", lang),
        **{"data-kpi": tile["key"], "aria-haspopup": "dialog"},
    )


def _foot(tile: Tile) -> html.Span:
    delta = tile["delta"]
    return html.Span(
        [
            html.Span(delta["text"] if delta else "", **{"data-f": "delta"}),
            html.Span(
                delta["versus"] if delta else "", className="tile-versus", **{"data-f": "versus"}
            ),
        ],
        className=f"tile-delta tone-{delta['tone'] if delta else 'none'}",
        **{"data-f": "delta-box"},
    )


def _spark(tile: Tile) -> html.Span:
    points = json.dumps(tile["spark"], separators=(",", ":"))
    return html.Span(className="spark", **{"data-spark": points, "aria-hidden": "true"})


def tile_class(tile: Tile, *, small: bool) -> str:
    """CSS classes: size, one of the value states, one of the levels."""
    size = "tile tile-small" if small else "tile"
    return f"{size} is-{tile['state']} lv-{tile['level']}"


def scope_text(tile: Tile) -> str:
    """Period and basis 口径 in one line."""
    return " · ".join(part for part in (tile["scope_label"], tile["basis"]) if part)


def unit_text(tile: Tile) -> str:
    """The unit, unless there is no value to carry it."""
    return "" if tile["state"] in ("empty", "pending") else tile["unit"]


def status_text(tile: Tile, lang: str) -> str:
    """The word beside the colour: a state first, then the note 样本不足, then the level."""
    if tile["state"] in ("empty", "failed", "stale", "pending"):
        return word(f"tile.{tile['state']}", lang)
    return tile["note"] or tile["level_text"]


def parts_text(tile: Tile) -> str:
    """Numerator and denominator, where both are known."""
    if tile["numerator"] is None or tile["denominator"] is None:
        return ""
    return f"{number_text(tile['numerator'])} / {number_text(tile['denominator'])}"


def interval_text(tile: Tile, lang: str) -> str:
    """The 95 % interval 置信区间 of a figure that comes from a sample."""
    if tile["interval"] is None:
        return ""
    low, high = tile["interval"]
    return word("tile.interval", lang, low=f"{low:.1f}", high=f"{high:.1f}")
