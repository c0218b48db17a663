"""Officers of the day 今日值班 of a demo city: rosters of the centres 综治中心, and who has come.

The city's centre has a leader, residents and units in turn; each area just below it a smaller one.
Officers are designations such as 值班员012, not names.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from data_access.tables import areas, departments, duty_officers
from data_access.types import from_epoch_ms
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span, date_of, day_number

_DAYS_BACK: Final = 2
_DAYS_AHEAD: Final = 7
_OPENS_MS: Final = 8 * HOUR_MS + 30 * MINUTE_MS
_RESIDENT_MS: Final = 9 * HOUR_MS
# 常驻 and 轮值 by key of jobs.demo.reference.DEPARTMENTS, as their Chinese names.
_RESIDENT: Final = ("政法委员会", "公安局", "司法局", "城市管理局", "市场监督管理局")
_IN_TURN: Final = (
    "民政局", "人力资源和社会保障局", "住房和城乡建设局", "应急管理局", "卫生健康委员会",
)  # fmt: skip
_ABSENT_EVERY: Final = 17
_ARRIVAL_SECONDS: Final = 240.0  # mean delay after the start of a duty
_PHONE: Final = "0000-{:07d}"  # a number that cannot be called


def keep_officers(
    connection: Connection, span: Span, generator: np.random.Generator, *, passed: float | None
) -> None:
    """Plan the coming week where it is not planned, and let officers of begun duties come.

    ``passed``: seconds since the last call in a living city; None for a fresh one, in which
    everybody but a few has come. In the caller's transaction.
    """
    last = connection.scalar(select(func.max(duty_officers.c.starts_at)))
    today = day_number(span.today)
    planned = int(span.local_days(np.array([_ms(last)]))[0]) if last else today - _DAYS_BACK - 1
    rows = [
        row
        for day in range(planned + 1, today + _DAYS_AHEAD + 1)
        for row in _rows_of(connection, date_of(day), span)
    ]
    if rows:
        connection.execute(insert(duty_officers), rows)
    _arrive(connection, span, generator, passed)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _rows_of(connection: Connection, day: date, span: Span) -> list[dict[str, Any]]:
    """Every duty that begins on a city day; residents come on working days only."""
    known = {row.name_zh: row.department_id for row in connection.execute(
        select(departments.c.department_id, departments.c.name_zh))}  # fmt: skip
    centres = connection.execute(
        select(areas.c.area_id, areas.c.depth, areas.c.name_zh)
        .where(areas.c.hierarchy == "main", areas.c.depth <= 1, areas.c.kind != "unlocated")
        .order_by(areas.c.area_id)
    ).all()
    start = span.midnight_ms(day) + _OPENS_MS
    number = day_number(day)
    found: list[dict[str, Any]] = []
    for place, centre in enumerate(centres):
        is_top = centre.depth == 0
        posts = [("leader", f"{centre.name_zh}党委政府", "值班长", DAY_MS)]
        if span.calendar.is_working_day(day):
            units = [one for one in _RESIDENT if one in known][: None if is_top else 2]
            posts += [("resident", unit, "值班员", _RESIDENT_MS) for unit in units]
        turn = [one for one in _IN_TURN if one in known]
        posts += [("rotating", turn[(number + place + step) % len(turn)], "值班员", DAY_MS)
                  for step in range(2 if is_top else 1)]  # fmt: skip
        for post, unit, rank, length in posts:
            person = (place * 11 + number * 5 + len(found)) % 900 + 100
            found.append({
                "area_id": centre.area_id, "unit": unit, "department_id": known.get(unit),
                "name": f"{rank}{person}", "phone": _PHONE.format(person * 7), "post": post,
                "starts_at": from_epoch_ms(start), "ends_at": from_epoch_ms(start + length),
            })  # fmt: skip
    return found


def _arrive(
    connection: Connection, span: Span, generator: np.random.Generator, passed: float | None
) -> None:
    waiting = connection.execute(
        select(duty_officers.c.officer_id, duty_officers.c.starts_at).where(
            duty_officers.c.arrived_at.is_(None),
            duty_officers.c.starts_at <= span.now,
            duty_officers.c.ends_at > span.now - timedelta(days=_DAYS_BACK + 2),
        )
    ).all()
    for row in waiting:
        if row.officer_id % _ABSENT_EVERY == 0:
            continue
        if passed is None:
            early = timedelta(seconds=float(generator.normal(-120, 240)))
            at = min(row.starts_at + early, span.now)
        elif generator.random() < 1 - np.exp(-passed / _ARRIVAL_SECONDS):
            at = span.now
        else:
            continue
        connection.execute(
            update(duty_officers)
            .where(duty_officers.c.officer_id == row.officer_id)
            .values(arrived_at=at)
        )
