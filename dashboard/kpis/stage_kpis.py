"""Stages 环节: filing, dispatch, signing for, returns, checks, re-checks; where cases come from."""

from __future__ import annotations

from dashboard.kpis.model import Direction, Kpi, Term, Thresholds, Unit, field_work, flow
from dashboard.kpis.phrases import NO_VOID_EN, NO_VOID_ZH, ON_CLOSING_DAY_EN, ON_CLOSING_DAY_ZH
from dashboard.kpis.rule_sources import ANYUE, FIELD_SYSTEMS, QINGYANG, bounds

_RUNNING_ZH = "尚在时限内未完成的既不算按期也不算超期。"
_RUNNING_EN = "One still within its limit counts as neither."


def _stage(
    key: str, number: str, name_zh: str, name_en: str, *,
    meaning_zh: str, meaning_en: str, day_zh: str, day_en: str,
    numerator: Term, late: Term, thresholds: Thresholds,
) -> Kpi:  # fmt: skip
    """A stage with a limit: on time over on time and late."""
    return Kpi(
        key=key,
        number=number,
        name_zh=name_zh,
        name_en=name_en,
        meaning_zh=f"{meaning_zh}{_RUNNING_ZH}{NO_VOID_ZH}",
        meaning_en=f"{meaning_en} {_RUNNING_EN} {NO_VOID_EN}",
        period_zh=day_zh,
        period_en=day_en,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(numerator,),
        denominator=(numerator, late),
        thresholds=thresholds,
        source=FIELD_SYSTEMS,
    )


STAGE_KPIS = (
    _stage(
        "case.on_time_sign_rate", "K13", "签收及时率", "On-time sign-for rate",
        meaning_zh="末次派遣后在签收时限内（默认 2 小时，紧急案件 15 分钟，昼夜连续计时）签收的"
        "比例。到限未签收的算超时。",
        meaning_en="Share of the cases signed for within the limit of their last dispatch (2 hours "
        "by default, 15 minutes for urgent ones, in natural time); not signed by then is late.",
        day_zh="按末次派遣之日归入。",
        day_en="On the day of the last dispatch.",
        numerator=flow("signed_on_time"), late=flow("signed_late"), thresholds=bounds("98", "90"),
    ),
    Kpi(
        key="case.unit_return_rate",
        number="K20",
        name_zh="退单率",
        name_en="Unit return rate",
        meaning_zh="部门退回（不属本部门职责等）的次数与派遣次数之比；同一案件多次派遣、多次退单逐次计。"
        f"{NO_VOID_ZH}",
        meaning_en="Times a department sent a case back as not its own, over the dispatches; a "
        f"case dispatched or returned several times counts each time. {NO_VOID_EN}",
        period_zh="派遣与退单各按发生之日归入，退单不一定来自同期的派遣。",
        period_en="Dispatches and returns each on their own day; a return may answer a dispatch of "
        "an earlier period.",
        unit=Unit.PERCENT,
        direction=Direction.LOWER,
        numerator=(flow("returned_by_unit"),),
        denominator=(flow("dispatched"),),
        thresholds=bounds("5", "10"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.dispatch_accuracy_rate",
        number="K21",
        name_zh="准确派遣率",
        name_en="Dispatch accuracy",
        meaning_zh=f"应派遣案件中至今未改派其他部门的比例；再次派给同一部门不算改派。{NO_VOID_ZH}",
        meaning_en="Share of the cases dispatched that were never sent to another department up to "
        f"now; being sent to the same one again does not count against it. {NO_VOID_EN}",
        period_zh="按首次派遣之日归入；日后改派的从该日撤回。",
        period_en="On the day of the first dispatch; a later change of department takes it back "
        "from that day.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("dispatched_once"),),
        denominator=(flow("dispatched_first"),),
        thresholds=bounds("97", "93"),
        source=FIELD_SYSTEMS,
    ),
    _stage(
        "case.on_time_dispatch_rate", "K22", "按时派遣率", "On-time dispatch rate",
        meaning_zh="立案后在派遣时限内（默认 15 分钟，昼夜连续计时）首次派遣的比例。"
        "到限未派遣的算超时；到限前已结案的不计入。",
        meaning_en="Share of the cases filed that were first dispatched within the limit (15 "
        "minutes by default, in natural time); not dispatched by then is late, closed before then "
        "is left out.",
        day_zh="按立案之日归入。",
        day_en="On the day of filing.",
        numerator=flow("dispatch_on_time"), late=flow("dispatch_late"),
        thresholds=bounds("98", "90"),
    ),
    _stage(
        "case.on_time_check_rate", "K23", "核查按期率", "On-time check rate",
        meaning_zh="核查任务在时限内（默认 30 分钟，昼夜连续计时）完成的比例，每次核查计一次。"
        "核查指处置后的现场核查。",
        meaning_en="Share of the checks after handling that ended within the limit (30 minutes by "
        "default, in natural time); every check counts.",
        day_zh="按核查任务下达之日归入。",
        day_en="On the day the check was sent out.",
        numerator=flow("check_on_time"), late=flow("check_late"), thresholds=bounds("95", "85"),
    ),
    Kpi(
        key="case.filing_accuracy_rate",
        name_zh="准确立案率",
        name_en="Filing accuracy",
        meaning_zh="立案的案件中至今未作废（含立案后不予受理、重复合并）的比例。这是作废案件仅有的用处："
        "其他比率的分子分母都不含它们。",
        meaning_en="Share of the cases filed that were not voided, refused or merged up to now. "
        "The one rate in which voided cases count: all others leave them out.",
        period_zh="按立案之日归入；日后作废的从该日撤回。",
        period_en="On the day of filing; voiding a case later takes it back from that day.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("filed"),),
        denominator=(flow("filed_all"),),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.recheck_true_rate",
        name_zh="抽查属实率",
        name_en="Re-checks found true",
        meaning_zh="已完成的抽查中结案属实的比例；查出虚报或未解决的案件退回重办。"
        f"抽查是样本，注明样本数与区间。{NO_VOID_ZH}",
        meaning_en="Share of the sample re-checks done that found the closure true; a case closed "
        "falsely or not solved is reopened. A sample, shown with its size and interval. "
        f"{NO_VOID_EN}",
        period_zh="按抽查之日归入。",
        period_en="On the day of the re-check.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("recheck_true"),),
        denominator=(flow("rechecked"),),
        source=ANYUE,
        has_interval=True,
    ),
)  # fmt: skip

DISCOVERY_KPIS = (
    Kpi(
        key="case.valid_report_rate",
        number="K24",
        name_zh="有效上报率",
        name_en="Valid report rate",
        meaning_zh="网格员上报的案件中已立案且未作废的比例；分母含后来不予受理、作废、合并的上报。",
        meaning_en="Share of what workers reported that was filed and not voided; the denominator "
        "includes reports refused, voided or merged later.",
        period_zh="分子分母均按上报之日归入；日后立案的补计到上报之日。",
        period_en="Both sides on the day of the report; a later filing is added to that day.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("worker_filed"),),
        denominator=(flow("worker_reported"),),
        thresholds=bounds("90", "80"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.proactive_rate",
        number="K25",
        name_zh="主动发现率",
        name_en="Proactive discovery",
        meaning_zh="受理案件中由网格员、视频、物联感知发现的，占其与热线、公众反映案件之和的比例；"
        f"内部批转等其他来源不计入。{NO_VOID_ZH}",
        meaning_en="Share found by workers, video or sensors, of these and the cases from hotlines "
        f"and the public; internal and other sources are left out. {NO_VOID_EN}",
        period_zh="按受理时间归入所在日。",
        period_en="On the day of acceptance.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("accepted_proactive"),),
        denominator=(flow("accepted_proactive"), flow("accepted_public")),
        thresholds=bounds("70", "50"),
        source=FIELD_SYSTEMS,
    ),
    Kpi(
        key="case.grid_closure_rate",
        number="K26",
        name_zh="网格自办率",
        name_en="Solved in the grid",
        meaning_zh=f"网格上报且期内结案的案件中，未派遣部门、在网格内办结的比例，供参考。{NO_VOID_ZH}",
        meaning_en="Share of the cases reported by workers and closed in the period that were "
        f"solved without dispatch to a department; for information. {NO_VOID_EN}",
        period_zh=ON_CLOSING_DAY_ZH,
        period_en=ON_CLOSING_DAY_EN,
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(flow("closed_in_grid"),),
        denominator=(flow("closed_from_grid"),),
        thresholds=bounds("60", "40"),
        source=QINGYANG,
    ),
    Kpi(
        key="whistle.arrival_rate",
        number="K27",
        name_zh="吹哨报到率",
        name_en="Report-to-whistle rate",
        meaning_zh="“网格吹哨、部门报到”中，应到部门在时限内报到的比例，每张吹哨单的每个部门计一次；"
        "时限未到且未报到的不计入。",
        meaning_en="Share of the departments called by a grid's whistle that arrived in time, each "
        "department of each call once; one still within its limit is left out.",
        period_zh="按吹哨之日归入。",
        period_en="On the day of the call.",
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        numerator=(field_work("whistle_arrived"),),
        denominator=(field_work("whistle_called"),),
        thresholds=bounds("95", "85"),
        source=QINGYANG,
    ),
)
