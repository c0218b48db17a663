"""The page 系统状态: screens, sources, jobs, deliveries, store, audit and device tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.readings.page_head import read_head
from dashboard.readings.screen_standing import standings
from dashboard.readings.view import Question
from dashboard.settings import Settings
from data_access import system_reads as reads
from data_access.area_facts import read_sources
from data_access.job_runs import read_job_runs
from data_access.migrate import head_revision
from data_access.rollups import read_state
from data_access.screen_tokens import read_tokens
from data_access.screens import read_screens
from data_access.types import to_epoch_ms

_BATCHES: Final = 12
_REJECTS: Final = 12
_ACTS: Final = 20
_JOB_LATE: Final = 30.0  # seconds beyond its interval; marks are written every five


def build_system_page(
    connection: Connection,
    question: Question,
    *,
    settings: Settings,
    now: datetime,
    build: str,
    store: Mapping[str, Any],
) -> dict[str, Any]:
    """The page's document; ``store``: what ``build_store_size`` counted lately. Instants are epoch
    ms, None where it has not happened. Raises UnknownAreaError."""
    head = read_head(connection, question, settings=settings, now=now, build=build)
    state = read_state(connection)
    return {
        **head,
        "now_ms": to_epoch_ms(now),
        "lag_ms": _age(state and state.checked_at, now),
        "can_edit": settings.editing,
        "tokens_required": settings.wall_tokens == "required",
        "screens": _screens(connection, state.version if state else 0, build, now),
        "tokens": [_token(one) for one in read_tokens(connection)],
        "feeds": _feeds(connection, head, now),
        "jobs": [_job(row, now) for row in read_job_runs(connection)],
        "batches": [_batch(row) for row in reads.read_batches(connection, limit=_BATCHES)],
        "rejects": reads.read_rejects(connection, limit=_REJECTS),
        "acts": [_act(row) for row in reads.read_last_acts(connection, limit=_ACTS)],
        "store": dict(store),
    }


def build_store_size(
    connection: Connection, _question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """Engine, size and rows of the store, with the versions of schema and program."""
    return {**reads.read_store_size(connection), "schema": head_revision(), "program": build}


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_epoch_ms(moment)


def _age(moment: datetime | None, now: datetime) -> int | None:
    if moment is None:
        return None
    return max(0, round((now - moment).total_seconds() * 1000))


def _screens(
    connection: Connection, version: int, build: str, now: datetime
) -> list[dict[str, Any]]:
    rows = read_screens(connection)
    marks = standings(rows, version=version, build=build, now=now)
    return [
        {
            "number": row["screen_id"],
            "name": row["token_name"] or "",
            "profile": row["profile"],
            "marks": [
                {
                    "kind": one.kind,
                    "for_ms": one.for_ms,
                    "is_bad": one.is_bad,
                    "is_reported": one.is_reported,
                }
                for one in marks[row["screen_id"]]
            ],
            "age_ms": _age(row["last_heartbeat_at"], now),
            "version": row["version"],
            "painted_ms": _ms(row["painted_at"]),
            "build": row["build"],
            "is_old": row["build"] != build,
            "heap": row["heap_bytes"],
            "skew_ms": row["skew_ms"],
            "viewport": row["viewport"] or "",
        }
        for row in rows
    ]


def _token(one: Any) -> dict[str, Any]:
    return {
        "token_id": one.token_id,
        "name": one.name,
        "profile": one.profile or "",
        "created_ms": to_epoch_ms(one.created_at),
        "created_by": one.created_by,
        "seen_ms": _ms(one.last_seen_at),
        "revoked_ms": _ms(one.revoked_at),
        "revoked_by": one.revoked_by or "",
    }


def _feeds(connection: Connection, head: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The sources of the head with their age, rows and last failure."""
    known = {row.code: row for row in read_sources(connection)}
    found = []
    for source in head["sources"]:
        row = known[source["code"]]
        found.append(
            {
                **source,
                "age_ms": _age(row.last_ingested_at, now),
                "rows": row.rows_total,
                "failed_ms": _ms(row.last_failed_at),
                "failure": row.failure or "",
            }
        )
    return found


def _job(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A job with its next run: its interval after the last that was noted, or now where that has
    passed, because not every run is noted."""
    interval = timedelta(milliseconds=row["interval_ms"])
    following = max(row["started_at"] + interval, now)
    silent = now - row["ended_at"]
    is_silent = silent > interval + timedelta(seconds=_JOB_LATE)
    state = "failing" if row["failures"] else "silent" if is_silent else "ok"
    return {
        "name": row["name"],
        "interval_ms": row["interval_ms"],
        "last_ms": to_epoch_ms(row["ended_at"]),
        "age_ms": _age(row["ended_at"], now),
        "next_ms": None if is_silent else to_epoch_ms(following),
        "failures": row["failures"],
        "error": row["error"] or "",
        "state": state,
    }


def _batch(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "started_ms": _ms(row["started_at"]),
        "finished_ms": _ms(row["finished_at"]),
    }


def _act(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "audit_id": row["audit_id"],
        "at_ms": to_epoch_ms(row["acted_at"]),
        "actor": row["actor"],
        "action": row["action"],
        "case_id": row["case_id"],
        "case_code": row["case_code"],
        "subject_id": row["subject_id"],
        "name": str(row["after"].get("name", "")) if isinstance(row["after"], dict) else "",
    }
