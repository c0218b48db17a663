"""Workers and their duty: who serves which grid, shifts, first evidence of work, leave.

Nobody has a person's name: a worker is called by role and number. Shifts exist for the last
fortnight and the coming week only; older ones would say nothing about duty now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data_access.frames import NULL_MS
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span, date_of
from jobs.demo.city_map import CityMap

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Any]

DAYS_BACK: Final = 14
DAYS_AHEAD: Final = 7
ROLE_NAMES: Final[dict[str, str]] = {
    "grid_worker": "网格员", "grid_head": "网格长", "inspector": "网格监督员", "police": "专属民警",
    "legal": "法律服务者",
}  # fmt: skip
_SPECIALISTS: Final = ("inspector", "police", "legal")
# day shift, evening, night: start hour, length in hours, share of those who work that day
_SHIFTS: Final = ((8.5, 9.0, 0.90), (17.5, 5.0, 0.07), (22.5, 8.0, 0.03))
_REST_DAY_SHARE: Final = 0.36


@dataclass(frozen=True, kw_only=True)
class Staff:
    """One entry a worker, ids from 1. ``cell``: the worker's own grid's cell, -1 for none;
    ``area``: row in the CityMap. ``links``: (worker id, area row, role) of worker_grids.
    ``cell_worker``: id of the first worker of each cell, NULL_MS where the grid is vacant 空岗.
    """

    role: NDArray[Any]
    area: Ints
    cell: Ints
    is_full_time: Mask
    links: tuple[Ints, Ints, NDArray[Any]]
    cell_worker: Ints

    def __len__(self) -> int:
        return len(self.role)


def hire(city: CityMap, generator: np.random.Generator) -> Staff:
    """The profile's number of workers, exactly, and who serves which grid."""
    profile, cells = city.profile, len(city.grid_rows)
    head = "grid_head" if profile.is_multi_role or profile.police_grids else "grid_worker"
    vacant = round(cells * profile.vacant_share)
    staffed = np.sort(generator.permutation(cells)[: cells - vacant])
    rest = profile.workers - len(staffed)
    specialists, served = _specialists(city, rest, generator)
    helpers = generator.choice(staffed, rest - len(specialists)).astype(np.int64)
    cell = np.concatenate((staffed, helpers, np.full(len(specialists), -1)))
    role = np.array(
        [head] * len(staffed) + ["grid_worker"] * len(helpers) + specialists, dtype=object
    )
    leaf = np.where(cell >= 0, city.grid_rows[cell], -1)
    for number, rows in enumerate(served, start=len(staffed) + len(helpers)):
        leaf[number] = city.parent[rows[0]] if role[number] != "police" else rows[0]
        if city.police[rows[0]] >= 0 and role[number] == "police":
            leaf[number] = city.police[rows[0]]
    ids = np.arange(1, len(role) + 1, dtype=np.int64)
    own = cell >= 0
    worker = [ids[own], *(np.full(len(rows), ids[len(role) - len(served) + n])
                          for n, rows in enumerate(served))]  # fmt: skip
    links = (
        np.concatenate(worker), np.concatenate([leaf[own], *served]),
        np.concatenate([role[own], *(np.full(len(rows), role[len(role) - len(served) + n], object)
                                     for n, rows in enumerate(served))]),
    )  # fmt: skip
    cell_worker = np.full(cells, NULL_MS, dtype=np.int64)
    cell_worker[staffed] = ids[: len(staffed)]
    return Staff(
        role=role, area=leaf, cell=cell, links=_with_mediators(links, head, profile.police_grids),
        is_full_time=generator.random(len(role)) < profile.full_time_share,
        cell_worker=cell_worker,
    )  # fmt: skip


def _specialists(
    city: CityMap, rest: int, generator: np.random.Generator
) -> tuple[list[str], list[Ints]]:
    """一长多员: supervisors, police and lawyers, each for a group of neighbouring grids."""
    profile = city.profile
    if profile.police_grids:
        police = city.police[city.grid_rows]
        groups = [city.grid_rows[police == row] for row in np.unique(police[police >= 0])]
        groups = groups[:rest]
        return ["police"] * len(groups), groups
    if not profile.is_multi_role:
        return [], []
    roles = [_SPECIALISTS[n % len(_SPECIALISTS)] for n in range(int(rest * 0.45))]
    order = city.grid_rows[np.argsort(city.parent[city.grid_rows], kind="stable")]
    groups = []
    for role in _SPECIALISTS:
        number = roles.count(role)
        groups += np.array_split(order, number) if number else []
    return sorted(roles, key=_SPECIALISTS.index), groups


def _with_mediators(
    links: tuple[Ints, Ints, NDArray[Any]], head: str, police_grids: int
) -> tuple[Ints, Ints, NDArray[Any]]:
    """Where the police work by grids, every grid head is also a part-time mediator 人民调解员."""
    if not police_grids:
        return links
    heads = links[2] == head
    return (
        np.concatenate((links[0], links[0][heads])),
        np.concatenate((links[1], links[1][heads])),
        np.concatenate((links[2], np.full(int(heads.sum()), "mediator", dtype=object))),
    )


def worker_columns(
    staff: Staff, span: Span, area_ids: Ints, last_seen: Ints, generator: np.random.Generator
) -> Columns:
    """Columns of ``workers``; ``last_seen`` epoch ms by worker, NULL_MS for never."""
    count = len(staff)
    since = [
        span.today - timedelta(days=int(days)) for days in generator.integers(200, 1500, count)
    ]
    names = [f"{ROLE_NAMES[role]}{n:05d}" for n, role in enumerate(staff.role, start=1)]
    return {
        "worker_id": np.arange(1, count + 1), "code": [f"W{n:05d}" for n in range(1, count + 1)],
        "name": names, "role": staff.role, "is_full_time": staff.is_full_time,
        "area_id": area_ids[staff.area], "active_from": since,
        "device": [f"PDA{n:05d}" for n in range(1, count + 1)], "last_seen_at": last_seen,
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Shifts by row (worker numbers from 0), leave intervals and the instant of each check-in."""

    worker: Ints
    starts_ms: Ints
    ends_ms: Ints
    checked_in_ms: Ints  # NULL_MS: no evidence of work, or not begun yet
    is_day_shift: Mask
    leave_worker: Ints
    leave_kind: NDArray[Any]
    leave_starts_ms: Ints
    leave_ends_ms: Ints


def roster(staff: Staff, span: Span, generator: np.random.Generator) -> Duty:
    """Shifts of the full-time workers who have a grid, from a fortnight ago to a week ahead."""
    rostered = np.flatnonzero(staff.is_full_time & (staff.cell >= 0))
    leave = _leaves(rostered, span, generator)
    today = int(span.local_days(np.array([span.now_ms]))[0])
    parts = [
        shifts_of_day(rostered, day, span, generator)
        for day in range(today - DAYS_BACK, today + DAYS_AHEAD)
    ]
    worker, starts, ends, is_day = (np.concatenate(column) for column in zip(*parts, strict=True))
    late = generator.exponential(4, len(worker))
    evidence = starts + (np.minimum(late, 40) * MINUTE_MS).astype(np.int64)
    absent = generator.random(len(worker)) < 0.018
    away = _is_away(worker, starts, ends, leave)
    evidence[absent | away | (evidence > span.now_ms)] = NULL_MS
    return Duty(
        worker=worker, starts_ms=starts, ends_ms=ends, checked_in_ms=evidence,
        is_day_shift=is_day, leave_worker=leave[0], leave_kind=leave[1],
        leave_starts_ms=leave[2], leave_ends_ms=leave[3],
    )  # fmt: skip


def shifts_of_day(
    rostered: Ints, day: int, span: Span, generator: np.random.Generator
) -> tuple[Ints, Ints, Ints, Mask]:
    """(worker, start, end, whether by day) of a city day since 1970; fewer work on rest days."""
    free = not span.calendar.is_working_day(date_of(day))
    at_work = rostered[generator.random(len(rostered)) < (_REST_DAY_SHARE if free else 0.98)]
    which = generator.choice(len(_SHIFTS), len(at_work), p=[share for _, _, share in _SHIFTS])
    hours = np.array([start for start, _, _ in _SHIFTS])[which]
    length = np.array([length for _, length, _ in _SHIFTS])[which]
    start = span.midnight_ms(date_of(day)) + (hours * HOUR_MS).astype(np.int64)
    return at_work, start, start + (length * HOUR_MS).astype(np.int64), which == 0


def _leaves(
    rostered: Ints, span: Span, generator: np.random.Generator
) -> tuple[Ints, NDArray[Any], Ints, Ints]:
    """请假 and approved 外勤, some of it running now."""
    number = round(len(rostered) * 0.22)
    worker = generator.choice(rostered, number) if number else np.zeros(0, dtype=np.int64)
    kind = np.where(generator.random(number) < 0.6, "leave", "field").astype(object)
    today = span.midnight_ms(span.today)
    first = generator.integers(-DAYS_BACK, DAYS_AHEAD, number)
    days = np.where(kind == "leave", generator.integers(1, 4, number), 1)
    starts = today + first * DAY_MS + 8 * HOUR_MS
    return worker.astype(np.int64), kind, starts, starts + days * DAY_MS - 14 * HOUR_MS


def _is_away(
    worker: Ints, starts: Ints, ends: Ints, leave: tuple[Ints, NDArray[Any], Ints, Ints]
) -> Mask:
    away = np.zeros(len(worker), dtype=np.bool_)
    order = np.argsort(worker, kind="stable")
    ordered = worker[order]
    low = np.searchsorted(ordered, leave[0], side="left")
    high = np.searchsorted(ordered, leave[0], side="right")
    for number in range(len(leave[0])):  # a leave meets a handful of shifts
        mine = order[low[number] : high[number]]
        away[mine] |= (starts[mine] < leave[3][number]) & (ends[mine] > leave[2][number])
    return away


def last_seen_ms(staff: Staff, duty: Duty, span: Span, generator: np.random.Generator) -> Ints:
    """Newest sign of life of every worker: heartbeat on duty, else the end of the last shift."""
    seen = np.full(len(staff), NULL_MS, dtype=np.int64)
    begun = duty.checked_in_ms != NULL_MS
    until = np.minimum(duty.ends_ms, span.now_ms)
    quiet = (generator.exponential(3 * MINUTE_MS, len(until))).astype(np.int64)
    until = np.maximum(until - quiet, duty.checked_in_ms)
    np.maximum.at(seen, duty.worker[begun], until[begun])
    # Part-time workers answer from time to time.
    silent = np.flatnonzero(seen == NULL_MS)
    days = generator.exponential(1.2, len(silent)) * DAY_MS
    seen[silent] = span.now_ms - days.astype(np.int64)
    return seen


def check_in_columns(
    staff: Staff, duty: Duty, last_seen: Ints, span: Span, city: CityMap,
    generator: np.random.Generator,
) -> Columns:  # fmt: skip
    """Columns of ``check_ins``: one a shift begun, one heartbeat for everybody seen lately."""
    begun = np.flatnonzero(duty.checked_in_ms != NULL_MS)
    lately = np.flatnonzero(last_seen > span.now_ms - 6 * HOUR_MS)
    worker = np.concatenate((duty.worker[begun], lately))
    at = np.concatenate((duty.checked_in_ms[begun], last_seen[lately]))
    kind = np.array(["check_in"] * len(begun) + ["heartbeat"] * len(lately), dtype=object)
    leaf = staff.area[worker]
    order = np.argsort(at, kind="stable")
    columns: Columns = {
        "worker_id": worker + 1, "kind": kind, "at": at,
        "longitude": np.round(city.longitude[leaf] + generator.normal(0, 4e-4, len(leaf)), 6),
        "latitude": np.round(city.latitude[leaf] + generator.normal(0, 3e-4, len(leaf)), 6),
        "accuracy_metres": np.round(generator.gamma(3, 6, len(leaf)), 1),
    }  # fmt: skip
    return {name: values[order] for name, values in columns.items()}


def shift_columns(duty: Duty, staff: Staff, area_ids: Ints) -> Columns:
    """Columns of ``shifts``."""
    order = np.argsort(duty.starts_ms, kind="stable")
    columns: Columns = {
        "worker_id": duty.worker + 1, "area_id": area_ids[staff.area[duty.worker]],
        "starts_at": duty.starts_ms, "ends_at": duty.ends_ms,
        "checked_in_at": duty.checked_in_ms,
    }  # fmt: skip
    return {name: values[order] for name, values in columns.items()}


def leave_columns(duty: Duty) -> Columns:
    """Columns of ``leaves``."""
    return {
        "worker_id": duty.leave_worker + 1, "kind": duty.leave_kind,
        "starts_at": duty.leave_starts_ms, "ends_at": duty.leave_ends_ms,
        "approver": np.full(len(duty.leave_worker), "街镇综治中心", dtype=object),
    }  # fmt: skip
