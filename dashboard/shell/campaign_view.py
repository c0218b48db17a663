"""From an address to the page of one campaign, or to a page that says there is none."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import html

from dashboard.components.campaign_page import campaign_page
from dashboard.components.missing_page import missing_page
from dashboard.readings.campaign_page import UnknownCampaignError, build_campaign_page
from dashboard.readings.view import UnknownAreaError
from dashboard.shell.page_view import own_reader, page_view, whole_number
from dashboard.words import known_language, word

SECONDS = 5  # how long a document holds: progress moves no version of the rollups


def campaign_view(
    code: str,
    area: str | None,
    window: str | None,
    lang: str | None,
    *,
    police: str | None,
    offset: str | None,
) -> html.Div:
    """The page of a campaign below an area, maybe of one police grid."""
    first, of_police = whole_number(offset), (police or "")[:40]
    unknown: list[str] = []

    def read(area_code: str | None, period: str, language: str) -> Any:
        build = partial(build_campaign_page, code=code, police=of_police, offset=first)
        more = (code, of_police, first)
        try:
            return own_reader().page(
                "campaign", area_code, period, language, build, more=more, slow_seconds=SECONDS
            )
        except UnknownCampaignError as error:
            unknown.append(code)
            raise UnknownAreaError(code) from error  # no failure: answered below

    shown = page_view(area, window, lang, campaign_page, read=read)
    if unknown:
        language = known_language(lang, own_reader().settings.language)
        return missing_page(word("campaign.unknown", language, code=code), language)
    return shown
