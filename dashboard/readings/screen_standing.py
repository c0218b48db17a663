"""How each wall screen stands 大屏状态, from what it last reported; pure, with the time given.

A screen may have several things wrong at once; the worst comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Final

SILENT_AFTER: Final = timedelta(seconds=30)  # three reports of ten seconds
BEHIND_AFTER: Final = timedelta(seconds=15)
_REPORTED: Final = ("failed", "link", "data", "source", "rebuilding", "empty")
_BAD: Final = ("revoked", "silent", "other", "behind")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One thing to say of a screen. ``kind``: ok, revoked, silent, other, behind, old, or what its
    banner says (link, failed, data, source, rebuilding, empty); ``for_ms``: since how long, None
    where that is not known."""

    kind: str
    for_ms: int | None = None

    @property
    def is_bad(self) -> bool:
        return self.kind in _BAD

    @property
    def is_reported(self) -> bool:
        return self.kind in _REPORTED


def standings(
    screens: Sequence[Mapping[str, Any]], *, version: int, build: str, now: datetime
) -> dict[int, list[Mark]]:
    """Marks by screen number. ``screens``: rows of ``data_access.screens.read_screens``;
    ``version``: the current one of the numbers, ``build`` of the program; ``now``: aware."""
    others = _with_other_numbers(screens)
    return {
        one["screen_id"]: _marks(one, others, version=version, build=build, now=now)
        for one in screens
    }


def _marks(
    one: Mapping[str, Any], others: set[int], *, version: int, build: str, now: datetime
) -> list[Mark]:
    found = []
    if one["revoked_at"] is not None:
        found.append(Mark(kind="revoked", for_ms=_ms(now - one["revoked_at"])))
    silent = now - one["last_heartbeat_at"]
    if silent > SILENT_AFTER:
        found.append(Mark(kind="silent", for_ms=_ms(silent)))
    if one["screen_id"] in others:
        found.append(Mark(kind="other"))
    behind = _behind(one, version, now)
    if behind > BEHIND_AFTER:
        found.append(Mark(kind="behind", for_ms=_ms(behind)))
    if silent <= SILENT_AFTER and one["state"] in _REPORTED:
        found.append(Mark(kind=one["state"]))
    if one["build"] != build:
        found.append(Mark(kind="old"))
    return found or [Mark(kind="ok")]


def _behind(one: Mapping[str, Any], version: int, now: datetime) -> timedelta:
    """Since when a screen shows an older version: as it said itself, else since it fell silent."""
    if one["version"] >= version:
        return timedelta(0)
    since: datetime = one["behind_since"] or one["last_heartbeat_at"]
    return now - since


def _with_other_numbers(screens: Sequence[Mapping[str, Any]]) -> set[int]:
    """Screens of one profile that showed different texts of the same version of the same thing.

    Which of two is wrong cannot be known, so both are named.
    """
    found = set()
    for one, other in combinations(screens, 2):
        if one["profile"] != other["profile"]:
            continue
        shown = {(paint[0], paint[1]): paint[2] for paint in one["paints"]}
        for number, what, texts in other["paints"]:
            if shown.get((number, what), texts) != texts:
                found |= {one["screen_id"], other["screen_id"]}
    return found


def _ms(span: timedelta) -> int:
    return max(0, round(span.total_seconds() * 1000))
