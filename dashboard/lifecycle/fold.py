"""From the event log to the case 由流转日志推导案件: the one fold of a case's log.

The log is append-only and read in the order in which it was written (``seq``). It is folded as of
two moments: events that happened later (发生) or became known later (获知) are left out. Every
event is followed, legal or not, because the source's word is what there is; what is wrong with it
is listed beside (dashboard.lifecycle.findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.lifecycle.states import ENTRY_COLUMNS, VOID_STATES, State

# Written anew in every cycle; what stood before belongs to the cycle that ended.
CYCLE_STATES = (State.HANDLED, State.CHECKING, State.VISITING)
_CODES: Mapping[str, State] = {state.value: state for state in State}


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log: it happened at ``event_ms`` and was learned at ``known_ms`` (epoch ms).

    ``before`` is None for the first event; an event that stays in a state is a remark, no move.
    """

    event_ms: int
    known_ms: int
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle 办理轮次 that ended in rework; ``closed_ms`` None: sent back without a closure."""

    cycle_no: int
    started_ms: int
    handled_ms: int | None
    closed_ms: int | None
    reopened_ms: int


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause 挂账; ``ended_ms`` None: it still lasts."""

    started_ms: int
    ended_ms: int | None


@dataclass(frozen=True, slots=True)
class DerivedCase:
    """What the log says of a case. All instants are epoch ms.

    ``since_ms``: when it entered its state; ``entered``: the last entry into each state, those of
    CYCLE_STATES in the current cycle only, CLOSED and the void states only while it is in them.
    """

    state: State
    since_ms: int
    cycle_no: int
    entered: Mapping[State, int]
    cycles: tuple[Cycle, ...]
    suspensions: tuple[Suspension, ...]

    @property
    def columns(self) -> dict[str, int]:
        """The instants of ``cases`` that the log tells, by column; untold ones are left out."""
        found: dict[str, int] = {}
        for state, moment in self.entered.items():
            column = ENTRY_COLUMNS.get(state)
            if column is not None:
                found[column] = max(moment, found.get(column, moment))
        return found


def is_move(before: str | None, after: str) -> bool:
    """Whether an event moves a case; the first event does."""
    return before != after


def starts_cycle(left: State | None, after: State) -> bool:
    """Whether a move begins a new cycle: into rework, or out of a closure into anything that is
    neither closed nor void (a source that delivers snapshots leaves 返工 out)."""
    if after is State.REWORK:
        return True
    return left is State.CLOSED and after is not State.CLOSED and after not in VOID_STATES


@dataclass(slots=True)
class _Story:
    """The case as told so far."""

    state: State | None = None
    since_ms: int = 0
    started_ms: int = 0
    entered: dict[State, int] = field(default_factory=dict)
    cycles: list[Cycle] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)

    def move(self, after: State, moment: int) -> None:
        left = self.state
        if left is State.SUSPENDED:
            last = self.suspensions[-1]
            self.suspensions[-1] = Suspension(last.started_ms, max(moment, last.started_ms))
        if starts_cycle(left, after):
            self._start_cycle(moment)
        if left is not None and (left is State.CLOSED or left in VOID_STATES):
            self.entered.pop(left, None)
        if after is State.SUSPENDED:
            self.suspensions.append(Suspension(moment, None))
        if not self.cycles and (left is None or after is State.ACCEPTED):
            self.started_ms = moment
        self.state, self.since_ms = after, moment
        self.entered[after] = moment

    def _start_cycle(self, moment: int) -> None:
        closed = self.entered.get(State.CLOSED)
        reopened = max(moment, self.started_ms, closed or moment)
        self.cycles.append(
            Cycle(
                cycle_no=len(self.cycles) + 1,
                started_ms=self.started_ms,
                handled_ms=self.entered.get(State.HANDLED),
                closed_ms=closed,
                reopened_ms=reopened,
            )
        )
        self.started_ms = reopened
        for state in CYCLE_STATES:
            self.entered.pop(state, None)


def derive(
    events: Iterable[Event], *, happened_ms: int | None = None, known_ms: int | None = None
) -> DerivedCase | None:
    """Fold a case's events, given in the order of their ``seq``.

    Only events that happened by ``happened_ms`` and were known by ``known_ms`` count (both
    inclusive; None: all). None when no event is left. An event into a state that does not exist is
    passed over.
    """
    story = _Story()
    for event in events:
        if happened_ms is not None and event.event_ms > happened_ms:
            continue
        if known_ms is not None and event.known_ms > known_ms:
            continue
        after = _CODES.get(event.after)
        if after is not None and is_move(event.before, event.after):
            story.move(after, event.event_ms)
    if story.state is None:
        return None
    return DerivedCase(
        state=story.state,
        since_ms=story.since_ms,
        cycle_no=len(story.cycles) + 1,
        entered=story.entered,
        cycles=tuple(story.cycles),
        suspensions=tuple(story.suspensions),
    )
