"""What was once computed outlives the database, with its own age; what was not is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import open_engine
from tests.system.product import database_away, fill_store


def test_last_good_board_is_kept(
    postgres_engine: Engine, postgres_server: URL, tmp_path: Path, settings: Settings
) -> None:
    address = postgres_engine.url.render_as_string(hide_password=False)
    fill_store(tmp_path, address)
    postgres_engine.dispose()
    now = datetime.now(UTC)
    engine = open_engine(address)
    reader = Reader(engine, settings, build="test", now=lambda: now)
    assert reader.ticker.look().status == "live"
    good = reader.board_document(None, "d30", "zh")
    with database_away(postgres_server, str(engine.url.database)):
        tick = reader.ticker.look()
        assert (tick.status, tick.message) == ("failed", "database")
        assert (tick.version, tick.as_of_ms) == (good.data["version"], good.data["as_of_ms"])
        now += timedelta(days=1)  # a new day asks for new boards
        assert reader.board_document(None, "d30", "zh") is good
        with pytest.raises(SQLAlchemyError):
            reader.board_document(None, "week", "zh")
    assert reader.ticker.look().status == "live"
    renewed = reader.board_document(None, "d30", "zh").data
    assert renewed["window"]["to_on"] > good.data["window"]["to_on"]
    engine.dispose()
