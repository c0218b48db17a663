"""Rows of a register 台账 from CSV or XLSX, as people keep it, and what is wrong with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jobs.ingest.incoming import ImportRefused, Problem
from jobs.ingest.tables import ForeignTable

# Our field → what files call it; the first is the name in messages.
Columns = Mapping[str, tuple[str, ...]]

_MOMENTS: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")


@dataclass(slots=True)
class RegisterRow:
    """One row; ``row_no`` counts as a person does: the header is row 1."""

    row_no: int
    cells: Mapping[str, Any]
    columns: Columns
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str, *, most: int = 0, needed: bool = False) -> str:
        """The trimmed text of a cell; ``most``: its longest length, 0 for any."""
        value = self.cells.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a number of a spreadsheet
        found = "" if value is None else unicodedata.normalize("NFC", str(value)).strip()
        if needed and not found:
            self.refuse(name, "is missing", "missing")
        if most and len(found) > most:
            self.refuse(name, f"longer than {most} characters", "too long")
        return found

    def moment(self, name: str, zone: ZoneInfo, *, needed: bool = False) -> datetime | None:
        """An aware UTC instant out of the city's date and time; None for an empty cell."""
        value = self.cells.get(name)
        if isinstance(value, datetime):
            return _aware(value, zone)
        told = self.text(name, needed=needed)
        if not told:
            return None
        for pattern in _MOMENTS:
            try:
                return _aware(datetime.strptime(told, pattern), zone)
            except ValueError:
                continue
        try:
            return _aware(datetime.fromisoformat(told), zone)
        except ValueError:
            self.refuse(name, "no date and time: write 2026-12-01 08:30", "unreadable time")
            return None

    def count(self, name: str) -> int | None:
        """A whole number from zero up."""
        told = self.text(name, needed=True)
        if told.isascii() and told.isdecimal() and len(told) < 9:
            return int(told)
        if told:
            self.refuse(name, "no whole number", "no number")
        return None

    def choice(self, name: str, known: Mapping[str, str]) -> str:
        """One of some names, by any of their spellings: spelling → name."""
        told = self.text(name, needed=True)
        if told and told not in known:
            self.refuse(name, f"is none of {', '.join(known)}", "unknown value")
        return known.get(told, "")

    def refuse(self, name: str, reason: str, kind: str) -> None:
        """Say what is wrong with one column."""
        value = self.cells.get(name)
        shown = "" if value is None else str(value)[:200]
        self.problems.append(Problem(self.columns[name][0], shown, reason, kind))


def _aware(given: datetime | date, zone: ZoneInfo) -> datetime:
    moment = given if isinstance(given, datetime) else datetime(given.year, given.month, given.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def read_register(
    path: Path, columns: Columns, needed: Sequence[str]
) -> tuple[list[RegisterRow], list[str]]:
    """(every row, names of the columns passed over). Raises ImportRefused for a file that cannot be
    read or lacks a needed column."""
    table = ForeignTable(path)
    field_of = {name: key for key, names in columns.items() for name in names}
    known = {number: field_of.get(name) for number, name in enumerate(table.columns)}
    lacking = [columns[name][0] for name in needed if name not in known.values()]
    if lacking:
        has = ", ".join(names[0] for names in columns.values())
        raise ImportRefused(f"{path.name}: no column {', '.join(lacking)}; such a file has {has}")
    rows = []
    for row_no, cells, problems in table.rows():
        values = {name: cells[number] for number, name in known.items() if name}
        rows.append(RegisterRow(row_no, values, columns, list(problems)))
    return rows, [name for number, name in enumerate(table.columns) if name and not known[number]]
