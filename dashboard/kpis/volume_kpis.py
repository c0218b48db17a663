"""How many cases 案件数量: accepted, closed, open, overdue, due soon, suspended."""

from __future__ import annotations

from dashboard.kpis.model import Direction, Kpi, Reference, Unit, flow, stock
from dashboard.kpis.phrases import (
    AT_END_EN,
    AT_END_ZH,
    NO_VOID_EN,
    NO_VOID_ZH,
    ON_CLOSING_DAY_EN,
    ON_CLOSING_DAY_ZH,
)
from dashboard.kpis.rule_sources import LIGHTS, NOTICES, SUSPENSION, USUAL, bounds, relative_bounds

VOLUME_KPIS = (
    Kpi(
        key="case.accepted",
        number="K01",
        name_zh="受理量",
        name_en="Cases accepted",
        meaning_zh=f"期内受理的案件数。{NO_VOID_ZH}突增（超过前四个同星期同长时段均值加两倍标准差）"
        "时提示。",
        meaning_en=f"Cases accepted in the period. {NO_VOID_EN} A spike, beyond the mean of the "
        "four same weekdays before plus two standard deviations, is pointed out.",
        period_zh="按受理时间归入所在日。",
        period_en="On the day of acceptance.",
        unit=Unit.CASES,
        direction=Direction.NEITHER,
        numerator=(flow("accepted"),),
        thresholds=relative_bounds("1", None, Reference.SPIKE),
        source=USUAL,
    ),
    Kpi(
        key="case.open",
        number="K02",
        name_zh="在办量",
        name_en="Open cases",
        meaning_zh=f"已受理未结案的案件数，含超期未结与无时限案件；挂账案件另列。{NO_VOID_ZH}",
        meaning_en="Cases accepted and not closed, overdue ones and those without a deadline "
        f"included; suspended ones are apart. {NO_VOID_EN}",
        period_zh=AT_END_ZH,
        period_en=AT_END_EN,
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(stock("open"),),
        thresholds=relative_bounds("1.1", "1.3", Reference.FOUR_WEEK_MEAN),
        source=USUAL,
    ),
    Kpi(
        key="case.closed",
        number="K03",
        name_zh="办结量",
        name_en="Cases closed",
        meaning_zh=f"期内结案的案件数，一案一计；退回重办后尚未再结案的不计入。{NO_VOID_ZH}",
        meaning_en="Cases closed in the period, each once; those reopened and not closed again are "
        f"left out. {NO_VOID_EN}",
        period_zh=ON_CLOSING_DAY_ZH,
        period_en=ON_CLOSING_DAY_EN,
        unit=Unit.CASES,
        direction=Direction.HIGHER,
        numerator=(flow("closed"),),
        source=USUAL,
    ),
    Kpi(
        key="case.overdue",
        number="K08",
        name_zh="超期未结",
        name_en="Overdue, not closed",
        meaning_zh="已超过结案时限仍未结案的案件数。挂账、申诉通过、无时限的案件不计入。"
        f"{NO_VOID_ZH}",
        meaning_en="Cases past their deadline and still open. Suspended ones, those exempt by "
        f"appeal and those without a deadline are left out. {NO_VOID_EN}",
        period_zh=f"{AT_END_ZH}逐期计入直至结案。",
        period_en=f"{AT_END_EN} Counted again in every period until closed.",
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(stock("overdue"),),
        thresholds=bounds("0", "5", of_units=True),
        source=NOTICES,
    ),
    Kpi(
        key="case.newly_overdue",
        number="K09",
        name_zh="本期新增超期",
        name_en="Newly overdue",
        meaning_zh="期内到达时限而当时未结案的次数，每一办理轮次至多一次；到期时正在挂账的、申诉通过的"
        f"不计入。{NO_VOID_ZH}",
        meaning_en="Times a case passed its deadline while open, once a cycle at most; deadlines "
        f"passed while suspended and cases exempt by appeal are left out. {NO_VOID_EN}",
        period_zh="按时限到达之日归入。",
        period_en="On the day the deadline passed.",
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(flow("breached"),),
        thresholds=bounds("0", "3", of_units=True),
    ),
    Kpi(
        key="case.due_soon",
        number="K10",
        name_zh="临期",
        name_en="Due soon",
        meaning_zh="已用时超过时限 80%（可设置）但尚未超期的在办案件数。挂账、申诉通过、无时限的"
        f"案件不计入。{NO_VOID_ZH}",
        meaning_en="Open cases that have used more than 80 % of their limit (a setting) and are "
        "not overdue. Suspended and exempt ones and those without a deadline are left out. "
        f"{NO_VOID_EN}",
        period_zh=AT_END_ZH,
        period_en=AT_END_EN,
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(stock("due_soon"),),
        source=LIGHTS,
    ),
    Kpi(
        key="case.suspended",
        number="K19",
        name_zh="挂账",
        name_en="Suspended",
        meaning_zh=f"处于挂账（缓办）状态的案件数，其时限暂停计算。{NO_VOID_ZH}",
        meaning_en=f"Cases that are suspended; their clock stands still. {NO_VOID_EN}",
        period_zh=AT_END_ZH,
        period_en=AT_END_EN,
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(stock("suspended"),),
        source=SUSPENSION,
    ),
    Kpi(
        key="case.suspended_past_end",
        number="K19",
        name_zh="挂账逾期",
        name_en="Suspended past the end",
        meaning_zh=f"挂账已过计划恢复日期仍未恢复办理的案件数；未定恢复日期的不计入。{NO_VOID_ZH}",
        meaning_en="Cases still suspended after the planned end of their suspension; those without "
        f"a planned end are left out. {NO_VOID_EN}",
        period_zh=AT_END_ZH,
        period_en=AT_END_EN,
        unit=Unit.CASES,
        direction=Direction.LOWER,
        numerator=(stock("suspended_past_end"),),
        thresholds=bounds("0", "0"),
        source=SUSPENSION,
    ),
    Kpi(
        key="case.demand",
        name_zh="诉求热度",
        name_en="Demand",
        meaning_zh="受理的案件与并入其他案件的重复件之和，反映诉求多少；作废、不予受理的不计入。"
        "重复件不进入任何比率的分母。",
        meaning_en="Cases accepted and duplicates merged into others: how much was asked for. "
        "Voided and refused ones are left out; duplicates are in no denominator of the rates "
        "of closing and handling.",
        period_zh="受理按受理时间，重复件按上报时间归入所在日。",
        period_en="Accepted cases on the day of acceptance, duplicates on the day of their report.",
        unit=Unit.CASES,
        direction=Direction.NEITHER,
        numerator=(flow("accepted"), flow("merged")),
    ),
)
