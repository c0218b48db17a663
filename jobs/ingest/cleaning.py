"""Cleaning rules 清洗规则 of a mapping: a dirty column is mended there and not in code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Cleaner = Callable[[str], str]
# A column of names repeats itself; remembering what a text became saves most of the work.
_REMEMBERED: Final = 20_000

RULES: Final = {
    "strip": "true, or the characters to cut off at both ends",
    "half_width": "true: full-width letters, digits and spaces become ordinary ones",
    "remove": "a text or a list of texts to take out",
    "replace": "a table of texts to replace anywhere in the value",
    "same_as": "a table of whole values to replace",
    "first_of": "separators: of several values in one cell the first is taken",
    "regex": "a regular expression, with `with` for what a match becomes",
    "if_blank": "the value of a blank cell",
}


def cleaner(rules: Sequence[Any], where: str, problems: list[str]) -> Cleaner:
    """One function for a list of rules, applied in order; ``problems`` gets what is wrong."""
    steps: list[Cleaner] = []
    for number, rule in enumerate(rules, start=1):
        place = f"{where}[{number}]"
        if not isinstance(rule, Mapping):
            problems.append(f"{place}: must be a table with one of {', '.join(RULES)}")
            continue
        steps += _steps(rule, place, problems)
    return _remembering(steps)


def _steps(rule: Mapping[str, Any], where: str, problems: list[str]) -> list[Cleaner]:
    steps: list[Cleaner] = []
    for name, value in rule.items():
        if name == "with" and "regex" in rule:
            continue
        make = _MAKERS.get(name)
        if make is None:
            problems.append(f"{where}.{name}: no such rule; allowed are {', '.join(RULES)}")
            continue
        step = make(value, rule)
        if step is None:
            problems.append(f"{where}.{name} = {value!r}: must be {RULES[name]}")
        else:
            steps.append(step)
    return steps


def _remembering(steps: Sequence[Cleaner]) -> Cleaner:
    known: dict[str, str] = {}

    def clean(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = text
            for step in steps:
                found = step(found)
            if len(known) < _REMEMBERED:
                known[text] = found
        return found

    return clean


def _strip(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    if value is True:
        return str.strip
    return (lambda text: text.strip(value)) if isinstance(value, str) and value else None


def _half_width(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    return (lambda text: unicodedata.normalize("NFKC", text)) if value is True else None


def _remove(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    parts = [value] if isinstance(value, str) else value
    if not _are_texts(parts):
        return None
    return _replacing([(part, "") for part in parts])


def _replace(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    if (
        not isinstance(value, Mapping)
        or not _are_texts(list(value))
        or not _are_text_or_empty(value)
    ):
        return None
    return _replacing(list(value.items()))


def _replacing(pairs: list[tuple[str, str]]) -> Cleaner:
    def replace(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return replace


def _same_as(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    if not isinstance(value, Mapping) or not _are_text_or_empty(value):
        return None
    table = dict(value)
    return lambda text: table.get(text, text)


def _first_of(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    if not isinstance(value, str) or not value:
        return None
    separators = re.compile("[" + re.escape(value) + "]")
    return lambda text: next((part for part in separators.split(text) if part), "")


def _regex(value: Any, rule: Mapping[str, Any]) -> Cleaner | None:
    replacement = rule.get("with", "")
    if not isinstance(value, str) or not isinstance(replacement, str):
        return None
    try:
        pattern = re.compile(value)
        re.sub(pattern, replacement, "")
    except (re.error, IndexError):
        return None
    return lambda text: pattern.sub(replacement, text)


def _if_blank(value: Any, _rule: Mapping[str, Any]) -> Cleaner | None:
    return (lambda text: text if text.strip() else value) if isinstance(value, str) else None


def _are_texts(parts: Any) -> bool:
    return isinstance(parts, list) and all(isinstance(part, str) and part for part in parts)


def _are_text_or_empty(table: Mapping[str, Any]) -> bool:
    return all(isinstance(part, str) for part in table.values())


_MAKERS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Cleaner | None]]] = {
    "strip": _strip,
    "half_width": _half_width,
    "remove": _remove,
    "replace": _replace,
    "same_as": _same_as,
    "first_of": _first_of,
    "regex": _regex,
    "if_blank": _if_blank,
}
