"""Foreign cells to fields of a case: clean, translate, read times and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from data_access.types import to_epoch_ms
from jobs.ingest.coordinates import to_wgs84
from jobs.ingest.incoming import (
    FLAG_FIELDS,
    INSTANT_FIELDS,
    NUMBER_FIELDS,
    TIMING_FIELDS,
    ImportRefused,
    IncomingCase,
    Problem,
    Value,
)
from jobs.ingest.mapping import CaseMapping
from jobs.ingest.tables import TableRow

_INSTANTS: Final = frozenset(INSTANT_FIELDS + TIMING_FIELDS)
_NUMBERS: Final = frozenset(NUMBER_FIELDS)
_FLAGS: Final = frozenset(FLAG_FIELDS)

# Turns one cell into a value; raises ValueError with the reason.
Reader = Callable[[Any], Value]


class UnreadableTime(ValueError):
    """A cell that is no time in any of the mapping's formats."""


def field_reader(mapping: CaseMapping, name: str) -> Reader:
    """The conversion of one field's cell as the mapping describes it. Blank cells become None."""
    clean = mapping.clean.get(name)
    table = mapping.values.get(name)
    instant = _instant_reader(mapping, name) if name in _INSTANTS else None

    def read_instant(cell: Any) -> Value:
        if instant is None or not isinstance(cell, str) or not cell.strip():
            return read(cell)
        return instant(cell.strip())

    def read(cell: Any) -> Value:
        if instant is not None and isinstance(cell, datetime | date):
            return instant(cell)
        text = _text(cell)
        if clean is not None:
            text = clean(text)
        if table is not None:
            text = _translated(table, text)
        text = text.strip()
        if not text:
            return None
        if instant is not None:
            return instant(text)
        return _number(text) if name in _NUMBERS else text

    return read_instant if instant is not None and clean is None and table is None else read


def _translated(table: Mapping[str, str], text: str) -> str:
    key = text.strip()
    if key in table:
        return table[key]
    return table.get("*", text)  # "*" stands for every other value


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # spreadsheets keep 101 as 101.0
    return str(cell)


def _number(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        raise ValueError("not a number") from None


def _instant_reader(mapping: CaseMapping, name: str) -> Reader:
    zone = mapping.zone_of(name)
    formats = mapping.formats

    def read(cell: Any) -> Value:
        if isinstance(cell, datetime):
            return _in_zone(cell, zone)
        if isinstance(cell, date):
            return _in_zone(datetime(cell.year, cell.month, cell.day), zone)
        for pattern in formats:
            try:
                if pattern == "iso":
                    return _in_zone(datetime.fromisoformat(cell), zone)
                return _in_zone(datetime.strptime(cell, pattern), zone)
            except (ValueError, OverflowError):
                continue
        raise UnreadableTime(f"not a date in any of the formats {', '.join(formats)}")

    return read


def _in_zone(moment: datetime, zone: ZoneInfo) -> int:
    # A wall-clock time that occurs twice when clocks go back is taken as the first.
    return to_epoch_ms(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))


class CaseConverter:
    """Turns rows of one table into incoming cases.

    Raises ImportRefused when a column of the mapping is not in the table.
    """

    def __init__(self, mapping: CaseMapping, columns: Sequence[str], file_name: str) -> None:
        self._mapping = mapping
        check_columns(mapping, columns, file_name)
        self._plan = [
            (name, tuple(columns.index(c) for c in listed), field_reader(mapping, name))
            for name, listed in mapping.columns.items()
        ]
        self._names = {name: "/".join(listed) for name, listed in mapping.columns.items()}
        self._constants = {
            name: _constant(mapping, name, value)
            for name, value in mapping.constants.items()
            if name not in mapping.columns
        }

    def cases(self, rows: Iterator[TableRow]) -> Iterator[IncomingCase]:
        """One incoming case a row, with the problems found while reading it."""
        for row in rows:
            yield self.case(row)

    def case(self, row: TableRow) -> IncomingCase:
        """The case of one row."""
        fields: dict[str, Value] = dict(self._constants)
        problems = list(row.problems)
        reference = ""
        for name, places, read in self._plan:
            cell = row.cells[places[0]] if len(places) == 1 else _joined(row.cells, places)
            try:
                value = read(cell)
            except ValueError as error:
                value = None
                kind = "unreadable date" if isinstance(error, UnreadableTime) else str(error)
                problems.append(Problem(self._names[name], str(cell)[:200], str(error), kind))
            if name == "source_ref":
                reference = "" if value is None else str(value)
            else:
                fields[name] = value
        self._settle_position(fields)
        if fields.get("known_at", 0) is None:
            del fields["known_at"]
        return IncomingCase(row.row_no, reference, fields, self._names, problems)

    def _settle_position(self, fields: dict[str, Value]) -> None:
        longitude, latitude = fields.get("longitude"), fields.get("latitude")
        if not isinstance(longitude, float) or not isinstance(latitude, float):
            return
        if (longitude, latitude) in self._mapping.ignored_points:
            fields["longitude"] = fields["latitude"] = None
        elif self._mapping.system != "WGS-84":
            east, north = to_wgs84(longitude, latitude, self._mapping.system)
            fields["longitude"], fields["latitude"] = round(east, 6), round(north, 6)


def check_columns(mapping: CaseMapping, columns: Sequence[str], file_name: str) -> None:
    """Raises ImportRefused naming every column that the mapping wants and the file has not."""
    wanted = {column for listed in mapping.columns.values() for column in listed}
    missing = sorted(wanted - set(columns))
    if missing:
        raise ImportRefused(
            f"{file_name}: row 1: no column {', '.join(map(repr, missing))};"
            f" there are {', '.join(columns)}"
        )


def _constant(mapping: CaseMapping, name: str, value: Any) -> Value:
    if isinstance(value, datetime):
        return _in_zone(value, mapping.zone_of(name))
    if name in _FLAGS or isinstance(value, int | float | bool):
        return value if isinstance(value, bool) else float(value)
    return field_reader(mapping, name)(value)


def _joined(cells: Sequence[Any], places: tuple[int, ...]) -> str:
    return "/".join(text for place in places if (text := _text(cells[place]).strip()))
