"""Device tokens at the gate: a screen reaches the wall and nothing else, through every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dash
import orjson
import pytest
from starlette.routing import Mount, Route

from dashboard.api.device_gate import DeviceGate, is_wall_address
from dashboard.app_factory import create_asgi
from dashboard.readings.wall_tokens import COOKIE, Clerk, issue_token, revoke_token
from dashboard.settings import Settings
from data_access.engine import begin_read, open_engine
from data_access.screen_tokens import read_tokens
from data_access.screens import read_screens
from tests.system.asgi_client import Said, ask
from tests.system.product import ROOT, copied

CLERK = Clerk(name="值班长", origin="test", now=datetime(2026, 11, 22, tzinfo=UTC))
REPORT = {
    "profile": "default", "version": 3, "build": "b", "as_of_ms": 1_795_000_000_000,
    "painted_ms": 1_795_000_000_500, "state": "live", "heap": 9_000_000, "skew_ms": -40,
    "viewport": "1920×1080@1", "paints": [[3, "990100|today|zh|b", "e560fb11"]],
}  # fmt: skip
OWN = {"origin": "http://wall.test"}
# What a wall may ask for; every other route of the product must refuse it.
WALL = {"/wall", "/wall/default", "/api/tick", "/api/live", "/api/chain", "/api/wall",
        "/api/map-values", "/geometry/0a.json", "/assets/icon.svg",
        "/api/screens/a-screen-1"}  # fmt: skip
SAMPLES = {"profile": "default", "name": "icon.svg", "etag": "0a", "code": "a-screen-1"}
SAMPLES |= {"filename": "icon.svg", "path": "icon.svg"}


@pytest.fixture(scope="module")
def settings(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("gate")
    return Settings(
        database_url=copied(demo_store, folder),
        data_dir=str(folder / "var"),
        cache_dir=str(folder / "cache"),
        wall_tokens="required",
        wall_contact="运维值班 8000",
    )


@pytest.fixture(scope="module")
def gate(settings: Settings) -> Iterator[DeviceGate]:
    made = create_asgi(settings, pages_folder=str(ROOT / "pages"))
    assert isinstance(made, DeviceGate)
    yield made


def _token(gate: DeviceGate, settings: Settings, name: str = "三楼大屏", profile: str = "") -> str:
    engine = open_engine(settings.database_url)
    issued = issue_token(engine, name, profile, CLERK)
    engine.dispose()
    gate.book.forget()
    return issued.token


def _as_screen(gate: DeviceGate, address: str, token: str, **more: Any) -> Said:
    headers = {"cookie": f"{COOKIE}={token}", **more.pop("headers", {})}
    return ask(gate, address, headers=headers, **more)


def _addresses(gate: DeviceGate) -> Iterator[str]:
    """Every route there is: Starlette's, Flask's and Dash's pages."""
    product: Any = gate.product
    for route in product.routes:
        if isinstance(route, Route):
            yield _filled(route.path)
        if isinstance(route, Mount):
            server: Any = route.app
            yield from (_filled(rule.rule) for rule in server.app.url_map.iter_rules())
    for page in dash.page_registry.values():
        yield _filled(page["path_template"] or page["path"] or "/nowhere")


def _filled(path: str) -> str:
    names = re.compile(r"[{<](?:\w+:)?(\w+)(?::\w+)?[}>]")
    return names.sub(lambda found: SAMPLES.get(found[1], "x"), path)


def test_a_screen_gets_the_wall_and_nothing_else(gate: DeviceGate, settings: Settings) -> None:
    token = _token(gate, settings)
    addresses = set(_addresses(gate))
    assert len(addresses) > 25
    assert {"/", "/cases", "/system", "/api/board", "/_dash-update-component"} <= addresses
    for address in sorted(addresses - WALL):
        for method in ("GET", "POST"):
            said = _as_screen(gate, address, token, method=method)
            assert said.status == 403, (method, address)
    assert addresses >= WALL
    for address in WALL:
        assert is_wall_address(address, "GET")
        assert is_wall_address(address, "POST") == address.startswith("/api/screens/")
    for address in WALL - {"/api/live"}:
        assert _as_screen(gate, address, token).status != 403, address


def test_entering_puts_the_token_into_a_cookie(gate: DeviceGate, settings: Settings) -> None:
    token = _token(gate, settings, profile="wall-2x2")
    for address, clean in (
        (f"/wall/enter/{token}", "/wall/wall-2x2"),
        (f"/wall/led?token={token}&lang=en", "/wall/led?lang=en"),
    ):
        said = ask(gate, address)
        assert (said.status, said.header("location")) == (303, clean)
        cookie = said.header("set-cookie").lower()
        assert token.lower() in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "secure" not in cookie  # over plain HTTP the browser would drop it
    page = _as_screen(gate, "/wall", token)
    assert page.status == 200
    assert "_dash-config" not in page.body.decode()  # a wall runs on our own scripts alone
    assert token in page.header("set-cookie")  # renewed, for walls that run for years
    assert "frame-src 'self'" in page.header("content-security-policy")


def test_no_token_and_wrong_tokens_get_a_calm_note(gate: DeviceGate, settings: Settings) -> None:
    for said in (
        ask(gate, "/wall"),
        ask(gate, "/wall/enter/nonsense"),
        _as_screen(gate, "/wall", "nonsense"),
    ):
        text = said.body.decode()
        assert said.status == 403
        assert "运维值班 8000" in text
        assert "<input" not in text  # nobody is asked to sign in
        assert "set-cookie" not in dict(said.headers)
    assert ask(gate, "/api/tick").status == 200  # what carries no device cookie is not our matter


def test_a_revoked_token_is_told_by_its_heartbeat(gate: DeviceGate, settings: Settings) -> None:
    token = _token(gate, settings, name="四楼 <大屏>")
    engine = open_engine(settings.database_url)
    with begin_read(engine) as connection:
        newest = read_tokens(connection)[0]
    said = _report(gate, "screen-revoked-1", token)
    assert (said.status, said.data["token"]) == (200, "valid")
    assert revoke_token(engine, newest.token_id, CLERK)
    assert not revoke_token(engine, newest.token_id, CLERK)
    engine.dispose()
    gate.book.forget()
    said = _report(gate, "screen-revoked-1", token)
    assert said.data == {"token": "revoked", "name": "四楼 <大屏>", "contact": "运维值班 8000"}
    assert _as_screen(gate, "/api/wall", token).status == 403
    page = _as_screen(gate, "/wall", token)
    assert page.status == 403
    assert "此屏幕的令牌已停用" in page.body.decode()
    assert "四楼 &lt;大屏&gt;" in page.body.decode()


def test_leaving_needs_a_request_of_this_origin(gate: DeviceGate, settings: Settings) -> None:
    token = _token(gate, settings)
    stranger = {"origin": "http://elsewhere.test"}
    assert _as_screen(gate, "/wall/leave", token, method="POST", headers=stranger).status == 403
    said = _as_screen(gate, "/wall/leave", token, method="POST", headers=OWN)
    assert said.status == 303
    assert f'{COOKIE}=""' in said.header("set-cookie")


def _report(gate: DeviceGate, code: str, token: str = "", **more: Any) -> Said:
    body = orjson.dumps({**REPORT, **more})
    headers = OWN | ({"cookie": f"{COOKIE}={token}"} if token else {})
    return ask(gate, f"/api/screens/{code}", method="POST", body=body, headers=headers)


def test_reports_are_kept_bounded_and_paced(gate: DeviceGate, settings: Settings) -> None:
    first = _report(gate, "screen-a-1")
    assert first.data["is_kept"]
    assert _report(gate, "screen-a-1").status == 429
    assert _report(gate, "screen-b-1", heap="much").status == 400
    assert _report(gate, "screen-c-1", viewport="x" * 9000).status == 400
    assert _report(gate, "BAD").status == 404
    stranger = {"origin": "http://elsewhere.test"}
    said = ask(gate, "/api/screens/screen-d-1", method="POST", body=b"{}", headers=stranger)
    assert said.status == 403
    engine = open_engine(settings.database_url)
    with begin_read(engine) as connection:
        kept = {row["code"]: row for row in read_screens(connection)}
    engine.dispose()
    assert kept["screen-a-1"]["screen_id"] == first.data["screen"]
    assert kept["screen-a-1"]["paints"] == REPORT["paints"]
    assert not {"screen-b-1", "screen-c-1", "screen-d-1"} & set(kept)
    assert ask(gate, "/api/screens/screen-a-1").data["silent_s"] <= 60
    assert ask(gate, "/api/screens/never-seen-1").data == {"silent_s": None}
