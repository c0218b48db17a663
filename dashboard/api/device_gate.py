"""The gate of wall screens 设备令牌门禁: a request that carries a device cookie gets only the wall.

One ASGI application around the whole product, so that no route can be forgotten: what is not named
here is refused. A screen enters by ``/wall/enter/<token>`` or ``/wall/<profile>?token=…``; the
token goes into a cookie that scripts cannot read and no other site can send, and out of the
address.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.screen_note import note_page
from dashboard.readings.wall_tokens import COOKIE, Holder, TokenBook
from dashboard.runtime.same_origin import is_own_request

DEVICE: Final = "yiwang.device"  # the Holder of a let-in screen, in the ASGI scope
_ENTER: Final = "/wall/enter/"
_LEAVE: Final = "/wall/leave"
_YEAR: Final = 365 * 24 * 3600
# The wall's page, its documents, geometry, assets, live ticks and heartbeat. Nothing of Dash: the
# wall's page runs without it, and Dash's one address would answer for every page.
_PAGE: Final = re.compile(r"/wall(/[a-z0-9-]{1,40})?/?")
_FILES: Final = re.compile(r"/assets/.+|/favicon\.ico")
_HEARTBEAT: Final = re.compile(r"/api/screens/[a-z0-9-]+")
_DOCUMENTS: Final = re.compile(
    r"/api/(live|tick|chain|map-values|wall(/[a-z0-9/-]+)?)|/geometry/[0-9a-f]+\.json"
)


def is_wall_page(path: str) -> bool:
    """Whether this is the address of a wall."""
    return _PAGE.fullmatch(path) is not None and path.rstrip("/") != _LEAVE


def is_wall_address(path: str, method: str) -> bool:
    """Whether a screen with nothing but a device token may ask for this."""
    if _HEARTBEAT.fullmatch(path):
        return method in ("GET", "POST")
    found = is_wall_page(path) or any(one.fullmatch(path) for one in (_FILES, _DOCUMENTS))
    return found and method in ("GET", "HEAD")


class DeviceGate:
    """Lets screens in, and lets them nowhere else.

    ``required``: the wall opens for nobody without a token; ``contact``: whom a note tells people
    to ask. Accounts can stand behind this gate: what carries no device cookie passes untouched,
    except for the wall itself.
    """

    def __init__(self, app: ASGIApp, book: TokenBook, *, required: bool, contact: str) -> None:
        self.product = app
        self.book = book
        self._required = required
        self._contact = contact

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on with the holder in the scope."""
        if scope["type"] != "http":
            await self.product(scope, receive, send)
            return
        request = Request(scope)
        answer = await self._answer(request)
        if answer is None and DEVICE in scope and is_wall_page(request.url.path):
            send = _renewing(request, send)
        await (answer or self.product)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What the gate says itself; None: the product answers."""
        path, method = request.url.path, request.method
        if path == _LEAVE and method == "POST":
            return _leave(request)
        given = _given_token(request)
        if given:
            return await self._enter(request, given)
        token = request.cookies.get(COOKIE)
        if token is None:
            if self._required and is_wall_page(path):
                return self._note("missing", Holder(standing="unknown"))
            return None
        holder = await run_in_threadpool(self.book.holder, token)
        if not is_wall_address(path, method):
            return self._elsewhere(request, holder)
        if self._is_let_in(holder) or _FILES.fullmatch(path):
            request.scope[DEVICE] = holder
            return None
        return self._refused(path, holder)

    def _is_let_in(self, holder: Holder) -> bool:
        if holder.standing == "valid":
            return True
        return holder.standing in ("unknown", "unread") and not self._required

    async def _enter(self, request: Request, token: str) -> Response:
        """Take the token out of the address into the cookie."""
        holder = await run_in_threadpool(self.book.holder, token)
        if holder.standing != "valid":
            return self._note(holder.standing, holder)
        path = request.url.path
        if path.startswith(_ENTER):
            path = f"/wall/{quote(holder.profile)}" if holder.profile else "/wall"
        kept = [(name, value) for name, value in request.query_params.multi_items()]
        query = urlencode([(name, value) for name, value in kept if name != "token"])
        response = RedirectResponse(path + (f"?{query}" if query else ""), status_code=303)
        _give_cookie(response, request, token)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _refused(self, path: str, holder: Holder) -> Response:
        if is_wall_page(path):
            return self._note(holder.standing, holder)
        said = {"token": holder.standing, "name": holder.name, "contact": self._contact}
        if _HEARTBEAT.fullmatch(path):  # the wall on screen learns from its heartbeat
            return _json(said, 200)
        return _json({"error": {"code": "token", "message": "设备令牌无效 no valid token"}}, 403)

    def _elsewhere(self, request: Request, holder: Holder) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return self._note("elsewhere", holder)
        return _json({"error": {"code": "wall_only", "message": "仅限大屏 the wall only"}}, 403)

    def _note(self, kind: str, holder: Holder) -> Response:
        return note_page(kind, name=holder.name, contact=self._contact)


def _give_cookie(response: Response, request: Request, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=_YEAR, path="/", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def _renewing(request: Request, send: Send) -> Send:
    """Give the cookie anew with the wall's page: browsers forget any after some four hundred days,
    and a wall runs for longer."""
    carrier = Response()
    _give_cookie(carrier, request, request.cookies[COOKIE])
    cookie = carrier.headers["set-cookie"].encode("latin-1")

    async def renew(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", []), (b"set-cookie", cookie)]
            message = {**message, "headers": headers}
        await send(message)

    return renew


def _given_token(request: Request) -> str:
    path = request.url.path
    if request.method not in ("GET", "HEAD"):
        return ""
    if path.startswith(_ENTER):
        return path.removeprefix(_ENTER)
    return request.query_params.get("token", "") if is_wall_page(path) else ""


def _leave(request: Request) -> Response:
    """A desk that was made a wall by mistake: back to the product."""
    host = request.headers.get("host", "")
    if not is_own_request(request.headers, host):
        return _json({"error": {"code": "origin", "message": "来源不符 another site"}}, 403)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _json(content: object, status: int) -> Response:
    return Response(
        orjson.dumps(content),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
