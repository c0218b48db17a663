"""Acting on cases from any page 督办: one callback for all forms of ``components.case_actions``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import dash
import flask
from dash import Input, Output, html

from dashboard.components import case_actions
from dashboard.components.form import answer_view
from dashboard.readings.acting import Outcome
from dashboard.readings.case_acting import perform
from dashboard.readings.thresholds import EditingOffError
from dashboard.runtime.same_origin import is_own_request
from dashboard.shell.page_view import own_reader
from dashboard.words import known_language, word

_LOG = logging.getLogger(__name__)


def register_acting(app: dash.Dash) -> None:
    """Register the callback with ``app``; once, when the application is made."""

    @app.callback(
        Output(case_actions.ANSWER, "children"),
        Input(case_actions.REQUEST, "data"),
        prevent_initial_call=True,
    )
    def act(data: Mapping[str, Any] | None) -> html.Div:
        return answer_of(data or {})


def answer_of(data: Mapping[str, Any]) -> html.Div:
    """Carry out what a form asks for and say what became of it.

    Nothing is done for a request that another site's page has sent, nor with editing off.
    """
    reader = own_reader()
    fields = {str(name): "" if value is None else str(value) for name, value in data.items()}
    lang = known_language(fields.get("lang"), reader.settings.language)
    asked = fields.get("asked", "")
    if not is_own_request(flask.request.headers, flask.request.host):
        return answer_view(asked, word("form.wrong.origin", lang), {})
    try:
        outcome = perform(reader, fields, origin=_origin())
    except EditingOffError:
        return answer_view(asked, word("form.wrong.off", lang), {})
    except Exception:  # the database is away, or refuses
        _LOG.warning("an act could not be written", exc_info=True)
        return answer_view(asked, word("form.wrong.failed", lang), {})
    if outcome.is_done:
        reader.ticker.look()
        return answer_view(asked, word(outcome.said, lang, **outcome.values))
    return _refusal(asked, outcome, lang)


def _refusal(asked: str, outcome: Outcome, lang: str) -> html.Div:
    if outcome.wrong:
        wrong = {name: word(key, lang) for name, key in outcome.wrong.items()}
        whole = wrong.pop("action", None)  # of the request itself, not of a field
        return answer_view(asked, whole or word("form.wrong.some", lang), wrong)
    return answer_view(asked, word(f"act.refused.{outcome.refused}", lang), {})


def _origin() -> str:
    """From where: the address that is connected, and the browser."""
    browser = flask.request.headers.get("User-Agent", "")
    return f"{flask.request.remote_addr or '?'} {browser}".strip()
