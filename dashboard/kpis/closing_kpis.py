"""Closing 结案: the rates on the two bases, rework, first-time closure, repeats."""

from __future__ import annotations

from dashboard.kpis.model import Basis, Direction, Kpi, Unit, flow, stock
from dashboard.kpis.phrases import (
    DUE_PERIOD_EN,
    DUE_PERIOD_ZH,
    NO_VOID_EN,
    NO_VOID_ZH,
    ON_CLOSING_DAY_EN,
    ON_CLOSING_DAY_ZH,
)
from dashboard.kpis.rule_sources import FIELD_SYSTEMS, NOTICES, YUANBAO, bounds

# 应结案数: closed in the period, or overdue and open at its end.
DUE = (flow("closed_on_time"), flow("closed_late"), stock("overdue"))

CLOSING_KPIS = (
    Kpi(
        key="case.cohort_closure_rate",
        number="K04",
        name_zh="受理办结率",
        name_en="Cohort closure rate",
        meaning_zh="期内受理的案件中，到期末（或当前）已办结的比例，即媒体常用的“办结率”。"
        f"不问是否按期；受理不久的案件会拉低它，故只评价已结束足够久的时段。{NO_VOID_ZH}",
        meaning_en="Share of the cases accepted in the period that are closed by its end or now, "
        "the press's closure rate. It does not ask whether they were in time; cases accepted only "
        "just now lower it, so that only periods that ended long enough ago are judged. "
        f"{NO_VOID_EN}",
        period_zh="分子分母均按受理时间归入所在日；办结以期末（或当前）为准。",
        period_en="Both sides on the day of acceptance; closed means by the end of the period, or "
        "by now.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        basis=Basis.COHORT,
        numerator=(flow("cohort_closed"),),
        denominator=(flow("accepted"),),
        thresholds=bounds("95", "90"),
        source=YUANBAO,
        needs_settling=True,
    ),
    Kpi(
        key="case.closure_rate",
        number="K05",
        name_zh="结案率",
        name_en="Closure rate",
        meaning_zh="应结案件中已结案的比例。应结案数为期内按期结案、期内超期结案与期末超期未结之和；"
        f"未到时限的在办案件不进入分母。{NO_VOID_ZH}",
        meaning_en="Share of the cases due that are closed. Due are those closed in the period, on "
        "time or late, and those overdue and open at its end; open cases not yet due are left out. "
        f"{NO_VOID_EN}",
        period_zh=DUE_PERIOD_ZH,
        period_en=DUE_PERIOD_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        basis=Basis.ASSESSMENT,
        numerator=(flow("closed_on_time"), flow("closed_late")),
        denominator=DUE,
        denominator_zh="应结案数",
        denominator_en="cases due",
        thresholds=bounds("95", "90"),
        source=NOTICES,
    ),
    Kpi(
        key="case.on_time_closure_rate",
        number="K06",
        name_zh="按期结案率",
        name_en="On-time closure rate",
        meaning_zh="应结案件中在时限内结案的比例。应结案数同结案率；时限含挂账顺延与获批延期；"
        f"申诉通过的案件按按期计，原始超期时长另行保留。{NO_VOID_ZH}",
        meaning_en="Share of the cases due that were closed in time. Due is as for the closure "
        "rate; deadlines include suspensions and approved extensions; cases exempt by appeal count "
        f"as on time and keep their raw overtime. {NO_VOID_EN}",
        period_zh=DUE_PERIOD_ZH,
        period_en=DUE_PERIOD_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        basis=Basis.ASSESSMENT,
        numerator=(flow("closed_on_time"),),
        denominator=DUE,
        denominator_zh="应结案数",
        denominator_en="cases due",
        thresholds=bounds("95", "85"),
        source=NOTICES,
    ),
    Kpi(
        key="case.rework_rate",
        number="K15",
        name_zh="返工率",
        name_en="Rework rate",
        meaning_zh="期内结案且曾被退回重办（核查不通过、评价不满意、抽查虚报）的案件，与应结案数之比。"
        f"一案多次返工计一次；无时限案件结案也计入分子。{NO_VOID_ZH}",
        meaning_en="Cases closed in the period that had been sent back (check failed, "
        "dissatisfied, closure found false), over the cases due. A case sent back several times "
        f"counts once; the numerator also holds cases closed without a deadline. {NO_VOID_EN}",
        period_zh=DUE_PERIOD_ZH,
        period_en=DUE_PERIOD_EN,
        unit=Unit.PERCENT,
        direction=Direction.LOWER,
        basis=Basis.ASSESSMENT,
        numerator=(flow("closed_reworked"),),
        denominator=DUE,
        denominator_zh="应结案数",
        denominator_en="cases due",
        thresholds=bounds("3", "8"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.first_time_closure_rate",
        number="K16",
        name_zh="一次办结率",
        name_en="First-time closure rate",
        meaning_zh="期内结案的案件中，未经返工且在规定天数（默认 30 天）内无重复诉求的比例。"
        f"结案不久的案件日后仍可能因重复诉求而减少。{NO_VOID_ZH}",
        meaning_en="Share of the cases closed in the period in their first cycle and not repeated "
        "within the window (30 days by default). Cases closed lately may still drop out when they "
        f"are repeated. {NO_VOID_EN}",
        period_zh=ON_CLOSING_DAY_ZH,
        period_en=ON_CLOSING_DAY_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("closed_first_time"),),
        denominator=(flow("closed"),),
        thresholds=bounds("90", "80"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.repeat_rate",
        number="K17",
        name_zh="重复投诉率",
        name_en="Repeat rate",
        meaning_zh="诉求（受理案件与并入他案的重复件）中属于重复的比例：同一诉求人，或同一地点同一类别，"
        "在规定天数（默认 30 天）内再次提出。作废、不予受理的不计入。",
        meaning_en="Share of what was asked (cases accepted and duplicates merged) that repeats an "
        "earlier case: the same caller, or the same place and category, within the window (30 days "
        "by default). Voided and refused cases are left out.",
        period_zh="受理案件按受理时间，重复件按上报时间归入所在日。",
        period_en="Accepted cases on the day of acceptance, duplicates on the day of their report.",
        unit=Unit.PERCENT,
        direction=Direction.LOWER,
        numerator=(flow("repeated"), flow("merged")),
        denominator=(flow("accepted"), flow("merged")),
        thresholds=bounds("5", "10"),
        source=FIELD_SYSTEMS,
    ),
)
