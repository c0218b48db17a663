"""The CSV file of refused rows, for the person who has to mend them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TextIO

from jobs.ingest.incoming import Problem, storable


class RejectsFile:
    """Row number, source's number, column, value and reason; made when the first row is refused.

    UTF-8 with a byte order mark, so that spreadsheet programs show Chinese.
    """

    def __init__(self, folder: Path, batch_id: int, origin: str) -> None:
        stem = re.sub(r"[^\w.-]+", "_", Path(origin).name)[:60]
        self._target = folder / f"batch-{batch_id}-{stem}.csv"
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, row_no: int, source_ref: str, problem: Problem) -> None:
        """Append one reason."""
        if self._file is None:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._target.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(["row", "case", "column", "value", "reason"])
            self.path = self._target
        cells = [source_ref, problem.column, problem.value, problem.reason]
        csv.writer(self._file).writerow([row_no, *map(_harmless, map(storable, cells))])

    def close(self) -> None:
        """Flush to disk."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "@", "\t") else text
