"""The steps a case can take, and the working copy in which journeys are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import LIMIT_KINDS, Limit, WorkCalendar, deadlines_ms, used_ms
from dashboard.lifecycle.states import State
from jobs.demo.case_plan import COUNTED, CasePlan
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS

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
    ("returned_again", State.RETURNED_UNIT),
    ("filed_third", State.FILED),
    ("dispatched_third", State.DISPATCHED),
    ("signed", State.SIGNED),
    ("handling", State.HANDLING),
    ("extension_asked", State.EXT_PENDING),
    ("extension_decided", State.HANDLING),
    ("suspended", State.SUSPENDED),
    ("resumed", State.HANDLING),
    ("suspended_again", State.SUSPENDED),
    ("resumed_again", State.HANDLING),
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
# What is said when a step is taken.
OPINION: Final[dict[str, str]] = {
    "returned": "不属本部门职责，申请退回", "returned_again": "职责有争议，再次退回",
    "extension_asked": "需协调施工，申请延期",
    "suspended": "受季节和工程条件限制，申请挂账", "resumed": "条件具备，恢复办理",
    "suspended_again": "条件仍不具备，再次申请挂账", "resumed_again": "条件具备，恢复办理",
    "rework": "评价不满意，退回重办", "rejected": "不属受理范围", "merged": "与在办案件重复",
    "voided": "现场核实不存在",
}  # fmt: skip
REOPENED_OPINION: Final = "同一诉求再次反映，退回重办"
RECHECKED_OPINION: Final = "抽查核实未办结，退回重办"


class Clock:
    """Limits of each case on the calendar of its own kind, to the millisecond of dashboard.clocks.

    ``kinds`` number LIMIT_KINDS, ``amounts`` are in the kind's own unit; one entry a case.
    """

    def __init__(self, calendar: WorkCalendar, kinds: Ints, amounts: Floats) -> None:
        self._calendar, self._kinds = calendar, kinds
        units = {"work_day": calendar.day_ms, "natural_day": DAY_MS}
        self._units = np.array([units.get(kind, HOUR_MS) for kind in LIMIT_KINDS])[kinds]
        self.limit: Ints = np.rint(amounts * self._units).astype(np.int64)

    def run(self, rows: Ints, start: Ints, length: Ints) -> Ints:
        """When so many ms of each row's own kind of time are over."""
        amounts = length / self._units[rows]
        found = np.empty(len(rows), dtype=np.int64)
        for number, kind in enumerate(LIMIT_KINDS):
            mine = self._kinds[rows] == number
            found[mine] = deadlines_ms(self._calendar, start[mine], kind, amounts[mine])
        return found

    def after(self, rows: Ints, start: Ints, share: Floats | float) -> Ints:
        """``share`` of each row's limit after its start."""
        return self.run(rows, start, np.rint(self.limit[rows] * share).astype(np.int64))

    def used(self, rows: Ints, start: Ints, end: Ints) -> Ints:
        """Ms of each row's own kind of time in [start, end)."""
        found = np.empty(len(rows), dtype=np.int64)
        for number, kind in enumerate(LIMIT_KINDS):
            mine = self._kinds[rows] == number
            found[mine] = used_ms(self._calendar, start[mine], end[mine], kind)
        return found

    def after_pauses(
        self, rows: Ints, start: Ints, share: float, pauses: Sequence[tuple[Ints, Ints]]
    ) -> Ints:
        """``after`` with (begin, end) of each row's pauses, in the order of time, added.

        A pause that begins after the moment it would move is too late to move it.
        """
        length = np.rint(self.limit[rows] * share).astype(np.int64)
        found = self.run(rows, start, length)
        for begin, end in pauses:
            length = length + np.where(begin <= found, self.used(rows, begin, end), 0)
            found = self.run(rows, start, length)
        return found

    def closing(self, handle: Ints, limits: Sequence[Limit]) -> Ints:
        """结案时限 of 处置时限: ``limits`` one after the other; NEVER stays NEVER."""
        found = handle.copy()
        known = handle != NEVER
        for limit in limits:
            found[known] = deadlines_ms(self._calendar, found[known], limit.kind, limit.amount)
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
    contact: Ints  # first contact 首次响应
    slowness: Floats  # of the department in charge, around 1
    is_late: Mask
    is_suspended: Mask
    is_extended: Mask
    rework: Ints  # 0 none, 1 before closing, 2 after closing
    by_recheck: Mask  # sent back after closing because a sample re-check 抽查 found it false

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

    def minutes(self, mean: float, low: float, high: float, count: int) -> Ints:
        """Exponential minutes with a lowest and a highest value, in ms."""
        drawn = np.clip(low + self.generator.exponential(mean, count), low, high)
        return np.asarray(drawn * MINUTE_MS, dtype=np.int64)

    def between(self, low: float, high: float, count: int) -> Ints:
        """Uniform minutes, in ms."""
        minutes = self.generator.uniform(low, high, count) * MINUTE_MS
        return np.asarray(minutes, dtype=np.int64)


def share_of(length: Ints, share: Floats | float) -> Ints:
    """A share of spans in ms, cut to whole ms."""
    part: Ints = (length * share).astype(np.int64)
    return part
