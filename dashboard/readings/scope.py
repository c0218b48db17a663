"""Scope 数据权限: which part of the area tree a viewer may see.

The first part of every cache key and of every question; there is no reading without one. Until
accounts exist every viewer has the whole tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.readings.shelf import NoAnswerError
from data_access.rollup_reads import AreaRow


class OutsideScopeError(NoAnswerError):
    """The area lies outside what the viewer may see."""


@dataclass(frozen=True)
class Scope:
    """The subtrees a viewer may see, by the ids of their tops; None: everything."""

    tops: tuple[int, ...] | None = None

    @property
    def key(self) -> str:
        """What tells this scope's answers from those of another."""
        return "*" if self.tops is None else ",".join(map(str, sorted(self.tops)))

    def check(self, area: AreaRow) -> None:
        """Raise OutsideScopeError unless the area lies in one of the subtrees."""
        if self.tops is not None and not set(self.tops) & set(area.line):
            raise OutsideScopeError(area.code)


EVERYTHING = Scope()
