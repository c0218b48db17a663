"""Thresholds 阈值 in force: the catalogue's own, or the version a city has set; and setting one.

The version in force on a day is the one that took effect last, by date of effect and then by
number; before the first one the catalogue's own bounds hold. A window is judged by what is in force
on its last day, so a past month keeps its colours when the bounds change later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dashboard.clocks.city_time import city_today
from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.model import Direction, Evidence, Kpi, Thresholds, Unit
from dashboard.kpis.variants import catalogue_of
from dashboard.settings import Settings
from data_access.engine import begin_write
from data_access.thresholds import ThresholdVersion, read_thresholds, save_threshold_version
from data_access.types import is_storable

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

LONGEST_TEXT = 500
LONGEST_NAME = 60
_MOST_DIGITS = 24  # of the column, as text
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class EditingOffError(PermissionError):
    """The setting ``editing`` is off: nothing can be changed in the browser."""


@dataclass(frozen=True, kw_only=True)
class ThresholdDraft:
    """New bounds as a person typed them; nothing is trusted. Days are ISO dates of the city."""

    kpi_key: str
    good: str
    warn: str
    effective_on: str
    document: str
    note: str
    entered_by: str
    is_past_meant: bool  # the person has confirmed a date of effect in the past


def in_force(versions: Iterable[ThresholdVersion], on: date) -> dict[str, ThresholdVersion]:
    """KPI key → the version in force on a city day; KPIs without one are not in it."""
    chosen: dict[str, ThresholdVersion] = {}
    for version in versions:
        before = chosen.get(version.kpi_key)
        if version.effective_on <= on and (before is None or _order(before) < _order(version)):
            chosen[version.kpi_key] = version
    return chosen


def _order(version: ThresholdVersion) -> tuple[date, int]:
    return version.effective_on, version.version


def read_in_force(connection: Connection, on: date) -> dict[str, ThresholdVersion]:
    """The versions in force on a city day; empty where the city has set none."""
    return in_force(read_thresholds(connection), on)


def judged_by(kpi: Kpi, versions: Mapping[str, ThresholdVersion]) -> Kpi:
    """The KPI with the bounds in force instead of the catalogue's own, where there are any.

    What the catalogue's bounds compare with, and which levels of area they are meant for, stays.
    """
    version = versions.get(kpi.key)
    if version is None:
        return kpi
    own = kpi.thresholds
    bounds = Thresholds(
        good=version.good,
        warn=version.warn,
        source_zh=version.document or "",
        source_en=version.document or "",
        evidence=Evidence.CITY,
        effective_on=version.effective_on,
        version=version.version,
        relative_to=own.relative_to if own else None,
        levels=own.levels if own else None,
    )
    return replace(kpi, thresholds=bounds)


def kpis_in_force(connection: Connection, settings: Settings, on: date) -> Mapping[str, Kpi]:
    """The catalogue as this city counts it, with the bounds in force on a city day."""
    kpis = catalogue_of(settings)
    versions = read_in_force(connection, on)
    if not versions:
        return kpis
    return {key: judged_by(kpi, versions) for key, kpi in kpis.items()}


def can_be_judged(kpi: Kpi) -> bool:
    """Whether bounds make sense for a KPI: one way must be the better one."""
    return kpi.direction is not Direction.NEITHER


def is_relative(kpi: Kpi) -> bool:
    """Whether its bounds are multiples of a reference value instead of values in its unit."""
    return kpi.thresholds is not None and kpi.thresholds.relative_to is not None


def problems(draft: ThresholdDraft, *, today: date) -> dict[str, str]:
    """Field → word of what is wrong with it (``threshold.wrong.…``); empty for a good draft.

    Raises KeyError for an unknown KPI.
    """
    kpi = CATALOGUE[draft.kpi_key]
    found: dict[str, str] = {}
    if not can_be_judged(kpi):
        found["good"] = "threshold.wrong.direction"
    bounds = {name: _number(getattr(draft, name)) for name in ("good", "warn")}
    for name, value in bounds.items():
        if problem := _bound_problem(value, kpi):
            found[name] = problem
    good, warn = bounds["good"], bounds["warn"]
    if not found and good is not None and warn is not None:
        is_ordered = good <= warn if kpi.direction is Direction.LOWER else good >= warn
        if not is_ordered:
            lower = kpi.direction is Direction.LOWER
            found["warn"] = f"threshold.wrong.order_{'lower' if lower else 'higher'}"
    if problem := _day_problem(draft, today):
        found["effective_on"] = problem
    return found | _text_problems(draft)


def _number(text: str) -> Decimal | None:
    """A plain decimal such as 92.5; None for anything else, for instance 1e9 or NaN."""
    cleaned = text.strip().replace("−", "-").rstrip("%")
    if len(cleaned) > _MOST_DIGITS or not set(cleaned) <= set("0123456789.-"):
        return None
    try:
        return Decimal(cleaned)
    except InvalidOperation:
        return None


def _bound_problem(value: Decimal | None, kpi: Kpi) -> str | None:
    if value is None:
        return "threshold.wrong.number"
    if value < 0:
        return "threshold.wrong.negative"
    is_share = kpi.unit is Unit.PERCENT and not is_relative(kpi)
    return "threshold.wrong.percent" if is_share and value > 100 else None


def _day_problem(draft: ThresholdDraft, today: date) -> str | None:
    day = _day(draft.effective_on)
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return "threshold.wrong.day"
    return "threshold.wrong.past" if day < today and not draft.is_past_meant else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _text_problems(draft: ThresholdDraft) -> dict[str, str]:
    found = {}
    if not draft.entered_by.strip():
        found["entered_by"] = "form.wrong.missing"
    if not draft.document.strip():
        found["document"] = "form.wrong.missing"
    most = {"entered_by": LONGEST_NAME, "document": LONGEST_TEXT, "note": LONGEST_TEXT}
    for name, length in most.items():
        text = getattr(draft, name)
        if len(text) > length or not is_storable(text):
            found[name] = "form.wrong.long"
    return found


def save_thresholds(reader: Reader, draft: ThresholdDraft) -> tuple[int | None, dict[str, str]]:
    """(the new version's number, {}) or (None, problems by field).

    The version of the numbers moves in the same transaction, and this process looks at it at once.
    Raises EditingOffError and KeyError (unknown KPI).
    """
    if not reader.settings.editing:
        raise EditingOffError
    now = reader.now()
    found = problems(draft, today=city_today(now, reader.settings.city_time_zone))
    if found:
        return None, found
    row: dict[str, Any] = {
        "kpi_key": draft.kpi_key,
        "effective_on": date.fromisoformat(draft.effective_on.strip()),
        "good": Decimal(draft.good.strip().rstrip("%")),
        "warn": Decimal(draft.warn.strip().rstrip("%")),
        "document": draft.document.strip(),
        "note": draft.note.strip() or None,
        "entered_by": draft.entered_by.strip(),
        "entered_at": now,
    }
    try:
        with begin_write(reader.engine) as connection:
            version = save_threshold_version(connection, **row)
    except IntegrityError:  # two editors of one KPI at one moment
        return None, {"good": "threshold.wrong.crossed"}
    reader.ticker.look()
    return version, {}
