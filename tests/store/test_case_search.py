"""Filtered lists are as long as the numbers that lead to them, page by page and as files."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine, select, text, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.readings.case_export import BusyError, export_chunks
from dashboard.readings.case_question import ANY_TIME, LIGHTS, CaseQuestion, case_question
from dashboard.readings.case_search import count_listing, read_case_listing
from dashboard.readings.reader import Reader
from dashboard.readings.scope import EVERYTHING, OutsideScopeError, Scope
from dashboard.readings.view import Question, SliceCodes, UnknownAreaError, open_view
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.tables import areas, cases
from data_access.time_limits import TooSlowError, limited
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import START, History, empty_store, plant_city

_SUPPRESSED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# What a filter keeps is what a KPI of now, or of the window, counts.
_SAME: tuple[tuple[str, dict[str, Any]], ...] = (
    ("case.accepted", {"by": "accepted"}),
    ("case.closed", {"by": "closed"}),
    ("case.open", {"by": ANY_TIME, "marks": ("open",)}),
    ("case.overdue", {"by": ANY_TIME, "marks": ("overdue",)}),
    ("case.overdue", {"by": ANY_TIME, "light": "red"}),
    ("case.due_soon", {"by": ANY_TIME, "light": "yellow"}),
    ("case.suspended", {"by": ANY_TIME, "marks": ("suspended",)}),
    ("case.suspended_past_end", {"by": ANY_TIME, "marks": ("suspended_past_end",)}),
)


def _history(engine: Engine, seed: int, steps: int) -> History:
    empty_store(engine)
    plant_city(engine)
    history = History(engine, Random(seed))
    for _ in range(steps):
        history.step()
    history.pass_time()
    return history


def _reader(engine: Engine, settings: Settings, history: History) -> Reader:
    now = history.now
    refresh(engine, settings=settings, now=now)
    return Reader(engine, settings, build="test", now=lambda: now)


def _rows(reader: Reader, question: CaseQuestion) -> list[int]:
    """Ids of all pages of a list, whose length must be what the list says."""
    listing = read_case_listing(reader, question)
    assert listing.problem == "" and listing.is_exact
    found = [row["case_id"] for row in listing.rows]
    while len(found) < (listing.total or 0):
        page = read_case_listing(reader, CaseQuestion(**{**vars(question), "offset": len(found)}))
        assert page.rows and page.total == listing.total
        found += [row["case_id"] for row in page.rows]
    assert len(found) == listing.total == count_listing(reader, question)
    return found


@hypothesis_settings(max_examples=examples(4), deadline=None, suppress_health_check=_SUPPRESSED)
@given(
    seed=st.integers(0, 10**9),
    window=st.sampled_from(("today", "week", "d30", "d365", "2026-01", "2026-01-10..2026-01-29")),
    codes=st.sampled_from(
        (SliceCodes(), SliceCodes(category="c1"), SliceCodes(source="c2", department="d1"),
         SliceCodes(department="-"))
    ),
)  # fmt: skip
def test_a_filtered_list_is_as_long_as_its_number(
    engine: Engine, settings: Settings, seed: int, window: str, codes: SliceCodes
) -> None:
    reader = _reader(engine, settings, _history(engine, seed, 60))
    with begin_read(engine) as connection:
        below = sorted(connection.execute(select(areas.c.code)).scalars())[1:]
    places = ["A01", *Random(seed).sample(below, 4)]  # the city and some of all levels
    for code in places:
        question = Question(
            scope=EVERYTHING, area_code=code, window_key=window, lang="zh", codes=codes
        )
        with begin_read(engine) as connection:
            view = open_view(connection, question, settings=settings, now=reader.now())
        cut = {
            "area": code, "category": codes.category or "", "source": codes.source or "",
            "department": codes.department or "",
        }  # fmt: skip
        for key, more in _SAME:
            reading = evaluate(CATALOGUE[key], view.own)
            is_past = not view.window.is_running and "accepted" != more["by"] != "closed"
            if reading.numerator is None or is_past:
                continue  # filters by stock are of now, those numbers of the window's end
            asked = CaseQuestion(window=window, **cut, **more)
            assert len(_rows(reader, asked)) == reading.numerator, (code, key, more)
        is_open = CaseQuestion(by=ANY_TIME, marks=("open",), **cut)
        lit = [one for light in LIGHTS for one in _rows(reader, is_open.but(light=light))]
        assert sorted(lit) == sorted(_rows(reader, is_open))  # each has one light
        for key in ("case.on_time_closure_rate", "case.rework_rate", "visit.solution_rate"):
            reading = evaluate(CATALOGUE[key], view.own)
            for part in ("numerator", "denominator"):
                asked = CaseQuestion(window=window, number=key, part=part, **cut)
                assert len(_rows(reader, asked)) == getattr(reading, part), (code, key, part)


@pytest.mark.parametrize("order", ["accepted", "deadline", "code", "closed", "category", "area"])
def test_every_order_gives_every_case_once(engine: Engine, settings: Settings, order: str) -> None:
    history = _history(engine, 5, 0)
    with engine.begin() as connection:
        for _ in range(120):
            history.add(connection)
    reader = _reader(engine, settings, history)
    up = _rows(reader, CaseQuestion(by=ANY_TIME, order=order))
    down = _rows(reader, CaseQuestion(by=ANY_TIME, order=f"-{order}"))
    assert len(up) == len(set(up)) == 120
    assert down == up[::-1]
    if order == "deadline":
        with begin_read(engine) as connection:
            due = dict(connection.execute(select(cases.c.case_id, cases.c.deadline_at)).all())
        dated = [due[one] for one in up if due[one] is not None]
        assert dated == sorted(dated)
        assert all(due[one] is None for one in up[len(dated) :])  # as if due in the future


def test_flags_states_and_text_cut(engine: Engine, settings: Settings) -> None:
    history = _history(engine, 6, 0)
    with engine.begin() as connection:
        for _ in range(9):
            history.add(connection)
        for case_id, values in {
            1: {"is_urgent": True, "title": "井盖Cover 100%缺失"},
            2: {"is_typical": True, "address": "和平路12号"},
            3: {"supervise_level": 1, "title": "100件"},
            4: {"state": "void", "voided_at": START},
            5: {"repeat_of_case_id": 1},
        }.items():
            connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))
    reader = _reader(engine, settings, history)

    def found(**asked: Any) -> set[int]:
        return set(_rows(reader, CaseQuestion(by=ANY_TIME, **asked)))

    assert found(marks=("urgent",)) == {1}
    assert found(marks=("typical",)) == {2}
    assert found(marks=("supervised",)) == {3}
    assert found(marks=("repeat",)) == {5}
    assert found(marks=("urgent", "typical")) == set()
    assert 4 not in found()
    assert found(states=("void",)) == {4}
    assert found(text="cover") == {1}
    assert found(text="100%") == {1}  # a sign of the database's patterns is only itself
    assert found(text="和平路") == {2}
    assert found(text="C7") == {7}
    assert found(text="_") == set()
    assert found(text="' OR 1=1 --") == set()


def test_an_address_that_is_not_trusted(engine: Engine, settings: Settings) -> None:
    reader = _reader(engine, settings, _history(engine, 7, 20))
    odd = {
        "area": "", "window": "nonsense", "by": "x", "category": "none", "is": "urgent,rubbish",
        "state": "closed,';", "order": "-salary", "offset": "-9", "cols": "phone", "q": "a\x00b",
        "number": "no.such", "light": "blue", "lang": "xx",
    }  # fmt: skip
    question = case_question(odd)
    assert question.query() == {"category": "none", "state": "closed", "is": "urgent"}
    assert read_case_listing(reader, question).problem == "unknown"
    huge = case_question({"offset": "9" * 40})
    assert read_case_listing(reader, huge).rows == []
    with pytest.raises(UnknownAreaError):
        read_case_listing(reader, CaseQuestion(area="A99"))
    with pytest.raises(OutsideScopeError):
        read_case_listing(reader, CaseQuestion(area="A06"), scope=Scope(tops=(2,)))
    duty = CaseQuestion(number="duty.on_duty_rate")
    assert read_case_listing(reader, duty).problem == "no_list"


def test_a_question_survives_its_address() -> None:
    question = CaseQuestion(
        by="deadline", category="c1", department="-", states=("closed",), marks=("urgent",),
        light="red", text="井 盖", order="-code", columns=("code", "area"), offset=50,
    )  # fmt: skip
    assert case_question(question.query()) == CaseQuestion(
        **{**vars(question), "window": case_question({}).window}
    )


def _file(reader: Reader, question: CaseQuestion, kind: str) -> list[list[Any]]:
    content = b"".join(export_chunks(reader, question, kind))
    if kind == "csv":
        assert content.startswith("\ufeff".encode())
        return [list(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    sheet = load_workbook(io.BytesIO(content))["1"]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_its_list(engine: Engine, settings: Settings, kind: str) -> None:
    history = _history(engine, 8, 80)
    reader = _reader(engine, settings, history)
    for asked in (
        CaseQuestion(by=ANY_TIME),
        CaseQuestion(by=ANY_TIME, marks=("overdue",)),
        CaseQuestion(number="visit.response_rate", window="d365"),
        CaseQuestion(by=ANY_TIME, order="area", columns=("area", "state")),
    ):
        ids = _rows(reader, asked)
        with begin_read(engine) as connection:
            codes = dict(connection.execute(select(cases.c.case_id, cases.c.case_code)).all())
        heading, *rows = _file(reader, asked, kind)
        at = heading.index("案件号")
        assert [row[at] for row in rows] == [codes[one] for one in ids]


def test_no_formula_and_nobody_leaves_with_a_file(engine: Engine, settings: Settings) -> None:
    history = _history(engine, 9, 0)
    with engine.begin() as connection:
        history.add(connection)
        connection.execute(
            update(cases).values(
                case_code="=1+1", title="@SUM(A1) 请联系13912345678", address="+和平路12号501室",
                reporter_name="王小明", reporter_phone="13912345678",
            )
        )  # fmt: skip
    reader = _reader(engine, settings, history)
    question = CaseQuestion(by=ANY_TIME, columns=("code", "title", "address"))
    _, row = _file(reader, question, "csv")
    assert row == ["'=1+1", "'@SUM(A1) 请联系****", "'+和平路*号*室"]
    content = b"".join(export_chunks(reader, question, "xlsx"))
    sheet = load_workbook(io.BytesIO(content))["1"]
    assert {cell.data_type for cell in sheet[2]} == {"s"}
    assert [cell.value for cell in sheet[2]] == [
        "=1+1",
        "@SUM(A1) 请联系****",
        "+和平路*号*室",
    ]


def test_exports_wait_their_turn(engine: Engine, settings: Settings) -> None:
    reader = _reader(engine, settings, _history(engine, 10, 20))
    question = CaseQuestion(by=ANY_TIME)
    held = [export_chunks(reader, question, "csv") for _ in range(2)]
    with pytest.raises(BusyError):
        export_chunks(reader, question, "csv")
    for one in held:
        one.close()
    assert b"".join(export_chunks(reader, question, "csv"))
    with pytest.raises(UnknownAreaError):
        export_chunks(reader, CaseQuestion(area="A99"), "csv")
    assert b"".join(export_chunks(reader, question, "xlsx"))  # the failed one gave its turn back


_ENDLESS = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)
SELECT count(*) FROM n"""


def test_a_question_that_takes_too_long_is_stopped(engine: Engine) -> None:
    with begin_read(engine) as connection:
        began = time.monotonic()
        with pytest.raises(TooSlowError), limited(connection, 0.3):
            connection.execute(text(_ENDLESS))
        assert time.monotonic() - began < 10
        assert connection.execute(text("SELECT 7")).scalar_one() == 7


def test_deadlines_of_tomorrow_can_be_asked_for(engine: Engine, settings: Settings) -> None:
    history = _history(engine, 11, 0)
    with engine.begin() as connection:
        for _ in range(3):
            history.add(connection)
        due = history.now + timedelta(days=1)
        connection.execute(update(cases).values(deadline_at=due, due_soon_at=due))
    reader = _reader(engine, settings, history)
    day = f"{(due + timedelta(hours=8)).date()}"
    assert len(_rows(reader, CaseQuestion(by="deadline", window=day))) == 3
    assert _rows(reader, CaseQuestion(by="deadline", window="today")) == []
