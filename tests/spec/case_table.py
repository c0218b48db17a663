"""Small tables of cases, written as text, and what the catalogue makes of them.

Times are city time (Asia/Shanghai) of 2026 as ``11-02 09:00``; a blank cell has not happened.

| column | meaning |
|---|---|
| ``accepted`` ``closed`` … | instants; ``reported`` and ``filed`` are ``accepted`` where left out |
| ``due``, ``handle by``, ``yellow`` | deadline of closing, of handling; the yellow light |
| ``suspended`` | ``11-03 09:00 – 11-05 09:00 planned 11-04 09:00``; without an end it goes on |
| ``before`` | earlier cycles: ``due 11-03 09:00 closed 11-03 08:00 back 11-04 09:00`` |
| ``sent`` | ``11-02 09:10 dispatched 1``, ``… returned_unit 1``, ``… – 11-05 09:20 checking`` |
| ``calls`` | valid call-backs: ``11-06 10:00 satisfied solved contacted`` |
| ``rechecked`` | ``11-20 09:00 true`` or ``… false`` |
| ``source`` | a source kind; ``public`` where left out |
| ``is`` | ``exempt void merged repeat urgent``, any of them |

Several things in one cell are parted by ``;``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.clocks.city_time import city_days
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.facts import case_facts, unpack
from dashboard.kpis.formatting import value_text
from dashboard.kpis.model import Reading, Totals
from dashboard.kpis.variants import kpi_of
from dashboard.settings import Settings
from data_access.frames import (
    ANSWERS,
    NULL_MS,
    SOURCE_KINDS,
    STATES,
    CallBacks,
    CaseColumns,
    EarlierCycles,
    Moves,
    Pauses,
    Rechecks,
)
from data_access.measures import FLOWS, INDEX, MEASURES, STOCKS

Row = Mapping[str, str]
_CITY = ZoneInfo("Asia/Shanghai")
_TIME = re.compile(r"\d\d-\d\d \d\d:\d\d")
_PROACTIVE = ("worker", "video", "sensor")


def instant(text: str) -> int:
    """Epoch milliseconds of ``11-02 09:00``; NULL_MS for a blank."""
    if not text:
        return NULL_MS
    local = datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=_CITY)
    return int(local.timestamp() * 1000)


def cases(table: str) -> CaseColumns:
    """The cases of a table; its first line names the columns."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    names = [name.strip() for name in lines[0].split("|")]
    rows = [
        dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True))
        for line in lines[1:]
    ]
    return _columns(rows)


def _columns(rows: Sequence[Row]) -> CaseColumns:
    count = len(rows)
    earlier, moves = _earlier(rows), _moves(rows)
    accepted = _instants(rows, "accepted")
    last_sent = np.full(count, NULL_MS, dtype=np.int64)
    sent = moves.state == STATES.index("dispatched")
    np.maximum.at(last_sent, moves.case[sent], moves.at_ms[sent])
    return columns_of(
        count,
        is_void=_flags(rows, "void") | _flags(rows, "merged"),
        is_exempt=_flags(rows, "exempt"), is_urgent=_flags(rows, "urgent"),
        is_merged=_flags(rows, "merged"), is_repeat=_flags(rows, "repeat"),
        source_kind=_ints(SOURCE_KINDS.index(_source(row)) for row in rows),
        is_proactive=_ints(_source(row) in _PROACTIVE for row in rows),
        cycle_no=1 + np.bincount(earlier.case, minlength=count),
        reported_ms=_instants(rows, "reported", accepted), accepted_ms=accepted,
        filed_ms=_instants(rows, "filed", accepted), dispatched_ms=last_sent,
        signed_ms=_instants(rows, "signed"), handled_ms=_instants(rows, "handled"),
        closed_ms=_instants(rows, "closed"), due_soon_ms=_instants(rows, "yellow"),
        handle_deadline_ms=_instants(rows, "handle by"), deadline_ms=_instants(rows, "due"),
        repeated_ms=_instants(rows, "repeated"), extended_ms=_instants(rows, "extended"),
        pauses=_pauses(rows), earlier=earlier, callbacks=_calls(rows), moves=moves,
        rechecks=_rechecks(rows),
    )  # fmt: skip


def columns_of(count: int, **given: Any) -> CaseColumns:
    """``count`` live cases in their first cycle to which nothing has happened but what is given."""
    values: dict[str, Any] = {}
    for item in fields(CaseColumns):
        if item.name.endswith("_ms"):
            values[item.name] = np.full(count, NULL_MS, dtype=np.int64)
        elif item.name.endswith("_id"):
            values[item.name] = np.arange(1, count + 1, dtype=np.int64)
        else:
            values[item.name] = np.zeros(count, dtype=np.int64)
    values |= {
        "cycle_no": np.ones(count, dtype=np.int64), "pauses": _pauses([]),
        "earlier": _earlier([]), "callbacks": _calls([]), "moves": _moves([]),
        "rechecks": _rechecks([]),
    }  # fmt: skip
    return CaseColumns(**(values | given))


def _source(row: Row) -> str:
    return row.get("source") or "public"


def _ints(values: Any) -> Any:
    return np.array([int(value) for value in values], dtype=np.int64)


def _flags(rows: Sequence[Row], flag: str) -> Any:
    return _ints(flag in row.get("is", "").split() for row in rows)


def _instants(rows: Sequence[Row], column: str, default: Any = None) -> Any:
    if default is not None and column not in rows[0]:
        return default
    return _ints(instant(row.get(column, "")) for row in rows)


def _things(rows: Sequence[Row], column: str) -> list[tuple[int, str]]:
    """(row number, text) of everything in a column."""
    return [
        (number, thing.strip())
        for number, row in enumerate(rows)
        for thing in row.get(column, "").split(";")
        if thing.strip()
    ]


def _table(found: list[tuple[Any, ...]], width: int) -> list[Any]:
    """Columns of int64 out of rows, also where there are none."""
    return list(np.array(found, dtype=np.int64).reshape(len(found), width).T)


def _named(text: str, name: str) -> int:
    """The instant after a word; NULL_MS where the word is not there."""
    hit = re.search(rf"\b{name} ({_TIME.pattern})", text)
    return instant(hit.group(1)) if hit else NULL_MS


def _times(text: str) -> list[int]:
    """The instants in a text that no word stands before."""
    return [instant(time) for time in _TIME.findall(re.sub(rf"\w+ {_TIME.pattern}$", "", text))]


def _pauses(rows: Sequence[Row]) -> Pauses:
    found: list[tuple[Any, ...]] = []
    for number, text in _things(rows, "suspended"):
        span = _times(text.split("planned")[0])
        found.append((number, span[0], (*span, NULL_MS)[1], _named(text, "planned")))
    case, started, ended, planned = _table(found, 4)
    return Pauses(case=case, started_ms=started, ended_ms=ended, planned_end_ms=planned)


def _earlier(rows: Sequence[Row]) -> EarlierCycles:
    names = ("started", "yellow", "handle by", "due", "handled", "closed", "back")
    found: list[tuple[Any, ...]] = [
        (number, *(_named(text, name) for name in names))
        for number, text in _things(rows, "before")
    ]
    case, started, yellow, handle_by, due, handled, closed, back = _table(found, 8)
    return EarlierCycles(
        case=case, started_ms=started, due_soon_ms=yellow, handle_deadline_ms=handle_by,
        deadline_ms=due, handled_ms=handled, closed_ms=closed, reopened_ms=back,
    )  # fmt: skip


def _moves(rows: Sequence[Row]) -> Moves:
    found: list[tuple[Any, ...]] = []
    for number, text in _things(rows, "sent"):
        span = [instant(time) for time in _TIME.findall(text)]
        words = re.sub(rf"{_TIME.pattern}|–", "", text).split()
        department = int(words[1]) if len(words) > 1 else 0
        found.append((number, span[0], (*span, NULL_MS)[1], STATES.index(words[0]), department))
    case, at, following, state, department_id = _table(found, 5)
    return Moves(case=case, at_ms=at, next_ms=following, state=state, department_id=department_id)


def _calls(rows: Sequence[Row]) -> CallBacks:
    found: list[tuple[Any, ...]] = []
    for number, text in _things(rows, "calls"):
        words = text[len("11-06 10:00") :].split()
        answers = [ANSWERS.index(word) for word in words if word in ANSWERS]
        found.append(
            (
                number,
                instant(text[:11]),
                "contacted" in words,
                "solved" in words,
                *(answers or [-1]),
            )
        )
    case, visited, contacted, solved, answer = _table(found, 5)
    return CallBacks(
        case=case, visited_ms=visited, is_contacted=contacted, is_solved=solved, answer=answer
    )


def _rechecks(rows: Sequence[Row]) -> Rechecks:
    found: list[tuple[Any, ...]] = [
        (number, instant(text[:11]), text.endswith("true"))
        for number, text in _things(rows, "rechecked")
    ]
    case, checked, is_true = _table(found, 3)
    return Rechecks(case=case, checked_ms=checked, is_true=is_true)


def totals(
    columns: CaseColumns, start: str = "11-01", end: str = "12-01", **changed: Any
) -> Totals:
    """Totals of the days [start, end), as they stand at its last moment."""
    settings = Settings(**changed)
    first_ms, end_ms = instant(f"{start} 00:00"), instant(f"{end} 00:00")
    facts = case_facts(columns, as_of_ms=end_ms - 1, rules=fact_rules(settings))
    measures, days = unpack(facts.packed)
    first_day = city_days(np.array([first_ms]), settings.city_time_zone)[0]
    sums = np.bincount(measures[days >= first_day], minlength=len(MEASURES))
    ever = np.bincount(measures, minlength=len(MEASURES))
    return Totals(
        flows={name: int(sums[INDEX[name]]) for name in FLOWS},
        stocks={name: int(ever[INDEX[f"{name}_in"]] - ever[INDEX[f"{name}_out"]])
                for name in STOCKS},
    )  # fmt: skip


def november(table: str, **changed: Any) -> Callable[[str], str]:
    """KPI key → what is printed for November 2026, as known at its end."""
    return in_period(table, "11-01", "12-01", **changed)


def in_period(table: str, start: str, end: str, **changed: Any) -> Callable[[str], str]:
    """KPI key → what is printed for the days [start, end), as known at the end."""
    found = totals(cases(table), start, end, **changed)
    return lambda key: value_text(read(key, found, **changed))


def read(key: str, found: Totals, **changed: Any) -> Reading:
    """The KPI as a city with these settings counts it, for these totals."""
    return evaluate(kpi_of(key, Settings(**changed)), found)
