"""Documents stay true: links lead somewhere, commands exist, files that are named are there."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

import app
from dashboard.kpis.catalogue import CATALOGUE
from dashboard.lifecycle import State
from dashboard.settings import OTHER_VARIABLES, rules
from jobs.demo import PROFILES

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# The places of the repository that a document may name in backticks.
_PATH = re.compile(
    r"`((?:app\.py|(?:assets|benchmarks|dashboard|data_access|docs|jobs|pages|tests|\.ci)/"
    r"[\w./-]+))`"
)


def _documents() -> list[Path]:
    folders = (ROOT / name for name in ("docs", "assets", "tests", "deploy"))
    return [*sorted(ROOT.glob("*.md")), *(p for f in folders for p in sorted(f.rglob("*.md")))]


DOCUMENTS = _documents()


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _anchors(document: Path) -> set[str]:
    """The addresses Markdown viewers give to headings."""
    text = _CODE.sub("", document.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links(document: Path) -> Iterator[str]:
    text = _CODE.sub("", document.read_text(encoding="utf-8"))
    for markdown, html in _LINK.findall(text):
        link = markdown or html
        if not re.match(r"[a-z]+:", link):
            yield unquote(link)


def test_there_are_documents() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/architecture.md"} <= set(_names(DOCUMENTS))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names(DOCUMENTS))
def test_links_lead_to_files_and_headings(document: Path) -> None:
    broken = []
    for link in _links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names(DOCUMENTS))
def test_files_that_are_named_exist(document: Path) -> None:
    named = set(_PATH.findall(document.read_text(encoding="utf-8")))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def _commands() -> dict[str, argparse.ArgumentParser]:
    (choices,) = (
        action.choices
        for action in app._parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(choices)


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names(DOCUMENTS))
def test_commands_exist_with_their_options(document: Path) -> None:
    commands = _commands()
    wrong = []
    for command, rest in re.findall(
        r"\./yiwang ([\w-]*\w)([^`#\n]*)", document.read_text(encoding="utf-8")
    ):
        if command not in commands:
            wrong.append(command)
        elif command not in app._FOREIGN:
            known = commands[command]._option_string_actions
            wrong += [f"{command} {o}" for o in re.findall(r"--[\w-]+", rest) if o not in known]
    assert wrong == []


def test_the_readme_names_every_command_and_profile() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in _commands() if f"./yiwang {name}" not in text]
    assert missing == []
    assert [name for name in PROFILES if name != "test" and f"`{name}`" not in text] == []


def test_the_glossary_names_every_kpi_family_and_state() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [state for state in State if f"`{state}`" not in text] == []
    assert [key for key in CATALOGUE if key.startswith("duty.") and key not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names(DOCUMENTS))
def test_settings_that_are_named_exist(document: Path) -> None:
    known = {name.upper() for name in rules()} | set(OTHER_VARIABLES)
    examples = {"TEST"}  # "the YIWANG_TEST_… variables"
    named = set(re.findall(r"YIWANG_([A-Z_]*[A-Z])", document.read_text(encoding="utf-8")))
    assert named - known - examples == set()
