"""Parts of the duty page 值守页的各部分: states, vacant grids, roles, patrols of today, visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today, day_start
from dashboard.kpis import duty_states
from dashboard.kpis.duty_states import Shift, duty_state, uncovered_since
from dashboard.readings.board_parts import masked, name_of, place_names
from dashboard.readings.field_work import places_of, read_patrol_halves
from dashboard.readings.masking import hidden_phone
from dashboard.readings.raw_totals import ChildOf, Interval
from dashboard.words import word
from data_access import duty_reads
from data_access.due_visits import ClassCounts, read_class_counts, read_overdue_visits
from data_access.duty_reads import RunningShift
from data_access.rollup_reads import AreaRow
from data_access.types import to_epoch_ms

VISITS_SHOWN = 20
VACANT_SHOWN = 60
# 一长多员, in the order of the columns; roles of which the store has nobody are left out.
ROLES = ("grid_head", "grid_worker", "inspector", "police", "legal", "mediator")
_DAY = timedelta(days=1)
_PRESENT = ("on_duty", "in_field")


def states_below(
    running: Sequence[RunningShift], groups: Sequence[AreaRow], now: datetime
) -> dict[int, Counter[str]]:
    """area id → 离线 offline and expected 尚未到点, for each group; what duty_now does not hold.
    A worker with two shifts counts once."""
    child_of = ChildOf({}, groups)
    places = np.array([one.place for one in running], dtype=np.int64)
    numbers = child_of.of_places(places) if len(running) else places
    found: dict[int, Counter[str]] = {one.area_id: Counter() for one in groups}
    seen: set[int] = set()
    for shift, number in zip(running, numbers.tolist(), strict=True):
        if shift.worker_id in seen or number >= len(groups):
            continue
        seen.add(shift.worker_id)
        state = state_of_shift(shift, now)
        if state == "expected":
            found[groups[number].area_id]["expected"] += 1
        elif duty_states.is_offline(state, shift.last_seen_at, now):
            found[groups[number].area_id]["offline"] += 1
    return found


def state_of_shift(shift: RunningShift, now: datetime) -> str:
    """The state of who has this shift, by the same rule as the duty job."""
    known = Shift(
        worker_id=shift.worker_id,
        area_id=shift.area_id,
        starts_at=shift.starts_at,
        evidence_at=shift.evidence_at,
    )
    return duty_state(known, shift.absence, now)


def vacant_grids(
    connection: Connection,
    area: AreaRow,
    running: Sequence[RunningShift],
    now: datetime,
    today: date,
    lang: str,
) -> dict[str, Any]:
    """Grids that are to be covered and have nobody, the longest first 空岗网格.

    ``total``: all of them; ``vacant``: those without anybody for more than half an hour; ``rows``:
    at most VACANT_SHOWN, each with why and whom to ask, the contact masked.
    """
    by_grid: dict[int, list[RunningShift]] = {}
    for shift in running:
        by_grid.setdefault(shift.area_id, []).append(shift)
    empty: list[tuple[datetime, int, str]] = []
    for grid, posts in by_grid.items():
        told = [(state_of_shift(one, now), one.starts_at, one.absent_since) for one in posts]
        since = uncovered_since(told)
        if since is not None:
            empty.append((since, grid, _reason([state for state, _, _ in told])))
    empty.sort()
    chosen = empty[:VACANT_SHOWN]
    grids = [grid for _, grid, _ in chosen]
    lines = duty_reads.read_grid_lines(connection, grids) if grids else {}
    contacts = duty_reads.read_contacts(connection, grids, today) if grids else {}
    places = place_names(connection, list(lines.values()), area, lang)
    rows = [
        {
            "code": lines[grid].code,
            "name": places[lines[grid].path],
            "since_ms": to_epoch_ms(since),
            "is_vacant": now - since > duty_states.VACANT_AFTER,
            "reason": word(f"vacant.{reason}", lang),
            "contacts": [_contact(one, lang) for one in contacts.get(grid, [])],
        }
        for since, grid, reason in chosen
        if grid in lines
    ]
    long = sum(now - since > duty_states.VACANT_AFTER for since, _, _ in empty)
    return {"total": len(empty), "vacant": long, "rows": rows}


def _reason(states: Sequence[str]) -> str:
    """absent where anybody should be there, else that the shift has just begun, else leave."""
    return next((name for name in ("absent", "expected") if name in states), "on_leave")


def _contact(row: Any, lang: str) -> str:
    phone = hidden_phone(row.phone)
    parts = [word(f"role.{row.role}", lang), masked(row.name), *([phone] if phone else [])]
    return " ".join(parts)


def role_matrix(
    connection: Connection,
    groups: Sequence[AreaRow],
    grids: Mapping[int, int],
    day: date,
    lang: str,
) -> dict[str, Any]:
    """一长多员: for each area and role how many of its grids have somebody.

    ``grids``: area id → grids there are. An area without grids is left out.
    """
    known = duty_reads.read_roles(connection)
    roles = [role for role in ROLES if role in known] + sorted(known - set(ROLES))
    filled = duty_reads.read_roles_filled(connection, [one.area_id for one in groups], day)
    return {
        "roles": [word(f"role.{role}", lang) if role in ROLES else role for role in roles],
        "rows": [
            {
                "code": one.code,
                "name": name_of(one, lang),
                "grids": grids[one.area_id],
                "filled": [filled.get((one.area_id, role), 0) for role in roles],
            }
            for one in groups
            if grids.get(one.area_id)
        ],
    }


def patrols_today(
    connection: Connection,
    area: AreaRow,
    groups: Sequence[AreaRow],
    now: datetime,
    time_zone: str,
    lang: str,
) -> list[dict[str, Any]]:
    """一日双巡 today by group: grids to be patrolled, done in the morning, later, and both."""
    today = city_today(now, time_zone)
    start, end = day_start(today, time_zone), day_start(today + _DAY, time_zone)
    # Shifts that begin later today are to be patrolled too; patrols of the future do not exist.
    interval = Interval(start=start, end=end, as_of=end)
    days = read_patrol_halves(connection, area, interval, time_zone)
    child_of = ChildOf({}, groups)
    child = child_of.of_places(places_of(days.required))
    morning = np.isin(days.required, days.morning)
    later = np.isin(days.required, days.later)
    return [
        {
            "code": one.code,
            "name": name_of(one, lang),
            "required": int((child == number).sum()),
            "morning": int(((child == number) & morning).sum()),
            "later": int(((child == number) & later).sum()),
            "both": int(((child == number) & morning & later).sum()),
        }
        for number, one in enumerate(groups)
    ]


def due_visits(
    connection: Connection, area: AreaRow, now: datetime, *, offset: int, lang: str
) -> dict[str, Any]:
    """三必访: the classes with how late their subjects are, and one page of the overdue ones."""
    classes = read_class_counts(connection, area, now)
    rows = read_overdue_visits(connection, area, now, limit=VISITS_SHOWN, offset=offset)
    places = place_names(connection, rows, area, lang)
    named = {one.visit_class: one for one in classes}
    return {
        "classes": [_class_row(one, lang) for one in classes],
        "total": sum(one.overdue for one in classes),
        "offset": offset,
        "rows": [_visit_row(row, named, places, now, lang) for row in rows],
    }


def _class_name(one: ClassCounts, lang: str) -> str:
    known = one.visit_class in ("yearly", "quarterly", "monthly")
    return word(f"visits.{one.visit_class}", lang) if lang == "en" and known else one.name_zh


def _class_row(one: ClassCounts, lang: str) -> dict[str, Any]:
    return {
        "key": one.visit_class,
        "name": _class_name(one, lang),
        "interval_days": one.interval_days,
        "grace_days": one.grace_days,
        "subjects": one.subjects,
        "overdue": one.overdue,
        "late": list(one.late),
    }


def _visit_row(
    row: Any, named: Mapping[str, ClassCounts], places: Mapping[str, str], now: datetime, lang: str
) -> dict[str, Any]:
    """One overdue subject; ``late_days`` begins after the days of grace. A person of the monthly
    class is marked once more than a week late (三必访)."""
    known = named.get(row.visit_class)
    grace = known.grace_days if known else 0
    late = (now - row.next_due_at).days - grace
    return {
        "subject_id": row.subject_id,
        "class_name": _class_name(known, lang) if known else row.visit_class,
        "label": row.label,
        "place": places[row.path],
        "due_ms": to_epoch_ms(row.next_due_at),
        "last_ms": row.last_visited_at and to_epoch_ms(row.last_visited_at),
        "late_days": late,
        "is_pressing": row.visit_class == "monthly" and late > 7,
    }
