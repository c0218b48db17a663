"""The cases behind a number of 研判: exactly those, for lists and files (``/cases?found=…``).

A key names a rule and what it is cut to, such as ``band.19`` or ``rework.all.12``. Page and list
come from the same ground (``research_ground``), so that they cannot tell two numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from dashboard.clocks import NULL_MS
from dashboard.kpis import funnel, oddities, spikes
from dashboard.lifecycle.repeat_groups import group_roots
from dashboard.readings.case_list import NoCaseListError
from dashboard.readings.masking import hidden_text
from dashboard.readings.research_ground import Ground, Mask
from dashboard.words import word
from data_access import research_reads as reads

Parts = Sequence[str]
_KEY: Final = re.compile(r"[a-z]+(\.[0-9a-z]{1,20}){0,2}")
SIGNALS: Final = ("bunched", "bounced", "hasty", "self", "night", "burst")


def known_found(text: Any) -> str:
    """A key that could name something; "" for anything else."""
    found = str(text or "")
    is_known = _KEY.fullmatch(found) and found.partition(".")[0] in FINDERS
    return found if is_known else ""


def found_name(key: str, lang: str) -> str:
    """What a list of the key's cases is called."""
    name, *parts = key.split(".")
    if name == "band":
        band = parts[0] if parts else ""
        text = band_text(int(band), lang) if band.isdigit() else "?"
        return word("research.band_of", lang, band=text)
    return word(f"research.found.{name}", lang, of=parts[0] if parts else "")


def band_text(band: int, lang: str) -> str:
    """A band of the limit, e.g. 90–95 %."""
    if band >= oddities.BEYOND:
        return word("research.beyond", lang)
    return f"{band * 5}–{band * 5 + 5}%"


def found_ids(ground: Ground, key: str) -> list[int]:
    """The cases of a key, ascending. Raises NoCaseListError for what names nothing."""
    name, *parts = key.split(".")
    try:
        ids = FINDERS[name](ground, parts)
    except (KeyError, ValueError, IndexError) as error:
        raise NoCaseListError(key) from error
    return sorted({int(one) for one in ids})


def reason_of(row: Any, lang: str = "zh") -> str:
    """Why a case was sent back: what was said, else where it was sent back from."""
    said = hidden_text((row.opinion or "").strip())
    if said:
        return str(said)
    stage = {"visiting": "visit", "closed": "reopened"}.get(row.from_state or "", "check")
    return word(f"research.reason.{stage if row.from_state else 'unknown'}", lang)


def reason_key(reason: str) -> str:
    """A short name of a reason for an address."""
    return hashlib.blake2b(reason.encode(), digest_size=5).hexdigest()


def step_masks(ground: Ground) -> Mapping[str, Mask]:
    """Step of the funnel → which reports came to it."""
    rows = ground.reports
    moments = {step: rows[f"{step}_ms"] for step in funnel.STEPS}
    return funnel.reached(moments, missing=NULL_MS)


def false_mask(ground: Ground) -> Mask:
    """误报: which reports were refused or found untrue."""
    rows = ground.reports
    return funnel.is_false(rows["voided_ms"] != NULL_MS, rows["is_merged"] == 1)


def _spike(ground: Ground, parts: Parts) -> list[int]:
    back, category = int(parts[0]), int(parts[1])
    if not 0 <= back <= spikes.WEEKS:
        raise IndexError(back)
    return reads.read_accepted_ids(ground.connection, ground.field, ground.day(back), category)


def _group(ground: Ground, parts: Parts) -> list[int]:
    root = int(parts[0])
    roots = group_roots(reads.read_repeat_links(ground.connection, [root]))
    ids = [case_id for case_id, first in roots.items() if first == root]
    return [int(one) for one in members_of(ground, ids)[:, 0]]


def _of_grid(ground: Ground, parts: Parts) -> list[int]:
    read = reads.read_repeat_ids if parts == ["repeat"] else reads.read_accepted_ids
    return read(ground.connection, ground.field, ground.moments)


def members_of(ground: Ground, ids: Sequence[int]) -> Any:
    """``read_members`` of these cases, in the area whatever the slice."""
    return reads.read_members(ground.connection, ground.field.area, ids, ground.end)


def _rework(ground: Ground, parts: Parts) -> list[int]:
    reason = parts[0] if parts else "all"
    wanted = int(parts[1]) if len(parts) > 1 else None
    rows = reads.read_reworks(ground.connection, ground.field, ground.moments)
    return [
        row.case_id
        for row in rows
        if (reason == "all" or reason_key(reason_of(row)) == reason)
        and wanted in (None, row.category_id)
    ]


def _of_closures(name: str) -> Callable[[Ground, Parts], Any]:
    return lambda ground, _: ground.closures["case_id"][getattr(ground, name)]


def _of_reports(mask: Callable[[Ground, Parts], Mask]) -> Callable[[Ground, Parts], Any]:
    return lambda ground, parts: ground.reports["case_id"][mask(ground, parts)]


def _band(ground: Ground, parts: Parts) -> Any:
    return ground.closures["case_id"][ground.bands == int(parts[0])]


def _closed(ground: Ground, _parts: Parts) -> Any:
    return ground.closures["case_id"][ground.bands >= 0]


def _decided(ground: Ground, _parts: Parts) -> Mask:
    """Reports of which it is known whether they were true."""
    rows = ground.reports
    went_on = np.zeros(len(rows["case_id"]), dtype=np.bool_)
    for name in ("accepted_ms", "closed_ms", "voided_ms"):
        went_on |= rows[name] != NULL_MS
    decided: Mask = went_on & (rows["is_merged"] == 0)
    return decided


def decided_mask(ground: Ground) -> Mask:
    """Which reports are counted in the share of false ones 误报率."""
    return _decided(ground, ())


FINDERS: Final[Mapping[str, Callable[[Ground, Parts], Any]]] = {
    "spike": _spike,
    "group": _group,
    "grid": _of_grid,
    "rework": _rework,
    "band": _band,
    "limits": _closed,
    "bunched": _of_closures("bunched"),
    "hasty": _of_closures("hasty"),
    "self": _of_closures("self_closed"),
    "night": _of_closures("night"),
    "bounced": lambda ground, _: [row[0] for row in ground.bounced],
    "burst": _of_reports(lambda ground, _: ground.bursts),
    "step": _of_reports(lambda ground, parts: step_masks(ground)[parts[0]]),
    "false": _of_reports(lambda ground, _: false_mask(ground)),
    "decided": _of_reports(_decided),
}
