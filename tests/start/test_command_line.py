"""app.py and the start command: help at once, one clear line for what people can mend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_access.engine import begin_write
from data_access.migrate import unmigrate

ROOT = Path(__file__).resolve().parents[2]


def _app(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        cwd="/", env={**os.environ, **environ}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    done = _app("--help")
    assert done.returncode == 0
    for command in ("run", "serve", "jobs", "demo", "import", "migrate", "rebuild", "check"):
        assert f"\n    {command} " in done.stdout
    probe = subprocess.run(
        [sys.executable, "-X", "importtime", str(ROOT / "app.py"), "--help"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    for heavy in ("sqlalchemy", "pandas", "dash\n", "numpy", "uvicorn"):
        assert f"| {heavy}" not in probe.stderr


def test_wrong_settings_are_listed_and_end_with_code_two() -> None:
    done = _app("check", YIWANG_PORT="x", YIWANG_LANGUAGE="fr")
    assert done.returncode == 2
    assert "YIWANG_PORT = 'x'" in done.stderr
    assert "YIWANG_LANGUAGE = 'fr'" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_of_a_healthy_empty_store(engine: Engine) -> None:
    done = _app("check", YIWANG_DATABASE_URL=_url(engine))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "store: empty" in done.stdout


def test_check_names_the_mend_for_a_missing_schema(engine: Engine) -> None:
    unmigrate(engine)
    done = _app("check", YIWANG_DATABASE_URL=_url(engine))
    assert done.returncode == 1
    assert "→ ./yiwang migrate" in done.stdout


def test_check_finds_missing_triggers_and_migrate_puts_them_back(engine: Engine) -> None:
    on = " ON cases" if engine.dialect.name == "postgresql" else ""
    with begin_write(engine) as connection:
        connection.exec_driver_sql(f"DROP TRIGGER log_cases_update{on}")
    done = _app("check", YIWANG_DATABASE_URL=_url(engine))
    assert done.returncode == 1
    assert "log_cases_update" in done.stdout
    assert _app("migrate", YIWANG_DATABASE_URL=_url(engine)).returncode == 0
    assert _app("check", YIWANG_DATABASE_URL=_url(engine)).returncode == 0


def test_check_without_database_and_redis() -> None:
    done = _app(
        "check",
        YIWANG_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        YIWANG_REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert done.returncode == 1
    assert "YIWANG_DATABASE_URL" in done.stdout
    assert "YIWANG_REDIS_URL" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve",), "./yiwang migrate"),
        (("rebuild",), "./yiwang migrate"),
        (("import", "absent.csv", "--map", "absent.toml"), "there is no file absent.csv"),
        (("demo", "atlantis"), "no profile 'atlantis'"),
    ],
)
def test_errors_of_use_are_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = _app(*arguments, YIWANG_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
