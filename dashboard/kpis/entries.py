"""All entries of the catalogue in order, before a city's own rules 本市口径 are put in."""

from __future__ import annotations

from typing import Final

from dashboard.kpis.closing_kpis import CLOSING_KPIS
from dashboard.kpis.field_kpis import DUTY_KPIS, FIELD_KPIS
from dashboard.kpis.handling_kpis import HANDLING_KPIS
from dashboard.kpis.model import Kpi
from dashboard.kpis.score_kpis import SCORE_KPIS, SYSTEM_KPIS
from dashboard.kpis.stage_kpis import DISCOVERY_KPIS, STAGE_KPIS
from dashboard.kpis.visit_kpis import VISIT_KPIS
from dashboard.kpis.volume_kpis import VOLUME_KPIS

ENTRIES: Final[tuple[Kpi, ...]] = (
    *VOLUME_KPIS,
    *CLOSING_KPIS,
    *HANDLING_KPIS,
    *STAGE_KPIS,
    *DISCOVERY_KPIS,
    *VISIT_KPIS,
    *DUTY_KPIS,
    *FIELD_KPIS,
    *SCORE_KPIS,
    *SYSTEM_KPIS,
)
