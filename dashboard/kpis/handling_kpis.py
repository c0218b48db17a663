"""Handling 处置: rates over the cycles due for handling, and how long things take."""

from __future__ import annotations

from dashboard.kpis.model import Basis, Direction, Kpi, Reference, Unit, flow, measured, stock
from dashboard.kpis.phrases import (
    AT_END_EN,
    AT_END_ZH,
    HANDLING_PERIOD_EN,
    HANDLING_PERIOD_ZH,
    NO_VOID_EN,
    NO_VOID_ZH,
    ON_CLOSING_DAY_EN,
    ON_CLOSING_DAY_ZH,
)
from dashboard.kpis.rule_sources import FIELD_SYSTEMS, USUAL, bounds, relative_bounds

# 应处置数: handled in the period, or overdue and not handled at its end.
HANDLING_DUE = (flow("handled_on_time"), flow("handled_late"), stock("unhandled"))

_DUE_ZH = "应处置数为期内按期处置、期内超期处置与期末超期未处置之和"
# Where a city sets no limit for handling, the one for closing stands for it.
_LIMIT_ZH = "未设处置时限的以结案时限为准，两者皆无的不计入；未记处置完成的以结案为处置完成"
_LIMIT_EN = (
    "Without a handling deadline the closing one holds, without either they are left out; where no "
    "end of handling is recorded, closure is it"
)
_DUE_EN = (
    "Due are cycles handled in the period, on time or late, and those overdue and not handled at "
    "its end"
)

HANDLING_RATE = Kpi(
    key="case.handling_rate",
    name_zh="处置率",
    name_en="Handling rate",
    meaning_zh=f"应处置中已处置的比例，按办理轮次计。{_DUE_ZH}。{_LIMIT_ZH}。{NO_VOID_ZH}",
    meaning_en=f"Share of the cycles due for handling that were handled. {_DUE_EN}. "
    f"{_LIMIT_EN}. {NO_VOID_EN}",
    period_zh=HANDLING_PERIOD_ZH,
    period_en=HANDLING_PERIOD_EN,
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    basis=Basis.ASSESSMENT,
    numerator=(flow("handled_on_time"), flow("handled_late")),
    denominator=HANDLING_DUE,
    denominator_zh="应处置数",
    denominator_en="cycles due for handling",
    source=FIELD_SYSTEMS,
)
ON_TIME_HANDLING_RATE = Kpi(
    key="case.on_time_handling_rate",
    number="K07",
    name_zh="按期处置率",
    name_en="On-time handling rate",
    meaning_zh="应处置中在处置时限内完成的比例，按办理轮次计：返工重新起算时限，前一轮的超期仍保留。"
    f"{_DUE_ZH}；申诉通过的按按期计，挂账中的不算超期未处置。{_LIMIT_ZH}。{NO_VOID_ZH}",
    meaning_en="Share of the cycles due for handling that were handled in time. Rework starts a "
    f"limit of its own, and the lateness of the cycle before stays. {_DUE_EN}; exempt ones are on "
    f"time, suspended ones are not overdue. {_LIMIT_EN}. {NO_VOID_EN}",
    period_zh=HANDLING_PERIOD_ZH,
    period_en=HANDLING_PERIOD_EN,
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    basis=Basis.ASSESSMENT,
    numerator=(flow("handled_on_time"),),
    denominator=HANDLING_DUE,
    denominator_zh="应处置数",
    denominator_en="cycles due for handling",
    thresholds=bounds("95", "85"),
    source=FIELD_SYSTEMS,
)
OVERDUE_UNHANDLED_RATE = Kpi(
    key="case.overdue_unhandled_rate",
    name_zh="超期待处置率",
    name_en="Overdue-unhandled rate",
    meaning_zh=f"应处置中已超过处置时限仍未处置的比例。{_DUE_ZH}；挂账、申诉通过的不计入。{NO_VOID_ZH}",
    meaning_en="Share of the cycles due for handling that are past the handling deadline and not "
    f"handled. {_DUE_EN}; suspended and exempt ones are left out. {NO_VOID_EN}",
    period_zh=HANDLING_PERIOD_ZH,
    period_en=HANDLING_PERIOD_EN,
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    basis=Basis.ASSESSMENT,
    numerator=(stock("unhandled"),),
    denominator=HANDLING_DUE,
    denominator_zh="应处置数",
    denominator_en="cycles due for handling",
    source=FIELD_SYSTEMS,
)
EXTENSION_RATE = Kpi(
    key="case.extension_rate",
    number="K18",
    name_zh="延期率",
    name_en="Extension rate",
    meaning_zh="期内首次获批延期的案件，与应处置数之比；再次延期不重复计，被驳回的不计。"
    f"获批延期的案件未必已到处置时限，故分子不是分母的一部分，短时段内可能超过 100%。{NO_VOID_ZH}",
    meaning_en="Cases whose first extension was approved in the period, over the cycles due for "
    "handling; a second extension does not count again, a refused one never. An extended case need "
    "not be due yet, so that the numerator is no part of the denominator and short periods may "
    f"pass 100 %. {NO_VOID_EN}",
    period_zh=f"延期按首次获批之日归入；分母：{HANDLING_PERIOD_ZH}",
    period_en="Extensions on the day the first one was approved. Denominator: "
    f"{HANDLING_PERIOD_EN}",
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    basis=Basis.ASSESSMENT,
    numerator=(flow("extended"),),
    denominator=HANDLING_DUE,
    denominator_zh="应处置数",
    denominator_en="cycles due for handling",
    thresholds=bounds("2", "5"),
    source=FIELD_SYSTEMS,
)

_TIME_ZH = "扣除挂账时间；尚未结案的不计入。"
_TIME_EN = "Suspensions are taken off; cases not closed are left out."
_CLOSED = flow("closed")


def _time_to_close(
    suffix: str, name_zh: str, name_en: str, *, quantile: str, is_working: bool
) -> Kpi:
    clock_zh = "只计工作时间" if is_working else "昼夜连续计时"
    clock_en = "in working time" if is_working else "in natural time"
    share_zh, share_en = ("一半", "Half") if quantile == "p50" else ("九成", "Nine in ten")
    name = f"close_work_hours_{quantile}" if is_working else f"close_hours_{quantile}"
    is_median = quantile == "p50"
    return Kpi(
        key=f"case.time_to_close{suffix}",
        number="K12",
        name_zh=name_zh,
        name_en=name_en,
        meaning_zh=f"期内结案的案件有{share_zh}在此时长内从受理办到结案，{clock_zh}。{_TIME_ZH}"
        f"{NO_VOID_ZH}",
        meaning_en=f"{share_en} of the cases closed in the period took no longer from acceptance "
        f"to closure, {clock_en}. {_TIME_EN} {NO_VOID_EN}",
        period_zh=ON_CLOSING_DAY_ZH,
        period_en=ON_CLOSING_DAY_EN,
        unit=Unit.HOURS,
        direction=Direction.LOWER,
        numerator=(measured(name),),
        sample=_CLOSED,
        thresholds=relative_bounds("1", "1.2", Reference.TWELVE_WEEK_MEDIAN) if is_median else None,
        source=USUAL,
    )


def _first_contact(suffix: str, name_zh: str, name_en: str, *, quantile: str) -> Kpi:
    share_zh, share_en = ("一半", "Half") if quantile == "p50" else ("九成", "Nine in ten")
    return Kpi(
        key=f"case.first_contact{suffix}",
        number="K14",
        name_zh=name_zh,
        name_en=name_en,
        meaning_zh=f"已联系的案件有{share_zh}在派遣后此时长内首次联系诉求人或到场，昼夜连续计时；"
        f"尚未联系的不计入。{NO_VOID_ZH}",
        meaning_en=f"{share_en} of the cases contacted saw the first contact, or somebody on the "
        f"spot, within this time of dispatch, in natural time. Cases not yet contacted are left "
        f"out. {NO_VOID_EN}",
        period_zh="按首次联系之日归入。",
        period_en="On the day of the first contact.",
        unit=Unit.MINUTES,
        direction=Direction.LOWER,
        numerator=(measured(f"contact_minutes_{quantile}"),),
        thresholds=bounds("30", "120") if quantile == "p50" else None,
    )


HANDLING_KPIS = (
    HANDLING_RATE,
    ON_TIME_HANDLING_RATE,
    OVERDUE_UNHANDLED_RATE,
    EXTENSION_RATE,
    Kpi(
        key="case.overdue_median",
        number="K11",
        name_zh="超期时长中位",
        name_en="Median overtime",
        meaning_zh="期末超期未结案件已超时限时长的中位数，昼夜连续计时。挂账、申诉通过、无时限的案件"
        f"不计入。{NO_VOID_ZH}",
        meaning_en="Median of how long the overdue cases have been past their deadline, in natural "
        "time. Suspended and exempt cases and those without a deadline are left out. "
        f"{NO_VOID_EN}",
        period_zh=AT_END_ZH,
        period_en=AT_END_EN,
        unit=Unit.HOURS,
        direction=Direction.LOWER,
        numerator=(measured("overdue_hours_p50"),),
        sample=stock("overdue"),
        thresholds=bounds("24", "72"),
    ),
    _time_to_close("", "办结时长中位", "Median time to close", quantile="p50", is_working=False),
    _time_to_close("_p90", "办结时长 P90", "Time to close, P90", quantile="p90", is_working=False),
    _time_to_close(
        "_working", "办结时长中位（工作时）", "Median working time to close",
        quantile="p50", is_working=True,
    ),
    _time_to_close(
        "_working_p90", "办结时长 P90（工作时）", "Working time to close, P90",
        quantile="p90", is_working=True,
    ),
    _first_contact("", "首次响应时长", "First contact", quantile="p50"),
    _first_contact("_p90", "首次响应时长 P90", "First contact, P90", quantile="p90"),
)  # fmt: skip
