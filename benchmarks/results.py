"""Figures: timed rounds, percentiles, a table on the terminal and one JSON line each on disk."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

Row = dict[str, Any]


def timed_rounds(
    tasks: Mapping[str, Callable[[], Any]], *, rounds: int, warm_up: int = 3
) -> dict[str, list[float]]:
    """Milliseconds of each task in each round. Rounds are interleaved, so that a busy second of the
    machine falls on all tasks alike; only ratios within one run are worth comparing."""
    for _ in range(warm_up):
        for task in tasks.values():
            task()
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            taken[name].append((time.perf_counter() - started) * 1000)
    return taken


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile of a sample; NaN for an empty one."""
    return float(np.percentile(values, percent)) if len(values) else float("nan")


class Results:
    """Collects rows of one run; prints them as they come and keeps them in a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "results.jsonl"
        self._console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
        self._run: Row = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": " ".join(["./yiwang", "bench", *sys.argv[1:]]),
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
        }

    def add(self, part: str, title: str, rows: Sequence[Row]) -> None:
        """Print ``rows`` (all with the same keys) as a table and append them to the file."""
        if not rows:
            return
        load = os.getloadavg()[0]
        table = Table(title=f"{title}   (load {load:.1f})", title_justify="left")
        for name, value in rows[0].items():
            table.add_column(name, justify="left" if isinstance(value, str) else "right")
        for row in rows:
            table.add_row(*(_shown(value) for value in row.values()))
        self._console.print(table)
        with self._file.open("a", encoding="utf-8") as file:
            for row in rows:
                line = {**self._run, "load": round(load, 2), "part": part, "title": title, **row}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
