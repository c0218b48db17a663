"""Callbacks of the shell: opening the definition behind a number."""

from __future__ import annotations

from typing import Any

import dash
import flask
from dash import Input, Output, html
from dash.development.base_component import Component

from dashboard.components.definition import PAGE_SIZE, definition_view
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import WINDOW_KEYS
from dashboard.readings.case_list import list_cases
from dashboard.readings.explain import explain
from dashboard.shell.board_view import DEFAULT_WINDOW
from dashboard.shell.ids import Ids
from dashboard.words import known_language, word


def register_shell_callbacks(app: dash.Dash) -> None:
    """Registers the drawer's callback with ``app``; once, when the application is made."""

    @app.callback(
        Output(Ids.DRAWER_BODY, "children"),
        Input(Ids.DRAWER_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def open_definition(request: dict[str, Any] | None) -> list[Component] | html.P:
        return definition_of(request or {})


def definition_of(request: dict[str, Any]) -> list[Component] | html.P:
    """The drawer's contents for ``request`` (area, window, lang, kpi, part, offset).

    The request comes from the browser and is not trusted: unknown periods, languages, parts and
    offsets fall back to their defaults, an unknown area or KPI gives a sentence that says so.
    """
    reader = flask.current_app.extensions["yiwang"]
    settings = reader.settings
    lang = known_language(request.get("lang"), settings.language)
    window = str(request.get("window"))
    window = window if window in WINDOW_KEYS else DEFAULT_WINDOW
    part = "denominator" if request.get("part") == "denominator" else "numerator"
    offset = _offset(request.get("offset"))
    area, kpi = str(request.get("area", "")), str(request.get("kpi", ""))
    try:
        explanation = explain(reader, area, window, kpi, lang)
        cases = (
            list_cases(reader, area, window, kpi, part, offset, PAGE_SIZE, lang=lang)
            if explanation.has_list
            else None
        )
    except LookupError:
        return html.P(word("drawer.failed", lang), className="nothing")
    frame = PageFrame(time_zone=settings.city_time_zone)
    return list(
        definition_view(
            explanation, cases, part=part, offset=offset, window=window, lang=lang, frame=frame
        )
    )


def _offset(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return 0
