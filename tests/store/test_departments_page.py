"""The departments page: the league equals its slices, queues and items equal their lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, update

from dashboard.kpis.evaluate import evaluate
from dashboard.readings.case_question import case_question
from dashboard.readings.case_search import count_listing
from dashboard.readings.departments_page import (
    UnitsAsked,
    build_departments_page,
    open_units,
    units_asked,
)
from dashboard.readings.reader import Reader
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.unit_league import MAIN, REST, places
from dashboard.readings.unit_page import UnknownUnitError, build_unit_page
from dashboard.readings.unit_totals import (
    EVERYBODY,
    NOBODY,
    UnitTotals,
    read_unit_totals,
    together,
    with_closing_times,
)
from dashboard.readings.view import Question, SliceCodes, open_view
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    case_cycles,
    case_events,
    cases,
    categories,
    departments,
    whistle_calls,
)
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city
from tests.store.test_raw_totals import NOW, play, sums_of

# Running and past, whole days and not, above and below the break-downs.
WINDOWS = ("week", "d30", "d365", "2025-10", "2025-11-21", "R2025-11-21")
UNITS = {1: SliceCodes(department="d1"), 2: SliceCodes(department="d2"),
         NOBODY: SliceCodes(department="-")}  # fmt: skip
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize("seed", [19])
def test_the_league_is_what_slices_say(engine: Engine, settings: Settings, seed: int) -> None:
    own = replace(settings, report_day_starts="12:00")
    history = play(engine, seed, own, steps=20)
    compared = 0
    with begin_read(engine) as connection:
        for area in ("A01", "A02", "A04"):
            for window in WINDOWS:
                question = Question(scope=EVERYTHING, area_code=area, window_key=window, lang="zh")
                units = open_units(connection, question, settings=own, now=history.now)
                found = read_unit_totals(connection, units.aim, settings=own)
                everything = {**found.now, EVERYBODY: together(found.now)}
                timed = with_closing_times(connection, units.aim, everything, settings=own)
                for unit, codes in {**UNITS, EVERYBODY: SliceCodes()}.items():
                    compared += _same(
                        connection, replace(question, codes=codes), own, unit, timed, found
                    )
    assert compared > 60


def _same(
    connection: Connection, question: Question, own: Settings, unit: int, timed: Any,
    found: UnitTotals,
) -> int:  # fmt: skip
    """One department against the slice of its own: every measure, KPI, and the window before."""
    kpis = [key for key in (*MAIN, *REST) if key != "due"]
    view = open_view(
        connection, question, settings=own, now=NOW, with_children=False,
        kpis=[own_kpi for own_kpi in _catalogue(connection, question, own) if own_kpi.key in kpis],
    )  # fmt: skip
    totals = timed.get(unit)
    if totals is None:
        assert sums_of(view.own) == {}
        return 0
    assert sums_of(totals) == sums_of(view.own), (question, unit)
    for key in kpis:
        kpi = view.kpis[key]
        assert evaluate(kpi, totals).value == evaluate(kpi, view.own).value, (question, key)
    before = view.totals.before
    if unit == EVERYBODY or found.before is None:
        return 1
    assert before is not None and before.totals is not None
    earlier = found.before.get(unit)
    assert (sums_of(earlier) if earlier else {}) == sums_of(before.totals), (question, unit)
    return 1


def _catalogue(connection: Connection, question: Question, own: Settings) -> list[Any]:
    return list(open_units(connection, question, settings=own, now=NOW).judge.kpis.values())


def test_groups_are_ranked_apart_and_movement_is_against_the_window_before(
    engine: Engine, settings: Settings
) -> None:
    history = play(engine, 4, settings)
    flows = {"closed_on_time": 10, "closed_late": 10}
    with begin_write(engine) as connection:
        connection.execute(
            insert(departments),
            [{"department_id": n, "code": f"d{n}", "name_zh": f"街道{n}", "kind": "territory"}
             for n in (3, 4, 5)],
        )  # fmt: skip
    with begin_read(engine) as connection:
        question = Question(scope=EVERYTHING, area_code=None, window_key="d30", lang="zh")
        units = open_units(connection, question, settings=settings, now=history.now)
    kpi = units.judge.kpis["case.on_time_closure_rate"]
    nothing = together({})

    def of(on_time: int, late: int) -> Any:
        return replace(nothing, flows=nothing.flows | flows | {
            "closed_on_time": on_time, "closed_late": late,
        })  # fmt: skip

    now = {1: of(10, 10), 2: of(18, 2), 3: of(5, 5), 4: of(10, 10), 5: of(9, 0)}
    before = {1: of(20, 0), 2: of(18, 2), 3: of(0, 20), 4: of(20, 0)}
    placed = places(units.rows, UnitTotals(now=now, before=before, compared=None), kpi, minimum=10)
    ranks = {unit: (one.rank, one.moved) for unit, one in placed.items()}
    # Of the territories 3 and 4 are equal, and 5 has closed too few to be ranked.
    assert ranks == {1: (2, -1), 2: (1, 1), 3: (1, 1), 4: (1, 0), 5: (None, None)}


def _plant(connection: Connection, case_id: int, **more: Any) -> None:
    values = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 1, "source_ref": str(case_id),
        "category_id": 1, "area_id": 7, "department_id": 1, "state": "handling",
        "reported_at": NOW - 3 * DAY, "accepted_at": NOW - 3 * DAY, "ingested_at": NOW,
        "updated_at": NOW,
    }  # fmt: skip
    connection.execute(insert(cases).values(values | more))


def _queues(connection: Connection) -> None:
    """Dispatched 95, 97, 121 and 13, 16 minutes ago (the last two urgent), and one signed for."""
    waits = ((1, 95, False, 1), (2, 97, False, 1), (3, 121, False, 2), (4, 13, True, 2),
             (5, 16, True, None))  # fmt: skip
    for case_id, minutes, urgent, unit in waits:
        _plant(
            connection, case_id, state="dispatched", dispatched_at=NOW - minutes * MINUTE,
            is_urgent=urgent, department_id=unit,
        )  # fmt: skip
    _plant(
        connection, 6, state="signed", dispatched_at=NOW - DAY, signed_at=NOW - DAY + MINUTE
    )  # fmt: skip
    # Signed for by the unit before, then sent to another one and not signed for since.
    _plant(
        connection, 7, state="dispatched", dispatched_at=NOW - 10 * MINUTE,
        signed_at=NOW - DAY, department_id=2,
    )  # fmt: skip
    for case_id, cycle, closed in ((8, 2, None), (9, 3, None), (10, 2, NOW - DAY), (11, 1, None)):
        _plant(connection, case_id, cycle_no=cycle, closed_at=closed, department_id=2, area_id=10)
        if cycle > 1:
            connection.execute(insert(case_cycles).values(
                case_id=case_id, cycle_no=cycle - 1, started_at=NOW - 3 * DAY,
                reopened_at=NOW - case_id * 60 * MINUTE, result="rework",
            ))  # fmt: skip
    connection.execute(insert(case_events).values(
        case_id=9, seq=1, event_at=NOW - 540 * MINUTE, known_at=NOW, to_state="rework",
        opinion="回访不满意，电话13912345678",
    ))  # fmt: skip


def _calls(connection: Connection) -> None:
    """Of d1 in time and late, of d2 absent and on the way; one long before the window."""
    rows = (
        (1, 1, 300, 60, 40), (2, 1, 200, 60, 90), (3, 2, 400, 60, None), (4, 2, 20, 60, None),
        (5, 2, 80_000, 60, 70),
    )  # fmt: skip
    for call_id, unit, ago, limit, took in rows:
        called = NOW - ago * MINUTE
        connection.execute(insert(whistle_calls).values(
            call_id=call_id, case_id=1, area_id=7, department_id=unit, called_at=called,
            due_at=called + limit * MINUTE, matter="占道",
            arrived_at=None if took is None else called + took * MINUTE,
        ))  # fmt: skip


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    plant_city(engine)
    with begin_write(engine) as connection:
        _queues(connection)
        _calls(connection)
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    yield made


def _page(reader: Reader, area: str | None = None, **asked: Any) -> Any:
    build = partial(build_departments_page, asked=UnitsAsked(**asked))
    return reader.page("departments", area, "d30", "zh", build, more=(repr(asked),))


def test_the_sign_for_queue_has_its_limits(reader: Reader) -> None:
    page = _page(reader, tab="unsigned")
    counts = page["counts"]
    assert (counts["unsigned"], counts["past"], counts["near"]) == (6, 2, 2)
    rows = {row["case_id"]: (row["minutes"], row["limit"], row["level"]) for row in page["rows"]}
    assert rows == {
        1: (95, 120, "none"), 2: (97, 120, "warn"), 3: (121, 120, "bad"), 4: (13, 15, "warn"),
        5: (16, 15, "bad"), 7: (10, 120, "none"),
    }  # fmt: skip
    assert [row["level"] for row in page["rows"]] == ["bad", "bad", "warn", "warn", "none", "none"]
    by_unit = {row["code"]: (row["count"], row["near"], row["past"], row["longest"])
               for row in page["by_unit"]}  # fmt: skip
    assert by_unit == {"d1": (2, 1, 0, 97), "d2": (3, 1, 1, 121), "-": (1, 0, 1, 16)}
    for code, (count, *_) in by_unit.items():
        cut = _page(reader, tab="unsigned", unit=code)
        assert cut["total"] == len(cut["rows"]) == count
    assert _page(reader, "A10", tab="unsigned")["counts"]["unsigned"] == 0


def test_what_was_sent_back_says_why_and_since_when(reader: Reader) -> None:
    rows = _page(reader, tab="rework")["rows"]
    assert [(row["case_id"], row["cycle"]) for row in rows] == [(9, 3), (8, 2)]
    assert rows[0]["reason"].startswith("回访不满意") and "13912345678" not in rows[0]["reason"]
    assert rows[1]["reason"] == "退回重办，原因未登记"
    on_top = _page(reader)
    assert [row["case_id"] for row in on_top["rework"]] == [9, 8] and on_top["counts"][
        "rework"
    ] == 2


def test_whistle_calls_and_who_is_named(reader: Reader) -> None:
    page = _page(reader, tab="whistle")
    outcomes = {row["call_id"]: (row["outcome"], row["minutes"]) for row in page["rows"]}
    assert outcomes == {1: ("in_time", 40), 2: ("late", 90), 3: ("absent", 400), 4: ("waiting", 20)}
    assert page["rate"]["text"] == "33.33" and page["average"] == 65
    assert [(row["code"], row["late"], row["called"]) for row in page["named"]] == [
        ("d2", 1, 1), ("d1", 1, 2),
    ]  # fmt: skip
    late = _page(reader, tab="whistle", late=True)
    assert {row["call_id"] for row in late["rows"]} == {2, 3}
    assert _page(reader, tab="whistle", late=True, unit="d1")["total"] == 1


def test_items_count_what_their_lists_hold(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        connection.execute(
            update(categories).where(categories.c.category_id == 2).values(parent_id=1)
        )
        # Lain for nine days; another one of the same pair would have been an update.
        _plant(
            connection, 20, category_id=2, department_id=2, accepted_at=NOW - 9 * DAY,
            reported_at=NOW - 9 * DAY, deadline_at=NOW - DAY,
        )  # fmt: skip
        _plant(connection, 21, category_id=2, closed_at=NOW - DAY, accepted_at=NOW - 9 * DAY)
    refresh(reader.engine, settings=reader.settings, now=NOW)
    reader.ticker.look()
    top = _page(reader, tab="items")["matrix"]
    assert [(one["code"], one["has_more"]) for one in top["items"]] == [("c1", True)]
    below = _page(reader, tab="items", item="c1")["matrix"]
    assert [(one["code"], one["is_direct"]) for one in below["items"]] == [
        ("c2", False), ("c1", True),
    ]  # fmt: skip
    rows = {row["code"]: row["cells"] for row in below["rows"]}
    assert (rows["d2"][0]["open"], rows["d2"][0]["overdue"], rows["d2"][0]["is_stale"]) == (
        1,
        1,
        True,
    )
    assert rows["d1"][0]["open"] == 0 and not rows["d1"][0]["is_stale"]
    with begin_write(reader.engine) as connection:
        connection.execute(insert(case_events).values(
            case_id=20, seq=1, event_at=NOW - DAY, known_at=NOW, to_state="handling",
        ))  # fmt: skip
    later = Reader(reader.engine, reader.settings, build="later", now=lambda: NOW)
    later.ticker.look()
    moved = _page(later, tab="items", item="c1")["matrix"]["rows"]
    (cell,) = [row["cells"][0] for row in moved if row["code"] == "d2"]
    assert (cell["open"], cell["is_stale"]) == (1, False)  # its log tells of something newer
    seen = 0
    for matrix in (top, below):
        for row in matrix["rows"]:
            for item, cell in zip(matrix["items"], row["cells"], strict=True):
                for mark in () if item["is_direct"] else ("open", "overdue"):
                    query = {"is": mark, "by": "any", "department": row["code"],
                             "category": item["code"]}  # fmt: skip
                    assert count_listing(reader, case_question(query)) == cell[mark]
                    seen += 1
    assert seen == 12


def test_the_agenda_and_the_worst_cases_of_a_unit(reader: Reader) -> None:
    with begin_write(reader.engine) as connection:
        for case_id, hours in ((30, 5), (31, 50)):
            _plant(connection, case_id, deadline_at=NOW - hours * 60 * MINUTE, area_id=8)
    refresh(reader.engine, settings=reader.settings, now=NOW)
    reader.ticker.look()

    def unit(code: str) -> Any:
        build = partial(build_unit_page, code=code)
        return reader.page("department", None, "d30", "zh", build, more=(code,))

    page = unit("d1")
    assert page["agenda"]["previous"] is None and page["agenda"]["next"]["code"] == "d2"
    worst = [(row["case_id"], row["is_overdue"]) for row in page["worst"]]
    assert worst == [(31, True), (30, True), (1, False)]
    assert page["marks"] == [{"key": "whistle", "n": 1}]
    assert {mark["key"]: mark["n"] for mark in unit("d2")["marks"]} == {
        "whistle": 1, "past": 1, "rework": 2,
    }  # fmt: skip
    figures = {one["key"]: one["text"] for one in page["figures"]}
    assert figures["case.overdue"] == "2"
    with pytest.raises(UnknownUnitError):
        unit("d9")


def test_a_hostile_address_is_understood() -> None:
    asked = units_asked({"tab": "x", "order": "-drop", "cols": "none", "late": "2"}, 0)
    assert asked == UnitsAsked()
    assert units_asked({"order": "-case.open"}, 0).whole  # its column is shown
