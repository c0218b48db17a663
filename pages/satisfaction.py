"""Satisfaction 群众满意 at ``/satisfaction``: rates with sample and interval, waves, rework."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard.components.satisfaction_page import satisfaction_page
from dashboard.readings.satisfaction_page import build_satisfaction_page, known_stage
from dashboard.shell.page_view import own_reader, page_view, whole_number


def layout(
    stage: str | None = None,
    offset: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The page of an area and window; ``stage``, ``offset``: which part of the work list."""
    asked, first = known_stage(stage), whole_number(offset)

    def read(code: str | None, period: str, language: str) -> Any:
        build = partial(build_satisfaction_page, stage=asked, offset=first)
        more = (asked, first)
        return own_reader().page("satisfaction", code, period, language, build, more=more)

    return page_view(area, window, lang, satisfaction_page, read=read)


dash.register_page(__name__, path="/satisfaction", title="一网", layout=layout)
