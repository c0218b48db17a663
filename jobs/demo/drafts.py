"""The steps a case can take, and the working copy in which journeys are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import LIMIT_KINDS, deadlines_ms, used_ms
from dashboard.lifecycle.states import State
from jobs.demo.case_plan import COUNTED, CasePlan
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

STEPS: Final[tuple[tuple[str, State], ...]] = (
    ("reported", State.REPORTED),
    ("verifying", State.VERIFYING),
    ("accepted", State.ACCEPTED),
    ("filed", State.FILED),
    ("dispatched", State.DISPATCHED),
    ("returned", State.RETURNED_UNIT),
    ("filed_again", State.FILED),
    ("dispatched_again", State.DISPATCHED),
    ("signed", State.SIGNED),
    ("handling", State.HANDLING),
    ("extension_asked", State.EXT_PENDING),
    ("extension_decided", State.HANDLING),
    ("suspended", State.SUSPENDED),
    ("resumed", State.HANDLING),
    ("handled", State.HANDLED),
    ("checking", State.CHECKING),
    ("visiting", State.VISITING),
    ("closed_first", State.CLOSED),
    ("rework", State.REWORK),
    ("handling_again", State.HANDLING),
    ("handled_again", State.HANDLED),
    ("visiting_again", State.VISITING),
    ("closed", State.CLOSED),
    ("rejected", State.REJECTED),
    ("merged", State.MERGED),
    ("voided", State.VOID),
)
NEVER: Final = -1  # the step is no part of the case's story


class Clock:
    """Limits of each case on the calendar of its own kind."""

    def __init__(self, span: Span, kinds: Ints, amounts: Floats) -> None:
        self._calendar, self._kinds, self._amounts = span.calendar, kinds, amounts

    def after(self, rows: Ints, start: Ints, share: Floats | float) -> Ints:
        """``share`` of each row's limit after its start."""
        amounts = self._amounts[rows] * share
        found = np.empty(len(rows), dtype=np.int64)
        for number, kind in enumerate(LIMIT_KINDS):
            mine = self._kinds[rows] == number
            found[mine] = deadlines_ms(self._calendar, start[mine], kind, amounts[mine])
        return found

    def share_used(self, rows: Ints, start: Ints, end: Ints) -> Floats:
        """Share of each row's limit that passed in [start, end)."""
        found = np.empty(len(rows), dtype=np.float64)
        for number, kind in enumerate(LIMIT_KINDS):
            mine = self._kinds[rows] == number
            unit = {"work_day": self._calendar.day_ms, "natural_day": DAY_MS}.get(kind, HOUR_MS)
            used = used_ms(self._calendar, start[mine], end[mine], kind)
            found[mine] = used / (self._amounts[rows][mine] * unit)
        return found


@dataclass(kw_only=True)
class Draft:
    """Work in progress: everything by case, instants in epoch ms."""

    plan: CasePlan
    clock: Clock
    generator: np.random.Generator
    steps: dict[str, Ints]
    deadline: Ints
    sent: Ints  # last dispatch
    finish: Ints  # end of the first cycle
    is_late: Mask
    is_suspended: Mask
    is_extended: Mask
    rework: Ints  # 0 none, 1 before closing, 2 after closing

    @property
    def is_routed(self) -> Mask:
        """Counted and through a department."""
        routed: Mask = (self.plan.kind == COUNTED) & ~self.plan.is_self_handled
        return routed

    @property
    def is_plain(self) -> Mask:
        """Routed without any detour, so its end may be moved freely."""
        plain: Mask = self.is_routed & ~self.is_suspended & ~self.is_extended
        plain &= self.rework == 0
        return plain

    def between(self, low: float, high: float, count: int) -> Ints:
        """Uniform minutes, in ms."""
        minutes = self.generator.uniform(low, high, count) * MINUTE_MS
        return np.asarray(minutes, dtype=np.int64)


def share_of(length: Ints, share: Floats | float) -> Ints:
    """A share of spans in ms, cut to whole ms."""
    part: Ints = (length * share).astype(np.int64)
    return part
