"""The dictionary: both languages for every key, and no key used that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.lifecycle.states import State
from dashboard.words import SERVER_PARTS, WORDS, known_language, word, words_for

ROOT = Path(__file__).resolve().parents[2]
PLACES = re.compile(r"\{(\w+)\}")
PYTHON_USE = re.compile(r'\bword\(\s*(f?)"([^"]+)"')
SCRIPT_USE = re.compile(r'\.word\(\s*"([^"]+)"(\s*\+)?')


@pytest.mark.parametrize("key", WORDS)
def test_every_word_has_both_languages_with_the_same_places(key: str) -> None:
    zh, en = WORDS[key]
    assert set(PLACES.findall(zh)) == set(PLACES.findall(en))
    assert bool(zh) == bool(en) or key.startswith("unit.")


def used_in_python() -> set[tuple[str, bool]]:
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return {
        (key.split("{")[0], bool(is_format))
        for file in files
        for is_format, key in PYTHON_USE.findall(file.read_text(encoding="utf-8"))
    }


def used_in_scripts() -> set[tuple[str, bool]]:
    return {
        (key, bool(is_prefix))
        for file in (ROOT / "assets" / "js").glob("*.js")
        for key, is_prefix in SCRIPT_USE.findall(file.read_text(encoding="utf-8"))
    }


def test_every_key_used_exists() -> None:
    used = used_in_python() | used_in_scripts()
    assert len(used) > 60  # the search itself works
    missing = {
        key
        for key, is_prefix in used
        if not (any(known.startswith(key) for known in WORDS) if is_prefix else key in WORDS)
    }
    assert missing == set()


def test_every_state_of_a_case_has_a_word() -> None:
    assert {f"state.{state.value}" for state in State} <= set(WORDS)


def test_places_are_filled_and_a_forgotten_value_is_an_error() -> None:
    assert word("fresh.seconds", "zh", n=3) == "3 秒前"
    assert word("fresh.seconds", "en", n=3) == "3 s ago"
    with pytest.raises(KeyError):
        word("fresh.seconds", "zh", seconds=3)
    with pytest.raises(KeyError):
        word("no.such.word", "zh")


def test_words_for_scripts_are_in_one_language() -> None:
    assert words_for("en")["tiles.label"] == "Key figures"
    server = {key for part in SERVER_PARTS for key in part}
    assert words_for("zh").keys() == WORDS.keys() - server


def test_scripts_get_every_word_they_use() -> None:
    sent = words_for("zh")
    for key, is_prefix in used_in_scripts():
        assert key in sent or (is_prefix and any(known.startswith(key) for known in sent)), key


def test_unknown_language_falls_back() -> None:
    assert known_language("fr", "en") == "en"
    assert known_language(None) == "zh"
