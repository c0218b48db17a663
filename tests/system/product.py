"""The product as a town runs it: web and jobs in processes of their own on a demo city's store."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine

from dashboard.settings import Settings
from jobs.first_start import fill_with_demo

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
_POLL = 0.05


def wait_until(is_true: Callable[[], Any], *, what: str, seconds: float = PATIENCE) -> Any:
    """The first true answer of ``is_true``; an error that names ``what`` after ``seconds``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := is_true():
            return answer
        time.sleep(_POLL)
    raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer as it came over the wire: nothing decompressed, no redirect followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON in the body."""
        return json.loads(self.body)


class Product:
    """Web and jobs on one store and one free port; each can be ended and started again."""

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url
        self._folder = folder
        self._environ = {
            **{name: value for name, value in os.environ.items() if "YIWANG_" not in name},
            "YIWANG_DATABASE_URL": database_url,
            "YIWANG_DATA_DIR": str(folder / "var"),
            "YIWANG_CACHE_DIR": str(folder / "var" / "cache"),
            "YIWANG_PORT": str(self.port),
            "_YIWANG_CHILD": "1",  # ends with the tests, even where those are killed
            **more,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def running(self) -> set[str]:
        """What was started and not ended by us."""
        return set(self._processes)

    def start(self, *names: str, root: Path = ROOT) -> None:
        """Start ``serve`` or ``jobs`` of the program in ``root``; their words go to a file beside
        the store."""
        for name in names:
            with (self._folder / f"{name}.log").open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, str(root / "app.py"), name],
                    env=self._environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip
        if "serve" in names:
            wait_until(self._answers, what=f"the web process answers\n{self.said('serve')}")

    def kill(self, *names: str) -> None:
        """SIGKILL: no goodbye to anybody."""
        for name in names:
            process = self._processes.pop(name)
            process.kill()
            process.wait()

    def end(self) -> None:
        """End what still runs, politely, so that coverage is written."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def said(self, name: str) -> str:
        """All that a process has written."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def get(self, path: str, **headers: str) -> Answer:
        """GET with these headers; ``if_none_match`` becomes If-None-Match."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers=named)
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=fields, body=answer.read())
        finally:
            connection.close()

    def board(self, area: str = "", **query: str) -> Any:
        """The board of an area; the whole city without one."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.get(f"/api/board?area={area}&{asked}")
        assert answer.status == 200, answer.body
        return answer.data

    @contextmanager
    def live(self) -> Iterator[Iterator[dict[str, Any]]]:
        """An open event stream as an iterator of its ticks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/api/live")
            answer = connection.getresponse()
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            yield _ticks(answer)
        finally:
            connection.close()

    def _answers(self) -> bool:
        process = self._processes["serve"]
        assert process.poll() is None, f"the web process ended:\n{self.said('serve')}"
        try:
            return self.get("/api/tick").status == 200
        except OSError:
            return False


def _ticks(answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    event = ""
    while line := answer.readline().decode():
        if line.startswith("event:"):
            event = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            assert event == "tick"
            yield json.loads(line.removeprefix("data:"))


@contextmanager
def running(folder: Path, database_url: str, **more: str) -> Iterator[Product]:
    """A product that has counted everything and answers; ended with the block."""
    product = Product(folder, database_url, **more)
    try:
        product.start("jobs", "serve")
        wait_until(lambda: product.get("/api/tick").data["status"] == "live", what="live numbers")
        yield product
    finally:
        product.end()


def fill_store(folder: Path, database_url: str) -> None:
    """The small demo city into an empty store."""
    settings = Settings(
        database_url=database_url,
        data_dir=str(folder / "var"),
        cache_dir=str(folder / "var" / "cache"),
    )
    fill_with_demo(settings, profile="test")


def demo_file(sessions_folder: Path) -> Path:
    """A SQLite file with the small demo city; made once in a session of tests."""
    folder = sessions_folder / "demo-city"
    path = folder / "city.db"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        fill_store(folder, f"sqlite:///{path}")
    return path


def copied(store: Path, folder: Path) -> str:
    """The address of a store of one's own, copied from ``store``."""
    path = folder / "city.db"
    shutil.copyfile(store, path)
    return f"sqlite:///{path}"


def file_of(database_url: str) -> Path:
    """The file behind a SQLite address."""
    return Path(database_url.removeprefix("sqlite:///"))


def query(database_url: str, statement: str) -> list[Any]:
    """Rows of a SQLite store, read past the product."""
    connection = sqlite3.connect(file_of(database_url), timeout=30)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


@contextmanager
def database_away(server: URL, name: str) -> Iterator[None]:
    """Nobody gets in, and who is in is thrown out."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        try:
            yield
        finally:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    engine.dispose()


OPEN_CASE = (
    "SELECT min(case_id) FROM cases WHERE closed_at IS NULL AND voided_at IS NULL"
    " AND accepted_at IS NOT NULL AND state <> 'suspended'"
)
"""One case in hand. Closing it takes one from 在办量 and adds one to 办结量."""


def close_a_case_with_sqlite(database_url: str) -> None:
    """Close a case the way another program would: in the file, from another process."""
    script = (
        "import sqlite3, sys, time; now = int(time.time() * 1000);"
        "db = sqlite3.connect(sys.argv[1], timeout=30);"
        f"[case] = db.execute({OPEN_CASE!r}).fetchone(); assert case;"
        "db.execute(\"UPDATE cases SET state = 'closed', closed_at = ?, updated_at = ?"
        ' WHERE case_id = ?", (now, now, case));'
        "db.commit()"
    )
    _run([sys.executable, "-c", script, str(file_of(database_url))])


def close_a_case_with_psql(database_url: str) -> None:
    """Close a case by hand, in PostgreSQL's own client."""
    statement = (
        "UPDATE cases SET state = 'closed', closed_at = now(), updated_at = now()"
        f" WHERE case_id = ({OPEN_CASE})"
    )
    address = database_url.replace("postgresql+psycopg:", "postgresql:")
    _run(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
