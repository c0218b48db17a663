"""The shipped font holds what the wall says; a city's own names may come from the system."""

from __future__ import annotations

from pathlib import Path

from dashboard.wall_words import WALL_SCRIPT_WORDS, WALL_WORDS
from dashboard.words import words_for

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"


def test_every_character_of_the_walls_words_is_in_the_subset() -> None:
    held = set((FONTS / "characters.txt").read_text(encoding="utf-8"))
    own = {char for words in (WALL_WORDS, WALL_SCRIPT_WORDS) for pair in words.values()
           for text in pair for char in text}  # fmt: skip
    sent = {char for text in words_for("zh").values() for char in text}
    missing = {char for char in own | sent if char.isprintable()} - held
    assert missing == set()


def test_fonts_are_small_and_come_with_their_licence() -> None:
    files = list(FONTS.glob("*.woff2"))
    assert {file.read_bytes()[:4] for file in files} == {b"wOF2"}
    assert sum(file.stat().st_size for file in files) < 1_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
