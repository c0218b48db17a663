"""Downloading a notice 公文下载: the right is asked for again at every download."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.readings.notice_papers import UnknownNoticeError, read_paper
from dashboard.readings.reader import Reader
from dashboard.readings.scope import OutsideScopeError
from dashboard.readings.thresholds import EditingOffError

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def notice_route(reader: Reader) -> Route:
    """``GET /api/notices/<id>.docx``: a paper that was issued, for whom acting is allowed."""

    async def notice(request: Request) -> Response:
        return await run_in_threadpool(_answer, reader, request.path_params["notice_id"])

    return Route("/api/notices/{notice_id:int}.docx", notice)


def _answer(reader: Reader, notice_id: int) -> Response:
    # Imported here: the writer of DOCX is large, and most processes never write one.
    from dashboard.papers.notice import notice_docx

    try:
        number, paper = read_paper(reader, notice_id)
    except EditingOffError:
        return _refused("editing is off 编辑功能未开启", 403)
    except (UnknownNoticeError, OutsideScopeError):
        return _refused("there is no such notice 没有这份通知", 404)
    except Exception:  # the database is away; the caller gets no inner words
        return _refused("the notice cannot be read now 暂时无法读取", 503)
    name = quote(f"{number}.docx")
    return Response(
        notice_docx(paper, at=paper["issued_at"]),
        media_type=_DOCX,
        headers={
            "Content-Disposition": f"attachment; filename=\"notice.docx\"; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _refused(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
