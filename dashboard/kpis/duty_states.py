"""Duty states 在岗状态: from shifts, leaves and signs of life to counts of every area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(minutes=15)  # 未到岗 only after the shift's start plus this
SILENT_AFTER = timedelta(minutes=15)  # 离线: on duty, but no sign of life for longer than this
VACANT_AFTER = timedelta(minutes=30)  # 空岗: nobody on a grid's post for longer than this

Counts = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift that is running now. ``evidence_at``: newest sign of work, check-in included."""

    worker_id: int
    area_id: int
    starts_at: datetime
    evidence_at: datetime | None


def duty_state(shift: Shift, absence: str | None, now: datetime) -> str:
    """leave, field, on_duty, absent or expected (the shift has only just begun)."""
    if absence == "leave":
        return "on_leave"
    if absence == "field":
        return "in_field"
    if shift.evidence_at is not None and shift.evidence_at >= shift.starts_at - GRACE:
        return "on_duty"
    return "absent" if now >= shift.starts_at + GRACE else "expected"


def officer_state(starts_at: datetime, arrived_at: datetime | None, now: datetime) -> str:
    """到位 of an officer of the day: on_site, absent 未到位, expected (the duty has just begun)
    or coming (it begins later)."""
    if arrived_at is not None and arrived_at <= now:
        return "on_site"
    if now < starts_at:
        return "coming"
    return "absent" if now >= starts_at + GRACE else "expected"


def is_offline(state: str, last_seen_at: datetime | None, now: datetime) -> bool:
    """离线: on duty by an earlier sign of work, but silent now. No fault."""
    return state == "on_duty" and (last_seen_at is None or now - last_seen_at > SILENT_AFTER)


def uncovered_since(posts: Iterable[tuple[str, datetime, datetime | None]]) -> datetime | None:
    """Since when nobody is at the post of a grid; None while somebody is, and without any shift.

    ``posts``: state, start of the shift and start of the leave (None for none) of each running
    shift of the grid. Who went on leave in the middle of a shift had been there until then.
    """
    present_until: list[datetime] = []
    starts: list[datetime] = []
    for state, starts_at, leave_at in posts:
        if state in ("on_duty", "in_field"):
            return None
        starts.append(starts_at)
        if state == "on_leave" and leave_at is not None and leave_at > starts_at:
            present_until.append(leave_at)
    return max(present_until, default=None) or min(starts, default=None)


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """Active workers by home area and by grid served, and the grids there are."""

    by_home: Mapping[int, int]
    by_grid: Mapping[int, int]
    grids: Sequence[int]


def duty_counts(
    shifts: Iterable[Shift],
    absences: Mapping[int, str],
    staffing: Staffing,
    lines: Mapping[int, tuple[int, ...]],
    now: datetime,
) -> dict[int, Counts]:
    """Counts of every area that has any, in the order of data_access.duty.ALL_COUNTS.

    应在岗 leaves out people on leave; a grid is to be covered when it has a shift now, and covered
    when somebody of its shifts is on duty or in the field. A worker with two shifts counts once.
    """
    people: dict[str, Counter[int]] = {name: Counter() for name in _PEOPLE}
    seen: set[int] = set()
    required: set[int] = set()
    covered: set[int] = set()
    for shift in shifts:
        state = duty_state(shift, absences.get(shift.worker_id), now)
        required.add(shift.area_id)
        if state in ("on_duty", "in_field"):
            covered.add(shift.area_id)
        if shift.worker_id in seen:
            continue
        seen.add(shift.worker_id)
        if state != "on_leave":
            people["rostered"][shift.area_id] += 1
        if state != "expected":
            people[state][shift.area_id] += 1
    own = [
        *(people[name] for name in _PEOPLE),
        Counter(required),
        Counter(covered),
        Counter(staffing.by_home),
        Counter(staffing.grids),
        Counter({grid for grid in staffing.grids if staffing.by_grid.get(grid)}),
    ]
    return _lifted(own, lines)


_PEOPLE = ("rostered", "on_duty", "in_field", "on_leave", "absent")


def _lifted(own: Sequence[Counter[int]], lines: Mapping[int, tuple[int, ...]]) -> dict[int, Counts]:
    """Add every area's counts to all its ancestors."""
    totals: dict[int, list[int]] = {}
    for column, counter in enumerate(own):
        for area, count in counter.items():
            for above in lines.get(area, ()):
                totals.setdefault(above, [0] * len(own))[column] += count
    return {area: tuple(counts) for area, counts in totals.items()}
