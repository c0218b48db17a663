"""Words of the video wall 大屏用语, in two parts: what the server writes, and what scripts need.

Parts of ``dashboard.words.WORDS``. (zh, en) by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WALL_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "walls.title": ("大屏", "Video walls"),
    "walls.intro": (
        "每份配置是一块大屏：显示什么、按什么顺序、停留多久、在哪里拼缝。"
        "本市自己的配置放在目录 {folder}，同名时以本市的为准。",
        "Each profile is one wall: what it shows, in which order, how long it stays, where its "
        "seams are. Profiles of this city lie in {folder} and win over those of the same name.",
    ),
    "walls.open": ("打开大屏", "Open this wall"),
    "walls.own": ("程序自带", "comes with the program"),
    "walls.city": ("本市配置", "of this city"),
    "walls.broken": ("不能使用，打开时按默认显示", "cannot be used; the default is shown instead"),
    "walls.area": ("区域", "Area"),
    "walls.whole": ("全部", "everything"),
    "walls.screen": ("屏幕", "Screen"),
    "walls.seams": ("拼缝", "Seams"),
    "walls.no_seams": ("无", "none"),
    "walls.seams_of": ("{x} 竖 · {y} 横", "{x} upright · {y} level"),
    "walls.dwell": ("巡视停留", "Stays"),
    "walls.dwell_of": ("每处 {n} 秒", "{n} s in each place"),
    "walls.no_walk": ("不巡视", "no walk"),
    "walls.metrics": ("地图指标", "Map"),
    "walls.window": ("排名与地图时段", "Period of league and map"),
    "walls.panels": ("左 · 右", "Left · right"),
    "walls.personal": ("个人信息", "Personal data"),
    "walls.personal.hidden": ("始终隐藏", "always hidden"),
    "walls.personal.key": ("默认隐藏，按 H 显示", "hidden; H shows them"),
    "walls.panel.tiles": ("今日", "Today"),
    "walls.panel.sources": ("今日来源", "Sources today"),
    "walls.panel.curve": ("24 小时受理", "By hour"),
    "walls.panel.league": ("按期结案率", "On-time closure"),
    "walls.panel.duty": ("在岗", "On duty"),
    "walls.panel.satisfaction": ("12 个月满意率", "Satisfaction"),
    "walls.panel.roster": ("今日值班", "Officers"),
    "walls.panel.map": ("全部网格", "All grids"),
    "walls.panel.alarms": ("告警", "Alarms"),
    "walls.today": ("今天", "today"),
    "walls.last_week": ("上周同日", "a week ago"),
    "walls.skip": ("跳到告警", "Skip to the alarms"),
    "walls.wall": ("值守大屏", "Wall"),
    "walls.problem.missing": (
        "按默认显示：没有配置 {name}",
        "default shown: no profile {name}",
    ),
    "walls.problem.broken": (
        "按默认显示：配置有误 {name}",
        "default shown: broken {name}",
    ),
    "walls.problem.area": (
        "按默认显示：区域不存在 {name}",
        "default shown: no area of {name}",
    ),
    "walls.next.sign": ("电话催签收", "call to sign"),
    "walls.next.supervise": ("发起督办", "supervise"),
    "walls.next.follow": ("催反馈", "ask for the answer"),
    "walls.next.assign": ("先派责任单位", "assign a unit"),
    "walls.next.cover": ("联系网格长补岗", "call the grid head"),
    "walls.next.source": ("检查接入与对端", "check the link"),
    "walls.unit.grid": ("所在街道值守", "street on duty"),
    "walls.unit.source": ("数据运维", "data operations"),
    "walls.cell.case.accepted": ("今日受理", "Accepted"),
    "walls.cell.case.closed": ("今日办结", "Closed"),
    "walls.cell.case.open": ("在办", "Open"),
    "walls.cell.case.overdue": ("超期", "Overdue"),
    "walls.cell.case.on_time_closure_rate": ("按期结案", "On time"),
    "walls.cell.duty.on_duty_rate": ("在岗率", "On duty"),
}

# The scripts draw lists and counters in place.
WALL_SCRIPT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "map.metric.case.due_soon": ("临期", "Due soon"),
    "map.metric.visit.satisfaction_rate": ("满意率", "Satisfaction"),
    "wall.walk": ("{n}/{all} {name}", "{n}/{all} {name}"),
    "wall.walk.walking": ("巡视 · {n} 秒", "walking · {n} s"),
    "wall.walk.paused": ("暂停 · {n} 秒后继续", "paused · on in {n} s"),
    "wall.walk.locked": ("已锁定", "locked"),
    "wall.walk.jump": ("紧急 · 返回 {n} 秒", "emergency · back in {n} s"),
    "wall.walk.none": ("不巡视", "no walk"),
    "wall.lock": ("锁定", "Lock"),
    "wall.unlock": ("解锁", "Unlock"),
    "wall.previous": ("上一处", "Previous place"),
    "wall.next": ("下一处", "Next place"),
    "wall.alarm.unsigned": ("紧急未签收", "Urgent, not signed"),
    "wall.alarm.red": ("超期", "Overdue"),
    "wall.alarm.vacant": ("无人在岗", "Nobody on duty"),
    "wall.alarm.source": ("接入中断", "Source silent"),
    "wall.alarms.none": ("没有告警", "No alarms"),
    "wall.alarms.of": ("{from}–{to} / 共 {n}", "{from}–{to} of {n}"),
    "wall.alarms.all": ("共 {n}", "{n}"),
    "wall.alarms.next": ("→ {text}", "→ {text}"),
    "wall.acknowledge": ("知悉", "Seen"),
    "wall.league.top": ("前 {n}", "top {n}"),
    "wall.league.bottom": ("后 {n}", "last {n}"),
    "wall.league.all": ("共 {n}", "all {n}"),
    "wall.duty.row": (
        "{covered}/{required} 网格 · {present} 人",
        "{covered}/{required} · {present} p.",
    ),
    "wall.hours.sums": ("今天 {today} · 上周 {before}", "{today} today · {before} then"),
    "wall.roster.none": ("没有排班", "no roster"),
    "wall.roster.summary": ("应到 {due} · 到位 {there}", "due {due} · there {there}"),
    "wall.roster.expected": ("{time} 起", "from {time}"),
    "wall.sources": ("来源 {ok}/{all}", "sources {ok}/{all}"),
    "wall.hidden": ("个人信息已隐藏", "personal data hidden"),
    "wall.shown": ("正在显示个人信息", "personal data shown"),
}
