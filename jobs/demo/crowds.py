"""Cases that come together in a demo city: a spike 突增 of one kind, and a burst of reports.

Few, and moved from the days around, not added, so that every published total stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span
from jobs.demo.city_map import CityMap
from jobs.demo.reference import CATEGORIES, SOURCES

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NOTHING, SPIKE, BURST = range(3)
_SPIKE_CASES: Final = 12
_SPIKE_CATEGORY: Final = "停水"
_BURST_CASES: Final = 44
_BURST_DAYS_AGO: Final = 8
_AROUND_DAYS: Final = 14


def gather(
    accepted: Ints, counted: Mask, edges: Sequence[int], span: Span, generator: np.random.Generator
) -> Ints:
    """Move a few arrivals together, in place; returns what each case is planted as.

    Those of a spike into the last hours, those of a burst into ten minutes of a morning. None
    leaves the period between two ``edges`` in which its total is published.
    """
    planted = np.full(len(accepted), NOTHING, dtype=np.int64)
    today = span.now_ms - (span.now_ms + span.offset_ms) % DAY_MS
    morning = today - _BURST_DAYS_AGO * DAY_MS + 10 * HOUR_MS + 20 * MINUTE_MS
    for mark, start, length, count in (
        (SPIKE, span.now_ms - 15 * HOUR_MS, 14 * HOUR_MS, _SPIKE_CASES),
        (BURST, morning, 9 * MINUTE_MS, _BURST_CASES),
    ):
        near = counted & (np.abs(accepted - start) < _AROUND_DAYS * DAY_MS) & (planted == NOTHING)
        for edge in edges:
            near &= (accepted >= edge) == (start >= edge)
            near &= (accepted >= edge) == (start + length >= edge)
        rows = np.flatnonzero(near)
        if len(rows) < 4 * count:  # too few cases: it would be seen where they are missing
            continue
        chosen = generator.choice(rows, count, replace=False)
        accepted[chosen] = start + generator.integers(0, length, count)
        planted[chosen] = mark
    return planted


def place_spike(
    city: CityMap, planted: Ints, category: Ints, cell: Ints, generator: np.random.Generator
) -> None:
    """One kind of case in one street, in place; the burst in one grid."""
    flags = np.array([given.flag for given in CATEGORIES])
    plain = flags[category] == ""
    streets = city.street[city.grid_rows]
    largest = np.bincount(streets[streets >= 0]).argmax() if (streets >= 0).any() else -1
    cells = np.flatnonzero(streets == largest)
    spike = np.flatnonzero((planted == SPIKE) & plain)
    names = [given.name[0] for given in CATEGORIES]
    category[spike] = names.index(_SPIKE_CATEGORY)
    cell[spike] = generator.choice(cells, len(spike))
    cell[planted == BURST] = cells[0]


def report_burst(planted: Ints, category: Ints, counted: Mask, source: Ints) -> Mask:
    """The burst comes from workers' telephones, in place; returns which of it they close."""
    rows = planted == BURST
    source[rows] = [given.code for given in SOURCES].index("app")
    flagged = np.array([bool(given.flag) for given in CATEGORIES])[category]
    by_self: Mask = rows & counted & ~flagged
    return by_self
