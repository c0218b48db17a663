"""Children that live and end together, ports, and what the command line says."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.runtime.ports import PortError, open_port, shown_address
from dashboard.runtime.processes import Ended, Family
from dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
_SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_family_ends_all_children() -> None:
    with Family(grace_seconds=10) as family:
        family.start("one", _SLEEP)
        family.start("two", _SLEEP)
        children = list(family._children.values())
        assert family.ended() is None
    assert [child.returncode for child in children] == [-signal.SIGTERM] * 2


def test_family_kills_a_child_that_does_not_listen() -> None:
    deaf = (
        "import signal,time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    with Family(grace_seconds=0.5) as family:
        family.start("deaf", [sys.executable, "-c", deaf])
        child = family._children["deaf"]
        ignored = Path(f"/proc/{child.pid}/status")
        mask = 1 << (signal.SIGTERM - 1)

        def is_deaf() -> bool:
            line = next(x for x in ignored.read_text().splitlines() if x.startswith("SigIgn"))
            return bool(int(line.split()[1], 16) & mask)

        assert family.wait_until(is_deaf, seconds=20) is True
    assert child.returncode == -signal.SIGKILL


def test_a_dead_child_is_named() -> None:
    with Family() as family:
        family.start("good", _SLEEP)
        family.start("bad", [sys.executable, "-c", "raise SystemExit(3)"])
        assert family.wait() == Ended("bad", 3)
        assert family.wait_until(lambda: True, seconds=1) == Ended("bad", 3)
        assert str(Ended("bad", 3)) == "bad ended with code 3"
        assert str(Ended("bad", -9)) == "bad was ended by SIGKILL"


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    child = (
        "from dashboard.runtime.processes import end_with_parent as e; import os, sys, time; e();"
        "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    )
    note = tmp_path / "pid"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}, {str(note)!r}])"
    )
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT) as process:
        _until(lambda: note.is_file() and note.read_text() != "")
        pid = int(note.read_text())
        process.kill()
        process.wait()
    _until(lambda: not _is_running(pid))


def test_busy_port_names_port_and_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortError, match=rf"port {port} is in use.*YIWANG_PORT="):
            open_port(Settings(port=port))
    open_port(Settings(port=port)).close()


def test_unusable_host_names_the_setting() -> None:
    with pytest.raises(PortError, match="YIWANG_HOST"):
        open_port(Settings(host="198.51.100.7", port=8051))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8050/"),
        ("0.0.0.0", "http://127.0.0.1:8050/"),
        ("::1", "http://[::1]:8050/"),
    ],
)
def test_shown_address_can_be_typed(host: str, address: str) -> None:
    assert shown_address(Settings(host=host)) == address


def _until(is_true: object, seconds: float = 20) -> None:
    assert callable(is_true)
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        os.sched_yield()


def _is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"
