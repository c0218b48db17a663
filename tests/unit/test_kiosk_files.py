"""The kiosk's script and unit can be read by what runs them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

KIOSK = Path(__file__).resolve().parents[2] / "deploy" / "kiosk"


def test_the_script_is_valid_bash_and_needs_an_address() -> None:
    script = KIOSK / "yiwang-wall"
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    told = subprocess.run([script], env={"HOME": "/nonexistent"}, capture_output=True, text=True)
    assert told.returncode != 0
    assert "KIOSK_URL is not set" in told.stderr


def test_the_unit_is_what_systemd_understands() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    told = subprocess.run(
        ["systemd-analyze", "verify", KIOSK / "yiwang-wall.service"], capture_output=True, text=True
    )
    lines = told.stderr.splitlines()
    # Whether xinit is installed is the matter of the machine, not of the unit.
    assert [line for line in lines if "/usr/bin/xinit" not in line] == []
