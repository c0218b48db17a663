"""Limits of the demo cases as rows: deadlines now, cycles, suspensions, extensions, changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import Limit
from data_access.frames import NULL_MS
from jobs.demo.case_rows import History
from jobs.demo.city_days import DAY_MS
from jobs.demo.detours import Lights
from jobs.demo.drafts import NEVER, OPINION
from jobs.demo.limit_table import LIMITS

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Any]

_EXEMPT_SHARE: Final = 0.03  # of the late closures: appeal 申诉 granted


def effective_limits(history: History) -> tuple[Ints, Ints]:
    """(处置时限, due soon) as they stand now: extended, resumed or of the second cycle.

    NULL_MS for cases that were never accepted.
    """
    journeys = history.journeys
    started = history.has("accepted") | history.plan.is_self_handled
    deadline, due_soon = np.full((2, len(history)), NULL_MS, dtype=np.int64)
    for lights, holds in (
        (journeys.first, started),
        (journeys.extended, _is_granted(history)),
        (journeys.suspensions.lights[0], history.has("resumed")),
        (journeys.suspensions.lights[1], history.has("resumed_again")),
        (journeys.second, history.has("rework")),
    ):
        deadline = np.where(holds, lights.deadline, deadline)
        due_soon = np.where(holds, lights.due_soon, due_soon)
    return deadline, due_soon


def _is_granted(history: History) -> Mask:
    granted: Mask = history.has("extension_decided")
    granted = granted & (history.journeys.extended.deadline != NEVER)
    return granted


def is_held(history: History) -> Mask:
    """Which cases are suspended now."""
    held: Mask = history.has("suspended") & ~history.has("resumed")
    return held | (history.has("suspended_again") & ~history.has("resumed_again"))


def closing(history: History, handle: Ints, limits: Sequence[Limit]) -> Ints:
    """结案时限 for handling deadlines; NULL_MS stays NULL_MS."""
    given = np.where(handle == NULL_MS, NEVER, handle)
    closed = history.journeys.clock.closing(given, limits)
    found: Ints = np.where(handle == NULL_MS, NULL_MS, closed)
    return found


def limit_columns(
    history: History, after_handling: Sequence[Limit], generator: np.random.Generator
) -> Columns:
    """The columns of ``cases`` that tell of limits and of what came of them."""
    handle, due_soon = effective_limits(history)
    deadline = closing(history, handle, after_handling)
    has = handle != NULL_MS
    row = history.plan.limit
    conditions = np.array([given.condition or None for given in LIMITS], dtype=object)[row]
    kinds = np.array([given.kind for given in LIMITS], dtype=object)[row]
    kinds[~has] = None
    closed = history.closed_ms
    late = has & (closed != NULL_MS) & (closed > deadline)
    overdue = has & (closed == NULL_MS) & (deadline < history.span.now_ms) & ~is_held(history)
    days = np.where(overdue, (history.span.now_ms - np.where(has, deadline, 0)) / DAY_MS, 0)
    started = np.where(history.has("rework"), history.at("rework"), history.accepted_ms)
    return {
        "filing_condition": conditions,
        "limit_kind": kinds,
        "limit_amount": np.where(has, history.journeys.limit_amount, np.nan),
        "start_rule": ["instant" if known else None for known in has.tolist()],
        "clock_started_at": np.where(has, started, NULL_MS),
        "due_soon_at": due_soon,
        "deadline_handle_at": handle,
        "deadline_at": deadline,
        "timeout_exempt": late & (generator.random(len(history)) < _EXEMPT_SHARE),
        "supervise_level": (days > 1).astype(np.int64) + (days > 5) + (days > 15),
    }


def cycle_columns(history: History, after_handling: Sequence[Limit]) -> Columns:
    """Columns of ``case_cycles``: the cycle before each rework."""
    rows = np.flatnonzero(history.has("rework"))
    handle = history.journeys.first.deadline
    return {
        "case_id": rows + 1, "cycle_no": np.ones(len(rows), dtype=np.int64),
        "started_at": history.at("accepted")[rows],
        "due_soon_at": history.journeys.first.due_soon[rows],
        "deadline_handle_at": handle[rows],
        "deadline_at": closing(history, handle, after_handling)[rows],
        "handled_at": history.at("handled")[rows],
        "closed_at": history.at("closed_first")[rows],
        "reopened_at": history.at("rework")[rows],
        "result": np.full(len(rows), "rework", dtype=object),
    }  # fmt: skip


def suspension_columns(history: History) -> Columns:
    """Columns of ``case_suspensions``; those that still last have no end."""
    parts = []
    for number, name in enumerate(("", "_again")):
        rows = np.flatnonzero(history.has(f"suspended{name}"))
        planned = history.journeys.suspensions.planned_ms[number][rows]
        parts.append({
            "case_id": rows + 1, "seq": np.full(len(rows), number + 1),
            "started_at": history.at(f"suspended{name}")[rows],
            "planned_end_at": np.where(planned == NEVER, NULL_MS, planned),
            "ended_at": history.at(f"resumed{name}")[rows],
            "reason": np.full(len(rows), OPINION[f"suspended{name}"], dtype=object),
            "approver": np.full(len(rows), "派遣员", dtype=object),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def extension_columns(history: History, after_handling: Sequence[Limit]) -> Columns:
    """Columns of ``case_extensions``."""
    rows = np.flatnonzero(history.has("extension_asked"))
    granted = _is_granted(history)
    new = np.where(granted, history.journeys.extended.deadline, NULL_MS)
    return {
        "case_id": rows + 1, "seq": np.ones(len(rows), dtype=np.int64),
        "applied_at": history.at("extension_asked")[rows],
        "decided_at": history.at("extension_decided")[rows],
        "is_approved": granted[rows],
        "new_deadline_at": closing(history, new, after_handling)[rows],
        "reason": np.full(len(rows), OPINION["extension_asked"], dtype=object),
    }  # fmt: skip


def deadline_change_columns(history: History, after_handling: Sequence[Limit]) -> Columns:
    """Columns of ``deadline_changes``: why a deadline is no longer the one first set."""
    journeys = history.journeys
    first, again = journeys.suspensions.lights
    parts = []
    for reason, step, happened, old, new in (
        ("extension", "extension_decided", _is_granted(history), journeys.first, journeys.extended),
        ("resume", "resumed", history.has("resumed"), journeys.first, first),
        ("resume", "resumed_again", history.has("resumed_again"), first, again),
        ("rework", "rework", history.has("rework"), journeys.first, journeys.second),
    ):
        parts.append(_changes(history, after_handling, reason, step, happened, old, new))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns["changed_at"], kind="stable")
    return {name: values[order] for name, values in columns.items()}


def _changes(
    history: History,
    after_handling: Sequence[Limit],
    reason: str,
    step: str,
    happened: Mask,
    old: Lights,
    new: Lights,
) -> Columns:
    rows = np.flatnonzero(happened & (old.deadline != new.deadline))
    return {
        "case_id": rows + 1, "changed_at": history.at(step)[rows],
        "reason": np.full(len(rows), reason, dtype=object),
        "old_deadline_handle_at": old.deadline[rows],
        "new_deadline_handle_at": new.deadline[rows],
        "old_deadline_at": closing(history, old.deadline, after_handling)[rows],
        "new_deadline_at": closing(history, new.deadline, after_handling)[rows],
    }  # fmt: skip
