"""One KPI 指标 at ``/kpis/<key>``: definition, values, thresholds and their editing, cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import dash
from dash import Input, Output, dcc, html

from dashboard.shell.kpi_view import kpi_view, save_kpi_thresholds
from dashboard.shell.saving import saved


class Ids:
    """Dash ids of the form for thresholds."""

    REQUEST: Final = "threshold-request"
    ANSWER: Final = "threshold-answer"


def layout(
    key: str | None = None,
    part: str | None = None,
    offset: str | None = None,
    reason: str | None = None,
    known: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The KPI's page, or one that says there is no such KPI."""
    view = kpi_view(
        key or "", area, window, lang, part=part, offset=offset, reason=reason,
        known=known, forms=(Ids.REQUEST, Ids.ANSWER),
    )  # fmt: skip
    return html.Div([view, dcc.Store(id=Ids.REQUEST), html.Div(id=Ids.ANSWER, hidden=True)])


@dash.callback(
    Output(Ids.ANSWER, "children"), Input(Ids.REQUEST, "data"), prevent_initial_call=True
)
def save_form(data: Mapping[str, Any] | None) -> html.Div:
    """A new version of the KPI's thresholds."""
    return saved(data, save_kpi_thresholds)


dash.register_page(__name__, path_template="/kpis/<key>", title="一网", layout=layout)
