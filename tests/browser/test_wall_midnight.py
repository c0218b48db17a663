"""A wall left open over the night from Sunday to Monday: today, the date and the week move on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.browser.visit import Visit
from tests.system.product import OPEN_CASE, ROOT, copied, file_of, running

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")
_TILE = """#wall [data-kpi="case.accepted"] [data-f="text"]"""


def _accept_a_case(address: str, at: datetime) -> None:
    """One more case of the day, as another program would write it."""
    connection = sqlite3.connect(file_of(address), timeout=30)
    with connection:
        [case] = connection.execute(OPEN_CASE).fetchone()
        connection.execute(
            "UPDATE cases SET accepted_at = ? WHERE case_id = ?", (int(at.timestamp() * 1000), case)
        )
    connection.close()


def test_sunday_becomes_monday_on_an_open_wall(
    visitor: Callable[..., Visit], demo_store: Path, tmp_path: Path
) -> None:
    now = datetime.now(ZONE)
    midnight = (now + timedelta(days=7 - now.weekday())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    address = copied(demo_store, tmp_path)
    _accept_a_case(address, midnight - timedelta(minutes=5))
    # The product starts forty seconds before the Monday; what is left is waited for in the page.
    ahead = (midnight - timedelta(seconds=40) - datetime.now(ZONE)).total_seconds()
    clock = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'system' / 'other_clock'}",
        "CLOCK_AHEAD_SECONDS": f"{ahead:.3f}",
    }
    with running(tmp_path, address, **clock) as product:
        visit = visitor(product, viewport={"width": 1920, "height": 1080})
        visit.page.goto(f"{product.base}/wall")
        shows = """([selector, text, date]) => window.yiwang && yiwang.screen.painted
          && document.querySelector(selector).textContent === text
          && document.querySelector("[data-wall=date]").textContent.includes(date)"""
        visit.until(shows, [_TILE, "1", "星期日"], what="Sunday with its one case")
        visit.value("() => { window.mark = 'same page'; }")
        visit.until(shows, [_TILE, "0", "星期一"], what="Monday without any case yet", seconds=90)
        late = visit.value("(midnight) => yiwang.now() - midnight", midnight.timestamp() * 1000)
        assert late < 15_000
        assert visit.value("() => window.mark") == "same page"
        week = product.board(window="week")["window"]
        assert week["from_on"] == midnight.date().isoformat()
