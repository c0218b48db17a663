"""What a rebuild keeps on disk while it computes, so that memory does not grow with the city.

Facts are summed a part of the city at a time (the areas right below the root): everything but the
root's own rows is then complete within a part.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.kpis.rolling import (
    Contribution,
    RollupRows,
    Sums,
    Tree,
    merge_rows,
    merge_sums,
    roll_up,
    sum_facts,
)


@dataclass(kw_only=True)
class Spill:
    """Sums and contributions in files of a folder that its owner deletes."""

    folder: Path
    tree: Tree
    break_down_depth: int
    sums: dict[int, list[Path]] = field(default_factory=dict)
    rows: list[Path] = field(default_factory=list)
    applied: list[Path] = field(default_factory=list)
    files: int = 0

    def add(self, contribution: Contribution, applied: dict[str, Any]) -> None:
        """Keep one chunk of cases: their facts summed by part, and what they contribute."""
        top, _ = self.tree.ancestors(contribution.area_id, 1)
        for part in np.unique(top).tolist():
            chosen = top == part
            own = Contribution(
                **{name: column[chosen] for name, column in vars(contribution).items()}
            )
            sums = sum_facts(own, self.tree, break_down_depth=self.break_down_depth)
            self.sums.setdefault(part, []).append(self._write(sums))
        self.applied.append(self._write(applied))

    def roll_up(self) -> Iterator[float]:
        """Lift the parts to rows, one after the other; gives the share done after each."""
        root_rows: list[RollupRows] = []
        for number, paths in enumerate(self.sums.values(), start=1):
            rows = roll_up(merge_sums([_read(path) for path in paths]), self.tree)
            for path in paths:
                path.unlink()
            of_root, below = _split(rows, self._root())
            root_rows = [merge_rows([*root_rows, of_root])]
            self.rows.append(self._write(below))
            yield number / len(self.sums)
        self.rows += [self._write(rows) for rows in root_rows]

    def each_rows(self) -> Iterator[RollupRows]:
        """The finished rows, a part at a time."""
        for path in self.rows:
            yield _read(path)

    def each_applied(self) -> Iterator[dict[str, Any]]:
        """The contributions, a chunk of cases at a time."""
        for path in self.applied:
            yield _read(path)

    def _root(self) -> int:
        return next(iter(self.tree.lines.values()))[0] if self.tree.lines else 0

    def _write(self, content: Sums | RollupRows | dict[str, Any]) -> Path:
        self.files += 1
        path = self.folder / f"{self.files}.pickle"
        with path.open("wb") as file:
            pickle.dump(content, file, protocol=5)
        return path


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)  # our own file, written a moment ago


def _split(rows: RollupRows, root: int) -> tuple[RollupRows, RollupRows]:
    """(the root's rows, all others)."""
    in_area, in_break = rows.area_keys[:, 0] == root, rows.break_keys[:, 0] == root

    def chosen(area: Any, broken: Any) -> RollupRows:
        return RollupRows(
            area_keys=rows.area_keys[area],
            area_sums=rows.area_sums[area],
            break_keys=rows.break_keys[broken],
            break_sums=rows.break_sums[broken],
        )

    return chosen(in_area, in_break), chosen(~in_area, ~in_break)
