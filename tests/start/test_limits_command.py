"""``./yiwang limits``: from the command line to the report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, func, select

from data_access.engine import begin_read
from data_access.tables import limit_rules

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "limits" / "limits.xlsx"


def _limits(engine: Engine, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "YIWANG_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "YIWANG_DATA_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "limits", *arguments],
        cwd="/", env={**os.environ, **environ}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def _count(engine: Engine) -> int:
    with begin_read(engine) as connection:
        return connection.execute(select(func.count()).select_from(limit_rules)).scalar_one()


def test_a_table_is_tried_out_then_taken_in(sqlite_engine: Engine, tmp_path: Path) -> None:
    refused = _limits(sqlite_engine, tmp_path, str(EXAMPLE), "--dry-run")
    assert refused.returncode == 0
    assert "10 rows would be rejected" in refused.stdout
    assert "row 2 (市容环境/暴露垃圾)" in refused.stdout
    assert _count(sqlite_engine) == 0
    done = _limits(
        sqlite_engine, tmp_path, str(EXAMPLE), "--create-categories", "--from", "2027-01-01"
    )
    assert done.returncode == 0
    assert "10 rules added" in done.stdout
    assert _count(sqlite_engine) == 10


def test_mistakes_of_use_are_one_line(sqlite_engine: Engine, tmp_path: Path) -> None:
    absent = _limits(sqlite_engine, tmp_path, "absent.xlsx")
    assert (absent.returncode, absent.stderr.count("\n")) == (1, 1)
    assert "there is no such file" in absent.stderr
    dated = _limits(sqlite_engine, tmp_path, str(EXAMPLE), "--from", "next week")
    assert (dated.returncode, dated.stderr.count("\n")) == (1, 1)
    assert "write a date" in dated.stderr
