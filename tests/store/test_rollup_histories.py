"""The oracle of the read model: after any history, incremental equals recomputed from scratch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text, update

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.measures import MEASURES
from data_access.tables import cases, rollup_area, rollup_break, rollup_cohort, rollup_state
from jobs.rebuild_rollups import rebuild
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import GRIDS, PARENTS, START, History, empty_store, plant_city
from tests.store.naive_stocks import city_day, naive_stocks

RULES = hypothesis_settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def rollup_rows(engine: Engine) -> dict[str, dict[tuple[int, ...], tuple[int, ...]]]:
    """Every rollup row that is not all zero: key → values."""
    found: dict[str, dict[tuple[int, ...], tuple[int, ...]]] = {}
    with begin_read(engine) as connection:
        for table in (rollup_area, rollup_break, rollup_cohort):
            keys = len(table.primary_key.columns)
            rows = connection.execute(select(table)).all()
            found[table.name] = {
                tuple(row[:keys]): tuple(row[keys:]) for row in rows if any(row[keys:])
            }
    return found


def _begin(engine: Engine, seed: int) -> History:
    empty_store(engine)
    plant_city(engine)
    return History(engine, Random(seed))


def _play(engine: Engine, seed: int, steps: int, settings: Settings) -> History:
    history = _begin(engine, seed)
    refresh(engine, settings=settings, now=history.now)
    for _ in range(steps):
        history.step()
        if history.random.random() < 0.4:
            history.pass_time()
            refresh(engine, settings=settings, now=history.now)
    refresh(engine, settings=settings, now=history.now)
    return history


@RULES
@given(seed=st.integers(0, 10**9), steps=st.integers(5, 60))
def test_incremental_equals_recomputed(
    engine: Engine, settings: Settings, seed: int, steps: int
) -> None:
    history = _play(engine, seed, steps, settings)
    incremental = rollup_rows(engine)
    rebuild(engine, settings=settings, now=history.now)
    assert incremental == rollup_rows(engine)


@RULES
@given(seed=st.integers(0, 10**9))
def test_children_add_up_to_their_parent(engine: Engine, settings: Settings, seed: int) -> None:
    _play(engine, seed, 40, settings)
    with begin_read(engine) as connection:
        parents = dict(connection.execute(text("SELECT area_id, parent_id FROM areas")).all())
        rows = connection.execute(select(rollup_area)).all()
    own: dict[tuple[int, int], tuple[int, ...]] = {(r[0], r[1]): tuple(r[2:]) for r in rows}
    zero = (0,) * len(MEASURES)
    for area, period in own:
        children = [child for child, parent in parents.items() if parent == area]
        if children:
            parts = [own.get((child, period), zero) for child in children]
            assert own[area, period] == tuple(map(sum, zip(*parts, strict=True)))


@RULES
@given(seed=st.integers(0, 10**9), days_ago=st.integers(0, 30))
def test_stocks_of_any_day_match_a_count_case_by_case(
    sqlite_engine: Engine, settings: Settings, seed: int, days_ago: int
) -> None:
    history = _play(sqlite_engine, seed, 50, settings)
    day = city_day(history.now) - timedelta(days=days_ago)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    # A stock at midnight is the sum of the flows of all days before it. A moment earlier than the
    # deadline's own millisecond cannot tell the two apart, so the naive count looks just before.
    moment = midnight - timedelta(milliseconds=1)
    period = day.year * 10_000 + day.month * 100 + day.day
    with begin_read(sqlite_engine) as connection:
        sums = (
            connection.execute(
                select(*(func.coalesce(func.sum(rollup_area.c[m]), 0).label(m) for m in MEASURES))
                .where(rollup_area.c.area_id == 1)
                .where(rollup_area.c.period > 10_000_000, rollup_area.c.period < period)
            )
            .one()
            ._mapping
        )
    expected = naive_stocks(sqlite_engine, moment)
    assert {stock: sums[f"{stock}_in"] - sums[f"{stock}_out"] for stock in expected} == expected


def test_a_deadline_passes_without_any_change_of_the_case(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    history = History(engine, Random(1))
    with begin_write(engine) as connection:
        history.add(connection)
        connection.execute(
            update(cases).values(
                reported_at=START,
                accepted_at=START,
                timeout_exempt=False,
                due_soon_at=START + timedelta(days=8),
                deadline_at=START + timedelta(days=10),
            )
        )
    refresh(engine, settings=settings, now=history.now)
    later = history.now + timedelta(days=120)
    report = refresh(engine, settings=settings, now=later)
    assert report.changed
    with begin_read(engine) as connection:
        row = (
            connection.execute(
                select(rollup_area).where(rollup_area.c.area_id == 1, rollup_area.c.period == 0)
            )
            .one()
            ._mapping
        )
    assert (row["overdue_in"], row["overdue_out"], row["breached"]) == (1, 0, 1)
    assert row["due_soon_in"] - row["due_soon_out"] == 0


def test_an_idle_refresh_moves_the_clock_but_not_the_version(
    engine: Engine, settings: Settings
) -> None:
    plant_city(engine)
    refresh(engine, settings=settings, now=START)
    before = _state(engine)
    refresh(engine, settings=settings, now=START + timedelta(seconds=5))
    after = _state(engine)
    assert after.version == before.version
    assert after.checked_at == START + timedelta(seconds=5)


def test_another_day_cut_rebuilds(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    refresh(engine, settings=settings, now=START)
    moved = replace(settings, city_time_zone="America/New_York")
    assert refresh(engine, settings=moved, now=START).rebuilt


def _state(engine: Engine) -> Any:
    with begin_read(engine) as connection:
        return connection.execute(select(rollup_state)).one()


def test_the_random_histories_reach_every_measure(
    sqlite_engine: Engine, settings: Settings
) -> None:
    reached: set[str] = set()
    for seed in range(12):
        history = _begin(sqlite_engine, seed)
        for _ in range(150):
            history.step()
            if history.random.random() < 0.4:
                history.pass_time()
        refresh(sqlite_engine, settings=settings, now=history.now)
        with begin_read(sqlite_engine) as connection:
            row = connection.execute(
                select(rollup_area).where(rollup_area.c.area_id == 1, rollup_area.c.period == 0)
            ).one()
        reached |= {name for name in MEASURES if row._mapping[name]}
    assert reached == set(MEASURES)


def test_the_small_city_has_uneven_depth() -> None:
    assert {PARENTS[grid] for grid in GRIDS} == {3, 4, 5, 6}
