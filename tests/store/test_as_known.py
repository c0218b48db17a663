"""As of any moment: what was computed then comes out again, whatever was corrected since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, update

from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.facts import case_moments
from dashboard.kpis.model import Totals
from dashboard.readings.as_of import Clocks, read_columns_as_known, read_totals_as_of
from dashboard.readings.raw_totals import Interval, read_raw_totals
from dashboard.settings import Settings
from data_access.case_columns import CaseRange, read_case_columns
from data_access.case_history import delete_history, read_history_start
from data_access.engine import begin_read, begin_write
from data_access.frames import CaseColumns
from data_access.history_triggers import BEGINNING
from data_access.rollup_reads import AreaRow, read_area
from data_access.slices import EVERY_CASE, Slice
from data_access.tables import cases, job_marks
from data_access.types import from_epoch_ms, to_epoch_ms
from jobs.rebuild_rollups import rebuild
from tests.examples import examples
from tests.store.history import History, empty_store, plant_city

RULES = hypothesis_settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
_AREAS = ("A01", "A02", "A06", "A10")
_SLICES = (EVERY_CASE, Slice(category_ids=(1,)), Slice(source_id=2), Slice(department_id=0))


def after_this_moment() -> datetime:
    """The clock, once it has moved on: what follows is later by a millisecond at least."""
    now = from_epoch_ms(to_epoch_ms(datetime.now(UTC)) + 1)
    while datetime.now(UTC) < now + timedelta(milliseconds=1):
        pass
    return now


class LiveHistory(History):
    """Random changes by the real clock, which is the journal's; the tree of areas stands still."""

    def live(self) -> None:
        self.now = datetime.now(UTC)
        self.step()

    def move_area(self, connection: Any) -> None:
        """Areas lie where they lie today, whatever the moment."""


@dataclass(frozen=True)
class Noted:
    """What was computed at a moment, then."""

    moment: datetime
    facts: list[tuple[int, int, int]]
    totals: dict[tuple[str, int, int], Totals]


def start_history(engine: Engine, seed: int, settings: Settings) -> LiveHistory:
    with begin_read(engine) as connection:
        begun = connection.execute(select(job_marks).where(job_marks.c.name == BEGINNING)).one()
    empty_store(engine)
    with begin_write(engine) as connection:  # emptied with all the rest
        connection.execute(insert(job_marks).values(**begun._mapping))
    plant_city(engine)
    rebuild(engine, settings=settings, now=datetime.now(UTC))
    return LiveHistory(engine, Random(seed))


def facts_of(columns: CaseColumns, moment: datetime, settings: Settings) -> list[Any]:
    """(case id, measure, moment) of everything the cases contribute by a moment, sorted."""
    found = case_moments(columns, as_of_ms=to_epoch_ms(moment), rules=fact_rules(settings))
    ids = columns.case_id[found.case].tolist()
    return sorted(zip(ids, found.measure.tolist(), found.when_ms.tolist(), strict=True))


def windows(moment: datetime) -> list[tuple[datetime, datetime]]:
    """A window that runs at the moment, one that is over, and one that is over for long."""
    day = timedelta(days=1)
    return [
        (moment - 10 * day, moment + day),
        (moment - 30 * day, moment - 5 * day),
        (moment - 90 * day, moment - 35 * day),
    ]


def area_of(connection: Any, code: str) -> AreaRow:
    area = read_area(connection, code)
    assert area is not None
    return area


def note(engine: Engine, settings: Settings) -> Noted:
    moment = after_this_moment()
    totals = {}
    with begin_read(engine) as connection:
        columns = read_case_columns(connection, CaseRange(0, 10**9))
        for code in _AREAS:
            area = area_of(connection, code)
            for number, (start, end) in enumerate(windows(moment)):
                for cut, chosen in enumerate(_SLICES if code == "A01" else (EVERY_CASE,)):
                    interval = Interval(start=start, end=end, as_of=moment)
                    totals[code, number, cut] = read_raw_totals(
                        connection, area, interval, rules=fact_rules(settings), chosen=chosen,
                        by_area=False,
                    )[area.area_id]  # fmt: skip
    return Noted(moment, facts_of(columns, moment, settings), totals)


def check(engine: Engine, noted: Noted, settings: Settings, ids: range) -> None:
    clocks = Clocks(known_at=noted.moment)
    with begin_read(engine) as connection:
        columns = read_columns_as_known(connection, ids, clocks, settings)
        assert facts_of(columns, noted.moment, settings) == noted.facts
        for (code, number, cut), totals in noted.totals.items():
            start, end = windows(noted.moment)[number]
            found = read_totals_as_of(
                connection, area_of(connection, code), start, end, clocks,
                settings=settings, chosen=_SLICES[cut],
            )  # fmt: skip
            assert found == totals, (code, number, cut)


@RULES
@given(seed=st.integers(0, 2**32), steps=st.integers(20, 70))
def test_noted_totals_come_out_again_after_any_corrections(
    engine: Engine, settings: Settings, seed: int, steps: int
) -> None:
    history = start_history(engine, seed, settings)
    noted: list[Noted] = []
    for number in range(steps):
        history.live()
        if number % 17 == 16:
            noted.append(note(engine, settings))
    for one in noted:
        check(engine, one, settings, range(history.next_id))


def test_history_that_was_forgotten_begins_later(engine: Engine, settings: Settings) -> None:
    history = start_history(engine, 5, settings)
    for _ in range(40):
        history.live()
    middle = note(engine, settings)
    for _ in range(40):
        history.live()
    with begin_write(engine) as connection:
        begun = read_history_start(connection)
        gone = delete_history(connection, middle.moment)
        assert begun is not None and begun < middle.moment
        assert gone >= 10 and delete_history(connection, middle.moment) == 0
        assert read_history_start(connection) == middle.moment
    check(engine, middle, settings, range(history.next_id))


def test_today_nothing_is_undone(engine: Engine, settings: Settings) -> None:
    history = start_history(engine, 11, settings)
    for _ in range(60):
        history.live()
    now = after_this_moment()
    everything = list(range(history.next_id + 5))
    with begin_write(engine) as connection:  # as if all of it had been touched
        connection.execute(update(cases).values(limit_amount=1.0))
    with begin_read(engine) as connection:
        plain = read_case_columns(connection, everything)
        past = read_columns_as_known(connection, everything, Clocks(known_at=now), settings)
    assert facts_of(past, now, settings) == facts_of(plain, now, settings)
    for name in ("case_id", "area_id", "is_merged", "is_proactive", "cycle_no", "closed_ms"):
        assert (getattr(past, name) == getattr(plain, name)).all(), name
