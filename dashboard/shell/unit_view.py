"""From an address to the pages about departments, or to a page that says there is no such unit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from dash import html

from dashboard.components.frame import PageFrame
from dashboard.components.missing_page import missing_page
from dashboard.components.unit_page import unit_page
from dashboard.components.units_page import departments_page
from dashboard.readings.departments_page import build_departments_page, units_asked
from dashboard.readings.roll_call import read_roll_call
from dashboard.readings.unit_page import UnknownUnitError, build_unit_page
from dashboard.readings.view import UnknownAreaError
from dashboard.shell.page_view import own_reader, page_view, whole_number
from dashboard.words import known_language, word

_SLOW_SECONDS = 30
_KEPT = ("tab", "order", "cols", "unit", "late", "item", "offset")


def departments_view(
    query: Mapping[str, Any], area: str | None, window: str | None, lang: str | None
) -> html.Div:
    """The page of all departments; ``query``: what its address says beside area and period."""
    asked = units_asked(query, whole_number(query.get("offset")))
    kept = {name: str(query[name])[:60] for name in _KEPT if query.get(name)}

    def read(code: str | None, period: str, language: str) -> Any:
        reader = own_reader()
        build = partial(build_departments_page, asked=asked, part_days=reader.part_days)
        # Quantiles of every closed case are read one by one: not for every tick.
        slow = _SLOW_SECONDS if asked.whole and asked.tab == "league" else 0
        return reader.page(
            "departments", code, period, language, build, more=(repr(asked),), slow_seconds=slow
        )

    return page_view(area, window, lang, partial(departments_page, more=kept), read=read)


def unit_view(code: str, area: str | None, window: str | None, lang: str | None) -> html.Div:
    """The roll call of one unit below an area; what it has promised is read anew every time."""
    unknown: list[str] = []

    def read(area_code: str | None, period: str, language: str) -> Any:
        reader = own_reader()
        build = partial(build_unit_page, code=code, part_days=reader.part_days)
        try:
            return reader.page("department", area_code, period, language, build, more=(code,))
        except UnknownUnitError as error:
            unknown.append(code)
            raise UnknownAreaError(code) from error  # no failure: answered below

    def draw(shown: Any, frame: PageFrame) -> html.Div:
        return unit_page(shown, read_roll_call(own_reader(), shown["unit"]["id"]), frame)

    view = page_view(area, window, lang, draw, read=read)
    if unknown:
        language = known_language(lang, own_reader().settings.language)
        return missing_page(word("rollcall.unknown", language, code=code), language)
    return view
