"""What is watched about cases: 督办, 吹哨报到 and the sample re-checks 抽查."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import Limit
from data_access.frames import NULL_MS
from jobs.demo.case_limits import closing, effective_limits, is_held
from jobs.demo.case_plan import VOIDED
from jobs.demo.case_rows import History
from jobs.demo.city_days import DAY_MS, HOUR_MS
from jobs.demo.drafts import share_of
from jobs.demo.journeys import recheck_times
from jobs.demo.limit_table import are_urgent
from jobs.demo.reference import CATEGORIES

Ints = NDArray[np.int64]
Columns = dict[str, Any]

_WHISTLE_SHARE: Final = 0.02  # of the cases that go through a department
_SECOND_CALLED: Final = 0.2  # of the whistles call another department as well
# 报到: in time, late, never
_ARRIVALS: Final = (0.94, 0.05, 0.01)
_URGENT_ARRIVAL_MS: Final = HOUR_MS // 2
_ARRIVAL_MS: Final = 2 * HOUR_MS
_TRUE_SHARE: Final = 0.95  # 抽查属实
_UNSOLVED_SHARE: Final = 0.35  # of those not found true


def supervision_columns(
    history: History, after_handling: Sequence[Limit], generator: np.random.Generator
) -> Columns:
    """Columns of ``supervisions`` 督办: some of what is overdue for more than a day."""
    deadline = closing(history, effective_limits(history)[0], after_handling)
    end = np.where(history.closed_ms == NULL_MS, history.span.now_ms, history.closed_ms)
    late = (deadline != NULL_MS) & (end - np.where(deadline == NULL_MS, end, deadline) > DAY_MS)
    late &= (history.plan.kind != VOIDED) & ~is_held(history)
    rows = np.flatnonzero(late & (generator.random(len(history)) < 0.35))
    issued = deadline[rows] + (generator.uniform(0.3, 0.95, len(rows)) * DAY_MS).astype(np.int64)
    replied = issued + (generator.uniform(0.1, 1.5, len(rows)) * DAY_MS).astype(np.int64)
    answered = replied <= history.span.now_ms
    closed = history.closed_ms[rows]
    return {
        "case_id": rows + 1, "code": [f"DB{row + 1:07d}" for row in rows.tolist()],
        "kind": np.full(len(rows), "overtime", dtype=object),
        "level": generator.integers(1, 4, len(rows)),
        "reason": np.full(len(rows), "超过时限未结案", dtype=object),
        "requirement": np.full(len(rows), "限期办结并书面反馈", dtype=object),
        "issued_by": np.full(len(rows), "督办员", dtype=object), "issued_at": issued,
        "reply_due_at": issued + DAY_MS,
        "reply": ["正在办理，已排定完成时间" if done else None for done in answered.tolist()],
        "replied_at": np.where(answered, replied, NULL_MS),
        "resolved_at": np.where(closed > issued, closed, NULL_MS),
    }  # fmt: skip


def whistle_columns(
    history: History, *, area_ids: Ints, department_ids: Ints, generator: np.random.Generator
) -> Columns:
    """Columns of ``whistle_calls`` 吹哨报到: departments called to the place of a case.

    Called while a department has the case in hand; half an hour to come where the case is urgent,
    two hours otherwise.
    """
    plan, now = history.plan, history.span.now_ms
    able = history.has("signed") & (plan.cell >= 0)
    rows = np.flatnonzero(able & (generator.random(len(history)) < _WHISTLE_SHARE))
    signed = history.at("signed")[rows]
    until = np.where(history.has("handled")[rows], history.at("handled")[rows], now)
    hour = np.minimum(until - signed, HOUR_MS)
    called = signed + share_of(hour, generator.random(len(rows)))
    twice = np.flatnonzero(generator.random(len(rows)) < _SECOND_CALLED)
    functional = history.city.profile.departments
    other = generator.integers(0, functional, len(twice))
    different = other != plan.department[rows[twice]]
    twice, other = twice[different], other[different]
    department = np.concatenate((plan.department[rows], other))
    rows, called = np.concatenate((rows, rows[twice])), np.concatenate((called, called[twice]))
    limit = np.where(are_urgent()[plan.limit[rows]], _URGENT_ARRIVAL_MS, _ARRIVAL_MS)
    way = generator.choice(3, len(rows), p=_ARRIVALS)
    share = np.where(way == 0, generator.uniform(0.15, 0.98, len(rows)),
                     generator.uniform(1.03, 2.5, len(rows)))  # fmt: skip
    arrived = called + share_of(limit, share)
    arrived = np.where((way == 2) | (arrived > now), NULL_MS, arrived)
    titles = np.array([given.title for given in CATEGORIES], dtype=object)
    columns: Columns = {
        "case_id": rows + 1, "area_id": area_ids[plan.area[rows]],
        "department_id": department_ids[department], "called_at": called,
        "due_at": called + limit, "arrived_at": arrived, "matter": titles[plan.category[rows]],
    }  # fmt: skip
    order = np.argsort(called, kind="stable")
    return {name: values[order] for name, values in columns.items()}


def recheck_columns(history: History, generator: np.random.Generator) -> Columns:
    """Columns of ``case_rechecks``: the sample of each month's closures, drawn the month after.

    Those found false reopened their case, so the number of true ones follows from theirs.
    """
    now, journeys = history.span.now_ms, history.journeys
    false = np.flatnonzero(journeys.by_recheck & history.has("closed_first"))
    at = journeys.steps["rework"][false]
    drawn = recheck_times(history.at("closed_first")[false], history.span, generator)[0]
    sound = np.flatnonzero(history.has("closed") & ~history.has("rework"))
    number = round(len(false) * _TRUE_SHARE / (1 - _TRUE_SHARE))
    sound = np.sort(generator.choice(sound, min(number, len(sound)), replace=False))
    true_drawn, true_at = recheck_times(history.at("closed")[sound], history.span, generator)
    result = np.where(generator.random(len(false)) < _UNSOLVED_SHARE, "unsolved", "false")
    columns: Columns = {
        "case_id": np.concatenate((false, sound)) + 1,
        "drawn_at": np.concatenate((drawn, true_drawn)),
        "checked_at": np.concatenate((at, true_at)),
        "result": np.concatenate((result.astype(object), np.full(len(sound), "true", object))),
    }  # fmt: skip
    order = np.argsort(columns["drawn_at"], kind="stable")
    order = order[columns["drawn_at"][order] <= now]
    columns = {name: values[order] for name, values in columns.items()}
    waiting = columns["checked_at"] > now
    columns["checked_at"][waiting], columns["result"][waiting] = NULL_MS, None
    return columns | {"drawn_by": np.full(len(order), "抽查员", dtype=object)}
