"""One computation for all viewers: queries and builds do not grow with the number of screens."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine, event

from dashboard.api.live import create_live_app
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.engine import open_engine
from jobs.refresh_rollups import refresh
from tests.system.product import close_a_case_with_sqlite, wait_until

VIEWERS = 50


class City:
    """The live interface in this process, with every query counted by the thread that sent it."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self.reader = Reader(engine, settings, build="test")
        self.queries: Counter[str] = Counter()
        self.port = 0
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_about: Any) -> None:
        self.queries[threading.current_thread().name] += 1

    @property
    def queries_for_viewers(self) -> int:
        """All queries but those of the one watcher."""
        return self.queries.total() - self.queries["ticker"]

    def change(self) -> int:
        """Close a case, count it, wait until the watcher has seen it; the new version."""
        before = self.reader.ticker.latest.version
        close_a_case_with_sqlite(self.settings.database_url)
        refresh(self.engine, settings=self.settings, now=datetime.now(UTC))
        wait_until(lambda: self.reader.ticker.latest.version > before, what="a new version")
        return self.reader.ticker.latest.version

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    @contextmanager
    def screens(self, number: int) -> Iterator[list[http.client.HTTPResponse]]:
        """So many open event streams, each with its first tick already read."""
        with ExitStack() as stack:
            streams = []
            for _ in range(number):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                stack.callback(connection.close)
                connection.request("GET", "/api/live")
                streams.append(connection.getresponse())
                version_of(streams[-1])
            yield streams


def version_of(stream: http.client.HTTPResponse) -> int:
    """The version in the next tick of a stream."""
    while not (line := stream.readline()).startswith(b"data:"):
        assert line, "the stream ended"
    version: int = json.loads(line.removeprefix(b"data:"))["version"]
    return version


@pytest.fixture
def city(demo_store: Path, tmp_path: Path, settings: Settings) -> Iterator[City]:
    """A demo city served by a real server in a thread, on a store that is up to date."""
    shutil.copyfile(demo_store, tmp_path / "yiwang.db")
    engine = open_engine(settings.database_url)
    refresh(engine, settings=settings, now=datetime.now(UTC))
    made = City(engine, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            create_live_app(made.reader), port=0, log_level="warning", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, what="the server listens")
    made.port = server.servers[0].sockets[0].getsockname()[1]
    yield made
    server.should_exit = True
    thread.join(timeout=20)
    event.remove(engine, "before_cursor_execute", made._count)
    engine.dispose()


def _asked_by(viewers: int, ask: Callable[[], Any]) -> list[Any]:
    """``ask`` by so many threads at the same moment."""
    gate = threading.Barrier(viewers)

    def one(_number: int) -> Any:
        gate.wait(timeout=30)
        return ask()

    with ThreadPoolExecutor(viewers) as pool:
        return list(pool.map(one, range(viewers)))


def test_a_board_costs_the_same_for_one_and_for_fifty(city: City) -> None:
    costs, versions = [], []
    city.get("/api/board?window=d30")  # geometry and what else is only read once
    for viewers in (1, VIEWERS):
        versions.append(city.change())
        before = city.queries_for_viewers
        answers = _asked_by(viewers, lambda: city.get("/api/board?window=d30"))
        costs.append(city.queries_for_viewers - before)
        assert {status for status, _ in answers} == {200}
        assert {json.loads(body)["version"] for _, body in answers} == {versions[-1]}
        assert len({body for _, body in answers}) == 1  # one build: even its clock is the same
    assert costs[0] > 0
    assert costs[1] == costs[0]
    city.get("/api/board?window=d30")
    assert city.queries_for_viewers - before == costs[1]


def test_ticks_cost_no_query_however_many_screens_hang_on(city: City) -> None:
    for screens in (1, VIEWERS):
        with city.screens(screens) as streams:
            before = city.queries.copy()
            version = city.change()
            for stream in streams:
                while version_of(stream) < version:
                    pass
            spent = city.queries - before
        own = threading.current_thread().name  # the change itself
        assert set(spent) <= {"ticker", own}
        assert spent["ticker"] > 0


def test_a_look_at_the_store_is_one_query(city: City) -> None:
    city.reader.ticker.stop()
    for screens in (1, VIEWERS):
        with city.screens(screens):
            before = city.queries.total()
            city.reader.ticker.look()
            assert city.queries.total() - before <= 2  # the state row, in a transaction
