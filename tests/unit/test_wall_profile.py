"""Profiles of video walls: what a file may say, what is said of a wrong one, who stands in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.readings.wall_profile import (
    OWN_FOLDER,
    Seams,
    WallProfile,
    choose_profile,
    load_profiles,
    parse_profile,
    read_profile,
    slot_at,
)
from dashboard.settings import Settings


def test_every_profile_of_the_program_is_usable(settings: Settings) -> None:
    files = load_profiles(settings)
    assert next(iter(files)) == "default"
    assert set(files) == {path.stem for path in OWN_FOLDER.glob("*.toml")}
    assert {name: file.problems for name, file in files.items() if file.profile is None} == {}


def test_seams_of_equal_screens_and_named_ones() -> None:
    equal, _ = parse_profile({"seams": {"columns": 4, "rows": 2}}, "a.toml")
    named, _ = parse_profile({"seams": {"x": [0.3, 0.7]}}, "a.toml")
    assert equal is not None
    assert named is not None
    assert equal.seams == Seams(x=(0.25, 0.5, 0.75), y=(0.5,))
    assert named.seams == Seams(x=(0.3, 0.7), y=())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"colour": "red"}, "colour: no such key; allowed are area, "),
        ({"dwell_seconds": 4}, "dwell_seconds = 4: allowed is a whole number from 5 to 600, or 0"),
        ({"dwell_seconds": True}, "dwell_seconds = True: allowed is"),
        ({"metrics": []}, "metrics = []: allowed is a list of case.overdue, "),
        ({"metrics": ["case.overdue", "case.overdue"]}, "each once"),
        ({"left": ["tiles", "map"]}, "allowed is a list of tiles, "),
        ({"left": ["tiles"], "right": ["tiles"]}, "left, right: tiles stands on both sides"),
        ({"window": "yesterday"}, "window = 'yesterday': allowed is "),
        ({"font_scale": 2}, "allowed is a number from 0.8 to 1.4"),
        ({"seams": {"x": [0.7, 0.3]}}, "ascending fractions"),
        ({"seams": {"columns": 0}}, "{columns = 3, rows = 2}"),
        ({"seams": {"columns": 2, "x": [0.5]}}, "{columns = 3, rows = 2}"),
        ({"personal_data": "always"}, "allowed is hidden | key"),
        ({"screen": [1920]}, "[width, height] in pixels"),
        ({"title": "一" * 61}, "a text of at most 60 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    content: dict[str, object], said: str
) -> None:
    profile, problems = parse_profile(content, "hall.toml")
    assert profile is None
    [problem] = problems
    assert problem.startswith("hall.toml: ")
    assert said in problem


def test_all_mistakes_of_a_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hall.toml"
    path.write_text('window = "x"\nlang = "fr"\n', encoding="utf-8")
    assert len(read_profile(path).problems) == 2
    path.write_text("window = ", encoding="utf-8")
    assert "cannot be read" in read_profile(path).problems[0]
    path.write_bytes(b"\xff\xfe")
    assert "cannot be read" in read_profile(path).problems[0]


def test_a_city_s_own_file_wins_and_a_broken_one_is_replaced_by_the_default(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "walls"
    settings = replace(settings, wall_profiles_dir=str(folder))
    assert choose_profile(settings, None).problem == ""  # a folder that is not there is none
    folder.mkdir()
    (folder / "default.toml").write_text('title = "指挥大厅"\n', encoding="utf-8")
    (folder / "hall.toml").write_text("dwell_seconds = 1\n", encoding="utf-8")
    usual = choose_profile(settings, None)
    assert (usual.name, usual.profile.title, usual.problem) == ("default", "指挥大厅", "")
    for asked, problem in (("hall", "broken"), ("nowhere", "missing"), ("../hall", "missing")):
        chosen = choose_profile(settings, asked)
        assert (chosen.asked, chosen.name, chosen.problem) == (asked, "default", problem)
        assert chosen.profile.title == "指挥大厅"
    (folder / "default.toml").write_text("title = 1\n", encoding="utf-8")
    assert choose_profile(settings, None).profile == WallProfile()
    assert load_profiles(settings)["hall"].is_own is False


def test_the_slot_is_a_matter_of_the_clock_alone() -> None:
    start = 1_795_368_600_000  # a multiple of 25 s and of 3 × 25 s
    assert start % 75_000 == 0
    slots = [slot_at(start + second * 1000, 25, 3) for second in (0, 24, 25, 50, 74, 75, 149)]
    assert slots == [0, 0, 1, 2, 2, 0, 2]
    assert slot_at(start + 99, 0, 3) == 0
    assert slot_at(start + 60_000, 25, 1) == 0
