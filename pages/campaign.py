"""Campaigns 专项任务: the list at ``/campaign``, one at ``/campaign/<code>``."""

from __future__ import annotations

from typing import Any

import dash
from dash import html

from dashboard.components.campaign_page import campaign_list_page
from dashboard.readings.campaign_page import build_campaign_list
from dashboard.shell.page_view import own_reader, page_view

LIST_SECONDS = 10


def layout(
    area: str | None = None, window: str | None = None, lang: str | None = None, **_query: str
) -> html.Div:
    """Every campaign of the city."""

    def read(code: str | None, period: str, language: str) -> Any:
        return own_reader().page(
            "campaigns", code, period, language, build_campaign_list, slow_seconds=LIST_SECONDS
        )

    return page_view(area, window, lang, campaign_list_page, read=read)


dash.register_page(__name__, path="/campaign", title="一网", layout=layout)
