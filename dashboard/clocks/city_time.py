"""City time: days, months and the moments between them. UTC milliseconds in, city days out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def city_days(ms: Ints, time_zone: str) -> Ints:
    """The city's calendar day of each UTC millisecond, as days since 1970-01-01; same length."""
    if len(ms) == 0:
        return np.zeros(0, dtype=np.int64)
    local = pd.DatetimeIndex(ms.astype("datetime64[ms]")).tz_localize("UTC").tz_convert(time_zone)
    days: Ints = local.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    return days


def city_minutes(ms: Ints, time_zone: str) -> Ints:
    """Minutes since midnight by the city's clocks of each UTC millisecond; same length."""
    if len(ms) == 0:
        return np.zeros(0, dtype=np.int64)
    local = pd.DatetimeIndex(ms.astype("datetime64[ms]")).tz_localize("UTC").tz_convert(time_zone)
    minutes: Ints = (local.hour * 60 + local.minute).to_numpy().astype(np.int64)
    return minutes


def city_today(now: datetime, time_zone: str) -> date:
    """The date in the city at an aware instant."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def day_start(day: date, time_zone: str) -> datetime:
    """The aware UTC instant at which a city day begins."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def day_periods(days: Ints) -> Ints:
    """yyyymmdd of day numbers."""
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    month_numbers = months.astype(np.int64)
    day_of_month = (stamps - months).astype(np.int64) + 1
    years = 1970 + month_numbers // 12
    periods: Ints = years * 10_000 + (month_numbers % 12 + 1) * 100 + day_of_month
    return periods


def day_period(day: date) -> int:
    """yyyymmdd of a date."""
    return day.year * 10_000 + day.month * 100 + day.day


def period_day(period: int) -> date:
    """The date of yyyymmdd. Raises ValueError for anything else."""
    return date(period // 10_000, period // 100 % 100, period % 100)
