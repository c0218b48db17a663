"""A store that is put in another's place while the web process runs, as ``demo --replace`` does."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, text, update

from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.tables import areas, rollup_state
from jobs.rebuild_rollups import rebuild
from tests.store.history import START, empty_store, plant_city

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]})


def test_a_file_in_place_of_another_is_seen(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = Path(str(sqlite_engine.url.database))
    other = tmp_path / "other.db"
    with begin_read(sqlite_engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM areas")).scalar_one() == 0
    shutil.copyfile(path, other)
    second = open_engine(f"sqlite:///{other}")
    plant_city(second)
    second.dispose()
    for suffix in ("", "-wal", "-shm"):
        Path(str(path) + suffix).unlink(missing_ok=True)
    os.replace(other, path)
    with begin_read(sqlite_engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM areas")).scalar_one() > 0


def test_the_map_is_that_of_the_new_store(engine: Engine, settings: Settings) -> None:
    reader = Reader(engine, settings, build="test", now=lambda: START)
    names = []
    for number, name in enumerate(("甲区", "乙区")):
        empty_store(engine)
        reader.ticker.look()
        plant_city(engine)
        with begin_write(engine) as connection:
            connection.execute(update(areas).where(areas.c.area_id == 7).values(name_zh=name))
            connection.execute(update(areas).where(areas.c.area_id == 7).values(polygon=SQUARE))
            connection.execute(delete(rollup_state))
        rebuild(engine, settings=settings, now=START + timedelta(minutes=number))
        reader.ticker.look()
        document = reader.geometry_document()
        assert document is not None
        names.append([area["name_zh"] for area in document.data["areas"] if area["rings"]])
    assert names == [["甲区"], ["乙区"]]
