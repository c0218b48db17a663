"""From an address to the page of one KPI, and from its form to new thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.catalogue_shape import AsKnown, KpiDetail
from dashboard.components.frame import PageFrame
from dashboard.components.kpi_page import kpi_page
from dashboard.components.missing_page import missing_page
from dashboard.kpis.catalogue import CATALOGUE
from dashboard.readings.as_known_page import read_as_known
from dashboard.readings.explain import explain
from dashboard.readings.kpi_page import read_kpi_page
from dashboard.readings.thresholds import ThresholdDraft, save_thresholds
from dashboard.shell.counted import counted_cases, known_part
from dashboard.shell.page_view import own_reader, page_view, whole_number
from dashboard.words import known_language, word


def kpi_view(
    key: str,
    area: str | None,
    window: str | None,
    lang: str | None,
    *,
    part: str | None,
    offset: str | None,
    reason: str | None,
    known: str | None,
    forms: tuple[str, str],
) -> html.Div:
    """The page of a KPI for an area and period; ``forms``: the ids of its form's store and answer.

    An unknown KPI gives a page that says so.
    """
    reader = own_reader()
    if key not in CATALOGUE:
        language = known_language(lang, reader.settings.language)
        return missing_page(word("kpi.unknown", language, kpi=key), language)

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        language, code, period = head["lang"], head["area"]["code"], head["window"]["key"]
        cases = counted_cases(
            reader, code, period, key, known_part(part), whole_number(offset), language,
            reason=reason or None,
        )  # fmt: skip
        return kpi_page(
            head,
            explain(reader, code, period, key, language),
            cast(KpiDetail, read_kpi_page(reader, key, language)),
            cases,
            cast(AsKnown, read_as_known(reader, code, period, key, known or "", language)),
            frame,
            request=forms[0],
            answer=forms[1],
        )

    return page_view(area, window, lang, draw)


def save_kpi_thresholds(fields: Mapping[str, str], lang: str) -> tuple[str, dict[str, str]]:
    """Save a new version: (the sentence to say, wrong fields). Raises EditingOffError."""
    draft = ThresholdDraft(
        kpi_key=fields.get("kpi_key", ""),
        good=fields.get("good", ""),
        warn=fields.get("warn", ""),
        effective_on=fields.get("effective_on", ""),
        document=fields.get("document", ""),
        note=fields.get("note", ""),
        entered_by=fields.get("entered_by", ""),
        is_past_meant=fields.get("is_past_meant") == "1",
    )
    number, wrong = save_thresholds(own_reader(), draft)
    return word("threshold.saved", lang, n=number, day=draft.effective_on), wrong
