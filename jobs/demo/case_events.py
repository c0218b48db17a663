"""The event log 流转记录 of the demo cases: every step with its actor, department and words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data_access.frames import NULL_MS
from jobs.demo.case_rows import STEP_INDEX, STEP_STATES, History, lag_ms
from jobs.demo.drafts import OPINION, RECHECKED_OPINION, REOPENED_OPINION, STEPS

Ints = NDArray[np.int64]
Columns = dict[str, Any]

_CHUNK: Final = 50_000
_ACTOR: Final[dict[str, str]] = {
    "reported": "上报人", "verifying": "受理员", "accepted": "受理员", "filed": "值班长",
    "filed_again": "值班长", "dispatched": "派遣员", "dispatched_again": "派遣员",
    "filed_third": "值班长", "dispatched_third": "派遣员", "returned_again": "处置单位",
    "returned": "处置单位", "signed": "处置单位", "handling": "处置单位",
    "extension_asked": "处置单位", "extension_decided": "派遣员", "suspended": "派遣员",
    "resumed": "系统", "suspended_again": "派遣员",
    "resumed_again": "系统", "handled": "处置单位", "checking": "核查员", "visiting": "回访员",
    "closed_first": "值班长", "rework": "值班长", "handling_again": "处置单位",
    "handled_again": "处置单位", "visiting_again": "回访员", "closed": "值班长",
    "rejected": "受理员", "merged": "受理员", "voided": "值班长",
}  # fmt: skip
_ACTORS: Final = np.array([_ACTOR[name] for name, _ in STEPS], dtype=object)
_OPINIONS: Final = np.array([OPINION.get(name) for name, _ in STEPS], dtype=object)
# Steps of a department, and those that send the case to one.
_OF_UNIT: Final = np.array([
    _ACTOR[name] == "处置单位" or name.startswith("dispatched") for name, _ in STEPS
])  # fmt: skip


def event_chunks(history: History, department_ids: Ints) -> Iterator[Columns]:
    """Columns of ``case_events`` in order of (case_id, seq), a chunk of cases at a time."""
    lag, plan = lag_ms(history.plan), history.plan
    for start in range(0, len(history), _CHUNK):
        happened = history.happened[start : start + _CHUNK]
        case, step = np.nonzero(happened)
        event_at = history.times[start : start + _CHUNK][case, step]
        first = np.flatnonzero(np.diff(case, prepend=-1))
        seq = np.arange(len(case)) - np.repeat(first, np.diff(np.append(first, len(case)))) + 1
        before = np.roll(STEP_STATES[step], 1)
        before[first] = None
        rows = start + case
        asked = np.where(
            plan.is_returned[rows] & (step <= STEP_INDEX["returned"]),
            plan.first_department[rows], plan.department[rows],
        )  # fmt: skip
        yield {
            "case_id": rows + 1, "seq": seq, "event_at": event_at,
            "known_at": np.minimum(event_at + lag[rows], history.span.now_ms),
            "from_state": before, "to_state": STEP_STATES[step], "actor": _ACTORS[step],
            "department_id": np.where(_OF_UNIT[step], department_ids[asked], NULL_MS),
            "opinion": _opinions(history, rows, step),
        }  # fmt: skip


def _opinions(history: History, rows: Ints, step: Ints) -> NDArray[Any]:
    """What is said at each step; why a closed case was reopened differs from case to case."""
    said: NDArray[Any] = _OPINIONS[step]
    reopened = (step == STEP_INDEX["rework"]) & history.has("closed_first")[rows]
    said[reopened] = REOPENED_OPINION
    said[reopened & history.journeys.by_recheck[rows]] = RECHECKED_OPINION
    return said
