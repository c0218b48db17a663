"""Case list 案件查询 at ``/cases``: every filter stands in the address."""

from __future__ import annotations

import dash
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.cases_page import cases_page
from dashboard.components.frame import PageFrame
from dashboard.readings.case_question import case_question
from dashboard.readings.case_search import read_case_listing
from dashboard.shell.page_view import own_reader, page_view


def layout(**query: str) -> html.Div:
    """The list that the address asks for; see ``readings.case_question`` for its variables."""

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        question = case_question(
            {**query, "window": head["window"]["key"], "lang": head["lang"]}, lang=head["lang"]
        )
        return cases_page(head, read_case_listing(own_reader(), question), question, frame)

    return page_view(query.get("area"), query.get("window"), query.get("lang"), draw)


dash.register_page(__name__, path="/cases", title="一网", layout=layout)
