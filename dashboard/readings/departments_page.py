"""The departments page 部门页: league, rework, sign-for queue, whistle calls, items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Totals
from dashboard.readings import unit_queues as queues
from dashboard.readings.board_parts import name_of, state_of
from dashboard.readings.changes import period_text
from dashboard.readings.comparisons import Compared
from dashboard.readings.item_matrix import item_matrix
from dashboard.readings.judging import Judge, read_judge
from dashboard.readings.page_head import read_head
from dashboard.readings.part_days import PartDays
from dashboard.readings.totals import Aim
from dashboard.readings.unit_league import MAIN, NO_CASES, REST, known_sort, league_rows
from dashboard.readings.unit_totals import (
    EVERYBODY,
    NOBODY,
    read_unit_totals,
    together,
    with_closing_times,
)
from dashboard.readings.view import Question, find_area, first_day, window_of
from dashboard.settings import Settings
from dashboard.words import word
from data_access import member_sums as store
from data_access.rollups import read_state
from data_access.slices import NO_DEPARTMENT
from data_access.unit_queues import read_queue_counts

TABS: Final = ("league", "rework", "unsigned", "whistle", "items")
_REWORK_ON_TOP: Final = 5
_WHISTLE: Final = "whistle.arrival_rate"


@dataclass(frozen=True, kw_only=True)
class UnitsAsked:
    """What the page is asked beside area and period: ``unit`` a department's code, "-" nobody's;
    ``late``: only whistle calls that were late; ``whole``: all columns; ``item``: a category."""

    tab: str = "league"
    sort: str = "rank"
    whole: bool = False
    unit: str = ""
    late: bool = False
    item: str = ""
    offset: int = 0


def units_asked(query: Mapping[str, Any], offset: int) -> UnitsAsked:
    """The question of an address that is not trusted: what is unknown is left out."""

    def code(name: str) -> str:
        return str(query.get(name) or "")[:60]

    tab, sort = code("tab"), known_sort(query.get("order"))
    whole = query.get("cols") == "all" or sort.removeprefix("-") in REST
    return UnitsAsked(
        tab=tab if tab in TABS else TABS[0],
        sort=sort,
        whole=whole,
        unit=code("unit"),
        late=query.get("late") == "1",
        item=code("item"),
        offset=offset,
    )


@dataclass(frozen=True, kw_only=True)
class Units:
    """An area's departments in one snapshot: what both pages about departments start from."""

    connection: Connection
    aim: Aim
    judge: Judge
    rows: Sequence[Any]
    settings: Settings
    lang: str

    def unit_id(self, code: str) -> int | None:
        """The department of a code, NOBODY for "-"; None for none or an unknown one."""
        if code == NO_DEPARTMENT:
            return NOBODY
        return next((row.department_id for row in self.rows if row.code == code), None)


def open_units(
    connection: Connection, question: Question, *, settings: Settings, now: datetime
) -> Units:
    """Resolve area and window. Raises UnknownAreaError and OutsideScopeError."""
    area = find_area(connection, question.scope, question.area_code)
    state = read_state(connection)
    first_on, as_of = first_day(connection, area), state.as_of or now
    window = window_of(question.window_key, first_on, settings=settings, now=now)
    return Units(
        connection=connection,
        aim=Aim(area=area, window=window, as_of=as_of, now=now, first_on=first_on),
        judge=read_judge(connection, window, settings=settings, as_of=as_of),
        rows=store.read_departments(connection),
        settings=settings,
        lang=question.lang,
    )


def build_departments_page(
    connection: Connection, question: Question, *, asked: UnitsAsked, settings: Settings,
    now: datetime, build: str, part_days: PartDays | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The whole document of an area and window, in the caller's snapshot; only the tab asked for is
    read in full."""
    units = open_units(connection, question, settings=settings, now=now)
    head = read_head(connection, question, settings=settings, now=now, build=build)
    waiting = read_queue_counts(
        connection, units.aim.area, queues.sign_moments(units.aim, settings)
    )
    calls = _calls(units)
    chosen = units.unit_id(asked.unit)
    shown = {
        **head,
        "tab": asked.tab,
        "unit": _chosen(units, asked.unit),
        "counts": _counts(units, waiting, calls),
    }
    if asked.tab == "league":
        league = _league(units, asked, part_days)
        rework = queues.rework_rows(
            connection, units.aim, units.lang, unit=None, offset=0, limit=_REWORK_ON_TOP
        )
        return shown | {"league": league, "rework": rework}
    if asked.tab == "items":
        matrix = item_matrix(
            connection, units.aim, units.rows, settings, units.lang, item=asked.item
        )
        return shown | {"matrix": matrix}
    return shown | _queue(units, asked, chosen, waiting, calls)


def _chosen(units: Units, code: str) -> dict[str, str] | None:
    """The department the lists are cut to."""
    if code == NO_DEPARTMENT:
        return {"code": code, "name": word("overdue.no_department", units.lang)}
    found = next((row for row in units.rows if row.code == code), None)
    return None if found is None else {"code": code, "name": name_of(found, units.lang)}


def _calls(units: Units) -> dict[int, dict[str, int]]:
    start, end = units.aim.window.bounds(units.settings.city_time_zone)
    return store.read_whistles_by_department(
        units.connection, units.aim.area, start, end, units.aim.as_of
    )


def _counts(
    units: Units, waiting: Mapping[int, Any], calls: Mapping[int, Mapping[str, int]]
) -> dict[str, int]:
    """What stands on the tabs."""
    return {
        "league": len(units.rows),
        "rework": sum(one["rework"] for one in waiting.values()),
        "unsigned": sum(one["unsigned"] for one in waiting.values()),
        "past": sum(one["past"] for one in waiting.values()),
        "near": sum(one["near"] for one in waiting.values()),
        "whistle": sum(one["called"] + one["waiting"] for one in calls.values()),
        "late": sum(one["late"] for one in calls.values()),
    }


def _league(units: Units, asked: UnitsAsked, part_days: PartDays | None) -> dict[str, Any]:
    totals = read_unit_totals(
        units.connection, units.aim, settings=units.settings, part_days=part_days
    )
    now = {**totals.now, EVERYBODY: together(totals.now)}
    if asked.whole:
        now = with_closing_times(units.connection, units.aim, now, settings=units.settings)
    columns = (*MAIN, *REST) if asked.whole else MAIN
    table = league_rows(
        units.rows, replace(totals, now=now), units.judge, sort=asked.sort, columns=columns,
        lang=units.lang,
    )  # fmt: skip
    return _without_exact(table) | {
        "whole": asked.whole,
        "minimum": units.settings.minimum_denominator,
        "versus": versus(totals.compared, units.lang),
    }


def _without_exact(table: dict[str, Any]) -> dict[str, Any]:
    """Exact numbers are for sorting only, and no JSON."""
    rows = [row for group in table["groups"] for row in group["rows"]]
    for cells in [table["total"], *(row["cells"] for row in rows)]:
        for cell in cells:
            cell.pop("exact", None)
    if table["nobody"]:
        for cell in table["nobody"]["cells"]:
            cell.pop("exact", None)
    return table


def versus(compared: Compared | None, lang: str) -> str:
    """Against when places moved; "" where there is nothing to compare with."""
    if compared is None or compared.refusal is not None:
        return ""
    return period_text(compared, lang)


def _queue(
    units: Units, asked: UnitsAsked, chosen: int | None, waiting: Mapping[int, Any],
    calls: Mapping[int, Mapping[str, int]],
) -> dict[str, Any]:  # fmt: skip
    """One of the three lists with its sums by department."""
    connection, aim, lang = units.connection, units.aim, units.lang
    if asked.tab == "whistle":
        total, rows = queues.whistle_rows(
            connection, aim, units.settings, lang,
            unit=chosen, only_late=asked.late, offset=asked.offset,
        )  # fmt: skip
        return _whistle_part(units, calls) | {
            "rows": rows, "total": total, "offset": asked.offset, "late": asked.late,
        }  # fmt: skip
    if asked.tab == "rework":
        rows = queues.rework_rows(connection, aim, lang, unit=chosen, offset=asked.offset)
    else:
        rows = queues.unsigned_rows(
            connection, aim, units.settings, lang, unit=chosen, offset=asked.offset
        )
    own = waiting.values() if chosen is None else [waiting.get(chosen, {asked.tab: 0})]
    return {
        "rows": rows,
        "total": sum(one[asked.tab] for one in own),
        "offset": asked.offset,
        "by_unit": _by_unit(units, waiting, asked.tab),
        "limits": [units.settings.sign_limit_minutes, units.settings.sign_limit_urgent_minutes],
    }


def _by_unit(units: Units, waiting: Mapping[int, Any], tab: str) -> list[dict[str, Any]]:
    """Departments with most waiting first: ``count``, and of the sign-for queue how many are near
    and past the limit and the longest wait in minutes."""
    found = []
    for row in [*units.rows, None]:
        unit = NOBODY if row is None else row.department_id
        own = waiting.get(unit)
        if own is None or not own[tab]:
            continue
        oldest = own["oldest"]
        minutes = None if oldest is None else (units.aim.as_of - oldest).total_seconds() // 60
        found.append(
            {
                "code": NO_DEPARTMENT if row is None else row.code,
                "name": word("overdue.no_department", units.lang)
                if row is None
                else name_of(row, units.lang),
                "count": own[tab],
                "near": own["near"],
                "past": own["past"],
                "longest": minutes,
            }
        )
    return sorted(found, key=lambda one: (-one["count"], one["code"]))


def _whistle_part(units: Units, calls: Mapping[int, Mapping[str, int]]) -> dict[str, Any]:
    """K27 and 平均报到时长 of all, and 点名: the departments late at least once in the window."""
    everything = queues.added_calls(list(calls.values()))
    kpi = units.judge.kpis[_WHISTLE]
    reading = evaluate(kpi, _called(everything))
    named = []
    for row in units.rows:
        own = calls.get(row.department_id)
        if own is None or not own["late"]:
            continue
        named.append(
            {
                "code": row.code,
                "name": name_of(row, units.lang),
                "late": own["late"],
                "called": own["called"],
                "rate": value_text(evaluate(kpi, _called(own))),
                "average": queues.average_minutes(own),
            }
        )
    named.sort(key=lambda one: (-one["late"], one["called"], one["code"]))
    return {
        "rate": {
            "name": kpi.name_en if units.lang == "en" else kpi.name_zh,
            "text": value_text(reading),
            "state": state_of(reading),
            "level": units.judge.level(reading, units.aim.area.level).value,
        },
        "calls": everything,
        "average": queues.average_minutes(everything),
        "named": named,
    }


def _called(calls: Mapping[str, int]) -> Totals:
    field = {"whistle_called": calls["called"], "whistle_arrived": calls["in_time"]}
    return replace(NO_CASES, field=field)
