"""The oracle: what the rollups say equals what the cases say, for every measure and KPI, for random
histories, areas, slices, windows and what the windows are compared with, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.model import Totals
from dashboard.readings.comparisons import KINDS
from dashboard.readings.histories import read_day_history
from dashboard.readings.raw_totals import Interval, case_totals, read_raw_totals
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.totals import Aim, has_rollups
from dashboard.readings.view import NO_CODES, Question, SliceCodes, find_area, open_view
from dashboard.readings.windows import resolve_window
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.case_columns import read_case_columns
from data_access.engine import begin_read, begin_write
from data_access.measures import FLOWS, STOCKS
from data_access.slices import EVERY_CASE, UnknownMemberError, read_slice
from data_access.tables import cases, categories
from data_access.window_cases import read_window_cases
from jobs.refresh_rollups import refresh
from tests.examples import examples
from tests.store.history import GRIDS, PARENTS, History, empty_store, plant_city
from tests.store.naive_stocks import city_day
from tests.store.police_city import plant_police

MANY = hypothesis_settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WINDOWS = (
    "today", "week", "month", "amonth", "year", "d7", "d30", "d365", "all", "2024", "2025-11",
    "2025-11-21", "2025-10-25..2025-11-10", "2025-10", "A2025-11", "reportday", "R2025-11-21",
)  # fmt: skip
CODES = (
    NO_CODES,
    SliceCodes(category="c1"),
    SliceCodes(category="c2"),
    SliceCodes(source="c1"),
    SliceCodes(department="d1"),
    SliceCodes(department="-"),
    SliceCodes(category="c2", department="d2"),
    SliceCodes(police="P1"),
    SliceCodes(police="-", source="c1"),
)
AREAS = [f"A{area:02d}" for area in PARENTS]


# An autumn afternoon: no Spring Festival near, and what comparisons go back to is in the history.
NOW = datetime(2025, 11, 22, 6, 5, tzinfo=UTC)
DAYS_BACK = (430, 372, 365, 364, 40, 31, 29, 21, 8, 7, 1, 0)


def play(engine: Engine, seed: int, settings: Settings, steps: int = 16) -> History:
    """A random history of more than a year, refreshed at its end; category 2 lies below 1."""
    empty_store(engine)
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(
            update(categories).where(categories.c.category_id == 2).values(parent_id=1)
        )
        plant_police(connection)
    history = History(engine, Random(seed))
    for back in DAYS_BACK:
        history.now = NOW - timedelta(
            days=back, minutes=history.random.randint(0, 300) * (back > 0)
        )
        with begin_write(engine) as connection:
            for _ in range(4):
                history.add(connection)
        for _ in range(steps):
            history.step()
    refresh(engine, settings=settings, now=history.now)
    return history


def sums_of(totals: Totals) -> dict[str, int]:
    """Flows and stocks that are not zero, by name."""
    stocks = {f"stock {name}": totals.stocks[name] for name in STOCKS}
    return {name: n for name, n in ({**totals.flows, **stocks}).items() if n}


def raw(
    connection: Connection, aim: Aim, interval: Interval, settings: Settings
) -> dict[int, Totals]:
    """The same area and children from the cases, by the other of the two ways of finding them."""
    return read_raw_totals(
        connection, aim.area, interval, rules=fact_rules(settings), children=aim.children,
        chosen=aim.chosen, by_area=aim.area.depth <= settings.break_down_depth,
    )  # fmt: skip


def asked(history: History, own: Settings, area: str, window: str, codes: SliceCodes) -> Question:
    return Question(scope=EVERYTHING, area_code=area, window_key=window, lang="zh", codes=codes)


@MANY
@given(
    seed=st.integers(0, 10**9),
    area=st.sampled_from(AREAS),
    window=st.sampled_from(WINDOWS),
    codes=st.sampled_from(CODES),
    month_starts=st.sampled_from((1, 19)),
    day_starts=st.sampled_from(("00:00", "12:00")),
)
def test_a_window_and_its_counterparts_equal_the_cases(
    engine: Engine, settings: Settings, seed: int, area: str, window: str, codes: SliceCodes,
    month_starts: int, day_starts: str,
) -> None:  # fmt: skip
    own = replace(settings, assessment_month_starts_on=month_starts, report_day_starts=day_starts)
    history = play(engine, seed, own)
    question = asked(history, own, area, window, codes)
    with begin_read(engine) as connection:
        view = open_view(connection, question, settings=own, now=history.now, kinds=KINDS)
        start, end = view.window.bounds(own.city_time_zone)
        whole = Interval(start=start, end=end, as_of=view.as_of)
        from_cases = raw(connection, view.aim, whole, own)
        assert from_cases.keys() == view.totals.now.keys()
        for area_id, totals in view.totals.now.items():
            assert sums_of(totals) == sums_of(from_cases[area_id]), area_id
            for kpi in CATALOGUE.values():
                beside = replace(
                    from_cases[area_id], duty=totals.duty, survey=totals.survey,
                    field=totals.field, measured=totals.measured,
                )  # fmt: skip
                assert evaluate(kpi, totals).value == evaluate(kpi, beside).value, kpi.key
        for kind, one in view.totals.comparisons.items():
            if one.totals is not None:
                part = Interval(start=one.compared.start, end=one.compared.end, as_of=view.as_of)
                expected = raw(connection, view.aim, part, own)[view.area.area_id]
                assert sums_of(one.totals) == sums_of(expected), kind


@MANY
@given(seed=st.integers(0, 10**9), codes=st.sampled_from(CODES), area=st.sampled_from(AREAS))
def test_every_day_of_a_history_equals_the_cases(
    engine: Engine, settings: Settings, seed: int, codes: SliceCodes, area: str
) -> None:
    history = play(engine, seed, settings)
    with begin_read(engine) as connection:
        question = asked(history, settings, area, "d30", codes)
        view = open_view(connection, question, settings=settings, now=history.now)
        days = read_day_history(
            connection, view.aim, 45, view.own.stocks,
            settings=settings, today=city_day(history.now),
        )  # fmt: skip
        for number in Random(seed).sample(range(45), 4):
            day = days.days[number]
            window = resolve_window(day.isoformat(), city_day(history.now))
            start, end = window.bounds(settings.city_time_zone)
            interval = Interval(start=start, end=end, as_of=view.as_of)
            totals = raw(connection, view.aim, interval, settings)[view.area.area_id]
            flows = {name: days.flows[number].get(name, 0) for name in FLOWS}
            late = flows.pop("cohort_closed") - totals.flows["cohort_closed"]
            assert late >= 0  # 受理口径: counted on the day of acceptance, whenever it was closed
            assert flows == {name: totals.flows[name] for name in flows}
            assert dict(days.stocks[number]) == totals.stocks


@MANY
@given(seed=st.integers(0, 10**9), hours=st.integers(1, 24 * 20), back=st.integers(0, 24 * 40))
def test_any_interval_adds_up_from_its_halves(
    engine: Engine, settings: Settings, seed: int, hours: int, back: int
) -> None:
    """Flows of two halves are those of the whole; the stocks are those of the second."""
    history = play(engine, seed, settings, steps=8)
    end = history.now - timedelta(hours=back)
    middle, start = end - timedelta(hours=hours), end - timedelta(hours=3 * hours)
    with begin_read(engine) as connection:
        root = reads.read_root(connection)
        assert root is not None
        aim = Aim(area=root, window=resolve_window("today", city_day(end)), as_of=history.now)

        def totals(first: datetime, last: datetime) -> Totals:
            interval = Interval(start=first, end=last, as_of=history.now)
            return raw(connection, aim, interval, settings)[root.area_id]

        one, two, both = totals(start, middle), totals(middle, end), totals(start, end)
    for name in FLOWS:
        added = one.flows[name] + two.flows[name]
        assert both.flows[name] >= added if name == "cohort_closed" else both.flows[name] == added
    assert both.stocks == two.stocks


@MANY
@given(seed=st.integers(0, 10**9))
def test_all_columns_at_once_give_the_totals_of_the_city(
    engine: Engine, settings: Settings, seed: int
) -> None:
    """``case_totals`` counts exactly the columns it is given, wherever they come from."""
    history = play(engine, seed, settings)
    with begin_read(engine) as connection:
        question = asked(history, settings, "A01", "d30", NO_CODES)
        view = open_view(connection, question, settings=settings, now=history.now)
        start, end = view.window.bounds(settings.city_time_zone)
        interval = Interval(start=start, end=end, as_of=view.as_of)
        everything = read_case_columns(connection, list(range(1, history.next_id)))
        nothing = read_case_columns(connection, [])
    rules = fact_rules(settings)
    assert sums_of(case_totals(everything, interval, rules)) == sums_of(view.own)
    assert sums_of(case_totals(nothing, interval, rules)) == {}


def test_both_ways_of_finding_cases_agree(engine: Engine, settings: Settings) -> None:
    history = play(engine, 7, settings, steps=20)
    with begin_read(engine) as connection:
        for code in AREAS:
            area = find_area(connection, EVERYTHING, code)
            for back in (0, 3, 30):
                end = history.now - timedelta(days=back)
                found = [
                    read_window_cases(
                        connection, area, end - timedelta(days=5), end, by_area=by_area
                    )
                    for by_area in (True, False)
                ]
                assert found[0] == found[1]
                assert found[0] == sorted(set(found[0]))


def test_slices_add_up_to_the_whole(engine: Engine, settings: Settings) -> None:
    """Categories, sources and departments each cut all cases into parts without overlap."""
    history = play(engine, 11, settings, steps=20)
    dimensions = {
        "category": ("c1",),  # everything lies below it
        "source": ("c1", "c2"),
        "department": ("d1", "d2", "-"),
    }
    with begin_read(engine) as connection:

        def total(codes: SliceCodes) -> dict[str, int]:
            question = asked(history, settings, "A01", "d365", codes)
            view = open_view(connection, question, settings=settings, now=history.now)
            return sums_of(view.own)

        whole = total(NO_CODES)
        assert whole["accepted"] > 20
        for dimension, codes in dimensions.items():
            parts = [total(SliceCodes(**{dimension: code})) for code in codes]
            added = {name: sum(part.get(name, 0) for part in parts) for name in whole}
            assert added == whole, dimension


def test_rollups_serve_one_dimension_of_the_upper_areas(engine: Engine, settings: Settings) -> None:
    play(engine, 1, settings, steps=2)
    with begin_read(engine) as connection:
        city, district, street = (
            find_area(connection, EVERYTHING, code) for code in ("A01", "A02", "A04")
        )
        one = read_slice(connection, source="c1")
        two = read_slice(connection, source="c1", category="c1")
        with pytest.raises(UnknownMemberError):
            read_slice(connection, source="nowhere")
    assert has_rollups(street, (), EVERY_CASE, 1)
    assert has_rollups(city, (district,), one, 1)
    assert not has_rollups(district, (street,), one, 1)
    assert not has_rollups(city, (district,), two, 1)


def test_an_unmeasured_past_is_said_to_be_unknown(engine: Engine, settings: Settings) -> None:
    history = play(engine, 3, settings)
    with begin_read(engine) as connection:
        question = asked(history, settings, "A01", "d1095", NO_CODES)
        view = open_view(connection, question, settings=settings, now=history.now, kinds=KINDS)
    assert {one.compared.refusal for one in view.totals.comparisons.values()} == {"not_known"}
    assert all(one.totals is None for one in view.totals.comparisons.values())


def test_empty_slices_and_empty_stores_give_zeros(engine: Engine, settings: Settings) -> None:
    plant_city(engine)
    with begin_write(engine) as connection:
        plant_police(connection)
    now = datetime.fromisoformat("2026-01-30T09:00:00+08:00")
    refresh(engine, settings=settings, now=now)
    with begin_read(engine) as connection:
        for window in ("today", "reportday", "all"):
            for codes in CODES:
                question = Question(
                    scope=EVERYTHING, area_code=None, window_key=window, lang="zh", codes=codes
                )
                own = replace(settings, report_day_starts="12:00")
                view = open_view(connection, question, settings=own, now=now)
                assert all(sums_of(totals) == {} for totals in view.totals.now.values())


def test_closed_by_the_cut_or_only_after_it(engine: Engine, settings: Settings) -> None:
    """受理口径: what counts as closed on the other side is what was closed by the same time of day.
    Cases accepted and closed before, at and after every edge there is, all against all."""
    empty_store(engine)
    plant_city(engine)
    minute = timedelta(minutes=1)
    edges = [NOW - timedelta(days=days) for days in (0, 7, 14, 21, 30)]
    edges += [edge.replace(hour=16, minute=0) for edge in edges]  # midnight in the city
    moments = sorted({edge + step for edge in edges for step in (-minute, 0 * minute, minute)})
    moments = [moment for moment in moments if moment <= NOW]
    pairs = [(a, b) for n, a in enumerate(moments) for b in (*moments[n:], None)]
    rows = [
        {
            "case_id": number, "case_code": f"C{number}", "source_id": 1 + number % 2,
            "source_ref": str(number), "category_id": 1, "area_id": GRIDS[number % len(GRIDS)],
            "state": "closed" if closed else "handling", "reported_at": accepted,
            "accepted_at": accepted, "closed_at": closed, "ingested_at": NOW, "updated_at": NOW,
        }
        for number, (accepted, closed) in enumerate(pairs, start=1)
    ]  # fmt: skip
    old = rows[0] | {"case_id": len(rows) + 1, "case_code": "old", "source_ref": "old"}
    old |= dict.fromkeys(("reported_at", "accepted_at", "closed_at"), NOW - timedelta(days=500))
    with begin_write(engine) as connection:
        connection.execute(insert(cases), [*rows, old])
    refresh(engine, settings=settings, now=NOW)
    compared = 0
    with begin_read(engine) as connection:
        for area in ("A01", "A02", "A04", "A07"):
            for window in ("today", "week", "month", "d7", "d30", "2025-11-15", "2025-10"):
                for codes in (NO_CODES, SliceCodes(source="c1")):
                    question = Question(
                        scope=EVERYTHING, area_code=area, window_key=window, lang="zh", codes=codes
                    )
                    view = open_view(connection, question, settings=settings, now=NOW, kinds=KINDS)
                    for kind, one in view.totals.comparisons.items():
                        assert one.totals is not None
                        part = Interval(start=one.compared.start, end=one.compared.end, as_of=NOW)
                        expected = raw(connection, view.aim, part, settings)[view.area.area_id]
                        assert sums_of(one.totals) == sums_of(expected), (area, window, kind)
                        compared += 1
    assert compared > 150
