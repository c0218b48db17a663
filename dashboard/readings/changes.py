"""Changes 环比、同比 as people read them: by how much, against when, and whether that is good."""

from __future__ import annotations

from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.formatting import change_text, value_text
from dashboard.kpis.model import Direction, Kpi, Reading, Shape
from dashboard.readings.comparisons import Compared
from dashboard.readings.totals import Comparison
from dashboard.readings.windows import Window, chosen_days
from dashboard.words import word

# Windows with words of their own for what they are usually compared with.
_OWN_WORDS = ("today", "week", "month", "year", "d7", "d30", "d365", "d1095")


def delta(
    kpi: Kpi, reading: Reading, comparison: Comparison | None, window: Window, lang: str
) -> dict[str, str] | None:
    """The change a tile shows; None without a comparison, and where either side has no value."""
    if comparison is None or comparison.totals is None:
        return None
    found = _change(kpi, reading, evaluate(kpi, comparison.totals), lang)
    if found is None:
        return None
    text, tone = found
    return {"text": text, "versus": _versus(window, comparison.compared, lang), "tone": tone}


def comparison_row(
    kpi: Kpi, reading: Reading, comparison: Comparison, lang: str
) -> dict[str, str | None]:
    """One comparison in full: ``kind``, ``name``, ``period`` (its days, and until when), ``value``
    then, ``change``, ``tone``, ``alignment``; ``reason`` instead of a value where it is refused."""
    compared = comparison.compared
    row: dict[str, str | None] = {
        "kind": compared.kind,
        "name": word(f"compare.{compared.kind}", lang),
        "period": period_text(compared, lang),
        "alignment": word(f"compare.by.{compared.alignment}", lang),
        "value": None,
        "change": None,
        "tone": "neutral",
        "reason": None,
    }
    if comparison.totals is None:
        return row | {"reason": word(f"compare.refused.{compared.refusal}", lang)}
    then = evaluate(kpi, comparison.totals)
    row["value"] = value_text(then)
    if (found := _change(kpi, reading, then, lang)) is not None:
        row["change"], row["tone"] = found
    return row


def period_text(compared: Compared, lang: str) -> str:
    """First and last day, and the time of day at which the last one is cut."""
    days = compared.from_on.isoformat()
    if compared.last_on != compared.from_on:
        days = f"{days} – {compared.last_on.isoformat()}"
    if compared.cut is None:
        return days
    return f"{days} {word('compare.until', lang, time=compared.cut.strftime('%H:%M'))}"


def _change(kpi: Kpi, reading: Reading, then: Reading, lang: str) -> tuple[str, str] | None:
    """(text with an arrow, tone)."""
    now, before = reading.value, then.value
    text = change_text(kpi, now, before)
    if text is None or now is None or before is None:
        return None
    if kpi.shape in (Shape.RATE, Shape.SCORE):
        text = word("delta.points" if kpi.is_rate else "delta.score", lang, n=text)
    if kpi.direction is Direction.NEITHER or now == before:
        tone = "neutral"
    else:
        is_better = (now > before) == (kpi.direction is Direction.HIGHER)
        tone = "good" if is_better else "bad"
    arrow = "▲" if now > before else "▼" if now < before else "＝"
    return f"{arrow} {text.lstrip('+-')}", tone


def _versus(window: Window, compared: Compared, lang: str) -> str:
    if window.key in _OWN_WORDS:
        return word(f"versus.{window.key}", lang)
    is_past = chosen_days(window.key) is not None and not window.is_running
    return word(f"versus.{compared.kind}{'_whole' if is_past else ''}", lang)
