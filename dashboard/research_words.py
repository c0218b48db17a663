"""Words of the page 研判预警: spikes, repeats, rework, signals, funnel.

A part of ``dashboard.words.WORDS`` that the scripts in the browser do not need. (zh, en) by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RESEARCH_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "nav.research": ("研判", "Analysis"),
    "research.title": ("研判预警", "Analysis and warning"),
    "research.tabs": ("研判内容", "What is looked at"),
    "research.tab.spikes": ("突增", "Spikes"),
    "research.tab.repeats": ("重复诉求", "Repeats"),
    "research.tab.rework": ("返工原因", "Rework"),
    "research.tab.signals": ("疑似刷数", "Signals"),
    "research.tab.funnel": ("接入漏斗", "Funnel"),
    "research.span": ("数据范围 {from_} – {to}", "Looked at: {from_} – {to}"),
    "research.span_cut": (
        "数据范围 {from_} – {to}（所选时段较长，只看其最后 {days} 天）",
        "Looked at: {from_} – {to} (the last {days} days of a longer period)",
    ),
    "research.slice": ("筛选", "Filter"),
    "research.clear": ("取消筛选：{name}", "Drop the filter: {name}"),
    "research.area": ("区域", "Area"),
    "research.category": ("类别", "Category"),
    "research.department": ("责任单位", "Department"),
    "research.grid": ("网格", "Grid"),
    "research.count": ("件数", "Cases"),
    "research.share": ("占比", "Share"),
    "research.total": ("合计", "In all"),
    "research.mark": ("判断", "Reading"),
    "research.none": ("该范围内没有。", "None in this range."),
    "research.hint_only": ("仅供核查参考，不作结论", "a hint to look, no verdict"),
    # spikes
    "research.spikes": ("类别 × 区域突增", "Category × area spikes"),
    "research.spikes_rule": (
        "近 24 小时受理数与前四周同一星期同一时刻的 24 小时相比：超过均值＋2σ（总体标准差），"
        "且不少于 {least} 件，为突增。",
        "Cases accepted in the last 24 hours beside the same 24 hours of the same weekday in the "
        "four weeks before: more than mean + 2σ (population), and at least {least} cases, is a "
        "spike.",
    ),
    "research.spikes_unknown": (
        "库内数据不足四周，无法比较，以下只列件数。",
        "The store does not go back four weeks, so nothing is judged; counts only.",
    ),
    "research.spikes_note": ("{n} 处突增，共比较 {all} 对", "{n} spikes in {all} pairs"),
    "research.now": ("近24小时", "Last 24 h"),
    "research.week_back": ("前{n}周", "{n} wk before"),
    "research.mean": ("均值", "Mean"),
    "research.deviation": ("σ", "σ"),
    "research.bound": ("界限", "Bound"),
    "research.is_spike": ("▲ 突增", "▲ spike"),
    "research.usual": ("如常", "usual"),
    "research.unjudged": ("未比较", "not judged"),
    # repeats
    "research.groups": ("重复诉求组", "Groups of repeats"),
    "research.groups_rule": (
        "同一来电人，或同一类别在同一地点（50 米内），{days} 天内再次反映，前后相连为一组；"
        "件数含组内更早的案件。",
        "The same caller, or one category at one place (within 50 m), again within {days} days; "
        "chained into a group. Counts include the group's earlier cases.",
    ),
    "research.groups_note": ("{n} 组", "{n} groups"),
    "research.size_all": ("全部 {n}", "All {n}"),
    "research.size_from": ("≥{least} 件 {n}", "≥{least} cases {n}"),
    "research.size": ("组的大小", "Size of the group"),
    "research.open": ("在办", "Open"),
    "research.last": ("最近一件", "Newest"),
    "research.place": ("地点", "Place"),
    "research.same": ("相同之处", "In common"),
    "research.same.caller": ("同一来电人", "same caller"),
    "research.same.place": ("同类同地", "same kind and place"),
    "research.same.chain": ("相继关联", "linked one by one"),
    "research.grids": ("热点网格", "Hot grids"),
    "research.grids_rule": (
        "时段内受理数；≥3、≥5 为该网格重复诉求组数。",
        "Cases accepted in the period; ≥3 and ≥5: groups of repeats of that size.",
    ),
    "research.order": ("排序", "Order"),
    "research.order.count": ("按件数", "By cases"),
    "research.order.households": ("按每百户", "Per 100 homes"),
    "research.repeats": ("重复件", "Repeats"),
    "research.households": ("户数", "Homes"),
    "research.rate": ("每百户", "Per 100"),
    # rework
    "research.reasons": ("返工原因", "Causes of rework"),
    "research.reasons_rule": (
        "时段内退回重办的案件，按流转意见归并；没有意见的按退回时的环节。一件多次退回各计一次。",
        "Cases sent back in the period by what was said then, or without words by the stage they "
        "came from. A case sent back for two reasons counts for both.",
    ),
    "research.reason": ("原因", "Reason"),
    "research.rare": ("其他原因", "Other reasons"),
    "research.reason.visit": ("回访后退回（未写意见）", "after the call-back (nothing said)"),
    "research.reason.check": ("核查后退回（未写意见）", "after the check (nothing said)"),
    "research.reason.reopened": ("结案后重办（未写意见）", "after closure (nothing said)"),
    "research.reason.unknown": ("没有流转记录", "no move recorded"),
    "research.by_month": ("逐月", "By month"),
    "research.by_department": ("责任单位 × 原因", "Department × reason"),
    "research.by_category": ("类别 × 原因", "Category × reason"),
    "research.month": ("月份", "Month"),
    # signals
    "research.signals": ("疑似信号", "Signals"),
    "research.signals_rule": (
        "依国办函〔2026〕12号不列个人，只到网格和单位；每一项都只是请人去看一看。",
        "By grid and department, never by person (letter 〔2026〕 No. 12); each is only a reason "
        "to look.",
    ),
    "research.signal.bunched": ("踩点办结", "Bunched before the limit"),
    "research.signal.bounced": ("反复退单", "Return ping-pong"),
    "research.signal.hasty": ("一分钟办结", "Done within a minute"),
    "research.signal.self": ("自报自结过多", "Self-reported, self-closed"),
    "research.signal.night": ("夜间成批办结", "Batches at night"),
    "research.signal.burst": ("短时成批上报", "Reports in a burst"),
    "research.rule.bunched": (
        "单位在时限最后 10% 内办结的，不少于 10 件且达到由 70–90% 各段推算数的 2 倍",
        "a department's closures in the last 10% of the limit are at least 10 and twice what the "
        "bands from 70 to 90% lead one to expect",
    ),
    "research.rule.bounced": (
        "同一案件被部门退回 2 次以上",
        "units sent the same case back twice or more",
    ),
    "research.rule.hasty": (
        "签收（未签收的自受理）到处置完成不足 60 秒；当场办结、直接答复不计",
        "from signing (else acceptance) to handled in under 60 s; not what is closed on the spot "
        "or answered at once",
    ),
    "research.rule.self": (
        "网格办结不少于 10 件，其中网格员自报自结超过 80%",
        "a grid with at least 10 closures, more than 80% of them reported and closed by its own "
        "workers",
    ),
    "research.rule.night": (
        "22:00–6:00 同一单位 60 分钟内办结 10 件以上",
        "10 or more closures of one department within 60 min between 22:00 and 06:00",
    ),
    "research.rule.burst": (
        "同一来源或同一上报人在同一网格 10 分钟内上报超过 30 件",
        "more than 30 reports of one source, or one reporter, in one grid within 10 min",
    ),
    "research.found_by": ("{n} 件", "{n} found"),
    "research.of": ("占其 {of} 件", "of its {of}"),
    "research.histogram": ("办结用时占时限", "Share of the limit used"),
    "research.histogram_rule": (
        "按 5% 分段，共 {n} 件；当场办结、延期和没有时限的不计。斜纹为最后 10%，右端为超时。"
        "点一段看其案件。",
        "in bands of 5%, {n} cases; without those closed on the spot, extended or without a limit. "
        "Striped: the last 10%; far right: late. Press a band for its cases.",
    ),
    "research.beyond": ("超时", "late"),
    "research.band_of": ("用时占时限 {band}", "{band} of the limit used"),
    "research.band_bar": ("{band}：{n} 件", "{band}: {n} cases"),
    "research.band_drop": ("取消选段", "Drop the band"),
    "research.departments": ("各单位用时分布", "The same by department"),
    "research.closed": ("办结", "Closed"),
    "research.tail": ("最后10%", "Last 10%"),
    "research.expected": ("推算数", "Expected"),
    "research.in_band": ("本段", "In the band"),
    "research.is_bunched": ("▲ 踩点", "▲ bunched"),
    "research.chosen": ("命中案件", "Cases found"),
    "research.all_cases": ("查看全部 {n} 件", "All {n} cases"),
    "research.field_work": ("巡查与走访", "Patrols and visits"),
    "research.visits_short": (
        "时段内记有时长的走访 {of} 次，其中不足 2 分钟的 {n} 次，涉及 {grids} 个网格。",
        "Of {of} visits with a length in the period {n} were shorter than 2 min, in {grids} grids.",
    ),
    "research.visits_none": (
        "时段内没有记下时长的走访，无法判断。",
        "No visit of the period has a length, so nothing can be told.",
    ),
    "research.speed_none": (
        "巡查车速（超过 20 公里/小时）：没有数据。系统不收集巡查途中的位置，也不展示个人轨迹。",
        "Patrol speed (above 20 km/h): no data. Positions along a patrol are not collected, and no "
        "tracks are shown.",
    ),
    "research.short": ("不足2分钟", "Under 2 min"),
    "research.visits": ("走访", "Visits"),
    # funnel
    "research.funnel": ("发现 → 办结", "From discovery to closure"),
    "research.funnel_rule": (
        "时段内上报的案件，到达或越过该环节即计入（当场办结的视同走完）；下方为占上一环节的比例"
        "和距上一已知环节的用时中位数。",
        "Cases reported in the period; one counts for a step it came to or went beyond (closed on "
        "the spot: all of them). Below: share of the step before, and the median time since the "
        "last known step.",
    ),
    "research.source": ("来源", "Source"),
    "research.every_source": ("全部来源", "All sources"),
    "research.step.reported": ("发现", "Discovered"),
    "research.step.accepted": ("认领（受理）", "Accepted"),
    "research.step.dispatched": ("派遣", "Dispatched"),
    "research.step.handled": ("处置", "Handled"),
    "research.step.checked": ("核查", "Checked"),
    "research.step.closed": ("办结", "Closed"),
    "research.false": ("误报率", "False"),
    "research.false_rule": (
        "误报率＝不予受理或核实不存在的 ÷ 已有结论的；重复合并的不计。",
        "False: refused or found not to exist, of those decided; merged duplicates aside.",
    ),
    "research.cameras": (
        "摄像头在线率：没有数据，尚无接入提供设备状态。",
        "Cameras online: no data; no connector brings the state of devices.",
    ),
    # names of lists
    "research.found.spike": ("突增比较中的案件", "Cases of a spike's comparison"),
    "research.found.group": ("重复诉求组", "A group of repeats"),
    "research.found.grid": ("时段内受理的案件", "Cases accepted in the period"),
    "research.found.rework": ("退回重办的案件", "Cases sent back"),
    "research.found.limits": ("有时限的办结案件", "Closures with a limit"),
    "research.found.bunched": ("疑似踩点办结", "Bunched before the limit"),
    "research.found.bounced": ("部门反复退回", "Return ping-pong"),
    "research.found.hasty": ("一分钟内办结", "Done within a minute"),
    "research.found.self": ("自报自结（占比过高的网格）", "Self-reported and self-closed"),
    "research.found.night": ("夜间成批办结", "Batches at night"),
    "research.found.burst": ("短时成批上报", "Reports in a burst"),
    "research.found.step": ("接入漏斗：到达某环节", "Came to a step of the funnel"),
    "research.found.false": ("误报", "False reports"),
    "research.found.decided": ("已有结论的上报", "Reports decided"),
}  # fmt: skip
