"""Spans of time and numbers as text 时长与数字; ``assets/js/10_words.js`` holds the same rules."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from dashboard.words import word

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def span_text(span_ms: int, lang: str) -> str:
    """A length of time in its two largest units, e.g. 3天4小时; negative reads as zero."""
    rest = max(0, span_ms)
    days, rest = divmod(rest, DAY_MS)
    hours, rest = divmod(rest, HOUR_MS)
    minutes = rest // MINUTE_MS
    if days:
        return word("span.days", lang, d=days, h=hours)
    if hours:
        return word("span.hours", lang, h=hours, m=minutes)
    return word("span.minutes", lang, m=minutes)


def due_text(deadline_ms: int | None, now_ms: int | None, lang: str) -> str:
    """How long a case is overdue 超期, or how much time is left 剩余; both epoch milliseconds."""
    if deadline_ms is None or now_ms is None:
        return word("overdue.no_deadline", lang)
    key = "overdue.by" if now_ms >= deadline_ms else "overdue.left"
    return word(key, lang, span=span_text(abs(now_ms - deadline_ms), lang))


def number_text(value: float | None) -> str:
    """A count with thousands separators, weighted ones with a decimal; "—" for None."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def clock_text(at_ms: int | None, zone: tzinfo = UTC) -> str:
    """HH:MM:SS in ``zone``; "—" for None. The browser rewrites it in the city's zone."""
    if at_ms is None:
        return "—"
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%H:%M:%S}"


def year_moment_text(at_ms: int | None, zone: tzinfo = UTC) -> str:
    """Date, hour and minute in ``zone``; "—" for None. For lists that reach over years."""
    if at_ms is None:
        return "—"
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%Y-%m-%d %H:%M}"


def moment_text(at_ms: int | None, zone: tzinfo = UTC) -> str:
    """Month, day, hour and minute in ``zone``; "—" for None."""
    if at_ms is None:
        return "—"
    return f"{datetime.fromtimestamp(at_ms / 1000, zone):%m-%d %H:%M}"
