"""Deadlines 时限 of ingested cases, where the source brings none of its own.

The clock starts when the case is dispatched, else filed, else accepted. A category's limit as it is
at that moment is copied to the case, so that a later change of the limit touches new cases only
(domain rule 2.5). A case whose source brings the deadline itself keeps it and has no limit here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.clocks import NULL_MS, Pause, WorkCalendar, deadline, deadlines_ms, due_soon
from data_access.ingest import Row
from data_access.types import from_epoch_ms, to_epoch_ms

START_COLUMNS = ("dispatched_at", "filed_at", "accepted_at")


def clock_start(row: Row) -> int | None:
    """When the case's first clock started, epoch ms; None while it has not."""
    for name in START_COLUMNS:
        if row.get(name) is not None:
            return int(row[name])
    return None


def settle_new(rows: Sequence[Row], calendar: WorkCalendar, *, due_soon_ratio: float) -> None:
    """Fill both deadlines and the yellow light of new rows in place, a kind of limit at a time."""
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        start = clock_start(row)
        if row.get("deadline_at") is not None or row.get("deadline_handle_at") is not None:
            brought_deadline(row, start, due_soon_ratio)
        elif start is not None and row.get("limit_kind") and row.get("limit_amount") is not None:
            by_kind.setdefault(row["limit_kind"], []).append(row)
    for kind, limited in by_kind.items():
        starts = np.array([clock_start(row) or NULL_MS for row in limited], dtype=np.int64)
        amounts = np.array([row["limit_amount"] for row in limited], dtype=np.float64)
        ends = deadlines_ms(calendar, starts, kind, amounts).tolist()
        yellow = deadlines_ms(calendar, starts, kind, amounts * due_soon_ratio).tolist()
        for row, end, soon in zip(limited, ends, yellow, strict=True):
            row["deadline_handle_at"] = row["deadline_at"] = end
            row["due_soon_at"] = soon


def brought_deadline(row: Row, start: int | None, due_soon_ratio: float) -> None:
    """Complete a deadline the source brought: yellow by the share of the natural time until it."""
    if row.get("deadline_at") is None:
        row["deadline_at"] = row.get("deadline_handle_at")
    end = row["deadline_at"]
    if end is not None and start is not None and end >= start:
        row["due_soon_at"] = start + round((end - start) * due_soon_ratio)
    else:
        row["due_soon_at"] = end


def limit_again(
    row: Row,
    start_ms: int,
    calendar: WorkCalendar,
    *,
    due_soon_ratio: float,
    pauses: Sequence[Row] = (),
) -> Row:
    """The deadline columns of a case whose clock starts (again) at ``start_ms``.

    ``pauses`` are its suspensions with ``started_at`` and ``ended_at`` in epoch ms. All None where
    the case has no limit; no change (an empty dict) while a pause has no end.
    """
    kind, amount = row.get("limit_kind"), row.get("limit_amount")
    if not kind or amount is None:
        return {"deadline_handle_at": None, "deadline_at": None, "due_soon_at": None}
    start = from_epoch_ms(start_ms)
    stood = [
        Pause(
            from_epoch_ms(pause["started_at"]),
            None if pause["ended_at"] is None else from_epoch_ms(pause["ended_at"]),
        )
        for pause in pauses
    ]
    end = deadline(calendar, start, kind, amount, pauses=stood)
    soon = due_soon(calendar, start, kind, amount, ratio=due_soon_ratio, pauses=stood)
    if end is None or soon is None:
        return {}
    return {
        "deadline_handle_at": to_epoch_ms(end),
        "deadline_at": to_epoch_ms(end),
        "due_soon_at": to_epoch_ms(soon),
    }
