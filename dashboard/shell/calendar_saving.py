"""The forms of the calendar page: from their texts to what is saved."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.readings.calendar_page import DaysDraft, YearDraft, save_days, save_year
from dashboard.shell.page_view import own_reader
from dashboard.words import word


def save_calendar(fields: Mapping[str, str], lang: str) -> tuple[str, dict[str, str]]:
    """Save days or a year: (the sentence to say, wrong fields). Raises EditingOffError."""
    if fields.get("form") == "year":
        return _save_year(fields, lang)
    count, wrong = save_days(
        own_reader(),
        DaysDraft(
            from_on=fields.get("from_on", ""),
            to_on=fields.get("to_on", ""),
            kind=fields.get("kind", ""),
            name=fields.get("name", ""),
            entered_by=fields.get("entered_by", ""),
        ),
    )
    return word("calendar.saved_days", lang, n=count), wrong


def _save_year(fields: Mapping[str, str], lang: str) -> tuple[str, dict[str, str]]:
    draft = YearDraft(
        year=fields.get("year", ""),
        is_complete=fields.get("is_complete") == "1",
        document=fields.get("document", ""),
        entered_by=fields.get("entered_by", ""),
    )
    wrong = save_year(own_reader(), draft)
    said = "calendar.saved_year" if draft.is_complete else "calendar.reopened_year"
    return word(said, lang, year=draft.year), wrong
