"""Words of registers 台账: duty officers 今日值班, police grids 警格, grid files, statistics.

Chinese and English of each; merged into ``dashboard.words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REGISTER_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "officers.title": ("今日值班", "Officers of the day"),
    "officers.none": (
        "没有收到本区域及上级的值班表，故不显示，也不推测。值班表用 ./yiwang registry duty 导入。",
        "No duty roster of this area or those above was delivered, so none is shown or guessed. "
        "./yiwang registry duty takes one in.",
    ),
    "officers.of": ("{centre} 综治中心", "Centre of {centre}"),
    "officers.above": (
        "本区域没有值班表，显示上级 {centre} 综治中心",
        "No roster of its own; shown is the centre of {centre}",
    ),
    "officers.count": ("到位 {n} / 在值 {all}", "{n} on site of {all}"),
    "officers.state": ("到位", "On site"),
    "officers.unit": ("部门", "Department"),
    "officers.post": ("类型", "Post"),
    "officers.name": ("姓名", "Name"),
    "officers.phone": ("电话", "Phone"),
    "officers.time": ("值班时间", "On duty"),
    "officers.below": ("下级中心 到位/在值", "Centres below, on site of those on duty"),
    "officers.post.leader": ("带班领导", "Leader of the shift"),
    "officers.post.resident": ("常驻", "Resident"),
    "officers.post.rotating": ("轮值", "Rotating"),
    "officers.state.on_site": ("到位", "on site"),
    "officers.state.absent": ("未到位", "not come"),
    "officers.state.expected": ("刚到点", "just begun"),
    "officers.state.coming": ("待值", "later today"),
    "cases.police": ("警格", "Police grid"),
    "slice.police": ("警格", "Police grid"),
    "police.title": ("警格", "Police grids"),
    "police.one": ("警格：{name}", "Police grid: {name}"),
    "police.none": ("无警格", "no police grid"),
    "police.all": ("全部警格", "All police grids"),
    "police.board": ("总览（只看本警格）", "Board of this police grid"),
    "police.facts": ("警格与网格", "Police grids and grids"),
    "police.fact.police": ("警格", "Police grids"),
    "police.of_grids": ("共 {n} 个网格", "{n} grids in all"),
    "police.fact.mean": ("平均每警格网格数", "Grids per police grid"),
    "police.fact.above": ("网格过多的警格", "With too many grids"),
    "police.fact.without": ("无警格的网格", "Grids without one"),
    "police.most": ("多于 {n} 个网格", "more than {n} grids"),
    "police.above": ("多于 {n}", "more than {n}"),
    "police.league": ("各警格", "By police grid"),
    "police.grids_of": ("本警格的网格", "Grids of this police grid"),
    "police.grid": ("警格", "Police grid"),
    "police.grids": ("网格", "Grids"),
    "police.nothing": (
        "本区域的网格没有对应的警格。",
        "No grid of this area belongs to a police grid.",
    ),
    "police.hint": (
        "警格的数等于其网格之和；点数字看案件，点名称看网格",
        "figures are the sums of the grids; a number leads to its cases, a name to the grids",
    ),
    "police.without": ("无警格的网格", "Grids without a police grid"),
    "clear.title": ("四必清", "Files of grids"),
    "clear.hint": (
        "已填必填项 ÷ 必填项；▲ 低于 95%",
        "required fields that are filled; ▲ below 95 %",
    ),
    "clear.none": (
        "没有收到网格信息完整度数据（./yiwang registry completeness 导入）。",
        "No completeness of grid files was delivered (./yiwang registry completeness).",
    ),
    "clear.family": ("家庭情况", "Families"),
    "clear.people": ("人员类别", "Kinds of people"),
    "clear.facilities": ("区域设施", "Facilities"),
    "clear.risks": ("隐患矛盾", "Hazards, disputes"),
    "clear.all": ("四项合计", "All four"),
    "clear.silent": ("未报网格", "Grids silent"),
    "clear.oldest": ("最早更新", "Oldest update"),
    "attend.title": ("五必到", "Must-attend events"),
    "attend.hint": (
        "受理后 {n} 分钟内到场；点数字看案件",
        "on the spot within {n} min of acceptance; a number leads to its cases",
    ),
    "attend.none": (
        "本期没有标为「必到」的事件。",
        "No event of this period is flagged as one somebody must attend.",
    ),
    "attend.flagged": ("应到", "Events"),
    "attend.attended": ("按时到场", "In time"),
    "attend.unattended": ("未按时", "Not in time"),
    "attend.rate": ("到场率", "Attendance"),
    "attend.minutes": ("到场 P50 分钟", "P50 min"),
    "police.link": ("按警格看", "By police grid"),
}
