"""Duty 值守 at ``/duty``: who is on duty where, patrols, due visits and load of an area."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash
from dash import html

from dashboard.components.duty_page import duty_page
from dashboard.readings.duty_page import build_duty_page
from dashboard.readings.grid_registers import build_grid_registers
from dashboard.readings.opened_statistics import build_opened
from dashboard.shell.page_view import own_reader, page_view, whole_number

REGISTER_SECONDS = 60


def layout(
    visits: str | None = None,
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """The page of an area and window; ``visits``: the first overdue visit shown."""
    first = whole_number(visits)

    def read(code: str | None, period: str, language: str) -> Any:
        reader = own_reader()
        registers = reader.page(
            "duty-registers", code, period, language, build_grid_registers,
            slow_seconds=REGISTER_SECONDS,
        )  # fmt: skip
        build = partial(build_duty_page, registers=registers, visits_from=first)
        opened = reader.fresh(code, period, language, build_opened)
        shown = reader.page("duty", code, period, language, build, more=(first,))
        return {**shown, **opened}

    return page_view(area, window, lang, duty_page, read=read)


dash.register_page(__name__, path="/duty", title="一网", layout=layout)
