"""What waits at the departments 待签收、退回重办、吹哨报到, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.fact_rules import stage_limits
from dashboard.readings.board_parts import place_names
from dashboard.readings.case_search import member_name, state_name
from dashboard.readings.masking import hidden_text
from dashboard.readings.totals import Aim
from dashboard.settings import Settings
from dashboard.words import word
from data_access import unit_queues as store
from data_access.types import to_epoch_ms
from data_access.unit_queues import SignMoments

STEP: Final = 50
_MINUTE_MS: Final = 60_000
_NEAR: Final = 0.8


def sign_moments(aim: Aim, settings: Settings) -> SignMoments:
    """What 80 % and 100 % of the sign-for limits 签收时限 mean at the moment of the numbers."""
    return SignMoments(as_of=aim.as_of, limits=stage_limits(settings), share=_NEAR)


def unsigned_rows(
    connection: Connection, aim: Aim, settings: Settings, lang: str, *, unit: int | None,
    offset: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """待签收: a page of rows with ``minutes`` waited, ``limit`` in minutes and ``level``: past the
    limit is bad, past 80 % of it warn."""
    moments = sign_moments(aim, settings)
    rows = store.read_unsigned(
        connection, aim.area, moments, department_id=unit, offset=offset, limit=STEP
    )
    places = place_names(connection, rows, aim.area, lang)
    as_of_ms = to_epoch_ms(aim.as_of)
    found = []
    for row in rows:
        limits = moments.limits
        limit_ms = limits.sign_urgent_ms if row.is_urgent else limits.sign_ms
        sent_ms = to_epoch_ms(row.dispatched_at)
        waited = as_of_ms - sent_ms
        level = "bad" if waited > limit_ms else "warn" if waited > _NEAR * limit_ms else "none"
        found.append(
            _case(row, places, lang)
            | {
                "sent_ms": sent_ms,
                "minutes": waited // _MINUTE_MS,
                "limit": limit_ms // _MINUTE_MS,
                "level": level,
            }
        )
    return found


def rework_rows(
    connection: Connection, aim: Aim, lang: str, *, unit: int | None, offset: int, limit: int = STEP
) -> list[dict[str, Any]]:
    """退回重办: a page of rows with ``cycle``, ``reason`` and ``since_ms``; ``hours`` since then,
    None where no earlier cycle tells when."""
    rows = store.read_rework(
        connection, aim.area, aim.as_of, department_id=unit, offset=offset, limit=limit
    )
    places = place_names(connection, rows, aim.area, lang)
    return [
        _case(row, places, lang)
        | {
            "cycle": row.cycle_no,
            "reason": hidden_text(row.reason) or _result(row.result, lang),
            "since_ms": row.reopened_at and to_epoch_ms(row.reopened_at),
        }
        for row in rows
    ]


def _result(result: str | None, lang: str) -> str:
    """Why the cycle before ended, where its word is known."""
    return word("units.rework_plain", lang) if result in (None, "rework") else str(result)


def _case(row: Any, places: Mapping[str, str], lang: str) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "case_code": row.case_code,
        "category": member_name(row, "category", lang),
        "department": member_name(row, "department", lang) or word("overdue.no_department", lang),
        "department_code": row.department_code or "",
        "place": places[row.path],
        "state": state_name(row.state, lang),
        "is_urgent": bool(row.is_urgent),
    }


def whistle_rows(
    connection: Connection, aim: Aim, settings: Settings, lang: str, *, unit: int | None,
    only_late: bool, offset: int,
) -> tuple[int, list[dict[str, Any]]]:  # fmt: skip
    """(how many, a page of) whistle calls 吹哨 of the window: ``called_ms``, ``due_ms``,
    ``arrived_ms``, ``minutes`` until they came or waited so far, ``outcome``: in_time, late, absent
    (the limit ran out and nobody came) or waiting."""
    start, end = aim.window.bounds(settings.city_time_zone)
    total, rows = store.read_whistles(
        connection, aim.area, start, end, aim.as_of,
        department_id=unit, only_late=only_late, offset=offset, limit=STEP,
    )  # fmt: skip
    places = place_names(connection, rows, aim.area, lang)
    as_of_ms = to_epoch_ms(aim.as_of)
    return total, [_whistle(row, places, as_of_ms, lang) for row in rows]


def _whistle(row: Any, places: Mapping[str, str], as_of_ms: int, lang: str) -> dict[str, Any]:
    called, due = to_epoch_ms(row.called_at), to_epoch_ms(row.due_at)
    arrived = row.arrived_at and to_epoch_ms(row.arrived_at)
    if arrived is not None and arrived > as_of_ms:
        arrived = None
    if arrived is not None:
        outcome = "in_time" if arrived <= due else "late"
    else:
        outcome = "absent" if due < as_of_ms else "waiting"
    return {
        "call_id": row.call_id,
        "case_id": row.case_id,
        "case_code": row.case_code,
        "department": (lang == "en" and row.department_en) or row.department_zh,
        "department_code": row.department_code,
        "place": places[row.path],
        "matter": hidden_text(row.matter) or "—",
        "called_ms": called,
        "due_ms": due,
        "arrived_ms": arrived,
        "minutes": max(0, (as_of_ms if arrived is None else arrived) - called) // _MINUTE_MS,
        "outcome": outcome,
    }


def average_minutes(calls: Mapping[str, int]) -> float | None:
    """平均报到时长: minutes from call to arrival of those who came; None where nobody has."""
    arrived = calls.get("arrived", 0)
    return calls["waited_ms"] / arrived / _MINUTE_MS if arrived else None


def added_calls(calls: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The calls of several departments together."""
    names = ("called", "in_time", "late", "waiting", "arrived", "waited_ms")
    return {name: sum(one[name] for one in calls) for name in names}
