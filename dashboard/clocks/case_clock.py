"""A case's clock 案件时钟, whole and in one place: limit, start, pauses, extensions, lights.

Pure: what a store, an import, a job or a page wants to know about a case's time is asked here.
All instants are epoch milliseconds; spans are ms of the limit's own kind of time. The rules are
those of domain section 2.5; docs/clocks.md tells them with every defined outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks.calendar import Milliseconds, WorkCalendar
from dashboard.clocks.deadline import (
    NATURAL_DAY_MS,
    WORKING_KINDS,
    Span,
    deadlines_ms,
    ends_ms,
    limit_ms,
    limits_ms,
    merged,
    run_ms,
    used_ms,
)
from dashboard.clocks.lights import Light, overdue_light
from dashboard.clocks.limit import Limit, start_ms, starts_ms


@dataclass(frozen=True, kw_only=True)
class ClockRules:
    """What a city sets about clocks, beside the limits themselves.

    ``after_handling``: limits of check 核查 and call-back 回访, which the closing deadline adds to
    the handling deadline; empty: the two are the same, as most cities have it.
    """

    due_soon_ratio: float = 0.8
    extensions_allowed: int = 2
    suspension_limit_ms: int = 365 * NATURAL_DAY_MS
    after_handling: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspension:
    """挂账. Without a planned end, or with one beyond the longest allowed, it resumes at that."""

    started_ms: int
    planned_end_ms: int | None = None
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: asked for, then approved or refused; ``decided_ms`` None: pending."""

    applied_ms: int
    decided_ms: int | None = None
    is_approved: bool = False


class Refusal(StrEnum):
    """Why an extension cannot be granted; the words are ``clock.refused.…``."""

    NO_LIMIT = "no_limit"
    NOT_STARTED = "not_started"
    OVERDUE = "overdue"
    TOO_MANY = "too_many"


@dataclass(frozen=True, kw_only=True)
class CaseTimes:
    """What the clock of a case's present cycle is computed from.

    ``started_ms``: when the cycle's limit began to count, before its start rule (dispatch, or
    rework); None: not yet. ``stopped_ms``: when the clock stopped for good (处置完成, 结案).
    ``extended_before``: extensions granted in earlier cycles, which count against the number.
    """

    limit: Limit | None
    started_ms: int | None
    stopped_ms: int | None = None
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Extension, ...] = ()
    extended_before: int = 0


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """The moments at which a case's lights change; epoch ms."""

    due_soon_ms: int
    handle_ms: int
    close_ms: int


@dataclass(frozen=True, kw_only=True)
class ClockReading:
    """A case's clock at one moment.

    ``deadlines`` are those that come about if nothing more is decided: a suspension that stands is
    taken to end as planned. ``remaining_ms`` is negative once more than the limit is used.
    ``is_provisional``: it runs through a year whose holiday notice is not entered. Without a limit
    or before the start there are no deadlines, no figures and no light.
    """

    limit: Limit | None
    started_ms: int | None = None
    limit_ms: int | None = None
    used_ms: int | None = None
    deadlines: Deadlines | None = None
    light: Light = Light.NONE
    is_overdue: bool = False
    resumes_ms: int | None = None  # None: the clock does not stand
    granted: int = 0
    refused: tuple[tuple[Extension, Refusal], ...] = ()
    is_provisional: bool = False

    @property
    def remaining_ms(self) -> int | None:
        if self.limit_ms is None or self.used_ms is None:
            return None
        return self.limit_ms - self.used_ms


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A limit under way: its start by the rule, its ms, and the stays of its clock."""

    calendar: WorkCalendar
    kind: str
    start_ms: int
    limit_ms: int
    pauses: Sequence[Span]

    def deadline(self, times: int) -> int:
        end = run_ms(self.calendar, self.start_ms, self.kind, self.limit_ms * times, self.pauses)
        if end is None:  # only spans with an end are handed in
            raise ValueError("a pause without an end")
        return end

    def used(self, until_ms: int) -> int:
        """Time used until a moment: pauses taken off on the limit's own clock."""
        until_ms = max(until_ms, self.start_ms)
        used = int(used_ms(self.calendar, self.start_ms, until_ms, self.kind))
        for begin, end in merged(self.pauses, self.start_ms):
            stop = until_ms if end is None else min(end, until_ms)
            if begin < stop:
                used -= int(used_ms(self.calendar, begin, stop, self.kind))
        return used


def resume_ms(suspension: Suspension, rules: ClockRules) -> int:
    """When a suspension ends by itself 到期自动恢复: as planned, or after the longest allowed."""
    longest = suspension.started_ms + rules.suspension_limit_ms
    planned = suspension.planned_end_ms
    return longest if planned is None else min(max(planned, suspension.started_ms), longest)


def stays(moves: Iterable[tuple[int, str]], state: str) -> tuple[Span, ...]:
    """The times a case spent in a state, from its moves (moment, state entered) in order.

    核实 ``verifying`` pauses the clock of acceptance so: measure the acceptance limit with
    ``run_ms(…, pauses=stays(moves, "verifying"))``. The last stay may have no end.
    """
    found: list[Span] = []
    began: int | None = None
    for moment, entered in moves:
        if began is not None and entered != state:
            found.append((began, moment))
            began = None
        elif began is None and entered == state:
            began = moment
    return (*found, (began, None)) if began is not None else tuple(found)


def read_clock(
    calendar: WorkCalendar, case: CaseTimes, at_ms: int, rules: ClockRules
) -> ClockReading:
    """The clock as it stood at ``at_ms``: what was suspended or decided later is not known yet."""
    if case.limit is None or case.started_ms is None or at_ms < case.started_ms:
        return ClockReading(limit=case.limit)
    known = [one for one in case.suspensions if one.started_ms <= at_ms]
    run = _run_of(calendar, case.limit, case.started_ms, [_span(s, at_ms, rules) for s in known])
    granted, refused = _granted(run, case, at_ms, rules)
    found = _deadlines(run, granted, rules)
    moment = at_ms if case.stopped_ms is None else min(at_ms, case.stopped_ms)
    limit, used = run.limit_ms * (1 + granted), run.used(moment)
    standing = [end for begin, end in run.pauses if end is not None and begin <= moment < end]
    last = max(moment, found.close_ms)
    return ClockReading(
        limit=case.limit,
        started_ms=run.start_ms,
        limit_ms=limit,
        used_ms=used,
        deadlines=found,
        light=_light(run, found, moment, used, limit),
        is_overdue=moment > found.handle_ms,
        resumes_ms=max(standing) if standing else None,
        granted=granted,
        refused=refused,
        is_provisional=_is_provisional(calendar, case.limit, case.started_ms, last),
    )


def settled_deadlines(
    calendar: WorkCalendar, case: CaseTimes, rules: ClockRules
) -> Deadlines | None:
    """The deadlines a store keeps: pauses that ended are in, one that stands is not yet.

    It is added when it ends, as it may end earlier than planned. None without limit or start.
    """
    if case.limit is None or case.started_ms is None:
        return None
    over = [(one.started_ms, one.ended_ms) for one in case.suspensions if one.ended_ms is not None]
    run = _run_of(calendar, case.limit, case.started_ms, over)
    granted, _ = _granted(run, case, None, rules)
    return _deadlines(run, granted, rules)


def settled_many(
    calendar: WorkCalendar,
    limit: Limit,
    started_ms: Milliseconds,
    amounts: NDArray[np.float64],
    rules: ClockRules,
) -> tuple[Milliseconds, Milliseconds, Milliseconds]:
    """(due soon, handling deadline, closing deadline) of many cases without pauses, at once.

    ``limit`` gives kind and start rule, ``amounts`` each case's own amount; otherwise the same as
    ``settled_deadlines`` of each. No cases give empty arrays.
    """
    starts = starts_ms(calendar, started_ms, limit.start_rule)
    lengths = limits_ms(calendar, limit.kind, amounts)
    handle = ends_ms(calendar, starts, limit.kind, lengths)
    soon = np.rint(lengths * rules.due_soon_ratio).astype(np.int64)
    close = handle
    for part in rules.after_handling:
        begins = starts_ms(calendar, close, part.start_rule)
        close = deadlines_ms(calendar, begins, part.kind, part.amount)
    return ends_ms(calendar, starts, limit.kind, soon), handle, close


def resumed_deadline(
    calendar: WorkCalendar, kind: str | None, deadline_ms: int, pause: tuple[int, int]
) -> int:
    """A stored deadline after a pause [begin, end) that it does not contain yet.

    Longer by what the pause took from the limit's own clock, which is the same as counting the
    whole limit anew. ``kind`` None, for a deadline the source brought: natural time. Unchanged by a
    pause that begins after the deadline.
    """
    begin, end = pause
    if begin > deadline_ms or end <= begin:
        return deadline_ms
    kind = kind or "natural_day"
    taken = int(used_ms(calendar, begin, end, kind))
    moved = run_ms(calendar, deadline_ms, kind, taken)
    return deadline_ms if moved is None else moved


def extension_refusal(
    calendar: WorkCalendar, case: CaseTimes, applied_ms: int, rules: ClockRules
) -> Refusal | None:
    """Whether an extension asked for at ``applied_ms`` could be granted: None, or why not.

    It must be asked for before the case is overdue, and at most ``extensions_allowed`` are granted;
    refused ones do not count (domain rule 2.5).
    """
    if case.limit is None:
        return Refusal.NO_LIMIT
    if case.started_ms is None or applied_ms < case.started_ms:
        return Refusal.NOT_STARTED
    known = [one for one in case.suspensions if one.started_ms <= applied_ms]
    spans = [_span(one, applied_ms, rules) for one in known]
    run = _run_of(calendar, case.limit, case.started_ms, spans)
    granted, _ = _granted(run, case, applied_ms, rules)
    return _refusal(run, granted, case.extended_before, applied_ms, rules)


def _run_of(calendar: WorkCalendar, limit: Limit, started_ms: int, pauses: Sequence[Span]) -> _Run:
    return _Run(
        calendar=calendar,
        kind=limit.kind,
        start_ms=start_ms(calendar, started_ms, limit.start_rule),
        limit_ms=limit_ms(calendar, limit.kind, limit.amount),
        pauses=pauses,
    )


def _span(suspension: Suspension, at_ms: int, rules: ClockRules) -> Span:
    """A suspension as known at a moment: an end that was recorded, else the planned one."""
    if suspension.ended_ms is not None and suspension.ended_ms <= at_ms:
        return suspension.started_ms, suspension.ended_ms
    return suspension.started_ms, resume_ms(suspension, rules)


def _granted(
    run: _Run, case: CaseTimes, at_ms: int | None, rules: ClockRules
) -> tuple[int, tuple[tuple[Extension, Refusal], ...]]:
    """How many approved extensions hold, and those that do not although somebody approved them.

    Extensions of an earlier cycle belong to that cycle's limit and are passed over.
    """
    granted = 0
    refused: list[tuple[Extension, Refusal]] = []
    started = case.started_ms if case.started_ms is not None else run.start_ms
    for one in sorted(case.extensions, key=lambda one: one.applied_ms):
        decided = one.decided_ms is not None and (at_ms is None or one.decided_ms <= at_ms)
        if not one.is_approved or not decided or one.applied_ms < started:
            continue
        reason = _refusal(run, granted, case.extended_before, one.applied_ms, rules)
        if reason is None:
            granted += 1
        else:
            refused.append((one, reason))
    return granted, tuple(refused)


def _refusal(
    run: _Run, granted: int, before: int, applied_ms: int, rules: ClockRules
) -> Refusal | None:
    if granted + before >= rules.extensions_allowed:
        return Refusal.TOO_MANY
    return Refusal.OVERDUE if applied_ms > run.deadline(1 + granted) else None


def _deadlines(run: _Run, granted: int, rules: ClockRules) -> Deadlines:
    handle = run.deadline(1 + granted)
    soon = round(run.limit_ms * (1 + granted) * rules.due_soon_ratio)
    due_soon = run_ms(run.calendar, run.start_ms, run.kind, soon, run.pauses)
    return Deadlines(
        due_soon_ms=handle if due_soon is None else due_soon,
        handle_ms=handle,
        close_ms=closing_ms(run.calendar, handle, rules),
    )


def closing_ms(calendar: WorkCalendar, handle_ms: int, rules: ClockRules) -> int:
    """结案时限 for a 处置时限: the limits of check and call-back one after the other."""
    for limit in rules.after_handling:
        start = start_ms(calendar, handle_ms, limit.start_rule)
        length = limit_ms(calendar, limit.kind, limit.amount)
        handle_ms = run_ms(calendar, start, limit.kind, length) or handle_ms
    return handle_ms


def _light(run: _Run, found: Deadlines, moment: int, used: int, limit: int) -> Light:
    """By the moments, not by the share: past the deadline is red although since then no working
    time has passed, as the rates count it."""
    if moment <= found.due_soon_ms:
        return Light.GREEN
    if moment <= found.handle_ms:
        return Light.YELLOW
    worked = _Run(
        calendar=run.calendar,
        kind="work_day",
        start_ms=found.handle_ms,
        limit_ms=0,
        pauses=run.pauses,
    ).used(moment)
    return overdue_light(used, limit, days_over=worked / run.calendar.day_ms)


_NEEDS_CALENDAR: Final = WORKING_KINDS | {"next_work_day"}


def _is_provisional(calendar: WorkCalendar, limit: Limit, first_ms: int, last_ms: int) -> bool:
    if not {limit.kind, limit.start_rule} & _NEEDS_CALENDAR:
        return False
    first, last = (
        datetime.fromtimestamp(moment / 1000, UTC).astimezone(calendar.zone).year
        for moment in (first_ms, last_ms)
    )
    return not all(calendar.covers(year) for year in range(first, last + 1))
