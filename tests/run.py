"""``./yiwang test``: everything that must hold, in one command.

Without arguments: linters, format, types, layers and all tests; ``--long`` plays the random
histories ten times as often, ``--coverage`` measures what the tests reach, which costs half as much
time again. Other arguments go to pytest, and then only pytest runs: ``./yiwang test tests/unit -k
clock``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "tests" / "requirements.txt"
_CHECKS = (
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("lint-imports", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
)


def main(arguments: list[str]) -> int:
    """0 when all is well, 1 when a check or a test failed, 2 when something must be installed."""
    os.chdir(ROOT)
    if sys.prefix == sys.base_prefix:
        print("run this as ./yiwang test: it needs the program's own .venv", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    from tests import services

    if not _provide(services.guessed_packages()) or not _install_requirements():
        return 2
    try:
        with services.test_services() as environ:
            return _run(arguments, environ)
    except services.MissingServices as error:  # a server listens that does not let us in
        if not _provide(error.packages):
            return 2
    with services.test_services() as environ:
        return _run(arguments, environ)


def _provide(packages: list[str]) -> bool:
    """Install Debian packages where this process may, else say exactly which are missing."""
    from tests import services

    if not packages:
        return True
    if not services.can_install():
        print(f"the tests need: apt-get install {' '.join(packages)}", file=sys.stderr)
        return False
    print(f"installing {' '.join(packages)} …", flush=True)
    try:
        services.install(packages)
    except subprocess.CalledProcessError:
        print(f"this failed: apt-get install {' '.join(packages)}", file=sys.stderr)
        return False
    return True


def _run(arguments: list[str], environ: dict[str, str]) -> int:
    environ = {**os.environ, **environ}
    failed = []
    if "--long" in arguments:
        environ["YIWANG_TEST_EFFORT"] = "10"
    coverage = ["--cov", "--cov-report=term:skip-covered"] if "--coverage" in arguments else []
    arguments = [one for one in arguments if one not in ("--long", "--coverage")]
    if not arguments:
        failed = [name for name, command in _CHECKS if not _check(name, command, environ)]
        # Not more than there are processors: three on two were no faster than two.
        processes = str(max(2, min(4, os.cpu_count() or 2)))
        # Files in their own order: browser journeys, which take longest, begin, and none is last.
        arguments = ["--numprocesses", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
        arguments += ["--durations=20"]
    if failed:
        print(f"FAILED: {', '.join(failed)} (see above); the tests follow", flush=True)
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *coverage, *arguments], env=environ
    ).returncode
    return 1 if failed else code


def _check(name: str, command: list[str], environ: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    word = "FAILED" if done.returncode else "ok"
    print(f"{name}: {word} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout.decode(errors="replace"), flush=True)
    return done.returncode == 0


def _install_requirements() -> bool:
    """Install tests/requirements.txt beside the program's packages when it has changed.

    Under the lock and the mark that ``yiwang`` uses, so that two starts do not install at once and
    an interrupted one is made good by the next.
    """
    stamp = Path(sys.prefix) / "installed-tests"
    unfinished = Path(sys.prefix) / "unfinished"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    with (ROOT / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return True
        print("installing the packages of tests/requirements.txt …", flush=True)
        unfinished.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
             "-r", str(REQUIREMENTS)],
            pass_fds=[lock.fileno()],
        )  # fmt: skip
        if done.returncode:
            if done.returncode > 0:  # pip gave up by itself and left .venv as it was
                unfinished.unlink()
            print("pip could not install tests/requirements.txt, see above", file=sys.stderr)
            return False
        stamp.write_text(wanted)
        unfinished.unlink()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
