"""The page of one KPI 指标详情: its definition, every version of its thresholds, golden vectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from dashboard.clocks.city_time import city_today
from dashboard.kpis.formatting import number_text
from dashboard.kpis.golden_vectors import VECTORS, Vector, needed_by
from dashboard.kpis.model import Exact, Kpi
from dashboard.kpis.term_names import term_name
from dashboard.kpis.variants import kpi_of
from dashboard.readings.definition_text import (
    bound_ranges,
    bounds_texts,
    definition_texts,
    plain_number,
)
from dashboard.readings.thresholds import can_be_judged, in_force, is_relative, judged_by
from dashboard.settings import Settings
from dashboard.words import word
from data_access.engine import begin_read
from data_access.thresholds import ThresholdVersion, read_kpi_thresholds

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader


def read_kpi_page(reader: Reader, key: str, lang: str) -> dict[str, Any]:
    """What ``components.catalogue_shape.KpiDetail`` names. Raises KeyError for an unknown KPI."""
    settings = reader.settings
    kpi = kpi_of(key, settings)
    today = city_today(reader.now(), settings.city_time_zone)
    with begin_read(reader.engine) as connection:
        versions = read_kpi_thresholds(connection, key)
    current = judged_by(kpi, in_force(versions, today))
    bounds = current.thresholds
    return {
        "definition": definition_texts(current, lang),
        "versions": _versions(kpi, versions, today, settings.city_time_zone, lang),
        "vectors": [_vector(one, lang) for one in VECTORS if one.key == key],
        "can_edit": settings.editing and can_be_judged(kpi),
        "is_judged": can_be_judged(kpi),
        "is_editing": settings.editing,
        "today": today.isoformat(),
        "bound_unit": " ×" if is_relative(kpi) else word(f"unit.{kpi.unit.name.lower()}", lang),
        "good": "" if bounds is None else plain_number(bounds.good),
        "warn": "" if bounds is None or bounds.warn is None else plain_number(bounds.warn),
    }


def _versions(
    kpi: Kpi, versions: Sequence[ThresholdVersion], today: date, time_zone: str, lang: str
) -> list[dict[str, Any]]:
    """Every version, newest first, the catalogue's own last; ``state`` now, later or past."""
    chosen = in_force(versions, today).get(kpi.key)
    rows = []
    for one in reversed(versions):
        good, warn, bad = bound_ranges(kpi, one.good, one.warn, lang)
        is_now = chosen is not None and one.version == chosen.version
        rows.append(
            {
                "version": one.version,
                "name": word("kpis.version_city", lang, n=one.version),
                "good": good,
                "warn": warn,
                "bad": bad,
                "effective_on": one.effective_on.isoformat(),
                "document": one.document,
                "note": one.note,
                "entered_by": one.entered_by,
                "entered_on": city_today(one.entered_at, time_zone).isoformat(),
                "state": "now" if is_now else "later" if one.effective_on > today else "past",
            }
        )
    return rows + _own_version(kpi, chosen is None, lang)


def _own_version(kpi: Kpi, is_now: bool, lang: str) -> list[dict[str, Any]]:
    """The catalogue's own bounds as the version before the first; none for a KPI without."""
    own = bounds_texts(kpi, lang)
    if own is None:
        return []
    return [
        {
            **{name: own[name] for name in ("version", "good", "warn", "bad", "effective_on")},
            "name": own["version_text"],
            "document": own["source"],
            "note": own["levels"],
            "entered_by": None,
            "entered_on": None,
            "state": "now" if is_now else "past",
        }
    ]


def _vector(vector: Vector, lang: str) -> dict[str, Any]:
    """One golden vector: what goes in, by name, and what is printed."""
    kpi = kpi_of(vector.key, Settings(**vector.settings))
    terms = {term.name: term.kind for term in needed_by(kpi)}
    given = [
        {"name": term_name(kind, name, lang), "value": _value(vector.given[name])}
        for name, kind in terms.items()
        if name in vector.given
    ]
    return {
        "given": given,
        "expected": vector.expected,
        "published": vector.published or None,
        "settings": ", ".join(f"{name} = {value}" for name, value in vector.settings.items()),
        "note": vector.note if lang == "en" else "",
    }


def _value(value: Exact) -> str:
    exact = Fraction(value)
    return number_text(exact, 0) if exact.denominator == 1 else plain_number(exact)
