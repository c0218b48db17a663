"""Repeated matters 重复诉求 and hot grids 热点网格, as parts of the page 研判."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard.lifecycle.repeat_groups import SIZES, group_roots, likeness
from dashboard.readings.board_parts import name_of, place_names
from dashboard.readings.masking import hidden_address
from dashboard.readings.research_found import members_of
from dashboard.readings.research_ground import Ground
from dashboard.readings.research_spikes import member
from dashboard.words import word
from data_access import research_reads as reads
from data_access.research_reads import Spot
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
    spots = reads.read_spots(ground.connection, ground.field.area)
    return {
        "total": len(chosen),
        "all": len(groups),
        "sizes": [[least, sum(len(one) >= least for one in groups.values())] for least in SIZES],
        "size": size,
        "days": ground.settings.repeat_days,
        "order": order,
        "offset": offset,
        "rows": [_group(root, groups[root], told, places, names, lang) for root in shown],
        "grids": _grids(ground, groups, spots, order, lang),
    }


Group = list[tuple[int, int, int, int]]  # case_id, place, accepted_ms, is_open; by acceptance


def _groups(ground: Ground) -> dict[int, Group]:
    """First case → cases of its group, of all groups with a repeat in the stretch."""
    repeats = reads.read_repeat_ids(ground.connection, ground.field, ground.moments)
    if not repeats:
        return {}
    roots = group_roots(reads.read_repeat_links(ground.connection))
    wanted = {roots[one] for one in repeats if one in roots}
    ids = [case_id for case_id, root in roots.items() if root in wanted]
    found: dict[int, Group] = defaultdict(list)
    for row in members_of(ground, ids).tolist():
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
    ground: Ground, groups: Mapping[int, Group], spots: Sequence[Spot], order: str, lang: str
) -> list[dict[str, Any]]:
    """Grids with most cases of the stretch, or most for their households."""
    by_place = {spot.first_order: spot for spot in spots}
    above = {spot.path: name_of(spot, lang) for spot in spots if not spot.is_leaf}
    often: dict[int, list[int]] = defaultdict(lambda: [0] * len(SIZES))
    for rows in groups.values():
        for number, least in enumerate(SIZES):
            often[rows[-1][1]][number] += len(rows) >= least
    found = []
    for place, count, repeats in reads.read_grid_counts(
        ground.connection, ground.field, ground.moments
    ).tolist():
        spot = by_place[place]
        homes = spot.households or 0
        found.append(
            {
                "code": spot.code,
                "name": name_of(spot, lang),
                "above": above.get(spot.path.rpartition("/")[0], ""),
                "count": count,
                "repeats": repeats,
                "households": homes or None,
                "rate": round(_PER * count / homes, 2) if homes else None,
                "groups": often[place],
            }
        )
    if order == "households":
        found.sort(key=lambda one: (-(one["rate"] or 0), -one["count"], one["code"]))
    else:
        found.sort(key=lambda one: (-one["count"], -one["repeats"], one["code"]))
    return found[:GRIDS_SHOWN]
