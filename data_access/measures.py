"""Measures a case contributes to: names and stable numbers; dashboard.kpis gives their meaning.

A flow counts on the day it happens. A stock is two flows, ``<stock>_in`` and ``<stock>_out``: its
value at any moment is the running sum of in minus out. Numbers are stored in ``case_applied`` and
so are never reused; a new measure is appended.
"""

from __future__ import annotations

from typing import Final

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
)
STOCKS: Final = (
    "open",  # 在办: accepted, not closed, not void, not suspended
    "suspended",  # 挂账
    "overdue",  # 超期未结: open, not suspended, past the deadline
    "due_soon",  # 临期: open, more than 80 % of the limit used, not past it
)
MEASURES: Final = FLOWS + tuple(f"{stock}_{way}" for stock in STOCKS for way in ("in", "out"))
INDEX: Final = {name: number for number, name in enumerate(MEASURES)}

# What the break-downs by category, source and department keep.
BREAK_DOWN_MEASURES: Final = tuple(
    name
    for name in MEASURES
    if name
    in {
        "accepted", "closed", "closed_on_time", "closed_late", "closed_undated", "cohort_closed",
        "open_in", "open_out", "overdue_in", "overdue_out", "suspended_in", "suspended_out",
        "due_soon_in", "due_soon_out", "rated", "closed_reworked",
    }
)  # fmt: skip

DIMENSIONS: Final = {"category": 1, "source": 2, "department": 3}

# rollup.period: one integer for four grains: 0 all time, 2026 a year, 202611 a month, 20261122.
ALL_TIME: Final = 0
