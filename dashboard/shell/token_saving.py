"""The forms for device tokens 设备令牌: from their texts to a token made or revoked."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import flask

from dashboard.readings.acting import whole
from dashboard.readings.thresholds import EditingOffError
from dashboard.readings.wall_tokens import Clerk, issue_token, revoke_token, token_problems
from dashboard.shell.page_view import own_reader
from dashboard.words import word


def save_token(fields: Mapping[str, str], lang: str) -> tuple[str, dict[str, str]]:
    """Make or revoke a token: (the sentence to say, wrong fields). Raises EditingOffError."""
    reader = own_reader()
    if not reader.settings.editing:
        raise EditingOffError
    by = fields.get("entered_by", "").strip()
    browser = flask.request.headers.get("User-Agent", "")
    origin = f"{flask.request.remote_addr or '?'} {browser}".strip()
    clerk = Clerk(name=by, origin=origin, now=reader.now())
    if fields.get("form") == "revoke":
        token_id = whole(fields.get("token_id", ""))
        wrong = token_problems("-", "", by)
        if not wrong and not revoke_token(reader.engine, token_id, clerk):
            wrong = {"token_id": "system.wrong.token"}
        return word("system.token_gone", lang), wrong
    name, profile = fields.get("name", "").strip(), fields.get("profile", "").strip()
    wrong = token_problems(name, profile, by)
    if wrong:
        return "", wrong
    issued = issue_token(reader.engine, name, profile, clerk)
    address = f"{flask.request.host_url}wall/enter/{quote(issued.token)}"
    return word("system.token_created", lang, address=address), {}
