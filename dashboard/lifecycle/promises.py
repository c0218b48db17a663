"""Promises of units 议定事项: their states and what may follow what, as pure rules.

What a unit promises at a dispatch meeting is heard again at the next one (domain section 4). Late
is no step of its own: it follows from the due moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboard.clocks import Limit
from dashboard.lifecycle.supervision import Refusal

# How long a unit may take, counted on the statutory calendar; the product's own choice.
LIMITS: Final = (
    Limit("work_day", 1), Limit("work_day", 3), Limit("work_day", 5), Limit("work_day", 10),
    Limit("work_day", 20),
)  # fmt: skip
USUAL: Final = Limit("work_day", 5)  # by the next weekly meeting


class PromiseState(StrEnum):
    """Where a promise stands; the words are ``promise.state.…``."""

    OPEN = "open"  # 办理中
    LATE = "late"  # 逾期未完成
    DONE = "done"  # 已完成
    DONE_LATE = "done_late"  # 逾期完成
    WITHDRAWN = "withdrawn"  # 已撤销


RESOLUTIONS: Final = ("done", "withdrawn")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the rules need to know of one promise; instants in epoch ms, None: not yet."""

    due_ms: int
    resolution: str | None = None
    resolved_ms: int | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_ms is None


def promise_state(one: Promise, at_ms: int) -> PromiseState:
    """Where a promise stands at a moment; what is done at its due moment itself is in time."""
    if one.resolved_ms is not None:
        if one.resolution == "withdrawn":
            return PromiseState.WITHDRAWN
        return PromiseState.DONE_LATE if one.resolved_ms > one.due_ms else PromiseState.DONE
    return PromiseState.LATE if at_ms > one.due_ms else PromiseState.OPEN


def resolve_refusal(one: Promise) -> Refusal | None:
    """Whether a promise can still be reported done or withdrawn: once, while it is open."""
    return None if one.is_open else Refusal.RESOLVED
