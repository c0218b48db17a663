"""The catalogue page 指标目录页: every KPI with its value for an area and window, by subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.kpis.closing_kpis import CLOSING_KPIS
from dashboard.kpis.field_kpis import DUTY_KPIS, FIELD_KPIS
from dashboard.kpis.handling_kpis import HANDLING_KPIS
from dashboard.kpis.model import Kpi
from dashboard.kpis.score_kpis import SCORE_KPIS, SYSTEM_KPIS
from dashboard.kpis.stage_kpis import DISCOVERY_KPIS, STAGE_KPIS
from dashboard.kpis.variants import catalogue_of
from dashboard.kpis.visit_kpis import VISIT_KPIS
from dashboard.kpis.volume_kpis import VOLUME_KPIS
from dashboard.readings.about import about, reference
from dashboard.readings.definition_text import definition_texts
from dashboard.readings.part_days import PartDays
from dashboard.readings.tiles import TileMaker, tile_maker
from dashboard.readings.view import Question, View, open_view, read_history
from dashboard.settings import Settings
from dashboard.words import word
from data_access.rollup_reads import read_children

# Subject → its KPIs, in the order of the page. A KPI that stands nowhere is under "others".
SUBJECTS: Final[Mapping[str, tuple[Kpi, ...]]] = {
    "volume": VOLUME_KPIS,
    "closing": CLOSING_KPIS,
    "handling": HANDLING_KPIS,
    "stage": STAGE_KPIS,
    "discovery": DISCOVERY_KPIS,
    "visit": VISIT_KPIS,
    "duty": DUTY_KPIS,
    "field": FIELD_KPIS,
    "score": SCORE_KPIS,
    "system": SYSTEM_KPIS,
}
_PENDING: Final[Mapping[str, Any]] = {
    "text": "…", "state": "pending", "level": "none", "level_text": "", "note": "",
    "numerator": None, "denominator": None, "interval": None, "spark": [],
}  # fmt: skip
LEVELS: Final[Sequence[str]] = ("bad", "warn", "good", "none")


def build_catalogue(
    connection: Connection,
    question: Question,
    *,
    settings: Settings,
    now: datetime,
    build: str,
    part_days: PartDays | None = None,
    is_quick: bool = False,
) -> dict[str, Any]:
    """The whole document (``components.catalogue_shape.Catalogue``), in the caller's snapshot.

    Nothing is compared and nothing is read of the areas below: everything there is, once, is work
    enough. ``is_quick``: quantiles and counts of field work, which are read from their rows and not
    from sums, stay pending; for a page that is to stand at once and gets the rest afterwards.
    """
    lang = question.lang
    kpis = catalogue_of(settings)
    slow = {key for key, kpi in kpis.items() if _is_slow(kpi)} if is_quick else set()
    view = open_view(
        connection, question, settings=settings, now=now,
        kpis=() if is_quick else kpis.values(), kinds=(),
        part_days=part_days, with_children=False,
    )  # fmt: skip
    today = city_today(now, settings.city_time_zone)
    history = read_history(connection, view, settings=settings, today=today)
    maker = tile_maker(connection, view, history, lang)
    groups = _groups(kpis.values(), view, maker, slow)
    levels = Counter(item["level"] for group in groups for item in group["items"])
    return {
        **about(
            connection, line=view.line, window=view.window, years=view.years, state=view.state,
            as_of=view.as_of, settings=settings, now=now, build=build, lang=lang,
        ),
        "below": [reference(row, lang) for row in read_children(connection, view.area.area_id)],
        "groups": groups,
        "levels": {level: levels.get(level, 0) for level in LEVELS},
    }  # fmt: skip


def _groups(
    kpis: Iterable[Kpi], view: View, maker: TileMaker, slow: Collection[str]
) -> list[dict[str, Any]]:
    """KPIs by subject, each with its definition and its tile; ``slow``: those still pending."""
    lang = maker.lang
    return [
        {
            "key": subject,
            "name": word(f"subject.{subject}", lang),
            "items": [
                {
                    **definition_texts(view.kpis[key], lang),
                    **maker.tile(key, is_pending=key in slow),
                    **(_PENDING if key in slow else {}),
                }
                for key in keys
            ],
        }
        for subject, keys in subjects_of(kpis)
    ]


def _is_slow(kpi: Kpi) -> bool:
    """Whether its numbers are read from single rows."""
    return any(term.kind in ("measured", "field") for term in kpi.terms)


def subjects_of(kpis: Iterable[Kpi]) -> list[tuple[str, list[str]]]:
    """(subject, keys of its KPIs) for every KPI once, without subjects that have none."""
    left = {kpi.key for kpi in kpis}
    found = []
    for subject, entries in SUBJECTS.items():
        keys = [kpi.key for kpi in entries if kpi.key in left]
        left -= set(keys)
        found.append((subject, keys))
    found.append(("others", sorted(left)))
    return [(subject, keys) for subject, keys in found if keys]
