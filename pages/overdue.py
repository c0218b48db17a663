"""Overdue worklists 超期督办 at ``/overdue``: 超期, 临期, 今日到期, 将超期, 挂账, and acting."""

from __future__ import annotations

import dash
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.overdue_page import overdue_page
from dashboard.readings.worklist import Asked, known_tab, read_worklist
from dashboard.shell.page_view import own_reader, page_view, whole_number


def layout(
    tab: str | None = None,
    place: str | None = None,
    department: str | None = None,
    police: str | None = None,
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """One list below an area; ``place`` and ``department`` are the matrix's filter,
    ``police`` cuts list and matrix to a police grid."""
    asked = Asked(
        area=area or None,
        tab=known_tab(tab),
        place=place or "",
        department=department or "",
        police=(police or "")[:60],
        offset=whole_number(offset),
    )

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        return overdue_page(head, read_worklist(own_reader(), asked, head["lang"]), frame)

    return page_view(area, window, lang, draw)


dash.register_page(__name__, path="/overdue", title="一网", layout=layout)
