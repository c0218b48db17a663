"""Patrols 巡查, due visits 三必访 and campaigns 专项任务."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data_access.frames import NULL_MS
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span
from jobs.demo.city_map import CityMap
from jobs.demo.profiles import CampaignPlan
from jobs.demo.reference import VISIT_CLASSES
from jobs.demo.staff import Duty, Staff
from jobs.demo.units import split_exactly

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, Any]

_SUBJECTS_LIMIT: Final = 60_000
# Hours after the start of the day shift, and the share of grids that are walked then.
_PATROL_HOURS: Final = ((0.25, 2.0), (5.6, 7.6))
_PATROL_SHARES: Final = (0.965, 0.955)
# subjects of a grid by class, at most, and how many visits of each are kept
_SUBJECTS: Final = {"yearly": 6, "quarterly": 3, "monthly": 2}
_VISITS_KEPT: Final = {"yearly": 1, "quarterly": 3, "monthly": 6}
_HURRIED_SHARE: Final = 0.003  # visits of a minute
_LATE_VISIT_SHARE: Final = 0.05


def patrol_columns(
    duty: Duty, staff: Staff, span: Span, area_ids: Ints, generator: np.random.Generator
) -> Columns:
    """Columns of ``patrols`` 一日双巡: mostly one in the morning and one in the afternoon.

    For every grid with a shift on a day; the grid of somebody who works in the evening or at night
    is walked by a colleague of the day shift.
    """
    day = span.local_days(duty.starts_ms)
    at_work = duty.is_day_shift & (duty.checked_in_ms != NULL_MS)
    walker = _walkers(day, at_work)
    parts = []
    for hours, share in zip(_PATROL_HOURS, _PATROL_SHARES, strict=True):
        rows = np.flatnonzero((walker >= 0) & (generator.random(len(day)) < share))
        after = (generator.uniform(*hours, len(rows)) * HOUR_MS).astype(np.int64)
        by = walker[rows]
        parts.append((rows, np.maximum(duty.starts_ms[by] + after, duty.checked_in_ms[by])))
    rows = np.concatenate([part[0] for part in parts])
    started = np.concatenate([part[1] for part in parts])
    known = started <= span.now_ms
    rows, started = rows[known], started[known]
    minutes = np.maximum(generator.normal(46, 14, len(rows)), 8)
    ended = started + (minutes * MINUTE_MS).astype(np.int64)
    running = ended > span.now_ms
    points = generator.integers(5, 13, len(rows))
    done = generator.binomial(points, 0.9)
    order = np.argsort(started, kind="stable")
    columns: Columns = {
        "worker_id": duty.worker[walker[rows]] + 1,
        "area_id": area_ids[staff.area[duty.worker[rows]]],
        "started_at": started, "ended_at": np.where(running, NULL_MS, ended),
        "checkpoints": points, "checkpoints_done": np.where(running, done // 2, done),
    }  # fmt: skip
    return {name: values[order] for name, values in columns.items()}


def _walkers(day: Ints, at_work: NDArray[np.bool_]) -> Ints:
    """The row of the shift whose worker patrols for each shift: its own where it is by day and
    somebody came, else the next of the same day; -1 on a day without any."""
    order = np.lexsort((np.arange(len(day)), day))
    able = np.flatnonzero(at_work[order])
    if len(able) == 0:
        return np.full(len(day), -1, dtype=np.int64)
    nearest = able[np.minimum(np.searchsorted(able, np.arange(len(day))), len(able) - 1)]
    walker = np.empty(len(day), dtype=np.int64)
    walker[order] = np.where(day[order[nearest]] == day[order], order[nearest], -1)
    return walker


def visit_columns(
    city: CityMap, staff: Staff, span: Span, area_ids: Ints, generator: np.random.Generator
) -> tuple[Columns, Columns]:
    """(``visit_subjects``, ``visits``): a year or more of visits to each subject.

    The next visit is due one interval after the last (三必访); most come before that, a few per
    cent after the days of grace, and a few per cent of the subjects wait for one now.
    """
    cells = np.flatnonzero(staff.cell_worker != NULL_MS)
    scale = min(1.0, _SUBJECTS_LIMIT / (len(city.grid_rows) * sum(_SUBJECTS.values())))
    parts = []
    for name, _, days, grace in VISIT_CLASSES:
        each = max(1, round(_SUBJECTS[name] * scale))
        cell = np.repeat(cells, each)
        parts.append((name, days, cell, _visits_of(name, days, grace, len(cell), span, generator)))
    cell = np.concatenate([part[2] for part in parts])
    interval = np.concatenate([np.full(len(part[2]), part[1]) for part in parts])
    last = np.concatenate([part[3][0][:, 0] for part in parts])
    classes = np.concatenate([np.full(len(part[2]), part[0], dtype=object) for part in parts])
    count = len(cell)
    subjects: Columns = {
        "subject_id": np.arange(1, count + 1), "area_id": area_ids[city.grid_rows[cell]],
        "visit_class": classes, "label": _labels(count, generator),
        "last_visited_at": last, "next_due_at": last + interval * DAY_MS,
    }  # fmt: skip
    first = np.cumsum([0] + [len(part[2]) for part in parts])
    rows = np.concatenate([
        first[number] + np.repeat(np.arange(len(part[2])), part[3][0].shape[1])
        for number, part in enumerate(parts)
    ])  # fmt: skip
    at = np.concatenate([part[3][0].ravel() for part in parts])
    due = np.concatenate([part[3][1].ravel() for part in parts])
    order = np.argsort(at, kind="stable")
    rows, at, due = rows[order], at[order], due[order]
    visits: Columns = {
        "worker_id": staff.cell_worker[cell[rows]], "area_id": subjects["area_id"][rows],
        "subject_id": rows + 1, "visit_class": classes[rows], "visited_at": at, "due_at": due,
        "minutes": _minutes(len(rows), generator),
    }  # fmt: skip
    return subjects, visits


def _minutes(count: int, generator: np.random.Generator) -> Ints:
    """How long visits lasted; a few so short that nobody can have been visited."""
    minutes = np.clip(generator.normal(16, 6, count), 3, 60)
    minutes[generator.spawn(1)[0].random(count) < _HURRIED_SHARE] = 1
    return minutes.astype(np.int64)


def _visits_of(
    name: str, days: int, grace: int, count: int, span: Span, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """(when visited, when that visit was due) of each subject's visits, newest first, (n, k)."""
    number = _VISITS_KEPT[name]
    age = generator.uniform(0, 0.97, count) * days
    # As many wait now as are late in the long run: their share times the share of the time.
    forgotten = generator.random(count) < _LATE_VISIT_SHARE * 1.5 * grace / days
    overdue = days + generator.uniform(0, 1.5 * grace, count)
    age[forgotten] = overdue[forgotten]
    # How long after the visit before: mostly before it was due, else late by up to twice the grace.
    gap = days * generator.uniform(0.8, 1.0, (count, number))
    late = generator.random((count, number)) < _LATE_VISIT_SHARE
    gap[late] = (days + generator.uniform(0.2, 2.0, (count, number)) * grace)[late]
    before = age[:, None] + np.concatenate(
        (np.zeros((count, 1)), np.cumsum(gap, axis=1)), axis=1
    )  # fmt: skip
    at = _at_daytime(span.now_ms - (before * DAY_MS).astype(np.int64), span)
    return at[:, :-1], at[:, 1:] + days * DAY_MS


def _at_daytime(instants: Ints, span: Span) -> Ints:
    """The same day between 09:00 and 17:00 city time, never after now."""
    midnight = (instants + span.offset_ms) // DAY_MS * DAY_MS - span.offset_ms
    within = (instants - midnight) // 3
    return np.minimum(midnight + 9 * HOUR_MS + within, span.now_ms)


def _labels(count: int, generator: np.random.Generator) -> list[str]:
    """House numbers with the room hidden; no names."""
    house = generator.integers(1, 40, count).tolist()
    unit = generator.integers(1, 6, count).tolist()
    floor = generator.integers(1, 19, count).tolist()
    return [f"{h}号楼{u}单元{f}**室" for h, u, f in zip(house, unit, floor, strict=True)]


def campaign_columns(
    city: CityMap, span: Span, weights: Floats, area_ids: Ints, generator: np.random.Generator
) -> dict[str, Columns]:
    """Columns of ``campaigns``, ``campaign_targets`` and ``campaign_progress``, by table name."""
    tables: dict[str, list[Columns]] = {
        "campaigns": [], "campaign_targets": [], "campaign_progress": [],
    }  # fmt: skip
    areas = area_ids[city.grid_rows]
    for number, plan in enumerate(city.profile.campaigns, start=1):
        start, end = _campaign_span(plan, span)
        target = np.array(split_exactly(plan.target, weights + 1.0), dtype=np.int64)
        tables["campaigns"].append({
            "campaign_id": [number], "code": [plan.code], "name_zh": [plan.name[0]],
            "name_en": [plan.name[1]], "unit": [plan.unit], "started_at": [start], "due_at": [end],
            "ended_at": [end if end <= span.now_ms else None],
        })  # fmt: skip
        tables["campaign_targets"].append({
            "campaign_id": np.full(len(areas), number), "area_id": areas, "target": target,
        })  # fmt: skip
        tables["campaign_progress"].append(
            _progress(plan, number, target, areas, (start, min(end, span.now_ms)), generator)
        )
    joined: dict[str, Columns] = {}
    for name, parts in tables.items():
        if parts:
            joined[name] = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
            if name == "campaigns":
                joined[name] = {key: values.tolist() for key, values in joined[name].items()}
    return joined


def _campaign_span(plan: CampaignPlan, span: Span) -> tuple[int, int]:
    """From 08:00 of its first day; one that lasts hours is the latest that is over."""
    length = int(plan.hours * HOUR_MS)
    start = span.midnight_ms(span.today) + 8 * HOUR_MS - int(plan.started_days_ago) * DAY_MS
    if plan.hours < 24 and start + length > span.now_ms:
        start -= DAY_MS
    return start, start + length


def _progress(
    plan: CampaignPlan,
    number: int,
    target: Ints,
    areas: Ints,
    period: tuple[int, int],
    generator: np.random.Generator,
) -> Columns:
    """Done by grid in steps that add up to the plan's share of the target, exactly."""
    steps = 6 if plan.hours < 24 else 4
    pace = np.ones(len(target))
    if plan.done_share < 1:
        pace = generator.uniform(0.75, 1.0, len(target))
    total = round(plan.target * plan.done_share)
    done = np.array(split_exactly(total, target * pace), dtype=np.int64)
    shares = generator.dirichlet(np.full(steps, 4.0), len(target))
    parts = np.floor(done[:, None] * shares).astype(np.int64)
    parts[:, -1] += done - parts.sum(axis=1)
    length = period[1] - period[0]
    at = (np.arange(steps) + generator.random((len(target), steps))) * (length / steps)
    rows, step = np.nonzero(parts)
    when = period[0] + at[rows, step].astype(np.int64)
    order = np.argsort(when, kind="stable")
    return {
        "campaign_id": np.full(len(rows), number), "area_id": areas[rows][order],
        "at": when[order], "done": parts[rows, step][order],
    }  # fmt: skip
