"""The mapping file MAP.toml: how a foreign table becomes cases. Keys: docs/import.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jobs.ingest.cleaning import Cleaner, cleaner
from jobs.ingest.coordinates import SYSTEMS
from jobs.ingest.incoming import (
    FIELDS,
    INSTANT_FIELDS,
    PROACTIVE_KINDS,
    SOURCE_KINDS,
    TIMING_FIELDS,
    ImportRefused,
    Policies,
)

KINDS: Final = ("cases", "revisions")
ENCODINGS: Final = ("auto", "utf-8", "gb18030", "big5")
LEVELS: Final = ("city", "district", "street", "community", "estate", "grid")
WITHDRAWN: Final = "withdrawn"
# Columns of a revisions file, instead of a case's own.
REVISION_COLUMNS: Final = ("source_ref", "known_at", "field", "old", "new")
_POLICY_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "unknown_area": ("reject", "unlocated", "create"),
    "unknown_category": ("reject", "create"),
    "unknown_department": ("reject", "create"),
    "locate": ("named", "point", "point_within"),
    "area_level": ("", *LEVELS),
}
_SECTIONS: Final = (
    "kind", "source", "file", "times", "columns", "constants", "values", "clean", "coordinates",
    "policy", "areas", "fields",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AreaLevel:
    """One level of an area tree: a fixed node, or the features of a GeoJSON file."""

    level: str
    code: str  # the code itself, or with a file the property that holds it
    name: str
    name_en: str = ""
    parent: str = ""  # "" for the root; with a file the property, or a code as "=67000"
    kind: str = "general"
    geojson: str = ""
    system: str = "WGS-84"


@dataclass(frozen=True, kw_only=True)
class CaseMapping:
    """A mapping file, checked."""

    path: Path
    kind: str = "cases"
    source: Mapping[str, Any] = field(default_factory=dict)
    encoding: str = "auto"
    delimiter: str = ""  # "" finds it out
    sheet: str = ""  # "" the first
    time_zone: str = "UTC"
    zones: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("iso",)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clean: Mapping[str, Cleaner] = field(default_factory=dict)
    system: str = "WGS-84"
    ignored_points: frozenset[tuple[float, float]] = frozenset()
    policies: Policies = field(default_factory=Policies)
    areas: tuple[AreaLevel, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # revisions only

    def zone_of(self, name: str) -> ZoneInfo:
        """The time zone that a field's times without an offset are in."""
        return ZoneInfo(self.zones.get(name, self.time_zone))


def read_mapping(path: Path) -> CaseMapping:
    """The checked mapping. Raises ImportRefused with every mistake, its key and what is allowed."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefused(f"{path}: not valid TOML: {error}") from error
    check = _Check(content)
    mapping = check.mapping(path)
    if check.problems:
        listed = "\n".join(f"  {problem}" for problem in check.problems)
        raise ImportRefused(f"{path}: the mapping cannot be used:\n{listed}")
    return mapping


class _Check:
    """Takes values out of the TOML tables and notes what is wrong with each."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.problems: list[str] = []

    def mapping(self, path: Path) -> CaseMapping:
        self._unknown("", self.content, _SECTIONS)
        kind = self._choice("kind", self.content, "kind", KINDS, "cases")
        file = self._table("file", ("encoding", "delimiter", "sheet"))
        times = self._table("times", ("time_zone", "formats", "zones"))
        coordinates = self._table("coordinates", ("system", "ignore"))
        zones = self._zones(times)
        return CaseMapping(
            path=path,
            kind=kind,
            source=self._source(),
            encoding=self._choice("file", file, "encoding", ENCODINGS, "auto"),
            delimiter=self._text("file", file, "delimiter"),
            sheet=self._text("file", file, "sheet"),
            time_zone=zones.pop("", "UTC"),
            zones=zones,
            formats=self._formats(times),
            columns=self._columns(kind),
            constants=self._fields_table("constants"),
            values=self._values(),
            clean=self._clean(),
            system=self._choice("coordinates", coordinates, "system", SYSTEMS, "WGS-84"),
            ignored_points=self._points(coordinates),
            policies=self._policies(),
            areas=self._areas(),
            fields=self._revised(kind),
        )

    def _table(self, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
        table = self.content.get(name, {})
        if not isinstance(table, dict):
            self.problems.append(f"{name}: must be a table [{name}]")
            return {}
        self._unknown(f"{name}.", table, keys)
        return table

    def _unknown(self, prefix: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                self.problems.append(f"{prefix}{key}: no such key; allowed are {', '.join(keys)}")

    def _choice(
        self, where: str, table: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str
    ) -> str:
        value = table.get(key, default)
        if value not in allowed:
            name = key if where == key else f"{where}.{key}"
            words = ", ".join(repr(word) for word in allowed)
            self.problems.append(f"{name} = {value!r}: allowed are {words}")
            return default
        return str(value)

    def _text(self, where: str, table: Mapping[str, Any], key: str, default: str = "") -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            self.problems.append(f"{where}.{key} = {value!r}: must be a text")
            return default
        return value

    def _source(self) -> dict[str, Any]:
        keys = ("code", "name_zh", "name_en", "kind", "is_proactive", "interval_seconds")
        source = self._table("source", keys)
        if not isinstance(source.get("code"), str) or not source["code"]:
            self.problems.append("source.code: missing; a short name of where the cases come from")
        if "kind" in source:
            kind = self._choice("source", source, "kind", SOURCE_KINDS, "public")
            proactive = kind in PROACTIVE_KINDS
            if source.get("is_proactive", proactive) != proactive:
                word = "true" if proactive else "false"
                self.problems.append(f"source.is_proactive: must be {word} for the kind {kind!r}")
        return source

    def _zones(self, times: Mapping[str, Any]) -> dict[str, str]:
        """Field → zone, "" for all others."""
        per_field = times.get("zones", {})
        zones = {"": times.get("time_zone", "UTC")}
        if isinstance(per_field, dict):
            allowed = (*INSTANT_FIELDS, *TIMING_FIELDS)
            self._unknown("times.zones.", per_field, allowed)
            zones |= per_field
        for name, zone in zones.items():
            try:
                ZoneInfo(zone)
            except (KeyError, OSError, ValueError, TypeError):  # an unknown zone is a KeyError
                key = f"times.zones.{name}" if name else "times.time_zone"
                self.problems.append(f"{key} = {zone!r}: must be a zone such as Asia/Shanghai")
                zones[name] = "UTC"
        return zones

    def _formats(self, times: Mapping[str, Any]) -> tuple[str, ...]:
        formats = times.get("formats", ["iso"])
        if not isinstance(formats, list) or not all(isinstance(text, str) for text in formats):
            self.problems.append(
                'times.formats: must be a list of "iso" and patterns such as "%Y/%m/%d %H:%M"'
            )
            return ("iso",)
        return tuple(formats)

    def _columns(self, kind: str) -> dict[str, tuple[str, ...]]:
        allowed = REVISION_COLUMNS if kind == "revisions" else ("source_ref", *sorted(FIELDS))
        table = self._table("columns", allowed)
        columns: dict[str, tuple[str, ...]] = {}
        for name, value in table.items():
            listed = [value] if isinstance(value, str) else value
            if not isinstance(listed, list) or not all(isinstance(c, str) and c for c in listed):
                self.problems.append(f"columns.{name}: must be a column's name or a list of names")
            else:
                columns[name] = tuple(listed)
        required = ("source_ref", "known_at", "field", "new")
        for name in required if kind == "revisions" else ("source_ref", "reported_at"):
            if name not in table:
                self.problems.append(f"columns.{name}: missing; which column holds it?")
        return columns

    def _fields_table(self, name: str) -> dict[str, Any]:
        return self._table(name, tuple(sorted(FIELDS)))

    def _values(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, table in self._fields_table("values").items():
            if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
                self.problems.append(f"values.{name}: must be a table of foreign = ours, in texts")
            else:
                found[name] = table
        return found

    def _clean(self) -> dict[str, Cleaner]:
        table = self._table("clean", ("source_ref", *sorted(FIELDS)))
        found: dict[str, Cleaner] = {}
        for name, rules in table.items():
            if not isinstance(rules, list):
                self.problems.append(f"clean.{name}: must be a list of rules [[clean.{name}]]")
            else:
                found[name] = cleaner(rules, f"clean.{name}", self.problems)
        return found

    def _points(self, coordinates: Mapping[str, Any]) -> frozenset[tuple[float, float]]:
        points = coordinates.get("ignore", [])
        try:
            return frozenset((float(longitude), float(latitude)) for longitude, latitude in points)
        except (TypeError, ValueError):
            self.problems.append("coordinates.ignore: must be a list of [longitude, latitude]")
            return frozenset()

    def _policies(self) -> Policies:
        table = self._table("policy", (*_POLICY_VALUES, "strict_moves", "check_codes"))
        chosen: dict[str, Any] = {}
        for name, allowed in _POLICY_VALUES.items():
            if name in table:
                chosen[name] = self._choice("policy", table, name, allowed, allowed[0])
        for name in ("strict_moves", "check_codes"):
            if name in table and not isinstance(table[name], bool):
                self.problems.append(f"policy.{name} = {table[name]!r}: must be true or false")
            elif name in table:
                chosen[name] = table[name]
        return Policies(**chosen)

    def _areas(self) -> tuple[AreaLevel, ...]:
        levels = self.content.get("areas", [])
        if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
            self.problems.append("areas: must be a list of tables [[areas]], from the city down")
            return ()
        keys = ("level", "code", "name", "name_en", "parent", "kind", "geojson", "system")
        found: list[AreaLevel] = []
        for number, table in enumerate(levels, start=1):
            where = f"areas[{number}]"
            self._unknown(f"{where}.", table, keys)
            texts = {key: self._text(where, table, key) for key in ("name_en", "parent", "geojson")}
            for key in ("level", "code", "name"):
                if not table.get(key):
                    self.problems.append(f"{where}.{key}: missing")
            found.append(
                AreaLevel(
                    level=self._choice(where, table, "level", LEVELS, "grid"),
                    code=self._text(where, table, "code"),
                    name=self._text(where, table, "name"),
                    kind=self._choice(
                        where, table, "kind", ("general", "dedicated", "functional"), "general"
                    ),
                    system=self._choice(where, table, "system", SYSTEMS, "WGS-84"),
                    **texts,
                )
            )
        return tuple(found)

    def _revised(self, kind: str) -> dict[str, tuple[str, ...]]:
        table = self.content.get("fields", {})
        if kind != "revisions":
            if table:
                self.problems.append('fields: only in a mapping with kind = "revisions"')
            return {}
        allowed = (*sorted(FIELDS), WITHDRAWN)
        found: dict[str, tuple[str, ...]] = {}
        for name, value in table.items():
            listed = [value] if isinstance(value, str) else value
            if not isinstance(listed, list) or any(target not in allowed for target in listed):
                self.problems.append(f"fields.{name} = {value!r}: allowed are {', '.join(allowed)}")
            else:
                found[name] = tuple(listed)
        if not found:
            self.problems.append("fields: missing; which foreign field is which of ours?")
        return found
