"""One answer for everything that is compressed once: the best encoding, or 304."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response


class Encoded(Protocol):
    """Content with its encodings, however and whenever they are made."""

    @property
    def plain(self) -> bytes: ...

    @property
    def gzipped(self) -> bytes: ...

    @property
    def brotlied(self) -> bytes: ...


def encoded_response(
    request: Request,
    content: Encoded,
    *,
    etag: str,
    media_type: str,
    cache: str,
    compressed: bool = True,
) -> Response:
    """``content`` in the best encoding the browser takes, or 304 where it has this ``etag``.

    ``cache``: the Cache-Control header; ``compressed``: False for what is compressed already.
    """
    quoted = f'"{etag}"'
    headers = {"ETag": quoted, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if quoted in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    accepted = request.headers.get("accept-encoding", "") if compressed else ""
    body = content.plain
    if "br" in accepted:
        body, headers["Content-Encoding"] = content.brotlied, "br"
    elif "gzip" in accepted:
        body, headers["Content-Encoding"] = content.gzipped, "gzip"
    return Response(body, media_type=media_type, headers=headers)
