"""The shelf: one computation a key and version, shared by all viewers, kept through failures."""

from __future__ import annotations

import gzip
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import brotli
import orjson
from flask_caching import Cache

_LOG = logging.getLogger(__name__)
_MOST_ENTRIES = 2000


class NoAnswerError(LookupError):
    """The question has no answer, as for an area that does not exist: told to the caller at once,
    never covered by an older document."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A JSON document, compressed once for everybody. ``etag`` depends on the content alone."""

    version: Hashable
    etag: str
    plain: bytes
    gzipped: bytes
    brotlied: bytes

    @property
    def data(self) -> Any:
        return orjson.loads(self.plain)


def make_document(
    content: Any, *, version: Hashable, changing: frozenset[str] = frozenset()
) -> Document:
    """Serialise and compress. Top-level fields in ``changing`` (clocks, the version itself) do not
    enter the etag, so that a page whose numbers did not move gets a 304."""
    plain = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)
    stable = (
        orjson.dumps({key: value for key, value in content.items() if key not in changing})
        if changing
        else plain
    )
    return Document(
        version=version,
        etag=hashlib.blake2b(stable, digest_size=12).hexdigest(),
        plain=plain,
        gzipped=gzip.compress(plain, 5),
        brotlied=brotli.compress(plain, quality=5),
    )


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    document: Document | None = None
    made_at: float = 0.0
    error: Exception | None = None  # of the newest try; None after a good one
    failures: int = 0


class Shelf:
    """Documents by key. ``shared`` is Flask-Caching's store (file system or Redis), so that several
    processes compute a version once; this process keeps its own copies in front of it. A shared
    store that is away costs the sharing and nothing else."""

    def __init__(self, shared: Cache | None = None) -> None:
        self._shared = shared
        self._is_shared_away = False
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, version: Hashable, make: Callable[[], Document]) -> Document:
        """The document of ``key`` at ``version``, computed at most once at a time.

        When ``make`` fails the last good document is returned, with its own older version; without
        one the error goes to the caller. Whoever waited for a try that failed shares its failure. A
        failure and its end are logged once a key. NoAnswerError always goes to the caller.
        """
        slot = self._slot(key)
        failures = slot.failures
        if slot.document is not None and slot.document.version == version:
            return slot.document
        with slot.lock:
            if slot.document is not None and slot.document.version == version:
                return slot.document
            if slot.failures == failures:
                self._fill(slot, key, version, make)
            if slot.document is None:
                raise slot.error or NoAnswerError(repr(key))
            return slot.document

    def _fill(
        self, slot: _Slot, key: Hashable, version: Hashable, make: Callable[[], Document]
    ) -> None:
        try:
            slot.document = self._from_shared(key, version) or self._made(key, version, make)
        except NoAnswerError:
            with self._guard:
                self._slots.pop(key, None)  # a scan of made-up names must not push others out
            raise
        except Exception as error:
            if slot.error is None:
                _LOG.warning("cannot compute %s; tried again when asked", key, exc_info=True)
            slot.error, slot.failures = error, slot.failures + 1
            return
        if slot.error is not None:
            _LOG.info("%s can be computed again", key)
        slot.error, slot.made_at = None, time.monotonic()

    def kept(self, key: Hashable, *, seconds: float) -> Document | None:
        """The document of ``key`` this process has, of whatever version, if it was made within so
        many seconds; nothing is computed."""
        slot = self._slots.get(key)
        if slot is None or slot.document is None or time.monotonic() - slot.made_at > seconds:
            return None
        return slot.document

    def pause(self, key: Hashable, version: Hashable, seconds: float) -> float:
        """How long to wait before asking for ``key``, so that it is not computed more often than
        every ``seconds``; 0 for a document that is current, old enough or not there."""
        slot = self._slots.get(key)
        if slot is None or slot.document is None or slot.document.version == version:
            return 0.0
        return max(0.0, slot.made_at + seconds - time.monotonic())

    def _slot(self, key: Hashable) -> _Slot:
        with self._guard:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > _MOST_ENTRIES:
                self._slots.popitem(last=False)
            return slot

    def _from_shared(self, key: Hashable, version: Hashable) -> Document | None:
        kept = self._ask_shared(lambda shared: shared.get(_name(key)))
        return kept if isinstance(kept, Document) and kept.version == version else None

    def _made(self, key: Hashable, version: Hashable, make: Callable[[], Document]) -> Document:
        document = make()
        if document.version == version:
            self._ask_shared(lambda shared: shared.set(_name(key), document, timeout=600))
        return document

    def _ask_shared(self, question: Callable[[Cache], Any]) -> Any:
        """The shared store's answer, None without one; its failure and return are logged once."""
        if self._shared is None:
            return None
        try:
            answer = question(self._shared)
        except Exception as error:
            if not self._is_shared_away:
                _LOG.warning("the shared cache does not answer: %s", error)
            self._is_shared_away = True
            return None
        if self._is_shared_away:
            _LOG.info("the shared cache answers again")
        self._is_shared_away = False
        return answer


def _name(key: Hashable) -> str:
    return hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()
