"""Profiles of the video wall 大屏配置: what a wall shows, one small TOML file each (docs/wall.md).

The program's own lie in ``dashboard/wall_profiles``, a city's in the directory of the setting
``wall_profiles_dir``; a city's file of the same name wins. A file that cannot be used never takes a
wall down: the default profile stands in, and the wall and ``/walls`` say so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from dashboard.readings.map_values import METRICS
from dashboard.readings.windows import DEFAULT_WINDOW, WINDOW_KEYS
from dashboard.settings import PROGRAM_DIRECTORY, Settings

OWN_FOLDER: Final = PROGRAM_DIRECTORY / "dashboard" / "wall_profiles"
DEFAULT: Final = "default"
LEFT: Final = ("tiles", "sources", "curve")
RIGHT: Final = ("league", "duty", "satisfaction", "roster")
PANELS: Final = (*LEFT, *RIGHT)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MOST_SEAMS: Final = 12
_LARGEST_FILE: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Seams:
    """Seams 拼缝 of a wall of several screens: fractions of its width and height, ascending."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WallProfile:
    """One wall. ``area``: a code, "" for the city; ``lang`` "" for the setting's language.

    ``left``, ``right``: panels from above; ``dwell_seconds``: how long the walk-through 巡视 stays
    in a district, 0 for no walk; ``metrics``: what the map is coloured by, in turn; ``window``: the
    period of league and map; ``font_scale``: of all texts; ``personal_data``: hidden for good, or
    shown by a key; ``screen``: of the sketch on ``/walls``.
    """

    title: str = ""
    area: str = ""
    lang: str = ""
    left: tuple[str, ...] = LEFT
    right: tuple[str, ...] = RIGHT
    dwell_seconds: int = 25
    metrics: tuple[str, ...] = ("case.overdue",)
    window: str = DEFAULT_WINDOW
    font_scale: float = 1.0
    personal_data: str = "hidden"
    screen: tuple[int, int] = (1920, 1080)
    seams: Seams = field(default_factory=Seams)


@dataclass(frozen=True, kw_only=True)
class ProfileFile:
    """A profile as it lies in a folder; ``profile`` None: unusable, ``problems`` say why."""

    name: str
    path: Path
    profile: WallProfile | None
    problems: tuple[str, ...] = ()
    is_own: bool = True  # of the program, not of the city


def load_profiles(settings: Settings) -> dict[str, ProfileFile]:
    """Every profile by name, the default first; a city's file replaces the program's.

    A folder that is not there has none. Nothing is raised: problems stand with their file.
    """
    found: dict[str, ProfileFile] = {}
    for folder, is_own in ((OWN_FOLDER, True), (Path(settings.wall_profiles_dir), False)):
        files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
        for path in files:
            found[path.stem] = replace(read_profile(path), is_own=is_own)
    order = sorted(found, key=lambda name: (name != DEFAULT, name))
    return {name: found[name] for name in order}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The profile a wall shows. ``asked`` differs from ``name`` where the default stands in, and
    ``problem`` says why: missing, broken, or "" for none."""

    name: str
    asked: str
    profile: WallProfile
    problem: str = ""


def choose_profile(settings: Settings, asked: str | None) -> Chosen:
    """The profile of a name, else the default, else what the program is born with."""
    name = asked or DEFAULT
    known = load_profiles(settings)
    found = known.get(name)
    if found is not None and found.profile is not None:
        return Chosen(name=name, asked=name, profile=found.profile)
    problem = "missing" if found is None else "broken"
    usual = known.get(DEFAULT)
    profile = (usual and usual.profile) or WallProfile()
    return Chosen(name=DEFAULT, asked=name, profile=profile, problem=problem)


def read_profile(path: Path) -> ProfileFile:
    """One file, with every problem in it: where (file and key) and what is allowed."""
    if not _NAME.fullmatch(path.stem):
        problem = f"{path.name}: a name has small letters, digits and hyphens, at most 40"
        return ProfileFile(name=path.stem, path=path, profile=None, problems=(problem,))
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ValueError(f"larger than {_LARGEST_FILE} bytes")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # not TOML and not UTF-8 are ValueErrors
        problem = f"{path.name}: cannot be read: {error}"
        return ProfileFile(name=path.stem, path=path, profile=None, problems=(problem,))
    profile, problems = parse_profile(content, path.name)
    return ProfileFile(name=path.stem, path=path, profile=profile, problems=tuple(problems))


def parse_profile(content: Mapping[str, Any], where: str) -> tuple[WallProfile | None, list[str]]:
    """(profile, problems); None where there is any problem. ``where``: the file's name."""
    problems: list[str] = []
    given: dict[str, Any] = {}
    known = {one.name for one in fields(WallProfile)}
    for key, value in content.items():
        if key not in known:
            allowed = ", ".join(sorted(known))
            problems.append(f"{where}: {key}: no such key; allowed are {allowed}")
            continue
        try:
            given[key] = _READ[key](value)
        except _NotAllowedError as error:
            problems.append(f"{where}: {key} = {value!r}: allowed is {error}")
    if problems:
        return None, problems
    profile = WallProfile(**given)
    if twice := set(profile.left) & set(profile.right):
        return None, [f"{where}: left, right: {', '.join(sorted(twice))} stands on both sides"]
    return profile, []


class _NotAllowedError(ValueError):
    """What is allowed, in words."""


def _allowed(words: str, is_good: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not is_good(value):
            raise _NotAllowedError(words)
        return tuple(value) if isinstance(value, list) else value

    return read


def _one_of(*values: str) -> Callable[[Any], Any]:
    return _allowed(" | ".join(values), lambda value: value in values)


def _some_of(values: tuple[str, ...], *, least: int) -> Callable[[Any], Any]:
    def is_good(value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(value) >= least
            and all(isinstance(one, str) and one in values for one in value)
            and len(set(value)) == len(value)
        )

    return _allowed(f"a list of {', '.join(values)}, each once", is_good)


def _text(longest: int) -> Callable[[Any], Any]:
    words = f"a text of at most {longest} characters"
    return _allowed(words, lambda value: isinstance(value, str) and len(value) <= longest)


def _whole(low: int, high: int, *, or_zero: bool = False) -> Callable[[Any], Any]:
    words = f"a whole number from {low} to {high}" + (", or 0" if or_zero else "")
    return _allowed(
        words,
        lambda value: (
            type(value) is int and (low <= value <= high or (or_zero and value == 0))
        ),
    )  # fmt: skip


def _is_size(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(one) is int and 300 <= one <= 40_000 for one in value)
    )


def _is_places(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _MOST_SEAMS
        and all(type(one) in (int, float) and 0 < one < 1 for one in value)
        and all(a < b for a, b in pairwise(value))
    )


def _read_seams(value: Any) -> Seams:
    """``{columns, rows}`` of equal screens, or ``{x, y}``: fractions of width and height."""
    words = "{columns = 3, rows = 2}, or {x = [0.5], y = []} with ascending fractions below 1"
    if not isinstance(value, dict):
        raise _NotAllowedError(words)
    if set(value) <= {"columns", "rows"}:
        counts = (value.get("columns", 1), value.get("rows", 1))
        if all(type(count) is int and 1 <= count <= _MOST_SEAMS for count in counts):
            return Seams(x=_equal(counts[0]), y=_equal(counts[1]))
    elif set(value) <= {"x", "y"}:
        places = (value.get("x", []), value.get("y", []))
        if all(map(_is_places, places)):
            return Seams(x=tuple(places[0]), y=tuple(places[1]))
    raise _NotAllowedError(words)


def _equal(count: int) -> tuple[float, ...]:
    return tuple(round(number / count, 6) for number in range(1, count))


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "title": _text(60),
    "area": _text(60),
    "lang": _one_of("zh", "en"),
    "left": _some_of(PANELS, least=1),
    "right": _some_of(PANELS, least=1),
    "dwell_seconds": _whole(5, 600, or_zero=True),
    "metrics": _some_of(METRICS, least=1),
    "window": _one_of(*WINDOW_KEYS),
    "font_scale": _allowed(
        "a number from 0.8 to 1.4",
        lambda value: type(value) in (int, float) and 0.8 <= value <= 1.4,
    ),
    "personal_data": _one_of("hidden", "key"),
    "screen": _allowed("[width, height] in pixels, each from 300 to 40000", _is_size),
    "seams": _read_seams,
}  # fmt: skip


def slot_at(now_ms: int, dwell_seconds: int, count: int) -> int:
    """Which of ``count`` places a walk-through is in at a moment, by the clock alone, so that two
    walls agree without knowing each other; 0 without a walk."""
    if dwell_seconds <= 0 or count <= 1:
        return 0
    return now_ms // (dwell_seconds * 1000) % count
