"""Own files and Dash's: compressed once at start, immutable where the address has a fingerprint."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cached_property
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.encoding import encoded_response

_YEAR = "public, max-age=31536000, immutable"
_TEXT = (".js", ".css", ".svg", ".json", ".txt", ".html")


class Asset:
    """One file with its encodings, made when first asked for."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self.plain = content
        self.media_type = media_type
        self.digest = hashlib.blake2b(content, digest_size=8).hexdigest()

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.plain, 9)

    @cached_property
    def brotlied(self) -> bytes:
        # 9 and not 11: the chart library would cost four seconds of the first visitor's time.
        encoded: bytes = brotli.compress(self.plain, quality=9)
        return encoded


def asset_response(request: Request, asset: Asset, *, is_text: bool, immutable: bool) -> Response:
    """The asset in the best encoding the browser takes, or 304."""
    response = encoded_response(
        request,
        asset,
        etag=asset.digest,
        media_type=asset.media_type,
        cache=_YEAR if immutable else "no-cache",
        compressed=is_text,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class AssetShelf:
    """The files of one folder, read once; addresses carry a fingerprint (``?m=digest``)."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._prefix = prefix
        self._assets = {
            file.relative_to(folder).as_posix(): Asset(file.read_bytes(), _media_type(file))
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        }

    def address(self, name: str) -> str:
        """The fingerprinted address of a file. Raises KeyError for a file that is not there."""
        return f"{self._prefix}{name}?m={self._assets[name].digest}"

    @property
    def fingerprint(self) -> str:
        """One value that changes with any file: part of the program's build id."""
        digests = "".join(f"{name}{asset.digest}" for name, asset in self._assets.items())
        return hashlib.blake2b(digests.encode(), digest_size=6).hexdigest()

    def respond(self, request: Request, name: str) -> Response:
        """The file, compressed; 404 for any other name, whatever it looks like."""
        asset = self._assets.get(name)
        if asset is None:
            return Response("not found", status_code=404, media_type="text/plain")
        is_current = request.query_params.get("m") == asset.digest
        return asset_response(request, asset, is_text=name.endswith(_TEXT), immutable=is_current)


def _media_type(file: Path) -> str:
    if file.suffix == ".js":
        return "text/javascript"
    if file.suffix == ".woff2":
        return "font/woff2"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
