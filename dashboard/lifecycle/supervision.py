"""Reminders 催办, supervision 督办, tasks for grids 一键下发: what may follow what, as pure rules.

Fields of a 督办单 and the three kinds follow domain sections 3 and 4; levels and reply limits are
the product's own defaults, because cities differ and no binding text was at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dashboard.clocks import Limit, WorkCalendar
from dashboard.clocks.deadline import limit_ms, run_ms
from dashboard.clocks.limit import start_ms

KINDS: Final = ("overtime", "leader", "key")  # 超时督办, 领导督办, 重点督办
LEVELS: Final = (1, 2, 3)  # 一般, 加急, 挂牌: the higher, the more serious
RESOLUTIONS: Final = ("resolved", "withdrawn")  # 核销, 撤销
# How long the unit in charge has to answer, on the statutory calendar, unless another is chosen.
REPLY_LIMITS: Final[Mapping[int, Limit]] = MappingProxyType(
    {1: Limit("work_day", 3), 2: Limit("work_day", 1), 3: Limit("work_hour", 4)}
)
PAPERS: Final = ("supervision", "reminder", "task")  # each kind of paper has its own numbers
_PAPER_NAMES: Final = {"supervision": "督办通知", "reminder": "催办通知", "task": "任务通知"}


class Refusal(StrEnum):
    """Why something cannot be done now; the words are ``act.refused.…``."""

    CASE_OVER = "case_over"  # closed or void: nothing is left to urge
    SAME_KIND = "same_kind"  # one of this kind is open already
    MOVED = "moved"  # somebody else was quicker: look again first
    REPLIED = "replied"
    NO_REPLY = "no_reply"  # 核销 needs an answer first; 撤销 does not
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    NO_COMPLAINT = "no_complaint"  # no dissatisfied citizen waits for a rework
    IN_HAND = "in_hand"  # it is being worked on: there is nothing to send back


class ReplyState(StrEnum):
    """Where an issued supervision stands; the words are ``act.reply.…``."""

    WAITING = "waiting"
    LATE = "late"
    REPLIED = "replied"
    REPLIED_LATE = "replied_late"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """What the rules need to know of one supervision; instants in epoch ms, None: not yet."""

    kind: str
    level: int
    reply_due_ms: int | None = None
    replied_ms: int | None = None
    resolution: str | None = None
    resolved_ms: int | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_ms is None


def remind_refusal(*, is_open: bool) -> Refusal | None:
    """Whether the unit in charge of a case can be reminded 催办."""
    return None if is_open else Refusal.CASE_OVER


def supervise_refusal(kind: str, others: Iterable[Supervision], *, is_open: bool) -> Refusal | None:
    """Whether a supervision of a kind can be issued beside the case's ``others``."""
    if not is_open:
        return Refusal.CASE_OVER
    standing = any(one.is_open and one.kind == kind for one in others)
    return Refusal.SAME_KIND if standing else None


def reply_refusal(one: Supervision) -> Refusal | None:
    """Whether the answer 反馈 to a supervision can be entered: once, while it is open."""
    if not one.is_open:
        return Refusal.RESOLVED
    return None if one.replied_ms is None else Refusal.REPLIED


def resolve_refusal(one: Supervision, resolution: str) -> Refusal | None:
    """Whether a supervision can be 核销 (after its answer) or 撤销 (at any time while open)."""
    if not one.is_open:
        return Refusal.RESOLVED
    if resolution == "resolved" and one.replied_ms is None:
        return Refusal.NO_REPLY
    return None


def acknowledge_refusal(*, acknowledged_ms: int | None) -> Refusal | None:
    """Whether a grid can still acknowledge 接收 a task."""
    return None if acknowledged_ms is None else Refusal.ACKNOWLEDGED


def finish_refusal(*, done_ms: int | None) -> Refusal | None:
    """Whether a task can still be reported done 完成; that acknowledges it as well."""
    return None if done_ms is None else Refusal.DONE


def level_of(supervisions: Iterable[Supervision]) -> int:
    """``cases.supervise_level``: the most serious level that is open, 0 without any."""
    return max((one.level for one in supervisions if one.is_open), default=0)


def reply_due_ms(calendar: WorkCalendar, issued_ms: int, limit: Limit) -> int:
    """When the answer is due: epoch ms, counted on the statutory calendar."""
    began = start_ms(calendar, issued_ms, limit.start_rule)
    due = run_ms(calendar, began, limit.kind, limit_ms(calendar, limit.kind, limit.amount))
    return began if due is None else due  # None comes of pauses only, and there are none


def reply_state(one: Supervision, at_ms: int) -> ReplyState:
    """Where a supervision stands at a moment; an answer at its due moment itself is in time."""
    if one.resolution is not None or not one.is_open:
        return ReplyState.WITHDRAWN if one.resolution == "withdrawn" else ReplyState.RESOLVED
    due = one.reply_due_ms
    if one.replied_ms is not None:
        late = due is not None and one.replied_ms > due
        return ReplyState.REPLIED_LATE if late else ReplyState.REPLIED
    return ReplyState.LATE if due is not None and at_ms > due else ReplyState.WAITING


def paper_number(paper: str, year: int, number: int) -> str:
    """发文字号, e.g. 督办通知〔2026〕第3号. Raises KeyError for a paper that is none of PAPERS."""
    return f"{_PAPER_NAMES[paper]}〔{year}〕第{number}号"


def paper_title(paper: str) -> str:
    """What stands in large characters above a paper. Raises KeyError as ``paper_number``."""
    return _PAPER_NAMES[paper]
