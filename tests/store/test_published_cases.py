"""Published months rebuilt case by case: the board prints the rates that the cities printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.bulk import bulk_insert
from data_access.engine import begin_write
from data_access.frames import NULL_MS
from data_access.tables import callbacks, cases
from data_access.types import to_epoch_ms
from jobs.rebuild_rollups import rebuild
from tests.store.history import plant_city

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
START = to_epoch_ms(datetime(2026, 11, 3, 1, 0, tzinfo=UTC))
HOUR = 3_600_000


def _plant(
    engine: Engine, *, on_time: int, late: int, overdue: int, not_due: int, void: int = 0
) -> None:
    """Cases accepted this month with the given fates, spread over the small city's grids."""
    plant_city(engine)
    fates = np.repeat(np.arange(5), [on_time, late, overdue, not_due, void])
    count = len(fates)
    accepted = START + np.arange(count) * 1000
    deadline = np.where(fates == 3, to_epoch_ms(NOW + timedelta(days=2)), accepted + 48 * HOUR)
    closed = np.select(
        [fates == 0, fates == 1], [accepted + 5 * HOUR, accepted + 60 * HOUR], NULL_MS
    )
    ids = np.arange(1, count + 1)
    columns = {
        "case_id": ids,
        "case_code": [f"C{n}" for n in ids],
        "source_id": np.ones(count, dtype=np.int64),
        "source_ref": [str(n) for n in ids],
        "category_id": np.ones(count, dtype=np.int64),
        "area_id": np.resize(np.array([7, 8, 9, 10, 11, 12]), count),
        "state": np.array(["closed", "closed", "handling", "handling", "void"])[fates].tolist(),
        "reported_at": accepted,
        "accepted_at": accepted,
        "filed_at": accepted,
        "closed_at": closed,
        "deadline_at": deadline,
        "due_soon_at": deadline - 9 * HOUR,
        "voided_at": np.where(fates == 4, accepted + HOUR, NULL_MS),
        "ingested_at": accepted,
        "updated_at": accepted,
    }
    with begin_write(engine) as connection:
        bulk_insert(connection, cases, columns)


def _texts(engine: Engine, settings: Settings) -> dict[str, str]:
    rebuild(engine, settings=settings, now=NOW)
    reader = Reader(engine, settings, build="test", now=lambda: NOW)
    reader.ticker.look()
    board = reader.board(None, "month", "zh")
    return {tile["key"]: tile["text"] for tile in board["tiles"] + board["more"]}


@pytest.mark.parametrize(
    ("fates", "closure", "on_time"),
    [
        # Tianmen 12/2016: 996 filed, 911 closed of which 737 on time, 61 overdue, 24 not yet due
        ({"on_time": 737, "late": 174, "overdue": 61, "not_due": 24}, "93.72", "75.82"),
        # Nantong 12/2016: closed 12,461 and overdue 345; void cases are outside
        (
            {"on_time": 12_000, "late": 461, "overdue": 345, "not_due": 300, "void": 50},
            "97.31",
            "93.71",
        ),
        # Xuchang 1/2022: 12,418 closed, 2,159 overdue
        ({"on_time": 10_775, "late": 1_643, "overdue": 2_159, "not_due": 0}, "85.19", "73.92"),
    ],
)
def test_closure_rates_of_three_cities(
    engine: Engine, settings: Settings, fates: dict[str, int], closure: str, on_time: str
) -> None:
    _plant(engine, **fates)
    texts = _texts(engine, settings)
    assert texts["case.closure_rate"] == closure
    assert texts["case.on_time_closure_rate"] == on_time
    assert texts["case.overdue"] == f"{fates['overdue']:,}"


def test_yuanbao_accepted_and_closed(engine: Engine, settings: Settings) -> None:
    _plant(engine, on_time=3_821, late=0, overdue=0, not_due=246)
    texts = _texts(engine, settings)
    assert (texts["case.accepted"], texts["case.closed"]) == ("4,067", "3,821")
    assert (texts["case.cohort_closure_rate"], texts["case.open"]) == ("93.95", "246")


def test_a_hundred_call_backs(engine: Engine, settings: Settings) -> None:
    _plant(engine, on_time=100, late=0, overdue=0, not_due=0)
    answers = ["satisfied"] * 80 + ["fairly_satisfied"] * 10 + ["dissatisfied"] * 10
    with begin_write(engine) as connection:
        bulk_insert(
            connection,
            callbacks,
            {
                "case_id": np.arange(1, 101),
                "visited_at": np.full(100, START + 10 * HOUR),
                "is_valid": [True] * 100,
                "is_contacted": [True] * 99 + [False],
                "is_solved": [True] * 85 + [False] * 15,
                "answer": answers,
            },
        )
    texts = _texts(engine, settings)
    rates = [texts[f"visit.{name}_rate"] for name in ("satisfaction", "solution", "response")]
    assert rates == ["89.00", "85.00", "99.00"]
