"""Slices 切片: the cases of one category, source or department, inside any area and window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select, true

from data_access.tables import cases, categories, departments, sources
from data_access.types import is_storable

# The code that asks for the cases no department is in charge of 未派发.
NO_DEPARTMENT = "-"


class UnknownMemberError(LookupError):
    """There is no category, source or department with this code; says which."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Which cases are counted; None is all of them.

    ``category_ids``: a category and everything below it; ``department_id`` 0: nobody in charge.
    """

    category_ids: tuple[int, ...] | None = None
    source_id: int | None = None
    department_id: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.category_ids is None and self.source_id is None and self.department_id is None

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
        return found


EVERY_CASE = Slice()


def read_slice(
    connection: Connection,
    *,
    category: str | None = None,
    source: str | None = None,
    department: str | None = None,
) -> Slice:
    """The slice of these codes; None and "" do not cut. Raises UnknownMemberError."""
    category_id = _member(connection, categories, category)
    department_id = (
        0 if department == NO_DEPARTMENT else _member(connection, departments, department)
    )
    return Slice(
        category_ids=None if category_id is None else _with_below(connection, category_id),
        source_id=_member(connection, sources, source),
        department_id=department_id,
    )


def read_cut_names(
    connection: Connection,
    *,
    category: str | None = None,
    source: str | None = None,
    department: str | None = None,
) -> dict[str, tuple[str, str | None]]:
    """Dimension → (Chinese, English) name of each member that is named by its code and known."""
    found = {}
    named = (
        ("category", categories, category),
        ("source", sources, source),
        ("department", departments, department),
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
    return and_(true(), *conditions)
