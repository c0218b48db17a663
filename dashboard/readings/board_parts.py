"""Parts of boards: names, break-downs, newest overdue cases, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dashboard.kpis.model import Reading
from dashboard.readings.totals import Aim
from dashboard.readings.windows import Window, chosen_days
from dashboard.words import word
from data_access import area_facts
from data_access import rollup_reads as reads
from data_access.case_lists import count_overdue, read_newest_overdue
from data_access.slices import NO_DEPARTMENT
from data_access.types import to_epoch_ms

_TOP_MEMBERS = 8
_NEWEST_OVERDUE = 10
_DESIGNATION = re.compile(r".{2,}[员长警者]\d{2,}")


def name_of(row: Any, lang: str) -> str:
    """An area's, category's or department's name in a language; Chinese where there is no other."""
    english = row.name_en if lang == "en" else None
    return str(english or row.name_zh)


def state_of(reading: Reading) -> str:
    """value, zero or empty: three different things."""
    if reading.value is None:
        return "empty"
    return "zero" if reading.value == 0 else "value"


def window_label(key: str, lang: str) -> str:
    """A window's name: that of its key, or the year, month or days it names."""
    days = chosen_days(key)
    if days is None:
        return word(f"window.{key}", lang)
    if key[0] in "AR":
        name = "window.amonth_of" if key[0] == "A" else "window.reportday_of"
        return word(name, lang, n=key[1:])
    if lang == "zh" and len(key) == 4:
        return f"{key}年"
    if lang == "zh" and len(key) == 7:
        return f"{days[0].year}年{days[0].month}月"
    return key.replace("..", " – ")


def window_text(window: Window, as_of: datetime, time_zone: str, lang: str) -> str:
    """First and last day as people write them, with the hour at which a report day begins; while
    the window runs, also up to when it is counted, because its last day is a part of one."""
    zone = ZoneInfo(time_zone)
    cut = f" {window.starts_minutes // 60:02d}:{window.starts_minutes % 60:02d}"
    hour = "" if window.is_of_city_days else cut
    days = f"{window.from_on.isoformat()}{hour} – {window.last_on.isoformat()}{hour}"
    if not window.is_running:
        return days
    until = as_of.astimezone(zone)
    is_today = window.bounds(time_zone)[0] <= as_of
    time = until.strftime("%H:%M") if is_today else until.strftime("%Y-%m-%d %H:%M")
    return f"{days} {word('compare.until', lang, time=time)}"


Names = Mapping[int, tuple[str, str | None, str]]


def break_down(
    members: Sequence[reads.MemberSums], names: Names, lang: str
) -> list[dict[str, Any]]:
    """The eight members with most accepted cases, and all others as one."""
    ranked = sorted(
        (m for m in members if m.accepted or m.overdue), key=lambda m: (-m.accepted, m.member_id)
    )
    parts: list[dict[str, Any]] = [
        {
            **_member(names.get(m.member_id), lang),
            "value": m.accepted,
            "overdue": m.overdue,
        }
        for m in ranked[:_TOP_MEMBERS]
    ]
    rest = ranked[_TOP_MEMBERS:]
    if rest:
        overdue = [m.overdue for m in rest if m.overdue is not None]
        parts.append(
            {
                "code": None,
                "name": word("breakdown.others", lang),
                "value": sum(m.accepted for m in rest),
                "overdue": sum(overdue) if overdue else None,
            }
        )
    return parts


def _member(names: tuple[str, str | None, str] | None, lang: str) -> dict[str, str]:
    """Code and name of a category, source or department; of the cases that nobody is in charge of
    without one."""
    if names is None:
        return {"code": NO_DEPARTMENT, "name": word("overdue.no_department", lang)}
    name = names[1] if lang == "en" and names[1] else names[0]
    return {"code": names[2], "name": name}


def overdue_list(connection: Connection, aim: Aim, total: int | None, lang: str) -> dict[str, Any]:
    """How many cases are overdue now and the newest of them; ``total`` None: not counted yet."""
    area, as_of, chosen = aim.area, aim.as_of, aim.chosen
    rows = read_newest_overdue(connection, area, as_of, limit=_NEWEST_OVERDUE, chosen=chosen)
    if total is None:
        total = count_overdue(connection, area, as_of, chosen=chosen)
    places = place_names(connection, rows, area, lang)
    return {
        "total": total,
        "rows": [case_row(row, places, lang) for row in rows],
    }


def place_names(
    connection: Connection, rows: Sequence[Any], below: reads.AreaRow, lang: str
) -> dict[str, str]:
    """The readable place of each path, from just below the area that is looked at."""
    paths = {row.path: tuple(int(one) for one in row.path.split("/")) for row in rows}
    wanted = {area_id for line in paths.values() for area_id in line}
    names = {row.area_id: name_of(row, lang) for row in reads.read_areas(connection, list(wanted))}
    return {
        path: " › ".join(
            names[one] for one in line if one not in below.line or len(line) == len(below.line)
        )
        for path, line in paths.items()
    }


def case_row(row: Any, places: Mapping[str, str], lang: str) -> dict[str, Any]:
    """One case as lists show it; instants in epoch milliseconds."""
    english = lang == "en"
    return {
        "case_code": row.case_code,
        "case_id": row.case_id,
        "category": (english and row.category_en) or row.category_zh,
        "area": places[row.path],
        "department": (english and row.department_en) or row.department_zh,
        "deadline_ms": row.deadline_at and to_epoch_ms(row.deadline_at),
        "accepted_ms": row.accepted_at and to_epoch_ms(row.accepted_at),
        "closed_ms": row.closed_at and to_epoch_ms(row.closed_at),
        "state_name": word(f"state.{row.state}", lang),
        "is_urgent": bool(row.is_urgent),
    }


def masked(name: str) -> str:
    """A personal name with all but the first character hidden. Designations such as 网格员00012
    stay; 王伟2, one of two of that name, is a person."""
    if _DESIGNATION.fullmatch(name):
        return name
    return name[:1] + "*" * (len(name) - 1)


def source_list(connection: Connection, now: datetime, lang: str) -> list[dict[str, Any]]:
    """Every source and its state: ok up to twice its interval, late to five times, stopped."""
    return [
        {
            "code": row.code,
            "name": name_of(row, lang),
            "last_ms": row.last_ingested_at and to_epoch_ms(row.last_ingested_at),
            "interval_seconds": row.interval_seconds,
            "state": source_state(row.last_ingested_at, row.interval_seconds, now),
        }
        for row in area_facts.read_sources(connection)
    ]


def source_state(last: datetime | None, interval_seconds: int | None, now: datetime) -> str:
    """ok, late or stopped against the promised interval; none where nothing is promised or came."""
    if last is None or not interval_seconds:
        return "none"
    age = (now - last).total_seconds()
    if age <= 2 * interval_seconds:
        return "ok"
    return "late" if age <= 5 * interval_seconds else "stopped"
