"""Cases left out: with those that count they are all that touch a window, each with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.model import Kpi
from dashboard.readings.case_list import NoCaseListError, list_cases, read_excluded, read_page
from dashboard.readings.excluded import reasons_of
from dashboard.readings.reader import Reader
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.view import SliceCodes, UnknownSliceError, find_area, window_of
from dashboard.settings import Settings
from dashboard.words import WORDS
from data_access.counted_flows import CALL_BACK_FLOWS
from data_access.engine import begin_read, begin_write
from data_access.excluded_cases import REASONS
from data_access.tables import area_paths, callbacks, case_cycles, case_suspensions, cases, sources
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import plant_city
from tests.store.test_raw_totals import NOW, play

CASE_KPIS = [kpi for kpi in CATALOGUE.values() if kpi.is_of_cases]
OF_CALL_BACKS = {
    kpi.key for kpi in CASE_KPIS if {term.name for term in kpi.terms} & set(CALL_BACK_FLOWS)
}
WINDOWS = ("today", "d30", "d365", "2025-11-21", "2025-10", "2025-10-25..2025-11-10")
FEW = hypothesis_settings(
    max_examples=examples(2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def touching(rows: list[Any], start: datetime, end: datetime, as_of: datetime) -> set[int]:
    """Reported or accepted before the end, neither closed nor voided before the beginning."""

    def begun(moment: datetime | None) -> bool:
        return moment is not None and (moment <= as_of if as_of < end else moment < end)

    return {
        row.case_id
        for row in rows
        if (begun(row.reported_at) or begun(row.accepted_at))
        and not (row.closed_at and row.closed_at < start)
        and not (row.voided_at and row.voided_at < start and not row.closed_at)
    }


@FEW
@given(seed=st.integers(0, 10**9), window=st.sampled_from(WINDOWS), area=st.sampled_from((1, 2, 9)))
def test_counted_and_left_out_are_everything_that_touches_the_window(
    engine: Engine, settings: Settings, seed: int, window: str, area: int
) -> None:
    history = play(engine, seed, settings, steps=10)
    asked = {"settings": settings, "now": history.now, "offset": 0, "limit": 10_000}
    with begin_read(engine) as connection:
        row = find_area(connection, EVERYTHING, f"A{area:02d}")
        start, end = window_of(window, None, settings=settings, now=history.now).bounds(
            settings.city_time_zone
        )
        below = area_paths.c.first_order.between(row.first_order, row.last_order)
        everything = connection.execute(
            select(cases).join(area_paths, area_paths.c.area_id == cases.c.area_id).where(below)
        ).all()
        expected = touching(everything, start, end, history.now)
        for kpi in CASE_KPIS:
            reasons, rows = read_excluded(connection, row, kpi, window, **asked)
            assert sum(reasons.values()) == len(rows), kpi.key
            assert {name: sum(one.reason == name for one in rows) for name in reasons} == reasons
            if kpi.key in OF_CALL_BACKS:
                continue
            counted = set()
            for side in ("numerator", "denominator"):
                if kpi.has_list(side):
                    _, found = read_page(connection, row, kpi, side, window, **asked)
                    counted |= {one.case_id for one in found}
            left = [one.case_id for one in rows]
            assert len(left) == len(set(left)), kpi.key
            assert not counted & set(left), kpi.key
            assert counted | set(left) == counted | expected, kpi.key
            for reason in reasons:
                _, few = read_excluded(connection, row, kpi, window, reason=reason, **asked)
                assert [one.case_id for one in few] == [
                    one.case_id for one in rows if one.reason == reason
                ]


@pytest.mark.parametrize("kpi", CASE_KPIS, ids=lambda kpi: kpi.key)
def test_every_kpi_of_cases_knows_its_reasons(kpi: Kpi) -> None:
    if kpi.key not in OF_CALL_BACKS:
        assert set(reasons_of(kpi)) <= set(REASONS)


def test_every_reason_has_a_word() -> None:
    assert {f"excluded.{reason}" for reason in REASONS} <= set(WORDS)


DAY = timedelta(days=1)
IN_WINDOW, BEFORE = NOW - 2 * DAY, NOW - 20 * DAY


def _case(number: int, **values: Any) -> dict[str, Any]:
    """A case accepted in the window with a deadline to come; ``values`` make it something else."""
    plain = {
        "case_id": number, "case_code": f"C{number}", "source_id": 1, "source_ref": str(number),
        "category_id": 1, "area_id": 7, "state": "handling", "reported_at": IN_WINDOW,
        "accepted_at": IN_WINDOW, "filed_at": IN_WINDOW, "deadline_at": NOW + DAY,
        "due_soon_at": NOW + 0.5 * DAY, "ingested_at": NOW, "updated_at": NOW, "closed_at": None,
        "voided_at": None, "master_case_id": None, "timeout_exempt": False, "dispatched_at": None,
    }  # fmt: skip
    return plain | values


# One case for every way to be left out of 应结案数, and three that are in it.
TABLE = (
    ("counted", {"closed_at": NOW - DAY, "state": "closed"}),
    ("counted", {"closed_at": NOW, "deadline_at": NOW - DAY, "state": "closed"}),
    ("counted", {"deadline_at": NOW - DAY, "due_soon_at": IN_WINDOW}),
    ("within_limit", {}),
    ("within_limit", {"accepted_at": BEFORE, "reported_at": BEFORE, "filed_at": BEFORE}),
    ("no_deadline", {"deadline_at": None, "due_soon_at": None}),
    ("no_deadline", {"deadline_at": None, "due_soon_at": None, "closed_at": NOW}),
    ("exempt", {"deadline_at": NOW - DAY, "timeout_exempt": True}),
    ("suspended", {"deadline_at": NOW - DAY}),
    ("not_accepted", {"accepted_at": None, "filed_at": None, "state": "reported"}),
    ("void", {"voided_at": NOW, "state": "void"}),
    ("rejected", {"voided_at": NOW, "state": "rejected"}),
    ("merged", {"voided_at": NOW, "state": "merged", "master_case_id": 1}),
    ("reopened", {}),
    ("untouched", {"reported_at": BEFORE, "accepted_at": BEFORE, "closed_at": BEFORE + DAY}),
)


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    """A reader over the cases of the table, numbered from 1."""
    plant_city(engine)
    numbered = list(enumerate(TABLE, start=1))
    with begin_write(engine) as connection:
        rows = [_case(number, **values) for number, (_, values) in numbered]
        connection.execute(insert(cases), rows)
        for number, (reason, _) in numbered:
            if reason == "suspended":
                pause = {"case_id": number, "seq": 1, "started_at": IN_WINDOW}
                connection.execute(insert(case_suspensions).values(**pause))
            if reason == "reopened":
                cycle = {"case_id": number, "cycle_no": 1, "started_at": IN_WINDOW}
                closed = {"closed_at": NOW - DAY, "reopened_at": NOW - DAY}
                connection.execute(insert(case_cycles).values(**cycle, **closed))
        connection.execute(update(sources).where(sources.c.source_id == 1).values(kind="worker"))
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def test_every_way_to_be_left_out_of_the_cases_due(reader: Reader) -> None:
    page = list_cases(reader, None, "d7", "case.on_time_closure_rate", "excluded", limit=200)
    expected = {
        number: WORDS[f"excluded.{reason}"][0]
        for number, (reason, _) in enumerate(TABLE, start=1)
        if reason not in ("counted", "untouched")
    }
    assert {row["case_id"]: row["reason"] for row in page.rows} == expected
    assert page.total == len(expected) == sum(one["count"] for one in page.reasons)
    counted = list_cases(reader, None, "d7", "case.on_time_closure_rate", "denominator")
    assert {row["case_id"] for row in counted.rows} == {1, 2, 3}


@pytest.mark.parametrize(
    ("key", "number", "reason"),
    [
        ("case.accepted", 5, "accepted_before"),
        ("case.accepted", 10, "not_accepted"),
        ("case.closed", 4, "open"),
        ("case.closed", 14, "reopened"),
        ("case.open", 9, "suspended"),
        ("case.open", 1, "closed"),
        ("case.overdue", 4, "within_limit"),
        ("case.due_soon", 3, "overdue"),
        ("case.due_soon", 4, "not_due_soon"),
        ("case.suspended", 4, "not_suspended"),
        ("case.suspended_past_end", 9, "suspended_in_plan"),
        ("case.newly_overdue", 1, "closed_in_time"),
        ("case.on_time_handling_rate", 4, "within_limit"),
        ("case.on_time_handling_rate", 6, "no_handling_deadline"),
        ("case.on_time_sign_rate", 4, "not_dispatched"),
        ("case.on_time_check_rate", 4, "other"),
        ("visit.coverage_rate", 1, "not_by_public"),
        ("case.grid_closure_rate", 4, "open"),
        ("case.proactive_rate", 5, "accepted_before"),
        ("duty.load", 1, "closed"),
    ],
)
def test_reasons_of_other_kpis(reader: Reader, key: str, number: int, reason: str) -> None:
    page = list_cases(reader, None, "d7", key, "excluded", limit=200, lang="en")
    assert {row["case_id"]: row["reason"] for row in page.rows}[number] == WORDS[
        f"excluded.{reason}"
    ][1]


def test_call_backs_that_do_not_count(reader: Reader, engine: Engine) -> None:
    """Of four calls one counts: the others were invalid, or their case is void by now."""
    with begin_write(engine) as connection:
        rows = [
            {"case_id": case_id, "visited_at": NOW - DAY, "is_valid": valid, "answer": "satisfied"}
            for case_id, valid in ((1, True), (1, False), (11, True), (13, False))
        ]
        connection.execute(insert(callbacks), rows)
    refresh(engine, settings=reader.settings, now=NOW)
    page = list_cases(reader, None, "d7", "visit.satisfaction_rate", "excluded")
    assert {one["reason"]: one["count"] for one in page.reasons} == {
        "invalid": 1, "void": 1, "merged": 1,
    }  # fmt: skip
    assert list_cases(reader, None, "d7", "visit.satisfaction_rate", "denominator").total == 1


def test_a_slice_cuts_lists_as_well(reader: Reader) -> None:
    def total(part: str, **codes: str) -> int:
        cut = SliceCodes(**codes)
        return list_cases(reader, None, "d7", "case.on_time_closure_rate", part, codes=cut).total

    assert total("denominator", source="c1") == 3
    assert total("denominator", source="c2") == total("excluded", source="c2") == 0
    with pytest.raises(UnknownSliceError):
        total("denominator", source="nowhere")


def test_what_is_not_made_of_cases_leaves_none_out(reader: Reader) -> None:
    for key in ("duty.on_duty_rate", "household.visit_rate", "score.composite"):
        with pytest.raises(NoCaseListError):
            list_cases(reader, None, "d7", key, "excluded")


def test_pages_of_the_left_out_follow_one_another(reader: Reader) -> None:
    seen = []
    for offset in range(0, 12, 4):
        page = list_cases(
            reader, None, "d7", "case.on_time_closure_rate", "excluded", offset, limit=4
        )
        seen += [row["case_id"] for row in page.rows]
    assert len(seen) == len(set(seen)) == page.total
    assert Random(1).choice(seen) not in (1, 2, 3)
