"""Saving what a form sent: from this product's own pages only, with an answer in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import flask
from dash import html

from dashboard.components.form import answer_view
from dashboard.readings.thresholds import EditingOffError
from dashboard.runtime.same_origin import is_own_request
from dashboard.shell.page_view import own_reader
from dashboard.words import known_language, word

_LOG = logging.getLogger(__name__)


def saved(
    data: Mapping[str, Any] | None,
    save: Callable[[Mapping[str, str], str], tuple[str, dict[str, str]]],
) -> html.Div:
    """The answer to a form.

    ``save`` gets the form's texts and the language, writes, and returns the sentence to say and the
    wrong fields (field → word), empty when it was written. Nothing is written for a request that
    another site's page has sent, nor with editing off.
    """
    reader = own_reader()
    fields = {str(name): _text(value) for name, value in (data or {}).items()}
    lang = known_language(fields.get("lang"), reader.settings.language)
    asked = fields.get("asked", "")
    if not is_own_request(flask.request.headers, flask.request.host):
        return answer_view(asked, word("form.wrong.origin", lang), {})
    try:
        text, wrong = save(fields, lang)
    except EditingOffError:
        return answer_view(asked, word("form.wrong.off", lang), {})
    except Exception:  # the database is away, or refuses
        _LOG.warning("a form could not be saved", exc_info=True)
        return answer_view(asked, word("form.wrong.failed", lang), {})
    if not wrong:
        return answer_view(asked, text)
    told = {name: word(key, lang) for name, key in wrong.items()}
    return answer_view(asked, word("form.wrong.some", lang), told)


def _text(value: Any) -> str:
    """A check box as "1" or "", anything else as text."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)
