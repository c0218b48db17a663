"""What citizens say 群众评价: call-backs and questionnaires."""

from __future__ import annotations

from dashboard.kpis.model import Direction, Kpi, Part, Unit, flow, survey
from dashboard.kpis.phrases import (
    CALL_DAY_EN,
    CALL_DAY_ZH,
    NO_VOID_EN,
    NO_VOID_ZH,
    ON_CLOSING_DAY_EN,
    ON_CLOSING_DAY_ZH,
)
from dashboard.kpis.rule_sources import CALLBACKS, DAQING, MINISTRY_HOTLINE, bounds

_VALID_ZH = f"无效回访不计入；一案多次有效回访逐次计。{NO_VOID_ZH}"
_VALID_EN = (
    f"Invalid calls are left out; a case called several times counts each time. {NO_VOID_EN}"
)

SATISFACTION_RATE = Kpi(
    key="visit.satisfaction_rate",
    number="K28",
    name_zh="满意率",
    name_en="Satisfaction",
    meaning_zh=f"有效回访中的满意比例，各档答复按权重折算；未作评价的有效回访留在分母。{_VALID_ZH}",
    meaning_en="Share satisfied among the valid call-backs, answers weighted; a valid call without "
    f"an answer stays in the denominator. {_VALID_EN}",
    period_zh=CALL_DAY_ZH,
    period_en=CALL_DAY_EN,
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    numerator=(flow("very_satisfied"), flow("satisfied"), flow("fairly_satisfied", "0.9")),
    denominator=(flow("rated"),),
    thresholds=bounds("95", "90"),
    source=CALLBACKS,
    has_interval=True,
)
SOLUTION_RATE = Kpi(
    key="visit.solution_rate",
    number="K29",
    name_zh="解决率",
    name_en="Resolution rate",
    meaning_zh=f"有效回访中诉求人认为问题已解决的比例。办结不等于解决，解决不等于满意。{_VALID_ZH}",
    meaning_en="Share of the valid call-backs in which the matter was said to be solved. Closed is "
    f"not solved, and solved is not satisfied. {_VALID_EN}",
    period_zh=CALL_DAY_ZH,
    period_en=CALL_DAY_EN,
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    numerator=(flow("solved"),),
    denominator=(flow("rated"),),
    thresholds=bounds("85", "75"),
    source=CALLBACKS,
    has_interval=True,
)
RESPONSE_RATE = Kpi(
    key="visit.response_rate",
    number="K30",
    name_zh="响应率",
    name_en="Response rate",
    meaning_zh=f"有效回访中承办单位已联系诉求人的比例。{_VALID_ZH}",
    meaning_en=f"Share of the valid call-backs in which the unit had made contact. {_VALID_EN}",
    period_zh=CALL_DAY_ZH,
    period_en=CALL_DAY_EN,
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    numerator=(flow("contacted"),),
    denominator=(flow("rated"),),
    thresholds=bounds("99", "95"),
    source=CALLBACKS,
    has_interval=True,
)

VISIT_KPIS = (
    SATISFACTION_RATE,
    SOLUTION_RATE,
    RESPONSE_RATE,
    Kpi(
        key="visit.coverage_rate",
        number="K31",
        name_zh="回访率",
        name_en="Call-back coverage",
        meaning_zh="期内结案的热线与公众诉求中，至今已有有效回访的比例；其他来源的案件无需回访，不计入。"
        f"看满意率须同看回访率。{NO_VOID_ZH}",
        meaning_en="Share of the cases of hotlines and the public closed in the period that have a "
        "valid call-back by now; other sources need none and are left out. To be read beside the "
        f"satisfaction rate. {NO_VOID_EN}",
        period_zh=f"{ON_CLOSING_DAY_ZH}日后的回访补计到结案之日。",
        period_en=f"{ON_CLOSING_DAY_EN} A later call is added to that day.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("called_back"),),
        denominator=(flow("callback_due"),),
        thresholds=bounds("60", "40"),
        source=MINISTRY_HOTLINE,
    ),
    Kpi(
        key="visit.three_rates",
        name_zh="三率综合",
        name_en="Three rates combined",
        meaning_zh="响应率、解决率、满意率按权重合成的得分；三率同以有效回访为分母。"
        "任何一率无值时不出分。",
        meaning_en="Response, resolution and satisfaction combined by weights; all three are over "
        "the valid call-backs. No score where one of them has no value.",
        period_zh=CALL_DAY_ZH,
        period_en=CALL_DAY_EN,
        unit=Unit.POINTS,
        direction=Direction.HIGHER,
        parts=(
            Part(kpi=RESPONSE_RATE, weight=10),
            Part(kpi=SOLUTION_RATE, weight=50),
            Part(kpi=SATISFACTION_RATE, weight=40),
        ),
        source=CALLBACKS,
    ),
    Kpi(
        key="survey.satisfaction_rate",
        number="K32",
        name_zh="问卷满意度",
        name_en="Survey satisfaction",
        meaning_zh="最近一次问卷的有效答卷中非常满意与满意的比例；样本来源随问卷注明，不等于全体居民。",
        meaning_en="Share very satisfied or satisfied among the valid answers of the newest survey "
        "wave; where the sample comes from stands with the wave, and it is not all residents.",
        period_zh="取时段结束前最近一次问卷。",
        period_en="The newest wave that ended before the end of the period.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(survey("very_satisfied"), survey("satisfied")),
        denominator=(survey("answers"),),
        thresholds=bounds("90", "85"),
        source=DAQING,
        has_interval=True,
    ),
)
