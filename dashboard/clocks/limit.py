"""Limits 时限: a kind, an amount, and the rule by which its clock starts 起算规则."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from dashboard.clocks.calendar import Milliseconds, WorkCalendar
from dashboard.clocks.city_time import city_days
from dashboard.clocks.deadline import LIMIT_KINDS, NULL_MS

# 即时起算 at once; 次日起算 from 00:00 of the next day; 次工作日起算 from 00:00 of the next working
# day (domain rule 2.5: a grade table per city, "counted from the next day").
START_RULES: Final = ("instant", "next_day", "next_work_day")
_EPOCH_DAY: Final = date(1970, 1, 1)
_LONGEST_REST: Final = 366  # days without one working day are a mistake in the calendar


@dataclass(frozen=True, slots=True)
class Limit:
    """How much time there is: ``amount`` of ``kind``, counted by ``start_rule``.

    An amount of zero is allowed: such a case is due at once and overdue a millisecond later.
    Raises ValueError for an unknown kind or rule and for a negative or endless amount.
    """

    kind: str
    amount: float
    start_rule: str = "instant"

    def __post_init__(self) -> None:
        if self.kind not in LIMIT_KINDS:
            raise ValueError(f"unknown limit kind {self.kind!r}: use {', '.join(LIMIT_KINDS)}")
        if self.start_rule not in START_RULES:
            raise ValueError(f"unknown start {self.start_rule!r}: use {', '.join(START_RULES)}")
        if not math.isfinite(self.amount) or self.amount < 0:
            raise ValueError(f"a limit must be a finite number, not negative: {self.amount}")


def start_ms(calendar: WorkCalendar, moment_ms: int, rule: str) -> int:
    """When the clock starts to run for something that happened at ``moment_ms``; epoch ms."""
    return int(starts_ms(calendar, np.array([moment_ms], dtype=np.int64), rule)[0])


def starts_ms(calendar: WorkCalendar, moments_ms: Milliseconds, rule: str) -> Milliseconds:
    """When each clock starts to run: int64 epoch ms, NULL_MS where the moment is NULL_MS.

    Days are the city's. Raises ValueError for an unknown rule and OverflowError for a calendar that
    has no working day within a year.
    """
    if rule not in START_RULES:
        raise ValueError(f"unknown start rule {rule!r}: use one of {', '.join(START_RULES)}")
    if rule == "instant" or not len(moments_ms):
        return moments_ms
    known = moments_ms != NULL_MS
    days = city_days(moments_ms[known], calendar.time_zone)
    different, position = np.unique(days, return_inverse=True)
    only_working = rule == "next_work_day"
    starts = [_day_after(calendar, int(day), only_working=only_working) for day in different]
    result = np.full(moments_ms.shape, NULL_MS, dtype=np.int64)
    result[known] = np.array(starts, dtype=np.int64)[position]
    return result


def _day_after(calendar: WorkCalendar, day_number: int, *, only_working: bool) -> int:
    day = _EPOCH_DAY + timedelta(days=day_number + 1)
    for _ in range(_LONGEST_REST):
        if not only_working or calendar.is_working_day(day):
            return calendar.instant_ms(day)
        day += timedelta(days=1)
    raise OverflowError(f"the calendar has no working day in the year before {day}")
