"""Dash's own scripts: whatever fingerprint is asked for, each file is kept once, and no other."""

from __future__ import annotations

import asyncio
import logging

import pytest
from dash import Dash, dcc, html
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.dash_files import DashFiles

RENDERER = "dash/dash-renderer/build/dash_renderer.min.js"


@pytest.fixture(scope="module")
def files() -> DashFiles:
    app = Dash("suites")
    app.layout = html.Div(dcc.Store(id="store"))
    with app.server.test_request_context("/"):
        app._setup_server()  # type: ignore[no-untyped-call]  # Dash has no types
    return DashFiles(app)


def _ask(files: DashFiles, name: str) -> Response:
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": []})
    return asyncio.run(files.respond(request, name))


def test_made_up_fingerprints_cost_no_memory(files: DashFiles) -> None:
    plain = _ask(files, RENDERER)
    assert (plain.status_code, plain.headers["cache-control"]) == (200, "no-cache")
    kept = len(files)
    for number in range(20):
        answer = _ask(files, RENDERER.replace(".min", f".v{number}m{number}.min"))
        assert "immutable" in answer.headers["cache-control"]
        assert answer.body == plain.body
    assert len(files) == kept


@pytest.mark.parametrize(
    "name",
    ["dash/dash.py", "dash/../app.py", "os/path", "dash", "", "dash/%2e%2e/app.py", "x" * 5000],
)
def test_other_names_are_not_found_without_a_word(
    files: DashFiles, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept = len(files)
    assert _ask(files, name).status_code == 404
    assert caplog.records == []
    assert len(files) == kept
