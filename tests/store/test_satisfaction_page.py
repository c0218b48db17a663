"""The satisfaction page: rates, intervals, months, waves and rework, by hand on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from dashboard.readings.reader import Reader
from dashboard.readings.satisfaction_page import build_satisfaction_page, is_suspicious
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import callbacks, case_cycles, cases, survey_answers, survey_waves
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
RATE = "visit.satisfaction_rate"


def _case(connection: Connection, number: int, grid: int, *, closed: datetime | None) -> None:
    reported = NOW - 60 * _DAY
    connection.execute(
        insert(cases).values(
            case_id=number, case_code=f"X{number:04d}", source_id=2, source_ref=f"r{number}",
            category_id=1, area_id=grid, department_id=1, reported_at=reported,
            accepted_at=reported, closed_at=closed, ingested_at=reported, updated_at=NOW,
            state="closed" if closed else "handling",
        )
    )  # fmt: skip


def _call(
    connection: Connection, case: int, at: datetime, answer: str | None, *, solved: bool = True,
    valid: bool = True,
) -> None:  # fmt: skip
    connection.execute(
        insert(callbacks).values(
            case_id=case, visited_at=at, is_valid=valid, is_contacted=True, is_solved=solved,
            answer=answer,
        )
    )  # fmt: skip


def _sent_back(connection: Connection, case: int, at: datetime) -> None:
    connection.execute(
        insert(case_cycles).values(
            case_id=case, cycle_no=1, started_at=NOW - 60 * _DAY, reopened_at=at, result="rework"
        )
    )


def _fates(connection: Connection) -> None:
    """Cases 1 to 5: dissatisfied ten days ago, each with another fate; 6 dissatisfied twice."""
    called = NOW - 10 * _DAY
    for number in range(1, 7):
        is_open = number == 2
        _case(connection, number, 7 if number < 4 else 10, closed=None if is_open else NOW - _DAY)
        _call(connection, number, called, "dissatisfied")
    for number in (2, 3, 4, 6):
        _sent_back(connection, number, called + timedelta(hours=1))
    _call(connection, 3, NOW - 2 * _DAY, "satisfied", valid=False)  # nobody answered
    _call(connection, 4, NOW - 2 * _DAY, "satisfied")
    _call(connection, 6, NOW - 2 * _DAY, None, solved=False)


def _satisfied(connection: Connection, first: int, count: int, at: datetime, grid: int) -> None:
    for number in range(first, first + count):
        _case(connection, number, grid, closed=at - timedelta(hours=1))
        _call(connection, number, at, "very_satisfied")


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    plant_city(engine)
    with begin_write(engine) as connection:
        _fates(connection)
        _satisfied(connection, 100, 60, NOW - 5 * _DAY, 12)
        _satisfied(connection, 200, 3, NOW - 40 * _DAY, 7)
        connection.execute(
            insert(survey_waves),
            [
                {"wave_id": n, "code": f"w{n}", "name_zh": f"第{n}次",
                 "started_on": date(2026, n, 1), "ended_on": date(2026, n, 20),
                 "sample_label": "网格群成员" if n == 9 else None}
                for n in (3, 9)
            ],
        )  # fmt: skip
        answers = ["satisfied"] * 7 + ["very_satisfied"] * 2 + ["dissatisfied"]
        connection.execute(
            insert(survey_answers),
            [{"wave_id": 9, "area_id": 7, "answered_at": NOW - 70 * _DAY, "answer": one}
             for one in answers]
            + [{"wave_id": 3, "area_id": 10, "answered_at": NOW - 250 * _DAY, "answer": "neutral"}],
        )  # fmt: skip
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _page(
    reader: Reader, area: str | None = None, window: str = "d30", stage: str = "", first: int = 0
) -> Any:
    build = partial(build_satisfaction_page, stage=stage, offset=first)
    return reader.page("satisfaction", area, window, "zh", build, more=(stage, first))


def test_rates_stand_with_sample_and_interval(reader: Reader) -> None:
    rows = {row["code"]: row for row in _page(reader)["areas"]}
    city = rows["A01"]["cells"][RATE]
    # 60 very satisfied and one satisfied of 68 valid calls; Wilson: 80.2 to 94.9
    assert (city["n"], city["text"], city["low"], city["high"]) == (68, "89.71", 80.2, 94.9)
    assert sum(rows[code]["cells"][RATE]["n"] for code in ("A02", "A03")) == 68
    solved = rows["A01"]["cells"]["visit.solution_rate"]
    assert (solved["n"], solved["text"]) == (68, "98.53")
    assert rows["A02"]["cells"][RATE]["text"] == "0.00"


def test_what_looks_too_good_is_pointed_out_only_with_a_sample(reader: Reader) -> None:
    rows = {row["code"]: row for row in _page(reader, "A03")["areas"]}
    assert rows["A12"]["is_suspicious"] and not rows["A03"]["is_suspicious"]
    assert not is_suspicious({"value": 100.0, "n": 49})
    assert not is_suspicious({"value": 97.99, "n": 5000})
    assert not is_suspicious({"value": None, "n": 0})


def test_twelve_months_from_the_rollups(reader: Reader) -> None:
    months = _page(reader)["months"]
    assert [months[0]["key"], months[-1]["key"]] == ["2025-12", "2026-11"]
    assert len(months) == 12
    known = {row["key"]: row["cells"][RATE]["n"] for row in months if row["cells"][RATE]["n"]}
    assert known == {"2026-10": 3, "2026-11": 68}
    assert months[0]["cells"][RATE]["text"] == "—"
    whole = _page(reader, window="2026-11")["areas"][0]["cells"]
    assert months[-1]["cells"][RATE]["text"] == whole[RATE]["text"]


def test_waves_say_who_was_asked(reader: Reader) -> None:
    newest, older = _page(reader)["waves"]
    assert (newest["name"], newest["n"], newest["text"]) == ("第9次", 10, "90.00")
    assert newest["sample_label"] == "网格群成员" and older["sample_label"] == ""
    assert (newest["low"], newest["high"]) == (59.6, 98.2)
    assert [one["name"] for one in _page(reader, "A03")["waves"]] == ["第3次"]


def test_the_work_list_follows_a_case_to_its_new_rating(reader: Reader) -> None:
    rework = _page(reader)["rework"]
    counts = {one["key"]: one["count"] for one in rework["stages"]}
    # 1 and 5 were left alone; 6 was sent back, but is unsolved again and not sent back since
    assert counts == {"not_sent_back": 3, "in_rework": 1, "to_be_asked": 1, "rated_again": 1}
    assert rework["total"] == rework["all"] == len(rework["rows"]) == 6
    fates = {row["case_id"]: (row["stage"], row["new_answer"]) for row in rework["rows"]}
    assert fates == {
        1: ("not_sent_back", None), 2: ("in_rework", None), 3: ("to_be_asked", None),
        4: ("rated_again", "满意"), 5: ("not_sent_back", None), 6: ("not_sent_back", None),
    }  # fmt: skip
    assert next(row for row in rework["rows"] if row["case_id"] == 6)["said"] == "未评价 · 未解决"


def test_the_work_list_by_stage_page_area_and_window(reader: Reader) -> None:
    alone = _page(reader, stage="rated_again")["rework"]
    assert (alone["total"], [row["case_id"] for row in alone["rows"]]) == (1, [4])
    assert [row["case_id"] for row in _page(reader, first=4)["rework"]["rows"]] == [3, 4]
    assert {row["case_id"] for row in _page(reader, "A02")["rework"]["rows"]} == {1, 2, 3}
    assert _page(reader, window="d7")["rework"]["all"] == 1  # only the second answer of case 6
