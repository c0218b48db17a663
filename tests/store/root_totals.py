"""What the rollups hold for the whole city over all time."""

from __future__ import annotations

from sqlalchemy import Engine

from data_access.engine import begin_read
from data_access.rollup_reads import read_root, read_sums


def root_totals(engine: Engine) -> dict[str, int]:
    """Measure → sum over all time of the root of the tree."""
    with begin_read(engine) as connection:
        root = read_root(connection)
        assert root is not None
        sums = read_sums(connection, root.area_id, {"all": [(0, 0)]}, with_children=False)
    return dict(sums[root.area_id, "all"])
