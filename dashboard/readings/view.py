"""Views 视图: a question of a screen, resolved against one snapshot of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import period_day
from dashboard.kpis.model import Kpi, Totals
from dashboard.readings.extras import names_of
from dashboard.readings.histories import SPARK_DAYS, DayHistory, read_day_history
from dashboard.readings.judging import Judge, read_judge
from dashboard.readings.part_days import PartDays
from dashboard.readings.scope import Scope
from dashboard.readings.shelf import NoAnswerError
from dashboard.readings.totals import USUAL, Aim, AreaTotals, Beside, read_totals
from dashboard.readings.windows import Window, period_rules, resolve_window
from dashboard.settings import Settings
from dashboard.words import word
from data_access import area_facts
from data_access import rollup_reads as reads
from data_access.rollups import read_state
from data_access.slices import (
    EVERY_CASE,
    Slice,
    UnknownMemberError,
    read_cut_names,
    read_slice,
)
from data_access.surveys import Wave, read_latest_wave, read_wave_sums

_TRAILING = 7  # days before the first point of a sparkline, of which a rate's point is made


class UnknownAreaError(NoAnswerError):
    """There is no area with this code."""


class UnknownSliceError(NoAnswerError):
    """There is no category, source, department or police grid with this code."""


@dataclass(frozen=True, kw_only=True)
class SliceCodes:
    """Codes by which a question is cut; "" or None does not cut; department "-": nobody's; police
    "-": of places without a police grid."""

    category: str | None = None
    source: str | None = None
    department: str | None = None
    police: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What tells this slice's answers from those of another."""
        return tuple(self.given.values())

    @property
    def given(self) -> dict[str, str]:
        """Every dimension with its code, "" for none."""
        return {name: getattr(self, name) or "" for name in DIMENSIONS}


DIMENSIONS: Final = ("category", "source", "department", "police")
NO_CODES = SliceCodes()
_LONGEST_CODE = 60


def slice_codes(query: Mapping[str, Any]) -> SliceCodes:
    """The slice an address or a request names by its DIMENSIONS."""
    return SliceCodes(**{name: str(query.get(name) or "")[:_LONGEST_CODE] for name in DIMENSIONS})


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a board is asked: the first part of every cache key is the scope."""

    scope: Scope
    area_code: str | None  # None: the city
    window_key: str
    lang: str
    codes: SliceCodes = NO_CODES

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells its answers from those of another question."""
        return (self.scope.key, self.area_code, self.window_key, self.lang, *self.codes.key)


@dataclass(frozen=True, kw_only=True)
class View:
    """A question resolved against one snapshot of the store."""

    aim: Aim
    line: list[reads.AreaRow]
    totals: AreaTotals
    state: Any
    years: list[int]
    wave: Wave | None  # the survey wave its survey numbers are of
    judge: Judge

    @property
    def kpis(self) -> Mapping[str, Kpi]:
        """The city's catalogue with the bounds in force at the window's end."""
        return self.judge.kpis

    @property
    def area(self) -> reads.AreaRow:
        return self.aim.area

    @property
    def children(self) -> list[reads.AreaRow]:
        return list(self.aim.children)

    @property
    def window(self) -> Window:
        return self.aim.window

    @property
    def as_of(self) -> datetime:
        return self.aim.as_of

    @property
    def own(self) -> Totals:
        """The totals of the area that was asked for."""
        return self.totals.now[self.area.area_id]


def open_view(
    connection: Connection,
    question: Question,
    *,
    settings: Settings,
    now: datetime,
    kpis: Iterable[Kpi] = (),
    kinds: Iterable[str] = USUAL,
    part_days: PartDays | None = None,
    with_children: bool = True,
) -> View:
    """Resolve area, window, slice and totals.

    ``kpis``: those whose quantiles and counts of field work are wanted as well; ``kinds`` of
    comparison; ``with_children`` False leaves the areas below out. Raises UnknownAreaError,
    UnknownSliceError and OutsideScopeError.
    """
    area = find_area(connection, question.scope, question.area_code)
    children = reads.read_children(connection, area.area_id) if with_children else []
    state = read_state(connection)
    as_of = state.as_of or now
    first_on = first_day(connection, area)
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    wave = read_latest_wave(connection, window.until_on)
    aim = Aim(
        area=area, window=window, as_of=as_of, now=now, children=children,
        chosen=find_slice(connection, question.codes), first_on=first_on,
    )  # fmt: skip
    duty = area_facts.read_duty(connection, area.area_id)
    age = {"data_age_seconds": max(0, int((now - as_of).total_seconds()))}
    beside = Beside(
        duty={one.area_id: duty.get(one.area_id, {}) | age for one in aim.everywhere},
        survey=read_wave_sums(connection, wave.wave_id, area.area_id) if wave else {},
    )
    return View(
        aim=aim,
        line=reads.read_areas(connection, area.line),
        totals=read_totals(
            connection, aim, settings=settings, beside=beside, kinds=kinds,
            names=names_of(kpis), part_days=part_days,
        ),
        state=state,
        years=reads.read_years(connection, area.line[0]),
        wave=wave,
        judge=read_judge(connection, window, settings=settings, as_of=as_of),
    )  # fmt: skip


def read_history(
    connection: Connection, view: View, days: int = 0, *, settings: Settings, today: date
) -> DayHistory:
    """The days up to the window's end, at least as many as sparklines need."""
    return read_day_history(
        connection, view.aim, max(days, SPARK_DAYS + _TRAILING), view.own.stocks,
        settings=settings, today=today,
    )  # fmt: skip


def first_day(connection: Connection, area: reads.AreaRow) -> date | None:
    """The first day the store knows anything of, anywhere in the tree of an area."""
    period = reads.read_first_period(connection, area.line[0])
    return None if period is None else period_day(period)


def window_of(key: str, first_on: date | None, *, settings: Settings, now: datetime) -> Window:
    """The window of a key in this city now; ``first_on``: where "all" begins."""
    local = now.astimezone(settings.city_zone)
    return resolve_window(
        key,
        local.date(),
        rules=period_rules(settings),
        first_on=first_on,
        minute=local.hour * 60 + local.minute,
    )


def find_area(connection: Connection, scope: Scope, code: str | None) -> reads.AreaRow:
    """The area of a code, or the root; checked against the scope."""
    area = reads.read_area(connection, code) if code else reads.read_root(connection)
    if area is None:
        raise UnknownAreaError(code or "")
    scope.check(area)
    return area


def find_slice(connection: Connection, codes: SliceCodes) -> Slice:
    """The slice of these codes; nothing is read where there are none. Raises UnknownSliceError."""
    if codes.key == NO_CODES.key:
        return EVERY_CASE
    try:
        return read_slice(connection, **codes.given)
    except UnknownMemberError as error:
        raise UnknownSliceError(str(error)) from error


def slice_of(connection: Connection, question: Question) -> dict[str, dict[str, str]]:
    """What a question is cut to: dimension → code and name; empty for all cases."""
    lang, codes = question.lang, question.codes
    named = read_cut_names(connection, **codes.given)
    nobody = {"police": word("police.none", lang)}
    usual = word("overdue.no_department", lang)
    return {
        name: {
            "code": code,
            "name": _in_language(lang, named.get(name, (nobody.get(name, usual), None))),
        }
        for name, code in codes.given.items()
        if code
    }


def _in_language(lang: str, names: tuple[str, str | None]) -> str:
    return names[1] if lang == "en" and names[1] else names[0]
