"""Every word of the interface 界面用语 in Chinese and English, in one dictionary.

Names of KPIs, levels and states come with the board itself; this module holds what the frame around
them says. Scripts in the browser receive the same words through :func:`words_for`, so nothing is
translated twice. ``{name}`` in a text is filled by :func:`word`, in the browser by its twin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboard.action_words import ACTION_WORDS
from dashboard.case_words import CASE_WORDS
from dashboard.department_words import DEPARTMENT_WORDS
from dashboard.field_words import FIELD_WORDS
from dashboard.opinion_words import OPINION_WORDS
from dashboard.page_words import PAGE_WORDS
from dashboard.reading_words import READING_WORDS
from dashboard.register_words import REGISTER_WORDS
from dashboard.registry_words import REGISTRY_WORDS
from dashboard.research_words import RESEARCH_WORDS
from dashboard.screen_words import SCREEN_WORDS
from dashboard.system_words import SYSTEM_WORDS
from dashboard.wall_words import WALL_SCRIPT_WORDS, WALL_WORDS

LANGUAGES: Final = ("zh", "en")

# Words that only the server writes: scripts in the browser do without them.
SERVER_PARTS: Final = (
    ACTION_WORDS, CASE_WORDS, DEPARTMENT_WORDS, FIELD_WORDS, OPINION_WORDS, PAGE_WORDS,
    READING_WORDS, REGISTER_WORDS, REGISTRY_WORDS, RESEARCH_WORDS, SYSTEM_WORDS, WALL_WORDS,
)  # fmt: skip

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **{key: pair for part in SERVER_PARTS for key, pair in part.items()},
    **WALL_SCRIPT_WORDS,
    **SCREEN_WORDS,
    # page frame
    "app.title": ("一网", "Yiwang"),
    "app.subtitle": ("网格化运行调度", "Grid operations"),
    "app.skip": ("跳到主要内容", "Skip to content"),
    "app.demo": ("演示数据", "Demo data"),
    "app.demo_hint": (
        "本页数据由演示城市生成，不是真实案件",
        "Figures come from a generated demo city, not from real cases",
    ),
    "app.loading": ("正在读取…", "Loading…"),
    "app.print": ("打印", "Print"),
    "form.saving": ("正在保存…", "Saving…"),
    "form.failed": ("保存失败，请稍后再试", "Could not be saved; please try again"),
    "path.label": ("区域路径", "Area path"),
    "views.none": ("还没有保存的视图", "No saved views yet"),
    "views.delete": ("删除", "Delete"),
    "views.count": ("共 {n} 件", "{n} in all"),
    "window.label": ("统计时段", "Period"),
    "window.today": ("今日", "Today"),
    "window.reportday": ("本报告日", "Report day"),
    "window.reportday_of": ("{n} 报告日", "Report day {n}"),
    "window.week": ("本周", "This week"),
    "window.month": ("本月", "This month"),
    "window.amonth": ("本考核月", "Assessment month"),
    "window.amonth_of": ("{n} 考核月", "Assessment month {n}"),
    "window.year": ("本年", "This year"),
    "window.d7": ("近7天", "7 days"),
    "window.d30": ("近30天", "30 days"),
    "window.d365": ("近1年", "1 year"),
    "window.d1095": ("近3年", "3 years"),
    "window.all": ("全部", "All"),
    "window.history": ("历史", "History"),
    "window.month_of": ("{n}月", "{n}"),
    "lang.switch": ("English", "中文"),
    "lang.switch_hint": ("切换为英文", "Switch to Chinese"),
    "theme.dark": ("深色", "Dark"),
    "theme.light": ("浅色", "Light"),
    "theme.hint": ("切换深色与浅色", "Switch between dark and light"),
    # freshness
    "fresh.as_of": ("数据截至", "Data as of"),
    "fresh.seconds": ("{n} 秒前", "{n} s ago"),
    "fresh.minutes": ("{n} 分钟前", "{n} min ago"),
    "fresh.hours": ("{n} 小时前", "{n} h ago"),
    "fresh.days": ("{n} 天前", "{n} d ago"),
    "fresh.now": ("刚刚", "just now"),
    "fresh.live": ("实时", "Live"),
    "fresh.polling": ("轮询", "Polling"),
    "fresh.late": ("稍迟", "Slow"),
    "fresh.stale": ("已过期", "Stale"),
    "fresh.none": ("尚无数据", "No data yet"),
    "stale.link": (
        "与服务器的连接已中断，正在自动重连。以下是 {time} 的数据。",
        "Connection to the server is lost; reconnecting. Figures below are from {time}.",
    ),
    "stale.data": (
        "数据已超过 {age} 没有更新。以下是 {time} 的数据。",
        "Data have not been updated for {age}. Figures below are from {time}.",
    ),
    "stale.failed": (
        "数据计算失败：{message}。以下是 {time} 的数据。",
        "The computation failed: {message}. Figures below are from {time}.",
    ),
    "stale.rebuilding": (
        "正在重新计算全部汇总，数字会自动恢复更新。",
        "All rollups are being rebuilt; figures resume by themselves.",
    ),
    "stale.empty": (
        "还没有任何案件。导入数据或生成演示城市后，本页会自动显示。",
        "There are no cases yet. This page fills by itself after an import or a demo city.",
    ),
    "message.database": ("数据库没有应答", "the database does not answer"),
    "message.area_tree": (
        "区域树有误：上级区域成环或不存在",
        "the area tree is broken: parents form a circle or are missing",
    ),
    "stale.unknown": ("原因不明", "unknown reason"),
    "age.seconds": ("{n} 秒", "{n} s"),
    "age.minutes": ("{n} 分钟", "{n} min"),
    "age.hours": ("{n} 小时", "{n} h"),
    "age.days": ("{n} 天", "{n} d"),
    "sources.label": ("数据来源", "Sources"),
    "sources.ok": ("正常", "on time"),
    "sources.late": ("迟到", "late"),
    "sources.stopped": ("中断", "stopped"),
    "sources.none": ("尚无数据", "no data yet"),
    "sources.summary": ("来源 {ok}/{all} 正常", "Sources {ok}/{all} on time"),
    # tiles
    "tiles.label": ("关键指标", "Key figures"),
    "tiles.more": ("更多指标", "More figures"),
    "tile.open_hint": ("查看定义与明细", "Definition and cases"),
    "tile.empty": ("无可计算", "nothing to measure"),
    "tile.pending": ("计算中", "computing"),
    "tile.stale": ("旧值", "old value"),
    "tile.failed": ("计算失败", "failed"),
    "tile.zero": ("零", "zero"),
    "tile.interval": ("95%区间 {low}–{high}", "95% CI {low}–{high}"),
    "tile.sample": ("样本 {n}", "n = {n}"),
    # map
    "map.title": ("网格地图", "Grid map"),
    "map.metric": ("地图指标", "Map metric"),
    "map.metric.case.overdue": ("超期未结", "Overdue"),
    "map.metric.case.open": ("在办", "Open"),
    "map.metric.case.accepted": ("受理量", "Accepted"),
    "map.metric.case.on_time_closure_rate": ("按期结案率", "On-time rate"),
    "map.metric.duty.grid_coverage_rate": ("在岗覆盖", "On duty"),
    "map.aria": (
        "{area}网格地图。方向键移动，加减键缩放，0 键复位，回车进入光标所在区域；"
        "同样的数字在下级区域表中。",
        "Grid map of {area}. Arrow keys pan, plus and minus zoom, 0 resets, Enter opens the "
        "area at the cross-hair; the table of areas holds the same figures.",
    ),
    "map.zoom_in": ("放大", "Zoom in"),
    "map.zoom_out": ("缩小", "Zoom out"),
    "map.reset": ("复位", "Reset view"),
    "map.covered": ("有人在岗", "somebody on duty"),
    "map.uncovered": ("无人在岗", "nobody on duty"),
    "map.no_data": ("无数据", "No data"),
    "map.open": ("点击进入{area}", "Click to open {area}"),
    "map.none": ("本库没有网格边界，地图不可用", "No boundaries are stored; there is no map"),
    "map.failed": ("地图读取失败，将自动重试", "The map could not be read; trying again"),
    "map.loading": ("正在读取网格边界…", "Reading boundaries…"),
    # trend
    "trend.title": ("受理与办结趋势", "Accepted and closed"),
    "trend.hint_day": ("按日，件", "Cases a day"),
    "trend.hint_week": ("按周，件", "Cases a week"),
    "trend.hint_month": ("按月，件", "Cases a month"),
    "trend.accepted": ("受理", "Accepted"),
    "trend.closed": ("办结", "Closed"),
    "trend.overdue": ("超期未结", "Overdue"),
    "trend.total": ("合计 {n}", "total {n}"),
    "trend.latest": ("期末 {n}", "at end {n}"),
    "trend.aria": (
        "{area}{window}每日受理、办结和超期未结",
        "Cases accepted, closed and overdue a day, {area}, {window}",
    ),
    # league
    "league.title": ("下级区域", "Areas"),
    "league.hint": ("点击表头排序，点击名称进入", "Sort by header, open by name"),
    "league.name": ("区域", "Area"),
    "league.rank": ("序", "#"),
    "league.total": ("合计", "Total"),
    "league.empty": ("没有下级区域", "No areas below this one"),
    "league.count": ("共 {n} 个", "{n} areas"),
    "sort.ascending": ("升序", "ascending"),
    "sort.descending": ("降序", "descending"),
    "kind.general": ("综合", "General"),
    "kind.dedicated": ("专属", "Dedicated"),
    "kind.functional": ("功能区", "Functional"),
    "kind.police": ("警格", "Police"),
    # overdue
    "overdue.title": ("最新超期", "Newest overdue"),
    "overdue.total": ("共 {n} 件", "{n} cases"),
    "overdue.empty": ("没有超期未结案件", "No overdue cases"),
    "overdue.urgent": ("紧急", "Urgent"),
    "overdue.by": ("超期 {span}", "{span} overdue"),
    "overdue.left": ("剩余 {span}", "{span} left"),
    "overdue.no_department": ("未派发", "not dispatched"),
    "overdue.no_deadline": ("无时限", "no deadline"),
    "span.minutes": ("{m}分", "{m} min"),
    "span.hours": ("{h}小时{m}分", "{h} h {m} min"),
    "span.days": ("{d}天{h}小时", "{d} d {h} h"),
    # clocks
    "clock.left": ("剩 {span}", "{span} left"),
    "clock.over": ("超期 {span}", "overdue by {span}"),
    "clock.over_now": ("已超期", "overdue"),
    "clock.paused": ("挂账中，剩 {span}", "suspended, {span} left"),
    "clock.paused_over": ("挂账中，已超期 {span}", "suspended, overdue by {span}"),
    "clock.no_limit": ("无时限", "no limit"),
    "clock.not_started": ("未开始计时", "clock not started"),
    "clock.under_a_minute": ("不足 1 分", "less than 1 min"),
    "clock.work_minutes": ("{m} 分(工作时间)", "{m} min of work"),
    "clock.work_hours": ("{h} 工作时 {m} 分", "{h} h {m} min of work"),
    "clock.work_days": ("{d} 工作日 {h} 工作时", "{d} d {h} h of work"),
    "clock.resumed": ("挂账到期，自动恢复处置", "Suspension over: back to handling by itself"),
    "clock.refused.no_limit": ("没有时限，无可延期", "there is no limit to extend"),
    "clock.refused.not_started": ("尚未开始计时", "the clock has not started"),
    "clock.refused.overdue": ("已超期，延期须在超期前申请", "overdue: ask before the deadline"),
    "clock.refused.too_many": ("延期次数已满", "as many extensions as are allowed were granted"),
    "clock.light.none": ("无灯", "no light"),
    "clock.light.green": ("绿灯", "green"),
    "clock.light.yellow": ("黄灯", "yellow"),
    "clock.light.red": ("红灯", "red"),
    "clock.light.dark_red": ("深红灯", "dark red"),
    # break-downs
    "breakdown.category": ("按类别", "By category"),
    "breakdown.source": ("按来源", "By source"),
    "breakdown.department": ("按处置部门", "By department"),
    "breakdown.empty": ("时段内没有受理", "Nothing accepted in this period"),
    "breakdown.hint": ("受理量，件", "Cases accepted"),
    "breakdown.overdue": ("超期 {n}", "{n} overdue"),
    # duty
    "duty.title": ("今日在岗", "On duty today"),
    "duty.rostered": ("应在岗", "Rostered"),
    "duty.on_duty": ("在岗", "On duty"),
    "duty.in_field": ("外勤", "In the field"),
    "duty.on_leave": ("请假", "On leave"),
    "duty.absent": ("未到岗", "Absent"),
    "duty.grids": ("网格覆盖", "Grids covered"),
    "duty.grids_of": ("{covered} / {required}", "{covered} / {required}"),
    "duty.workers": ("在册 {n} 人", "{n} workers"),
    # grid portrait
    "grid.title": ("网格画像", "Grid portrait"),
    "grid.residents": ("人口", "Residents"),
    "grid.households": ("户数", "Households"),
    "grid.houses": ("房屋", "Homes"),
    "grid.shops": ("商户", "Shops"),
    "grid.structures": ("地上物", "Structures"),
    "grid.workers": ("服务人员", "Workers"),
    "grid.no_workers": ("空岗：没有人员服务本网格", "Vacant: nobody serves this grid"),
    "grid.full_time": ("专职", "Full-time"),
    "grid.part_time": ("兼职", "Part-time"),
    "grid.last_patrol": ("最近巡查", "Last patrol"),
    "grid.last_visit": ("最近走访", "Last visit"),
    "grid.police": ("所属警格", "Police grid"),
    "grid.station": ("工作站", "Station"),
    "grid.has_station": ("已设", "Yes"),
    "grid.no_station": ("未设", "No"),
    "grid.never": ("无记录", "No record"),
    # definition drawer
    "drawer.title": ("指标定义与明细", "Definition and cases"),
    "drawer.close": ("关闭", "Close"),
    "drawer.definition": ("定义", "Definition"),
    "drawer.formula": ("公式", "Formula"),
    "drawer.value": ("当前值", "Value"),
    "drawer.numerator": ("分子", "Numerator"),
    "drawer.denominator": ("分母", "Denominator"),
    "drawer.interval": ("95%区间", "95% interval"),
    "drawer.version": ("版本", "Version"),
    "drawer.basis": ("口径", "Basis"),
    "drawer.document": ("依据", "Source document"),
    "drawer.thresholds": ("判定", "Thresholds"),
    "drawer.period": ("时段", "Period"),
    "drawer.children": ("按下级区域", "By area"),
    "drawer.cases": ("案件清单", "Cases"),
    "drawer.cases_numerator": ("分子案件", "Cases in the numerator"),
    "drawer.cases_denominator": ("分母案件", "Cases in the denominator"),
    "drawer.weighted": (
        "分子按权重折算，清单列出计入的每一次回访",
        "The numerator is weighted; the list holds every call-back that counts",
    ),
    "drawer.total": ("共 {n} 件", "{n} cases"),
    "drawer.range": ("第 {first}–{last} 件", "{first}–{last}"),
    "drawer.previous": ("上一页", "Previous"),
    "drawer.next": ("下一页", "Next"),
    "drawer.no_cases": ("没有案件", "No cases"),
    "drawer.no_list": ("该指标不由案件构成", "This figure is not made of cases"),
    "drawer.failed": ("读取失败，请稍后再试", "Could not be read; please try again"),
    "case.code": ("案件号", "Case"),
    "case.category": ("类别", "Category"),
    "case.area": ("区域", "Area"),
    "case.department": ("部门", "Department"),
    "case.state": ("状态", "State"),
    "case.accepted": ("受理", "Accepted"),
    "case.deadline": ("时限", "Deadline"),
    "case.closed": ("结案", "Closed"),
    # what boards say about areas, cases and judgements
    "scope.now": ("当前", "Now"),
    "basis.assessment": ("考核口径", "Assessment basis"),
    "basis.cohort": ("受理口径", "Cohort basis"),
    "unit.cases": ("件", ""),
    "unit.percent": ("%", "%"),
    "unit.people": ("人", ""),
    "unit.seconds": ("秒", "s"),
    "unit.minutes": ("分钟", "min"),
    "unit.hours": ("小时", "h"),
    "unit.cases_per_person": ("件/人", "per worker"),
    "unit.points": ("分", "points"),
    "evidence.reproduced": ("公布数据可复算", "published figures reproduced"),
    "evidence.unverified": ("未与标准原文核对", "not verified against a standard's text"),
    "evidence.recommended": ("本系统建议", "this product's recommendation"),
    "evidence.city": ("本市规定", "the city's own rule"),
    "reference.four_week_mean": ("前四周同时段均值", "mean of the four weeks before"),
    "reference.twelve_week_median": ("本区域近12周中位", "own median of twelve weeks"),
    "reference.sibling_median": ("同级区域中位", "median of the areas beside it"),
    "reference.spike": ("前四个同星期均值 + 2σ", "mean of four same weekdays + 2σ"),
    "reference.interval": ("约定到数间隔", "the promised interval"),
    "grade.a": ("A 绿", "A green"),
    "grade.b": ("B 蓝", "B blue"),
    "grade.c": ("C 黄", "C yellow"),
    "grade.d": ("D 红", "D red"),
    "grade.e": ("E 黑", "E black"),
    "level.good": ("正常", "Good"),
    "level.warn": ("关注", "Watch"),
    "level.bad": ("告警", "Alarm"),
    "level.none": ("", ""),
    "note.small_sample": ("样本不足", "Small sample"),
    "note.today": ("今日 {n}", "today {n}"),
    "breakdown.others": ("其他", "Others"),
    "area.city": ("市", "City"),
    "area.district": ("区县", "District"),
    "area.street": ("街道/乡镇", "Street"),
    "area.community": ("社区/村", "Community"),
    "area.village": ("村里", "Village"),
    "area.estate": ("小区", "Estate"),
    "area.grid": ("网格", "Grid"),
    "area.police_grid": ("警格", "Police grid"),
    "state.reported": ("待受理", "Reported"),
    "state.verifying": ("核实中", "Verifying"),
    "state.accepted": ("待立案", "Accepted"),
    "state.rejected": ("不予受理", "Refused"),
    "state.filed": ("待派遣", "Filed"),
    "state.dispatched": ("待签收", "Dispatched"),
    "state.signed": ("已签收", "Signed for"),
    "state.handling": ("处置中", "In handling"),
    "state.returned_unit": ("部门回退", "Returned"),
    "state.ext_pending": ("延期待批", "Extension pending"),
    "state.suspended": ("挂账", "Suspended"),
    "state.handled": ("待核查", "Handled"),
    "state.checking": ("核查中", "Checking"),
    "state.visiting": ("回访中", "Call-back"),
    "state.rework": ("退回重办", "Rework"),
    "state.closed": ("已结案", "Closed"),
    "state.void": ("作废", "Void"),
    "state.merged": ("重复合并", "Merged"),
    "role.grid_worker": ("网格员", "Grid worker"),
    "role.grid_head": ("网格长", "Grid head"),
    "role.inspector": ("监督员", "Inspector"),
    "role.police": ("专人民警", "Police officer"),
    "role.legal": ("法律服务者", "Legal adviser"),
    "role.mediator": ("人民调解员", "Mediator"),
    # missing pages
    "missing.title": ("没有找到", "Not found"),
    "missing.waiting": ("请稍候", "One moment"),
    "missing.area": ("没有编码为 {code} 的区域。", "There is no area with the code {code}."),
    "missing.page": ("没有这个页面。", "There is no such page."),
    "missing.back": ("回到全市总览", "Back to the city overview"),
    "missing.board": (
        "数据暂时不可用，页面会自动重试。",
        "Data are not available yet; the page retries by itself.",
    ),
}


def word(key: str, lang: str, **values: object) -> str:
    """The text of ``key`` in ``lang`` ("zh" or "en"; anything else reads as Chinese).

    ``values`` fill the ``{name}`` places. Raises ``KeyError`` for an unknown key or a missing
    value, so that a forgotten word shows up in a test and not on a wall.
    """
    zh, en = WORDS[key]
    text = en if lang == "en" else zh
    return text.format(**values) if values else text


def words_for(lang: str) -> dict[str, str]:
    """The words the scripts in the browser may need, in one language: those of the pages beside the
    board and those that come with numbers are only ever written by the server."""
    server = {key for part in SERVER_PARTS for key in part}
    own = ((key, pair) for key, pair in WORDS.items() if key not in server)
    return {key: (en if lang == "en" else zh) for key, (zh, en) in own}


def known_language(lang: str | None, default: str = "zh") -> str:
    """``lang`` if it is one of :data:`LANGUAGES`, else ``default``."""
    return lang if lang in LANGUAGES else default
