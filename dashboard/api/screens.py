"""What wall screens ask for and report besides the wall itself: heartbeat 心跳 and chain 数据链."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.api.device_gate import DEVICE
from dashboard.readings.chain import Chain
from dashboard.readings.reader import Reader
from dashboard.readings.screen_reports import (
    BadReportError,
    is_screen_code,
    parse_report,
    save_report,
    silent_seconds,
)
from dashboard.runtime.same_origin import is_own_request
from data_access.screens import TooManyScreensError

_LARGEST_BODY: Final = 8192
_LEAST_SECONDS: Final = 2.0  # a screen reports every ten
_MOST_AT_ONCE: Final = 4
_MOST_REMEMBERED: Final = 1000


class Pace:
    """How often each screen may report; any thread may ask."""

    def __init__(self, least_seconds: float = _LEAST_SECONDS) -> None:
        self._least_seconds = least_seconds
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def allows(self, code: str, now: float) -> bool:
        """Whether ``code`` may report at this moment of a monotonic clock; it then has."""
        with self._lock:
            if now - self._last.get(code, float("-inf")) < self._least_seconds:
                return False
            if len(self._last) >= _MOST_REMEMBERED:
                self._last.clear()
            self._last[code] = now
            return True


def screen_routes(reader: Reader) -> list[Route]:
    """``POST`` and ``GET /api/screens/<code>`` and ``GET /api/chain``."""
    pace, chain, hands = Pace(), Chain(), threading.BoundedSemaphore(_MOST_AT_ONCE)

    async def report(request: Request) -> Response:
        code = request.path_params["code"]
        if not is_own_request(request.headers, request.headers.get("host", "")):
            return _error("origin", 403)
        if not is_screen_code(code):
            return _error("code", 404)
        if not pace.allows(code, time.monotonic()):
            return _error("pace", 429)
        try:
            body = orjson.loads(await _body(request))
            parsed = parse_report(body, browser=request.headers.get("user-agent", ""))
        except (BadReportError, orjson.JSONDecodeError):
            return _error("report", 400)
        if not hands.acquire(blocking=False):
            return _error("busy", 503)
        try:
            return await run_in_threadpool(_keep, reader, request, code, parsed)
        finally:
            hands.release()

    async def look(request: Request) -> Response:
        code = request.path_params["code"]
        if not is_screen_code(code):
            return _error("code", 404)
        try:
            silent = await run_in_threadpool(silent_seconds, reader, code)
        except (SQLAlchemyError, OSError):
            return _error("unavailable", 503)
        return _json({"silent_s": silent})

    async def links(_request: Request) -> Response:
        try:
            return _json(await run_in_threadpool(chain.latest, reader))
        except SQLAlchemyError:
            return _error("unavailable", 503)

    return [
        Route("/api/screens/{code}", report, methods=["POST"]),
        Route("/api/screens/{code}", look),
        Route("/api/chain", links),
    ]


async def _body(request: Request) -> bytes:
    """The body, of a bounded size whatever its length claims. Raises BadReportError."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _LARGEST_BODY:
            raise BadReportError("too large")
        parts.append(part)
    return b"".join(parts)


def _keep(reader: Reader, request: Request, code: str, report: dict[str, Any]) -> Response:
    """Keep the report and say how the screen stands. A store that is away is no error to a screen:
    its console stays clean, and the next report comes in ten seconds."""
    device = request.scope.get(DEVICE)
    said: dict[str, Any] = {"token": device.standing if device else "none", "screen": None}
    try:
        token_id = device.token_id if device else None
        said["screen"] = save_report(reader, code, report, token_id=token_id)
    except TooManyScreensError:
        return _error("many", 503)
    except (SQLAlchemyError, OSError):
        pass
    return _json({**said, "is_kept": said["screen"] is not None})


def _error(code: str, status: int) -> Response:
    return _json({"error": {"code": code, "message": code}}, status)


def _json(content: object, status: int = 200) -> Response:
    return Response(
        orjson.dumps(content),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
