"""Part ``rebuild``: cases a second and peak memory of recomputing everything."""

from __future__ import annotations

from benchmarks.results import Results
from benchmarks.stores import Store, measured_rebuild


def run_rebuild(stores: list[Store], results: Results) -> None:
    """Rebuild each store once, each in a process of its own."""
    rows = []
    for store in stores:
        figures = measured_rebuild(store)
        rows.append(
            {
                "engine": store.engine_name,
                "cases": figures.cases,
                "seconds": figures.seconds,
                "cases/s": figures.cases / figures.seconds,
                "peak MB": figures.peak_bytes / 1e6,
                "store MB": store.size_bytes() / 1e6,
            }
        )
    results.add("rebuild", "rebuild", rows)
