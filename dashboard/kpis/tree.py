"""The area tree as numbers: ancestor lines and depth-first order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_access.frames import Ints


class AreaTreeError(ValueError):
    """The parents do not form a tree."""


@dataclass(frozen=True, kw_only=True)
class OrderedTree:
    """Every area with its line of ancestors and its depth-first range; one length throughout.

    A subtree is the areas whose ``first_order`` lies in [first_order, last_order] of its top.
    """

    area_id: Ints
    line: list[tuple[int, ...]]
    is_leaf: Ints
    first_order: Ints
    last_order: Ints


def order_tree(parents: Sequence[tuple[int, int | None]]) -> OrderedTree:
    """Number a forest given as (area, parent) in display order.

    No areas give an empty tree. Raises AreaTreeError for an unknown parent or a circle.
    """
    children: dict[int | None, list[int]] = {}
    known = {area for area, _ in parents}
    for area, parent in parents:
        if parent is not None and parent not in known:
            raise AreaTreeError(f"area {area} names the unknown parent {parent}")
        children.setdefault(parent, []).append(area)
    order: list[int] = []
    lines: dict[int, tuple[int, ...]] = {}
    last: dict[int, int] = {}
    stack: list[tuple[int, bool]] = [(root, False) for root in reversed(children.get(None, []))]
    above: tuple[int, ...] = ()
    while stack:
        area, done = stack.pop()
        if done:
            last[area] = len(order)
            above = above[:-1]
            continue
        order.append(area)
        above = (*above, area)
        lines[area] = above
        stack.append((area, True))
        stack += [(child, False) for child in reversed(children.get(area, []))]
    if len(order) != len(parents):
        lost = sorted(known - set(order))[:5]
        raise AreaTreeError(f"areas {lost} are their own ancestors or listed twice")
    return OrderedTree(
        area_id=np.array(order, dtype=np.int64),
        line=[lines[area] for area in order],
        is_leaf=np.array([area not in children for area in order], dtype=np.int64),
        first_order=np.arange(1, len(order) + 1, dtype=np.int64),
        last_order=np.array([last[area] for area in order], dtype=np.int64),
    )
