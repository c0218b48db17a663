"""Words of wall screens 大屏终端用语: what scripts on a wall say of their own freshness and token.

Part of ``dashboard.words.WORDS``; (zh, en) by key. Scripts need them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCREEN_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "chain.label": (
        "数据链：事件、接收、计算、显示",
        "Freshness: event, received, computed, painted",
    ),
    "chain.event": ("事件", "Event"),
    "chain.received": ("接收", "Received"),
    "chain.computed": ("计算", "Computed"),
    "chain.painted": ("显示", "Painted"),
    "chain.none": ("尚无", "none yet"),
    "chain.slow": ("本机时钟慢 {age}", "this screen's clock is {age} slow"),
    "chain.fast": ("本机时钟快 {age}", "this screen's clock is {age} fast"),
    "stale.source": (
        "{n} 个来源迟到，最长 {age}：{names}",
        "{n} sources late, up to {age}: {names}",
    ),
    "note.revoked": ("此屏幕的令牌已停用", "This screen's token has been revoked"),
    "note.unknown": ("此屏幕的令牌无效", "This screen's token is not known"),
    "note.unread": ("正在等待数据库", "Waiting for the database"),
    "note.missing": ("此屏幕还没有令牌", "This screen has no token yet"),
    "note.elsewhere": ("此浏览器仅用于大屏", "This browser is a wall screen only"),
    "note.screen": ("屏幕", "Screen"),
    "note.ask": ("请联系：{contact}", "Please ask: {contact}"),
    "note.leave": ("停止用作大屏", "Stop being a wall screen"),
    "note.back": ("返回大屏 Back to the wall", "Back to the wall"),
}
