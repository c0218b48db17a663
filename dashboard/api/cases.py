"""Files and lengths of case lists: ``/export/cases.csv``, ``.xlsx`` and ``/api/cases/count``."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Generator

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.readings.case_export import FORMATS, BusyError, export_chunks
from dashboard.readings.case_question import CaseQuestion, case_question
from dashboard.readings.case_search import count_listing
from dashboard.readings.reader import Reader
from data_access.time_limits import TooSlowError

MOST_COUNTS = 4
_counting = threading.BoundedSemaphore(MOST_COUNTS)
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ERROR_WORDS = {
    "unknown": "There is no such area, category, source, department or list. 没有这样的条件。",
    "busy": "Too much of this runs at once; try again in a minute. 系统繁忙，请稍后再试。",
    "slow": "The list is too long to be counted. 列表过长，未能计数。",
    "unavailable": "The data cannot be read now. 数据暂不可用。",
}


def case_routes(reader: Reader) -> list[Route]:
    """The routes; all of them only read."""

    async def export(request: Request) -> Response:
        return await _export(request, reader)

    async def count(request: Request) -> Response:
        return await _count(request, reader)

    return [Route("/export/cases.{kind}", export), Route("/api/cases/count", count)]


def _question(request: Request, reader: Reader) -> CaseQuestion:
    return case_question(dict(request.query_params), lang=reader.settings.language)


async def _export(request: Request, reader: Reader) -> Response:
    """The list as a file, streamed in one snapshot; all rows of it, whatever page is asked for."""
    kind = request.path_params["kind"]
    if kind not in FORMATS:
        return _error("unknown", 404)
    question = _question(request, reader)
    try:
        chunks = await run_in_threadpool(export_chunks, reader, question, kind)
    except BusyError:
        return _error("busy", 503)
    except LookupError:
        return _error("unknown", 404)
    except Exception:  # the database is away: no inner words leave
        return _error("unavailable", 503)
    return StreamingResponse(
        _closing(chunks),
        media_type=_MEDIA[kind],
        headers={
            "Content-Disposition": f'attachment; filename="cases.{kind}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _closing(chunks: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    """The pieces; whoever goes away in the middle gives the snapshot back."""
    try:
        async for chunk in iterate_in_threadpool(chunks):
            yield chunk
    finally:
        with contextlib.suppress(ValueError):  # a piece is being made: it ends with its own file
            chunks.close()


async def _count(request: Request, reader: Reader) -> Response:
    """The whole length of a list; a few at a time, as counting may take a minute."""
    if not _counting.acquire(blocking=False):
        return _error("busy", 503)
    try:
        total = await run_in_threadpool(count_listing, reader, _question(request, reader))
    except TooSlowError:
        return _error("slow", 503)
    except LookupError:
        return _error("unknown", 404)
    except Exception:  # as above
        return _error("unavailable", 503)
    finally:
        _counting.release()
    return JSONResponse({"total": total}, headers={"Cache-Control": "no-store"})


def _error(code: str, status: int) -> Response:
    content = {"error": {"code": code, "message": _ERROR_WORDS[code]}}
    return JSONResponse(content, status_code=status)
