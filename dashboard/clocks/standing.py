"""Where an open case stands against the deadline it has 剩余与超出时限: what lists show of a clock.

Lists know the deadline that counts (with every pause that ended and every extension in it) and ask
how far it is, in the limit's own kind of time; ``case_clock`` computes the deadline itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.clocks.calendar import WorkCalendar
from dashboard.clocks.deadline import limit_ms, used_ms
from dashboard.clocks.lights import Light, overdue_light
from dashboard.clocks.remaining import working_span
from dashboard.words import word

_UNLIMITED_KIND = "natural_day"  # of a deadline that a source brought without its limit


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An open case's clock as the store keeps it; instants in epoch ms.

    ``paused_ms``: since when it is suspended 挂账; its deadline does not contain that pause yet.
    """

    deadline_ms: int | None
    due_soon_ms: int | None = None
    kind: str | None = None
    amount: float | None = None
    paused_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``left_ms``: time left in the limit's own kind, negative when exceeded; None: no deadline."""

    left_ms: int | None
    kind: str
    light: Light
    is_over: bool = False
    is_paused: bool = False


def standing(calendar: WorkCalendar, case: OpenCase, at_ms: int) -> Standing:
    """Light and time left of an open case at a moment, or at the moment its clock was stopped.

    A deadline has passed only after its own moment, also when no working time has gone by since.
    """
    kind = case.kind or _UNLIMITED_KIND
    deadline = case.deadline_ms
    paused = case.paused_ms is not None
    moment = at_ms if case.paused_ms is None else min(at_ms, case.paused_ms)
    if deadline is None:
        return Standing(left_ms=None, kind=kind, light=Light.NONE, is_paused=paused)
    left = int(used_ms(calendar, moment, deadline, kind))
    if moment > deadline:
        allowed = 0 if case.amount is None else limit_ms(calendar, kind, case.amount)
        worked = int(used_ms(calendar, deadline, moment, "work_day"))
        light = overdue_light(allowed - left, allowed, days_over=worked / calendar.day_ms)
        return Standing(left_ms=left, kind=kind, light=light, is_over=True, is_paused=paused)
    soon = case.due_soon_ms is not None and case.due_soon_ms < moment
    light = Light.YELLOW if soon else Light.GREEN
    return Standing(left_ms=left, kind=kind, light=light, is_paused=paused)


def standing_text(found: Standing, *, work_day_ms: int, lang: str) -> str:
    """剩 1工作日2小时, 超期 20分(工作时), 挂账中…, in the words of ``remaining_text``."""
    if found.left_ms is None:
        return word("clock.no_limit", lang)
    if found.is_over and found.left_ms >= 0 and not found.is_paused:
        return word("clock.over_now", lang)
    span = working_span(abs(found.left_ms), found.kind, work_day_ms=work_day_ms, lang=lang)
    if found.is_paused:
        return word("clock.paused_over" if found.is_over else "clock.paused", lang, span=span)
    return word("clock.over" if found.is_over else "clock.left", lang, span=span)
