"""The benchmarks' own arithmetic and their synthetic city; no timing is asserted anywhere."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.city import COUNTS, area_columns, case_batches, first_grid
from benchmarks.results import timed_rounds
from data_access.frames import NULL_MS

latency = pytest.importorskip("benchmarks.latency")
NOW_MS = 1_795_000_000_000


def test_a_commit_is_seen_with_the_first_count_that_holds_it() -> None:
    seen = [(10.0, 500), (11.5, 502), (13.0, 503)]
    found, lost = latency.delays([11.0, 11.2, 12.0, 12.5], seen)
    assert found == pytest.approx([0.5, 0.3, 1.0])
    assert lost == 1


def test_no_commits_give_no_delays() -> None:
    assert latency.delays([], [(1.0, 7)]) == ([], 0)


def test_rounds_are_interleaved() -> None:
    order: list[str] = []
    tasks = {name: lambda name=name: order.append(name) for name in "ab"}
    taken = timed_rounds(tasks, rounds=2, warm_up=1)
    assert order == ["a", "b"] * 3
    assert {name: len(times) for name, times in taken.items()} == {"a": 2, "b": 2}


def test_the_tree_has_every_level_and_one_root() -> None:
    columns = area_columns()
    assert len(columns["area_id"]) == sum(COUNTS)
    assert columns["parent_id"].count(None) == 1
    assert len(set(columns["code"])) == sum(COUNTS)
    for parent, area, depth in zip(
        columns["parent_id"], columns["area_id"], columns["depth"], strict=True
    ):
        assert parent is None or columns["depth"][parent - 1] == depth - 1, area


def test_generated_cases_keep_the_rules_of_rows() -> None:
    batches = list(case_batches(5000, NOW_MS, size=2000))
    ids = np.concatenate([batch["cases"]["case_id"] for batch in batches])
    assert ids.tolist() == list(range(1, 5001))
    for batch in batches:
        cases = batch["cases"]
        closed = cases["closed_at"] != NULL_MS
        assert ((cases["state"] == "closed") == closed).all()
        assert ((cases["state"] == "void") == (cases["voided_at"] != NULL_MS)).all()
        assert (cases["closed_at"][closed] >= cases["reported_at"][closed]).all()
        assert (cases["closed_at"][closed] <= NOW_MS).all()
        assert (cases["area_id"] >= first_grid()).all()
        assert (cases["area_id"] < first_grid() + COUNTS[-1]).all()
        cycles = batch["case_cycles"]
        assert (cycles["closed_at"] <= cycles["reopened_at"]).all()
        assert set(cycles["case_id"]) == set(cases["case_id"][cases["cycle_no"] == 2])


def test_a_soak_is_flat_when_its_last_quarter_is_no_larger_than_its_second() -> None:
    soak = pytest.importorskip("benchmarks.soak")

    def looks(*heaps: float) -> list[object]:
        return [
            soak.Look(updates=number, heap=heap * 1e6, nodes=900, listeners=60)
            for number, heap in enumerate(heaps)
        ]

    warming = soak.quarters(looks(5, 8, 9, 10, 10, 10, 11, 10, 11))  # the first look is left out
    assert [row["heap MB"] for row in warming] == [8.5, 10, 10.5, 10.5]
    assert soak.is_flat(warming)
    assert not soak.is_flat(soak.quarters(looks(5, 8, 9, 10, 10, 11, 12, 13, 14)))
    with pytest.raises(ValueError):
        soak.quarters(looks(1, 2, 3))
