"""Deadlines 时限: when a limit runs out, and how much of it has been used.

Four kinds of limit (domain rule 2.5): 紧急工作时 ``urgent_hour`` and 自然日 ``natural_day`` run
through nights and holidays; 工作时 ``work_hour`` and 工作日 ``work_day`` run in working slots only.
A working day is the calendar's working time of one day (eight hours by default), so one working day
from Wednesday 10:00 ends on Thursday 10:00; 24 working hours would be three times too generous.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.clocks.calendar import LAST_YEAR, Milliseconds, Slots, WorkCalendar

LIMIT_KINDS: Final = ("urgent_hour", "work_hour", "work_day", "natural_day")
WORKING_KINDS: Final = frozenset({"work_hour", "work_day"})
NULL_MS: Final = int(np.iinfo(np.int64).min)  # no instant, in an int64 array

# A stay of the clock in epoch ms; None: it still stands.
Span = tuple[int, int | None]

HOUR_MS: Final = 3_600_000
NATURAL_DAY_MS: Final = 86_400_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Pause(NamedTuple):
    """A suspension 挂账: the clock stands from ``start`` until ``end`` (None: it still stands)."""

    start: datetime
    end: datetime | None


def deadline(
    calendar: WorkCalendar,
    start: datetime,
    kind: str,
    amount: float,
    *,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """When ``amount`` of ``kind`` from ``start`` (aware) runs out, pauses added; aware UTC.

    A pause adds what it took from the clock on the SAME calendar: one over a weekend adds nothing
    to a limit in working hours. A pause that begins after the deadline is too late to help.
    None while a pause that began in time has no end. Raises ValueError for an unknown kind, a
    negative or endless amount or a naive instant; OverflowError past the year 2150.
    """
    start_ms = epoch_ms(start)
    limit = limit_ms(calendar, kind, amount)
    spans = [(epoch_ms(begin), None if end is None else epoch_ms(end)) for begin, end in pauses]
    end_ms = run_ms(calendar, start_ms, kind, limit, spans)
    return None if end_ms is None else _EPOCH + timedelta(milliseconds=end_ms)


def run_ms(
    calendar: WorkCalendar,
    start_ms: int,
    kind: str,
    limit: int,
    pauses: Sequence[Span] = (),
) -> int | None:
    """When ``limit`` ms of the kind's own time from ``start_ms`` run out, pauses added.

    Pauses in any order, also overlapping; as ``deadline`` otherwise.
    """
    end_ms = _run(calendar, start_ms, kind, limit)
    for pause_start, pause_end in merged(pauses, start_ms):
        if pause_start > end_ms:
            break
        if pause_end is None:
            return None
        limit += int(used_ms(calendar, pause_start, pause_end, kind))
        end_ms = _run(calendar, start_ms, kind, limit)
    return end_ms


def due_soon(
    calendar: WorkCalendar,
    start: datetime,
    kind: str,
    amount: float,
    *,
    ratio: float = 0.8,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """When the light turns yellow 临期: ``ratio`` of the limit used; otherwise as ``deadline``."""
    return deadline(calendar, start, kind, amount * ratio, pauses=pauses)


def deadlines_ms(
    calendar: WorkCalendar, start_ms: ArrayLike, kind: str, amount: ArrayLike
) -> Milliseconds:
    """The deadline of each start, without pauses: int64 epoch ms, the shape of ``start_ms``.

    ``amount`` is one number or one for each start. A missing start (NULL_MS) or amount (NaN) gives
    NULL_MS; no starts give an empty array. Exact to the millisecond. Raises as ``deadline``.
    """
    starts = np.asarray(start_ms, dtype=np.int64)
    amounts = np.broadcast_to(np.asarray(amount, dtype=np.float64), starts.shape)
    result = np.full(starts.shape, NULL_MS, dtype=np.int64)
    known = (starts != NULL_MS) & ~np.isnan(amounts)
    if not known.any():
        _unit_ms(calendar, kind)
        return result
    limits = limits_ms(calendar, kind, amounts[known])
    result[known] = ends_ms(calendar, starts[known], kind, limits)
    return result


def ends_ms(
    calendar: WorkCalendar, starts: Milliseconds, kind: str, limits: Milliseconds
) -> Milliseconds:
    """When each limit, in ms of the kind's own time, runs out; none of either may be missing."""
    if kind in WORKING_KINDS and len(starts):
        return _run_working(calendar, starts, limits)
    return starts + limits


def due_soon_ms(
    calendar: WorkCalendar, start_ms: ArrayLike, kind: str, amount: ArrayLike, *, ratio: float = 0.8
) -> Milliseconds:
    """When each light turns yellow 临期; otherwise as ``deadlines_ms``."""
    return deadlines_ms(calendar, start_ms, kind, np.asarray(amount, dtype=np.float64) * ratio)


def used_ms(
    calendar: WorkCalendar, start_ms: ArrayLike, end_ms: ArrayLike, kind: str
) -> int | Milliseconds:
    """Time of the limit's own kind in [start, end): ms, int for numbers and int64 for arrays.

    Working kinds count only working time. An end before its start gives a negative figure.
    """
    _unit_ms(calendar, kind)
    starts, ends = np.broadcast_arrays(
        np.asarray(start_ms, dtype=np.int64), np.asarray(end_ms, dtype=np.int64)
    )
    if kind in WORKING_KINDS and starts.size:
        low = min(int(starts.min()), int(ends.min()))
        high = max(int(starts.max()), int(ends.max()))
        slots = calendar.slots_between(_year(low), _year(high))
        used = _elapsed(slots, ends) - _elapsed(slots, starts)
    else:
        used = ends - starts
    return int(used) if used.ndim == 0 else used


def limit_ms(calendar: WorkCalendar, kind: str, amount: float) -> int:
    """A limit of one kind in ms of that kind's own time. Raises ValueError as ``deadline``."""
    return int(limits_ms(calendar, kind, np.array([amount], dtype=np.float64))[0])


def _unit_ms(calendar: WorkCalendar, kind: str) -> int:
    if kind not in LIMIT_KINDS:
        raise ValueError(f"unknown limit kind {kind!r}: use one of {', '.join(LIMIT_KINDS)}")
    if kind == "work_day":
        return calendar.day_ms
    return NATURAL_DAY_MS if kind == "natural_day" else HOUR_MS


def limits_ms(calendar: WorkCalendar, kind: str, amounts: NDArray[np.float64]) -> Milliseconds:
    """Limits of one kind in ms of that kind's own time. Raises ValueError as ``deadline``."""
    unit = _unit_ms(calendar, kind)
    if not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise ValueError(f"a limit must be a finite number, not negative: {amounts}")
    return np.rint(amounts * unit).astype(np.int64)


def _run(calendar: WorkCalendar, start_ms: int, kind: str, limit: int) -> int:
    if kind not in WORKING_KINDS:
        return start_ms + limit
    starts = np.array([start_ms], dtype=np.int64)
    return int(_run_working(calendar, starts, np.array([limit], dtype=np.int64))[0])


def _run_working(
    calendar: WorkCalendar, starts: Milliseconds, limits: Milliseconds
) -> Milliseconds:
    first, last = _year(int(starts.min())), _year(int(starts.max()))
    while True:
        slots = calendar.slots_between(first, last)
        if not len(slots.starts_ms):
            raise OverflowError("the calendar has no working time")
        targets = _elapsed(slots, starts) + limits
        if int(targets.max()) <= int(slots.through_ms[-1]):
            break
        if last == LAST_YEAR:
            raise OverflowError(f"a deadline lies beyond the year {LAST_YEAR}")
        last = min(LAST_YEAR, last + 1 + (last - first))
    # The slot in which the last millisecond of the limit is worked: a limit that ends exactly at
    # the close of a slot ends there and not at the opening of the next.
    index = np.searchsorted(slots.through_ms, targets, side="left")
    ends = slots.starts_ms[index] + (targets - slots.before_ms[index])
    return np.where(limits == 0, starts, ends)


def _elapsed(slots: Slots, instants: Milliseconds) -> Milliseconds:
    """Working time from the first slot until each instant, in ms."""
    if not len(slots.starts_ms):
        return np.zeros(instants.shape, dtype=np.int64)
    index = np.searchsorted(slots.starts_ms, instants, side="right") - 1
    inside = np.maximum(index, 0)
    lengths = slots.ends_ms[inside] - slots.starts_ms[inside]
    worked = np.clip(instants - slots.starts_ms[inside], 0, lengths)
    elapsed: Milliseconds = slots.before_ms[inside] + worked
    return elapsed


def merged(pauses: Sequence[Span], start_ms: int) -> list[Span]:
    """Pauses as ascending, disjoint spans of epoch ms, cut at the start of the clock."""
    spans: list[Span] = []
    for begin, end in sorted(pauses, key=lambda span: span[0]):
        if end is not None and end <= max(begin, start_ms):
            continue
        begin = max(begin, start_ms)
        if spans and (spans[-1][1] is None or begin <= spans[-1][1]):
            before = spans[-1][1]
            longest = None if before is None or end is None else max(before, end)
            spans[-1] = (spans[-1][0], longest)
        else:
            spans.append((begin, end))
    return spans


def epoch_ms(instant: datetime) -> int:
    """Epoch ms of an aware instant; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: an instant needs a time zone")
    delta = instant - _EPOCH
    return delta.days * NATURAL_DAY_MS + delta.seconds * 1000 + delta.microseconds // 1000


def _year(instant_ms: int) -> int:
    return (_EPOCH + timedelta(milliseconds=instant_ms)).year
