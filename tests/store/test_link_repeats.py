"""link_repeats on both engines: what was accepted when, in whatever order it becomes known."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from dashboard.lifecycle.repeats import Complaints, numbered, repeat_links
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import cases, change_log, feed_cursors, sources
from data_access.types import from_epoch_ms, to_epoch_ms
from jobs.link_repeats import FEW, run_link_repeats
from jobs.refresh_rollups import refresh
from tests.store.history import START, plant_city

DAY = timedelta(days=1)


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The small city; source 1 is of workers, 2 a hotline. Nothing is accepted yet."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(update(sources).where(sources.c.source_id == 2).values(kind="hotline"))
    return engine


def _case(case_id: int, accepted: datetime | None, **more: Any) -> dict[str, Any]:
    reported = (accepted or START) - timedelta(minutes=5)
    values = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 2, "source_ref": str(case_id),
        "category_id": 1, "area_id": 7, "state": "accepted" if accepted else "reported",
        "reported_at": reported, "accepted_at": accepted, "ingested_at": reported,
        "updated_at": reported, "reporter_phone": None, "address": None, "longitude": None,
        "latitude": None, "voided_at": None,
    }  # fmt: skip
    return values | more


def _add(engine: Engine, *rows: dict[str, Any]) -> None:
    with begin_write(engine) as connection:
        connection.execute(insert(cases), list(rows))


def _set(engine: Engine, case_id: int, **values: Any) -> None:
    with begin_write(engine) as connection:
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))


def _links(engine: Engine) -> dict[int, tuple[int | None, datetime | None]]:
    with begin_read(engine) as connection:
        rows = connection.execute(
            select(cases.c.case_id, cases.c.repeat_of_case_id, cases.c.repeated_at)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def test_both_cases_are_told_and_a_second_run_writes_nothing(
    city: Engine, settings: Settings
) -> None:
    later = START + 29 * DAY
    _add(city, _case(1, START, reporter_phone="10001"))
    assert run_link_repeats(city, settings, START) == 0
    _add(city, _case(2, later, reporter_phone="10001", category_id=2))
    assert run_link_repeats(city, settings, later) == 2
    assert _links(city) == {1: (None, later), 2: (1, None)}
    assert run_link_repeats(city, settings, later) == 0
    assert run_link_repeats(city, settings, later + 2 * DAY) == 0  # so late that all is compared


@pytest.mark.parametrize(
    ("earlier", "later", "repeats"),
    [
        ({"reporter_phone": "1"}, {"reporter_phone": "1"}, True),
        ({"reporter_phone": " "}, {"reporter_phone": " "}, False),
        ({"reporter_phone": "1", "source_id": 1}, {"reporter_phone": "1"}, False),  # a worker's
        ({"address": "和平路1号"}, {"address": "和平路1号", "area_id": 8}, True),
        ({"address": "和平路1号"}, {"address": "和平路1号", "category_id": 2}, False),
        ({"address": ""}, {"address": ""}, False),
        ({"longitude": 125.0, "latitude": 46.6}, {"longitude": 125.0006, "latitude": 46.6}, True),
        ({"longitude": 125.0, "latitude": 46.6}, {"longitude": 125.0007, "latitude": 46.6}, False),
        ({"reporter_phone": "1", "voided_at": START + DAY}, {"reporter_phone": "1"}, False),
    ],
)
def test_who_repeats_whom(
    city: Engine, settings: Settings, earlier: dict[str, Any], later: dict[str, Any], repeats: bool
) -> None:
    run_link_repeats(city, settings, START)
    _add(city, _case(1, START, **earlier), _case(2, START + 3 * DAY, **later))
    run_link_repeats(city, settings, START + 3 * DAY)
    assert _links(city)[2][0] == (1 if repeats else None)


def test_a_case_is_looked_at_when_it_is_accepted_or_corrected(
    city: Engine, settings: Settings
) -> None:
    _add(city, _case(1, None, reporter_phone="1"), _case(2, START, reporter_phone="2"))
    _add(city, _case(3, START + 5 * DAY, reporter_phone="1"))
    run_link_repeats(city, settings, START)
    assert set(_links(city).values()) == {(None, None)}
    _set(city, 1, accepted_at=START + 2 * DAY)  # accepted long ago, known only now
    run_link_repeats(city, settings, START)
    assert _links(city)[3] == (1, None)
    _set(city, 2, reporter_phone="1")
    run_link_repeats(city, settings, START)
    assert _links(city) == {1: (2, START + 5 * DAY), 2: (None, START + 2 * DAY), 3: (1, None)}


def _random_rows(random: Random, count: int) -> list[dict[str, Any]]:
    rows = []
    for case_id in range(1, count + 1):
        place = random.randint(0, 8)
        rows.append(_case(
            case_id, START + timedelta(hours=random.randint(0, 2400)),
            category_id=random.randint(1, 2), source_id=random.randint(1, 2),
            reporter_phone=random.choice([None, f"1000{random.randint(0, 30)}"]),
            address=random.choice([None, f"{random.randint(0, 30)}号"]),
            longitude=125 + random.randint(0, 60) / 4000 if place else None,
            latitude=46.6 if place else None,
        ))  # fmt: skip
    return rows


def _expected(rows: list[dict[str, Any]]) -> dict[int, tuple[int | None, datetime | None]]:
    """By the rule over everything at once."""
    known = Complaints(
        case_id=np.array([row["case_id"] for row in rows]),
        accepted_ms=np.array([to_epoch_ms(row["accepted_at"]) for row in rows]),
        category=np.array([row["category_id"] for row in rows]),
        phone=numbered(row["reporter_phone"] if row["source_id"] == 2 else None for row in rows),
        address=numbered(row["address"] for row in rows),
        longitude=np.array([row["longitude"] for row in rows], dtype=np.float64),
        latitude=np.array([row["latitude"] for row in rows], dtype=np.float64),
    )
    links = repeat_links(known, within_ms=30 * 86_400_000)
    return {
        row["case_id"]: (
            rows[of]["case_id"] if of >= 0 else None,
            from_epoch_ms(moment) if moment > 0 else None,
        )
        for row, of, moment in zip(
            rows, links.repeat_of.tolist(), links.repeated_ms.tolist(), strict=True
        )
    }


@pytest.mark.parametrize("seed", range(3))
def test_piece_by_piece_is_the_same_as_at_once(city: Engine, settings: Settings, seed: int) -> None:
    random = Random(seed)
    rows = _random_rows(random, 160)
    expected = _expected(rows)
    assert sum(link != (None, None) for link in expected.values()) > 50
    waiting = random.sample(rows, len(rows))
    while waiting:
        some = [waiting.pop() for _ in range(min(len(waiting), random.randint(1, 20)))]
        _add(city, *some)
        run_link_repeats(city, settings, START)
    assert _links(city) == expected
    with begin_write(city) as connection:  # as a store that was never looked through
        connection.execute(update(cases).values(repeat_of_case_id=None, repeated_at=None))
        connection.execute(delete(feed_cursors))
    run_link_repeats(city, settings, START)
    assert _links(city) == expected


def test_an_import_of_many_is_compared_as_a_whole(city: Engine, settings: Settings) -> None:
    rows = _random_rows(Random(9), FEW + 100)
    old, new = rows[:80], rows[80:]
    _add(city, *old)
    run_link_repeats(city, settings, START)
    _add(city, *new)
    run_link_repeats(city, settings, START)
    assert _links(city) == _expected(rows)


def test_another_window_takes_back_what_it_does_not_allow(city: Engine, settings: Settings) -> None:
    _add(city, _case(1, START, reporter_phone="1"),
         _case(2, START + 10 * DAY, reporter_phone="1"))  # fmt: skip
    run_link_repeats(city, settings, START)
    assert _links(city)[2] == (1, None)
    week = Settings(**{**vars(settings), "repeat_days": 7})
    run_link_repeats(city, week, START)
    assert set(_links(city).values()) == {(None, None)}


def test_the_log_is_kept_for_both_readers_and_not_for_one_that_stays_away(
    city: Engine, settings: Settings
) -> None:
    def logged() -> int:
        with begin_read(city) as connection:
            return int(connection.scalar(select(func.count()).select_from(change_log)) or 0)

    now = START + 40 * DAY
    refresh(city, settings=settings, now=now)
    run_link_repeats(city, settings, now)
    _add(city, _case(1, START, reporter_phone="1"))
    _add(city, _case(2, START + DAY, reporter_phone="1"))
    for _ in range(3):
        refresh(city, settings=settings, now=now)
    assert logged() > 0  # applied to the numbers, not yet looked through
    run_link_repeats(city, settings, now)
    assert _links(city)[2] == (1, None)
    for _ in range(3):
        refresh(city, settings=settings, now=now)
        run_link_repeats(city, settings, now)
    assert logged() == 0
    _add(city, _case(3, START + 2 * DAY, reporter_phone="1"))
    late = now + 2 * DAY
    for _ in range(3):
        refresh(city, settings=settings, now=late)
    assert logged() == 0
    run_link_repeats(city, settings, late)  # it looks through all cases then
    assert _links(city)[3] == (2, None)
