"""Working calendar 工作日历 at ``/calendar``: a year, its make-up days, and editing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import dash
from dash import Input, Output, dcc, html

from dashboard.components.board_shape import PageHead
from dashboard.components.calendar_page import calendar_page
from dashboard.components.calendar_shape import CalendarYear
from dashboard.components.frame import PageFrame
from dashboard.readings.calendar_page import read_calendar_year
from dashboard.shell.calendar_saving import save_calendar
from dashboard.shell.page_view import own_reader, page_view
from dashboard.shell.saving import saved


class Ids:
    """Dash ids of the page's forms."""

    REQUEST: Final = "calendar-request"
    ANSWER: Final = "calendar-answer"


def layout(
    year: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The calendar of a year; area and period are only kept for the other pages."""

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        shown = cast(CalendarYear, read_calendar_year(own_reader(), year, head["lang"]))
        return calendar_page(head, shown, frame, request=Ids.REQUEST, answer=Ids.ANSWER)

    return html.Div(
        [
            page_view(area, window, lang, draw),
            dcc.Store(id=Ids.REQUEST),
            html.Div(id=Ids.ANSWER, hidden=True),
        ]
    )


@dash.callback(
    Output(Ids.ANSWER, "children"), Input(Ids.REQUEST, "data"), prevent_initial_call=True
)
def save_form(data: Mapping[str, Any] | None) -> html.Div:
    """Days or a year, as the form says."""
    return saved(data, save_calendar)


dash.register_page(__name__, path="/calendar", title="一网", layout=layout)
