"""System status 系统状态 at ``/system``: screens, sources, jobs, deliveries, store, audit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import dash
from dash import Input, Output, dcc, html

from dashboard.components.system_page import system_page
from dashboard.readings.system_page import build_store_size, build_system_page
from dashboard.shell.page_view import own_reader, page_view
from dashboard.shell.saving import saved
from dashboard.shell.token_saving import save_token

_SIZE_SECONDS: Final = 60
_SECONDS: Final = 2


class Ids:
    """Dash ids of the page's forms."""

    REQUEST: Final = "token-request"
    ANSWER: Final = "token-answer"


def layout(
    area: str | None = None, window: str | None = None, lang: str | None = None, **_query: str
) -> html.Div:
    """The page; area and period are only kept for the other pages."""

    def read(code: str | None, period: str, language: str) -> Any:
        reader = own_reader()
        store = reader.page(
            "system-store", None, "", "", build_store_size, slow_seconds=_SIZE_SECONDS
        )
        build = partial(build_system_page, store=store)
        return reader.page("system", code, period, language, build, slow_seconds=_SECONDS)

    draw = partial(system_page, request=Ids.REQUEST, answer=Ids.ANSWER)
    return html.Div(
        [
            page_view(area, window, lang, draw, read=read),
            dcc.Store(id=Ids.REQUEST),
            html.Div(id=Ids.ANSWER, hidden=True),
        ]
    )


@dash.callback(
    Output(Ids.ANSWER, "children"), Input(Ids.REQUEST, "data"), prevent_initial_call=True
)
def save_form(data: Mapping[str, Any] | None) -> html.Div:
    """A token made or revoked."""
    return saved(data, save_token)


dash.register_page(__name__, path="/system", title="一网", layout=layout)
