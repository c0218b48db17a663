"""Alarms of the video wall 告警: what needs somebody now, who that is, and what is to be done next.

An alarm goes when it is handled or acknowledged 知悉, never by its age. Where there are more than
are listed, their number stands beside the list. Sources of the rules: emergencies not signed for
within the limit for urgent cases, cases past their deadline, grids with nobody on duty for more
than half an hour, sources that do not keep what they promise (docs/wall.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.readings.board_parts import place_names
from dashboard.readings.case_acts import read_done
from dashboard.readings.duty_parts import vacant_grids
from dashboard.readings.view import Question, View, find_area
from dashboard.settings import Settings
from dashboard.words import word
from data_access import wall_reads
from data_access.duty_reads import read_shifts_below
from data_access.types import to_epoch_ms

_MOST_UNSIGNED, _MOST_RED, _MOST_VACANT, _MOST_NEW = 40, 40, 20, 5
JUMP: Final = timedelta(minutes=5)  # how long an emergency is a new one
_LATE_AFTER: Final = 2  # promised intervals, as in board_parts.source_state


def build_vacant(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """Grids to be covered that have had nobody for long; it reads every running shift, so the wall
    asks for it once a minute."""
    area = find_area(connection, question.scope, question.area_code)
    running = read_shifts_below(connection, area, now)
    today = city_today(now, settings.city_time_zone)
    return vacant_grids(connection, area, running, now, today, question.lang)


def wall_alarms(
    connection: Connection,
    view: View,
    *,
    sources: Sequence[Mapping[str, Any]],
    vacant: Mapping[str, Any],
    settings: Settings,
    now: datetime,
    lang: str,
) -> dict[str, Any]:
    """``rows``: the gravest first; ``total``: all there are, listed or not.

    ``sources``: as a page's head has them; ``vacant``: from ``build_vacant``.
    """
    limit = timedelta(minutes=settings.sign_limit_urgent_minutes)
    unsigned = wall_reads.read_unsigned(
        connection, view.area, view.as_of - limit, limit=_MOST_UNSIGNED
    )
    listed = {row.case_id for row in unsigned}
    red = wall_reads.read_red(connection, view.area, view.as_of, limit=_MOST_RED)
    red = [row for row in red if row.case_id not in listed]
    make = _Maker(connection, view, [*unsigned, *red], now, lang)
    rows = [
        *(make.case("unsigned", row, row.dispatched_at) for row in unsigned),
        *(make.case("red", row, row.deadline_at) for row in red),
        *_vacant_alarms(vacant, lang),
        *_source_alarms(sources, lang),
    ]
    known = wall_reads.count_acknowledged(connection, view.area, view.as_of)
    overdue = view.totals.overdue_now
    unlisted = max(0, overdue - known - len(red) - _overdue_among(unsigned, view)) if overdue else 0
    more = max(0, int(vacant["vacant"]) - _MOST_VACANT)
    return {"rows": rows, "total": len(rows) + unlisted + more}


def _overdue_among(rows: Sequence[Any], view: View) -> int:
    return sum(row.deadline_at is not None and row.deadline_at < view.as_of for row in rows)


def new_emergencies(
    connection: Connection, view: View, *, now: datetime, lang: str
) -> list[dict[str, Any]]:
    """紧急事件 of the last minutes, newest first: where a walk-through jumps to, and since when."""
    rows = wall_reads.read_new_urgent(connection, view.area, now - JUMP, limit=_MOST_NEW)
    district = _districts(view)
    places = place_names(connection, rows, view.area, lang)
    return [
        {
            "key": row.case_id,
            "code": district.get(_child_of(row.path, view), ""),
            "place": places[row.path],
            "what": _category(row, lang),
            "since_ms": max(to_epoch_ms(row.accepted_at), to_epoch_ms(row.ingested_at)),
        }
        for row in rows
    ]


def _districts(view: View) -> dict[int, str]:
    return {row.area_id: row.code for row in view.children}


def _child_of(path: str, view: View) -> int:
    line = [int(one) for one in path.split("/")]
    depth = len(view.area.line)
    return line[depth] if len(line) > depth else 0


def _category(row: Any, lang: str) -> str:
    return str((lang == "en" and row.category_en) or row.category_zh or "—")


class _Maker:
    """Makes the alarms of cases, with what was done about each."""

    def __init__(
        self, connection: Connection, view: View, rows: Sequence[Any], now: datetime, lang: str
    ) -> None:
        self._lang, self._view = lang, view
        self._places = place_names(connection, rows, view.area, lang)
        self._districts = _districts(view)
        ids = [row.case_id for row in rows]
        self._seen = read_done(connection, ids, now=now, lang=lang).seen if ids else {}

    def case(self, kind: str, row: Any, since: datetime) -> dict[str, Any]:
        """One case; ``detail`` is personal and leaves the server only where a profile allows."""
        lang = self._lang
        unit = (lang == "en" and row.department_en) or row.department_zh
        if kind == "unsigned" or (row.dispatched_at and row.state == "dispatched"):
            step = "sign"
        elif row.supervise_level:
            step = "follow"
        else:
            step = "supervise"
        return {
            "key": f"{kind}:{row.case_id}",
            "kind": kind,
            "place": self._places[row.path],
            "what": _category(row, lang),
            "unit": unit or word("overdue.no_department", lang),
            "next": word(f"walls.next.{step if unit else 'assign'}", lang),
            "since_ms": to_epoch_ms(since),
            "code": self._districts.get(_child_of(row.path, self._view), ""),
            "is_urgent": bool(row.is_urgent),
            "detail": " · ".join(text for text in (row.title, row.address) if text),
            "act": self._act(row),
        }

    def _act(self, row: Any) -> dict[str, Any]:
        """What the form of 知悉 needs; the same as ``components.case_actions.target_text``."""
        seen = {f"seen_{name}": str(count) for name, count in self._seen[row.case_id].items()}
        return {
            "case_id": str(row.case_id),
            "code": row.case_code,
            "area": "",
            "matter": "",
            "fixed": seen | {"seen_typical": "1" if row.is_typical else "0"},
        }


def _vacant_alarms(vacant: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    rows = [row for row in vacant["rows"] if row["is_vacant"]][:_MOST_VACANT]
    return [
        _other("vacant", row["code"], row["name"], row["reason"], row["since_ms"])
        | {
            "unit": word("walls.unit.grid", lang),
            "next": word("walls.next.cover", lang),
        }
        for row in rows
    ]


def _source_alarms(sources: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Sources that are late or have stopped: waiting since the promise was broken."""
    return [
        _other(
            "source", one["code"], one["name"], word(f"sources.{one['state']}", lang),
            one["last_ms"] + _LATE_AFTER * 1000 * one["interval_seconds"],
        )
        | {
            "unit": word("walls.unit.source", lang),
            "next": word("walls.next.source", lang),
        }
        for one in sources
        if one["state"] in ("late", "stopped")
    ]  # fmt: skip


def _other(kind: str, key: str, place: str, what: str, since_ms: int) -> dict[str, Any]:
    return {
        "key": f"{kind}:{key}",
        "kind": kind,
        "place": place,
        "what": what,
        "since_ms": since_ms,
        "code": "",
        "is_urgent": False,
        "detail": "",
        "act": None,
    }
