"""KPI catalogue 指标目录 at ``/kpis``: every KPI with its value for an area and period."""

from __future__ import annotations

from typing import cast

import dash
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.catalogue_page import catalogue_page
from dashboard.components.catalogue_shape import Catalogue
from dashboard.components.frame import PageFrame
from dashboard.shell.page_view import own_reader, page_view


def layout(
    area: str | None = None, window: str | None = None, lang: str | None = None, **_query: str
) -> html.Div:
    """The whole catalogue; further variables belong to scripts (q, level, kpi)."""

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        return catalogue_page(cast(Catalogue, head), frame)

    return page_view(area, window, lang, draw, read=own_reader().catalogue)


dash.register_page(__name__, path="/kpis", title="一网", layout=layout)
