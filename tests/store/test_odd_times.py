"""Stocks of cases whose instants stand in an unusual order, day by day against the lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.readings.case_list import read_page
from dashboard.readings.reader import Reader
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.view import Question, open_view
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import case_cycles, case_suspensions, cases
from jobs.rebuild_rollups import rebuild
from jobs.refresh_rollups import refresh
from tests.store.history import START, History, plant_city

STOCKS = ("case.open", "case.overdue", "case.due_soon", "case.suspended")


def _day(number: float) -> datetime:
    return START + timedelta(days=number)


def _pause(connection: Any, start: float, end: float | None) -> None:
    ended = None if end is None else _day(end)
    row = {"case_id": 1, "seq": 1, "started_at": _day(start), "ended_at": ended}
    connection.execute(insert(case_suspensions).values(**row))


def _cycle(connection: Any, number: int, **instants: float) -> None:
    row = {name: _day(value) for name, value in instants.items()}
    connection.execute(insert(case_cycles).values(case_id=1, cycle_no=number, **row))


def _late_before_accepted(connection: Any) -> None:
    connection.execute(update(cases).values(due_soon_at=_day(-6), deadline_at=_day(-4)))


def _due_soon_before_accepted(connection: Any) -> None:
    connection.execute(update(cases).values(due_soon_at=_day(-6), deadline_at=_day(4)))


def _reopened_with_the_old_limit(connection: Any) -> None:
    _cycle(
        connection, 1, started_at=0, due_soon_at=1, deadline_at=2, closed_at=5, reopened_at=8
    )  # fmt: skip
    connection.execute(update(cases).values(due_soon_at=_day(1), deadline_at=_day(2), cycle_no=2))


def _reopened_twice_without_closing(connection: Any) -> None:
    _cycle(connection, 1, started_at=0, due_soon_at=1, deadline_at=2, reopened_at=5)
    _cycle(connection, 2, started_at=5, due_soon_at=1, deadline_at=2, reopened_at=8)
    connection.execute(update(cases).values(due_soon_at=_day(1), deadline_at=_day(2), cycle_no=3))


def _suspended_over_a_closure(connection: Any) -> None:
    _cycle(
        connection, 1, started_at=0, due_soon_at=3, deadline_at=12, closed_at=5, reopened_at=8
    )  # fmt: skip
    connection.execute(update(cases).values(due_soon_at=_day(9), deadline_at=_day(11), cycle_no=2))
    _pause(connection, 4, 10)


def _suspended_before_accepted(connection: Any) -> None:
    connection.execute(update(cases).values(due_soon_at=_day(1), deadline_at=_day(3)))
    _pause(connection, -5, 6)


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize(
    "shape",
    [
        _late_before_accepted,
        _due_soon_before_accepted,
        _reopened_with_the_old_limit,
        _reopened_twice_without_closing,
        _suspended_over_a_closure,
        _suspended_before_accepted,
    ],
)
def test_every_day_counts_what_its_list_shows(
    sqlite_engine: Engine, settings: Settings, shape: Any, is_closed: bool
) -> None:
    engine = sqlite_engine
    plant_city(engine)
    with begin_write(engine) as connection:
        History(engine, Random(1)).add(connection)
        connection.execute(
            update(cases).values(
                reported_at=_day(-8), accepted_at=_day(0), timeout_exempt=False,
                closed_at=_day(14) if is_closed else None,
            )
        )  # fmt: skip
        shape(connection)
    now = _day(20)
    refresh(engine, settings=settings, now=now)
    with begin_read(engine) as connection:
        for number in range(-9, 21):
            window = _day(number).date().isoformat()
            question = Question(scope=EVERYTHING, area_code=None, window_key=window, lang="zh")
            view = open_view(connection, question, settings=settings, now=now)
            counted, listed = {}, {}
            for key in STOCKS:
                kpi = CATALOGUE[key]
                counted[key] = view.totals.now[1].stocks[kpi.numerator[0].name]
                listed[key] = read_page(
                    connection, view.area, kpi, "numerator", window,
                    settings=settings, now=now, offset=0, limit=10,
                )[0]  # fmt: skip
            assert counted == listed, window
            assert min(counted.values()) >= 0


def test_a_case_of_the_future_is_in_no_break_down(
    sqlite_engine: Engine, settings: Settings
) -> None:
    plant_city(sqlite_engine)
    with begin_write(sqlite_engine) as connection:
        History(sqlite_engine, Random(1)).add(connection)
        times = {"reported_at": START, "accepted_at": START + timedelta(minutes=10)}
        connection.execute(update(cases).values(area_id=7, **times))
    reader = Reader(sqlite_engine, settings, build="test", now=lambda: START)
    refresh(sqlite_engine, settings=settings, now=START)
    reader.ticker.look()
    for code in ("A01", "A07"):  # one from the rollups, one from the cases
        board = reader.board(code, "d30", "zh")
        assert board["tiles"][0]["numerator"] == 0
        assert sum(one["value"] for one in board["breakdown"]["category"]) == 0


def test_a_case_of_long_ago_counts_without_harm(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(1))
    with begin_write(engine) as connection:
        history.add(connection)
        long_ago = datetime(1200, 3, 1, tzinfo=UTC)
        connection.execute(
            update(cases).values(reported_at=long_ago, accepted_at=long_ago, timeout_exempt=False)
        )
    rebuild(engine, settings=settings, now=START)
    question = Question(scope=EVERYTHING, area_code=None, window_key="d30", lang="zh")
    with begin_read(engine) as connection:
        view = open_view(connection, question, settings=settings, now=START)
    assert view.totals.now[1].stocks["open"] == 1
    assert view.totals.now[1].flows["accepted"] == 0
