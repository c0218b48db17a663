"""Settings: sources, types, all errors at once, and the documentation."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from dashboard.settings import (
    OTHER_VARIABLES,
    PROGRAM_DIRECTORY,
    Settings,
    SettingsError,
    load_settings,
    rules,
    unknown_variables,
)

_DOCUMENT = PROGRAM_DIRECTORY / "docs" / "configuration.md"


def _toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "yiwang.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_valid_and_paths_absolute(tmp_path: Path) -> None:
    settings = load_settings({}, _toml(tmp_path, ""))
    assert settings.port == 8050
    assert settings.database_url == f"sqlite:///{PROGRAM_DIRECTORY}/var/yiwang.db"
    assert settings.cache_dir == str(PROGRAM_DIRECTORY / "var/cache")
    assert settings.city_zone == load_settings({}, _toml(tmp_path, "")).city_zone


def test_environment_beats_file_beats_default(tmp_path: Path) -> None:
    path = _toml(tmp_path, 'port = 9000\ntitle = "大庆"\nrefresh_seconds = 2\n')
    settings = load_settings({"YIWANG_PORT": "9001"}, path)
    assert (settings.port, settings.title, settings.language) == (9001, "大庆", "zh")
    assert settings.refresh_seconds == 2.0
    assert isinstance(settings.refresh_seconds, float)


def test_file_is_found_by_variable(tmp_path: Path) -> None:
    path = _toml(tmp_path, 'language = "en"')
    assert load_settings({"YIWANG_CONFIG": str(path)}).language == "en"
    with pytest.raises(SettingsError, match="no such file"):
        load_settings({"YIWANG_CONFIG": str(tmp_path / "absent.toml")})


def test_all_problems_at_once_each_with_name_value_and_what_is_allowed(tmp_path: Path) -> None:
    path = _toml(tmp_path, 'prot = 1\nlog_level = "loud"\nundated_on_time = 1\n')
    environ = {
        "YIWANG_PORT": "99x",
        "YIWANG_HOST": " ",
        "YIWANG_WEEK_STARTS_ON": "8",
        "YIWANG_REFRESH_SECONDS": "nan",
        "YIWANG_CITY_TIME_ZONE": "Mars/Olympus",
        "YIWANG_GRID_CODE_PATTERN": "(",
        "YIWANG_DATABASE_URL": "mysql://me:secret@host/x",
    }
    with pytest.raises(SettingsError) as raised:
        load_settings(environ, path)
    text = str(raised.value)
    assert len(raised.value.problems) == 10
    for variable in environ:
        assert variable in text
    assert "YIWANG_PORT = '99x': allowed is a whole number, 1 to 65535" in text
    assert "prot in yiwang.toml: no such setting" in text
    assert "log_level in yiwang.toml = 'loud': allowed is debug | info | warning | error" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("variable", "raw", "value"),
    [
        ("UNDATED_ON_TIME", "true", True),
        ("UNDATED_ON_TIME", "0", False),
        ("DUE_SOON_RATIO", "0.75", 0.75),
        ("DATABASE_URL", "postgresql://u@h/db", "postgresql+psycopg://u@h/db"),
        ("DATABASE_URL", "sqlite:////data/city.db", "sqlite:////data/city.db"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
    ],
)
def test_text_becomes_the_type_of_the_field(
    tmp_path: Path, variable: str, raw: str, value: object
) -> None:
    settings = load_settings({"YIWANG_" + variable: raw}, _toml(tmp_path, ""))
    assert getattr(settings, variable.lower()) == value


@pytest.mark.parametrize(
    "given", [{"port": True}, {"port": 80.0}, {"week_starts_on": 0}, {"undated_on_time": "true"}]
)
def test_wrong_type_or_value_in_code_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(given))):
        Settings(**given)


def test_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"yiwang\.toml: not valid TOML"):
        load_settings({}, _toml(tmp_path, "port = "))


def test_misspelt_variables_are_found_but_do_not_stop_the_start(tmp_path: Path) -> None:
    environ = {"YIWANG_PROT": "1", "YIWANG_PORT": "9000", "YIWANG_CONFIG": "x", "PATH": "/bin"}
    assert unknown_variables(environ) == ["YIWANG_PROT"]
    load_settings({"YIWANG_SERVICE_HOST": "10.0.0.1"}, _toml(tmp_path, ""))


def test_documentation_equals_code() -> None:
    document = _DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?(?<!\\)) \| (.+) \|$", document, re.MULTILINE)
    documented = {
        name: (default.strip("`"), allowed.replace("\\|", "|"))
        for name, default, allowed, _meaning in rows
        if not name.startswith("YIWANG_")
    }
    expected = {
        item.name: (_as_documented(item.default), rules()[item.name].allowed)
        for item in fields(Settings)
    }
    assert documented == expected
    for name in OTHER_VARIABLES:
        assert f"`YIWANG_{name}`" in document


def _as_documented(default: object) -> str:
    if default == "":
        return "(empty)"
    return default if isinstance(default, str) else json.dumps(default)
