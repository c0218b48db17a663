"""Counts of field work read on demand: whistle calls, patrols, household visits, by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from dashboard.kpis.model import Exact
from dashboard.readings.view import SliceCodes
from dashboard.settings import Settings
from data_access.tables import (
    leaves,
    patrols,
    shifts,
    visit_classes,
    visit_subjects,
    visits,
    whistle_calls,
)
from tests.store.measured_city import DAY, HOUR, MINUTE, NOW, at, fill, read


def test_departments_that_came_in_time(engine: Engine, settings: Settings) -> None:
    calls = [
        (7, 1, at(10, 9), at(10, 11), at(10, 10)),  # in time
        (7, 1, at(10, 9), at(10, 11), at(10, 11)),  # on the minute
        (7, 1, at(10, 9), at(10, 11), at(10, 12)),  # late
        (10, 2, at(10, 9), at(10, 11), None),  # never
        (7, 1, NOW - MINUTE, NOW + HOUR, None),  # still on the way
        (7, 1, NOW - MINUTE, NOW + HOUR, NOW),  # there already
        (7, 1, at(1, 9) - 60 * DAY, at(1, 10) - 60 * DAY, None),  # before the window
        (2, 2, at(10, 9), at(10, 11), at(10, 10)),  # called to a district, in no street
    ]
    names = ("area_id", "department_id", "called_at", "due_at", "arrived_at")
    fill(engine, {whistle_calls: [dict(zip(names, row, strict=True)) for row in calls]})
    reading, _ = read(engine, settings, "whistle.arrival_rate")
    assert (reading.numerator, reading.denominator) == (4, 6)
    reading, view = read(engine, settings, "whistle.arrival_rate", area="A02")
    assert (reading.numerator, reading.denominator) == (4, 5)
    street = view.totals.now[4].field
    assert (street["whistle_arrived"], street["whistle_called"]) == (3, 4)
    one = read(engine, settings, "whistle.arrival_rate", codes=SliceCodes(department="d2"))[0]
    assert (one.numerator, one.denominator) == (1, 2)
    none = read(engine, settings, "whistle.arrival_rate", codes=SliceCodes(category="c1"))[0]
    assert none.value is None


# K36 双巡.


def _shift(grid: int, day: int, worker: int = 1) -> dict[str, Any]:
    return {"worker_id": worker, "area_id": grid, "starts_at": at(day, 8), "ends_at": at(day, 18)}


def _patrol(grid: int, start: datetime, minutes: int | None, **more: Any) -> dict[str, Any]:
    ended = None if minutes is None else start + minutes * MINUTE
    return {"worker_id": 1, "area_id": grid, "started_at": start, "ended_at": ended, **more}


def test_grid_days_with_a_patrol_in_both_halves(engine: Engine, settings: Settings) -> None:
    rows = {
        shifts: [
            _shift(7, 10), _shift(7, 10, worker=2), _shift(7, 11), _shift(7, 12), _shift(10, 10),
            _shift(10, 12, worker=3), _shift(7, 18), _shift(10, 18),
        ],
        leaves: [
            {"worker_id": 3, "kind": "leave", "starts_at": at(12, 0), "ends_at": at(13, 0)},
            {"worker_id": 1, "kind": "field", "starts_at": at(10, 0), "ends_at": at(19, 0)},
        ],
        patrols: [
            # 10 November, grid 7: twenty minutes, and six checkpoints of ten
            _patrol(7, at(10, 6), 20),
            _patrol(7, at(10, 21, 59), 5, checkpoints=10, checkpoints_done=6),
            # the 11th: the later one too short and with too few checkpoints
            _patrol(7, at(11, 9), 40), _patrol(7, at(11, 15), 19, checkpoints=10,
                                              checkpoints_done=5),
            # the 12th: both before noon, and one at night
            _patrol(7, at(12, 6), 30), _patrol(7, at(12, 11, 59), 30), _patrol(7, at(12, 22), 30),
            # grid 10 on the 10th: one without an end
            _patrol(10, at(10, 9), 30), _patrol(10, at(10, 14), None),
            # today: grid 7 has both already, grid 10 has time until the night
            _patrol(7, at(18, 9), 30), _patrol(7, at(18, 14), 30), _patrol(10, at(18, 9), 30),
        ],
    }  # fmt: skip
    fill(engine, rows)
    reading, view = read(engine, settings, "patrol.twice_daily_rate")
    assert (reading.numerator, reading.denominator) == (2, 5)
    assert view.totals.now[2].field == {"patrol_required": 4, "patrol_done": 2}
    assert view.totals.now[3].field == {"patrol_required": 1, "patrol_done": 0}
    tonight = read(engine, settings, "patrol.twice_daily_rate", now=at(18, 22))[0]
    assert (tonight.numerator, tonight.denominator) == (2, 6)


# K37 三必访.


def test_visits_due_and_made_in_their_window(engine: Engine, settings: Settings) -> None:
    rows = {
        visit_classes: [
            {"visit_class": "monthly", "name_zh": "独居老人", "interval_days": 30, "grace_days": 7},
            {"visit_class": "quarterly", "name_zh": "困难群众", "interval_days": 90,
             "grace_days": 40},
            {"visit_class": "yearly", "name_zh": "普通家庭", "interval_days": 365,
             "grace_days": 0},
        ],
        visits: [
            {"worker_id": 1, "area_id": grid, "subject_id": n, "visit_class": name,
             "visited_at": made, "due_at": due}
            for n, (grid, name, due, made) in enumerate(
                (
                    (7, "monthly", at(10, 8), at(9, 8)),  # early
                    (7, "monthly", at(10, 8), at(17, 8)),  # on the last day of grace
                    (7, "monthly", at(10, 8), at(17, 9)),  # an hour later
                    (10, "yearly", at(10, 8), at(10, 9)),  # no grace
                    (10, "yearly", at(10, 8), at(10, 8)),
                    (7, "monthly", at(30, 8), at(17, 8)),  # due after now
                    (7, "monthly", None, at(17, 8)),  # answered no due date
                    (9, "quarterly", at(1, 8), at(17, 8)),  # within forty days
                ),
                start=1,
            )
        ],
        visit_subjects: [
            {"subject_id": n, "area_id": 7, "visit_class": "monthly", "label": "7号", **more}
            for n, more in (
                (1, {"next_due_at": at(10, 8)}),  # not moved on by the visit that answered it
                (8, {"next_due_at": at(12, 8)}),  # nobody came
                (9, {"next_due_at": at(30, 8)}),  # not yet
                (10, {}),
            )
        ],
    }  # fmt: skip
    fill(engine, rows)

    def counts(key: str, **more: Any) -> tuple[Exact | None, Exact | None]:
        reading, _ = read(engine, settings, key, **more)
        return reading.numerator, reading.denominator

    assert counts("household.visit_rate") == (4, 7)
    assert counts("household.visit_rate_monthly") == (2, 4)
    assert counts("household.visit_rate_yearly") == (1, 2)
    assert counts("household.visit_rate_quarterly") == (1, 1)
    assert counts("household.visit_rate", area="A03") == (1, 2)
    assert counts("household.visit_rate", window="2026-11-12") == (0, 1)
    assert counts("household.visit_rate", codes=SliceCodes(source="c1")) == (None, None)


# What is asked for, and what it is compared with.
