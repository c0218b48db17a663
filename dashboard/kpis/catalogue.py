"""The catalogue 指标目录: every KPI once. Keys are stored and published and never renamed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from dashboard.kpis.case_kpis import CASE_KPIS, OURS
from dashboard.kpis.model import Direction, Kpi, Unit, duty, flow, survey

_CALLBACKS = "北京市某区接诉即办统计工具；官方权重未核实"

_VISITS = (
    Kpi(
        key="visit.satisfaction_rate",
        name_zh="满意率",
        name_en="Satisfaction",
        meaning_zh="有效回访中的满意比例：非常满意、满意计 1，基本满意计 0.9，按回访时间统计。",
        meaning_en="Share satisfied among valid call-backs: satisfied 1, fairly satisfied 0.9.",
        formula_zh="(非常满意 + 满意 + 0.9 × 基本满意) ÷ 有效回访",
        formula_en="(very satisfied + satisfied + 0.9 × fairly satisfied) ÷ valid call-backs",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(
            flow("very_satisfied"),
            flow("satisfied"),
            flow("fairly_satisfied", "0.9"),
        ),
        denominator=(flow("rated"),),
        good=Fraction(95),
        warn=Fraction(90),
        source=f"{_CALLBACKS}；阈值为{OURS}",
        has_interval=True,
    ),
    Kpi(
        key="visit.solution_rate",
        name_zh="解决率",
        name_en="Resolution rate",
        meaning_zh="有效回访中诉求人认为问题已解决的比例。",
        meaning_en="Share of valid call-backs in which the matter was said to be solved.",
        formula_zh="已解决 ÷ 有效回访",
        formula_en="solved ÷ valid call-backs",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("solved"),),
        denominator=(flow("rated"),),
        good=Fraction(85),
        warn=Fraction(75),
        source=f"{_CALLBACKS}；阈值为{OURS}",
        has_interval=True,
    ),
    Kpi(
        key="visit.response_rate",
        name_zh="响应率",
        name_en="Response rate",
        meaning_zh="有效回访中承办单位已联系诉求人的比例。",
        meaning_en="Share of valid call-backs in which the unit had made contact.",
        formula_zh="已联系 ÷ 有效回访",
        formula_en="contacted ÷ valid call-backs",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("contacted"),),
        denominator=(flow("rated"),),
        good=Fraction(99),
        warn=Fraction(95),
        source=f"{_CALLBACKS}；阈值为{OURS}",
        has_interval=True,
    ),
)

_SURVEYS = (
    Kpi(
        key="survey.satisfaction_rate",
        name_zh="问卷满意度",
        name_en="Survey satisfaction",
        meaning_zh="最近一次问卷中非常满意与满意的比例；样本来源随问卷注明，不等于全体居民。",
        meaning_en="Share very satisfied or satisfied in the newest survey wave, of those asked.",
        formula_zh="(非常满意 + 满意) ÷ 有效问卷",
        formula_en="(very satisfied + satisfied) ÷ valid answers",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(survey("very_satisfied"), survey("satisfied")),
        denominator=(survey("answers"),),
        good=Fraction(90),
        warn=Fraction(85),
        source=f"大庆市2023年报道口径（70,006 份问卷，91.26%）；阈值为{OURS}",
        has_interval=True,
    ),
)

_DUTY = (
    Kpi(
        key="duty.on_duty",
        name_zh="在岗人数",
        name_en="On duty",
        meaning_zh="当前班次内有在岗证据（签到、办件、巡查、走访或心跳）及外勤的人数。",
        meaning_en="People with evidence of work in the current shift, and those in the field.",
        formula_zh="在岗 + 外勤",
        formula_en="on duty + in the field",
        unit=Unit.PEOPLE,
        direction=Direction.NEITHER,
        numerator=(duty("on_duty"), duty("in_field")),
        source=OURS,
    ),
    Kpi(
        key="duty.on_duty_rate",
        name_zh="在岗率",
        name_en="On-duty rate",
        meaning_zh="应在岗人员中当前在岗或外勤的比例；请假人员不计入应在岗。",
        meaning_en="Share of the people rostered now, leave aside, on duty or in the field.",
        formula_zh="(在岗 + 外勤) ÷ 应在岗",
        formula_en="(on duty + in the field) ÷ rostered",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(duty("on_duty"), duty("in_field")),
        denominator=(duty("rostered"),),
        good=Fraction(95),
        warn=Fraction(85),
        source=OURS,
    ),
    Kpi(
        key="duty.grid_coverage_rate",
        name_zh="网格在岗覆盖率",
        name_en="Grids covered",
        meaning_zh="当前需有人值守的网格中，至少有一人在岗的比例。",
        meaning_en="Share of the grids to be covered now that have somebody on duty.",
        formula_zh="有人在岗的网格 ÷ 应覆盖网格",
        formula_en="grids with somebody on duty ÷ grids to be covered",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(duty("grids_covered"),),
        denominator=(duty("grids_required"),),
        good=Fraction(98),
        warn=Fraction(90),
        source=OURS,
    ),
)

_SYSTEM = (
    Kpi(
        key="system.data_age",
        name_zh="数据时效",
        name_en="Data age",
        meaning_zh="当前时间与数据截至时间之差；按来源另列各自的最近到数时间。",
        meaning_en="Now minus the moment the data are complete to; each source has its own.",
        formula_zh="当前时间 − 数据截至时间",
        formula_en="now − data as of",
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        numerator=(duty("data_age_seconds"),),
        source=OURS,
    ),
)

CATALOGUE: Mapping[str, Kpi] = MappingProxyType(
    {kpi.key: kpi for kpi in (*CASE_KPIS, *_VISITS, *_SURVEYS, *_DUTY, *_SYSTEM)}
)
