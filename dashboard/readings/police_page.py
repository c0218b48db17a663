"""Police grids 警格: a league of them below an area, or the grids of one, from the grids' figures.

Grid and police grid are two trees over the same places (警网融合); what a police grid is said to
have is the sum of its grids, so that both say one number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.formatting import number_text, value_text
from dashboard.kpis.model import Totals
from dashboard.readings.about import about, reference
from dashboard.readings.board_parts import name_of, place_names, state_of
from dashboard.readings.raw_totals import Interval, read_raw_totals
from dashboard.readings.totals import net_stock
from dashboard.readings.view import Question, UnknownSliceError, View, open_view
from dashboard.readings.windows import flow_ranges, stock_ranges
from dashboard.settings import Settings
from dashboard.words import word
from data_access import police_grids as store
from data_access import rollup_reads as reads
from data_access.campaigns import read_police_grids, read_police_id
from data_access.measures import FLOWS, STOCKS
from data_access.slices import NO_POLICE
from data_access.types import is_storable

COLUMNS: Final = (
    "case.accepted", "case.overdue", "case.on_time_closure_rate", "visit.satisfaction_rate",
    "duty.on_duty",
)  # fmt: skip
WITHOUT_SHOWN: Final = 60
_NOBODY: Final = 0  # the key of the grids that belong to no police grid


def build_police_page(
    connection: Connection,
    question: Question,
    *,
    police: str,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """The league below an area; with ``police`` (a code, "-" for none) the grids of that one.

    Raises UnknownSliceError for another code, UnknownAreaError and OutsideScopeError.
    """
    lang = question.lang
    view = open_view(
        connection, question, settings=settings, now=now, kinds=(), with_children=False
    )
    below = store.read_police_grids_below(connection, view.area)
    found = store.read_police_of(connection, view.area)
    chosen = _chosen(connection, police)
    head = about(
        connection, line=view.line, window=view.window, years=view.years, state=view.state,
        as_of=view.as_of, settings=settings, now=now, build=build, lang=lang,
    )  # fmt: skip
    children = reads.read_children(connection, view.area.area_id)
    rows = (
        _league(connection, view, below, found, settings, lang)
        if chosen is None
        else _grids(connection, view, chosen, settings, lang)
    )
    return {
        **head,
        "below": [reference(row, lang) for row in children if row.kind != "unlocated"],
        "police": police if chosen is not None else "",
        "police_name": _name_of(connection, chosen, lang) if chosen is not None else "",
        "most": settings.police_grid_most,
        "counts": _counts(below, settings.police_grid_most),
        "columns": [
            {"key": key, "name": kpi.name_en if lang == "en" else kpi.name_zh}
            for key in COLUMNS
            for kpi in [view.kpis[key]]
        ],
        "total": _row(view, _total_of(view, chosen, rows), lang),
        "rows": [row for row, _ in rows],
        "without": _without(connection, view.area, below, lang),
    }


def _chosen(connection: Connection, police: str) -> int | None:
    """The id of a police grid's code, 0 for "-", None for no code."""
    if not police:
        return None
    if police == NO_POLICE:
        return _NOBODY
    found = read_police_id(connection, police) if is_storable(police) else None
    if found is None:
        raise UnknownSliceError(police)
    return int(found)


def _name_of(connection: Connection, police_id: int, lang: str) -> str:
    if police_id == _NOBODY:
        return word("police.none", lang)
    return name_of(read_police_grids(connection, [police_id])[police_id], lang)


def _counts(below: Mapping[int, store.PoliceGrid], most: int) -> dict[str, Any]:
    """Police grids and grids, grids per one, those with more than ``most``, grids without one."""
    own = [one.grids for key, one in below.items() if key != _NOBODY]
    return {
        "police": len(own),
        "grids": sum(one.grids for one in below.values()),
        "mean": number_text(Fraction(sum(own), len(own)), 2) if own else "—",
        "above": sum(grids > most for grids in own),
        "without": below[_NOBODY].grids if _NOBODY in below else 0,
    }


def police_totals(
    connection: Connection, view: View, found: Mapping[int, int], *, settings: Settings
) -> dict[int, Totals]:
    """Flows and stocks of every police grid below the view's area, from their grids.

    ``found``: grid → police grid. A window that the rollups do not hold is evaluated from the cases
    of each grid and summed alike.
    """
    if view.window.is_of_city_days:
        return _summed(store.read_police_sums(connection, view.area, _parts(view)))
    totals = _raw(connection, view, found, settings)
    return {
        key: _together(totals[grid] for grid, police in found.items() if police == key)
        for key in set(found.values())
    }


def _parts(view: View) -> dict[str, Any]:
    return {"flows": flow_ranges(view.window), "stocks": stock_ranges(view.window)}


def _summed(sums: Mapping[tuple[int, str], reads.Measures]) -> dict[int, Totals]:
    nothing: Mapping[str, int] = {}
    found = {}
    for key in {member for member, _ in sums}:
        flows, stocks = (sums.get((key, part), nothing) for part in ("flows", "stocks"))
        found[key] = Totals(
            flows={name: flows.get(name, 0) for name in FLOWS},
            stocks={name: net_stock(stocks, name) for name in STOCKS},
        )
    return found


def _raw(
    connection: Connection, view: View, grids: Iterable[int], settings: Settings
) -> dict[int, Totals]:
    start, end = view.window.bounds(settings.city_time_zone)
    return read_raw_totals(
        connection, view.area, Interval(start=start, end=end, as_of=view.as_of),
        rules=fact_rules(settings), children=reads.read_areas(connection, list(grids)),
        by_area=view.area.depth > settings.break_down_depth,
    )  # fmt: skip


def _together(parts: Iterable[Totals]) -> Totals:
    flows: Counter[str] = Counter()
    stocks: Counter[str] = Counter()
    duty: Counter[str] = Counter()
    for part in parts:
        flows.update(part.flows)
        stocks.update(part.stocks)
        duty.update(part.duty)
    return Totals(
        flows={name: flows[name] for name in FLOWS},
        stocks={name: stocks[name] for name in STOCKS},
        duty=dict(duty),
    )


def _less(whole: Totals, parts: Totals) -> Totals:
    """What is left of an area when its police grids are taken away."""
    return Totals(
        flows={name: whole.flows[name] - parts.flows[name] for name in FLOWS},
        stocks={name: whole.stocks[name] - parts.stocks[name] for name in STOCKS},
    )


def _league(
    connection: Connection, view: View, below: Mapping[int, store.PoliceGrid],
    found: Mapping[int, int], settings: Settings, lang: str,
) -> list[tuple[dict[str, Any], Totals]]:  # fmt: skip
    """One row a police grid, most overdue cases first; what belongs to none comes last."""
    sums = police_totals(connection, view, found, settings=settings)
    known = read_police_grids(connection, [key for key in below if key != _NOBODY])
    rows = []
    for key, one in known.items():
        totals = _with_duty(sums.get(key, _together(())), below[key].duty)
        row = {"code": one.code, "name": name_of(one, lang), "grids": below[key].grids}
        row["is_above"] = below[key].grids > settings.police_grid_most
        rows.append((row | _row(view, totals, lang), totals))
    rows.sort(key=lambda pair: (-pair[1].stocks["overdue"], pair[0]["code"]))
    rest = _less(view.own, _together(totals for _, totals in rows))
    if known and (_NOBODY in below or rest.flows["accepted"] or any(rest.stocks.values())):
        own = below.get(_NOBODY)
        rest = _with_duty(rest, own.duty if own else {})
        row = {"code": NO_POLICE, "name": word("police.none", lang), "is_above": False}
        row["grids"] = own.grids if own else 0
        rows.append((row | _row(view, rest, lang), rest))
    return rows


def _with_duty(totals: Totals, duty: Mapping[str, int]) -> Totals:
    return Totals(flows=totals.flows, stocks=totals.stocks, duty=duty)


def _grids(
    connection: Connection, view: View, police_id: int, settings: Settings, lang: str
) -> list[tuple[dict[str, Any], Totals]]:
    """One row a grid of a police grid, most overdue cases first."""
    ids = store.read_grid_ids(connection, view.area, police_id)
    if police_id == _NOBODY or not view.window.is_of_city_days:
        sums = _raw(connection, view, ids, settings)
    else:
        sums = _summed(
            store.read_police_sums(connection, view.area, _parts(view), police_id=police_id)
        )
    duty = store.read_duty_of(connection, ids)
    grids = sorted(reads.read_areas(connection, ids), key=lambda one: one.first_order)
    lines = [_Line("/".join(map(str, one.line))) for one in grids]
    places = place_names(connection, lines, view.area, lang)
    rows = []
    for one, line in zip(grids, lines, strict=True):
        totals = _with_duty(sums.get(one.area_id, _together(())), duty.get(one.area_id, {}))
        row = {"code": one.code, "name": places[line.path], "grids": 1, "is_above": False}
        rows.append((row | _row(view, totals, lang), totals))
    return sorted(rows, key=lambda pair: (-pair[1].stocks["overdue"], pair[0]["code"]))


class _Line:
    """What ``place_names`` asks of a row."""

    def __init__(self, path: str) -> None:
        self.path = path


def _total_of(view: View, chosen: int | None, rows: list[tuple[dict[str, Any], Totals]]) -> Totals:
    return view.own if chosen is None else _together(totals for _, totals in rows)


def _row(view: View, totals: Totals, lang: str) -> dict[str, Any]:
    """The cells of COLUMNS; ``n``: answers behind a satisfaction rate."""
    cells = {}
    for key in COLUMNS:
        reading = evaluate(view.kpis[key], totals)
        level = view.judge.level_beside_others(reading, "police_grid")
        cells[key] = {
            "text": value_text(reading),
            "state": state_of(reading),
            "level": level.value,
            "n": number_text(reading.denominator, 0) if view.kpis[key].is_rate else "",
        }
    return {"cells": cells}


def _without(
    connection: Connection, area: reads.AreaRow, below: Mapping[int, store.PoliceGrid], lang: str
) -> list[dict[str, Any]]:
    """The first grids that belong to no police grid; none where nobody keeps police grids."""
    if _NOBODY not in below or len(below) == 1:
        return []
    ids = store.read_grid_ids(connection, area, _NOBODY, limit=WITHOUT_SHOWN)
    grids = sorted(reads.read_areas(connection, ids), key=lambda one: one.first_order)
    lines = [_Line("/".join(map(str, one.line))) for one in grids]
    places = place_names(connection, lines, area, lang)
    return [
        {"code": one.code, "name": places[line.path]}
        for one, line in zip(grids, lines, strict=True)
    ]
