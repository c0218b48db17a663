"""Device tokens 设备令牌 of wall screens: only digests are kept, nothing is ever deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from data_access.tables import screen_tokens


@dataclass(frozen=True, kw_only=True)
class ScreenToken:
    """A token as it is listed; the token itself is known to its screen alone.

    ``profile``: the wall it opens, None for the plain one; instants are aware UTC, None where it
    has not happened.
    """

    token_id: int
    name: str
    profile: str | None
    digest: bytes
    created_at: datetime
    created_by: str
    last_seen_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


def digest_of(token: str) -> bytes:
    """What is kept of a token. A token has 256 random bits, so a plain hash cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def add_token(
    connection: Connection, *, name: str, profile: str | None, token: str, by: str, now: datetime
) -> int:
    """Keep a new token; its id."""
    statement = insert(screen_tokens).values(
        name=name,
        profile=profile,
        token_digest=digest_of(token),
        created_at=now,
        created_by=by,
    )
    key = screen_tokens.c.token_id
    return int(connection.execute(statement.returning(key)).scalar_one())


def revoke_token(connection: Connection, token_id: int, *, by: str, now: datetime) -> bool:
    """停用 a token for good; False where there is none or it was revoked before."""
    statement = (
        update(screen_tokens)
        .where(screen_tokens.c.token_id == token_id, screen_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
    )
    return connection.execute(statement).rowcount == 1


def note_token_seen(connection: Connection, token_id: int, now: datetime) -> None:
    """A screen has shown its token."""
    statement = update(screen_tokens).where(screen_tokens.c.token_id == token_id)
    connection.execute(statement.values(last_seen_at=now))


def read_tokens(connection: Connection) -> list[ScreenToken]:
    """All tokens, revoked ones too, newest first."""
    table = screen_tokens
    return [
        ScreenToken(
            token_id=row.token_id,
            name=row.name,
            profile=row.profile,
            digest=bytes(row.token_digest),
            created_at=row.created_at,
            created_by=row.created_by,
            last_seen_at=row.last_seen_at,
            revoked_at=row.revoked_at,
            revoked_by=row.revoked_by,
        )
        for row in connection.execute(select(table).order_by(table.c.token_id.desc()))
    ]
