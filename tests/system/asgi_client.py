"""Requests to the whole application in this process, past any network: for gates and routes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp


@dataclass
class Said:
    """An answer; ``headers`` keep every value of a name."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """All values of a header, joined; empty for none."""
        return "; ".join(value for key, value in self.headers if key == name)

    @property
    def data(self) -> Any:
        return orjson.loads(self.body)


def ask(
    app: ASGIApp,
    address: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Said:
    """One request from this machine and its whole answer."""
    path, _, query = address.partition("?")
    given = {"host": "wall.test", **(headers or {})}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("wall.test", 80),
        "headers": [(key.encode(), value.encode()) for key, value in given.items()],
    }  # fmt: skip
    return asyncio.run(_ask(app, scope, body))


async def _ask(app: ASGIApp, scope: dict[str, Any], body: bytes) -> Said:
    said = Said()
    parts = [body]

    async def receive() -> dict[str, Any]:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.status = message["status"]
            said.headers = [
                (key.decode().lower(), value.decode("latin-1")) for key, value in message["headers"]
            ]
        elif message["type"] == "http.response.body":
            said.body += message.get("body", b"")

    await app(scope, receive, send)
    return said
