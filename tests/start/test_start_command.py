"""The shell start ``yiwang``: makes .venv once, whatever happens, or says what it lacks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository whose program needs no package and says that it was started."""
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "yiwang", folder)
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "app.py").write_text("print('started')\n")
    return folder


def _begin(clone: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(clone / "yiwang"), "run"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def _rest(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, output
    assert output.endswith("started\n")
    return output


def test_second_start_makes_nothing_again(clone: Path) -> None:
    assert "making" in _rest(_begin(clone))
    assert _rest(_begin(clone)) == "started\n"
    (clone / "requirements.txt").write_text("# something else\n")
    output = _rest(_begin(clone))
    assert "installing packages" in output
    assert "making" not in output


def test_two_first_starts_at_once_make_one_environment(clone: Path) -> None:
    outputs = [_rest(process) for process in [_begin(clone), _begin(clone)]]
    assert sum("making" in output for output in outputs) == 1
    assert not (clone / ".venv" / "unfinished").exists()


def test_an_interrupted_first_start_is_made_good(clone: Path) -> None:
    first = _begin(clone)
    assert first.stdout is not None
    for line in first.stdout:  # killed while pip is at work
        if "installing packages" in line:
            break
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert (clone / ".venv" / "unfinished").exists()
    (clone / ".venv" / "rubbish").touch()
    assert "making" in _rest(_begin(clone))
    assert not (clone / ".venv" / "rubbish").exists()
    assert not (clone / ".venv" / "unfinished").exists()


def test_an_environment_without_pip_is_made_anew(clone: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(clone / ".venv")], check=True
    )
    assert "making" in _rest(_begin(clone))


def test_packages_that_do_not_exist_are_named(clone: Path) -> None:
    (clone / "requirements.txt").write_text("./there-is-no-such-package\n")
    process = _begin(clone)
    output, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 2
    assert "there-is-no-such-package" in output
    assert "install.log" in output
    (clone / "requirements.txt").write_text("# mended\n")
    _rest(_begin(clone))


def _start_with(
    tmp_path: Path, python: str | None, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """yiwang in a copy of the start files; on PATH few programs, a python3, and no apt-get."""
    (tmp_path / "tests").mkdir()
    for name in ("yiwang", "requirements.txt", "app.py", "tests/services.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "readlink", "cat", "cksum", "id", "rm", "tail", "tee"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    if python is not None:
        (programs / "python3").write_text(python)
        (programs / "python3").chmod(0o755)
    done = subprocess.run(
        [str(tmp_path / "yiwang"), *arguments],
        env={"PATH": str(programs), "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert not (tmp_path / ".venv").exists()
    return done


# Python as Debian installs it without python3-venv.
_WITHOUT_VENV = f"""#!/bin/sh
case "$2" in *ensurepip*) exit 1;; esac
exec {sys.executable} "$@"
"""


def test_start_without_python_says_what_to_install(tmp_path: Path) -> None:
    done = _start_with(tmp_path, None, "run")
    assert done.returncode == 2
    assert "apt-get install python3 python3-venv" in done.stderr


def test_start_with_an_old_python_says_what_to_install(tmp_path: Path) -> None:
    done = _start_with(tmp_path, "#!/bin/sh\nexit 1\n", "run")
    assert done.returncode == 2
    assert "apt-get install python3 python3-venv" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("run",), ("check",)])
def test_start_without_venv_says_exactly_what_to_install(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = _start_with(tmp_path, _WITHOUT_VENV, *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.endswith("apt-get install python3-venv\n")


def test_tests_without_venv_name_everything_they_lack_at_once(tmp_path: Path) -> None:
    done = _start_with(tmp_path, _WITHOUT_VENV, "test")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    packages = done.stderr.partition("apt-get install ")[2].split()
    assert packages[0] == "python3-venv"
    assert "chromium" in packages  # none is on the PATH here
    assert set(packages[1:]) <= set(PACKAGES.values())
