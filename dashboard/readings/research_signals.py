"""Signals of numbers made up 疑似刷数 and the connector funnel, as parts of the page 研判."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from dashboard.clocks import NULL_MS
from dashboard.kpis import funnel, oddities
from dashboard.readings.board_parts import place_names
from dashboard.readings.research_found import (
    SIGNALS,
    band_text,
    decided_mask,
    false_mask,
    found_ids,
)
from dashboard.readings.research_ground import Ground, Mask
from dashboard.readings.research_spikes import member
from dashboard.words import word
from data_access.research_places import read_short_visits, read_spots
from data_access.rollup_reads import read_member_names

GROUPS_SHOWN: Final = 12
SHORT_MINUTES: Final = 2
VIDEO_KINDS: Final = ("video",)


def known_signal(text: Any) -> str:
    """A signal of an address; "" for none."""
    return str(text) if text in SIGNALS else ""


def known_band(text: Any) -> int | None:
    """A band of an address; None for none."""
    found = str(text or "")
    is_band = found.isascii() and found.isdigit() and int(found) <= oddities.BEYOND
    return int(found) if is_band else None


def signal_part(ground: Ground, lang: str, *, signal: str, band: int | None) -> dict[str, Any]:
    """Every signal with its rule, how many cases it finds, and the areas or departments they are
    of; the histogram of all departments; visits too short to have been any."""
    found = {name: found_ids(ground, name) for name in SIGNALS}
    of_limit = ground.bands[ground.bands >= 0]
    return {
        "signal": signal,
        "band": band,
        "signals": [
            {
                "key": name,
                "name": word(f"research.signal.{name}", lang),
                "rule": word(f"research.rule.{name}", lang),
                "count": len(found[name]),
                "groups": _shares(ground, name, found[name], lang),
            }
            for name in SIGNALS
        ],
        "histogram": np.bincount(of_limit, minlength=oddities.BANDS + 1).tolist(),
        "bands": [band_text(number, lang) for number in range(oddities.BANDS + 1)],
        "departments": _bunching(ground, band, lang),
        "visits": _visits(ground, lang),
    }


def first_found(ground: Ground) -> str:
    """The signal that is opened when none is chosen: the first that finds anything; "" if none."""
    return next((name for name in SIGNALS if found_ids(ground, name)), "")


def _bunching(ground: Ground, band: int | None, lang: str) -> list[dict[str, Any]]:
    """Departments with their histograms; those that bunch first, or by share of a chosen band."""
    names = read_member_names(ground.connection, "department")
    rows = [
        {
            **member(names, department, lang),
            "counts": counts,
            "total": sum(counts),
            "tail": judged.tail,
            "expected": round(judged.expected, 1),
            "is_bunched": judged.is_bunched,
        }
        for department, (counts, judged) in ground.bunching.items()
    ]
    if band is not None:
        rows = [row for row in rows if row["counts"][band]]
        rows.sort(key=lambda row: (-row["counts"][band] / row["total"], row["code"]))
    else:
        rows.sort(key=lambda row: (not row["is_bunched"], -row["total"], row["code"]))
    return rows


def _shares(ground: Ground, name: str, ids: list[int], lang: str) -> list[dict[str, Any]]:
    """Which departments, or grids, the cases of a signal are of, most first."""
    if name in ("bunched", "hasty", "night"):
        rows, wanted = ground.closures, "department_id"
    elif name in ("self", "burst"):
        rows, wanted = (ground.reports if name == "burst" else ground.closures), "place"
    else:
        return []
    own = rows[wanted][np.isin(rows["case_id"], ids)]
    counts = Counter(own.tolist()).most_common(GROUPS_SHOWN)
    whole = Counter(rows[wanted].tolist())
    if wanted == "department_id":
        names = read_member_names(ground.connection, "department")
        named = [member(names, one, lang) | {"kind": "department"} for one, _ in counts]
    else:
        spots = _spots(ground, [place for place, _ in counts], lang)
        named = [{"kind": "area"} | spots[place] for place, _ in counts]
    return [
        given | {"count": count, "of": whole[one]}
        for given, (one, count) in zip(named, counts, strict=True)
    ]


def _spots(ground: Ground, places: Sequence[int], lang: str) -> dict[int, dict[str, str]]:
    """Place → code and name, seen from the area looked at."""
    found = read_spots(ground.connection, places)
    names = place_names(ground.connection, list(found.values()), ground.field.area, lang)
    return {place: {"code": spot.code, "name": names[spot.path]} for place, spot in found.items()}


def _visits(ground: Ground, lang: str) -> dict[str, Any]:
    """走访 shorter than two minutes, by grid; ``of`` 0: no visit with a length is known."""
    rows = read_short_visits(
        ground.connection, ground.field.area, ground.moments, minutes=SHORT_MINUTES
    ).tolist()
    short = sorted((row for row in rows if row[2]), key=lambda row: (-row[2], row[0]))
    shown = short[:GROUPS_SHOWN]
    spots = _spots(ground, [row[0] for row in shown], lang)
    return {
        "count": sum(row[2] for row in short),
        "of": sum(row[1] for row in rows),
        "grids": len(short),
        "rows": [spots[place] | {"count": count, "of": of} for place, of, count in shown],
    }  # fmt: skip


def funnel_part(ground: Ground, lang: str) -> dict[str, Any]:
    """How far the cases reported in the stretch came, by source; the sum first."""
    rows = ground.reports
    moments = {step: rows[f"{step}_ms"] for step in funnel.STEPS}
    names = read_member_names(ground.connection, "source")
    untrue, decided = false_mask(ground), decided_mask(ground)
    everything: Mask = np.ones(len(rows["case_id"]), dtype=np.bool_)
    lines = [_line(moments, everything, untrue, decided) | {"code": "", "name": ""}]
    of_source = Counter(rows["source_id"].tolist()).most_common()
    for source, _ in of_source:
        own: Mask = rows["source_id"] == source
        lines.append(_line(moments, own, untrue, decided) | member(names, source, lang))
    return {"steps": list(funnel.STEPS), "lines": lines}


def _line(moments: Mapping[str, Any], own: Mask, untrue: Mask, decided: Mask) -> dict[str, Any]:
    """One source: counts, conversions from the step before, medians, and what was false."""
    found = funnel.stages(moments, own, missing=NULL_MS)
    counts = [found[step].count for step in funnel.STEPS]
    before = [None, *counts[:-1]]
    wrong, known = int((untrue & own).sum()), int((decided & own).sum())
    return {
        "counts": counts,
        "shares": [
            round(100 * count / one, 1) if one else None
            for count, one in zip(counts, before, strict=True)
        ],
        "medians": [found[step].median_ms for step in funnel.STEPS],
        "false": wrong,
        "decided": known,
        "false_share": round(100 * wrong / known, 1) if known else None,
    }
