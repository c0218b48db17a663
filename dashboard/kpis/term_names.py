"""What the terms of a formula are called: every measure, count and quantile, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_FLOWS = {
    "reported": ("上报", "reported"),
    "accepted": ("受理", "accepted"),
    "filed": ("立案", "filed"),
    "closed": ("结案", "closed"),
    "closed_on_time": ("按期结案", "closed on time"),
    "closed_late": ("超期结案", "closed late"),
    "closed_undated": ("无时限结案", "closed without a deadline"),
    "closed_reworked": ("返工后结案", "closed after rework"),
    "cohort_closed": ("期内受理且已办结", "accepted in the period and closed by its end"),
    "breached": ("期内到期未结", "passed the deadline while open"),
    "rated": ("有效回访", "valid call-backs"),
    "contacted": ("已联系", "contacted"),
    "solved": ("已解决", "solved"),
    "very_satisfied": ("非常满意", "very satisfied"),
    "satisfied": ("满意", "satisfied"),
    "fairly_satisfied": ("基本满意", "fairly satisfied"),
    "neutral": ("一般", "neutral"),
    "dissatisfied": ("不满意", "dissatisfied"),
    "filed_all": ("立案（含后来作废）", "filed, voided later or not"),
    "filed_void": ("立案后作废", "filed and voided later"),
    "merged": ("重复合并", "merged duplicates"),
    "repeated": ("重复诉求", "repeats"),
    "reopened": ("结案后重办", "reopened"),
    "worker_reported": ("网格员上报", "reported by workers"),
    "worker_filed": ("网格员上报且已立案", "of these filed"),
    "accepted_proactive": ("主动发现受理", "accepted from workers, video and sensors"),
    "accepted_public": ("公众反映受理", "accepted from hotlines and the public"),
    "dispatched": ("派遣", "dispatches"),
    "dispatched_first": ("应派遣（首次派遣）", "first dispatches"),
    "dispatched_once": ("未改派的首次派遣", "of these never sent to another department"),
    "returned_by_unit": ("部门退单", "returns by departments"),
    "dispatch_on_time": ("按时派遣", "dispatched on time"),
    "dispatch_late": ("超时派遣或超时未派", "dispatched late or not yet"),
    "signed_on_time": ("及时签收", "signed for on time"),
    "signed_late": ("超时签收或超时未签", "signed for late or not yet"),
    "check_on_time": ("按期核查", "checked on time"),
    "check_late": ("超期核查或超期未核查", "checked late or not yet"),
    "handled_on_time": ("按期处置", "handled on time"),
    "handled_late": ("超期处置", "handled late"),
    "extended": ("获批延期", "extensions approved"),
    "closed_first_time": ("一次办结", "closed at the first attempt"),
    "closed_from_grid": ("网格上报已结案", "closed, reported by workers"),
    "closed_in_grid": ("网格内办结", "of these closed without dispatch"),
    "callback_due": ("应回访结案", "closed and due for a call-back"),
    "called_back": ("已有效回访", "of these called back"),
    "rechecked": ("抽查", "re-checks"),
    "recheck_true": ("抽查属实", "of these found true"),
}
_STOCKS = {
    "open": ("期末在办", "open at the end"),
    "suspended": ("期末挂账", "suspended at the end"),
    "overdue": ("期末超期未结", "overdue and open at the end"),
    "due_soon": ("期末临期", "due soon at the end"),
    "unhandled": ("期末超期未处置", "overdue and not handled at the end"),
    "undated": ("期末无时限在办", "open without a deadline at the end"),
    "suspended_late": ("期末挂账且已过时限", "suspended past their deadline at the end"),
    "suspended_past_end": ("期末挂账逾期未恢复", "suspended past the planned end"),
}
_DUTY = {
    "on_duty": ("在岗", "on duty"),
    "in_field": ("外勤", "in the field"),
    "rostered": ("应在岗", "rostered"),
    "grids_covered": ("有人在岗的网格", "grids with somebody on duty"),
    "grids_required": ("应覆盖网格", "grids to be covered"),
    "grids_staffed": ("已配备人员的网格", "grids with an active worker"),
    "grids_total": ("网格总数", "grids"),
    "workers_active": ("在册人员", "active workers"),
    "data_age_seconds": ("当前时间 − 数据截至时间", "now − data as of"),
}
_SURVEY = {
    "answers": ("有效问卷", "valid answers"),
    "very_satisfied": ("非常满意", "very satisfied"),
    "satisfied": ("满意", "satisfied"),
    "fairly_satisfied": ("基本满意", "fairly satisfied"),
    "neutral": ("一般", "neutral"),
    "dissatisfied": ("不满意", "dissatisfied"),
}
_FIELD = {
    "whistle_called": ("吹哨应到部门", "departments called"),
    "whistle_arrived": ("时限内报到部门", "departments arrived in time"),
    "patrol_required": ("应双巡网格日", "grid-days to be patrolled"),
    "patrol_done": ("上下午均巡查的网格日", "grid-days patrolled in both halves"),
    "visit_due": ("应走访人次", "visits due"),
    "visit_done": ("按期走访人次", "visits made in their window"),
    "visit_due_monthly": ("应走访人次（每月类）", "visits due, monthly class"),
    "visit_done_monthly": ("按期走访人次（每月类）", "visits made, monthly class"),
    "visit_due_quarterly": ("应走访人次（每季类）", "visits due, quarterly class"),
    "visit_done_quarterly": ("按期走访人次（每季类）", "visits made, quarterly class"),
    "visit_due_yearly": ("应走访人次（每年类）", "visits due, yearly class"),
    "visit_done_yearly": ("按期走访人次（每年类）", "visits made, yearly class"),
}
_MEASURED = {
    "overdue_hours_p50": (
        "P50(当前或期末 − 结案时限)，按期末超期未结案件",
        "P50(now or end of period − deadline) over the cases overdue and open",
    ),
    "close_hours_p50": (
        "P50(结案 − 受理 − 挂账时间)，自然时间",
        "P50(closed − accepted − pauses), natural time",
    ),
    "close_hours_p90": (
        "P90(结案 − 受理 − 挂账时间)，自然时间",
        "P90(closed − accepted − pauses), natural time",
    ),
    "close_work_hours_p50": (
        "P50(结案 − 受理 − 挂账时间)，工作时间",
        "P50(closed − accepted − pauses), working time",
    ),
    "close_work_hours_p90": (
        "P90(结案 − 受理 − 挂账时间)，工作时间",
        "P90(closed − accepted − pauses), working time",
    ),
    "contact_minutes_p50": ("P50(首次联系 − 派遣)", "P50(first contact − dispatch)"),
    "contact_minutes_p90": ("P90(首次联系 − 派遣)", "P90(first contact − dispatch)"),
    "source_age_minutes": (
        "当前时间 − 最近到数时间，取超约定间隔倍数最大的来源",
        "now − last delivery, of the source that is late by the most intervals",
    ),
    "source_age_ratio": ("上述时间 ÷ 约定到数间隔", "the same ÷ the promised interval"),
}

TERM_NAMES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "flow": _FLOWS,
        "stock": _STOCKS,
        "duty": _DUTY,
        "survey": _SURVEY,
        "field": _FIELD,
        "measured": _MEASURED,
    }
)


def term_name(kind: str, name: str, lang: str) -> str:
    """The name of a term in a language. Raises KeyError for an unknown one."""
    zh, en = TERM_NAMES[kind][name]
    return en if lang == "en" else zh
