"""Slices 切片: the cases of one category, source, department or police grid 警格, in any area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select, true

from data_access.tables import areas, cases, categories, departments, sources
from data_access.types import is_storable

# The code that asks for the cases no department is in charge of 未派发.
NO_DEPARTMENT = "-"
# The code that asks for the cases of places that no police grid 警格 takes care of.
NO_POLICE = "-"


class UnknownMemberError(LookupError):
    """There is no category, source, department or police grid with this code; says which."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Which cases are counted; None is all of them.

    ``category_ids``: a category and everything below it; ``department_id`` 0: nobody in charge;
    ``police_id`` 0: places without a police grid. ``place_ids`` are the places of ``police_id``.
    """

    category_ids: tuple[int, ...] | None = None
    source_id: int | None = None
    department_id: int | None = None
    police_id: int | None = None
    place_ids: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.members

    @property
    def is_member(self) -> bool:
        """Whether it is one member of one dimension that the break-downs are kept by."""
        return len(self.members) == 1 and self.police_id is None

    @property
    def members(self) -> dict[str, tuple[int, ...]]:
        """The members of each dimension that is cut: dimension → ids."""
        found: dict[str, tuple[int, ...]] = {}
        if self.category_ids is not None:
            found["category"] = self.category_ids
        if self.source_id is not None:
            found["source"] = (self.source_id,)
        if self.department_id is not None:
            found["department"] = (self.department_id,)
        if self.police_id is not None:
            found["place"] = self.place_ids
        return found


EVERY_CASE = Slice()


def read_slice(
    connection: Connection,
    *,
    category: str | None = None,
    source: str | None = None,
    department: str | None = None,
    police: str | None = None,
) -> Slice:
    """The slice of these codes; None and "" do not cut. Raises UnknownMemberError."""
    police_id = 0 if police == NO_POLICE else _police_grid(connection, police)
    category_id = _member(connection, categories, category)
    department_id = (
        0 if department == NO_DEPARTMENT else _member(connection, departments, department)
    )
    return Slice(
        category_ids=None if category_id is None else _with_below(connection, category_id),
        source_id=_member(connection, sources, source),
        department_id=department_id,
        police_id=police_id,
        place_ids=() if police_id is None else _places(connection, police_id),
    )


def read_cut_names(
    connection: Connection,
    *,
    category: str | None = None,
    source: str | None = None,
    department: str | None = None,
    police: str | None = None,
) -> dict[str, tuple[str, str | None]]:
    """Dimension → (Chinese, English) name of each member that is named by its code and known."""
    found = {}
    named = (
        ("category", categories, category),
        ("source", sources, source),
        ("department", departments, department),
        ("police", areas, police),
    )
    for dimension, table, code in named:
        if code and is_storable(code):
            query = select(table.c.name_zh, table.c.name_en).where(table.c.code == code)
            if (row := connection.execute(query).one_or_none()) is not None:
                found[dimension] = (row[0], row[1])
    return found


def _member(connection: Connection, table: Table, code: str | None) -> int | None:
    if not code:
        return None
    found: int | None = None
    if is_storable(code):
        key = next(iter(table.primary_key.columns))
        found = connection.execute(select(key).where(table.c.code == code)).scalar_one_or_none()
    if found is None:
        raise UnknownMemberError(f"{table.name}: {code}")
    return found


def _police_grid(connection: Connection, code: str | None) -> int | None:
    found = _member(connection, areas, code)
    if found is not None:
        query = select(areas.c.hierarchy).where(areas.c.area_id == found)
        if connection.execute(query).scalar_one() != "police":
            raise UnknownMemberError(f"police grid: {code}")
    return found


def of_police(police_id: int) -> ColumnElement[bool]:
    """The condition on ``areas`` for the places of a police grid; 0: for those of none."""
    if police_id == 0:
        return and_(areas.c.police_area_id.is_(None), areas.c.hierarchy == "main")
    return areas.c.police_area_id == police_id


def _places(connection: Connection, police_id: int) -> tuple[int, ...]:
    query = select(areas.c.area_id).where(of_police(police_id)).order_by(areas.c.area_id)
    return tuple(connection.execute(query).scalars())


def _with_below(connection: Connection, category_id: int) -> tuple[int, ...]:
    """A category and its descendants, whatever the depth; a circle of parents ends."""
    above = select(categories.c.category_id).where(categories.c.category_id == category_id)
    tree = above.cte("below", recursive=True)
    children = select(categories.c.category_id).join(
        tree, categories.c.parent_id == tree.c.category_id
    )
    below = tree.union(children)
    return tuple(sorted(connection.execute(select(below.c.category_id)).scalars()))


def slice_condition(chosen: Slice) -> ColumnElement[bool]:
    """Cases in the slice, as a condition on ``cases``."""
    conditions: list[Any] = []
    if chosen.category_ids is not None:
        conditions.append(cases.c.category_id.in_(chosen.category_ids))
    if chosen.source_id is not None:
        conditions.append(cases.c.source_id == chosen.source_id)
    if chosen.department_id == 0:
        conditions.append(cases.c.department_id.is_(None))
    elif chosen.department_id is not None:
        conditions.append(cases.c.department_id == chosen.department_id)
    if chosen.police_id is not None:
        places = select(areas.c.area_id).where(of_police(chosen.police_id))
        conditions.append(cases.c.area_id.in_(places))
    return and_(true(), *conditions)
