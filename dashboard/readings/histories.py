"""Day-by-day histories: the trend of a window and the thirty points of a sparkline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from dashboard.clocks.city_time import day_period
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.model import Kpi, Totals
from dashboard.readings.totals import net_stock
from dashboard.readings.windows import Window
from data_access import rollup_reads as reads
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


def read_day_history(
    connection: Connection, area_id: int, today: date, days: int, stocks_now: Mapping[str, int]
) -> DayHistory:
    """The last ``days`` days up to today. Stocks are walked back from what they are now."""
    wanted = [today - (days - 1 - number) * _DAY for number in range(days)]
    rows = reads.read_day_series(connection, area_id, day_period(wanted[0]), day_period(today))
    flows = [rows.get(day_period(day), _ZERO) for day in wanted]
    stocks: list[Mapping[str, int]] = []
    level = dict(stocks_now)
    for measures in reversed(flows):
        stocks.append(dict(level))
        for stock in STOCKS:
            level[stock] -= net_stock(measures, stock)
    return DayHistory(days=wanted, flows=flows, stocks=stocks[::-1])


def trend_days(window: Window) -> int:
    """How many days the trend of a window shows: at least two weeks, so that a day has context."""
    return max(window.days, _LEAST_TREND_DAYS)


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
    """Thirty daily values of a KPI of cases; rates over the seven days up to each day."""
    last = len(history.days)
    return [_spark_point(kpi, history, number) for number in range(max(0, last - SPARK_DAYS), last)]


def _spark_point(kpi: Kpi, history: DayHistory, number: int) -> float | None:
    first = max(0, number + 1 - _TRAILING_DAYS) if kpi.is_rate else number
    terms = (*kpi.numerator, *(kpi.denominator or ()))
    names = {term.name for term in terms if term.kind == "flow"}
    flows = {
        name: sum(day.get(name, 0) for day in history.flows[first : number + 1]) for name in names
    }
    value = evaluate(kpi, Totals(flows=flows, stocks=history.stocks[number])).value
    return None if value is None else round(float(value), 2)
