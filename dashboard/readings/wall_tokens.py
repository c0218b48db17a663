"""Device tokens 设备令牌 of wall screens: issue, revoke, and know them again at every request.

A wall has no person who could sign in. It holds a token, in a cookie its scripts cannot read, and
with it reaches the wall and nothing else (``dashboard.api.device_gate``).
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data_access import screen_tokens as store
from data_access.actions import Act, write_audit
from data_access.engine import begin_read, begin_write
from data_access.types import is_storable

COOKIE: Final = "yiwang_wall"
LONGEST_NAME: Final = 60
CREATED: Final = "wall_token_create"
REVOKED: Final = "wall_token_revoke"
_PROFILE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SECONDS_KEPT: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Clerk:
    """Who issues or revokes, from where, and when (aware UTC)."""

    name: str
    origin: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A new token; shown once, because only its digest is kept."""

    token_id: int
    token: str


def token_problems(name: str, profile: str, by: str) -> dict[str, str]:
    """What is wrong with what was asked for: field → key of a word."""
    found = {}
    for field, text in (("name", name), ("entered_by", by)):
        if not text.strip():
            found[field] = "form.wrong.missing"
        elif len(text) > LONGEST_NAME or not is_storable(text):
            found[field] = "form.wrong.long"
    if profile and not _PROFILE.fullmatch(profile):
        found["profile"] = "system.wrong.profile"
    return found


def issue_token(engine: Engine, name: str, profile: str, clerk: Clerk) -> Issued:
    """Make a token for one screen, with its row in the audit. Ask ``token_problems`` before."""
    token = secrets.token_urlsafe(32)
    with begin_write(engine) as connection:
        token_id = store.add_token(
            connection, name=name, profile=profile or None, token=token, by=clerk.name,
            now=clerk.now,
        )  # fmt: skip
        after = {"name": name, "profile": profile or None}
        write_audit(connection, _act(clerk), CREATED, subject_id=token_id, after=after)
    return Issued(token_id=token_id, token=token)


def revoke_token(engine: Engine, token_id: int, clerk: Clerk) -> bool:
    """Revoke a token 停用 for good, with its row in the audit; False for none and for one that was
    revoked before."""
    with begin_write(engine) as connection:
        if not store.revoke_token(connection, token_id, by=clerk.name, now=clerk.now):
            return False
        write_audit(connection, _act(clerk), REVOKED, subject_id=token_id)
    return True


def _act(clerk: Clerk) -> Act:
    return Act(
        actor=clerk.name,
        origin=clerk.origin[:200],
        request_key=secrets.token_hex(16),
        acted_at=clerk.now,
    )


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The screen behind a request. ``standing``: valid, revoked, unknown, or unread while the
    database has never answered; the others are None and empty then."""

    standing: str
    token_id: int | None = None
    name: str = ""
    profile: str = ""


class TokenBook:
    """All tokens as last read, looked at again at most every two seconds, and only when asked.

    While the database is away the last reading goes on: walls keep what they show. Any thread may
    ask.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._known: Mapping[bytes, Holder] | None = None
        self._read_at = float("-inf")

    def holder(self, token: str) -> Holder:
        """Whose token this is."""
        known = self._current()
        if known is None:
            return Holder(standing="unread")
        return known.get(store.digest_of(token), Holder(standing="unknown"))

    def forget(self) -> None:
        """Read again at the next question: this process has just changed something."""
        self._read_at = float("-inf")

    def _current(self) -> Mapping[bytes, Holder] | None:
        with self._lock:
            if self._clock() - self._read_at < _SECONDS_KEPT:
                return self._known
            self._read_at = self._clock()
            try:
                with begin_read(self._engine) as connection:
                    rows = store.read_tokens(connection)
            except (SQLAlchemyError, OSError):  # the ticker has said so already
                return self._known
            self._known = {
                row.digest: Holder(
                    standing="revoked" if row.revoked_at else "valid",
                    token_id=row.token_id,
                    name=row.name,
                    profile=row.profile or "",
                )
                for row in rows
            }
            return self._known
