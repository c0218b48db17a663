"""Words of the satisfaction page 满意度用语: rates, survey waves, rework of the dissatisfied.

A part of ``dashboard.words.WORDS`` that the scripts in the browser do not need. (zh, en) by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPINION_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "nav.satisfaction": ("满意度", "Satisfaction"),
    "satisfaction.title": ("群众满意度", "What citizens say"),
    "satisfaction.tiles": ("满意度指标", "Satisfaction figures"),
    "satisfaction.how": (
        "响应、解决、满意三率同以有效回访为分母；看满意率须同看回访率和样本数。"
        "样本不足时只列数、不判定；短线为 95% 置信区间（Wilson）。",
        "Response, resolution and satisfaction are over the valid call-backs; read satisfaction "
        "beside coverage and sample. A small sample is shown but not judged; the short line is "
        "Wilson's 95 % interval.",
    ),
    "satisfaction.by_area": ("按区域", "By area"),
    "satisfaction.by_month": ("按月（近 12 个月）", "By month (12 months)"),
    "satisfaction.axis": ("区间轴 {floor}–100%", "axis of intervals {floor}–100 %"),
    "satisfaction.n": ("样本 n", "Sample n"),
    "satisfaction.month": ("月份", "Month"),
    "satisfaction.running": ("本月至今", "to date"),
    "satisfaction.too_good": ("偏高，建议抽查", "very high: check"),
    "satisfaction.too_good_hint": (
        "满意率不低于 98% 且样本不少于 50：独立抽样中少见，提示核对是否有刷满意、代答或复制；"
        "仅是提示，不是结论",
        "98 % or more satisfied of at least 50 is rare where people are asked independently: a "
        "hint to check for bought, proxy or copied answers, no verdict",
    ),
    "waves.title": ("问卷调查", "Surveys"),
    "waves.none": ("本区域没有问卷", "No survey was answered here"),
    "waves.hint": (
        "样本说明问的是谁：网格群成员不等于全体居民，区间只含抽样误差，不含选择偏差。",
        "The sample says who was asked: members of a group are not all residents, and the interval "
        "holds the error of sampling alone.",
    ),
    "waves.wave": ("问卷", "Survey"),
    "waves.days": ("起止", "Days"),
    "waves.sample": ("样本", "Sample"),
    "waves.n": ("有效答卷", "Answers"),
    "waves.rate": ("满意度 %", "Satisfied %"),
    "waves.interval": ("95% 区间", "95 % interval"),
    "waves.no_label": ("样本来源未注明", "sample not stated"),
    "rework.title": ("不满意整改", "Rework of the dissatisfied"),
    "rework.hint": (
        "时段内不满意或未解决的有效回访，一案一行",
        "valid call-backs of the period, dissatisfied or unsolved, one row a case",
    ),
    "rework.count": ("{n} 件", "{n} cases"),
    "rework.none": ("没有不满意或未解决的回访", "Nobody was dissatisfied"),
    "rework.all": ("全部", "All"),
    "rework.by": ("按整改进展", "By stage"),
    "rework.not_sent_back": ("未退回重办", "Not sent back"),
    "rework.in_rework": ("重办中", "In rework"),
    "rework.to_be_asked": ("待再回访", "To be asked again"),
    "rework.rated_again": ("已再评价", "Rated again"),
    "rework.unsolved": ("未解决", "unsolved"),
    "rework.round": ("第 {n} 轮", "round {n}"),
    "rework.col.case": ("案件号", "Case"),
    "rework.col.said": ("回访", "Call-back"),
    "rework.col.at": ("回访时间", "Called"),
    "rework.col.stage": ("整改进展", "Stage"),
    "rework.col.new": ("再评价", "New rating"),
    "rework.col.category": ("类别", "Category"),
    "rework.col.department": ("责任部门", "Department"),
    "rework.col.area": ("区域", "Area"),
    "rework.col.act": ("处置", "Act"),
}
