"""Habits no linter checks: names and sizes of modules, and that every module is in a layer."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("data_access", "dashboard", "jobs", "pages")
_GENERATED = ROOT / "data_access" / "migrations" / "versions"
_VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
_LONGEST_FILE = 400
_LONGEST_FUNCTION = 50


def _modules() -> Iterator[Path]:
    yield ROOT / "app.py"
    for package in _PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if _GENERATED not in path.parents:
                yield path


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [path for path in _modules() if path.stem in _VAGUE or path.parent.name in _VAGUE]
    assert vague == []


def test_files_and_functions_are_short() -> None:
    too_long = []
    for path in _modules():
        source = path.read_text(encoding="utf-8")
        if (count := len(source.splitlines())) > _LONGEST_FILE:
            too_long.append(f"{path.relative_to(ROOT)}: {count} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > _LONGEST_FUNCTION:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert too_long == []


def test_every_package_of_dashboard_has_a_layer() -> None:
    """A new folder that no contract names would be outside the rules without anybody noticing."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    inside = next(contract for contract in contracts if contract["id"] == "dashboard")
    named = {
        name.strip("() ")
        for layer in inside["layers"]
        for name in layer.replace("|", ":").split(":")
    }
    present = {
        path.stem
        for path in (ROOT / "dashboard").iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
    } - {"__init__"}
    assert present <= named


def test_pages_do_not_import_each_other() -> None:
    offenders = []
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [node.module or ""] if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else []
            )  # fmt: skip
            offenders += [f"{path.name}: {n}" for n in names if n.split(".")[0] == "pages"]
            if isinstance(node, ast.ImportFrom) and node.level:
                offenders.append(f"{path.name}: relative import")
    assert offenders == []
