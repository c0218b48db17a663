"""Numbers that are no sums: quantiles of times, ages of sources, counts of field work, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random
from statistics import quantiles

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import value_text
from dashboard.readings.explain import explain
from dashboard.readings.extras import names_of, nearest_rank
from dashboard.readings.reader import Reader
from dashboard.readings.view import SliceCodes
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.tables import (
    calendar_days,
    case_cycles,
    case_events,
    case_suspensions,
    cases,
    sources,
)
from jobs.refresh_rollups import refresh
from tests.store.measured_city import DAY, HOUR, MINUTE, NOW, at, case, fill, read, value

# Quantiles 分位数: nearest rank 最近秩.


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7),
        ([7], 90, 7),
        ([1, 2], 50, 1),
        ([1, 2, 3], 50, 2),
        ([4, 1, 3, 2], 50, 2),
        (list(range(1, 11)), 90, 9),
        (list(range(1, 12)), 90, 10),
        (list(range(1, 101)), 90, 90),
    ],
)
def test_nearest_rank(values: list[int], percent: int, expected: int | None) -> None:
    assert nearest_rank(np.array(values, dtype=np.int64), percent) == expected


@given(st.lists(st.integers(-(10**12), 10**12), min_size=2), st.sampled_from((50, 90)))
def test_nearest_rank_is_a_value_with_enough_values_up_to_it(
    values: list[int], percent: int
) -> None:
    found = nearest_rank(np.array(values, dtype=np.int64), percent)
    assert found in values
    assert 100 * sum(one <= found for one in values) >= percent * len(values)
    assert 100 * sum(one < found for one in values) < percent * len(values)
    assert min(values) <= quantiles(values, n=2)[0] <= max(values)


# K12 办结时长: net of suspensions, by natural and by working hours.


def test_the_reported_example_of_82_minutes(engine: Engine, settings: Settings) -> None:
    """元宝区 2020-11-11: reported 14:36, closed 15:58."""
    when = {"reported_at": at(11, 14, 36), "accepted_at": at(11, 14, 36)}
    fill(engine, {cases: [case(1, closed_at=at(11, 15, 58), state="closed", **when)]})
    reading, _ = read(engine, settings, "case.time_to_close")
    assert reading.value == Fraction(82, 60)
    assert value_text(reading) == "1.4"
    assert reading.sample == 1


def test_suspensions_are_taken_off_on_the_same_clock(engine: Engine, settings: Settings) -> None:
    """Accepted Monday 2 November 08:00, closed Thursday 18:00, suspended Tuesday 12:00 to Wednesday
    14:00: 82 hours less 26; of working time 32 hours less 8."""
    rows = {
        cases: [case(1, closed_at=at(5, 18), state="closed")],
        case_suspensions: [
            {"case_id": 1, "seq": 1, "started_at": at(3, 12), "ended_at": at(4, 14)}
        ],
    }
    fill(engine, rows)
    assert value(engine, settings, "case.time_to_close") == 82 - 26
    assert value(engine, settings, "case.time_to_close_working") == 32 - 8
    assert value(engine, settings, "case.time_to_close_p90") == 82 - 26


def test_suspensions_that_overlap_or_reach_outside_count_once(
    engine: Engine, settings: Settings
) -> None:
    pauses = [
        (at(1, 0), at(2, 10)),  # from before it was accepted
        (at(2, 9), at(2, 12)),
        (at(2, 11), at(2, 11, 30)),  # inside the one before
        (at(3, 0), None),  # still running when it was closed
    ]
    rows = {
        cases: [case(1, closed_at=at(3, 8), state="closed")],
        case_suspensions: [
            {"case_id": 1, "seq": n, "started_at": first, "ended_at": last}
            for n, (first, last) in enumerate(pauses, start=1)
        ],
    }
    fill(engine, rows)
    assert value(engine, settings, "case.time_to_close") == 24 - 4 - 8


def test_the_working_hours_are_the_citys(engine: Engine, settings: Settings) -> None:
    """A holiday on Tuesday, and working hours of its own."""
    fill(engine, {cases: [case(1, closed_at=at(4, 12), state="closed")]})
    own = replace(settings, working_hours="09:00-12:00")
    assert value(engine, settings, "case.time_to_close_working") == 8 + 8 + 4
    assert value(engine, own, "case.time_to_close_working") == 3 + 3 + 3
    with begin_write(engine) as connection:
        day = {"day": date(2026, 11, 3), "is_working_day": 0, "name": "本地节日"}
        connection.execute(insert(calendar_days).values(**day))
    assert value(engine, own, "case.time_to_close_working") == 3 + 3


def test_half_and_nine_tenths_of_ten_cases(engine: Engine, settings: Settings) -> None:
    """Hours 1 to 10: P50 is 5, P90 is 9; void cases and those of other areas and windows aside."""
    rows = [
        case(n, closed_at=at(2, 8) + n * HOUR, state="closed", area_id=7 if n <= 6 else 10)
        for n in range(1, 11)
    ]
    rows += [
        case(11, closed_at=at(10, 8), state="void", voided_at=NOW),
        case(12, reported_at=at(1, 0) - 99 * DAY, accepted_at=at(1, 0) - 99 * DAY,
             closed_at=at(1, 0) - 60 * DAY, state="closed"),
    ]  # fmt: skip
    fill(engine, {cases: rows})
    assert value(engine, settings, "case.time_to_close") == 5
    assert value(engine, settings, "case.time_to_close_p90") == 9
    assert value(engine, settings, "case.time_to_close", area="A02") == 3
    assert value(engine, settings, "case.time_to_close", area="A03") == 8
    _, view = read(engine, settings, "case.time_to_close")
    by_child = {view.line[0].area_id: 5, 2: 3, 3: 8}
    found = {area: totals.measured["close_hours_p50"] for area, totals in view.totals.now.items()}
    assert found == by_child


def test_a_case_never_accepted_is_counted_from_its_report(
    engine: Engine, settings: Settings
) -> None:
    fill(engine, {cases: [case(1, accepted_at=None, closed_at=at(2, 11), state="closed")]})
    assert value(engine, settings, "case.time_to_close") == 3


@pytest.mark.parametrize(
    "key", ["case.time_to_close", "case.overdue_median", "case.first_contact", "system.source_age"]
)
def test_nothing_to_measure_is_not_zero(engine: Engine, settings: Settings, key: str) -> None:
    fill(engine, {})
    reading, _ = read(engine, settings, key)
    assert (reading.value, value_text(reading)) == (None, "—")


# K11 超期时长中位.


def test_median_overtime(engine: Engine, settings: Settings) -> None:
    """1, 5 and 9 hours over; suspended, exempt and closed ones are not in the stock."""
    rows = [case(n, deadline_at=NOW - hours * HOUR) for n, hours in ((1, 1), (2, 5), (3, 9))]
    rows += [
        case(4, deadline_at=NOW - 400 * HOUR, timeout_exempt=True),
        case(5, deadline_at=NOW - 400 * HOUR, closed_at=NOW, state="closed"),
        case(6, deadline_at=NOW - 400 * HOUR),
    ]
    pause = {"case_id": 6, "seq": 1, "started_at": at(3, 8)}
    fill(engine, {cases: rows, case_suspensions: [pause]})
    reading, _ = read(engine, settings, "case.overdue_median")
    assert (reading.value, reading.sample) == (5, 3)


def test_overtime_at_the_end_of_a_past_day(engine: Engine, settings: Settings) -> None:
    """At the midnight after 10 November: 24 hours past the deadline of the cycle of that time."""
    cycle = {
        "case_id": 1, "cycle_no": 1, "started_at": at(2, 8), "deadline_at": at(10, 0),
        "reopened_at": at(12, 0),
    }  # fmt: skip
    row = case(1, cycle_no=2, deadline_at=at(30, 0))
    fill(engine, {cases: [row], case_cycles: [cycle]})
    assert value(engine, settings, "case.overdue_median", window="2026-11-10") == 24
    assert value(engine, settings, "case.overdue_median") is None


# K14 首次响应.


def test_first_contact_from_the_dispatch_it_answered(engine: Engine, settings: Settings) -> None:
    """Dispatched 09:00, contact 09:30, sent to another department 11:00: 30 minutes and not less
    than nothing. A case without a dispatch is left out."""
    rows = {
        cases: [
            case(1, dispatched_at=at(2, 11), first_contact_at=at(2, 9, 30)),
            case(2, dispatched_at=at(2, 9), first_contact_at=at(2, 10)),
            case(3, first_contact_at=at(2, 10)),
            case(4, dispatched_at=at(2, 12), first_contact_at=at(2, 10)),
        ],
        case_events: [
            {"case_id": 1, "seq": n, "event_at": moment, "known_at": moment,
             "to_state": "dispatched"}
            for n, moment in ((1, at(2, 9)), (2, at(2, 11)))
        ],
    }  # fmt: skip
    fill(engine, rows)
    assert value(engine, settings, "case.first_contact") == 30
    assert value(engine, settings, "case.first_contact_p90") == 60


# K39 数据时效.


def test_the_source_that_is_latest_by_its_promise(engine: Engine, settings: Settings) -> None:
    """20 minutes at a promise of 10 are later than an hour at a promise of one."""
    fill(engine, {})
    with begin_write(engine) as connection:
        for source_id, age, promise in ((1, 20, 600), (2, 60, 3600)):
            connection.execute(
                update(sources)
                .where(sources.c.source_id == source_id)
                .values(last_ingested_at=NOW - age * MINUTE, interval_seconds=promise)
            )
    reading, _ = read(engine, settings, "system.source_age")
    assert (reading.value, reading.ratio) == (20, 2)
    own, _ = read(engine, settings, "system.source_age", codes=SliceCodes(source="c2"))
    assert (own.value, own.ratio) == (60, 1)
    nobody = read(engine, settings, "system.source_age", codes=SliceCodes(category="c1"))
    assert nobody[0].value is None


# K27 吹哨报到.


def test_only_what_a_kpi_asks_for_is_read() -> None:
    assert names_of([CATALOGUE["case.accepted"], CATALOGUE["duty.on_duty_rate"]]) == frozenset()
    assert names_of([CATALOGUE["case.time_to_close"]]) == {"close_hours_p50"}
    age = {"source_age_minutes", "source_age_ratio"}
    assert names_of([CATALOGUE["system.source_age"]]) == age


def test_quantiles_have_their_counterparts(engine: Engine, settings: Settings) -> None:
    """Closed yesterday after 4 hours, on the same weekday a week before after 2."""
    rows = [
        case(n, reported_at=first, accepted_at=first, closed_at=first + hours * HOUR,
             state="closed")
        for n, (first, hours) in enumerate(
            ((at(17, 8), 4), (at(10, 8), 2), (at(1, 8), 1)), start=1
        )
    ]  # fmt: skip
    fill(engine, {cases: rows})
    _, view = read(engine, settings, "case.time_to_close", window="2026-11-17")
    before = view.totals.comparisons["wow"].totals
    assert before is not None
    assert evaluate(CATALOGUE["case.time_to_close"], before).value == 2
    assert view.totals.usual == "wow"


def test_thirty_days_of_a_quantile(engine: Engine, settings: Settings) -> None:
    """Each point is the median of the seven days up to it: 4 hours on the 10th, 2 on the 12th."""
    rows = [
        case(n, reported_at=first, accepted_at=first, closed_at=first + hours * HOUR,
             state="closed")
        for n, (first, hours) in enumerate(((at(10, 8), 4), (at(12, 8), 2)), start=1)
    ]  # fmt: skip
    fill(engine, {cases: rows})
    refresh(engine, settings=settings, now=NOW)
    reader = Reader(engine, settings, build="test", now=lambda: NOW)
    spark = explain(reader, None, "d30", "case.time_to_close", "zh").spark
    assert spark == [None] * 21 + [4.0, 4.0] + [2.0] * 7  # 20 October to 18 November
    assert explain(reader, None, "d30", "system.source_age", "zh").spark == []


def test_a_year_without_a_calendar_is_not_measured(engine: Engine, settings: Settings) -> None:
    """A report of 1985 has natural hours and no working ones."""
    old = datetime(1985, 1, 1, tzinfo=UTC)
    row = case(1, reported_at=old, accepted_at=old, closed_at=at(12, 8), state="closed")
    fill(engine, {cases: [row]})
    assert value(engine, settings, "case.time_to_close") is not None
    assert value(engine, settings, "case.time_to_close_working") is None


def test_random_closures_agree_with_a_plain_sort(engine: Engine, settings: Settings) -> None:
    random = Random(4)
    hours = [random.randint(1, 200) for _ in range(57)]
    rows = [
        case(n, closed_at=at(2, 8) + length * HOUR, state="closed", area_id=random.choice((7, 9)))
        for n, length in enumerate(hours, start=1)
    ]
    fill(engine, {cases: rows})
    ordered = sorted(hours)
    assert value(engine, settings, "case.time_to_close") == ordered[28]
    assert value(engine, settings, "case.time_to_close_p90") == ordered[51]
