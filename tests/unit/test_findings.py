"""Findings about cases' logs, rule by rule, and against a plain reading of random logs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest

from dashboard.lifecycle import ENTRY_COLUMNS, State
from dashboard.lifecycle.finding_kinds import KINDS, parts
from dashboard.lifecycle.findings import ENTRY_BITS, STATES, Finding, LogRules, find
from dashboard.lifecycle.fold import Event, derive
from dashboard.lifecycle.states import TRANSITIONS, VOID_STATES, is_allowed
from data_access.frames import NULL_MS
from data_access.log_frames import (
    CLOSE_KINDS,
    NOWHERE,
    CaseLogs,
    LoggedAnswers,
    LoggedEvents,
    LoggedExtensions,
    LoggedPauses,
)

DAY = 86_400_000
HOUR = 3_600_000

ORDINARY = (
    (0, "reported"), (5, "accepted"), (6, "filed"), (9, "dispatched"), (20, "signed"),
    (30, "handling"), (100, "handled"), (110, "visiting"), (120, "closed"),
)  # fmt: skip


def steps(*told: tuple[int, str]) -> list[tuple[int, str | None, str]]:
    """(minute, from, to) of events that each follow the one before."""
    found: list[tuple[int, str | None, str]] = []
    for minute, state in told:
        found.append((minute * 60_000, found[-1][2] if found else None, state))
    return found


def case(events: Sequence[tuple[int, str | None, str]], **given: Any) -> dict[str, Any]:
    """A case whose row is what its log says; ``given`` changes the row or hangs things on it."""
    derived = derive(Event(at, at, before, after) for at, before, after in events)
    columns = derived.columns if derived else {}
    pauses = [(p.started_ms, p.started_ms + DAY, p.ended_ms) for p in derived.suspensions] \
        if derived else []  # fmt: skip
    return {
        "events": events, "state": str(derived.state) if derived else "reported",
        "cycle_no": derived.cycle_no if derived else 1, "columns": set(columns), "close_kind": None,
        "repeated": None, "pauses": pauses, "extensions": [], "answers": [], "rechecks": [],
    } | given  # fmt: skip


def logs(*rows: dict[str, Any]) -> CaseLogs:
    words = list(map(str, STATES))

    def number(word: str | None) -> int:
        if word is None:
            return NOWHERE
        if word not in words:
            words.append(word)
        return words.index(word)

    def column(name: str, place: int) -> Any:
        cells = [one[place] for row in rows for one in row[name]]
        return np.array([NULL_MS if cell is None else cell for cell in cells], dtype=np.int64)

    def owner(name: str) -> Any:
        return np.repeat(np.arange(len(rows)), [len(row[name]) for row in rows]).astype(np.int64)

    def answers(name: str) -> LoggedAnswers:
        bad = column(name, 1).astype(np.bool_)
        return LoggedAnswers(case=owner(name), at_ms=column(name, 0), is_bad=bad)

    def numbers(values: list[int]) -> Any:
        return np.array(values, dtype=np.int64)

    events = [event for row in rows for event in row["events"]]
    before, after = [number(e[1]) for e in events], [number(e[2]) for e in events]
    return CaseLogs(
        case_id=np.arange(1, len(rows) + 1, dtype=np.int64),
        state=numbers([number(row["state"]) for row in rows]),
        cycle_no=numbers([row["cycle_no"] for row in rows]),
        is_closed=np.array(["closed_at" in row["columns"] for row in rows], dtype=np.bool_),
        is_voided=np.array(["voided_at" in row["columns"] for row in rows], dtype=np.bool_),
        close_kind=numbers(
            [CLOSE_KINDS.index(k) if (k := row["close_kind"]) else -1 for row in rows]
        ),
        repeated_ms=numbers([NULL_MS if (r := row["repeated"]) is None else r for row in rows]),
        told=numbers([sum(1 << ENTRY_BITS.index(name) for name in row["columns"]) for row in rows]),
        states=tuple(words),
        events=LoggedEvents(
            case=owner("events"), event_ms=column("events", 0), before=numbers(before),
            after=numbers(after),
        ),
        pauses=LoggedPauses(
            case=owner("pauses"), started_ms=column("pauses", 0),
            planned_end_ms=column("pauses", 1), ended_ms=column("pauses", 2),
        ),
        extensions=LoggedExtensions(
            case=owner("extensions"), applied_ms=column("extensions", 0),
            decided_ms=column("extensions", 1),
            is_approved=column("extensions", 2).astype(np.bool_),
            deadline_ms=column("extensions", 3),
        ),
        answers=answers("answers"),
        rechecks=answers("rechecks"),
    )  # fmt: skip


def found(row: dict[str, Any], rules: LogRules | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.detail) for one in find(logs(row), rules or LogRules())]


def test_no_cases_and_an_ordinary_life_give_no_findings() -> None:
    assert find(logs(), LogRules()) == []
    assert found(case(steps(*ORDINARY))) == []


MINUTE = 60_000
CHECKED = (*ORDINARY[:-2], (105, "checking"))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # a move no chain of moves leads to
        ([(0, "reported"), (1, "rejected"), (9, "filed")], [("illegal_move", "rejected>filed")]),
        ([*ORDINARY, (200, "accepted")], [("illegal_move", "closed>accepted")]),
        # a snapshot that leaves steps out: told once for a case
        (
            [(0, "reported"), (5, "accepted"), (50, "handling"), (90, "closed")],
            [("skipped_steps", "accepted>handling")],
        ),
        ([(5, "accepted"), (6, "filed")], [("no_beginning", "accepted")]),
        (
            [(0, "reported"), (5, "accepted"), (3, "filed"), (4, "dispatched")],
            [("out_of_order", "filed"), ("out_of_order", "dispatched")],
        ),
    ],
)  # fmt: skip
def test_moves(told: list[tuple[int, str]], expected: list[tuple[str, str]]) -> None:
    assert found(case(steps(*told))) == expected


def test_gap_in_the_chain() -> None:
    events = steps(*ORDINARY)
    without_signing = events[:4] + events[5:]
    assert found(case(without_signing, columns=set())) == [
        ("broken_chain", "dispatched>signed"), ("row_contradiction", "closed_at"),
    ]  # fmt: skip


def test_state_nobody_knows() -> None:
    events = [*steps((0, "reported"), (5, "accepted")), (9 * MINUTE, "accepted", "睡觉")]
    assert found(case(events)) == [("unknown_state", "睡觉")]
    assert found(case(events, state="睡觉")) == [
        ("unknown_state", "睡觉"), ("state_mismatch", "accepted>睡觉"),
    ]  # fmt: skip


def test_row_against_its_log() -> None:
    told = steps(*ORDINARY[:6])
    assert found(case(told, state="signed")) == [("state_mismatch", "handling>signed")]
    assert found(case(told, cycle_no=2)) == [("cycle_mismatch", "1>2")]
    columns = {"reported_at", "handled_at", "visited_at"}
    assert found(case(told, columns=columns)) == [("missing_event", "handled_at,visited_at")]
    assert found(case([], state="filed", columns={"filed_at"})) == [("no_events", "filed")]


def test_row_against_itself() -> None:
    told = steps(*ORDINARY[:6])
    row = case(told, pauses=[(40, 50 * DAY, None)])
    assert found(row) == [("row_contradiction", "suspension")]
    assert found(case(told, columns={"closed_at", "voided_at"})) == [
        ("missing_event", "voided_at,closed_at"), ("row_contradiction", "closed_at,voided_at"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("on_site", []), ("answered", []), ("handled", ["handled"]), (None, [""])],
)
def test_closing_at_once_needs_a_kind(kind: str | None, expected: list[str]) -> None:
    row = case(steps((0, "reported"), (2, "closed")), close_kind=kind)
    row["columns"] |= {"accepted_at"}  # accepted the moment it is reported
    assert found(row) == [("unlawful_close", detail) for detail in expected]


def test_kind_of_a_closure_that_was_taken_back_is_not_known() -> None:
    again = ((9, "rework"), (10, "handling"), (20, "handled"), (30, "checking"), (40, "closed"))
    row = case(steps((0, "reported"), (2, "closed"), *again), close_kind="handled", repeated=8)
    assert found(row) == []


@pytest.mark.parametrize(
    ("end", "answers", "expected"),
    [
        ("closed", [], []),
        ("closed", [(115, False)], []),
        ("closed", [(115, True)], ["closed_dissatisfied"]),
        ("closed", [(112, True), (115, False)], []),  # asked again: the last answer counts
        ("closed", [(115, False), (130, True)], []),  # asked after the closure
        ("rework", [(115, True)], []),
        ("rework", [(120, True)], []),
        ("rework", [(115, False)], ["rework_without_reason"]),
        ("rework", [], ["rework_without_reason"]),
    ],
)
def test_call_backs_decide(end: str, answers: list[tuple[int, bool]], expected: list[str]) -> None:
    given = [(minute * MINUTE, bad) for minute, bad in answers]
    row = case(steps(*ORDINARY[:-1], (120, end)), answers=given)
    assert [kind for kind, _ in found(row)] == expected


def test_answer_of_the_first_cycle_says_nothing_about_the_second() -> None:
    second = ((130, "handling"), (150, "handled"), (160, "visiting"), (170, "closed"))
    events = steps(*ORDINARY[:-1], (120, "rework"), *second)
    assert found(case(events, answers=[(115 * MINUTE, True)])) == []
    assert found(case(events, answers=[(120 * MINUTE, True)])) == []
    both = case(events, answers=[(115 * MINUTE, True), (165 * MINUTE, True)])
    assert found(both) == [("closed_dissatisfied", "")]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ["reopen_without_reason"]),
        ({"rechecks": [(300, True)]}, []),
        ({"rechecks": [(300, False)]}, ["reopen_without_reason"]),
        ({"rechecks": [(301, True)]}, ["reopen_without_reason"]),
        ({"answers": [(299, True)]}, []),
        ({"answers": [(299, False)]}, ["reopen_without_reason"]),
        ({"repeated": 250}, []),
        ({"repeated": 350}, ["reopen_without_reason"]),
    ],
)
def test_reopening_needs_a_reason(more: dict[str, Any], expected: list[str]) -> None:
    for name in {"rechecks", "answers"} & {*more}:
        more = {name: [(minute * MINUTE, bad) for minute, bad in more[name]]}
    if "repeated" in more:
        more = {"repeated": more["repeated"] * MINUTE}
    row = case(steps(*ORDINARY, (300, "rework")), **more)
    assert [kind for kind, _ in found(row)] == expected


def test_suspensions() -> None:
    held = steps(*ORDINARY[:6], (40, "suspended"))
    start = 40 * MINUTE
    assert found(case(held, pauses=[(start, start + 365 * DAY, None)])) == []
    assert found(case(held, pauses=[(start, start + 365 * DAY + 1, None)])) == [
        ("suspension_too_long", "366")
    ]
    assert found(case(held, pauses=[(start, None, None)])) == [("suspension_without_end", "")]
    over = case(steps(*ORDINARY[:6], (40, "suspended"), (50, "handling")))
    over["pauses"] = [(start, None, 50 * MINUTE)]
    assert found(over) == []
    rules = LogRules(suspension_limit_days=1)
    assert found(case(held, pauses=[(start, start + 2 * DAY, None)]), rules) == [
        ("suspension_too_long", "2")
    ]


def test_extensions() -> None:
    told = steps(*ORDINARY[:6])
    due = 2 * HOUR
    in_time = (due, due + HOUR, 1, due)
    late = (due + 5 * MINUTE, due + HOUR, 0, due)
    unknown = (9 * HOUR, 9 * HOUR, 1, None)
    assert found(case(told, extensions=[in_time, unknown])) == []
    assert found(case(told, extensions=[late])) == [("extension_after_overdue", "5")]
    # a refusal does not count
    assert found(case(told, extensions=[unknown, unknown, late[:2] + (0, None)])) == []
    third = case(told, extensions=[unknown, in_time, unknown, unknown])
    assert found(third) == [("extension_too_many", "4")]
    assert found(third, LogRules(extensions_allowed=4)) == []
    assert found(case(told, extensions=[unknown]), LogRules(extensions_allowed=0)) == [
        ("extension_too_many", "1")
    ]


def test_every_kind_has_words_that_take_its_detail() -> None:
    for kind in KINDS.values():
        a, b = parts("one>two")
        for text in (kind.text_zh, kind.text_en):
            assert text.format(a=a, b=b)
    assert parts("one") == ("one", "")


def _plain(row: dict[str, Any], case_id: int) -> list[Finding]:
    """The findings about moves and state, told event by event."""
    told: list[Finding] = []
    previous: str | None = None
    is_first = True
    latest, skipped, at_once = None, False, False
    for at, before, after in row["events"]:
        if is_first and after != "reported":
            told.append(Finding(case_id, "no_beginning", at, after))
        if before is not None and before != previous:
            told.append(Finding(case_id, "broken_chain", at, f"{previous or ''}>{before}"))
        is_first = False
        left = previous if before is None else before
        at_once |= (left, after) == ("reported", "closed")
        if before != after:
            if left is not None and left != after:
                if State(after) not in _reachable(State(left)):
                    told.append(Finding(case_id, "illegal_move", at, f"{left}>{after}"))
                elif not is_allowed(State(left), State(after)) and not skipped:
                    told.append(Finding(case_id, "skipped_steps", at, f"{left}>{after}"))
                    skipped = True
            if latest is not None and at < latest:
                told.append(Finding(case_id, "out_of_order", at, after))
            latest = at if latest is None else max(at, latest)
        if before != after:
            previous = after
    derived = derive(Event(at, at, before, after) for at, before, after in row["events"])
    if not row["events"]:
        return [Finding(case_id, "no_events", None, row["state"])]
    state, cycle_no = (derived.state, derived.cycle_no) if derived else ("", 1)
    if state != row["state"]:
        told.append(Finding(case_id, "state_mismatch", None, f"{state}>{row['state']}"))
    if cycle_no != row["cycle_no"]:
        detail = f"{cycle_no}>{row['cycle_no']}"
        told.append(Finding(case_id, "cycle_mismatch", None, detail))
    missing = [
        name for name in ENTRY_BITS
        if name in row["columns"] and not any(
            ENTRY_COLUMNS.get(State(after)) == name for _, _, after in row["events"])
    ]  # fmt: skip
    missing = [name for name in missing if not (at_once and name in ("accepted_at", "filed_at"))]
    if missing:
        told.append(Finding(case_id, "missing_event", None, ",".join(missing)))
    return told


def _reachable(state: State) -> set[State]:
    seen: set[State] = set()
    front = set(TRANSITIONS[state])
    while front:
        seen |= front
        front = set().union(*(TRANSITIONS[one] for one in front)) - seen
    return seen


@pytest.mark.parametrize("seed", range(30))
def test_random_logs_are_read_as_one_reads_them_case_by_case(seed: int) -> None:
    random = Random(seed)
    rows = [_random_case(random) for _ in range(40)]
    order = {kind: number for number, kind in enumerate(KINDS)}
    plain = [one for number, row in enumerate(rows, start=1) for one in _plain(row, number)]
    plain.sort(key=lambda one: (one.case_id, order[one.kind], one.at_ms or 0))
    kinds = {one.kind for one in plain}
    assert [one for one in find(logs(*rows), LogRules()) if one.kind in kinds | set(MOVE_KINDS)] \
        == plain  # fmt: skip


MOVE_KINDS = (
    "illegal_move", "skipped_steps", "broken_chain", "no_beginning", "out_of_order", "no_events",
    "missing_event", "state_mismatch", "cycle_mismatch",
)  # fmt: skip


def _random_case(random: Random) -> dict[str, Any]:
    """Mostly a legal walk, with slips: gaps, jumps, remarks, times set back, rows by hand."""
    events: list[tuple[int, str | None, str]] = []
    state, at = None, 0
    for _ in range(random.randrange(0, 14)):
        at += random.randrange(-20, 200) * MINUTE if random.random() < 0.2 else 60 * MINUTE
        at = max(at, 0)
        choices = sorted(TRANSITIONS[State(state)]) if state else ["reported"]
        after = random.choice(choices or sorted(State))
        if random.random() < 0.15:
            after = random.choice(sorted(State))
        before = state
        if random.random() < 0.1:
            before = random.choice([None, *sorted(State)])
        if random.random() < 0.1 and state:
            before = after = state
        events.append((at, before, str(after)))
        state = str(after)
    row = case(events, close_kind="answered")
    row["pauses"] = []
    if random.random() < 0.1:
        row["state"] = random.choice(sorted(map(str, State)))
    if random.random() < 0.1:
        row["cycle_no"] += 1
    if random.random() < 0.1:
        row["columns"] = row["columns"] | {random.choice(ENTRY_BITS)}
    return row


def test_numbering_of_states_is_checked() -> None:
    wrong = logs(case(steps(*ORDINARY)))
    with pytest.raises(ValueError, match="numbered"):
        find(CaseLogs(**(vars(wrong) | {"states": ("closed",)})), LogRules())
    assert set(VOID_STATES) < set(State)
