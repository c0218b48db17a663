"""Dash's own scripts, compressed like ours."""

from __future__ import annotations

from dash import Dash
from dash.fingerprint import check_fingerprint
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.assets import Asset, asset_response

PREFIX = "/_dash-component-suites/"


class DashFiles:
    """Each file taken from Dash and compressed once; immutable where its name has a fingerprint.

    Files are kept by their own names: Dash answers for any fingerprint, so that keeping them by
    address would let anybody fill the memory. Files Dash has not registered are not asked for.
    """

    def __init__(self, app: Dash) -> None:
        self._app = app
        self._assets: dict[str, Asset] = {}

    def __len__(self) -> int:
        return len(self._assets)

    async def respond(self, request: Request, name: str) -> Response:
        """The file ``name``, "package/path/file.js" with or without fingerprint, or 404."""
        plain_name, has_fingerprint = check_fingerprint(name)  # type: ignore[no-untyped-call]  # Dash
        package, _, path = plain_name.partition("/")
        if path not in self._app.registered_paths.get(package, ()):
            return Response("not found", status_code=404, media_type="text/plain")
        asset = self._assets.get(plain_name)
        if asset is None:
            taken = await run_in_threadpool(self._take, plain_name)
            asset = self._assets.setdefault(plain_name, taken)
        return asset_response(request, asset, is_text=True, immutable=has_fingerprint)

    def _take(self, name: str) -> Asset:
        answer = self._app.server.test_client().get(PREFIX + name)
        if answer.status_code != 200:
            raise FileNotFoundError(f"Dash has registered {name} and does not serve it")
        return Asset(answer.data, answer.mimetype)
