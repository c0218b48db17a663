"""The store's names: areas, categories, departments and sources, and how new ones are made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table

from data_access.ingest import Row, longest, read_areas, read_named, read_polygons, save_entry
from data_access.tables import areas, categories, departments, sources
from jobs.ingest.codes import fitted
from jobs.ingest.incoming import PROACTIVE_KINDS, ImportRefused, Policies
from jobs.ingest.polygons import PolygonIndex

UNLOCATED_SUFFIX: Final = "-U"
UNLOCATED_NAME: Final = "未定位"
UNLOCATED_NAME_EN: Final = "Unlocated"


@dataclass(slots=True)
class Area:
    """A node of the area tree, as much of it as ingest needs."""

    area_id: int
    code: str
    parent_id: int | None
    level: str
    depth: int
    kind: str
    name: str
    children: int = 0  # without 未定位


class Directory:
    """Looks names up and creates what a policy allows.

    Entries are by code first, then by Chinese or English name where that is unique. ``connection``
    is the write transaction of the moment; None makes a dry run, in which new entries get negative
    keys and exist in memory only.
    """

    def __init__(self, connection: Connection, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self.connection: Connection | None = None
        self.created: Counter[str] = Counter()
        self.areas: dict[int, Area] = {}
        self._area_by_code: dict[str, int] = {}
        self._area_by_name: dict[str, list[int]] = {}
        self._unlocated: dict[int, int] = {}
        self._next_fake = -1
        self._ids: dict[str, dict[str, int]] = {}
        self._labels: dict[str, dict[int, str]] = {}
        for row in read_areas(connection):
            self._keep_area(_area(row))
        for table in (categories, departments, sources):
            known = self._ids[table.name] = {}
            rows = read_named(connection, table)
            key = next(iter(table.primary_key.columns)).name
            self._labels[table.name] = {row[key]: row["name_zh"] for row in rows}
            for row in rows:
                for text in (row["name_en"], row["name_zh"]):
                    if text:
                        known.setdefault(text, row[key])
            known.update({row["code"]: row[key] for row in rows})
        self._polygons: PolygonIndex | None = None

    # Areas

    @property
    def root(self) -> Area:
        """The city. Raises ImportRefused where the store has no area tree."""
        for area in self.areas.values():
            if area.parent_id is None:
                return area
        raise ImportRefused(
            "the store has no area tree: describe one under [[areas]] in the mapping, or load a"
            " demo city"
        )

    def find_area(self, text: str, level: str = "") -> int | None:
        """The area with this code or unique name, of one level if given; None if there is none."""
        found = self._area_by_code.get(text)
        if found is not None and (not level or self.areas[found].level == level):
            return found
        named = self._area_by_name.get(text, ())
        fitting = [number for number in named if not level or self.areas[number].level == level]
        return fitting[0] if len(fitting) == 1 else None

    def is_ambiguous(self, text: str, level: str = "") -> bool:
        """Whether several areas of the level have this name."""
        named = self._area_by_name.get(text, ())
        return sum(not level or self.areas[number].level == level for number in named) > 1

    def leaf_of(self, area_id: int) -> int:
        """The area itself where it is a leaf, else its 未定位 leaf, made when first needed."""
        area = self.areas[area_id]
        if area.kind == "unlocated" or not area.children:
            return area_id
        made = self._unlocated.get(area_id)
        if made is None:
            made = self.add_area(
                {
                    "code": area.code + UNLOCATED_SUFFIX,
                    "parent_id": area_id,
                    "level": "grid",
                    "depth": area.depth + 1,
                    "kind": "unlocated",
                    "name_zh": UNLOCATED_NAME,
                    "name_en": UNLOCATED_NAME_EN,
                }
            )
        return made

    def is_within(self, area_id: int, ancestor_id: int) -> bool:
        """Whether an area is the other one or lies below it."""
        step: int | None = area_id
        while step is not None:
            if step == ancestor_id:
                return True
            step = self.areas[step].parent_id
        return False

    def is_unlocated(self, area_id: int) -> bool:
        """Whether an area is a 未定位 leaf."""
        return self.areas[area_id].kind == "unlocated"

    def add_area(self, values: Row) -> int:
        """A new area; ``values`` are columns of ``areas``."""
        area_id = self._save(areas, values)
        self.created["unlocated area" if values["kind"] == "unlocated" else "area"] += 1
        self._keep_area(_area({**values, "area_id": area_id}))
        return area_id

    def polygons(self, connection: Connection) -> PolygonIndex:
        """The leaf areas' polygons, read once."""
        if self._polygons is None:
            self._polygons = PolygonIndex(read_polygons(connection))
        return self._polygons

    def set_polygons(self, index: PolygonIndex) -> None:
        """Polygons that are not in the store: those of a dry run."""
        self._polygons = index

    # Categories, departments, sources

    def find(self, table: Table, text: str) -> int | None:
        """The key of a code or name, None if unknown."""
        return self._ids[table.name].get(text)

    def add(self, table: Table, text: str, **values: object) -> int:
        """A new category, department or source called ``text``; its code is its name, shortened
        where it is too long for one."""
        if table.name == "sources":
            # 主动发现 is what workers, video and sensors find: either tells the other.
            values.setdefault("is_proactive", values.get("kind") in PROACTIVE_KINDS)
            values.setdefault("kind", "worker" if values["is_proactive"] else "public")
        code = fitted(text, longest(table.c.code))
        key = self._save(table, {"code": code, "name_zh": text, **values})
        self._ids[table.name][text] = key
        self._ids[table.name].setdefault(str(values.get("name_zh", text)), key)
        self._labels[table.name][key] = str(values.get("name_zh", text))
        self.created[_ENTRY_WORDS[table.name]] += 1
        return key

    def name_of_area(self, area_id: int | None) -> str:
        """An area as an event's text calls it."""
        return "" if area_id is None else f"{self.areas[area_id].code} {self.areas[area_id].name}"

    def name_of(self, table: Table, key: int | None) -> str:
        """The name of a category, department or source, for an event's text."""
        return "" if key is None else self._labels[table.name].get(key, "")

    def _save(self, table: Table, values: Row) -> int:
        if self.dry_run or self.connection is None:
            self._next_fake -= 1
            return self._next_fake
        return save_entry(self.connection, table, values)

    def _keep_area(self, area: Area) -> None:
        self.areas[area.area_id] = area
        self._area_by_code[area.code] = area.area_id
        if area.kind == "unlocated":
            if area.parent_id is not None:
                self._unlocated[area.parent_id] = area.area_id
            return
        self._area_by_name.setdefault(area.name, []).append(area.area_id)
        if area.parent_id is not None and area.parent_id in self.areas:
            self.areas[area.parent_id].children += 1


def _area(row: Row) -> Area:
    return Area(
        area_id=row["area_id"],
        code=row["code"],
        parent_id=row["parent_id"],
        level=row["level"],
        depth=row["depth"],
        kind=row["kind"],
        name=row["name_zh"],
    )


_ENTRY_WORDS: Final = {
    "categories": "category", "departments": "department", "sources": "source"
}  # fmt: skip


def name_key(
    directory: Directory, table: Table, text: str, policy: str
) -> tuple[int | None, str | None]:
    """(key, None), or (None, reason) where the name is unknown and the policy refuses it."""
    found = directory.find(table, text)
    if found is not None:
        return found, None
    if policy != "create":
        return None, f"unknown {_ENTRY_WORDS[table.name]} {text!r}"
    if len(text) > (most := longest(table.c.name_zh)):
        return None, f"a new {_ENTRY_WORDS[table.name]} of more than {most} characters"
    return directory.add(table, text), None


def find_place(
    directory: Directory,
    text: str,
    point_area: int,
    policies: Policies,
) -> tuple[int | None, str | None]:
    """The leaf a case hangs on: (area_id, None), or (None, reason) for a place that is refused.

    ``text`` is the area's code or name, "" for none; ``point_area`` the area its coordinates lie
    in, 0 for none. A blank place is always 未定位; an unknown one follows the policy.
    """
    if policies.locate == "point":
        return directory.leaf_of(point_area or directory.root.area_id), None
    if not text:
        return directory.leaf_of(directory.root.area_id), None
    named = directory.find_area(text, policies.area_level)
    if named is None:
        return _unknown_place(directory, text, policies)
    if point_area and policies.locate == "point_within" and directory.is_within(point_area, named):
        return directory.leaf_of(point_area), None
    return directory.leaf_of(named), None


def _unknown_place(
    directory: Directory, text: str, policies: Policies
) -> tuple[int | None, str | None]:
    if policies.unknown_area == "unlocated":
        return directory.leaf_of(directory.root.area_id), None
    if policies.unknown_area == "create":
        root = directory.root
        if len(text) > (most := longest(areas.c.code)):
            return None, f"unknown area, and more than {most} characters are no code"
        values = {
            "code": text,
            "parent_id": root.area_id,
            "level": policies.area_level or "grid",
            "depth": root.depth + 1,
            "kind": "general",
            "name_zh": text,
        }
        return directory.add_area(values), None
    if directory.is_ambiguous(text, policies.area_level):
        return None, f"several areas are called {text!r}: give the code"
    return None, f"unknown area {text!r}"
