"""Judging 判定: green, yellow or red by the thresholds in force, and against what relative ones are
measured.

A window is judged by what is in force on its last day. Relative thresholds need a reference value:
the area's own four weeks, its same weekdays, its twelve weeks, or the areas beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import sqrt

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.evaluate import evaluate, judge
from dashboard.kpis.model import Exact, Kpi, Level, Reading, Reference
from dashboard.readings.histories import DayHistory
from dashboard.readings.thresholds import kpis_in_force
from dashboard.readings.windows import Window
from dashboard.settings import Settings
from data_access.limits import read_category_limits, read_limit_rules

_WEEK, _WEEKS = 7, 4
_FOUR_WEEKS = _WEEK * _WEEKS
_SIGMAS = 2
_MICRO = 10**6
# Natural days that a unit of a limit can take at most: a working day meets weekends and holidays.
_DAYS_OF = {"natural_day": 1.0, "work_day": 2.0, "work_hour": 0.5, "urgent_hour": 1 / 24}


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges the readings of one window.

    ``kpis``: the city's catalogue with the bounds in force; ``is_settled``: every case of the
    window could have been closed by now.
    """

    settings: Settings
    kpis: Mapping[str, Kpi]
    is_settled: bool

    def level(
        self, reading: Reading, area_level: str | None, *, reference: Exact | None = None
    ) -> Level:
        """The judgement on a number that stands for itself."""
        return judge(
            reading,
            minimum_sample=self.settings.minimum_sample,
            reference=reference,
            area_level=area_level,
            is_settled=self.is_settled,
        )

    def level_beside_others(
        self, reading: Reading, area_level: str | None, *, reference: Exact | None = None
    ) -> Level:
        """The judgement where areas stand side by side. A rate of three cases is shown but not
        judged: it would redden the smallest areas by chance."""
        return judge(
            reading,
            minimum_sample=self.settings.minimum_sample,
            minimum_denominator=self.settings.minimum_denominator,
            reference=reference,
            area_level=area_level,
            is_settled=self.is_settled,
        )


def read_judge(
    connection: Connection, window: Window, *, settings: Settings, as_of: datetime
) -> Judge:
    """The judge of a window."""
    today = city_today(as_of, settings.city_time_zone)
    return Judge(
        settings=settings,
        kpis=kpis_in_force(connection, settings, min(window.last_on, today)),
        is_settled=not window.is_running and _is_settled(connection, window, today),
    )


def _is_settled(connection: Connection, window: Window, today: date) -> bool:
    """Whether the longest limit of any category has passed since the window ended."""
    limits = [*read_category_limits(connection), *read_limit_rules(connection)]
    days = [_DAYS_OF.get(row["limit_kind"], 1.0) * (row["limit_amount"] or 0) for row in limits]
    longest = max(days, default=0.0)
    return window.until_on + timedelta(days=int(longest) + 1) <= today


def reference_from_history(
    kpi: Kpi, history: DayHistory, window: Window, first_on: date | None
) -> Exact | None:
    """What a relative threshold compares with, where the daily history tells it; else None.

    Mean of the stock at the last 28 midnights; for a window of one day, mean and two standard
    deviations of the four same weekdays before. None where the store does not know those weeks.
    """
    wanted = kpi.thresholds.relative_to if kpi.thresholds else None
    before = len(history.days) - 1 - _FOUR_WEEKS
    if before < 0 or first_on is None or first_on > history.days[before]:
        return None
    if wanted is Reference.FOUR_WEEK_MEAN:
        return four_week_mean(kpi, history)
    if wanted is Reference.SPIKE and window.days == 1:
        return spike_bound(kpi, history)
    return None


def four_week_mean(kpi: Kpi, history: DayHistory) -> Exact | None:
    """Mean of a stock at the ends of the 28 days before the last one."""
    last = len(history.days) - 1
    values = [_of_day(kpi, history, day) for day in range(last - _FOUR_WEEKS, last)]
    known = [value for value in values if value is not None]
    return Fraction(sum(known)) / len(known) if len(known) == _FOUR_WEEKS else None


def spike_bound(kpi: Kpi, history: DayHistory) -> Exact | None:
    """Mean plus two standard deviations (of the population) of the four same weekdays before."""
    last = len(history.days) - 1
    values = [_of_day(kpi, history, last - _WEEK * week) for week in range(1, _WEEKS + 1)]
    known = [value for value in values if value is not None]
    if len(known) < _WEEKS:
        return None
    mean = Fraction(sum(known)) / _WEEKS
    variance = sum((value - mean) ** 2 for value in known) / _WEEKS
    return mean + Fraction(round(_SIGMAS * sqrt(variance) * _MICRO), _MICRO)


def _of_day(kpi: Kpi, history: DayHistory, number: int) -> Exact | None:
    return evaluate(kpi, history.totals(kpi, number, number)).value


def median(values: Sequence[Exact]) -> Exact | None:
    """The middle value, of two the mean; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return Fraction(ordered[half - 1] + ordered[half]) / 2
