"""Callbacks of the shell: opening the definition behind a number, and its cases beside it.

Two callbacks answer one request, so that the definition never waits for a long list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash
import flask
from dash import Input, Output, html
from dash.development.base_component import Component

from dashboard.components.definition import PAGE_SIZE, case_list_view, definition_view
from dashboard.components.frame import PageFrame
from dashboard.readings.board_parts import kpi_of
from dashboard.readings.case_list import NoCaseListError, list_cases
from dashboard.readings.explain import explain
from dashboard.readings.windows import known_window
from dashboard.settings import Settings
from dashboard.shell.ids import Ids
from dashboard.words import known_language, word


@dataclass(frozen=True, kw_only=True)
class DefinitionRequest:
    """What the browser asks for; ``asked`` comes back with the answer, so that it is recognised."""

    area: str
    window: str
    kpi: str
    part: str
    offset: int
    lang: str
    asked: str


def register_shell_callbacks(app: dash.Dash) -> None:
    """Registers the drawer's callbacks with ``app``; once, when the application is made."""
    asked = Input(Ids.DRAWER_REQUEST, "data")

    @app.callback(Output(Ids.DRAWER_FACTS, "children"), asked, prevent_initial_call=True)
    def open_definition(data: Mapping[str, Any] | None) -> html.Div:
        return definition_of(data or {})

    @app.callback(Output(Ids.DRAWER_CASES, "children"), asked, prevent_initial_call=True)
    def open_cases(data: Mapping[str, Any] | None) -> html.Div:
        return cases_of(data or {})


def definition_of(data: Mapping[str, Any]) -> html.Div:
    """The definition; an unknown area or KPI gives a sentence that says so."""
    reader = flask.current_app.extensions["yiwang"]
    request = read_request(data, reader.settings)
    try:
        explanation = explain(reader, request.area, request.window, request.kpi, request.lang)
    except LookupError:
        return _answer(request, _failed(request.lang))
    return _answer(request, definition_view(explanation, window=request.window, lang=request.lang))


def cases_of(data: Mapping[str, Any]) -> html.Div:
    """The page of cases; nothing at all where the definition already says what is wrong."""
    reader = flask.current_app.extensions["yiwang"]
    request = read_request(data, reader.settings)
    try:
        is_rate = kpi_of(request.kpi, reader.settings).is_rate
        cases = list_cases(
            reader, request.area, request.window, request.kpi, request.part, request.offset,
            PAGE_SIZE, lang=request.lang,
        )  # fmt: skip
    except NoCaseListError:
        is_rate, cases = False, None
    except LookupError:
        return _answer(request, None)
    frame = PageFrame(time_zone=reader.settings.city_time_zone)
    view = case_list_view(
        cases, part=request.part, is_rate=is_rate, offset=request.offset, lang=request.lang,
        frame=frame,
    )  # fmt: skip
    return _answer(request, view)


def read_request(data: Mapping[str, Any], settings: Settings) -> DefinitionRequest:
    """The browser's request, not trusted: what is unknown falls back to its default."""
    window = str(data.get("window"))
    return DefinitionRequest(
        area=str(data.get("area", "")),
        window=known_window(window),
        kpi=str(data.get("kpi", "")),
        part="denominator" if data.get("part") == "denominator" else "numerator",
        offset=_offset(data.get("offset")),
        lang=known_language(data.get("lang"), settings.language),
        asked=str(data.get("asked", "")),
    )


def _offset(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError, OverflowError):
        return 0


def _failed(lang: str) -> html.P:
    return html.P(word("drawer.failed", lang), className="nothing")


def _answer(request: DefinitionRequest, content: Component | None) -> html.Div:
    return html.Div(content, **{"data-asked": request.asked})
