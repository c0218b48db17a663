"""Reference values 参照值 that have to be read: what a relative threshold is a multiple of.

Those that the daily history tells are in ``judging``; these cost queries of their own and are read
only for a KPI that asks.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.model import Exact, Kpi, Reference, Totals
from dashboard.readings.extras import NO_EXTRAS, read_extras
from dashboard.readings.histories import DayHistory
from dashboard.readings.judging import median, reference_from_history
from dashboard.readings.raw_totals import Interval
from dashboard.readings.totals import net_stock
from dashboard.readings.view import View
from dashboard.readings.windows import stock_ranges
from data_access import rollup_reads as reads
from data_access.area_facts import read_duty
from data_access.measures import STOCKS

_TWELVE_WEEKS = timedelta(weeks=12)


def read_reference(
    connection: Connection, kpi: Kpi, view: View, history: DayHistory
) -> Exact | None:
    """What the bounds of a KPI are multiples of, for the view's own area; None where they are
    absolute, come with the number itself, or nothing is known to compare with."""
    wanted = kpi.thresholds.relative_to if kpi.thresholds else None
    if wanted is Reference.TWELVE_WEEK_MEDIAN:
        return _own_median(connection, kpi, view)
    if wanted is Reference.SIBLING_MEDIAN:
        return _sibling_median(connection, kpi, view)
    return reference_from_history(kpi, history, view.window, view.aim.first_on)


def _own_median(connection: Connection, kpi: Kpi, view: View) -> Exact | None:
    """The same quantile of the twelve weeks before the window; None where the store does not know
    all of them."""
    settings, aim = view.judge.settings, view.aim
    start, _ = aim.window.bounds(settings.city_time_zone)
    first = start - _TWELVE_WEEKS
    if aim.first_on is None or aim.first_on > first.astimezone(settings.city_zone).date():
        return None
    found = read_extras(
        connection, aim.area, Interval(start=first, end=start, as_of=aim.as_of),
        names=frozenset(term.name for term in kpi.numerator), settings=settings,
        chosen=aim.chosen,
    )  # fmt: skip
    extras = found.get(aim.area.area_id, NO_EXTRAS)
    totals = Totals(flows={}, stocks={}, field=extras.field, measured=extras.measured)
    return evaluate(kpi, totals).value


def _sibling_median(connection: Connection, kpi: Kpi, view: View) -> Exact | None:
    """The median of the areas with the same parent, this one among them; None for the city, and for
    a slice, because people belong to no category."""
    if len(view.line) < 2 or not view.aim.chosen.is_whole:
        return None
    parent = view.line[-2]
    sums = reads.read_sums(
        connection, parent.area_id, {"stocks": stock_ranges(view.window)}, with_children=True
    )
    duty = read_duty(connection, parent.area_id)
    values = []
    for sibling in reads.read_children(connection, parent.area_id):
        stocks = sums.get((sibling.area_id, "stocks"), {})
        totals = Totals(
            flows={},
            stocks={stock: net_stock(stocks, stock) for stock in STOCKS},
            duty=duty.get(sibling.area_id, {}),
        )
        values.append(evaluate(kpi, totals).value)
    return median([value for value in values if value is not None])


def children_reference(kpi: Kpi, view: View) -> Exact | None:
    """The median of the areas below, by which each of them is judged; None for other bounds."""
    if kpi.thresholds is None or kpi.thresholds.relative_to is not Reference.SIBLING_MEDIAN:
        return None
    values = [evaluate(kpi, view.totals.now[child.area_id]).value for child in view.children]
    return median([value for value in values if value is not None])
