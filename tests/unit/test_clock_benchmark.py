"""The benchmark of deadlines compares like with like; no timing is asserted."""

from __future__ import annotations

from benchmarks.deadlines import _cases, _deadline_rows
from dashboard.clocks import LIMIT_KINDS


def test_all_ways_give_the_same_deadlines() -> None:
    rows = _deadline_rows(200, rounds=1)  # raises where the plain loop comes to other ones
    assert [row["kind"] for row in rows] == list(LIMIT_KINDS)
    assert all(row["plain loop/s"] > 0 for row in rows)


def test_imported_rows_are_sound() -> None:
    rows = list(_cases(60))
    assert len({row.source_ref for row in rows}) == 60
    for row in rows:
        moments = [row.fields[name] for name in ("reported_at", "accepted_at", "dispatched_at",
                                                 "closed_at") if name in row.fields]  # fmt: skip
        assert moments == sorted(moments)
    assert {"dispatched_at" in row.fields for row in rows} == {True, False}
