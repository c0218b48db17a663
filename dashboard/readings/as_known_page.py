"""按当时所知: a KPI as it was known at a chosen moment, as known now, and the cases between."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dashboard.kpis.formatting import change_text, count_text, number_text, value_text
from dashboard.kpis.model import Exact, Reading
from dashboard.readings.as_known_report import (
    Change,
    ChangedCase,
    Comparison,
    NotOfCasesError,
    compare_as_known,
)
from dashboard.readings.board_parts import state_of
from dashboard.readings.definition_text import plain_number
from dashboard.words import word
from data_access.case_history import read_history_start
from data_access.engine import begin_read

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

MOST_ROWS = 200
CHANGES: Final[tuple[Change, ...]] = ("entered", "left", "moved")


def read_as_known(
    reader: Reader, area: str, window: str, key: str, asked: str, lang: str
) -> dict[str, Any]:
    """What ``components.catalogue_shape.AsKnown`` names.

    ``asked``: a moment in city time, as 2026-11-01T09:00; "" asks for nothing yet. Raises KeyError
    for an unknown KPI, UnknownAreaError and OutsideScopeError.
    """
    found: dict[str, Any] = {"asked": asked, "problem": None, "report": None}
    if not asked:
        return found
    known = _moment(reader, asked)
    if known is None:
        return found | {"problem": word("asknown.wrong", lang)}
    try:
        comparison = compare_as_known(reader, area, window, key, known)
    except NotOfCasesError:
        return found | {"problem": word("asknown.not_of_cases", lang)}
    with begin_read(reader.engine) as connection:
        kept_since = read_history_start(connection)
    zone = ZoneInfo(reader.settings.city_time_zone)
    return found | {"report": _report(comparison, kept_since, zone, lang)}


def _moment(reader: Reader, asked: str) -> datetime | None:
    """The aware instant of a city time before now; None for anything else."""
    try:
        local = datetime.fromisoformat(asked)
    except ValueError:
        return None
    if local.tzinfo is not None or local.year < 1990:
        return None
    known = local.replace(tzinfo=reader.settings.city_zone)
    return known if known < reader.now() else None


def _report(
    comparison: Comparison, kept_since: datetime | None, zone: ZoneInfo, lang: str
) -> dict[str, Any]:
    counts = Counter(case.change for case in comparison.cases)
    change = change_text(comparison.kpi, comparison.now.value, comparison.then.value)
    if change is not None and comparison.kpi.is_rate:
        change = word("delta.points", lang, n=change)
    return {
        "known": _text(comparison.known_then, zone),
        "known_now": _text(comparison.known_now, zone),
        "unit": word(f"unit.{comparison.kpi.unit.name.lower()}", lang),
        "then": _side(comparison.then),
        "now": _side(comparison.now),
        "change": change,
        "total": len(comparison.cases),
        "counts": {name: counts.get(name, 0) for name in CHANGES},
        "is_rate": comparison.kpi.denominator is not None,
        "kept_since": _text(kept_since, zone),
        "is_kept": kept_since is not None and kept_since <= comparison.known_then,
        "rows": [_row(case, lang) for case in comparison.cases[:MOST_ROWS]],
    }


def _text(moment: datetime | None, zone: ZoneInfo) -> str:
    """City time to the minute; "—" for None."""
    return "—" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _side(reading: Reading) -> dict[str, Any]:
    return {
        "text": value_text(reading),
        "state": state_of(reading),
        "numerator": _number(reading.numerator),
        "denominator": None if reading.kpi.denominator is None else _number(reading.denominator),
    }


def _number(value: Exact | None) -> str:
    exact = None if value is None else Fraction(value)
    whole = exact is None or exact.denominator == 1
    return count_text(exact) if whole else number_text(exact, 1)


def _row(case: ChangedCase, lang: str) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "case_code": case.case_code,
        "change": case.change,
        "change_name": word(f"asof.{case.change}", lang),
        "then": [plain_number(one) for one in case.then],
        "now": [plain_number(one) for one in case.now],
        "why": case.why(lang),
    }
