"""Thresholds a city sets: versions only ever added, in force from a day, seen by every board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from dashboard.kpis.variants import kpi_of
from dashboard.readings.reader import Reader
from dashboard.readings.thresholds import (
    EditingOffError,
    ThresholdDraft,
    in_force,
    judged_by,
    problems,
    save_thresholds,
)
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.rollups import read_state
from data_access.thresholds import (
    ThresholdVersion,
    read_kpi_thresholds,
    read_thresholds,
    save_threshold_version,
)
from jobs.refresh_rollups import refresh
from tests.store.history import History, plant_city

KPI = "case.on_time_closure_rate"
DRAFT = ThresholdDraft(
    kpi_key=KPI, good="92.5", warn="80", effective_on="2026-06-01", document="城管办〔2026〕12号",
    note="", entered_by="张三", is_past_meant=False,
)  # fmt: skip
TODAY = date(2026, 6, 1)


def version(number: int, day: date, good: str, *, key: str = KPI) -> ThresholdVersion:
    return ThresholdVersion(
        kpi_key=key, version=number, effective_on=day, good=Fraction(good), warn=Fraction(50),
        document=None, note=None, entered_by="x", entered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "chosen"),
    [
        (date(2026, 1, 31), None),
        (date(2026, 2, 1), 1),  # the first day itself
        (date(2026, 5, 31), 1),
        (date(2026, 6, 1), 4),  # of two that begin on one day the later version
        (date(2026, 12, 31), 4),
        (date(2027, 1, 1), 2),  # entered early, for a later day
    ],
)
def test_the_version_that_began_last_is_in_force(day: date, chosen: int | None) -> None:
    versions = [
        version(1, date(2026, 2, 1), "90"),
        version(2, date(2027, 1, 1), "91"),
        version(3, date(2026, 6, 1), "92"),
        version(4, date(2026, 6, 1), "93"),
    ]
    for order in (versions, versions[::-1]):
        found = in_force(order, day)
        assert (found[KPI].version if found else None) == chosen


def test_a_city_version_keeps_what_bounds_compare_with() -> None:
    kpi = kpi_of("case.open", Settings())
    assert kpi.thresholds is not None
    own = judged_by(kpi, {kpi.key: version(7, TODAY, "1.2", key=kpi.key)}).thresholds
    assert own is not None
    assert (own.good, own.warn, own.version) == (Fraction("1.2"), 50, 7)
    assert (own.relative_to, own.levels) == (kpi.thresholds.relative_to, kpi.thresholds.levels)
    assert own.evidence.value == "city"
    assert judged_by(kpi, {}) is kpi


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"good": "92.50%", "warn": "92.5"}, {}),  # equal bounds leave no yellow, which is allowed
        ({"good": "abc"}, {"good": "threshold.wrong.number"}),
        ({"good": "1e2"}, {"good": "threshold.wrong.number"}),
        ({"good": "NaN"}, {"good": "threshold.wrong.number"}),
        ({"good": ""}, {"good": "threshold.wrong.number"}),
        ({"good": "9" * 25}, {"good": "threshold.wrong.number"}),
        ({"warn": "-1"}, {"warn": "threshold.wrong.negative"}),
        ({"good": "100.01"}, {"good": "threshold.wrong.percent"}),
        ({"good": "80", "warn": "92"}, {"warn": "threshold.wrong.order_higher"}),
        (
            {"kpi_key": "case.overdue", "good": "5", "warn": "0"},
            {"warn": "threshold.wrong.order_lower"},
        ),
        ({"kpi_key": "case.overdue", "good": "0", "warn": "300"}, {}),
        ({"kpi_key": "case.accepted"}, {"good": "threshold.wrong.direction"}),
        ({"effective_on": "2026-05-31"}, {"effective_on": "threshold.wrong.past"}),
        ({"effective_on": "2026-05-31", "is_past_meant": True}, {}),
        ({"effective_on": "tomorrow"}, {"effective_on": "threshold.wrong.day"}),
        ({"effective_on": "0026-06-01"}, {"effective_on": "threshold.wrong.day"}),
        ({"entered_by": " "}, {"entered_by": "form.wrong.missing"}),
        ({"document": ""}, {"document": "form.wrong.missing"}),
        ({"note": "x" * 501}, {"note": "form.wrong.long"}),
        ({"note": "a\x00b"}, {"note": "form.wrong.long"}),
    ],
)
def test_what_is_typed_is_checked(changes: dict[str, object], wrong: dict[str, str]) -> None:
    assert problems(replace(DRAFT, **changes), today=TODAY) == wrong  # type: ignore[arg-type]


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Iterator[Reader]:
    """A reader with editing on, over the small city after eighty changes."""
    plant_city(engine)
    history = History(engine, Random(11))
    for _ in range(80):
        history.step()
    history.pass_time()
    refresh(engine, settings=settings, now=history.now)
    made = Reader(engine, replace(settings, editing=True), build="test", now=lambda: history.now)
    made.ticker.look()
    yield made


def _draft(reader: Reader, **changes: object) -> ThresholdDraft:
    today = reader.now().astimezone(reader.settings.city_zone).date()
    return replace(DRAFT, effective_on=today.isoformat(), **changes)  # type: ignore[arg-type]


def _level(reader: Reader, window: str = "year") -> str:
    board = reader.board(None, window, "zh")
    return next(str(tile["level"]) for tile in board["tiles"] if tile["key"] == KPI)


def test_a_new_version_changes_every_board_and_keeps_the_old_one(reader: Reader) -> None:
    before = _level(reader)
    assert before != "none"
    for number, (good, warn, level) in enumerate(
        [("0", "0", "good"), ("100", "0", "warn"), ("100", "100", "bad")], 1
    ):
        saved = save_thresholds(reader, _draft(reader, good=good, warn=warn))
        assert saved == (number, {})
        assert _level(reader) == level
    with begin_read(reader.engine) as connection:
        kept = read_kpi_thresholds(connection, KPI)
    assert [(one.version, one.good, one.warn) for one in kept] == [
        (1, 0, 0),
        (2, 100, 0),
        (3, 100, 100),
    ]
    assert {one.entered_by for one in kept} == {"张三"}
    assert kept[0].document == DRAFT.document


def test_a_later_day_changes_nothing_yet(reader: Reader) -> None:
    before = _level(reader)
    assert save_thresholds(reader, replace(_draft(reader), effective_on="2099-01-01")) == (1, {})
    assert _level(reader) == before


def test_a_past_window_keeps_its_own_judgement(reader: Reader) -> None:
    today = reader.now().astimezone(reader.settings.city_zone).date()
    last_year = str(today.year - 1)
    before = _level(reader, last_year)
    save_thresholds(reader, _draft(reader, good="100", warn="100"))
    assert _level(reader, last_year) == before


def test_nothing_is_written_when_something_is_wrong_or_editing_is_off(reader: Reader) -> None:
    number, wrong = save_thresholds(reader, _draft(reader, good="x"))
    assert (number, list(wrong)) == (None, ["good"])
    reader.settings = replace(reader.settings, editing=False)
    with pytest.raises(EditingOffError):
        save_thresholds(reader, _draft(reader))
    with begin_read(reader.engine) as connection:
        assert read_thresholds(connection) == []


def test_the_version_of_the_numbers_moves_with_it(reader: Reader) -> None:
    with begin_read(reader.engine) as connection:
        before = read_state(connection).version
    save_thresholds(reader, _draft(reader))
    assert reader.ticker.latest.version == before + 1


def test_two_editors_at_once_get_a_version_each(reader: Reader) -> None:
    ready = Barrier(6)
    numbers: list[int | None] = []

    def edit() -> None:
        ready.wait()
        numbers.append(save_thresholds(reader, _draft(reader))[0])

    threads = [Thread(target=edit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number or 0 for number in numbers) == [1, 2, 3, 4, 5, 6]


def test_exact_decimals_come_back_exactly(engine: Engine) -> None:
    with begin_write(engine) as connection:
        save_threshold_version(
            connection, kpi_key=KPI, effective_on=TODAY, good=Decimal("92.10"),
            warn=Decimal("0.0000001"), document=None, note=None, entered_by="x",
            entered_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        [kept] = read_thresholds(connection)
    assert kept.good == Fraction("92.1")
    assert kept.warn == Fraction(1, 10**7)
    assert kept.entered_at == datetime(2026, 1, 1, tzinfo=UTC)
