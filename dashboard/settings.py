"""Every setting 配置项: default, allowed values, and where a value may come from.

Order of authority: environment variable ``YIWANG_<FIELD>``, then the TOML file, then the default.
All mistakes are collected and reported at once; docs/configuration.md is kept equal by a test.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PROGRAM_DIRECTORY = Path(__file__).resolve().parent.parent
PREFIX = "YIWANG_"
# Read by the start command and the tests; everything else with the prefix must be a field.
OTHER_VARIABLES = frozenset(
    {"CONFIG", "TEST_POSTGRES", "TEST_REDIS", "TEST_CHROMIUM", "TEST_OUTAGE_SECONDS"}
)


class SettingsError(Exception):
    """One or more values are not allowed; ``problems`` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting accepts: the words for people and the check for values of its type."""

    allowed: str
    accepts: Callable[[Any], bool]


def _is_time_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):  # unknown, a directory, outside the database
        return False
    return True


def _is_pattern(value: str) -> bool:
    try:
        re.compile(value)
    except re.error:
        return False
    return value != ""


def _is_clock_time(value: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) is not None


def decimals(value: str, count: int) -> tuple[Fraction, ...] | None:
    """``count`` exact numbers from 0 to 1 out of "1, 0.9"; None for anything else."""
    try:
        numbers = tuple(Fraction(part.strip()) for part in value.split(","))
    except (ValueError, ZeroDivisionError):
        return None
    good = len(numbers) == count and all(0 <= number <= 1 for number in numbers)
    return numbers if good else None


def working_slots(value: str) -> tuple[tuple[int, int], ...] | None:
    """Minutes of the day out of "08:00-12:00, 14:00-18:00"; None for anything else."""
    slots: list[tuple[int, int]] = []
    for part in value.split(","):
        found = re.fullmatch(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", part.strip())
        if found is None:
            return None
        hours = [int(text) for text in found.groups()]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if not (slots[-1][1] if slots else 0) <= start < end <= 1440:
            return None
        slots.append((start, end))
    return tuple(slots)


_SIZE = re.compile(r"(general|dedicated|functional) (\d{1,5})-(\d{1,5})")


def grid_sizes(value: str) -> tuple[tuple[str, tuple[int, int]], ...] | None:
    """Kinds of grids with their range of households out of "general 300-500"; None for anything
    else."""
    parts = [_SIZE.fullmatch(part.strip()) for part in value.split(",")] if value.strip() else []
    found = [(part[1], (int(part[2]), int(part[3]))) for part in parts if part]
    good = len(found) == len(parts) and all(low < high for _, (low, high) in found)
    return tuple(found) if good else None


_LIMIT = re.compile(r"(\d+(?:\.\d+)?) (urgent_hour|work_hour|work_day|natural_day)")


def closing_parts(value: str) -> tuple[tuple[float, str], ...] | None:
    """Amounts and kinds out of "0.5 urgent_hour, 1 work_day"; None for anything else."""
    parts = [part.strip() for part in value.split(",")] if value.strip() else []
    found = [_LIMIT.fullmatch(part) for part in parts]
    if not all(found):
        return None
    return tuple((float(part[1]), part[2]) for part in found if part)


def _between(low: float, high: float) -> Rule:
    return Rule(f"{low:g} to {high:g}", lambda value: low <= value <= high)


def _one_of(*values: str) -> Rule:
    return Rule(" | ".join(values), lambda value: value in values)


_DATABASE = Rule(
    "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME",
    lambda value: re.match(r"sqlite:///.|postgresql(\+psycopg)?://.", value) is not None,
)
_REDIS = Rule(
    "empty, or redis://HOST:PORT/NUMBER",
    lambda value: value == "" or re.match(r"(rediss?|unix)://.", value) is not None,
)
_TIME_ZONE = Rule("an IANA time zone such as Asia/Shanghai", _is_time_zone)
_PATTERN = Rule("a regular expression", _is_pattern)
_TEXT = Rule("any text that is not empty", lambda value: value.strip() != "")
_DIRECTORY = Rule("a directory", lambda value: value.strip() != "")
_YES_NO = Rule("true | false", lambda value: isinstance(value, bool))


_CLOCK_TIME = Rule("a time of day such as 12:00", _is_clock_time)
_WORKING_HOURS = Rule(
    "ascending parts of a day such as 08:00-12:00, 14:00-18:00",
    lambda value: working_slots(value) is not None,
)
_CLOSING_LIMITS = Rule(
    "empty, or limits such as 0.5 urgent_hour, 1 work_day",
    lambda value: closing_parts(value) is not None,
)
_GRID_SIZES = Rule(
    "empty, or kinds of grids with households such as general 300-500, functional 200-500",
    lambda value: grid_sizes(value) is not None,
)
_WEIGHTS = Rule("five decimals from 0 to 1", lambda value: decimals(value, 5) is not None)
_THREE_WEIGHTS = Rule("three decimals from 0 to 1", lambda value: decimals(value, 3) is not None)


def _setting(default: Any, rule: Rule) -> Any:
    return field(default=default, metadata={"rule": rule})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process, validated; relative paths are already absolute after load.

    Meanings stand in docs/configuration.md, one row for each field.
    """

    database_url: str = _setting("sqlite:///var/yiwang.db", _DATABASE)
    redis_url: str = _setting("", _REDIS)
    host: str = _setting("127.0.0.1", _TEXT)
    port: int = _setting(8050, _between(1, 65535))
    city_time_zone: str = _setting("Asia/Shanghai", _TIME_ZONE)
    language: str = _setting("zh", _one_of("zh", "en"))
    title: str = _setting("一网", _TEXT)
    grid_code_pattern: str = _setting(r"\d{15}", _PATTERN)
    week_starts_on: int = _setting(1, _between(1, 7))
    refresh_seconds: float = _setting(0.25, _between(0.1, 60))
    duty_seconds: float = _setting(2.0, _between(1, 600))
    repeat_link_seconds: float = _setting(5.0, _between(1, 3600))
    clock_seconds: float = _setting(10.0, _between(1, 3600))
    stale_after_seconds: float = _setting(10.0, _between(6, 3600))
    break_down_depth: int = _setting(1, _between(0, 10))
    minimum_denominator: int = _setting(10, _between(1, 10_000))
    minimum_sample: int = _setting(30, _between(1, 10_000))
    due_soon_ratio: float = _setting(0.8, _between(0.1, 0.99))
    undated_on_time: bool = _setting(False, _YES_NO)
    suspended_in_due: str = _setting("subtracted", _one_of("subtracted", "counted"))
    satisfaction_weights: str = _setting("1, 1, 0.9, 0, 0", _WEIGHTS)
    three_rates_weights: str = _setting("0.1, 0.5, 0.4", _THREE_WEIGHTS)
    assessment_month_starts_on: int = _setting(1, _between(1, 28))
    report_day_starts: str = _setting("00:00", _CLOCK_TIME)
    dispatch_limit_minutes: int = _setting(15, _between(1, 10_000))
    sign_limit_minutes: int = _setting(120, _between(1, 10_000))
    sign_limit_urgent_minutes: int = _setting(15, _between(1, 10_000))
    check_limit_minutes: int = _setting(30, _between(1, 10_000))
    repeat_days: int = _setting(30, _between(1, 366))
    item_update_days: int = _setting(7, _between(1, 366))
    spike_minimum: int = _setting(5, _between(1, 10_000))
    extensions_allowed: int = _setting(2, _between(0, 10))
    suspension_limit_days: int = _setting(365, _between(1, 3660))
    working_hours: str = _setting("08:00-12:00, 14:00-18:00", _WORKING_HOURS)
    closing_limits: str = _setting("", _CLOSING_LIMITS)
    attend_limit_minutes: int = _setting(120, _between(1, 10_000))
    statistics_open_days: int = _setting(90, _between(1, 366))
    grid_households: str = _setting("general 300-500", _GRID_SIZES)
    police_grid_most: int = _setting(6, _between(1, 100))
    station_reach_metres: int = _setting(1000, _between(1, 100_000))
    editing: bool = _setting(False, _YES_NO)
    wall_profiles_dir: str = _setting("var/walls", _DIRECTORY)
    wall_tokens: str = _setting("open", _one_of("open", "required"))
    wall_contact: str = _setting("系统管理员", _TEXT)
    data_dir: str = _setting("var", _DIRECTORY)
    cache_dir: str = _setting("var/cache", _DIRECTORY)
    log_level: str = _setting("info", _one_of("debug", "info", "warning", "error"))

    def __post_init__(self) -> None:
        problems = [
            problem
            for item in fields(self)
            if (problem := _problem(item.name, getattr(self, item.name), item.name))
        ]
        if problems:
            raise SettingsError(problems)

    @property
    def city_zone(self) -> tzinfo:
        """The city's time zone: days, weeks and months are cut in it."""
        return ZoneInfo(self.city_time_zone)


def rules() -> dict[str, Rule]:
    """Field name → what it accepts, in the order of the documentation."""
    return {item.name: item.metadata["rule"] for item in fields(Settings)}


def load_settings(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The validated settings of this process.

    ``environ`` defaults to the process environment; ``file`` to ``YIWANG_CONFIG``, else
    ``yiwang.toml`` in the program's directory if it is there. Relative paths in values count from
    the program's directory, whatever the working directory. Raises SettingsError with every
    problem found.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    given: dict[str, Any] = {}
    path = _settings_file(environ, file, problems)
    if path is not None:
        _read_file(path, given, problems)
    _read_environment(environ, given, problems)
    if problems:
        raise SettingsError(problems)
    return _with_absolute_paths(Settings(**given))


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """Environment variables with the prefix that no setting reads, probably misspelt.

    Not an error on load: an orchestrator may add its own (``YIWANG_SERVICE_HOST``).
    """
    environ = os.environ if environ is None else environ
    known = {PREFIX + name.upper() for name in rules()} | {PREFIX + n for n in OTHER_VARIABLES}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def _settings_file(
    environ: Mapping[str, str], file: Path | None, problems: list[str]
) -> Path | None:
    named = file or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    if named is None:
        usual = PROGRAM_DIRECTORY / "yiwang.toml"
        return usual if usual.is_file() else None
    if not named.is_file():
        problems.append(f"{PREFIX}CONFIG = {str(named)!r}: there is no such file")
        return None
    return named


def _read_file(path: Path, given: dict[str, Any], problems: list[str]) -> None:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path}: not valid TOML: {error}")
        return
    types = {item.name: type(item.default) for item in fields(Settings)}
    for name, value in content.items():
        where = f"{name} in {path.name}"
        if name not in types:
            problems.append(f"{where}: no such setting; allowed are {', '.join(types)}")
            continue
        if types[name] is float and type(value) is int:
            value = float(value)
        if problem := _problem(name, value, where):
            problems.append(problem)
        else:
            given[name] = value


def _read_environment(
    environ: Mapping[str, str], given: dict[str, Any], problems: list[str]
) -> None:
    for item in fields(Settings):
        variable = PREFIX + item.name.upper()
        raw = environ.get(variable)
        if raw is None:
            continue
        value = _from_text(raw, type(item.default))
        if problem := _problem(item.name, value, variable):
            problems.append(problem)
        else:
            given[item.name] = value


def _from_text(raw: str, kind: type) -> Any:
    """The value in the field's type, or the text itself where it cannot be read as one."""
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(raw.strip().lower(), raw)
    if kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            return raw
    return raw


def _problem(name: str, value: Any, where: str) -> str | None:
    item = next(item for item in fields(Settings) if item.name == name)
    rule: Rule = item.metadata["rule"]
    kind = type(item.default)
    right_type = type(value) is kind or (kind is float and type(value) is int)
    if right_type and rule.accepts(value):
        return None
    kind_name = {int: "a whole number, ", float: "a number, "}.get(kind, "")
    return f"{where} = {_shown(name, value)}: allowed is {kind_name}{rule.allowed}"


def _shown(name: str, value: Any) -> str:
    """The value as a message may show it: never a password."""
    if name.endswith("_url"):
        return repr(re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", str(value)))
    return repr(value)


def _with_absolute_paths(settings: Settings) -> Settings:
    changed: dict[str, Any] = {item.name: getattr(settings, item.name) for item in fields(Settings)}
    for name in ("data_dir", "cache_dir", "wall_profiles_dir"):
        changed[name] = str(PROGRAM_DIRECTORY / changed[name])
    url = settings.database_url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:///:memory:"):
        path, mark, query = url.removeprefix("sqlite:///").partition("?")
        changed["database_url"] = f"sqlite:///{PROGRAM_DIRECTORY / path}{mark}{query}"
    if url.startswith("postgresql://"):
        changed["database_url"] = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    return Settings(**changed)
