"""Duty: what makes somebody present, and how counts climb the tree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.kpis.duty_states import GRACE, Shift, Staffing, duty_counts, duty_state
from data_access.duty import ALL_COUNTS

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LINES = {1: (1,), 2: (1, 2), 3: (1, 3)}


def _shift(worker: int, area: int, evidence_minutes: int | None) -> Shift:
    evidence = None if evidence_minutes is None else START + timedelta(minutes=evidence_minutes)
    return Shift(worker_id=worker, area_id=area, starts_at=START, evidence_at=evidence)


@pytest.mark.parametrize(
    ("evidence", "absence", "minutes", "state"),
    [
        (2, None, 60, "on_duty"),
        (-10, None, 60, "on_duty"),  # checked in a little early
        (-300, None, 60, "absent"),  # last seen in an earlier shift
        (None, None, 5, "expected"),
        (None, None, 15, "absent"),
        (None, "leave", 60, "on_leave"),
        (2, "leave", 60, "on_leave"),
        (None, "field", 60, "in_field"),
    ],
)
def test_states(evidence: int | None, absence: str | None, minutes: int, state: str) -> None:
    assert duty_state(_shift(1, 2, evidence), absence, START + timedelta(minutes=minutes)) == state


def test_counts_climb_to_the_root() -> None:
    shifts = [_shift(1, 2, 1), _shift(2, 2, None), _shift(3, 3, None), _shift(4, 3, None)]
    counts = duty_counts(
        shifts,
        {3: "leave", 4: "field"},
        Staffing(by_home={2: 2, 3: 2}, by_grid={2: 2}, grids=[2, 3]),
        LINES,
        START + GRACE,
    )
    root = dict(zip(ALL_COUNTS, counts[1], strict=True))
    assert root == {
        "rostered": 3, "on_duty": 1, "in_field": 1, "on_leave": 1, "absent": 1,
        "grids_required": 2, "grids_covered": 2, "workers_active": 4,
        "grids_total": 2, "grids_staffed": 1,
    }  # fmt: skip
    assert [sum(column) for column in zip(counts[2], counts[3], strict=True)] == list(counts[1])


def test_a_worker_with_two_grids_is_one_person() -> None:
    counts = duty_counts(
        [_shift(1, 2, 1), _shift(1, 3, 1)],
        {},
        Staffing(by_home={}, by_grid={}, grids=[]),
        LINES,
        START + GRACE,
    )
    root = dict(zip(ALL_COUNTS, counts[1], strict=True))
    assert (root["rostered"], root["on_duty"], root["grids_covered"]) == (1, 1, 2)


def test_no_shifts_no_counts() -> None:
    nothing = Staffing(by_home={}, by_grid={}, grids=[])
    assert duty_counts([], {}, nothing, LINES, START) == {}
