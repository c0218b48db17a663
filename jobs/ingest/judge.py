"""Is an incoming case sound? Names to keys, plain checks of every field, then of the whole row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from dashboard.clocks import LIMIT_KINDS
from dashboard.lifecycle import VOID_STATES, State, is_allowed
from data_access.ingest import Row
from data_access.tables import categories, departments
from data_access.types import is_storable
from jobs.ingest.attached import Attached, read_attached
from jobs.ingest.codes import grid_code_problem
from jobs.ingest.directory import Directory, find_place, name_key
from jobs.ingest.incoming import (
    FLAG_FIELDS,
    FLAGS,
    INSTANT_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    TIMING_FIELDS,
    IncomingCase,
    Policies,
    Problem,
    Value,
)

_LONGEST: Final = {"case_code": 60, "filing_condition": 60}
_CHOICES: Final = {"limit_kind": LIMIT_KINDS, "close_kind": ("on_site", "answered", "handled")}
_EARLIEST_MS: Final = 631_152_000_000  # 1990-01-01: earlier is a mistake, such as Excel's day zero
_LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01, for deadlines
_DAY_MS: Final = 86_400_000
_OF_THE_FUTURE: Final = frozenset({"deadline_handle_at", "deadline_at", "suspended_until_at"})
# Columns that are never empty: a blank cell says nothing about them.
_NEVER_EMPTY: Final = frozenset({"case_code", "supervise_level"})
# Accepted 受理 or not: before these states a case does not count.
_NOT_YET_ACCEPTED: Final = frozenset({State.REPORTED, State.VERIFYING}) | VOID_STATES
_ORDINARY_VOID: Final = State.VOID


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What rows are judged against, for one delivery."""

    policies: Policies
    grid_code_pattern: str
    now_ms: int


@dataclass(slots=True)
class Judged:
    """A sound row: the columns its source tells of, and the state it leads to."""

    case: IncomingCase
    values: Row
    state: State
    known_ms: int
    attached: Attached = field(default_factory=Attached)


class _Problems(list[Problem]):
    def __init__(self, case: IncomingCase) -> None:
        super().__init__(case.problems)
        self._case = case

    def add(self, name: str, reason: str, kind: str) -> None:
        self.append(self._case.problem(name, reason, kind))


def judge(
    case: IncomingCase,
    stored: Row | None,
    directory: Directory,
    rules: Rules,
    *,
    point_area: int = 0,
) -> Judged | list[Problem]:
    """The row's columns as the store keeps them, or every reason against it.

    ``stored`` is the case as it stands (instants in epoch ms), None for a new one; ``point_area``
    the area its coordinates lie in, 0 for none. Entries that a policy creates are created only for
    rows that are otherwise sound.
    """
    problems = _Problems(case)
    values: Row = {}
    _check_reference(case, problems)
    _take_plain(case, values, problems)
    _take_instants(case, values, problems, rules.now_ms)
    _check_names_given(case, stored, problems, rules)
    attached = read_attached(case, problems.add)
    given_state = _state(case, problems)
    if given_state is None and attached.master_ref:
        given_state = State.MERGED
    if problems:
        return problems
    known = case.fields.get("known_at")
    known_ms = known if isinstance(known, int) else rules.now_ms
    if stored is None:
        state = _settle_new(values, given_state, known_ms)
    else:
        state = _settle_move(case, values, stored, given_state, known_ms, rules, problems)
    if not problems:
        row = values if stored is None else {**stored, **values}
        _check_order(case, row, state, problems)
        _check_attached(attached, row, state, problems)
    if not problems:
        if stored is None and "area" not in case.fields:
            _take_place(case, values, directory, rules, point_area, problems)
        _take_names(case, values, directory, rules, point_area, problems)
    return problems or Judged(case, values, state, known_ms, attached)


def _check_attached(attached: Attached, row: Row, state: State, problems: _Problems) -> None:
    if attached.call_back is not None and row.get("visited_at") is None:
        problems.add("visited_at", "a call-back without its time", "no call-back time")
    if attached.master_ref and state not in VOID_STATES:
        problems.add("master_ref", f"merged into another case, but is {state}", "status against")


def _check_reference(case: IncomingCase, problems: _Problems) -> None:
    if not case.source_ref:
        problems.add("source_ref", "the source's own number of the case is missing", "no number")
    elif len(case.source_ref) > 80:
        problems.add("source_ref", "longer than 80 characters", "too long")
    for name, value in (("source_ref", case.source_ref), *case.fields.items()):
        if isinstance(value, str) and not is_storable(value):
            problems.add(name, "holds a zero byte or half a character", "not plain text")


def _take_plain(case: IncomingCase, values: Row, problems: _Problems) -> None:
    for name, value in case.fields.items():
        taker = _TAKERS.get(name)
        if taker is not None:
            taker(name, value, values, problems)
    if (case.fields.get("longitude") is None) != (case.fields.get("latitude") is None):
        problems.add("longitude", "longitude and latitude come together", "half a position")


def _take_blank(name: str, values: Row) -> None:
    if name not in _NEVER_EMPTY:
        values[name] = None


def _take_text(name: str, value: Value, values: Row, problems: _Problems) -> None:
    if value is None or value == "":
        _take_blank(name, values)
        return
    text = str(value)
    longest = _LONGEST.get(name)
    if longest is not None and len(text) > longest:
        problems.add(name, f"longer than {longest} characters", "too long")
    elif name in _CHOICES and text not in _CHOICES[name]:
        word = name.split("_")[0]
        problems.add(
            name, f"unknown {word} kind: use {', '.join(_CHOICES[name])}", f"unknown {word}"
        )
    else:
        values[name] = text


def _take_number(name: str, value: Value, values: Row, problems: _Problems) -> None:
    if value is None or value == "":
        _take_blank(name, values)
        return
    low, high = _RANGES[name]
    try:
        number = float(value)
    except ValueError:
        problems.add(name, "not a number", "not a number")
        return
    if not low <= number <= high:
        problems.add(name, f"must lie between {low:g} and {high:g}", "number out of range")
        return
    values[name] = int(number) if name == "supervise_level" else number


def _take_flag(name: str, value: Value, values: Row, problems: _Problems) -> None:
    flag = FLAGS.get(str(value).strip().lower())
    if flag is None:
        problems.add(name, "neither yes nor no (是/否, true/false, 1/0)", "not a flag")
    else:
        values[name] = flag


_RANGES: Final = {
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
    "limit_amount": (0.0, 10_000.0),  # working days beyond it end after the last year of a calendar
    "supervise_level": (0.0, 9.0),
}
_TAKERS: Final[dict[str, Callable[[str, Value, Row, _Problems], None]]] = {
    **dict.fromkeys(TEXT_FIELDS, _take_text),
    **dict.fromkeys(NUMBER_FIELDS, _take_number),
    **dict.fromkeys(FLAG_FIELDS, _take_flag),
}


def _take_instants(case: IncomingCase, values: Row, problems: _Problems, now_ms: int) -> None:
    fields = case.fields
    for name in (*INSTANT_FIELDS, *TIMING_FIELDS):
        if name not in fields:
            continue
        value = fields[name]
        if value is None:
            if name not in TIMING_FIELDS:
                values[name] = None
        elif not isinstance(value, int):
            problems.add(name, "not a moment in time", "unreadable date")
        elif not _EARLIEST_MS <= value < _LATEST_MS:
            problems.add(name, f"{_shown(value)} is not a plausible date", "implausible date")
        elif value > now_ms + _DAY_MS and name not in _OF_THE_FUTURE:
            problems.add(name, f"{_shown(value)} lies in the future", "date in the future")
        elif name not in TIMING_FIELDS:  # those are no columns of a case
            values[name] = value


def _check_names_given(
    case: IncomingCase, stored: Row | None, problems: _Problems, rules: Rules
) -> None:
    if (stored is None or "category" in case.fields) and not case.fields.get("category"):
        problems.add("category", "the category is missing", "no category")
    told = stored is None or "reported_at" in case.fields
    if told and case.fields.get("reported_at") is None:
        problems.add("reported_at", "the time of the report is missing", "no report time")
    area = case.fields.get("area")
    if rules.policies.check_codes and area:
        reason = grid_code_problem(str(area), rules.grid_code_pattern)
        if reason:
            problems.add("area", reason, "malformed grid code")


def _state(case: IncomingCase, problems: _Problems) -> State | None:
    text = case.fields.get("state")
    if text is None or text == "":
        return None
    try:
        return State(str(text))
    except ValueError:
        allowed = ", ".join(State)
        problems.add("state", f"unknown status {text!r}: use one of {allowed}", "unknown status")
        return None


def _settle_new(values: Row, given: State | None, known_ms: int) -> State:
    """Infer what a new row leaves unsaid and return its state."""
    if given is None:
        if values.get("closed_at") is not None:
            given = State.CLOSED
        elif values.get("voided_at") is not None:
            given = _ORDINARY_VOID
        else:
            accepted = values.get("accepted_at") is not None
            given = State.ACCEPTED if accepted else State.REPORTED
    if given in VOID_STATES and values.get("voided_at") is None:
        values["voided_at"] = max(known_ms, values["reported_at"])
    if given not in _NOT_YET_ACCEPTED and values.get("accepted_at") is None:
        values["accepted_at"] = values["reported_at"]
    return given


def _settle_move(
    case: IncomingCase,
    values: Row,
    stored: Row,
    given: State | None,
    known_ms: int,
    rules: Rules,
    problems: _Problems,
) -> State:
    """Infer the state a known case is led to.

    An illegal move is followed, because the source knows its case, and shows among the findings;
    only ``strict_moves`` refuses it.
    """
    before = State(stored["state"])
    after = given if given is not None else _inferred(values, stored, before)
    if after is before:
        return after
    is_restored = before in VOID_STATES and given is None
    if rules.policies.strict_moves and not is_restored and not is_allowed(before, after):
        problems.add("state", f"a case cannot go from {before} to {after}", "impossible move")
        return after
    if after in VOID_STATES:
        if values.get("voided_at") is None:
            values["voided_at"] = max(known_ms, stored["reported_at"])
        values["closed_at"] = values["close_kind"] = None
    elif before in VOID_STATES:
        values["voided_at"] = None
    if before is State.CLOSED and after is not State.CLOSED:
        values.setdefault("closed_at", None)
        values.setdefault("close_kind", None)
    accepted = values.get("accepted_at", stored["accepted_at"])
    if after not in _NOT_YET_ACCEPTED and accepted is None:
        values["accepted_at"] = values.get("reported_at", stored["reported_at"])
    return after


def _inferred(values: Row, stored: Row, before: State) -> State:
    """The state that the instants of a row without a status speak of."""
    if "voided_at" in values:
        if values["voided_at"] is not None:
            return before if before in VOID_STATES else _ORDINARY_VOID
        if before in VOID_STATES:  # taken back: it stands where its instants say
            return State.ACCEPTED if stored["accepted_at"] is not None else State.REPORTED
    if before in VOID_STATES:
        return before
    if "closed_at" in values:
        if values["closed_at"] is not None:
            return State.CLOSED
        if before is State.CLOSED:
            return State.REWORK
    waiting = before in (State.REPORTED, State.VERIFYING)
    return State.ACCEPTED if waiting and values.get("accepted_at") is not None else before


def _check_order(case: IncomingCase, row: Row, state: State, problems: _Problems) -> None:
    closed, voided = row.get("closed_at"), row.get("voided_at")
    if state is State.CLOSED and closed is None:
        problems.add("closed_at", "closed, but without a closing time", "no closing time")
    elif state is not State.CLOSED and row.get("close_kind") is not None:
        problems.add("close_kind", f"tells how it was closed, but is {state}", "status against")
    elif state is not State.CLOSED and closed is not None:
        problems.add("closed_at", f"has a closing time, but is {state}", "status against times")
    if voided is not None and state not in VOID_STATES:
        problems.add("voided_at", f"has a time of voiding, but is {state}", "status against times")
    if closed is None:
        return
    for name, word in (("reported_at", "reported"), ("accepted_at", "accepted")):
        opened = row.get(name)
        if opened is not None and closed < opened:
            reason = f"closed {_shown(closed)} before it was {word} {_shown(opened)}"
            problems.add("closed_at", reason, "closed before opened")
            return


def _take_names(
    case: IncomingCase,
    values: Row,
    directory: Directory,
    rules: Rules,
    point_area: int,
    problems: _Problems,
) -> None:
    policies, fields = rules.policies, case.fields
    for name, table, policy in (
        ("category", categories, policies.unknown_category),
        ("department", departments, policies.unknown_department),
        ("first_department", departments, policies.unknown_department),
    ):
        if name not in fields:
            continue
        text = fields[name]
        key, reason = (None, None) if not text else name_key(directory, table, str(text), policy)
        if reason:
            problems.add(name, reason, reason.split("'")[0].strip())
        values[f"{name}_id"] = key
    if "area" in fields:
        _take_place(case, values, directory, rules, point_area, problems)


def _take_place(
    case: IncomingCase,
    values: Row,
    directory: Directory,
    rules: Rules,
    point_area: int,
    problems: _Problems,
) -> None:
    text = str(case.fields.get("area") or "")
    area_id, reason = find_place(directory, text, point_area, rules.policies)
    if reason:
        problems.add("area", reason, "unknown area" if "unknown" in reason else "unclear area")
    values["area_id"] = area_id


def _shown(instant_ms: int) -> str:
    try:
        return f"{datetime.fromtimestamp(instant_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, OSError, ValueError):
        return str(instant_ms)
