"""Areas that appear, move and vanish while cases hang on them; clocks that jump."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from dashboard.kpis.tree import AreaTreeError
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import areas, cases, rollup_area, rollup_state
from jobs.rebuild_rollups import rebuild
from jobs.refresh_rollups import refresh
from tests.store.history import START, History, plant_city
from tests.store.test_rollup_histories import rollup_rows


@pytest.fixture
def city(engine: Engine, settings: Settings) -> Engine:
    """The small city with forty cases, all applied."""
    plant_city(engine)
    history = History(engine, Random(7))
    with begin_write(engine) as connection:
        for _ in range(40):
            history.add(connection)
    refresh(engine, settings=settings, now=START)
    return engine


def _move_cases(connection: Connection, from_area: int, to_area: int) -> None:
    moved = update(cases).where(cases.c.area_id == from_area).values(area_id=to_area)
    assert connection.execute(moved).rowcount > 0


def _delete_grid(connection: Connection) -> None:
    _move_cases(connection, 7, 12)
    connection.execute(delete(areas).where(areas.c.area_id == 7))


def _give_grid_to_the_police(connection: Connection) -> None:
    _move_cases(connection, 7, 12)
    connection.execute(
        update(areas).where(areas.c.area_id == 7).values(hierarchy="police", parent_id=1)
    )


def _give_grid_with_its_cases_to_the_police(connection: Connection) -> None:
    connection.execute(update(areas).where(areas.c.area_id == 7).values(hierarchy="police"))


def _add_area_below_a_grid(connection: Connection) -> None:
    connection.execute(
        insert(areas).values(
            area_id=50, code="A50", parent_id=7, level="grid", depth=4, name_zh="区域50"
        )
    )


def _delete_and_make_anew_elsewhere(connection: Connection) -> None:
    _move_cases(connection, 7, 12)
    row = connection.execute(select(areas).where(areas.c.area_id == 7)).one()._asdict()
    connection.execute(delete(areas).where(areas.c.area_id == 7))
    connection.execute(insert(areas).values(**row | {"parent_id": 6}))
    connection.execute(update(cases).where(cases.c.area_id == 12).values(area_id=7))


@pytest.mark.parametrize(
    "change",
    [
        _delete_grid,
        _give_grid_to_the_police,
        _give_grid_with_its_cases_to_the_police,
        _add_area_below_a_grid,
        _delete_and_make_anew_elsewhere,
    ],
)
def test_a_changed_tree_is_followed(city: Engine, settings: Settings, change: Any) -> None:
    with begin_write(city) as connection:
        change(connection)
    assert not refresh(city, settings=settings, now=START).rebuilt
    followed = rollup_rows(city)
    rebuild(city, settings=settings, now=START)
    assert followed == rollup_rows(city)


def test_a_circle_of_parents_is_said_and_mended(city: Engine, settings: Settings) -> None:
    def hang(area: int, parent: int) -> None:
        with begin_write(city) as connection:
            connection.execute(
                update(areas).where(areas.c.area_id == area).values(parent_id=parent)
            )

    def told() -> tuple[str, str | None]:
        with begin_read(city) as connection:
            state = connection.execute(select(rollup_state)).one()
        return state.status, state.message

    before = rollup_rows(city)
    hang(4, 7)  # a street below its own grid
    for _ in range(2):
        with pytest.raises(AreaTreeError):
            refresh(city, settings=settings, now=START)
    assert told() == ("failed", "area_tree")
    assert rollup_rows(city) == before
    hang(4, 2)
    refresh(city, settings=settings, now=START)
    assert told() == ("live", None)
    assert rollup_rows(city) == before


def test_after_a_clock_that_ran_ahead_the_last_look_is_told_truly(
    city: Engine, settings: Settings
) -> None:
    ahead = START + timedelta(days=400)
    refresh(city, settings=settings, now=ahead)
    passed = _overdue(city)
    refresh(city, settings=settings, now=START + timedelta(seconds=1))
    with begin_read(city) as connection:
        state = connection.execute(select(rollup_state)).one()
    assert state.checked_at == START + timedelta(seconds=1)  # else dead jobs look alive for a year
    assert state.as_of == ahead  # what has passed is not undone
    assert _overdue(city) == passed


def _overdue(engine: Engine) -> int:
    with begin_read(engine) as connection:
        row = connection.execute(
            select(rollup_area).where(rollup_area.c.area_id == 1, rollup_area.c.period == 0)
        ).one()
    return int(row.overdue_in - row.overdue_out)
