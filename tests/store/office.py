"""People who press buttons: acting on cases as the forms of the pages do."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, select

from dashboard.readings.acting import Outcome
from dashboard.readings.case_acting import perform
from dashboard.readings.case_acts import read_case_acts
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_read

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in the city
_KEYS = count(1)


class Office:
    """A reader whose clock stands, and people who press buttons."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.now = engine, NOW
        self.reader = Reader(engine, settings, build="t", now=lambda: self.now)

    def press(self, action: str, case_id: int | str = 1, **fields: str) -> Outcome:
        """One press of a button by somebody who sees the case as it is now."""
        acts = read_case_acts(self.reader, int(case_id), "zh") if case_id else None
        seen = {f"seen_{name}": str(n) for name, n in acts.target.seen.items()} if acts else {}
        typical = "1" if acts and acts.target.is_typical else "0"
        sent = {
            "action": action, "case_id": str(case_id), "actor": "王科长",
            "key": f"press-{next(_KEYS):06d}", "seen_typical": typical,
            "seen_cycle": str(acts.target.cycle) if acts else "",
        }  # fmt: skip
        return perform(self.reader, sent | seen | fields, origin="10.0.0.7 Chromium")

    def rows(self, table: Any) -> list[Any]:
        with begin_read(self.engine) as connection:
            key = next(iter(table.primary_key.columns))
            return list(connection.execute(select(table).order_by(key)))

    def count(self, table: Any) -> int:
        return len(self.rows(table))
