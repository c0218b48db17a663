"""Day-by-day histories: the trend of a window and the thirty points of a sparkline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from dashboard.clocks.city_time import day_period, day_start
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.model import Kpi, Shape, Totals
from dashboard.readings.extras import read_daily_quantiles
from dashboard.readings.raw_totals import Interval, read_raw_days, read_raw_totals
from dashboard.readings.totals import Aim, has_rollups, net_stock
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.break_reads import read_member_days
from data_access.measures import STOCKS

SPARK_DAYS = 30
_TRAILING_DAYS = 7  # a rate of one day jumps; a week of days is what a sparkline can show
_LEAST_TREND_DAYS = 14
_MOST_DAILY_POINTS, _MOST_WEEKLY_DAYS = 120, 800
_DAY = timedelta(days=1)
_ZERO: Mapping[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class DayHistory:
    """Consecutive city days, oldest first, with the flows of each and the stocks at its end."""

    days: Sequence[date]
    flows: Sequence[reads.Measures]
    stocks: Sequence[Mapping[str, int]]

    def totals(self, kpi: Kpi, first: int, last: int) -> Totals:
        """What a KPI needs of several days together: flows of all, stocks at the end of the last.
        On a quiet day nothing has a row, and that is zero."""
        days = self.flows[first : last + 1]
        names = {term.name for term in kpi.terms if term.kind == "flow"}
        flows = {name: sum(day.get(name, 0) for day in days) for name in names}
        return Totals(flows=flows, stocks=self.stocks[last])


def last_day_of(aim: Aim, today: date) -> date:
    """The last day of a window's history: never beyond today."""
    return min(aim.window.last_on, today)


def read_day_history(
    connection: Connection,
    aim: Aim,
    days: int,
    stocks_now: Mapping[str, int],
    *,
    settings: Settings,
    today: date,
) -> DayHistory:
    """The ``days`` days up to the window's last one, or to today. Stocks are walked back from what
    they are at the window's end, ``stocks_now``."""
    last = last_day_of(aim, today)
    wanted = [last - (days - 1 - number) * _DAY for number in range(days)]
    rows = _read_days(connection, aim, wanted[0], last, settings)
    if not (aim.window.is_of_city_days or aim.window.is_running):
        stocks_now = _stocks_after(connection, aim, last, settings)
    flows = [rows.get(day_period(day), _ZERO) for day in wanted]
    stocks: list[Mapping[str, int]] = []
    level = dict(stocks_now)
    for measures in reversed(flows):
        stocks.append(dict(level))
        for stock in STOCKS:
            level[stock] -= net_stock(measures, stock)
    return DayHistory(days=wanted, flows=flows, stocks=stocks[::-1])


def _read_days(
    connection: Connection, aim: Aim, first: date, last: date, settings: Settings
) -> Mapping[int, reads.Measures]:
    """By period, from the rollups where they know the slice."""
    low, high, area = day_period(first), day_period(last), aim.area
    if aim.chosen.is_whole:
        return reads.read_day_series(connection, area.area_id, low, high)
    depth = settings.break_down_depth
    if has_rollups(area, (), aim.chosen, depth):
        (dimension, members), *_ = aim.chosen.members.items()
        return read_member_days(connection, area.area_id, dimension, members, low, high)
    return read_raw_days(
        connection, area, first, last + _DAY, as_of=aim.as_of, rules=fact_rules(settings),
        chosen=aim.chosen, by_area=area.depth > depth,
    )  # fmt: skip


def _stocks_after(
    connection: Connection, aim: Aim, day: date, settings: Settings
) -> Mapping[str, int]:
    """The stocks at the end of a day: a report day ends in the middle of one."""
    zone = settings.city_time_zone
    interval = Interval(
        start=day_start(day, zone), end=day_start(day + _DAY, zone), as_of=aim.as_of
    )
    totals = read_raw_totals(
        connection, aim.area, interval, rules=fact_rules(settings), chosen=aim.chosen,
        by_area=aim.area.depth > settings.break_down_depth,
    )  # fmt: skip
    return totals[aim.area.area_id].stocks


def trend_days(aim: Aim, today: date) -> int:
    """How many days the trend of a window shows: at least two weeks, so that a day has context."""
    return max((last_day_of(aim, today) - aim.window.from_on).days + 1, _LEAST_TREND_DAYS)


def trend(history: DayHistory, days: int) -> dict[str, object]:
    """The board's trend: by day, beyond 120 days by week and beyond 800 by month, each named by its
    first day; flows are summed, the stock is that of the last day."""
    chosen = range(len(history.days) - days, len(history.days))
    points: dict[str, dict[str, int]] = {}
    for number in chosen:
        day = history.days[number]
        point = points.setdefault(_first_of(day, days).isoformat(), {"accepted": 0, "closed": 0})
        point["accepted"] += history.flows[number].get("accepted", 0)
        point["closed"] += history.flows[number].get("closed", 0)
        point["overdue"] = history.stocks[number]["overdue"]
    return {
        "grain": _grain(days),
        "days": list(points),
        **{
            key: [point[key] for point in points.values()]
            for key in ("accepted", "closed", "overdue")
        },
    }


def _first_of(day: date, days: int) -> date:
    """The first day of the point that a day belongs to."""
    grain = _grain(days)
    if grain == "day":
        return day
    return day - day.weekday() * _DAY if grain == "week" else day.replace(day=1)


def _grain(days: int) -> str:
    if days <= _MOST_DAILY_POINTS:
        return "day"
    return "week" if days <= _MOST_WEEKLY_DAYS else "month"


def spark(kpi: Kpi, history: DayHistory) -> list[float | None]:
    """Thirty daily values of a KPI of cases; rates and scores over the seven days up to each."""
    last = len(history.days)
    return [_spark_point(kpi, history, number) for number in range(max(0, last - SPARK_DAYS), last)]


def measured_spark(
    connection: Connection, kpi: Kpi, aim: Aim, *, settings: Settings, today: date
) -> list[float | None]:
    """Thirty daily values of a quantile, each over the seven days up to it; empty for a number that
    has no days, such as an age."""
    zone = settings.city_time_zone
    last = last_day_of(aim, today)
    first = last - (SPARK_DAYS + _TRAILING_DAYS) * _DAY
    values = read_daily_quantiles(
        connection, aim.area,
        Interval(start=day_start(first, zone), end=day_start(last + _DAY, zone), as_of=aim.as_of),
        name=kpi.numerator[0].name, days=SPARK_DAYS, trailing=_TRAILING_DAYS, settings=settings,
        chosen=aim.chosen,
    )  # fmt: skip
    return [None if value is None else round(float(value), 2) for value in values]


def _spark_point(kpi: Kpi, history: DayHistory, number: int) -> float | None:
    is_steady = kpi.shape in (Shape.RATE, Shape.SCORE)
    first = max(0, number + 1 - _TRAILING_DAYS) if is_steady else number
    value = evaluate(kpi, history.totals(kpi, first, number)).value
    return None if value is None else round(float(value), 2)
