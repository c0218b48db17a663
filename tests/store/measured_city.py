"""The small city with rows of one's own, and what a KPI of it reads at one afternoon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Table, insert

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.kpis.evaluate import evaluate
from dashboard.kpis.model import Exact, Reading
from dashboard.readings.comparisons import KINDS
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.view import NO_CODES, Question, SliceCodes, View, open_view
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

# Wednesday 18 November 2026, 15:00 in the city.
NOW = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the city's clocks."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 8 * HOUR


def fill(engine: Engine, rows: Mapping[Table, list[dict[str, Any]]]) -> None:
    """The small city with these rows."""
    plant_city(engine)
    with begin_write(engine) as connection:
        for table, given_rows in rows.items():
            for row in given_rows:
                connection.execute(insert(table).values(**row))


def case(number: int, **values: Any) -> dict[str, Any]:
    plain = {
        "case_id": number, "case_code": f"C{number}", "source_id": 1, "source_ref": str(number),
        "category_id": 1, "area_id": 7, "state": "handling", "reported_at": at(2, 8),
        "accepted_at": at(2, 8), "ingested_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return plain | values


def read(
    engine: Engine, settings: Settings, key: str, *, area: str = "A01", window: str = "d30",
    codes: SliceCodes = NO_CODES, now: datetime = NOW,
) -> tuple[Reading, View]:  # fmt: skip
    """The KPI's reading for an area, and the view it is of."""
    refresh(engine, settings=settings, now=now)
    kpi = CATALOGUE[key]
    question = Question(scope=EVERYTHING, area_code=area, window_key=window, lang="zh", codes=codes)
    with begin_read(engine) as connection:
        view = open_view(connection, question, settings=settings, now=now, kpis=(kpi,), kinds=KINDS)
    return evaluate(kpi, view.own), view


def value(*args: Any, **more: Any) -> Exact | None:
    return read(*args, **more)[0].value
