"""Trend 趋势 of accepted, closed and overdue cases by day, as a plain plotly.js figure.

Colours are names of design tokens (``token:accent``): the browser puts the theme's colour in their
place, so that one figure serves the light theme, the dark theme and paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

SERIES: Final = ("accepted", "closed", "overdue")
FONT: Final = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif'


def trend_figure(
    trend: Mapping[str, Sequence[Any]], names: Mapping[str, str], *, day_format: str
) -> dict[str, Any]:
    """Daily flows above, the overdue stock below on its own scale.

    ``trend`` has ``days`` (ISO dates, city time) and equally long ``accepted``, ``closed`` and
    ``overdue`` in cases; None draws a gap. ``names`` are the series' names, ``day_format`` a
    d3 format such as ``%m月%d日``. Empty lists give an empty frame.
    """
    days = list(trend["days"])
    hover = "%{y:,}"
    data = [
        _line(days, trend["accepted"], names["accepted"], "token:series-1", hover, fill=True),
        _line(days, trend["closed"], names["closed"], "token:series-2", hover, fill=False),
        {
            **_line(days, trend["overdue"], names["overdue"], "token:series-3", hover, fill=True),
            "yaxis": "y2",
        },
    ]
    layout = _layout(day_format)
    layout["yaxis"] |= _whole_steps([*trend["accepted"], *trend["closed"]])
    layout["yaxis2"] |= _whole_steps(trend["overdue"])
    return {"data": data, "layout": layout}


def _line(
    days: list[str], values: Sequence[Any], name: str, colour: str, hover: str, *, fill: bool
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": days,
        "y": list(values),
        "line": {"color": colour, "width": 2, "shape": "linear"},
        "hovertemplate": hover,
        "connectgaps": False,
    }
    if fill:
        line |= {"fill": "tozeroy", "fillcolor": f"{colour}-soft"}
    return line


def _whole_steps(values: Sequence[Any]) -> dict[str, Any]:
    """Cases come whole: a small axis has a tick for each and never one at 0.5."""
    highest = max((value for value in values if value is not None), default=0)
    return {"dtick": 1} if highest <= 3 else {}


def _axis(**more: Any) -> dict[str, Any]:
    return {
        "showline": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12, "color": "token:muted"},
        "gridcolor": "token:rule",
        **more,
    }


def _layout(day_format: str) -> dict[str, Any]:
    return {
        "margin": {"l": 44, "r": 10, "t": 6, "b": 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": "token:ink"},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": "token:card",
            "bordercolor": "token:edge",
            "font": {"size": 12, "color": "token:ink"},
        },
        "dragmode": False,
        "uirevision": "trend",
        "xaxis": _axis(
            type="date",
            showgrid=False,
            tickformat=day_format,
            hoverformat=day_format,
            nticks=6,
            anchor="y2",
            ticks="outside",
            ticklen=6,
            tickcolor="rgba(0,0,0,0)",
        ),
        "yaxis": _axis(domain=[0.36, 1], rangemode="tozero", nticks=4, tickformat=",~r"),
        "yaxis2": _axis(domain=[0, 0.26], rangemode="tozero", nticks=2, tickformat=",~r"),
    }
