"""Remaining time as text 剩余时限: in the units of the limit itself."""

from __future__ import annotations

from typing import Final

from dashboard.clocks.case_clock import ClockReading
from dashboard.clocks.deadline import HOUR_MS, NATURAL_DAY_MS
from dashboard.words import word

_MINUTE_MS: Final = 60_000


def remaining_text(reading: ClockReading, *, work_day_ms: int, lang: str) -> str:
    """剩 1工作日2小时, 超期 20分(工作时), 挂账中… of a case's clock at its moment.

    Working kinds are told in working time (``work_day_ms`` of it make a day of 工作日), continuous
    ones in days and hours. Less than a minute is said so. No limit and no start have words too.
    """
    remaining = reading.remaining_ms
    if reading.limit is None:
        return word("clock.no_limit", lang)
    if remaining is None:
        return word("clock.not_started", lang)
    if reading.is_overdue and remaining >= 0:
        return word("clock.over_now", lang)  # past the deadline, but no working time since
    span = working_span(abs(remaining), reading.limit.kind, work_day_ms=work_day_ms, lang=lang)
    if reading.resumes_ms is not None:
        return word("clock.paused_over" if remaining < 0 else "clock.paused", lang, span=span)
    return word("clock.over" if remaining < 0 else "clock.left", lang, span=span)


def working_span(span_ms: int, kind: str, *, work_day_ms: int, lang: str) -> str:
    """A span of a limit's own time in its two largest units; ``span_ms`` is not negative."""
    working = kind in ("work_hour", "work_day")
    day_ms = {"work_day": work_day_ms, "work_hour": 0}.get(kind, NATURAL_DAY_MS)
    days, rest = divmod(span_ms, day_ms) if day_ms else (0, span_ms)
    hours, rest = divmod(rest, HOUR_MS)
    minutes = rest // _MINUTE_MS
    if days:
        return word("clock.work_days" if working else "span.days", lang, d=days, h=hours)
    if hours:
        return word("clock.work_hours" if working else "span.hours", lang, h=hours, m=minutes)
    if not minutes:
        return word("clock.under_a_minute", lang)
    return word("clock.work_minutes" if working else "span.minutes", lang, m=minutes)
