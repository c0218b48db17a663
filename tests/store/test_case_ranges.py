"""Ranges of case ids: every case in exactly one, however the ids are drawn."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Engine, select, update

from data_access.case_columns import case_id_ranges
from data_access.engine import begin_read, begin_write
from data_access.tables import cases
from tests.store.history import History, plant_city


@pytest.mark.parametrize("apart", [1, 3, 4_194_304_000])
def test_ranges_cover_all_cases_once(engine: Engine, apart: int) -> None:
    plant_city(engine)
    history = History(engine, Random(1))
    with begin_write(engine) as connection:
        for _ in range(25):
            history.add(connection)
        connection.execute(update(cases).values(case_id=cases.c.case_id * apart + 10**15))
    with begin_read(engine) as connection:
        ranges = list(case_id_ranges(connection, size=10))
        found = [
            case_id
            for wanted in ranges
            for case_id in connection.execute(
                select(cases.c.case_id).where(cases.c.case_id.between(wanted.first, wanted.last))
            ).scalars()
        ]
        assert sorted(found) == sorted(connection.execute(select(cases.c.case_id)).scalars())
    assert len(ranges) <= 10
    assert all(one.first <= one.last for one in ranges)


def test_no_cases_need_no_range(engine: Engine) -> None:
    with begin_read(engine) as connection:
        assert list(case_id_ranges(connection, size=10)) == []
