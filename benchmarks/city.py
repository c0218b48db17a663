"""A synthetic city of any number of cases, made in columns: fast enough for ten million.

Not the demo city: no names, no stories. Tree 1 › 10 › 100 › 800 › 4,900 grids as in a large
prefecture, grids on a lattice, three years of cases by day and hour, deadlines of four hours to
fifteen days, 1 % reworked, 1 % suspended once, 40 % of the closed ones called back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_access.frames import ANSWERS, NULL_MS

Columns = dict[str, Any]
Ints = NDArray[np.int64]

LEVELS = ("city", "district", "street", "community", "grid")
COUNTS = (1, 10, 100, 800, 4900)
CATEGORIES, SOURCES, DEPARTMENTS = 40, 8, 36
YEARS = 3
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
_LIMIT_HOURS = np.array([4, 8, 24, 48, 72, 120, 240, 360])
_SIDE = 70  # grids on a square lattice
_STEP = 0.004  # degrees


def area_columns() -> Columns:
    """The whole tree; ids count through the levels from 1."""
    columns: Columns = {
        name: [] for name in ("area_id", "code", "parent_id", "level", "depth", "name_zh")
    }
    columns["polygon"] = []
    above = 0  # id before the first of the level above
    first = 1
    for depth, (level, count) in enumerate(zip(LEVELS, COUNTS, strict=True)):
        parents = COUNTS[depth - 1] if depth else 0
        for number in range(count):
            columns["area_id"].append(first + number)
            columns["code"].append(f"{depth}{number + 1:014d}")
            columns["parent_id"].append(above + 1 + number * parents // count if depth else None)
            columns["level"].append(level)
            columns["depth"].append(depth)
            columns["name_zh"].append(f"{level}{number + 1}")
            columns["polygon"].append(_square(number) if level == "grid" else None)
        above, first = first - 1, first + count
    return columns


def first_grid() -> int:
    """Id of the first grid; the others follow."""
    return sum(COUNTS[:-1]) + 1


def _square(number: int) -> str:
    x, y = 125.0 + number % _SIDE * _STEP, 46.5 + number // _SIDE * _STEP
    right, top = x + _STEP, y + _STEP
    ring = [[x, y], [right, y], [right, top], [x, top], [x, y]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))


def named_columns(key: str, count: int) -> Columns:
    """Categories, sources or departments."""
    numbers = range(1, count + 1)
    return {
        key: list(numbers),
        "code": [f"{key}-{number}" for number in numbers],
        "name_zh": [f"{key} {number}" for number in numbers],
    }


def case_batches(count: int, now_ms: int, *, size: int) -> Iterator[dict[str, Columns]]:
    """Tables → columns, ``size`` cases at a time, ids and times ascending up to ``now_ms``."""
    start = now_ms - YEARS * 365 * DAY_MS
    for first in range(0, count, size):
        number = min(size, count - first)
        random = np.random.default_rng([7, first])
        low, high = (start + (now_ms - start) * one // count for one in (first, first + number))
        yield _batch(first + 1, number, low, high, now_ms, random)


def _batch(
    first_id: int, count: int, low: int, high: int, now_ms: int, random: np.random.Generator
) -> dict[str, Columns]:
    case_id = np.arange(first_id, first_id + count, dtype=np.int64)
    reported = _working_hours(np.sort(random.integers(low, high, count)), now_ms)
    accepted = np.minimum(reported + random.integers(0, 20 * 60_000, count), now_ms)
    limit = _LIMIT_HOURS[random.integers(0, len(_LIMIT_HOURS), count)] * HOUR_MS
    taken = (limit * random.lognormal(-1.1, 0.75, count)).astype(np.int64)
    taken[random.random(count) < 0.002] = 10**14  # never closed: the overdue stock
    closed = accepted + taken
    is_void = random.random(count) < 0.015
    is_closed = (closed <= now_ms) & ~is_void
    columns: Columns = {
        "case_id": case_id,
        "case_code": [f"B{number:012d}" for number in case_id.tolist()],
        "source_id": random.integers(1, SOURCES + 1, count),
        "source_ref": [str(number) for number in case_id.tolist()],
        "category_id": 1 + (CATEGORIES * random.random(count) ** 1.7).astype(np.int64),
        "area_id": first_grid() + (COUNTS[-1] * random.random(count) ** 1.3).astype(np.int64),
        "department_id": random.integers(1, DEPARTMENTS + 1, count),
        "state": np.where(is_closed, "closed", np.where(is_void, "void", "handling")),
        "reported_at": reported,
        "accepted_at": accepted,
        "filed_at": accepted,
        "closed_at": np.where(is_closed, closed, NULL_MS),
        "voided_at": np.where(is_void, accepted, NULL_MS),
        "due_soon_at": accepted + limit * 4 // 5,
        "deadline_at": accepted + limit,
        "ingested_at": reported,
        "updated_at": np.where(is_closed, closed, accepted),
    }
    tables = {"cases": columns}
    tables["callbacks"] = _call_backs(case_id, columns["closed_at"], is_closed, now_ms, random)
    tables["case_suspensions"] = _pauses(case_id, accepted, closed, is_closed, random)
    tables["case_cycles"] = _cycles(columns, is_closed, random)
    return tables


def _working_hours(moments: Ints, now_ms: int) -> Ints:
    """Three of four night reports move to the day (UTC+8), as a city's reports do."""
    hour = (moments + 8 * HOUR_MS) % DAY_MS // HOUR_MS
    moved = np.where((hour < 8) & (moments % 4 > 0), moments + 9 * HOUR_MS, moments)
    return np.minimum(moved, now_ms)


def _call_backs(
    case_id: Ints, closed: Ints, is_closed: NDArray[np.bool_], now_ms: int, random: Any
) -> Columns:
    chosen = is_closed & (random.random(len(case_id)) < 0.4)
    count = int(chosen.sum())
    answer = np.array([*ANSWERS, ANSWERS[0], ANSWERS[1]], dtype=object)
    return {
        "case_id": case_id[chosen],
        "visited_at": np.minimum(closed[chosen] + 6 * HOUR_MS, now_ms),
        "is_valid": [True] * count,
        "is_contacted": (random.random(count) < 0.95).tolist(),
        "is_solved": (random.random(count) < 0.9).tolist(),
        "answer": answer[random.integers(0, len(answer), count)].tolist(),
    }


def _pauses(
    case_id: Ints, accepted: Ints, closed: Ints, is_closed: NDArray[np.bool_], random: Any
) -> Columns:
    chosen = is_closed & (random.random(len(case_id)) < 0.01)
    length = closed[chosen] - accepted[chosen]
    return {
        "case_id": case_id[chosen],
        "seq": np.ones(int(chosen.sum()), dtype=np.int64),
        "started_at": accepted[chosen] + length // 4,
        "ended_at": accepted[chosen] + length // 2,
    }


def _cycles(columns: Columns, is_closed: NDArray[np.bool_], random: Any) -> Columns:
    """Marks 1 % of the closed cases as reworked and returns their first cycles."""
    chosen = is_closed & (random.random(len(is_closed)) < 0.01)
    columns["cycle_no"] = np.where(chosen, 2, 1)
    started, closed = columns["accepted_at"][chosen], columns["closed_at"][chosen]
    middle = started + (closed - started) // 2
    return {
        "case_id": columns["case_id"][chosen],
        "cycle_no": np.ones(int(chosen.sum()), dtype=np.int64),
        "started_at": started,
        "deadline_at": columns["deadline_at"][chosen],
        "due_soon_at": columns["due_soon_at"][chosen],
        "closed_at": middle,
        "reopened_at": middle,
    }
