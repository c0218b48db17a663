"""Last month's report made again after corrections: the old figure, the new one and the cases.

Read it as documentation: a small month of cases in district 2, what was corrected afterwards, and
what the comparison then says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.variants import kpi_of
from dashboard.readings.as_known_report import Comparison, NotOfCasesError, compare_as_known
from dashboard.readings.as_of import Clocks, read_totals_as_of
from dashboard.readings.reader import Reader
from dashboard.readings.view import SliceCodes
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.rollup_reads import read_root
from data_access.tables import callbacks, case_events, cases
from jobs.rebuild_rollups import rebuild
from tests.store.history import plant_city
from tests.store.test_as_known import LiveHistory, after_this_moment, note, start_history, windows

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Month:
    """Last month in a small city, with eight cases accepted on its tenth day."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        zone = settings.city_zone
        today = datetime.now(UTC).astimezone(zone).replace(hour=0, minute=0, second=0)
        self.end = today.replace(day=1, microsecond=0)
        self.start = (self.end - DAY).replace(day=1)
        self.key = f"{self.start:%Y-%m}"
        self.accepted = (self.start + 9 * DAY + 8 * HOUR).astimezone(UTC)
        self.due = self.accepted + DAY

    def add(self, number: int, area_id: int, hours: float | None, **more: Any) -> None:
        """A case closed so many hours after it was accepted; due after 24."""
        closed = None if hours is None else self.accepted + hours * HOUR
        values: dict[str, Any] = {
            "case_id": number, "case_code": f"C{number}", "source_id": 1,
            "source_ref": str(number), "category_id": 1, "area_id": area_id,
            "state": "handling" if closed is None else "closed", "reported_at": self.accepted,
            "accepted_at": self.accepted, "closed_at": closed, "deadline_at": self.due,
            "ingested_at": self.accepted, "updated_at": self.accepted,
        }  # fmt: skip
        with begin_write(self.engine) as connection:
            connection.execute(insert(cases).values(**(values | more)))

    def correct(self, number: int, **values: Any) -> None:
        with begin_write(self.engine) as connection:
            connection.execute(update(cases).where(cases.c.case_id == number).values(**values))

    def remove(self, number: int) -> None:
        with begin_write(self.engine) as connection:
            connection.execute(delete(cases).where(cases.c.case_id == number))


@pytest.fixture
def month(engine: Engine, settings: Settings) -> Month:
    plant_city(engine)
    month = Month(engine, settings)
    # district 2 holds grids 7 to 9, district 3 grids 10 to 12
    month.add(1, 7, 10)
    month.add(2, 7, 20)
    month.add(3, 8, 30)  # late
    month.add(4, 8, 40)  # late
    month.add(5, 9, None)  # overdue ever since
    month.add(6, 9, 23)
    month.add(7, 10, 5)  # district 3
    month.add(8, 7, 12)
    rebuild(engine, settings=settings, now=datetime.now(UTC))
    return month


Compare = Callable[..., Comparison]


@pytest.fixture
def compare(month: Month, settings: Settings) -> Compare:
    reader = Reader(month.engine, settings, build="test")

    def run(
        kpi: str, then: datetime, area: str = "A02", window: str = "", **more: Any
    ) -> Comparison:
        return compare_as_known(reader, area, window or month.key, kpi, then, **more)

    return run


def changes(found: Comparison) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(case.case_code, case.change, case.reasons) for case in found.cases]


def test_nothing_was_corrected(month: Month, compare: Compare) -> None:
    then = after_this_moment()
    month.correct(1, title="换个标题", address="某路1号")
    found = compare("case.on_time_closure_rate", then)
    # 应结案: six closed ones of district 2 and the overdue one; on time: 1, 2, 6, 8
    assert (found.then.numerator, found.then.denominator) == (4, 7)
    assert found.now.value == found.then.value == Fraction(400, 7)
    assert found.cases == ()


def test_last_months_report_after_corrections(month: Month, compare: Compare) -> None:
    then = after_this_moment()
    month.correct(2, area_id=11)  # it lay in district 3
    month.correct(7, area_id=8)  # and this one in district 2
    month.correct(3, timeout_exempt=True)  # 申诉通过
    month.correct(4, deadline_at=month.due + 2 * DAY)  # its limit had been three days
    month.correct(6, state="void", voided_at=datetime.now(UTC), closed_at=None)
    month.remove(8)
    month.add(9, 9, 6, ingested_at=datetime.now(UTC))  # delivered a month late
    month.correct(5, state="closed", closed_at=month.accepted + 50 * HOUR)  # told late

    found = compare("case.on_time_closure_rate", then)

    assert (found.then.numerator, found.then.denominator) == (4, 7)
    assert (found.now.numerator, found.now.denominator) == (5, 6)
    assert changes(found) == [
        ("C2", "left", ("area",)),
        ("C3", "moved", ("exempt",)),
        ("C4", "moved", ("deadline",)),
        ("C6", "left", ("void", "closed")),
        ("C7", "entered", ("area",)),
        ("C8", "left", ("deleted",)),
        ("C9", "entered", ("learned",)),
    ]
    # C5 was overdue and is closed late: due, and not on time, both ways
    assert [case.case_code for case in found.of("left")] == ["C2", "C6", "C8"]
    explains(found)
    late, appealed = found.cases[1].then, found.cases[1].now
    assert (late, appealed) == ((0, 1), (1, 1))
    assert found.cases[1].why("zh") == "申诉结果变更"
    assert found.cases[3].why("en") == "voided or restored; closure changed"


def explains(found: Comparison) -> None:
    """The listed cases are the whole difference."""
    for number, part in enumerate(("numerator", "denominator")):
        then, now = getattr(found.then, part), getattr(found.now, part)
        if then is None and now is None:
            continue
        assert now - then == sum(case.now[number] - case.then[number] for case in found.cases)


def test_other_numbers_of_the_same_month(month: Month, compare: Compare) -> None:
    then = after_this_moment()
    month.correct(5, state="closed", closed_at=month.accepted + 50 * HOUR)
    overdue, closed = compare("case.overdue", then), compare("case.closed", then)
    assert (overdue.then.numerator, overdue.now.numerator) == (1, 0)
    assert changes(overdue) == [("C5", "left", ("closed",))]
    assert (closed.then.numerator, closed.now.numerator) == (6, 7)
    assert changes(closed) == [("C5", "entered", ("closed",))]
    assert compare("case.accepted", then).cases == ()
    city = compare("case.closed", then, area="A01")
    assert (city.then.numerator, city.now.numerator) == (7, 8)


def test_call_backs_that_came_in_later(month: Month, compare: Compare) -> None:
    def call(number: int, answer: str) -> None:
        with begin_write(month.engine) as connection:
            connection.execute(
                insert(callbacks).values(
                    case_id=number, visited_at=month.accepted + 60 * HOUR, is_valid=True,
                    is_contacted=True, is_solved=True, answer=answer,
                )
            )  # fmt: skip

    call(1, "satisfied")
    call(2, "fairly_satisfied")
    then = after_this_moment()
    call(3, "dissatisfied")
    with begin_write(month.engine) as connection:
        connection.execute(
            update(callbacks).where(callbacks.c.case_id == 1).values(answer="fairly_satisfied")
        )
    found = compare("visit.satisfaction_rate", then)
    assert (found.then.numerator, found.then.denominator) == (Fraction(19, 10), 2)
    assert (found.now.numerator, found.now.denominator) == (Fraction(18, 10), 3)
    assert changes(found) == [("C1", "moved", ("answer",)), ("C3", "entered", ("answer",))]
    explains(found)


def test_step_that_was_told_late(month: Month, compare: Compare) -> None:
    then = after_this_moment()
    with begin_write(month.engine) as connection:
        event = {"seq": 1, "event_at": month.accepted, "known_at": datetime.now(UTC)}
        connection.execute(
            insert(case_events).values(case_id=1, to_state="dispatched", department_id=1, **event)
        )
    found = compare("case.unit_return_rate", then)
    assert (found.then.denominator, found.now.denominator) == (0, 1)
    assert changes(found) == [("C1", "entered", ("step",))]


def test_in_a_slice(month: Month, compare: Compare) -> None:
    then = after_this_moment()
    month.correct(1, category_id=2)
    part = compare("case.closed", then, codes=SliceCodes(category="c2"))
    assert changes(part) == [("C1", "entered", ("category",))]
    assert compare("case.closed", then).cases == ()


def test_running_window_changes_by_time_alone(month: Month, compare: Compare) -> None:
    now = datetime.now(UTC)
    due = now - HOUR
    month.add(20, 7, None, accepted_at=now - DAY, reported_at=now - DAY, ingested_at=now - DAY,
              deadline_at=due)  # fmt: skip
    found = compare("case.overdue", due - HOUR, window="all")
    assert changes(found) == [("C20", "entered", ("time_passed",))]


def test_numbers_no_case_explains(compare: Compare) -> None:
    for key in ("duty.on_duty", "score.composite", "case.overdue_median"):
        with pytest.raises(NotOfCasesError):
            compare(key, datetime.now(UTC))
    with pytest.raises(KeyError):
        compare("case.sleeping", datetime.now(UTC))


KPIS = (
    "case.accepted", "case.open", "case.overdue", "case.on_time_closure_rate",
    "case.cohort_closure_rate", "case.on_time_handling_rate", "case.rework_rate",
    "case.repeat_rate", "visit.satisfaction_rate", "case.dispatch_accuracy_rate",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_cases_explain_the_difference_of_any_history(
    engine: Engine, settings: Settings, seed: int
) -> None:
    history: LiveHistory = start_history(engine, 100 + seed, settings)
    for _ in range(60):
        history.live()
    then = note(engine, settings)
    for _ in range(Random(seed).randrange(10, 60)):
        history.live()
    now = note(engine, settings)
    with begin_read(engine) as connection:
        root = read_root(connection)
        assert root is not None
        ids = set(connection.execute(select(cases.c.case_id)).scalars())
    reader = Reader(engine, settings, build="test", now=lambda: now.moment)
    zone = settings.city_zone
    for start, end in windows(then.moment):
        key = f"{start.astimezone(zone):%Y-%m-%d}..{end.astimezone(zone):%Y-%m-%d}"
        for kpi_key in KPIS:
            found = compare_as_known(reader, None, key, kpi_key, then.moment, now.moment)
            explains(found)
            kinds = {case.case_id: case.reasons for case in found.cases}
            assert all(kinds.values())
            gone = [case for case, reasons in kinds.items() if reasons == ("deleted",)]
            assert ids.isdisjoint(gone)
            bounds = found.window.bounds(settings.city_time_zone)
            with begin_read(engine) as connection:
                for moment, reading in ((then.moment, found.then), (now.moment, found.now)):
                    totals = read_totals_as_of(
                        connection, root, *bounds, Clocks(known_at=moment), settings=settings
                    )
                    assert reading == evaluate(kpi_of(kpi_key, settings), totals), kpi_key
