"""Callbacks of the shell: opening the definition behind a number, and its cases beside it.

Two callbacks answer one request, so that the definition never waits for a long list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import dash
from dash import Input, Output, html
from dash.development.base_component import Component

from dashboard.components.case_marks import number_href
from dashboard.components.counted_cases import case_list_view
from dashboard.components.definition import definition_view
from dashboard.components.frame import PageFrame
from dashboard.readings.explain import Explanation, explain
from dashboard.readings.view import SliceCodes, slice_codes
from dashboard.readings.windows import known_window
from dashboard.settings import Settings
from dashboard.shell.counted import counted_cases, known_part
from dashboard.shell.ids import Ids
from dashboard.shell.page_view import own_reader, whole_number
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
    codes: SliceCodes
    reason: str | None


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
    reader = own_reader()
    request = read_request(data, reader.settings)
    try:
        explanation = explain(
            reader, request.area, request.window, request.kpi, request.lang, codes=request.codes
        )
    except LookupError:
        return _answer(request, _failed(request.lang))
    links = _links(request, explanation)
    view = definition_view(explanation, links=links, lang=request.lang, work=_work_href(request))
    return _answer(request, view)


def _links(request: DefinitionRequest, explanation: Explanation) -> dict[str, str]:
    """The addresses of the areas below by code, and of the KPI's own page under ""."""
    query = urlencode({"window": request.window, "lang": request.lang})
    own = f"/kpis/{quote(request.kpi, safe='')}?{urlencode({'area': request.area})}&{query}"
    areas = [child["code"] for child in explanation.children]
    return {"": own} | {code: f"/area/{quote(code, safe='')}?{query}" for code in areas}


# KPIs whose cases stand on a worklist of /overdue, and on which of its tabs.
_WORK_TABS: Final = {
    "case.overdue": "overdue",
    "case.due_soon": "due_soon",
    "case.suspended": "suspended",
}


def _work_href(request: DefinitionRequest) -> str:
    """The worklist of the cases a number counts; empty where there is none."""
    tab = _WORK_TABS.get(request.kpi)
    if tab is None or request.codes.key != SliceCodes().key:
        return ""
    given = {"area": request.area, "window": request.window, "lang": request.lang}
    return f"/overdue?{urlencode({'tab': tab} | given)}"


def cases_of(data: Mapping[str, Any]) -> html.Div:
    """The page of cases; nothing at all where the definition already says what is wrong."""
    reader = own_reader()
    request = read_request(data, reader.settings)
    try:
        listed = counted_cases(
            reader, request.area, request.window, request.kpi, request.part, request.offset,
            request.lang, codes=request.codes, reason=request.reason,
        )  # fmt: skip
    except LookupError:
        return _answer(request, None)
    frame = PageFrame(time_zone=reader.settings.city_time_zone)
    title = html.H3(word("drawer.cases", request.lang))
    whole = number_href(
        request.kpi, listed.part, area=request.area, window=request.window, lang=request.lang,
        codes=request.codes,
    )  # fmt: skip
    view = case_list_view(listed, lang=request.lang, frame=frame, whole=whole)
    return _answer(request, html.Div([title, view]))


def read_request(data: Mapping[str, Any], settings: Settings) -> DefinitionRequest:
    """The browser's request, not trusted: what is unknown falls back to its default."""
    window = str(data.get("window"))
    return DefinitionRequest(
        area=str(data.get("area", "")),
        window=known_window(window),
        kpi=str(data.get("kpi", "")),
        part=known_part(data.get("part")),
        offset=whole_number(data.get("offset")),
        lang=known_language(data.get("lang"), settings.language),
        asked=str(data.get("asked", "")),
        codes=slice_codes(data),
        reason=str(data["reason"]) if data.get("reason") else None,
    )


def _failed(lang: str) -> html.P:
    return html.P(word("drawer.failed", lang), className="nothing")


def _answer(request: DefinitionRequest, content: Component | None) -> html.Div:
    return html.Div(content, **{"data-asked": request.asked})
