"""Measures a case contributes to: names and stable numbers; dashboard.kpis gives their meaning.

A flow counts on the day it happens. A stock is two flows, ``<stock>_in`` and ``<stock>_out``: its
value at any moment is the running sum of in minus out. Numbers are stored in ``case_applied`` and
so are never reused; a new measure is appended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MINUTE_MS = 60_000


@dataclass(frozen=True, kw_only=True)
class StageLimits:
    """Limits of stages that no category sets, in ms of continuous time."""

    dispatch_ms: int = 15 * _MINUTE_MS  # 立案 → 派遣
    sign_ms: int = 120 * _MINUTE_MS  # 派遣 → 签收
    sign_urgent_ms: int = 15 * _MINUTE_MS
    check_ms: int = 30 * _MINUTE_MS  # 核查
    repeat_ms: int = 30 * 1440 * _MINUTE_MS  # 重复诉求


FLOWS: Final = (
    "reported",  # 上报: reported_at
    "accepted",  # 受理: accepted_at
    "filed",  # 立案: filed_at
    "closed",  # 结案: closed_at of the latest closure of a case that is closed now
    "closed_on_time",  # 按期结案: closed not after the effective deadline, or exempt by appeal
    "closed_late",  # 超期结案
    "closed_undated",  # 无时限结案: closed without a deadline
    "closed_reworked",  # 返工后结案: closed after more than one cycle
    "cohort_closed",  # 已办结, counted on the day the case was ACCEPTED
    "breached",  # 新增超期: the day a running case passed its deadline, once a cycle
    "rated",  # 有效回访: valid call-backs, on the day of the call
    "contacted",  # 已联系
    "solved",  # 已解决
    "very_satisfied",  # 非常满意
    "satisfied",  # 满意
    "fairly_satisfied",  # 基本满意
    "neutral",  # 一般
    "dissatisfied",  # 不满意
    "filed_all",  # 立案: filed_at, cases voided later included
    "filed_void",  # 立案后作废: filed, void by now; on the day it was filed
    "merged",  # 重复合并: merged into another case, on the day it was reported
    "repeated",  # 重复诉求: accepted, repeats an earlier case (repeat_of_case_id)
    "reopened",  # 结案后重办: sent back after it had been closed, on the day it was sent back
    "worker_reported",  # 网格员上报, refused ones included: reported_at, source of kind worker
    "worker_filed",  # of these filed by now and not void; on the day it was reported
    "accepted_proactive",  # 主动发现: accepted, from a proactive source
    "accepted_public",  # accepted, from a hotline or the public
    "dispatched",  # 派遣: every dispatch event on its day
    "dispatched_first",  # 应派遣: the first dispatch of a case, on its day
    "dispatched_once",  # 准确派遣: of these never sent to another department since
    "returned_by_unit",  # 退单: every event of a department sending a case back
    "dispatch_on_time",  # 按时派遣: first dispatched within the limit; on the day it was filed
    "dispatch_late",  # dispatched later, or not yet and past the limit; on the day it was filed
    "signed_on_time",  # 及时签收: signed for within the limit; on the day of its last dispatch
    "signed_late",  # signed for later, or not yet and past the limit; on the same day
    "check_on_time",  # 按期核查: check ended within the limit; on the day it was sent out
    "check_late",  # ended later, or not yet and past the limit; on the same day
    "handled_on_time",  # 按期处置: a cycle handled not after its handling deadline, or exempt
    "handled_late",  # 超期处置: a cycle handled after it
    "extended",  # 延期: the day the case's first extension was approved
    "closed_first_time",  # 一次办结: closed in its first cycle, not repeated within the window
    "closed_from_grid",  # closed, source of kind worker
    "closed_in_grid",  # 网格自办: of these closed without ever being dispatched
    "callback_due",  # 应回访: closed, from a hotline or the public
    "called_back",  # 已回访: of these with a valid call-back by now; on the day it was closed
    "rechecked",  # 抽查: sample re-checks done, on the day of the check
    "recheck_true",  # 抽查属实: of these found as reported
)
STOCKS: Final = (
    "open",  # 在办: accepted, not closed, not void, not suspended
    "suspended",  # 挂账
    "overdue",  # 超期未结: open, not suspended, past the deadline
    "due_soon",  # 临期: open, more than 80 % of the limit used, not past it
    "unhandled",  # 超期未处置: not handled in this cycle, not suspended, past the handling deadline
    "undated",  # 无时限在办: open without a deadline
    "suspended_late",  # 挂账且已过时限: suspended, past the deadline it had
    "suspended_past_end",  # 挂账逾期未恢复: suspended, past the planned end
)
MEASURES: Final = FLOWS + tuple(f"{stock}_{way}" for stock in STOCKS for way in ("in", "out"))
INDEX: Final = {name: number for number, name in enumerate(MEASURES)}

# What the break-downs by category, source and department keep.
BREAK_DOWN_MEASURES: Final = MEASURES

DIMENSIONS: Final = {"category": 1, "source": 2, "department": 3}

# rollup.period: one integer for four grains: 0 all time, 2026 a year, 202611 a month, 20261122.
ALL_TIME: Final = 0
