"""``run``: one command starts everything, and everything ends together."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of a store that holds the small demo city."""
    folder = tmp_path_factory.mktemp("run")
    environ = {
        **os.environ,
        "YIWANG_DATABASE_URL": f"sqlite:///{folder / 'city.db'}",
        "YIWANG_DATA_DIR": str(folder),
        "YIWANG_CACHE_DIR": str(folder / "cache"),
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "demo", "test"],
        env=environ, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not list(folder.glob("*.new*"))
    return environ


class Running:
    """A ``run`` whose address has been printed."""

    def __init__(self, environ: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "run", "--profile", "test"],
            env={**environ, "YIWANG_PORT": str(self.port)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            if f"http://127.0.0.1:{self.port}/" in line:
                break
        else:
            pytest.fail(f"run ended before it printed an address:\n{self.output}")

    def get(self, path: str) -> bytes:
        url = f"http://127.0.0.1:{self.port}{path}"
        with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
            content: bytes = answer.read()
            return content

    def child(self, command: str) -> int:
        """Process id of the child that runs ``command``."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(path.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
                words = path.joinpath("cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid and command.encode() in words:
                return int(path.name)
        raise AssertionError(f"no child runs {command}")

    def rest(self) -> str:
        """What it prints until it ends."""
        output, _ = self.process.communicate(timeout=_PATIENCE)
        return output


@pytest.fixture
def running(prepared: dict[str, str]) -> Iterator[Running]:
    run = Running(prepared)
    yield run
    if run.process.poll() is None:
        run.process.kill()
        run.process.wait()


def test_address_answers_and_sigterm_ends_all(running: Running) -> None:
    tick = json.loads(running.get("/api/tick"))
    assert tick["status"] in ("live", "rebuilding")
    pids = [running.child(command) for command in ("serve", "jobs", "--live")]
    running.process.send_signal(signal.SIGTERM)
    rest = running.rest()
    assert running.process.returncode == 0
    assert "Traceback" not in rest
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_child_that_dies_is_named_and_ends_all(running: Running) -> None:
    web = running.child("serve")
    os.kill(running.child("jobs"), signal.SIGKILL)
    rest = running.rest()
    assert running.process.returncode == 1
    assert re.search(r"jobs was ended by SIGKILL", rest)
    assert not Path(f"/proc/{web}").exists()


def test_demo_is_not_made_over_a_store_in_use(prepared: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "demo", "test"],
        env=prepared, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "--replace" in done.stderr
