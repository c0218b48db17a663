"""The catalogue 指标目录 by the default rules: every KPI once. Keys are stored and published and
never renamed. What a city's settings make of it is dashboard.kpis.variants."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.kpis.model import Kpi
from dashboard.kpis.variants import CityRules, catalogue_by

CATALOGUE: Mapping[str, Kpi] = catalogue_by(CityRules())
