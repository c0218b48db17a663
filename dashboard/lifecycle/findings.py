"""Findings 数据质量问题: what is wrong with cases' logs, for many cases at once.

Nothing here depends on the present moment: the same rows always give the same findings. Rules:
domain rule 3 (transitions, conditional ones included) and 2.5 (extensions, suspensions).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.lifecycle.finding_kinds import KINDS
from dashboard.lifecycle.states import ENTRY_COLUMNS, TRANSITIONS, VOID_STATES, State, broken_rules
from data_access.frames import NULL_MS, Ints
from data_access.log_frames import CLOSE_KINDS, NOWHERE, CaseLogs, LoggedAnswers

Mask = NDArray[np.bool_]

STATES: Final = tuple(State)
_NUMBER: Final = {state: number for number, state in enumerate(STATES)}
_REPORTED, _CLOSED, _REWORK = _NUMBER[State.REPORTED], _NUMBER[State.CLOSED], _NUMBER[State.REWORK]
_ACCEPTED, _FILED = _NUMBER[State.ACCEPTED], _NUMBER[State.FILED]
_VISITING: Final = _NUMBER[State.VISITING]
_VOID: Final = tuple(_NUMBER[state] for state in VOID_STATES)
_ORDER: Final = {kind: number for number, kind in enumerate(KINDS)}
# The columns of a case that say a state was entered, as bits of CaseLogs.told.
ENTRY_BITS: Final = tuple(dict.fromkeys(ENTRY_COLUMNS.values()))
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_MOMENT_BITS: Final = 43  # of a key of case and moment: enough until the year 2248


class Finding(NamedTuple):
    """One finding; ``at_ms`` is when it came about, None where that is no moment."""

    case_id: int
    kind: str
    at_ms: int | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class LogRules:
    """What the city allows 允许的延期次数与挂账期限."""

    extensions_allowed: int = 2
    suspension_limit_days: int = 365


def find(logs: CaseLogs, rules: LogRules) -> list[Finding]:
    """Every finding about the cases, by case id and then in the order of KINDS and of time.

    Of steps left out only the first of a case is told, and of approved extensions only the first
    that is one too many. No cases give no findings. Raises ValueError where the first words of
    ``logs.states`` are not the life cycle's, and for half a million cases or more.
    """
    if logs.states[: len(STATES)] != tuple(map(str, STATES)):
        raise ValueError("states are not numbered as in dashboard.lifecycle.states")
    if len(logs) >= 1 << (62 - _MOMENT_BITS):
        raise ValueError(f"{len(logs):,} cases are too many at once")
    sheet = _Sheet(logs, [])
    steps = _steps(logs)
    _check_moves(sheet, steps)
    _check_ends(sheet, steps)
    _check_rows(sheet, steps)
    _check_pauses(sheet, rules)
    _check_extensions(sheet, rules)
    sheet.found.sort(key=lambda one: (one.case_id, _ORDER[one.kind], one.at_ms or 0))
    return sheet.found


@dataclass(frozen=True)
class _Sheet:
    logs: CaseLogs
    found: list[Finding]

    def add(self, kind: str, case: Ints, at_ms: Ints, details: list[str]) -> None:
        ids = self.logs.case_id[case].tolist()
        for case_id, moment, detail in zip(ids, at_ms.tolist(), details, strict=True):
            self.found.append(Finding(case_id, kind, None if moment == NULL_MS else moment, detail))

    def add_steps(self, kind: str, steps: _Steps, chosen: Mask, *states: Ints) -> None:
        """Findings about steps; the detail shows states, one column of numbers for each part."""
        rows = np.flatnonzero(chosen)
        shown = [self.state_words(part[rows]) for part in states]
        details = [">".join(cells) for cells in zip(*shown, strict=True)] or [""] * len(rows)
        self.add(kind, steps.case[rows], steps.at_ms[rows], details)

    def state_words(self, numbers: Ints) -> list[str]:
        """The stored words of states; empty for NOWHERE."""
        words = (*self.logs.states, "")
        return [words[number] for number in numbers.tolist()]

    def add_cases(self, kind: str, chosen: Mask, *shown: list[str]) -> None:
        """Findings about cases as they stand; ``shown`` has a text for each chosen case."""
        rows = np.flatnonzero(chosen)
        details = [">".join(cells) for cells in zip(*shown, strict=True)] or [""] * len(rows)
        self.add(kind, rows, np.full(len(rows), NULL_MS, dtype=np.int64), details)


@cache
def _moves() -> tuple[Mask, Mask]:
    """(allowed, reachable by a chain of moves) as matrices from × to."""
    count = len(STATES)
    allowed = np.zeros((count, count), dtype=np.bool_)
    for before, after in TRANSITIONS.items():
        for one in after:
            allowed[_NUMBER[before], _NUMBER[one]] = True
    reachable = allowed.copy()
    for through in range(count):
        reachable |= reachable[:, through : through + 1] & reachable[through : through + 1, :]
    return allowed, reachable


@dataclass(frozen=True)
class _Steps:
    """The events into states that exist, as dashboard.lifecycle.fold follows them.

    ``previous``: the state before the event; ``left``: where the event itself says it came
    from, else ``previous``. NOWHERE: nothing was before.
    """

    case: Ints
    at_ms: Ints
    before: Ints
    previous: Ints
    left: Ints
    after: Ints
    first: Mask
    move: Mask


def _steps(logs: CaseLogs) -> _Steps:
    events = logs.events
    real = events.after < len(STATES)
    case, before, after = events.case[real], events.before[real], events.after[real]
    first = np.ones(len(case), dtype=np.bool_)
    first[1:] = case[1:] != case[:-1]
    move = before != after
    # The last move before each event; a remark leaves the state as it was.
    rows = np.where(move, np.arange(len(case)), -1)
    last = np.maximum.accumulate(np.append(-1, rows[:-1])) if len(case) else rows
    has = (last >= 0) & (case[last] == case)
    previous = np.where(has, after[last], NOWHERE)
    left = np.where(before != NOWHERE, before, previous)
    return _Steps(case, events.event_ms[real], before, previous, left, after, first, move)


def _check_moves(sheet: _Sheet, steps: _Steps) -> None:
    """The chain of events, and whether each move is one of domain rule 3."""
    events = sheet.logs.events
    foreign = np.flatnonzero(events.after >= len(STATES))
    words = [sheet.logs.states[number] for number in events.after[foreign].tolist()]
    sheet.add("unknown_state", events.case[foreign], events.event_ms[foreign], words)
    told = steps.before != NOWHERE
    broken = told & (steps.before != steps.previous)
    sheet.add_steps("broken_chain", steps, broken, steps.previous, steps.before)
    begins = steps.first & (steps.after != _REPORTED)
    sheet.add_steps("no_beginning", steps, begins, steps.after)
    judged = steps.move & (steps.left != NOWHERE) & (steps.left != steps.after)
    rows = np.flatnonzero(judged & (steps.left < len(STATES)))
    allowed, reachable = _moves()
    pairs = steps.left[rows], steps.after[rows]
    illegal = _mask(steps.move, rows[~reachable[pairs]])
    skipped = _mask(steps.move, rows[reachable[pairs] & ~allowed[pairs]])
    sheet.add_steps("illegal_move", steps, illegal, steps.left, steps.after)
    skipped = _first_of_each(steps.case, skipped)
    sheet.add_steps("skipped_steps", steps, skipped, steps.left, steps.after)
    late = _before_its_time(steps.case, steps.at_ms, steps.move)
    sheet.add_steps("out_of_order", steps, late, steps.after)


def _first_of_each(case: Ints, chosen: Mask) -> Mask:
    """Of the chosen rows, sorted by case, the first of every case."""
    rows = np.flatnonzero(chosen)
    first = np.zeros(len(chosen), dtype=np.bool_)
    if len(rows):
        first[rows[np.append(True, case[rows[1:]] != case[rows[:-1]])]] = True
    return first


def _before_its_time(case: Ints, moment: Ints, move: Mask) -> Mask:
    """Moves that happened before an earlier move of their case; remarks are no part of it."""
    late = np.zeros(len(move), dtype=np.bool_)
    rows = np.flatnonzero(move)
    keys = _keys(case[rows], moment[rows])
    highest = np.maximum.accumulate(keys)
    late[rows[1:]] = keys[1:] < highest[:-1]
    return late


def _keys(case: Ints, moment: Ints) -> Ints:
    """One ascending number for case and moment; a moment before 1970 counts as 1970."""
    keys: Ints = (case << _MOMENT_BITS) + np.maximum(moment, 0)
    return keys


def _last_until(case: Ints, moment: Ints, at_case: Ints, at: Ints) -> Ints:
    """For each (at_case, at) the row of (case, moment) with the last moment not after it; -1: none.

    The rows may come in any order.
    """
    if len(case) == 0:
        return np.full(len(at_case), -1, dtype=np.int64)
    keys = _keys(case, moment)
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], _keys(at_case, at), side="right") - 1
    row = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (case[row] == at_case), row, -1)


def _check_ends(sheet: _Sheet, steps: _Steps) -> None:
    """Closures and returns that need a reason 不合规结案, 返工与重开的依据."""
    logs = sheet.logs
    closes = steps.move & (steps.after == _CLOSED)
    last = np.full(len(logs), -1, dtype=np.int64)
    last[steps.case[closes]] = np.flatnonzero(closes)  # rows ascend: the last one stays
    # The case keeps the kind of its last closure only.
    at_once = closes & (steps.left == _REPORTED)
    at_once &= last[steps.case] == np.arange(len(steps.case))
    lawful = np.isin(logs.close_kind, (CLOSE_KINDS.index("on_site"), CLOSE_KINDS.index("answered")))
    at_once &= ~lawful[steps.case]
    kinds = [_close_kind(number) for number in logs.close_kind[steps.case[at_once]].tolist()]
    sheet.add("unlawful_close", steps.case[at_once], steps.at_ms[at_once], kinds)
    visited = steps.move & (steps.left == _VISITING)
    closed = np.flatnonzero(visited & (steps.after == _CLOSED))
    discontent = closed[_is_bad_in_cycle(logs.answers, steps, closed)]
    sheet.add_steps("closed_dissatisfied", steps, _mask(closes, discontent))
    reworked = np.flatnonzero(visited & (steps.after == _REWORK))
    groundless = reworked[~_is_bad_in_cycle(logs.answers, steps, reworked)]
    sheet.add_steps("rework_without_reason", steps, _mask(closes, groundless))
    again = np.flatnonzero(steps.move & (steps.left == _CLOSED) & (steps.after == _REWORK))
    failed = _is_bad_in_cycle(logs.rechecks, steps, again)
    failed |= _is_bad_in_cycle(logs.answers, steps, again)
    repeated = logs.repeated_ms[steps.case[again]]
    complained = (repeated != NULL_MS) & (repeated <= steps.at_ms[again])
    groundless = again[~failed & ~complained]
    sheet.add_steps("reopen_without_reason", steps, _mask(closes, groundless))


def _close_kind(number: int) -> str:
    return CLOSE_KINDS[number] if number >= 0 else ""


def _mask(like: Mask, rows: Ints) -> Mask:
    mask = np.zeros(len(like), dtype=np.bool_)
    mask[rows] = True
    return mask


def _is_bad_in_cycle(answers: LoggedAnswers, steps: _Steps, rows: Ints) -> Mask:
    """Whether the last answer until each step, given in the cycle of the step, is a bad one."""
    case, moment = steps.case[rows], steps.at_ms[rows]
    found = _last_until(answers.case, answers.at_ms, case, moment)
    back = np.flatnonzero(steps.move & (steps.after == _REWORK))
    # The step may be a return itself: its cycle began with the one before.
    begun = _last_until(steps.case[back], steps.at_ms[back], case, moment - 1)
    bad = np.zeros(len(rows), dtype=np.bool_)
    has = found >= 0
    begin = np.full(len(rows), NULL_MS, dtype=np.int64)
    begin[begun >= 0] = steps.at_ms[back[begun[begun >= 0]]]
    bad[has] = answers.is_bad[found[has]] & (answers.at_ms[found[has]] > begin[has])
    return bad


def _check_rows(sheet: _Sheet, steps: _Steps) -> None:
    """The case as it stands against its log and against itself."""
    logs = sheet.logs
    logged = np.zeros(len(logs), dtype=np.bool_)
    logged[logs.events.case] = True
    sheet.add_cases("no_events", ~logged, sheet.state_words(logs.state[~logged]))
    last = np.full(len(logs), NOWHERE, dtype=np.int64)
    last[steps.case[steps.move]] = steps.after[steps.move]  # rows ascend: the last one stays
    other = logged & (last != logs.state)
    words = (sheet.state_words(last[other]), sheet.state_words(logs.state[other]))
    sheet.add_cases("state_mismatch", other, *words)
    # The twin of fold.starts_cycle.
    left_closure = (steps.previous == _CLOSED) & ~np.isin(steps.after, [_CLOSED, *_VOID])
    starts = steps.move & ((steps.after == _REWORK) | left_closure)
    cycles = 1 + np.bincount(steps.case[starts], minlength=len(logs))
    other = logged & (cycles != logs.cycle_no)
    numbers = [[str(n) for n in part[other].tolist()] for part in (cycles, logs.cycle_no)]
    sheet.add_cases("cycle_mismatch", other, *numbers)
    _check_missing(sheet, steps, logged)
    _check_contradictions(sheet)


def _check_missing(sheet: _Sheet, steps: _Steps, logged: Mask) -> None:
    bit_of = np.zeros(len(STATES), dtype=np.int64)
    for state, column in ENTRY_COLUMNS.items():
        bit_of[_NUMBER[state]] = 1 << ENTRY_BITS.index(column)
    entered = np.zeros(len(sheet.logs), dtype=np.int64)
    np.bitwise_or.at(entered, steps.case, bit_of[steps.after])
    # 当场办结 is accepted and filed in one go, without steps of their own.
    at_once = (steps.left == _REPORTED) & (steps.after == _CLOSED)
    entered[steps.case[at_once]] |= bit_of[_ACCEPTED] | bit_of[_FILED]
    missing = np.where(logged, sheet.logs.told & ~entered, 0)
    chosen = missing != 0
    sheet.add_cases("missing_event", chosen, [_columns(bits) for bits in missing[chosen].tolist()])


def _columns(bits: int) -> str:
    return ",".join(name for number, name in enumerate(ENTRY_BITS) if bits >> number & 1)


def _check_contradictions(sheet: _Sheet) -> None:
    logs = sheet.logs
    still = np.zeros(len(logs), dtype=np.bool_)
    still[logs.pauses.case[logs.pauses.ended_ms == NULL_MS]] = True
    void = np.isin(logs.state, _VOID)
    suspended = logs.state == _NUMBER[State.SUSPENDED]
    bad = (logs.is_closed != (logs.state == _CLOSED)) | (logs.is_voided != void)
    rows = np.flatnonzero((bad | (still != suspended)) & (logs.state < len(STATES)))
    for row in rows.tolist():
        broken = broken_rules(
            STATES[int(logs.state[row])],
            is_closed=bool(logs.is_closed[row]),
            is_voided=bool(logs.is_voided[row]),
            has_open_suspension=bool(still[row]),
        )
        names = ",".join(sentence.split(" must ")[0].split()[-1] for sentence in broken)
        sheet.found.append(Finding(int(logs.case_id[row]), "row_contradiction", None, names))


def _check_pauses(sheet: _Sheet, rules: LogRules) -> None:
    pauses = sheet.logs.pauses
    end = np.where(pauses.ended_ms == NULL_MS, pauses.planned_end_ms, pauses.ended_ms)
    lasts = np.where(end == NULL_MS, 0, end - pauses.started_ms)
    long = lasts > rules.suspension_limit_days * _DAY_MS
    days = [str(-(-ms // _DAY_MS)) for ms in lasts[long].tolist()]
    sheet.add("suspension_too_long", pauses.case[long], pauses.started_ms[long], days)
    endless = end == NULL_MS
    rows = np.flatnonzero(endless)
    sheet.add(
        "suspension_without_end", pauses.case[rows], pauses.started_ms[rows], [""] * len(rows)
    )


def _check_extensions(sheet: _Sheet, rules: LogRules) -> None:
    given = sheet.logs.extensions
    granted = np.flatnonzero(given.is_approved)
    total = np.bincount(given.case[granted], minlength=len(sheet.logs))
    case = given.case[granted]
    first = np.searchsorted(case, case, side="left")
    number = np.arange(len(case)) - first + 1  # the first, second … of its case
    over = granted[number == rules.extensions_allowed + 1]
    counts = [str(count) for count in total[given.case[over]].tolist()]
    sheet.add("extension_too_many", given.case[over], given.decided_ms[over], counts)
    late = (given.deadline_ms != NULL_MS) & (given.applied_ms > given.deadline_ms)
    minutes = (given.applied_ms[late] - given.deadline_ms[late]) // _MINUTE_MS
    sheet.add("extension_after_overdue", given.case[late], given.applied_ms[late],
              [str(one) for one in minutes.tolist()])  # fmt: skip
