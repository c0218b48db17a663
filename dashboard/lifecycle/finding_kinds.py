"""The kinds of findings 数据质量问题 about a case's life, in both languages.

``{…}`` in a sentence is filled from the stored detail, which is short because millions may be
stored: ``a>b`` gives ``{a}`` and ``{b}``, anything else ``{a}`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class FindingKind:
    """Name and sentence of one kind; ``shows``: whether its detail is of states or plain words."""

    name_zh: str
    name_en: str
    text_zh: str
    text_en: str
    shows: Literal["states", "words"] = "states"


KINDS: Final[Mapping[str, FindingKind]] = {
    "illegal_move": FindingKind(
        "非法流转", "Illegal move",
        "流程不允许从“{a}”到“{b}”",
        "a case cannot go from {a} to {b}",
    ),
    "skipped_steps": FindingKind(
        "跳过环节", "Steps left out",
        "从“{a}”直接到“{b}”，中间环节没有记录",
        "from {a} straight to {b}: the steps between are not told",
    ),
    "broken_chain": FindingKind(
        "流转断链", "Broken chain",
        "事件自称来自“{b}”，而案件当时是“{a}”",
        "the event says it came from {b}, but the case was {a}",
    ),
    "no_beginning": FindingKind(
        "缺少上报", "No beginning",
        "日志不是从上报开始，而是从“{a}”开始",
        "the log begins with {a} and not with the report",
    ),
    "out_of_order": FindingKind(
        "时间倒置", "Out of order",
        "“{a}”的发生时间早于它之前的环节",
        "{a} happened before a step that precedes it",
    ),
    "unknown_state": FindingKind(
        "未知状态", "Unknown state",
        "没有“{a}”这个状态",
        "there is no state {a}", "words",
    ),
    "no_events": FindingKind(
        "没有日志", "No log",
        "案件为“{a}”，但没有任何流转日志",
        "the case is {a}, but it has no events",
    ),
    "missing_event": FindingKind(
        "缺少日志", "Missing step",
        "案件有时间而日志没有对应环节：{a}",
        "the case has an instant and the log no step for it: {a}", "words",
    ),
    "state_mismatch": FindingKind(
        "状态不符", "State against log",
        "日志推得“{a}”，案件却是“{b}”",
        "the log leads to {a}, the case is {b}",
    ),
    "cycle_mismatch": FindingKind(
        "轮次不符", "Cycles against log",
        "日志有{a}轮，案件为第{b}轮",
        "the log has {a} cycles, the case is in cycle {b}", "words",
    ),
    "row_contradiction": FindingKind(
        "状态与时间矛盾", "State against instants",
        "与案件状态矛盾：{a}",
        "contradicts the case's state: {a}", "words",
    ),
    "unlawful_close": FindingKind(
        "不合规结案", "Unlawful closure",
        "上报后直接结案，但不是自处置、当场办结或直接答复",
        "closed straight from the report, neither on the spot nor by a direct answer", "words",
    ),
    "closed_dissatisfied": FindingKind(
        "不满意仍结案", "Closed although dissatisfied",
        "回访不满意或未解决，没有退回重办就结案",
        "the call-back was dissatisfied or unsolved, and the case was closed without rework",
    ),
    "rework_without_reason": FindingKind(
        "返工无依据", "Rework without a reason",
        "回访后退回重办，但没有不满意或未解决的回访",
        "sent back after the call-back, without one that is dissatisfied or unsolved",
    ),
    "reopen_without_reason": FindingKind(
        "重开无依据", "Reopened without a reason",
        "结案后重办，但没有抽查不实、重复诉求或不满意回访",
        "reopened without a failed re-check, a repeated complaint or a dissatisfied answer",
    ),
    "extension_too_many": FindingKind(
        "延期次数超限", "Too many extensions",
        "已批准延期{a}次，超过允许次数",
        "{a} extensions were approved, more than allowed", "words",
    ),
    "extension_after_overdue": FindingKind(
        "超期后延期", "Extension asked for too late",
        "超过时限{a}分钟后才申请延期",
        "the extension was asked for {a} minutes after the deadline", "words",
    ),
    "suspension_too_long": FindingKind(
        "挂账过长", "Suspended too long",
        "挂账{a}天，超过允许期限",
        "suspended for {a} days, longer than allowed", "words",
    ),
    "suspension_without_end": FindingKind(
        "挂账无期限", "Suspension without an end",
        "挂账没有计划恢复时间",
        "the suspension has no planned end",
    ),
}  # fmt: skip


def parts(detail: str) -> tuple[str, str]:
    """(a, b) of a stored detail; b is empty where it has one part."""
    a, _, b = detail.partition(">")
    return a, b
