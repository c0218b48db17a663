"""The worklists of /overdue: counts, matrix and lists are one, and equal the board's numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from dashboard.clocks.case_clock import CaseTimes, read_clock
from dashboard.clocks.city_calendar import clock_rules
from dashboard.clocks.limit import Limit
from dashboard.clocks.remaining import remaining_text
from dashboard.readings.calendars import calendar_of
from dashboard.readings.forecast import forecast_moments, overdue_forecast
from dashboard.readings.reader import Reader
from dashboard.readings.scope import OutsideScopeError, Scope
from dashboard.readings.view import UnknownAreaError, find_area
from dashboard.readings.worklist import Asked, Worklist, known_tab, read_worklist
from dashboard.settings import Settings
from data_access.case_lists import count_overdue
from data_access.engine import begin_read, begin_write
from data_access.rollup_reads import read_area
from data_access.rollups import read_state
from data_access.tables import areas, case_suspensions, cases, supervisions
from data_access.types import to_epoch_ms
from data_access.worklists import TABS
from jobs.rebuild_rollups import rebuild
from jobs.refresh_rollups import refresh
from tests.store.history import PARENTS, History, plant_city

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in the city
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_tabs_matrix_and_list_are_one(engine: Engine, settings: Settings, seed: int) -> None:
    plant_city(engine)
    history = History(engine, Random(seed))
    for _ in range(60):
        history.step()
        if history.random.random() < 0.3:
            history.pass_time()
    refresh(engine, settings=settings, now=history.now)
    reader = Reader(engine, settings, build="t", now=lambda: history.now)
    for number in (1, 2, 6, 7):
        code = f"A{number:02d}"
        tabs = _tabs(engine, reader, code, history.now)
        for tab in TABS:
            work = read_worklist(reader, Asked(area=code, tab=tab), "zh")
            assert dict(work.tabs)[tab] == work.total == len(work.rows) == work.matrix.total
            if tab in tabs:
                assert work.total == tabs[tab]
            _check_matrix(reader, work, code, tab)
            for row in work.rows:
                assert _lies_below(engine, row.case_id, number)


def _tabs(engine: Engine, reader: Reader, code: str, now: datetime) -> dict[str, int]:
    """The same counts by other ways: board, forecast, drawer."""
    with begin_read(engine) as connection:
        area, state = read_area(connection, code), read_state(connection)
        assert area is not None and state is not None and state.as_of is not None
        late = count_overdue(connection, area, state.as_of)
        ahead = overdue_forecast(
            connection, area, settings=reader.settings, now=now, as_of=state.as_of
        )
    by_key = {one["key"]: one["becoming"] for one in ahead}
    board = reader.board(code, "all", "zh")
    assert board["overdue"]["total"] == late
    return {"overdue": late, "today": by_key["tonight"], "meeting": by_key["meeting"]}


def _check_matrix(reader: Reader, work: Worklist, code: str, tab: str) -> None:
    """Every cell's number is the length of the list it leads to, and the cells add up."""
    matrix, seen = work.matrix, 0
    for row in matrix.rows:
        assert sum(row.counts) == row.total
        for (place, _), number in zip(matrix.places, row.counts, strict=True):
            asked = Asked(area=code, tab=tab, place=place, department=row.code)
            found = read_worklist(reader, asked, "zh")
            assert found.total == len(found.rows) == number
            seen += number
    assert seen == matrix.total == sum(matrix.totals)


def _lies_below(engine: Engine, case_id: int, top: int) -> bool:
    with begin_read(engine) as connection:
        query = select(areas.c.area_id, areas.c.parent_id)
        parents = {row[0]: row[1] for row in connection.execute(query)}
        found = select(cases.c.area_id).where(cases.c.case_id == case_id)
        at = connection.execute(found).scalar_one()
    while at is not None and at != top:
        at = parents[at]
    return bool(at == top)


def plant(connection: Any, case_id: int, **more: Any) -> None:
    values = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 1, "source_ref": str(case_id),
        "category_id": 1, "area_id": 7, "department_id": 1, "state": "handling",
        "reported_at": NOW - 300 * HOUR, "accepted_at": NOW - 300 * HOUR, "ingested_at": NOW,
        "updated_at": NOW,
    }  # fmt: skip
    connection.execute(insert(cases).values(values | more))


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    plant_city(engine)
    return Reader(engine, replace(settings, editing=True), build="t", now=lambda: NOW)


def test_rows_are_in_the_order_of_their_tab(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        for case_id, hours in ((1, -2), (2, -90), (3, -30), (4, 5), (5, 3)):
            plant(connection, case_id, deadline_at=NOW + hours * HOUR, area_id=7 + case_id)
        for case_id, ends in ((6, None), (7, -1), (8, 40)):
            plant(connection, case_id, state="suspended", deadline_at=NOW - HOUR)
            connection.execute(
                insert(case_suspensions).values(
                    case_id=case_id, seq=1, started_at=NOW - 50 * HOUR, reason="等待材料",
                    planned_end_at=None if ends is None else NOW + ends * HOUR,
                )
            )  # fmt: skip
    rebuild(reader.engine, settings=reader.settings, now=NOW)

    def listed(tab: str) -> list[int]:
        return [row.case_id for row in read_worklist(reader, Asked(tab=tab), "zh").rows]

    assert listed("overdue") == [2, 3, 1]
    assert listed("today") == [5, 4]
    assert listed("suspended") == [7, 8, 6]
    lights = [row.light for row in read_worklist(reader, Asked(tab="suspended"), "en").rows]
    assert lights == ["red", "paused", "paused"]  # past its planned end is red


@pytest.mark.parametrize("kind", ["work_hour", "work_day", "urgent_hour", "natural_day"])
def test_statutory_time_is_that_of_the_cases_clock(reader: Reader, kind: str) -> None:
    amounts = {"work_hour": 6, "work_day": 2, "urgent_hour": 20, "natural_day": 3}
    limit = Limit(kind, amounts[kind])
    rules = clock_rules(reader.settings)
    with begin_write(reader.engine) as connection:
        calendar = calendar_of(connection, reader.settings)
        clocks = {}
        for case_id in range(1, 41):
            started = to_epoch_ms(NOW - case_id * 5 * HOUR)
            times = CaseTimes(limit=limit, started_ms=started)
            clock = read_clock(calendar, times, to_epoch_ms(NOW), rules)
            assert clock.deadlines is not None
            clocks[case_id] = clock
            plant(
                connection, case_id, limit_kind=kind, limit_amount=amounts[kind],
                deadline_at=_moment(clock.deadlines.close_ms),
                due_soon_at=_moment(clock.deadlines.due_soon_ms),
            )  # fmt: skip
    rebuild(reader.engine, settings=reader.settings, now=NOW)
    shown = 0
    for tab in ("overdue", "due_soon", "meeting"):
        for row in read_worklist(reader, Asked(tab=tab), "zh").rows:
            clock = clocks[row.case_id]
            assert row.light == clock.light
            assert row.clock == remaining_text(clock, work_day_ms=calendar.day_ms, lang="zh")
            shown += 1
    assert shown > 20


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def test_pages_follow_each_other_and_a_hostile_address_finds_nothing(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        for case_id in range(1, 121):
            plant(connection, case_id, deadline_at=NOW - case_id * HOUR, area_id=7 + case_id % 6)
    rebuild(reader.engine, settings=reader.settings, now=NOW)
    pages = [read_worklist(reader, Asked(offset=offset), "zh") for offset in (0, 50, 100, 10**30)]
    assert [len(page.rows) for page in pages] == [50, 50, 20, 0]
    listed = [row.case_id for page in pages for row in page.rows]
    assert listed == list(range(120, 0, -1))
    for place, department in (("A99", ""), ("", "nobody"), ("\x00", "'"), ("A02", "-")):
        found = read_worklist(reader, Asked(place=place, department=department), "zh")
        assert (found.total, found.rows) == (0, ())
        assert found.matrix.total == 120
    assert known_tab("x") == known_tab(None) == "overdue"
    with pytest.raises(UnknownAreaError):
        read_worklist(reader, Asked(area="A99"), "zh")
    with pytest.raises(OutsideScopeError):
        read_worklist(reader, Asked(area="A03"), "zh", scope=Scope(tops=(2,)))


def test_supervised_cases_stand_in_the_order_of_their_answers(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        for case_id, due, ended in ((1, 9, None), (2, 3, None), (3, 1, NOW), (4, 5, None)):
            plant(connection, case_id, closed_at=NOW - HOUR if case_id == 4 else None)
            connection.execute(
                insert(supervisions).values(
                    case_id=case_id, code=f"S{case_id}", kind="key", level=1, issued_at=NOW,
                    reply_due_at=NOW + due * HOUR, resolved_at=ended,
                )
            )  # fmt: skip
    rebuild(reader.engine, settings=reader.settings, now=NOW)
    work = read_worklist(reader, Asked(tab="supervised"), "zh")
    assert [row.case_id for row in work.rows] == [2, 1]
    assert dict(work.tabs)["supervised"] == work.total == 2
    assert work.rows[0].items[0].state == "待反馈"


def test_an_empty_city_has_empty_lists(reader: Reader) -> None:
    rebuild(reader.engine, settings=reader.settings, now=NOW)
    work = read_worklist(reader, Asked(), "zh")
    assert (work.total, work.rows, work.matrix.rows) == (0, (), ())
    assert [count for _, count in work.tabs] == [0] * 6
    moments = forecast_moments(NOW, reader.settings)
    meeting = read_worklist(reader, Asked(tab="meeting"), "zh").until_ms
    assert meeting == to_epoch_ms(moments["meeting"])
    with begin_read(reader.engine) as connection:
        assert find_area(connection, Scope(), "A01").area_id in PARENTS
