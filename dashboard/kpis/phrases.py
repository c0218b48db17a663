"""Sentences that several definitions share 通用表述, each in Chinese and English."""

from __future__ import annotations

from typing import Final

NO_VOID_ZH: Final = "作废、不予受理、重复合并的案件不计入。"
NO_VOID_EN: Final = "Voided, refused and merged cases are left out."

AT_END_ZH: Final = "取期末时点；统计时段尚未结束时取当前。"
AT_END_EN: Final = "The stock at the end of the period, or now while it is still running."

ON_CLOSING_DAY_ZH: Final = "按最后一次结案的时间归入所在日；重办后未再结案的从原结案日撤回。"
ON_CLOSING_DAY_EN: Final = (
    "On the day of the latest closure; a reopened case is taken back from the day it was closed on."
)

DUE_PERIOD_ZH: Final = (
    "结案按最后一次结案的时间归入所在日；超期未结取期末时点，逐期计入直至结案。"
    "跨期未到时限的案件不进入本期。"
)
DUE_PERIOD_EN: Final = (
    "Closures on the day of the latest closure; overdue cases as they stand at the end, again in "
    "every period until closed. Cases open across the end and not yet due are not in this period."
)

HANDLING_PERIOD_ZH: Final = (
    "按办理轮次统计：每轮处置完成归入完成之日；超期未处置取期末时点，逐期计入直至处置完成。"
)
HANDLING_PERIOD_EN: Final = (
    "Counted by cycle: each handling on the day it was finished; cases overdue and not handled as "
    "they stand at the end, again in every period until handled."
)

CALL_DAY_ZH: Final = "按回访时间归入所在日。"
CALL_DAY_EN: Final = "On the day of the call."

NOW_ZH: Final = "只有当前值，与所选时段无关。"
NOW_EN: Final = "Of now only, whatever period is chosen."
