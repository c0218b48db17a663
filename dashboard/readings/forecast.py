"""The forecast of overdue cases 超期预测: by tonight and by the next Monday meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.clocks.forecast import next_meeting, tonight
from dashboard.readings import board_parts as parts
from dashboard.settings import Settings
from data_access.case_lists import read_next_overdue
from data_access.forecasts import read_overdue_forecast
from data_access.rollup_reads import AreaRow
from data_access.slices import EVERY_CASE, Slice
from data_access.types import to_epoch_ms

KEYS = ("tonight", "meeting")
MOST_ROWS = 200


def forecast_moments(now: datetime, settings: Settings) -> dict[str, datetime]:
    """What each key of a forecast looks forward to: 24:00 of today, and Monday 07:00, city time."""
    zone = settings.city_time_zone
    return {"tonight": tonight(now, zone), "meeting": next_meeting(now, zone)}


def overdue_forecast(
    connection: Connection,
    area: AreaRow,
    *,
    settings: Settings,
    now: datetime,
    as_of: datetime,
    chosen: Slice = EVERY_CASE,
) -> list[dict[str, Any]]:
    """How many cases below an area will be overdue if nothing is done, soonest moment first.

    ``now`` decides which day it is; ``as_of`` is the moment the numbers beside it stand for, so
    that ``overdue_now`` equals them. Suspended and exempt cases are set aside and counted apart.
    """
    moments = forecast_moments(now, settings)
    found = read_overdue_forecast(connection, area, as_of, list(moments.values()), chosen=chosen)
    rows = [
        {
            "key": key,
            "until_ms": to_epoch_ms(one.until),
            "overdue_now": one.overdue_now,
            "becoming": one.becoming,
            "overdue_then": one.overdue_then,
            "suspended": one.suspended,
            "exempt": one.exempt,
        }
        for key, one in zip(moments, found, strict=True)
    ]
    return sorted(rows, key=lambda row: row["until_ms"])


def becoming_overdue(
    connection: Connection,
    area: AreaRow,
    key: str,
    *,
    settings: Settings,
    now: datetime,
    as_of: datetime,
    lang: str,
    limit: int = 50,
    chosen: Slice = EVERY_CASE,
) -> list[dict[str, Any]]:
    """The cases that a forecast counts as becoming overdue, the first to be so first.

    At most ``limit`` (200 at most), in the shape of every case list. Raises KeyError for a key that
    is none of KEYS.
    """
    until = forecast_moments(now, settings)[key]
    limit = min(max(1, limit), MOST_ROWS)
    rows = read_next_overdue(connection, area, as_of, until, limit=limit, chosen=chosen)
    places = parts.place_names(connection, rows, area, lang)
    return [parts.case_row(row, places, lang) for row in rows]
