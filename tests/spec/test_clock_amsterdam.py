"""33 deadlines of another city's published test suite, reproduced to the second.

Amsterdam counts days: calendar days, or working days Monday to Friday of 24 hours without holidays,
in which a report made at a weekend starts on Monday at 00:00; a factor multiplies the days.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.clocks import Limit, WorkCalendar
from dashboard.clocks.case_clock import CaseTimes, ClockRules, settled_deadlines

ZONE = ZoneInfo("Europe/Amsterdam")
# A working day of 24 hours is a rule like any other: one slot from midnight to midnight.
CALENDAR = WorkCalendar(time_zone="Europe/Amsterdam", slots=((0, 1440),))


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


@pytest.mark.parametrize("number", range(33))
def test_vector(shared_data: Path, number: int) -> None:
    path = shared_data / "amsterdam_slo" / "deadline_vectors.json"
    vectors = json.loads(path.read_text(encoding="utf-8"))
    assert len(vectors) == 33
    given = vectors[number]
    kind = "natural_day" if given["use_calendar_days"] else "work_day"
    times = CaseTimes(
        limit=Limit(kind, given["n_days"] * given["factor"]), started_ms=_ms(given["created_at"])
    )
    found = settled_deadlines(CALENDAR, times, ClockRules())
    assert found is not None
    assert found.handle_ms == _ms(given["deadline"])
    assert found.close_ms == found.handle_ms
