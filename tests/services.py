"""The services the tests need: taken where they run, else started privately, else named.

PostgreSQL: the address in YIWANG_TEST_POSTGRES, else a private server on a free port in a temporary
directory, which need not wait for the disk, else what listens on the usual local port. Redis: the
address in YIWANG_TEST_REDIS, else the usual local port, else a private server.

As a program it prints the Debian packages that are missing, and needs no package but Python's own.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

# What is looked for → the Debian package that brings it.
PACKAGES = {
    "chromium": "chromium",
    "font": "fonts-noto-cjk",
    "postgres": "postgresql",
    "redis": "redis-server",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONT_DIRECTORIES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
)
_FONT_MARKS = ("cjk", "wqy", "droidsansfallback", "sourcehan", "arphic", "uming")


class MissingServices(Exception):
    """Something must be installed first; ``packages`` are Debian names."""

    def __init__(self, packages: list[str]) -> None:
        super().__init__(f"apt-get install {' '.join(packages)}")
        self.packages = packages


@contextmanager
def test_services() -> Iterator[dict[str, str]]:
    """Environment variables for the tests; private servers end with the block.

    Raises MissingServices where something is neither running nor installed.
    """
    private = "YIWANG_TEST_POSTGRES" not in os.environ and postgres_programs() is not None
    postgres, redis = None if private else _postgres_url(), _redis_url()
    if missing := missing_packages(postgres=postgres is not None, redis=redis is not None):
        raise MissingServices(missing)
    with ExitStack() as stack:
        yield {
            "YIWANG_TEST_POSTGRES": postgres or stack.enter_context(private_postgres()),
            "YIWANG_TEST_REDIS": redis or stack.enter_context(_private_redis()),
            "YIWANG_TEST_CHROMIUM": _chromium() or "",
        }


def install(packages: list[str]) -> None:
    """apt-get install, as root; raises CalledProcessError with its output shown."""
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        subprocess.run(["apt-get", *command], env=environ, check=True, stdout=subprocess.DEVNULL)


def can_install() -> bool:
    """Whether this process may and can install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def missing_packages(*, postgres: bool, redis: bool) -> list[str]:
    """Debian packages to install, given which servers run already; empty when all is there."""
    present = {
        "chromium": _chromium() is not None,
        "font": _has_chinese_font(),
        "postgres": postgres or postgres_programs() is not None,
        "redis": redis or shutil.which("redis-server") is not None,
    }
    return [PACKAGES[name] for name, found in present.items() if not found]


def guessed_packages() -> list[str]:
    """``missing_packages`` where a server that listens counts as one that lets us in."""
    return missing_packages(
        postgres="YIWANG_TEST_POSTGRES" in os.environ or _listens(5432),
        redis="YIWANG_TEST_REDIS" in os.environ or _listens(6379),
    )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _chromium() -> str | None:
    given = os.environ.get("YIWANG_TEST_CHROMIUM")
    return given or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def _has_chinese_font() -> bool:
    folders = [Path(name).expanduser() for name in _FONT_DIRECTORIES]
    names = (
        path.name.lower() for folder in folders if folder.is_dir() for path in folder.rglob("*")
    )
    return any(mark in name for name in names for mark in _FONT_MARKS)


def _postgres_url() -> str | None:
    """The given server, else the local one if it lets us make databases."""
    if given := os.environ.get("YIWANG_TEST_POSTGRES"):
        return given
    local = "127.0.0.1:5432"
    return f"postgresql+psycopg://postgres@{local}/postgres" if _is_let_in(local) else None


def _is_let_in(server: str) -> bool:
    """Whether a server lets us make databases."""
    import psycopg

    address = f"postgresql://postgres@{server}/postgres"
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            query = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def _redis_url() -> str | None:
    if given := os.environ.get("YIWANG_TEST_REDIS"):
        return given
    url = "redis://127.0.0.1:6379/15"
    return url if _redis_answers(url) else None


def _redis_answers(url: str) -> bool:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except RedisError:
        return False


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return max(folders, key=lambda path: path.parent.name.zfill(4), default=None)


@contextmanager
def private_postgres() -> Iterator[str]:
    """The address of a server of one's own, as its superuser; ended with the block."""
    programs = postgres_programs()
    assert programs is not None
    port = _free_port()
    with _directory_for_server() as (folder, identity):
        data = str(folder / "data")
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder),
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off",
        }  # fmt: skip
        _quiet([str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
                "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"], identity)  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", data, "-p", str(port), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                preexec_fn=_end_with_parent,  # noqa: PLW1509  # no thread runs yet
                **identity,
            )  # fmt: skip
        try:
            _wait(lambda: _is_let_in(f"127.0.0.1:{port}"), server, "postgres")
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
            server.wait()


def _end_with_parent() -> None:
    """In the new process: tests that are killed leave no server behind (Linux's prctl)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


@contextmanager
def _private_redis() -> Iterator[str]:
    port = _free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="yiwang-redis-") as folder:
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
             "--dir", folder],
            stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(lambda: _redis_answers(url), server, "redis-server")
            yield url
        finally:
            server.terminate()
            server.wait()


@contextmanager
def _directory_for_server() -> Iterator[tuple[Path, dict[str, Any]]]:
    """A temporary directory and whom to run as: PostgreSQL refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="yiwang-postgres-"))
    identity: dict[str, Any] = {}
    try:
        if os.geteuid() == 0:
            user = next(u for name in ("postgres", "nobody") if (u := _user(name)))
            os.chown(folder, user.pw_uid, user.pw_gid)
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        yield folder, identity
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _quiet(command: list[str], identity: dict[str, Any]) -> None:
    # To a file, not a pipe: the server would keep a pipe open and this would wait for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", **identity
        )
        if done.returncode:
            output.seek(0)
            print(output.read(), file=sys.stderr)
            done.check_returncode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(is_true: Callable[[], bool], process: subprocess.Popen[bytes], name: str) -> None:
    for _ in range(200):
        if is_true():
            return
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"{name} did not start")


if __name__ == "__main__":
    print(*guessed_packages())
