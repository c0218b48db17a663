"""Putting the web application together: Dash for pages, Starlette for everything live.

One ASGI application on one origin. Ticks, boards, geometry and files are answered without Dash;
pages and callbacks go to Dash's Flask server in a thread pool.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Imported before any thread serves: Plotly and Dash import them lazily, and two first requests at
# once could meet half-imported modules.
import numpy  # noqa: F401
import pandas  # noqa: F401
from a2wsgi import WSGIMiddleware
from dash import Dash
from flask import Flask, request
from flask import Response as FlaskResponse
from flask_caching import Cache
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from dashboard import __version__
from dashboard.api.assets import AssetShelf
from dashboard.api.cases import case_routes
from dashboard.api.dash_files import PREFIX as DASH_FILES
from dashboard.api.dash_files import DashFiles
from dashboard.api.device_gate import DeviceGate, is_wall_page
from dashboard.api.live import create_live_app
from dashboard.api.notices import notice_route
from dashboard.api.screens import screen_routes
from dashboard.kpis.catalogue import CATALOGUE
from dashboard.readings.case_page import knows_case
from dashboard.readings.reader import Reader
from dashboard.readings.wall_tokens import COOKIE, TokenBook
from dashboard.settings import Settings
from dashboard.shell.acting import register_acting
from dashboard.shell.callbacks import register_shell_callbacks
from dashboard.shell.document import ASSETS_IGNORE, html_document, own_scripts, own_styles
from dashboard.shell.first_paint import first_paint_at, is_page
from dashboard.shell.layout import shell_layout
from dashboard.words import known_language
from data_access.engine import open_engine

ASSETS = Path(__file__).resolve().parent.parent / "assets"
_POLICY = (
    "default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {framed}; frame-src {framed}; object-src 'none'"
)


def create_asgi(settings: Settings, *, pages_folder: str) -> ASGIApp:
    """The whole web application for uvicorn; nothing else is needed to serve it.

    ``pages_folder``: where Dash finds the page modules. The database may be away: pages then say so
    and recover by themselves.
    """
    files = AssetShelf(ASSETS, "/assets/")
    server = Flask("yiwang", static_folder=None)
    reader = _make_reader(settings, server, build=f"{__version__}-{files.fingerprint}")
    dash_files = DashFiles(_make_dash(reader, server, files, pages_folder))
    live = create_live_app(reader)

    async def own_file(request: Request) -> Response:
        return files.respond(request, request.path_params["name"])

    async def dash_file(request: Request) -> Response:
        return await dash_files.respond(request, request.path_params["name"])

    product = Starlette(
        routes=[
            Route("/assets/{name:path}", own_file),
            Route(DASH_FILES + "{name:path}", dash_file),
            *live.routes,
            *case_routes(reader),
            notice_route(reader),
            *screen_routes(reader),
            Mount("/", WSGIMiddleware(server, workers=8)),
        ],
        lifespan=live.router.lifespan_context,
    )
    return DeviceGate(
        product,
        TokenBook(reader.engine),
        required=settings.wall_tokens == "required",
        contact=settings.wall_contact,
    )


def _make_reader(settings: Settings, server: Flask, *, build: str) -> Reader:
    shared = Cache(
        server,  # Flask-Caching finds its store through the application that is asked
        config={
            "CACHE_TYPE": "RedisCache" if settings.redis_url else "FileSystemCache",
            "CACHE_REDIS_URL": settings.redis_url,
            "CACHE_DIR": settings.cache_dir,
            "CACHE_KEY_PREFIX": "yiwang:",
            "CACHE_THRESHOLD": 2000,
            "CACHE_DEFAULT_TIMEOUT": 600,
        },
    )
    return Reader(open_engine(settings.database_url), settings, build=build, shared=shared)


class _YiwangDash(Dash):
    """Dash with our own HTML document around it."""

    write_index: Callable[[dict[str, str]], str]

    def index(self, *args: Any, **more: Any) -> Any:
        """Dash's page, except on a wall's device: it runs for weeks on our own scripts alone."""
        if COOKIE in request.cookies:
            return self.write_index({})
        return super().index(*args, **more)

    def interpolate_index(  # the names are Dash's
        self,
        metas: str = "",
        title: str = "",
        css: str = "",
        config: str = "",
        scripts: str = "",
        app_entry: str = "",
        favicon: str = "",
        renderer: str = "",
    ) -> str:
        """Called by Dash for every page; title and icon are our own."""
        return self.write_index(
            {
                "metas": metas,
                "css": css,
                "config": config,
                "scripts": scripts,
                "app_entry": app_entry,
                "renderer": renderer,
            }
        )


def _make_dash(reader: Reader, server: Flask, files: AssetShelf, pages_folder: str) -> Dash:
    server.extensions["yiwang"] = reader
    app = _YiwangDash(
        "yiwang",
        server=server,
        use_pages=True,
        pages_folder=pages_folder,
        assets_folder=str(ASSETS),
        assets_ignore=ASSETS_IGNORE,
        suppress_callback_exceptions=True,  # a page's own ids appear only once it is routed to
        title=reader.settings.title,
        update_title=None,
        serve_locally=True,
    )
    app.layout = shell_layout
    app.write_index = _index_writer(reader, files)
    register_shell_callbacks(app)
    register_acting(app)
    with server.test_request_context("/"):
        # Before the first request: under threads a fresh worker could answer 500 for a script.
        app._setup_server()
    server.after_request(_header_writer(reader, app))
    return app


def _index_writer(reader: Reader, files: AssetShelf) -> Callable[[dict[str, str]], str]:
    styles, scripts = own_styles(ASSETS), own_scripts(ASSETS)

    def write_index(dash_parts: dict[str, str]) -> str:
        query = request.args.to_dict()
        return html_document(
            title=reader.settings.title,
            lang=known_language(query.get("lang"), reader.settings.language),
            first_paint=first_paint_at(request.path, query),
            styles=styles,
            scripts=scripts,
            asset_url=files.address,
            dash_parts=dash_parts,
        )

    return write_index


_AREA_PAGE = re.compile(r"^/area/([^/]+)/?$")
_CASE_PAGE = re.compile(r"^/case/([^/]+)/?$")
_KPI_PAGE = re.compile(r"^/kpis/([^/]+)/?$")


def _header_writer(reader: Reader, app: Dash) -> Callable[[FlaskResponse], FlaskResponse]:
    def write_headers(response: FlaskResponse) -> FlaskResponse:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if response.mimetype == "text/html":
            # Dash adds its router's inline script with the first request, so not before.
            hashes = " ".join(app.csp_hashes())
            framed = "'self'" if is_wall_page(request.path) else "'none'"  # a second layer
            policy = _POLICY.format(hashes=hashes, framed=framed)
            response.headers["Content-Security-Policy"] = policy
            response.headers["Cache-Control"] = "no-cache"
            if _is_missing(reader, request.path):
                response.status_code = 404
        return response

    return write_headers


def _is_missing(reader: Reader, path: str) -> bool:
    area, kpi = _AREA_PAGE.match(path), _KPI_PAGE.match(path)
    if kpi and kpi.group(1) not in CATALOGUE:
        return True
    try:
        if case := _CASE_PAGE.match(path):
            return not knows_case(reader, case.group(1))
        return not is_page(path) or bool(area and not reader.knows_area(area.group(1)))
    except SQLAlchemyError:
        return False  # cannot be known now, and the page itself says so
