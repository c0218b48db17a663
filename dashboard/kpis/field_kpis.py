"""People in the field 网格力量: staffing, duty, patrols, visits to households, load."""

from __future__ import annotations

from dashboard.kpis.model import Direction, Kpi, Reference, Unit, duty, field_work, stock
from dashboard.kpis.phrases import AT_END_EN, AT_END_ZH, NOW_EN, NOW_ZH
from dashboard.kpis.rule_sources import ANYUE, FIELD_SYSTEMS, QINGYANG, bounds, relative_bounds

DUTY_KPIS = (
    Kpi(
        key="duty.staffed_grid_rate",
        number="K33",
        name_zh="网格配备率",
        name_en="Grids staffed",
        meaning_zh="至少有一名在册人员服务的网格占全部网格的比例；未定位不算网格。",
        meaning_en="Share of the grids served by at least one active worker; the place for cases "
        "that could not be located is no grid.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(duty("grids_staffed"),),
        denominator=(duty("grids_total"),),
        thresholds=bounds("100", "98"),
    ),
    Kpi(
        key="duty.on_duty",
        number="K34",
        name_zh="在岗人数",
        name_en="On duty",
        meaning_zh="当前班次内有在岗证据（签到、办件、巡查、走访或心跳）及外勤的人数；请假、未到岗的不计入。",
        meaning_en="People with evidence of work in the current shift (check-in, case, patrol, "
        "visit or sign of life), and those in the field; people on leave and absent ones are left "
        "out.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.PEOPLE,
        direction=Direction.NEITHER,
        numerator=(duty("on_duty"), duty("in_field")),
    ),
    Kpi(
        key="duty.on_duty_rate",
        number="K34",
        name_zh="在岗率",
        name_en="On-duty rate",
        meaning_zh="应在岗人员中当前在岗或外勤的比例；请假人员不计入应在岗，无排班的兼职人员不计入。",
        meaning_en="Share of the people rostered now that are on duty or in the field; people on "
        "leave and part-time workers without a shift are not rostered.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(duty("on_duty"), duty("in_field")),
        denominator=(duty("rostered"),),
        thresholds=bounds("95", "85"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="duty.grid_coverage_rate",
        number="K35",
        name_zh="网格在岗覆盖率",
        name_en="Grids covered",
        meaning_zh="当前需有人值守的网格中，至少有一人在岗或外勤的比例；当前无班次的网格不计入。",
        meaning_en="Share of the grids to be covered now that have somebody on duty or in the "
        "field; grids without a shift now are left out.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(duty("grids_covered"),),
        denominator=(duty("grids_required"),),
        thresholds=bounds("98", "90"),
    ),
    Kpi(
        key="duty.load",
        number="K38",
        name_zh="人均在办",
        name_en="Load",
        meaning_zh="在办案件数与在册人员之比，挂账案件不计入。与同级区域中位数相比偏高表示需要支援，"
        "不作褒贬。",
        meaning_en="Open cases per active worker, suspended cases left out. Far above the median "
        "of the areas beside it means that help is needed; it is no praise and no blame.",
        period_zh=f"在办：{AT_END_ZH}在册人员：{NOW_ZH}",
        period_en=f"Open cases: {AT_END_EN} Active workers: {NOW_EN}",
        unit=Unit.CASES_PER_PERSON,
        direction=Direction.NEITHER,
        numerator=(stock("open"),),
        denominator=(duty("workers_active"),),
        thresholds=relative_bounds("1", "1.5", Reference.SIBLING_MEDIAN),
    ),
)


def _visits(suffix: str, name_zh: str, name_en: str, good: str) -> Kpi:
    kind = suffix.removeprefix("_")
    kinds = {"monthly": "每月必访类", "quarterly": "每季必访类", "yearly": "每年必访类"}
    whom_zh = kinds.get(kind, "各类")
    whom_en = f"of the {kind} class" if kind else "of all classes"
    return Kpi(
        key=f"household.visit_rate{suffix}",
        number="K37",
        name_zh=name_zh,
        name_en=name_en,
        meaning_zh=f"必访对象（{whom_zh}）中，在各自走访周期内得到至少一次有效走访的比例；"
        "周期尚未结束的不计入。",
        meaning_en=f"Share of the visits due to people {whom_en} that were made within the "
        "person's own window; windows that have not ended are left out.",
        period_zh="按走访周期结束之日归入。",
        period_en="On the day the person's window ends.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(field_work(f"visit_done{suffix}"),),
        denominator=(field_work(f"visit_due{suffix}"),),
        thresholds=bounds(good, "90"),
        source=QINGYANG,
    )


FIELD_KPIS = (
    Kpi(
        key="patrol.twice_daily_rate",
        number="K36",
        name_zh="双巡完成率",
        name_en="Patrolled twice a day",
        meaning_zh="应双巡的网格日中，上午（6–12 时）和下午（12–22 时）各有至少一次有效巡查的比例；"
        "按排班无班次的网格日不计入。",
        meaning_en="Share of the grid-days to be patrolled that have a valid patrol both from 6 to "
        "12 and from 12 to 22 o'clock; days on which a grid has no shift are left out.",
        period_zh="按巡查所在日归入。",
        period_en="On the day of the patrols.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(field_work("patrol_done"),),
        denominator=(field_work("patrol_required"),),
        thresholds=bounds("95", "85"),
        source=ANYUE,
    ),
    _visits("", "必访完成率", "Due visits made", "98"),
    _visits("_monthly", "必访完成率（每月类）", "Due visits made, monthly", "99"),
    _visits("_quarterly", "必访完成率（每季类）", "Due visits made, quarterly", "98"),
    _visits("_yearly", "必访完成率（每年类）", "Due visits made, yearly", "98"),
)
