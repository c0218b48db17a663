"""From a case to its measures: the one place that says on which day a case counts as what.

A fact is (measure, city day). Flows are single facts; a stock is an interval, written as an ``_in``
fact at its start and an ``_out`` fact at its end, minus the pauses inside it. Sources of the rules:
docs/kpis.md; void cases are outside every count that does not name them, a case exempted by appeal
申诉 is on time, suspended cases 挂账 are neither open nor overdue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.clocks.city_time import city_days
from dashboard.kpis.fact_rules import FactRules
from dashboard.kpis.light_facts import add_between_cycles, add_lights, add_open
from dashboard.kpis.sheet import NEVER, Sheet
from dashboard.kpis.stage_facts import (
    add_callbacks,
    add_closures,
    add_handling,
    add_intake,
    add_rechecks,
    add_stages,
)
from data_access.frames import NULL_MS, CaseColumns, Ints

FACT_DAY_BITS = 24
_DAY_MASK = (1 << FACT_DAY_BITS) - 1


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Facts before they are cut into days; ``case``, ``measure`` and ``when_ms`` of one length.

    ``case``: row number; ``measure``: number in data_access.measures.INDEX; ``when_ms``: the moment
    that decides the day; ``next_ms``: per case, the next moment at which its facts change by time
    alone, NULL_MS if never.
    """

    case: Ints
    measure: Ints
    when_ms: Ints
    next_ms: Ints


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts of a CaseColumns, ordered by case row.

    ``case``: row number; ``packed``: measure << 24 | city day; ``next_ms``: as in Moments.
    """

    case: Ints
    packed: Ints
    next_ms: Ints


def unpack(packed: Ints) -> tuple[Ints, Ints]:
    """(measure numbers, day numbers)."""
    return packed >> FACT_DAY_BITS, packed & _DAY_MASK


def case_moments(cases: CaseColumns, *, as_of_ms: int, rules: FactRules) -> Moments:
    """The facts of every case as these columns tell them and as effective at ``as_of_ms``.

    What lies after ``as_of_ms`` has not happened. No cases give no facts.
    """
    next_ms = np.full(len(cases), NEVER, dtype=np.int64)
    sheet = Sheet(as_of_ms=as_of_ms, next_ms=next_ms)
    live = cases.is_void == 0
    add_intake(sheet, cases, live)
    add_stages(sheet, cases, live, rules.limits)
    add_handling(sheet, cases, live)
    add_closures(sheet, cases, live, rules.limits)
    add_open(sheet, cases, np.flatnonzero(live))
    add_between_cycles(sheet, cases, live)
    add_lights(sheet, cases, live)
    add_callbacks(sheet, cases, live)
    add_rechecks(sheet, cases, live)
    return Moments(
        case=np.concatenate(sheet.case),
        measure=np.concatenate(sheet.measure),
        when_ms=np.concatenate(sheet.when),
        next_ms=np.where(sheet.next_ms == NEVER, NULL_MS, sheet.next_ms),
    )


def case_facts(cases: CaseColumns, *, as_of_ms: int, rules: FactRules) -> Facts:
    """``case_moments`` cut into the city's days, ready to be stored and summed.

    A moment before 1970, a slip of somebody's pen, counts on 1970-01-01: sums of all time and
    stocks are then still right.
    """
    moments = case_moments(cases, as_of_ms=as_of_ms, rules=rules)
    days = np.maximum(city_days(moments.when_ms, rules.time_zone), 0)
    packed = (moments.measure << FACT_DAY_BITS) | days
    order = np.lexsort((packed, moments.case))
    return Facts(case=moments.case[order], packed=packed[order], next_ms=moments.next_ms)
