"""Findings about cases 数据质量问题 as a list: how many of each kind below an area, and which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.lifecycle.finding_kinds import KINDS, parts
from dashboard.lifecycle.states import State
from dashboard.readings.board_parts import place_names
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.view import find_area
from dashboard.words import word
from data_access.engine import begin_read
from data_access.findings import read_finding_counts, read_finding_page
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

MOST_ROWS = 200
_LAST_OFFSET = 10**12  # beyond any list, and within what both databases take
_STATES = frozenset(map(str, State))


class UnknownFindingError(LookupError):
    """There is no kind of finding with this name."""


@dataclass(frozen=True, kw_only=True)
class FindingPage:
    """One page of findings.

    ``kinds``: every kind that occurs below the area, as {kind, name, count} in the order of
    KINDS; ``total``: findings of the kind asked for, or of all; ``rows``: case_id, case_code, area
    (path), state_name, kind, kind_name, at_ms (None: no single moment), detail.
    """

    total: int
    kinds: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def list_findings(
    reader: Reader,
    area_code: str | None = None,
    kind: str | None = None,
    offset: int = 0,
    limit: int = 50,
    *,
    lang: str = "zh",
    scope: Scope = EVERYTHING,
) -> FindingPage:
    """The findings below an area, newest cases first; ``kind`` None or "" is all kinds.

    They are as old as the numbers: the rollup job keeps both. Raises UnknownAreaError,
    OutsideScopeError and UnknownFindingError.
    """
    if kind and kind not in KINDS:
        raise UnknownFindingError(kind)
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, area_code)
        counts = read_finding_counts(connection, area)
        rows = read_finding_page(
            connection,
            area,
            kind=kind or None,
            offset=min(max(0, offset), _LAST_OFFSET),
            limit=min(max(1, limit), MOST_ROWS),
        )
        places = place_names(connection, rows, area, lang)
    return FindingPage(
        total=counts.get(kind, 0) if kind else sum(counts.values()),
        kinds=[
            {"kind": name, "name": _name(name, lang), "count": counts[name]}
            for name in KINDS
            if name in counts
        ],
        rows=[_shown(row, places[row.path], lang) for row in rows],
    )


def known_kind(kind: str | None) -> str:
    """The kind where it is one, else "": all kinds."""
    return kind if kind and kind in KINDS else ""


def _name(kind: str, lang: str) -> str:
    found = KINDS[kind]
    return found.name_en if lang == "en" else found.name_zh


def _shown(row: Any, place: str, lang: str) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "case_code": row.case_code,
        "area": place,
        "state_name": state_name(row.state, lang),
        "kind": row.kind,
        "kind_name": _name(row.kind, lang),
        "at_ms": row.at and to_epoch_ms(row.at),
        "detail": finding_text(row.kind, row.detail, lang),
    }


def state_name(state: str, lang: str) -> str:
    """A state's name; a word that is none is shown as it stands."""
    return word(f"state.{state}", lang) if state in _STATES else state


def finding_text(kind: str, detail: str, lang: str) -> str:
    """A finding in words."""
    found = KINDS[kind]
    nothing = "—"
    shown = [part or nothing for part in parts(detail)]
    if found.shows == "states":
        shown = [part if part == nothing else state_name(part, lang) for part in shown]
    text = found.text_en if lang == "en" else found.text_zh
    return text.format(a=shown[0], b=shown[1])
