"""A case 案件详情 at ``/case/<code or id>``: its clock, stages, tables, place and log."""

from __future__ import annotations

from urllib.parse import unquote

import dash
from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.case_actions import case_actions
from dashboard.components.case_page import case_page
from dashboard.components.frame import PageFrame
from dashboard.components.missing_page import missing_page
from dashboard.readings.case_acts import read_case_acts
from dashboard.readings.case_page import CaseView, UnknownCaseError, read_case_page
from dashboard.readings.scope import OutsideScopeError
from dashboard.shell.page_view import own_reader, page_view
from dashboard.words import word


def layout(
    case: str = "",
    area: str | None = None,
    window: str | None = None,
    lang: str | None = None,
    **_query: str,
) -> html.Div:
    """One case; area and period are only kept for the other pages."""
    name = unquote(case)

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        try:
            found = read_case_page(own_reader(), name, lang=head["lang"])
        except UnknownCaseError:
            return missing_page(word("onecase.missing", head["lang"], code=name), head["lang"])
        except OutsideScopeError:
            return missing_page(word("onecase.outside", head["lang"]), head["lang"])
        return case_page(head, found, frame, actions=actions_slot(head, found, frame))

    return page_view(area, window, lang, draw)


def actions_slot(head: PageHead, case: CaseView, frame: PageFrame) -> list[Component]:
    """What can be done about the case 督办与处置, below its head."""
    acts = read_case_acts(own_reader(), case.case_id, head["lang"])
    return [] if acts is None else [case_actions(acts, frame, head["lang"])]


dash.register_page(__name__, path_template="/case/<case>", title="一网", layout=layout)
