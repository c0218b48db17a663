"""The composite score 综合得分, and how old the data are 数据时效."""

from __future__ import annotations

from dashboard.kpis.closing_kpis import CLOSING_KPIS
from dashboard.kpis.handling_kpis import (
    EXTENSION_RATE,
    HANDLING_RATE,
    ON_TIME_HANDLING_RATE,
    OVERDUE_UNHANDLED_RATE,
)
from dashboard.kpis.model import Direction, Kpi, Part, Reference, Unit, duty, measured
from dashboard.kpis.phrases import (
    DUE_PERIOD_EN,
    DUE_PERIOD_ZH,
    HANDLING_PERIOD_EN,
    HANDLING_PERIOD_ZH,
    NOW_EN,
    NOW_ZH,
)
from dashboard.kpis.rule_sources import COMPOSITE, bounds, relative_bounds

_REWORK_RATE = next(kpi for kpi in CLOSING_KPIS if kpi.key == "case.rework_rate")

SCORE_KPIS = (
    Kpi(
        key="score.composite",
        number="K40",
        name_zh="综合得分",
        name_en="Composite score",
        meaning_zh="处置率、按期处置率、返工率、超期待处置率、延期率按权重合成，满分 100。"
        "任何一项无值时不出分；比率超过 100% 的项按 100% 计分并注明。"
        "等级：A [90,100] 绿，B [75,90) 蓝，C [60,75) 黄，D [40,60) 红，E [0,40) 黑，"
        "按未经舍入的得分判定。",
        meaning_en="Handling, on-time handling, rework, overdue-unhandled and extension rates "
        "combined by weights, 100 at most. No score where one of them has no value; a rate above "
        "100 % scores as 100 % and is marked. Grades: A [90,100] green, B [75,90) blue, C [60,75) "
        "yellow, D [40,60) red, E [0,40) black, by the unrounded score.",
        period_zh=f"返工率：{DUE_PERIOD_ZH}其余各项：{HANDLING_PERIOD_ZH}",
        period_en=f"Rework: {DUE_PERIOD_EN} The others: {HANDLING_PERIOD_EN}",
        unit=Unit.POINTS,
        direction=Direction.HIGHER,
        parts=(
            Part(kpi=HANDLING_RATE, weight=30),
            Part(kpi=ON_TIME_HANDLING_RATE, weight=20),
            Part(kpi=_REWORK_RATE, weight=20, inverted=True),
            Part(kpi=OVERDUE_UNHANDLED_RATE, weight=20, inverted=True),
            Part(kpi=EXTENSION_RATE, weight=10, inverted=True),
        ),
        thresholds=bounds("90", "75", source=COMPOSITE),
        source=COMPOSITE,
        has_grades=True,
    ),
)

SYSTEM_KPIS = (
    Kpi(
        key="system.source_age",
        number="K39",
        name_zh="数据时效",
        name_en="Source age",
        meaning_zh="距最近一次到数的时间，取超约定间隔倍数最大的来源；未约定间隔或从未到数的来源不计入。"
        "超过约定间隔 2 倍为延迟，5 倍为停更。",
        meaning_en="Time since the last delivery of the source that is late by the most of its "
        "promised intervals; sources without a promise or a delivery are left out. Late from twice "
        "the interval, stopped from five times.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.MINUTES,
        direction=Direction.LOWER,
        numerator=(measured("source_age_minutes"),),
        ratio=measured("source_age_ratio"),
        thresholds=relative_bounds("2", "5", Reference.INTERVAL),
    ),
    Kpi(
        key="system.data_age",
        name_zh="数据龄期",
        name_en="Data age",
        meaning_zh="当前时间与数据截至时间之差：本系统汇总自身的时效，不问来源是否按时到数。",
        meaning_en="Now minus the moment the sums stand for: how old this product's own figures "
        "are, whether or not the sources deliver on time.",
        period_zh=NOW_ZH,
        period_en=NOW_EN,
        unit=Unit.SECONDS,
        direction=Direction.LOWER,
        numerator=(duty("data_age_seconds"),),
    ),
)
