"""Windows on boards: labelled when partial, compared like for like, judged against references, and
read with few statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, update

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.readings.board import build_board
from dashboard.readings.explain import explain
from dashboard.readings.part_days import KEPT_SECONDS, PartDays
from dashboard.readings.reader import Reader
from dashboard.readings.references import children_reference, read_reference
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.view import Question, View, open_view, read_history
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import areas, cases, categories, duty_now
from jobs.refresh_rollups import refresh
from tests.store.history import GRIDS, plant_city
from tests.store.test_raw_totals import NOW, play

# Saturday 22 November 2025, 14:05 in the city.
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}'


def made_reader(engine: Engine, settings: Settings, now: datetime = NOW, **own: Any) -> Reader:
    reader = Reader(engine, replace(settings, **own), build="test", now=lambda: now)
    reader.ticker.look()
    return reader


def fill(
    engine: Engine, settings: Settings, rows: list[dict[str, Any]], now: datetime = NOW
) -> None:
    """The small city with these cases; a row needs ``accepted_at`` only."""
    plant_city(engine)
    with begin_write(engine) as connection:
        for number, row in enumerate(rows, start=1):
            plain = {
                "case_id": number, "case_code": f"C{number}", "source_id": 1,
                "source_ref": str(number), "category_id": 1, "area_id": 7, "state": "handling",
                "reported_at": row["accepted_at"], "ingested_at": now, "updated_at": now,
            }  # fmt: skip
            connection.execute(insert(cases).values(**plain | row))
    refresh(engine, settings=settings, now=now)


def tile_of(board: Any, key: str) -> Any:
    return next(tile for tile in board["tiles"] + board["more"] if tile["key"] == key)


# Partial periods are labelled.


@pytest.mark.parametrize(
    ("window", "text"),
    [
        ("today", "2025-11-22 – 2025-11-22 截至14:05"),
        ("month", "2025-11-01 – 2025-11-22 截至14:05"),
        ("2025-11", "2025-11-01 – 2025-11-30 截至14:05"),
        ("amonth", "2025-11-19 – 2025-11-22 截至14:05"),
        ("A2025-11", "2025-10-19 – 2025-11-18"),
        ("reportday", "2025-11-22 12:00 – 2025-11-23 12:00 截至14:05"),
        ("R2025-11-22", "2025-11-21 12:00 – 2025-11-22 12:00"),
        ("2025-10", "2025-10-01 – 2025-10-31"),
    ],
)
def test_a_running_window_says_up_to_when(
    sqlite_engine: Engine, settings: Settings, window: str, text: str
) -> None:
    play(sqlite_engine, 1, settings, steps=1)
    reader = made_reader(
        sqlite_engine, settings, assessment_month_starts_on=19, report_day_starts="12:00"
    )
    assert reader.board(None, window, "zh")["window"]["text"] == text


def test_numbers_that_stand_since_yesterday_say_so(
    sqlite_engine: Engine, settings: Settings
) -> None:
    play(sqlite_engine, 1, settings, steps=1)
    reader = made_reader(sqlite_engine, settings, NOW + DAY)
    text = reader.board(None, "today", "en")["window"]["text"]
    assert text == "2025-11-23 – 2025-11-23 until 2025-11-22 14:05"


# Like for like.


def test_today_is_compared_up_to_the_same_time_of_day(engine: Engine, settings: Settings) -> None:
    """Two cases by now; a week ago one by 14:05 and five in the evening."""
    week_ago = NOW - 7 * DAY
    rows = [{"accepted_at": NOW - HOUR}, {"accepted_at": NOW - 2 * HOUR}]
    rows += [{"accepted_at": week_ago - HOUR}]
    rows += [{"accepted_at": week_ago + n * HOUR} for n in range(1, 6)]
    rows += [{"accepted_at": NOW - 60 * DAY}]
    fill(engine, settings, rows)
    reader = made_reader(engine, settings)
    delta = tile_of(reader.board(None, "today", "zh"), "case.accepted")["delta"]
    assert delta == {"text": "▲ 1", "versus": "较上周同日同时", "tone": "neutral"}
    explanation = explain(reader, None, "today", "case.accepted", "zh")
    row = next(row for row in explanation.comparisons if row["kind"] == "wow")
    assert (row["value"], row["period"]) == ("1", "2025-11-15 截至14:05")
    whole = explain(reader, None, "2025-11-15", "case.accepted", "zh")
    assert whole.text == "6"


def test_the_drawer_shows_all_three_and_says_what_is_not_known(
    engine: Engine, settings: Settings
) -> None:
    fill(engine, settings, [{"accepted_at": NOW - HOUR}, {"accepted_at": NOW - 40 * DAY}])
    reader = made_reader(engine, settings)
    rows = {
        row["kind"]: row
        for row in explain(reader, None, "today", "case.accepted", "zh").comparisons
    }
    assert [*rows] == ["before", "wow", "mom", "yoy"]
    assert rows["wow"]["reason"] is None
    assert rows["yoy"]["value"] is None
    assert rows["yoy"]["reason"] == "本库没有该时段的全部数据，不作比较"
    assert tile_of(reader.board(None, "year", "zh"), "case.accepted")["delta"] is None


def test_spring_festival_is_not_compared_and_the_tile_says_so(
    engine: Engine, settings: Settings
) -> None:
    now = datetime(2026, 2, 18, 6, 5, tzinfo=UTC)  # 正月初二
    rows = [{"accepted_at": now - HOUR}, {"accepted_at": now - 7 * DAY - HOUR}]
    rows += [{"accepted_at": datetime(2025, 1, 30, 5, tzinfo=UTC)}]  # 正月初二 of the year before
    rows += [{"accepted_at": now - 500 * DAY}]
    fill(engine, settings, rows, now)
    reader = made_reader(engine, settings, now)
    tile = tile_of(reader.board(None, "today", "zh"), "case.accepted")
    assert (tile["delta"], tile["note"]) == (None, "春节错位，不作同比/环比")
    comparisons = explain(reader, None, "today", "case.accepted", "zh").comparisons
    yoy = next(row for row in comparisons if row["kind"] == "yoy")
    assert (yoy["period"], yoy["value"], yoy["alignment"]) == (
        "2025-01-30 截至14:05", "1", "按农历对齐",
    )  # fmt: skip


# Reference values of relative thresholds.


def reference(
    engine: Engine, settings: Settings, key: str, window: str, area: str = "A01",
    now: datetime = NOW,
) -> tuple[Any, View]:  # fmt: skip
    kpi = CATALOGUE[key]
    question = Question(scope=EVERYTHING, area_code=area, window_key=window, lang="zh")
    with begin_read(engine) as connection:
        view = open_view(connection, question, settings=settings, now=now, kpis=(kpi,))
        history = read_history(
            connection, view, settings=settings, today=now.astimezone(UTC).date()
        )
        return read_reference(connection, kpi, view, history), view


def test_open_cases_against_the_mean_of_28_midnights(engine: Engine, settings: Settings) -> None:
    """One open case for a long time, a second for the last 7 midnights: (28 + 7) / 28."""
    rows = [{"accepted_at": NOW - 100 * DAY}, {"accepted_at": NOW - 7 * DAY}]
    fill(engine, settings, rows)
    found, view = reference(engine, settings, "case.open", "today")
    assert found == Fraction(35, 28)
    level = view.judge.level(evaluate(CATALOGUE["case.open"], view.own), "city", reference=found)
    assert level.value == "bad"  # 2 are 1.6 times as many


def test_four_weeks_that_the_store_does_not_know_are_no_reference(
    engine: Engine, settings: Settings
) -> None:
    fill(engine, settings, [{"accepted_at": NOW - 10 * DAY}])
    assert reference(engine, settings, "case.open", "today")[0] is None


def test_a_spike_against_the_same_weekday_of_four_weeks(engine: Engine, settings: Settings) -> None:
    """2, 4, 4 and 6 on four Saturdays: mean 4, σ √2, the bound 4 + 2√2 = 6.83."""
    rows = [{"accepted_at": NOW - 100 * DAY}]
    for week, count in ((1, 2), (2, 4), (3, 4), (4, 6)):
        rows += [{"accepted_at": NOW - week * 7 * DAY + n * HOUR} for n in range(count)]
    rows += [{"accepted_at": NOW - n * HOUR} for n in range(7)]
    fill(engine, settings, rows)
    found, view = reference(engine, settings, "case.accepted", "today")
    assert float(found) == pytest.approx(6.828427, abs=1e-6)
    reading = evaluate(CATALOGUE["case.accepted"], view.own)
    assert (reading.value, view.judge.level(reading, "city", reference=found).value) == (7, "warn")
    board = made_reader(engine, settings).board(None, "today", "zh")
    assert tile_of(board, "case.accepted")["level"] == "warn"
    assert reference(engine, settings, "case.accepted", "week")[0] is None


def test_time_to_close_against_its_own_twelve_weeks(engine: Engine, settings: Settings) -> None:
    """4 hours against a median of 2 over the twelve weeks before the day."""
    lengths = [(NOW - HOUR, 4), (NOW - 3 * DAY, 1), (NOW - 30 * DAY, 2), (NOW - 80 * DAY, 9)]
    rows = [
        {"accepted_at": end - hours * HOUR, "closed_at": end, "state": "closed"}
        for end, hours in lengths
    ]
    fill(engine, settings, rows)
    assert reference(engine, settings, "case.time_to_close", "today")[0] is None  # 84 days are not
    old = {"case_id": 99, "case_code": "old", "source_ref": "old", "accepted_at": NOW - 90 * DAY}
    with begin_write(engine) as connection:
        row = {"source_id": 1, "category_id": 1, "area_id": 10, "state": "handling"}
        row |= {"reported_at": NOW - 90 * DAY, "ingested_at": NOW, "updated_at": NOW}
        connection.execute(insert(cases).values(**row, **old))
    refresh(engine, settings=settings, now=NOW)
    found, _ = reference(engine, settings, "case.time_to_close", "today")
    assert found == 2
    tile = explain(made_reader(engine, settings), None, "today", "case.time_to_close", "zh")
    assert (tile.text, tile.level) == ("4.0", "bad")


def test_load_against_the_median_of_the_areas_beside_it(engine: Engine, settings: Settings) -> None:
    """Streets 4 and 5 of district 2 with 6 and 2 cases for 2 workers each: the median is 2."""
    fill(
        engine,
        settings,
        [{"accepted_at": NOW - DAY, "area_id": 7 if n < 6 else 9} for n in range(8)],
    )
    with begin_write(engine) as connection:
        for area in (1, 2, 4, 5):
            row = {"area_id": area, "computed_at": NOW, "workers_active": 2 if area > 2 else 4}
            connection.execute(insert(duty_now).values(**row))
    found, view = reference(engine, settings, "duty.load", "today", area="A04")
    assert found == 2
    assert evaluate(CATALOGUE["duty.load"], view.own).value == 3
    assert reference(engine, settings, "duty.load", "today")[0] is None  # beside the city is none
    _, above = reference(engine, settings, "duty.load", "today", area="A02")
    assert children_reference(CATALOGUE["duty.load"], above) == 2
    children = explain(made_reader(engine, settings), "A02", "today", "duty.load", "zh").children
    # 3 people's load of 2: beside others nothing is judged over fewer than ten.
    assert [(child["text"], child["level"]) for child in children] == [
        ("3.00", "none"), ("1.00", "none"),
    ]  # fmt: skip


# Report days on maps, and how much is asked.


def test_the_map_of_a_report_day_equals_the_boards_of_its_grids(
    engine: Engine, settings: Settings
) -> None:
    play(engine, 17, settings)
    with begin_write(engine) as connection:
        connection.execute(update(areas).where(areas.c.area_id.in_(GRIDS)).values(polygon=SQUARE))
    refresh(engine, settings=settings, now=NOW)
    reader = made_reader(engine, settings, report_day_starts="12:00")
    shapes = reader.geometry_document()
    assert shapes is not None
    codes = [shapes.data["areas"][number]["code"] for number in shapes.data["grids"]]
    for window in ("reportday", "R2025-11-22"):
        for metric in ("case.accepted", "case.open", "case.overdue"):
            values = reader.map_document(metric, window, "zh").data["values"]
            boards = [tile_of(reader.board(code, window, "zh"), metric) for code in codes]
            assert values == [tile["numerator"] for tile in boards], (window, metric)


def counted(engine: Engine, ask: Callable[[], Any]) -> int:
    """How many statements a question sends."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


@pytest.mark.parametrize("window", ["today", "week", "month", "d30", "d365", "2025-10"])
def test_a_board_asks_few_statements(engine: Engine, settings: Settings, window: str) -> None:
    play(engine, 2, settings, steps=4)
    kept = PartDays()

    def ask() -> None:
        question = Question(scope=EVERYTHING, area_code=None, window_key=window, lang="zh")
        with begin_read(engine) as connection:
            build_board(
                connection, question, settings=settings, now=NOW, build="test", geometry=None,
                part_days=kept,
            )  # fmt: skip

    first, again = counted(engine, ask), counted(engine, ask)
    assert again <= 28
    assert first <= again + 12  # the cases of the day that is cut


def test_a_day_is_kept_for_a_minute(engine: Engine, settings: Settings) -> None:
    play(engine, 3, settings, steps=2)
    clock = [1000.0]
    kept = PartDays(clock=lambda: clock[0])
    question = Question(scope=EVERYTHING, area_code=None, window_key="today", lang="zh")

    def ask() -> int:
        with begin_read(engine) as connection:
            return counted(
                engine,
                lambda: open_view(connection, question, settings=settings, now=NOW, part_days=kept),
            )

    first, second = ask(), ask()
    assert second < first
    clock[0] += KEPT_SECONDS + 1
    assert ask() == first
    assert ask() == second


def test_a_past_window_is_judged_when_all_its_cases_could_be_closed(
    engine: Engine, settings: Settings
) -> None:
    """受理办结率 of last month waits until the longest limit, 20 working days, has run out."""
    fill(engine, settings, [{"accepted_at": NOW - 400 * DAY}, {"accepted_at": NOW - 30 * DAY}])
    with begin_write(engine) as connection:
        limit = {"limit_kind": "work_day", "limit_amount": 20}
        connection.execute(update(categories).where(categories.c.category_id == 1).values(**limit))
    reader = made_reader(engine, settings)
    levels = {
        window: tile_of(reader.board(None, window, "zh"), "case.cohort_closure_rate")["level"]
        for window in ("d30", "2025-10", "2024-10")
    }
    assert levels == {"d30": "none", "2025-10": "none", "2024-10": "bad"}
