"""The page 研判预警: one of its tabs for an area, a window and a slice, as one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.readings.about import about, reference
from dashboard.readings.case_search import shown_rows
from dashboard.readings.research_found import found_ids, found_name
from dashboard.readings.research_ground import Ground, ground_of
from dashboard.readings.research_repeats import known_order, known_size, repeat_part
from dashboard.readings.research_signals import (
    first_found,
    funnel_part,
    known_band,
    known_signal,
    signal_part,
)
from dashboard.readings.research_spikes import rework_part, spike_part
from dashboard.readings.view import (
    NO_CODES,
    Question,
    SliceCodes,
    find_area,
    find_slice,
    first_day,
    slice_codes,
    slice_of,
    window_of,
)
from dashboard.settings import Settings
from data_access import case_search as search
from data_access import rollup_reads as reads
from data_access.counted_rows import Span
from data_access.research_reads import Field, rows_of
from data_access.rollups import read_state
from data_access.types import to_epoch_ms

TABS: Final = ("spikes", "repeats", "rework", "signals", "funnel")
CASES_SHOWN: Final = 20
_HELD, _HELD_LONG = 5, 60


@dataclass(frozen=True, kw_only=True)
class ResearchAsked:
    """What the address chooses; see ``docs/research.md``."""

    tab: str = TABS[0]
    codes: SliceCodes = NO_CODES
    signal: str = ""
    band: int | None = None
    size: int = 2
    order: str = "count"
    offset: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells its documents from those of another choice."""
        return (self.tab, *self.codes.key, self.signal, self.band, self.size, self.order,
                self.offset)  # fmt: skip

    def query(self) -> dict[str, str]:
        """The variables of the address beside area, window and language."""
        size = "" if self.size == 2 else str(self.size)
        said = {
            "tab": "" if self.tab == TABS[0] else self.tab,
            **self.codes.given,
            "signal": self.signal if self.tab == "signals" else "",
            "band": str(self.band) if self.tab == "signals" and self.band is not None else "",
            "size": size if self.tab == "repeats" else "",
            "order": self.order if self.tab == "repeats" and self.order != "count" else "",
            "offset": str(self.offset) if self.tab == "repeats" and self.offset else "",
        }
        return {name: value for name, value in said.items() if value}


def research_asked(query: Mapping[str, Any], *, offset: int = 0) -> ResearchAsked:
    """The choice of an address that is not trusted."""
    tab = query.get("tab")
    band = known_band(query.get("band"))
    return ResearchAsked(
        tab=str(tab) if tab in TABS else TABS[0],
        codes=slice_codes(query),
        signal="" if band is not None else known_signal(query.get("signal")),
        band=band,
        size=known_size(query.get("size")),
        order=known_order(query.get("order")),
        offset=offset,
    )


def held_seconds(tab: str, window_key: str) -> int:
    """How long a document holds whatever the version; 0: made anew with every version.

    Signals and funnel look at every case of the stretch, and months of them are many.
    """
    if tab not in ("signals", "funnel"):
        return 0
    is_long = len(window_key) == 4 or window_key in ("d365", "d1095", "all")
    return _HELD_LONG if is_long else _HELD


def build_research_page(
    connection: Connection,
    question: Question,
    *,
    asked: ResearchAsked,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """The document of one tab. Raises UnknownAreaError, UnknownSliceError, OutsideScopeError."""
    lang = question.lang
    area = find_area(connection, question.scope, question.area_code)
    state = read_state(connection)
    as_of = state.as_of or now
    first_on = first_day(connection, area)
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    field = Field(area=area, chosen=find_slice(connection, asked.codes))
    ground = ground_of(connection, field, window, as_of=as_of, first_on=first_on, settings=settings)
    chosen = asked
    if asked.tab == "signals" and asked.band is None and not asked.signal:
        chosen = replace(asked, signal=first_found(ground))
    cut = Question(
        scope=question.scope, area_code=question.area_code, window_key=question.window_key,
        lang=lang, codes=asked.codes,
    )  # fmt: skip
    return {
        **about(
            connection, line=reads.read_areas(connection, area.line), window=window,
            years=reads.read_years(connection, area.line[0]), state=state, as_of=as_of,
            settings=settings, now=now, build=build, lang=lang,
        ),
        "below": [reference(row, lang) for row in reads.read_children(connection, area.area_id)],
        "tab": asked.tab,
        "query": asked.query(),
        "cut": slice_of(connection, cut),
        "from_ms": to_epoch_ms(ground.start),
        "to_ms": to_epoch_ms(ground.end),
        "is_cut": ground.is_cut,
        "part": _part(ground, chosen, lang),
        "cases": _cases(ground, chosen, as_of, lang),
    }  # fmt: skip


def _part(ground: Ground, asked: ResearchAsked, lang: str) -> dict[str, Any]:
    if asked.tab == "spikes":
        return spike_part(ground, lang)
    if asked.tab == "repeats":
        return repeat_part(ground, lang, size=asked.size, order=asked.order, offset=asked.offset)
    if asked.tab == "rework":
        return rework_part(ground, lang)
    if asked.tab == "signals":
        return signal_part(ground, lang, signal=asked.signal, band=asked.band)
    return funnel_part(ground, lang)


def _cases(ground: Ground, asked: ResearchAsked, as_of: datetime, lang: str) -> dict[str, Any]:
    """The first cases of the chosen signal or band; ``key`` "": none is chosen."""
    key = asked.signal if asked.band is None else f"band.{asked.band}"
    if asked.tab != "signals" or not key:
        return {"key": "", "name": "", "total": 0, "rows": []}
    ids = found_ids(ground, key)
    wanted = search.CaseFilter(
        area=ground.field.area,
        span=Span(start=ground.start, end=ground.end, as_of=as_of),
        chosen=ground.field.chosen,
        counted=(rows_of(ground.connection, ids),),
    )
    order = search.Order(name="counted")
    rows = search.read_case_list(ground.connection, wanted, order, offset=0, limit=CASES_SHOWN)
    shown = shown_rows(
        ground.connection, rows, ground.field.area, settings=ground.settings, as_of=as_of,
        lang=lang,
    )  # fmt: skip
    return {"key": key, "name": found_name(key, lang), "total": len(ids), "rows": shown}
