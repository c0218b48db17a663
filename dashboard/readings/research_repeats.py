"""Repeated matters 重复诉求 and hot grids 热点网格, as parts of the page 研判."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from dashboard.lifecycle.repeat_groups import SIZES, group_roots, likeness
from dashboard.readings.board_parts import place_names
from dashboard.readings.masking import hidden_address
from dashboard.readings.research_found import members_of
from dashboard.readings.research_ground import Ground
from dashboard.readings.research_spikes import member
from dashboard.words import word
from data_access import research_reads as reads
from data_access.research_places import read_households, read_spots
from data_access.rollup_reads import read_member_names

GROUPS_SHOWN: Final = 20
GRIDS_SHOWN: Final = 15
ORDERS: Final = ("count", "households")
_PER: Final = 100  # households


def known_size(text: Any) -> int:
    """The least size of the groups asked for: one of SIZES, else 2."""
    return next((size for size in SIZES if str(size) == text), 2)


def known_order(text: Any) -> str:
    """How hot grids are ordered; by count for anything unknown."""
    return str(text) if text in ORDERS else ORDERS[0]


def repeat_part(ground: Ground, lang: str, *, size: int, order: str, offset: int) -> dict[str, Any]:
    """Groups in which a case of the stretch repeats an earlier one, the largest first.

    A group holds all cases of the area that hang together, also older ones; ``size``: only groups
    of at least as many. ``offset``: the first group shown.
    """
    groups = _groups(ground)
    ordered = sorted(groups, key=lambda one: (-len(groups[one]), -_last(groups[one]), one))
    chosen = [root for root in ordered if len(groups[root]) >= size]
    shown = chosen[offset : offset + GROUPS_SHOWN]
    ids = [row[0] for root in shown for row in groups[root]]
    told = {row.case_id: row for row in reads.read_told(ground.connection, ids)} if ids else {}
    places = place_names(ground.connection, list(told.values()), ground.field.area, lang)
    names = read_member_names(ground.connection, "category")
    return {
        "total": len(chosen),
        "all": len(groups),
        "sizes": [[least, sum(len(one) >= least for one in groups.values())] for least in SIZES],
        "size": size,
        "days": ground.settings.repeat_days,
        "order": order,
        "offset": offset,
        "rows": [_group(root, groups[root], told, places, names, lang) for root in shown],
        "grids": _grids(ground, groups, order, lang),
    }


Group = list[tuple[int, int, int, int]]  # case_id, place, accepted_ms, is_open; by acceptance


def _groups(ground: Ground) -> dict[int, Group]:
    """First case → cases of its group, of all groups with a repeat in the stretch."""
    repeats = reads.read_repeat_ids(ground.connection, ground.field, ground.moments)
    if not repeats:
        return {}
    roots = group_roots(reads.read_repeat_links(ground.connection, repeats))
    found: dict[int, Group] = defaultdict(list)
    for row in members_of(ground, list(roots)).tolist():
        found[roots[row[0]]].append(tuple(row))
    for rows in found.values():
        rows.sort(key=lambda row: (row[2], row[0]))
    # One case of the area alone, its like lying elsewhere, is no repeat of anything here.
    return {root: rows for root, rows in found.items() if len(rows) > 1}


def _last(rows: Group) -> int:
    return rows[-1][2]


def _group(
    root: int, rows: Group, told: Mapping[int, Any], places: Mapping[str, str], names: Any,
    lang: str,
) -> dict[str, Any]:  # fmt: skip
    newest = told[rows[-1][0]]
    common = likeness(
        [
            {"phone": one.reporter_phone, "address": one.address, "category_id": one.category_id}
            for one in (told[row[0]] for row in rows)
        ]
    )
    kinds = [("caller", common.same_caller), ("place", common.same_place)]
    said = [word(f"research.same.{name}", lang) for name, holds in kinds if holds]
    return {
        "key": root,
        "count": len(rows),
        "open": sum(row[3] for row in rows),
        "last_ms": _last(rows),
        "case_id": newest.case_id,
        "case_code": newest.case_code,
        "category": member(names, newest.category_id, lang),
        "address": hidden_address(newest.address),
        "place": places[newest.path],
        "same": " · ".join(said) or word("research.same.chain", lang),
    }


def _grids(
    ground: Ground, groups: Mapping[int, Group], order: str, lang: str
) -> list[dict[str, Any]]:
    """Grids with most cases of the stretch, or most for their households."""
    area = ground.field.area
    homes = dict(read_households(ground.connection, area).tolist())
    often: dict[int, list[int]] = defaultdict(lambda: [0] * len(SIZES))
    for rows in groups.values():
        for number, least in enumerate(SIZES):
            often[rows[-1][1]][number] += len(rows) >= least
    counted = reads.read_grid_counts(ground.connection, ground.field, ground.moments).tolist()

    def rate(place: int, count: int) -> float:
        return count / homes[place] if homes.get(place) else 0.0

    if order == "households":
        counted.sort(key=lambda row: (-rate(row[0], row[1]), -row[1], row[0]))
    else:
        counted.sort(key=lambda row: (-row[1], -row[2], row[0]))
    shown = counted[:GRIDS_SHOWN]
    spots = read_spots(ground.connection, [row[0] for row in shown])
    places = place_names(ground.connection, list(spots.values()), area, lang)
    return [
        {
            "code": spots[place].code,
            "name": places[spots[place].path],
            "count": count,
            "repeats": repeats,
            "households": homes.get(place) or None,
            "rate": round(_PER * rate(place, count), 2) if homes.get(place) else None,
            "groups": often[place],
        }
        for place, count, repeats in shown
    ]
