"""Wall screens 大屏: what each last reported of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from data_access.tables import case_applied, cases, rollup_state, screen_tokens, screens

Row = dict[str, Any]
MOST_SCREENS = 200
_FORGOTTEN_AFTER = timedelta(days=30)
_KEPT_PAINTS = 40


class TooManyScreensError(Exception):
    """Another screen cannot be taken in; silent ones are forgotten after thirty days."""


def save_heartbeat(
    connection: Connection, code: str, report: Mapping[str, Any], now: datetime
) -> int:
    """Keep what a screen reports; its number.

    ``report``: columns of ``screens`` and ``paints``, a list of [version, what, hash] since the
    last report. ``behind_since`` is kept from the first report of an older version than the
    current one. Raises TooManyScreensError for one screen too many.
    """
    old = connection.execute(select(screens).where(screens.c.code == code)).one_or_none()
    current = connection.execute(select(rollup_state.c.version)).scalar_one_or_none() or 0
    kept = json.loads(old.paints) if old and old.paints else []
    paints = [list(one) for one in report["paints"] if list(one) not in kept]
    values = {
        **report,
        "paints": json.dumps((kept + paints)[-_KEPT_PAINTS:]),
        "behind_since": None,
        "last_heartbeat_at": now,
    }
    if report["version"] < current:
        values["behind_since"] = (old and old.behind_since) or now
    if old is not None:
        where = screens.c.screen_id == old.screen_id
        connection.execute(update(screens).where(where).values(values))
        return int(old.screen_id)
    _make_room(connection, now)
    statement = insert(screens).values(**values, code=code, created_at=now)
    return int(connection.execute(statement.returning(screens.c.screen_id)).scalar_one())


def _make_room(connection: Connection, now: datetime) -> None:
    connection.execute(delete(screens).where(screens.c.last_heartbeat_at < now - _FORGOTTEN_AFTER))
    count = connection.execute(select(func.count()).select_from(screens)).scalar_one()
    if count >= MOST_SCREENS:
        raise TooManyScreensError


def read_last_heartbeat(connection: Connection, code: str) -> datetime | None:
    """When a screen was last heard; None for one that is not known."""
    query = select(screens.c.last_heartbeat_at).where(screens.c.code == code)
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def read_screens(connection: Connection) -> list[Row]:
    """All screens by number, with the name of their token and ``paints`` as data."""
    query = (
        select(screens, screen_tokens.c.name.label("token_name"), screen_tokens.c.revoked_at)
        .outerjoin(screen_tokens, screen_tokens.c.token_id == screens.c.token_id)
        .order_by(screens.c.screen_id)
    )
    return [
        {**row, "paints": json.loads(row["paints"] or "[]")}
        for row in connection.execute(query).mappings()
    ]


def read_newest_case(connection: Connection) -> tuple[datetime, datetime] | None:
    """(reported, received) of the case that came last and is counted; None without any."""
    newest = select(func.max(case_applied.c.case_id)).scalar_subquery()
    query = select(cases.c.reported_at, cases.c.ingested_at).where(cases.c.case_id == newest)
    row = connection.execute(query).one_or_none()
    return None if row is None or row.ingested_at is None else (row.reported_at, row.ingested_at)
