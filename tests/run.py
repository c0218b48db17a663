"""``./yiwang test``: everything that must hold, in one command.

Without arguments: linters, format, types, layers and all tests with coverage. Arguments go to
pytest, and then only pytest runs: ``./yiwang test tests/unit -k clock``.
"""

from __future__ import annotations

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
    _install_requirements()
    sys.path.insert(0, str(ROOT))
    from tests import services

    try:
        with services.test_services() as environ:
            return _run(arguments, environ)
    except services.MissingServices as error:
        missing = error.packages
    if not services.can_install():
        print(f"the tests need: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 2
    print(f"installing {' '.join(missing)} …", flush=True)
    services.install(missing)
    with services.test_services() as environ:
        return _run(arguments, environ)


def _run(arguments: list[str], environ: dict[str, str]) -> int:
    environ = {**os.environ, **environ}
    failed = []
    if not arguments:
        failed = [name for name, command in _CHECKS if not _check(name, command, environ)]
        arguments = ["--cov", "--cov-report=term:skip-covered", "--durations=10"]
    if failed:
        print(f"FAILED: {', '.join(failed)} (see above); the tests follow", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environ).returncode
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


def _install_requirements() -> None:
    """Install tests/requirements.txt beside the program's packages when it has changed."""
    stamp = Path(sys.prefix) / "installed-tests"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("installing the packages of tests/requirements.txt …", flush=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
         "-r", str(REQUIREMENTS)],
        check=True,
    )  # fmt: skip
    stamp.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
