"""A count and the list behind it come out equal, for every KPI made of cases, after any history."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.model import Kpi, Term
from dashboard.kpis.variants import catalogue_of
from dashboard.readings.case_list import NoCaseListError, list_cases, read_page
from dashboard.readings.reader import Reader
from dashboard.readings.scope import EVERYTHING, OutsideScopeError, Scope
from dashboard.readings.view import Question, find_area, open_view
from dashboard.readings.windows import WINDOW_KEYS
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.tables import areas
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import START, History, empty_store, plant_city

# Windows that ended before some of the history: their stocks are those of their last midnight.
PAST = ("2025", "2026-01", "2026-01-31", "2026-01-10..2026-01-29", "2026-02", "2026-02-01")
# As counted by default, and as a city with its own rules counts what they change.
OWN_RULES = catalogue_of(Settings(undated_on_time=True, suspended_in_due="counted"))
CASE_KPIS = [
    kpi for kpi in dict.fromkeys((*CATALOGUE.values(), *OWN_RULES.values())) if kpi.is_of_cases
]


def _unweighted(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(Term(term.kind, term.name, Fraction(1)) for term in terms)


def _sides(kpi: Kpi) -> dict[str, tuple[Term, ...]]:
    sides = {"numerator": kpi.numerator, "denominator": kpi.denominator or ()}
    return {side: terms for side, terms in sides.items() if kpi.has_list(side)}


@hypothesis_settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**9), window=st.sampled_from((*WINDOW_KEYS, *PAST)))
def test_every_list_is_as_long_as_its_number(
    engine: Engine, settings: Settings, seed: int, window: str
) -> None:
    empty_store(engine)
    plant_city(engine)
    history = History(engine, Random(seed))
    for _ in range(50):
        history.step()
    history.pass_time()
    now = history.now
    refresh(engine, settings=settings, now=now)
    with begin_read(engine) as connection:
        below = sorted(connection.execute(select(areas.c.code)).scalars())[1:]
        for code in ("A01", *history.random.sample(below, 2)):  # the city and some of all levels
            question = Question(scope=EVERYTHING, area_code=code, window_key=window, lang="zh")
            view = open_view(connection, question, settings=settings, now=now)
            totals = view.totals.now[view.area.area_id]
            for kpi in CASE_KPIS:
                for side, terms in _sides(kpi).items():
                    number = sum(totals.of(term) or 0 for term in _unweighted(terms))
                    total, rows = read_page(
                        connection, view.area, kpi, side, window,
                        settings=settings, now=now, offset=0, limit=10_000,
                    )  # fmt: skip
                    assert (total, len(rows)) == (number, number), (code, kpi.key, side)


def _reader(engine: Engine, settings: Settings) -> Reader:
    reader = Reader(engine, settings, build="test", now=lambda: START)
    refresh(engine, settings=settings, now=START)
    reader.ticker.look()
    return reader


def test_paging_gives_every_case_once(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    history = History(engine, Random(2))
    with engine.begin() as connection:
        for _ in range(23):
            history.add(connection)
    reader = _reader(engine, settings)
    page = list_cases(reader, None, "d365", "case.accepted", offset=0, limit=10)
    seen = [row["case_id"] for row in page.rows]
    for offset in (10, 20):
        seen += [
            row["case_id"]
            for row in list_cases(
                reader, None, "d365", "case.accepted", offset=offset, limit=10
            ).rows
        ]
    assert len(seen) == len(set(seen)) == page.total


def test_duty_has_no_list_of_cases(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    with pytest.raises(NoCaseListError):
        list_cases(_reader(engine, settings), None, "d30", "duty.on_duty_rate")


def test_nothing_outside_the_scope_is_read(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    reader = _reader(engine, settings)
    only_second = Scope(tops=(2,))
    with begin_read(engine) as connection:
        assert find_area(connection, only_second, "A04").area_id == 4
    with pytest.raises(OutsideScopeError):
        list_cases(reader, "A06", "d30", "case.accepted", scope=only_second)
    with pytest.raises(OutsideScopeError):
        reader.board_document("A01", "d30", "zh", scope=only_second)


def test_an_unmeasured_kpi_is_not_a_number(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    refresh(engine, settings=settings, now=START)
    question = Question(scope=EVERYTHING, area_code=None, window_key="d30", lang="zh")
    with begin_read(engine) as connection:
        view = open_view(connection, question, settings=settings, now=START)
    duty = evaluate(CATALOGUE["duty.on_duty_rate"], view.totals.now[1])
    assert duty.value is None
