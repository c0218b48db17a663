"""The live interface: a version tick by server-sent events, documents by conditional requests.

One watcher a process looks at the state row; a browser never causes a query for a tick, and a
document is computed and compressed once for all who ask for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dashboard.api.encoding import encoded_response
from dashboard.readings.map_values import METRICS, UnknownMetricError
from dashboard.readings.reader import Reader
from dashboard.readings.shelf import Document
from dashboard.readings.ticker import Tick
from dashboard.readings.view import UnknownAreaError, UnknownSliceError, slice_codes

HEARTBEAT_SECONDS = 5.0
_JSON = "application/json"
_ERROR_WORDS = {
    "unknown_area": "There is no area with this code. 没有这个编码的区域。",
    "unknown_slice": "There is no category, source or department with this code. 没有这个编码。",
    "unknown_metric": f"The map shows these metrics: {', '.join(METRICS)}.",
    "unknown_geometry": "This geometry is no longer current; ask for a board to get its address.",
    "unavailable": "The data cannot be read now and none were read before. 数据暂不可用。",
}


class Heartbeat:
    """Wakes all open streams of this process at once when the tick moves."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved = asyncio.Event()

    def attach(self) -> None:
        """Bind to the running loop; call from inside it."""
        self._loop = asyncio.get_running_loop()

    def wake(self, _tick: Tick) -> None:
        """Called from the ticker's thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    @property
    def moved(self) -> asyncio.Event:
        """Set at the next move; take it before looking at the tick, so that none is missed."""
        return self._moved

    async def wait(self, moved: asyncio.Event, seconds: float) -> None:
        """Until ``moved`` is set, or this long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(moved.wait(), seconds)


def create_live_app(reader: Reader) -> Starlette:
    """The ASGI application of /api/* and /geometry/*; it starts and stops the reader's ticker."""
    heartbeat = Heartbeat()
    reader.ticker.listen(heartbeat.wake)

    async def live(request: Request) -> Response:
        return StreamingResponse(
            event_stream(request, reader, heartbeat),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def tick(_request: Request) -> Response:
        return _plain(reader.ticker.latest.document(reader.build))

    async def board(request: Request) -> Response:
        return await board_answer(request, reader)

    async def catalogue(request: Request) -> Response:
        query = request.query_params
        area, window, lang = (query.get(name) for name in ("area", "window", "lang"))
        await asyncio.sleep(reader.catalogue_pause(area, window, lang))
        return await _conditional(request, lambda: reader.catalogue_document(area, window, lang))

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        heartbeat.attach()
        await run_in_threadpool(reader.ticker.start)
        yield
        await run_in_threadpool(reader.ticker.stop)

    return Starlette(
        routes=[
            Route("/api/live", live),
            Route("/api/tick", tick),
            Route("/api/board", board),
            Route("/api/catalogue", catalogue),
            Route("/api/map-values", partial(_map_values, reader=reader)),
            Route("/api/wall", partial(_wall, reader=reader)),
            Route("/geometry/{etag}.json", partial(_geometry, reader=reader)),
        ],
        lifespan=lifespan,
    )


async def event_stream(
    request: Request, reader: Reader, heartbeat: Heartbeat
) -> AsyncIterator[bytes]:
    """Ticks as server-sent events: at once, at every move and every HEARTBEAT_SECONDS, until the
    browser has gone."""
    yield b"retry: 2000\n\n"
    while not await request.is_disconnected():
        moved = heartbeat.moved
        tick = reader.ticker.latest.document(reader.build)
        yield b"event: tick\ndata: " + orjson.dumps(tick) + b"\n\n"
        await heartbeat.wait(moved, HEARTBEAT_SECONDS)


async def _conditional(request: Request, make: Callable[[], Document]) -> Response:
    """A document with its etag, 304 where the browser has it already, or an error in our shape."""
    try:
        document = await run_in_threadpool(make)
    except UnknownAreaError:
        return error("unknown_area", 404)
    except UnknownSliceError:
        return error("unknown_slice", 404)
    except UnknownMetricError:
        return error("unknown_metric", 404)
    except Exception:  # the shelf has logged why; the caller gets no inner words
        return error("unavailable", 503)
    return _encoded(request, document, "no-cache")


async def board_answer(request: Request, reader: Reader) -> Response:
    """The board that an address asks for, 304 or an error."""
    query = request.query_params
    area, window, lang = (query.get(name) for name in ("area", "window", "lang"))
    codes = slice_codes(query)
    await asyncio.sleep(reader.board_pause(area, window, lang, codes))
    return await _conditional(
        request, lambda: reader.board_document(area, window, lang, codes=codes)
    )


async def _map_values(request: Request, reader: Reader) -> Response:
    query = request.query_params
    metric, window, lang = (query.get(name) for name in ("metric", "window", "lang"))
    with contextlib.suppress(UnknownMetricError):  # said with the answer
        await asyncio.sleep(reader.map_pause(metric or "", window, lang))
    return await _conditional(request, lambda: reader.map_document(metric or "", window, lang))


async def _wall(request: Request, reader: Reader) -> Response:
    query = request.query_params
    lang = query.get("lang")
    try:
        chosen = await run_in_threadpool(reader.wall_profile, query.get("profile"))
    except SQLAlchemyError:  # whether its area exists cannot be known now
        return error("unavailable", 503)
    await asyncio.sleep(reader.wall_pause(chosen, lang))
    return await _conditional(request, lambda: reader.wall_document(chosen, lang))


async def _geometry(request: Request, reader: Reader) -> Response:
    try:
        document = await run_in_threadpool(reader.geometry_document)
    except Exception:  # as for boards
        return error("unavailable", 503)
    if document is None or request.path_params["etag"] != document.etag:
        return error("unknown_geometry", 404)
    return _encoded(request, document, "public, max-age=31536000, immutable")


def _encoded(request: Request, document: Document, cache: str) -> Response:
    answer = encoded_response(request, document, etag=document.etag, media_type=_JSON, cache=cache)
    if isinstance(document.version, tuple):
        # A 304 has no body to say of which version it is: maybe of an older one that is kept.
        answer.headers["Yiwang-Version"] = str(document.version[0])
    return answer


def _plain(content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), media_type=_JSON, headers={"Cache-Control": "no-store"})


def error(code: str, status: int) -> Response:
    """The one shape of all errors: {"error": {"code", "message"}}."""
    content = orjson.dumps({"error": {"code": code, "message": _ERROR_WORDS[code]}})
    return Response(content, status_code=status, media_type=_JSON)
