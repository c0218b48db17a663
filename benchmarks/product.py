"""The product's own processes on a store, and what they use."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from benchmarks.stores import FOLDER, Store
from dashboard.runtime.processes import Family
from dashboard.settings import PROGRAM_DIRECTORY

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Product:
    """A running web process and, maybe, a jobs process."""

    address: str  # http://127.0.0.1:port
    port: int
    web_pid: int
    jobs_pid: int | None
    query_count: Path

    def queries(self) -> int:
        """SQL statements the web process has sent so far."""
        return int.from_bytes(self.query_count.read_bytes()[:8], "little")


@contextmanager
def running_product(store: Store, *, jobs: bool) -> Iterator[Product]:
    """Start the web process (with its SQL statements counted) and the real jobs process."""
    port = _free_port()
    counted = FOLDER / f"queries_{os.getpid()}"
    counted.write_bytes(bytes(8))
    environ = {
        **os.environ,
        "YIWANG_DATABASE_URL": store.url,
        "YIWANG_PORT": str(port),
        "YIWANG_HOST": "127.0.0.1",
        "YIWANG_DATA_DIR": str(FOLDER),
        "YIWANG_CACHE_DIR": str(FOLDER / f"cache_{os.getpid()}"),
        "YIWANG_LOG_LEVEL": "warning",
        "YIWANG_REDIS_URL": "",
        "PYTHONPATH": str(PROGRAM_DIRECTORY),
    }
    with Family() as family:
        web = [sys.executable, "-m", "benchmarks.counted_web", str(counted)]
        family.start("web", web, environ=environ)
        if jobs:
            work = [sys.executable, str(PROGRAM_DIRECTORY / "app.py"), "jobs"]
            family.start("jobs", work, environ=environ)
        product = Product(
            address=f"http://127.0.0.1:{port}",
            port=port,
            web_pid=_child_running("benchmarks.counted_web"),
            jobs_pid=_child_running("jobs") if jobs else None,
            query_count=counted,
        )
        answer = family.wait_until(
            lambda: _answers(f"{product.address}/api/board"), seconds=_START_SECONDS
        )
        if answer is not True:
            raise RuntimeError(f"the product did not start: {answer or 'no answer'}")
        try:
            yield product
        finally:
            family.end()
            counted.unlink(missing_ok=True)
            shutil.rmtree(environ["YIWANG_CACHE_DIR"], ignore_errors=True)


def cpu_seconds(pid: int) -> float:
    """CPU time a process and its threads have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _child_running(mark: str) -> int:
    """The child of this process whose command line has ``mark``."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(parent) == os.getpid() and mark.encode() in words:
            return int(folder.name)
    raise RuntimeError(f"no child process {mark}")


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
