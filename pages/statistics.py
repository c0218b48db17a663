"""Opened statistics about single persons 个人统计开放 at ``/statistics``: off as a rule."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard.components.statistics_page import statistics_page
from dashboard.readings.opened_statistics import build_statistics_page
from dashboard.shell.page_view import own_reader, page_view


def layout(
    area: str | None = None, window: str | None = None, lang: str | None = None, **_query: str
) -> html.Div:
    """The page of an area and window; never kept, so that an ended opening is gone at once."""

    def read(code: str | None, period: str, language: str) -> Any:
        return own_reader().fresh(code, period, language, build_statistics_page)

    return page_view(area, window, lang, statistics_page, read=read)


dash.register_page(__name__, path="/statistics", title="一网", layout=layout)
