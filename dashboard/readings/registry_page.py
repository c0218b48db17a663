"""The page of the grid registry 网格台账: the base data of an area and those below it, and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.formatting import number_text
from dashboard.readings.about import reference
from dashboard.readings.board_parts import name_of, place_names
from dashboard.readings.grid_sums import GAPS, GridSums, Registry, registry_of, sums_of
from dashboard.readings.page_head import read_head
from dashboard.readings.raw_totals import ChildOf
from dashboard.readings.view import Question, find_area, first_day, window_of
from dashboard.settings import Settings, grid_sizes
from data_access import grid_registry as store
from data_access import rollup_reads as reads

PAGE_SIZE: Final = 50


def build_registry_page(
    connection: Connection,
    question: Question,
    *,
    gap: str,
    offset: int,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """The registry of an area; ``gap``: one of GAPS whose grids are listed from ``offset`` on.

    Visits are those of the window, workers those of today; everything else has no history. Raises
    UnknownAreaError and OutsideScopeError.
    """
    head = read_head(connection, question, settings=settings, now=now, build=build)
    area = find_area(connection, question.scope, question.area_code)
    registry = _registry(connection, area, question, settings=settings, now=now)
    children = [
        one for one in reads.read_children(connection, area.area_id) if one.kind != "unlocated"
    ]
    chosen = gap if gap in GAPS else ""
    return {
        **head,
        "below": [reference(one, question.lang) for one in children],
        "total": _row(area, _total(registry), registry, question.lang),
        "rows": [
            _row(one, sums, registry, question.lang)
            for one, sums in zip(
                children, sums_of(registry, ChildOf({}, children).of_places, len(children)),
                strict=True,
            )
            if sums.grids
        ] if children else [],
        "sizes": grid_sizes(settings.grid_households) or (),
        "reach": settings.station_reach_metres,
        "has_stations": registry.has_stations,
        "gap": chosen,
        "gaps": _listed(connection, registry, area, chosen, offset, question.lang),
    }  # fmt: skip


def _registry(
    connection: Connection, area: reads.AreaRow, question: Question, *, settings: Settings,
    now: datetime,
) -> Registry:  # fmt: skip
    zone = settings.city_time_zone
    first_on = first_day(connection, area)
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    start, end = window.bounds(zone)
    return registry_of(
        store.read_grid_rows(connection, area),
        store.read_service_rows(connection, area, city_today(now, zone)),
        store.read_visit_counts(connection, area, start, min(end, now)),
        settings,
    )


def _total(registry: Registry) -> GridSums:
    return sums_of(registry, np.zeros_like, 1)[0]


def _ratio(part: int | None, whole: int | None, places: int = 2) -> str:
    return number_text(Fraction(part, whole) if part is not None and whole else None, places)


def _percent(part: int, whole: int) -> str:
    """100.00 only for equal numbers, 0.00 only for zero; "—" for 0/0."""
    if not whole:
        return "—"
    share = Fraction(100 * part, whole)
    return "99.99" if Fraction(99_995, 1000) <= share < 100 else number_text(share, 2)


def _row(area: reads.AreaRow, sums: GridSums, registry: Registry, lang: str) -> dict[str, Any]:
    """Texts of one area; a sum that no grid told is None."""
    told = {name: sums.sums[name] if sums.told[name] else None for name in sums.sums}
    out = sums.gaps["below"] + sums.gaps["above"]
    reached = sums.grids - sums.gaps["out_of_reach"]
    return {
        **reference(area, lang),
        "grids": sums.grids,
        "dedicated": sums.dedicated,
        **{name: told[name] for name in store.BASE_COUNTS},
        "per_grid": _ratio(told["households"], sums.told["households"], 1),
        "within": sums.measured - out,
        "measured": sums.measured,
        "within_share": _percent(sums.measured - out, sums.measured),
        "reach_share": _percent(sums.sums["both_members"], sums.sums["both_residents"]),
        "workers": sums.workers,
        "full_time": sums.full_time,
        "full_time_share": _percent(sums.full_time, sums.workers),
        "workers_per_grid": _ratio(sums.workers, sums.grids),
        "marshals_per_grid": _ratio(told["marshals"], sums.told["marshals"]),
        "staffed_share": _percent(sums.grids - sums.gaps["no_worker"], sums.grids),
        "stations": sums.stations,
        "reached": reached,
        "reached_share": _percent(reached, sums.grids) if registry.has_stations else "—",
        "visits": sums.visits,
        "visits_per_worker": _ratio(sums.visits, sums.workers),
        "gaps": dict(sums.gaps),
    }


def _listed(
    connection: Connection, registry: Registry, area: reads.AreaRow, gap: str, offset: int,
    lang: str,
) -> dict[str, Any]:  # fmt: skip
    """Grids of one gap, page by page, those furthest from the norm first, else in display order;
    counts of all gaps."""
    counts = {name: int(mask.sum()) for name, mask in registry.gaps.items()}
    if not gap:
        return {"counts": counts, "total": 0, "offset": 0, "rows": []}
    found = np.flatnonzero(registry.gaps[gap])
    households = registry.grids.counts["households"]
    if gap in ("below", "above"):
        order = households[found] if gap == "below" else -households[found]
        found = found[np.argsort(order, kind="stable")]
    part = found[offset : offset + PAGE_SIZE]
    known = {
        one.area_id: one
        for one in reads.read_areas(connection, registry.grids.area_id[part].tolist())
    }
    lines = {key: _Line("/".join(map(str, one.line))) for key, one in known.items()}
    places = place_names(connection, list(lines.values()), area, lang)
    return {
        "counts": counts,
        "total": counts[gap],
        "offset": offset,
        "rows": [
            _gap_row(known[key], places[lines[key].path], registry, at, lang)
            for at, key in zip(part.tolist(), registry.grids.area_id[part].tolist(), strict=True)
        ],
    }


class _Line:
    """What ``place_names`` asks of a row."""

    def __init__(self, path: str) -> None:
        self.path = path


def _gap_row(
    one: reads.AreaRow, place: str, registry: Registry, at: int, lang: str
) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": place or name_of(one, lang),
        "kind": one.kind,
        **{name: _known(registry.grids.counts[name], at) for name in ("households", "residents")},
    }


def _known(values: Sequence[Any] | Any, at: int) -> int | None:
    value = int(values[at])
    return None if value == store.UNKNOWN else value
