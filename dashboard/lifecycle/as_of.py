"""A case as of two moments 双时点: what had happened by one and was known by the other.

The journal gives the rows as they stood when something was known; here everything is taken away
that the log says happened, or became known, only later: steps, cycles, pauses, extensions, answers
and changes of the deadline. For a case that was loaded in bulk, past the journal, this is how its
earlier state is found at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.lifecycle.fold import DerivedCase, Event, derive, is_move, starts_cycle
from dashboard.lifecycle.states import ENTRY_COLUMNS, State
from data_access.case_images import CaseImage, Row

_NEVER = 2**63 - 1
_NOT_YET_ACCEPTED = (State.REPORTED, State.VERIFYING)
_STATES = {state.value: state for state in State}
_OTHER_INSTANTS = ("first_contact_at", "repeated_at")
_CYCLE_COLUMNS = ("due_soon_at", "deadline_handle_at", "deadline_at", "handled_at", "closed_at")
_OF_LIMIT = ("deadline_handle_at", "deadline_at")
_DEADLINES = (
    ("deadline_handle_at", "old_deadline_handle_at", "new_deadline_handle_at"),
    ("deadline_at", "old_deadline_at", "new_deadline_at"),
)


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The two moments, epoch ms. ``happened_ms`` None: whatever the rows say of any time.

    ``is_kept``: the rows are exactly as known, because the history reaches back that far; else they
    were loaded later and hold what came of events that were not known yet.
    """

    known_ms: int
    happened_ms: int | None = None
    is_kept: bool = True

    @property
    def end_ms(self) -> int:
        """What the rows may say nothing beyond."""
        happened = _NEVER if self.happened_ms is None else self.happened_ms
        return happened if self.is_kept else min(happened, self.known_ms)


@dataclass(frozen=True)
class AsOf:
    """A case as of two moments; ``has_old_deadline``: its deadline is not the one of the row any
    more, so that the yellow light of the row is not its own."""

    image: CaseImage
    derived: DerivedCase | None
    has_old_deadline: bool = False


def cut(image: CaseImage, moments: Moments) -> AsOf | None:
    """What is left of a case; None where it had not been reported.

    An instant that no event speaks of stays while it does not lie beyond the moments, and so does
    the row's state where no event is taken away.
    """
    if moments.happened_ms is not None and image.row["reported_at"] > moments.happened_ms:
        return None
    cutting = _Cut(image, moments)
    kept = [event for event in image.log if cutting.keeps(event)]
    derived = derive(_events(kept))
    if moments.is_kept and moments.happened_ms is None:
        return AsOf(replace(image, log=kept), derived)
    row, cycles = cutting.row_and_cycles(derived)
    changed = cutting.restore_deadlines(row)
    if cutting.takes_away and derived is not None:
        row["state"] = str(derived.state)
    end_ms = moments.end_ms
    left = replace(
        image,
        row=row,
        cycles=cycles,
        suspensions=cutting.suspensions(),
        extensions=cutting.extensions(),
        callbacks=[one for one in image.callbacks if one["visited_at"] <= end_ms],
        rechecks=[one for one in image.rechecks if (one["checked_at"] or 0) <= end_ms],
        log=kept,
    )
    return AsOf(left, derived, changed)


def _events(log: Sequence[Row]) -> list[Event]:
    return [
        Event(row["event_at"], row["known_at"], row["from_state"], row["to_state"]) for row in log
    ]


class _Cut:
    """What is taken away from one case, and what then stands in its place."""

    def __init__(self, image: CaseImage, moments: Moments) -> None:
        self._image = image
        self._moments = moments
        self._end_ms = moments.end_ms
        # Moments of steps that come too late, without those at which such a step is kept.
        self._gone: dict[State, set[int]] = {}  # a state was entered
        self._resumed: set[int] = set()  # a suspension was left
        self._restarted: set[int] = set()  # a cycle began
        left: State | None = None
        for event in image.log:
            after = _STATES.get(event["to_state"])
            if after is None or not is_move(event["from_state"], event["to_state"]):
                continue
            self._note(event, left, after)
            left = after

    def _note(self, event: Row, left: State | None, after: State) -> None:
        sets = [self._gone.setdefault(after, set())]
        if State.SUSPENDED in (left, event["from_state"]):
            sets.append(self._resumed)
        if starts_cycle(left, after):
            sets.append(self._restarted)
        for moments in sets:
            if self._is_in_rows(event):
                moments.discard(event["event_at"])
            else:
                moments.add(event["event_at"])

    @property
    def takes_away(self) -> bool:
        """Whether the rows hold steps that are taken away."""
        return any(self._gone.values())

    def keeps(self, event: Row) -> bool:
        """Whether an event had happened and was known."""
        happened_ms = self._moments.happened_ms
        if happened_ms is not None and event["event_at"] > happened_ms:
            return False
        return bool(event["known_at"] <= self._moments.known_ms)

    def _is_in_rows(self, event: Row) -> bool:
        """Whether what came of an event stays in the rows."""
        if event["known_at"] > self._moments.known_ms:
            return self._moments.is_kept  # then it never was in them
        return self.keeps(event)

    def _is_gone(self, moment: int | None, *states: State) -> bool:
        if moment is None:
            return False
        if self._moments.happened_ms is not None and moment > self._moments.happened_ms:
            return True
        return any(moment in self._gone.get(state, ()) for state in states)

    def row_and_cycles(self, derived: DerivedCase | None) -> tuple[Row, list[Row]]:
        """The case's row with the cycle of that time on it, and the cycles before."""
        row = dict(self._image.row)
        cycles = list(self._image.cycles)
        for place, cycle in enumerate(cycles):
            if self._began_too_late(cycle["reopened_at"]):
                row |= {name: cycle[name] for name in _CYCLE_COLUMNS}
                row["cycle_no"] = cycle["cycle_no"]
                if row["clock_started_at"] is not None:
                    row["clock_started_at"] = self._clock_start(cycles[:place])
                cycles = cycles[:place]
                break
        told = derived.columns if derived else {}
        by_column: dict[str, list[State]] = {}
        for state, column in ENTRY_COLUMNS.items():
            by_column.setdefault(column, []).append(state)
        for column, states in by_column.items():
            if self._is_gone(row.get(column), *states):
                row[column] = told.get(column)
        if self.takes_away and derived is not None and derived.state in _NOT_YET_ACCEPTED:
            row["accepted_at"] = row["filed_at"] = None  # 当场办结 has no steps for them
        for column in _OTHER_INSTANTS:
            if row.get(column) is not None and row[column] > self._end_ms:
                row[column] = None
        if self._is_gone(row["clock_started_at"], *State):  # then no limit ran yet
            row |= dict.fromkeys(("clock_started_at", "due_soon_at", *_OF_LIMIT))
        return row, cycles

    def _clock_start(self, before: Sequence[Row]) -> int | None:
        """When the limit of a cycle began to count: when it was sent back, else with the first
        dispatch, filing or acceptance."""
        if before:
            return int(before[-1]["reopened_at"])
        for state in (State.DISPATCHED, State.FILED, State.ACCEPTED):
            for event in self._image.log:
                if event["to_state"] == state:
                    return int(event["event_at"])
        return None

    def _began_too_late(self, reopened_ms: int) -> bool:
        return self._is_gone(reopened_ms) or reopened_ms in self._restarted

    def suspensions(self) -> list[Row]:
        """The pauses that had begun, without the ends that had not come."""
        found = []
        for pause in self._image.suspensions:
            if self._is_gone(pause["started_at"], State.SUSPENDED):
                continue
            ended = pause["ended_at"]
            if self._is_gone(ended) or ended in self._resumed:
                pause = pause | {"ended_at": None}
            found.append(pause)
        return found

    def extensions(self) -> list[Row]:
        """The extensions that had been asked for, undecided where they were."""
        found = []
        for one in self._image.extensions:
            decided = one["decided_at"]
            if min(one["applied_at"], decided or one["applied_at"]) > self._end_ms:
                continue
            if decided is not None and decided > self._end_ms:
                one = one | {"decided_at": None, "is_approved": False, "new_deadline_at": None}
            found.append(one)
        return found

    def restore_deadlines(self, row: Row) -> bool:
        """Undo the recorded changes of the deadlines that came later; whether any was undone.

        A change that is not in the row was undone by the journal, or belongs to another cycle.
        """
        changed = False
        for change in reversed(self._image.deadline_changes):
            if change["changed_at"] <= self._end_ms:
                continue
            if all(row[name] == change[new] for name, _, new in _DEADLINES):
                row |= {name: change[old] for name, old, _ in _DEADLINES}
                changed = True
        return changed
