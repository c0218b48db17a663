"""Every measure and the rows behind it agree: rollups and SQL are twins, after any history."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select, union_all

from dashboard.clocks.city_time import city_today
from dashboard.kpis.fact_rules import stage_limits
from dashboard.readings.windows import WINDOW_KEYS, flow_ranges, resolve_window, stock_ranges
from dashboard.settings import Settings
from data_access import rollup_reads
from data_access.counted_flows import flow_rows
from data_access.counted_rows import Rows, Span, stock_rows
from data_access.engine import begin_read
from data_access.measures import FLOWS, STOCKS
from data_access.tables import area_paths, cases
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import START, History, empty_store, plant_city

PAST = ("2026-01", "2026-01-31", "2026-01-10..2026-01-29", "2026-02", "2026-02-01")


@hypothesis_settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**9), window=st.sampled_from((*WINDOW_KEYS, *PAST)))
def test_every_measure_counts_its_rows(
    engine: Engine, settings: Settings, seed: int, window: str
) -> None:
    empty_store(engine)
    plant_city(engine)
    history = History(engine, Random(seed))
    refresh(engine, settings=settings, now=START)
    for _ in range(60):
        history.step()
        if history.random.random() < 0.2:
            history.pass_time()
            refresh(engine, settings=settings, now=history.now)
    refresh(engine, settings=settings, now=history.now)
    with begin_read(engine) as connection:
        assert counted(connection, window, history, settings) == summed(
            connection, window, history, settings
        )


def summed(
    connection: Connection, key: str, history: History, settings: Settings
) -> dict[str, int]:
    """What the rollups say of the whole city: every flow of the window, every stock at its end."""
    window = resolve_window(key, city_today(history.now, settings.city_time_zone))
    sums = rollup_reads.read_sums(
        connection,
        1,
        {"flows": flow_ranges(window), "stocks": stock_ranges(window)},
        with_children=False,
        own_parts={},
    )
    flows = sums.get((1, "flows"), {})
    stocks = sums.get((1, "stocks"), {})
    return {
        **{name: flows.get(name, 0) for name in FLOWS if name != "cohort_closed"},
        **{name: stocks.get(f"{name}_in", 0) - stocks.get(f"{name}_out", 0) for name in STOCKS},
    }


def counted(
    connection: Connection, key: str, history: History, settings: Settings
) -> dict[str, int]:
    """The same, row by row; the cohort of a past window is a correction of its own."""
    window = resolve_window(key, city_today(history.now, settings.city_time_zone))
    start, end = window.bounds(settings.city_time_zone)
    span = Span(start=start, end=end, as_of=history.now, limits=stage_limits(settings))
    flows = {name: flow_rows(name, span) for name in FLOWS if name != "cohort_closed"}
    stocks = {name: stock_rows(name, span) for name in STOCKS}
    return {name: _length(connection, rows) for name, rows in (flows | stocks).items()}


def _length(connection: Connection, rows: Rows) -> int:
    part = union_all(rows).subquery()
    source = part.join(cases, cases.c.case_id == part.c.case_id).join(
        area_paths, area_paths.c.area_id == cases.c.area_id
    )
    return int(connection.execute(select(func.count()).select_from(source)).scalar_one())
