"""Analysis and warning 研判预警 at ``/research``: spikes, repeats, rework, signals, funnel."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard.components.research_page import research_page
from dashboard.readings.research_page import build_research_page, held_seconds, research_asked
from dashboard.shell.page_view import own_reader, page_view, whole_number


def layout(
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **query: str,
) -> html.Div:
    """One tab of an area and window; the rest of the address says which and cut to what."""
    asked = research_asked(query, offset=min(whole_number(offset), 1_000_000))

    def read(code: str | None, period: str, language: str) -> Any:
        build = partial(build_research_page, asked=asked)
        return own_reader().page(
            "research", code, period, language, build, more=asked.key,
            slow_seconds=held_seconds(asked.tab, period),
        )  # fmt: skip

    return page_view(area, window, lang, research_page, read=read)


dash.register_page(__name__, path="/research", title="一网", layout=layout)
