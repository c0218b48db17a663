"""Exports of case lists 导出: CSV and XLSX, written while they are read, every row of the list.

Personal data stay as the screen has them: no names, no telephones, addresses and long numbers
hidden. A cell of a CSV file that a spreadsheet would take for a formula gets an apostrophe; in an
XLSX file every text is marked as text.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from dashboard.readings.case_question import CaseQuestion
from dashboard.readings.case_search import case_filter, list_order, shown_rows
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.sheet_file import xlsx_chunks
from dashboard.readings.view import find_area
from dashboard.words import word
from data_access.case_search import stream_case_list
from data_access.engine import begin_read

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

FORMATS: Final = ("csv", "xlsx")
MOST_AT_ONCE: Final = 2  # each holds a snapshot of the store open while it runs
_CHUNK: Final = 2_000
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_MOMENTS: Final = ("reported", "accepted", "deadline", "handled", "closed")
_running = threading.BoundedSemaphore(MOST_AT_ONCE)

Cell = str | datetime | None


class BusyError(Exception):
    """As many exports as are allowed run already."""


def export_chunks(
    reader: Reader, question: CaseQuestion, kind: str, *, scope: Scope = EVERYTHING
) -> Generator[bytes, None, None]:
    """The file of a list in pieces, in one snapshot; ``kind`` is one of FORMATS.

    What cannot be asked is told before the first piece: BusyError, UnknownAreaError,
    UnknownSliceError, NoCaseListError. Close it when it is not read to its end.
    """
    if not _running.acquire(blocking=False):
        raise BusyError
    pieces = _pieces(reader, question, kind, scope)
    try:
        first = next(pieces)
    except BaseException:
        pieces.close()
        raise
    return _joined(first, pieces)


def _joined(first: bytes, rest: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    with closing(rest):
        yield first
        yield from rest


def _pieces(
    reader: Reader, question: CaseQuestion, kind: str, scope: Scope
) -> Generator[bytes, None, None]:
    try:
        with closing(_table(reader, question, scope)) as table:
            writer = xlsx_chunks if kind == "xlsx" else csv_chunks
            yield from writer(table)
    finally:
        _running.release()


def _table(
    reader: Reader, question: CaseQuestion, scope: Scope
) -> Generator[list[Cell], None, None]:
    """The heading and then every row of the list; moments in the city's own time, without zone."""
    settings, lang = reader.settings, question.lang
    with begin_read(reader.engine) as connection:
        area = find_area(connection, scope, question.area or None)
        wanted = case_filter(connection, question, area, settings=settings, now=reader.now())
        rows = stream_case_list(connection, wanted, list_order(question, is_short=True))
        places: dict[str, str] = {}
        yield [word(f"cases.column.{name}", lang) for name in file_columns(question)]
        while chunk := list(islice(rows, _CHUNK)):
            shown = shown_rows(
                connection, chunk, area, settings=settings, as_of=wanted.span.as_of, lang=lang,
                places=places,
            )  # fmt: skip
            for row in shown:
                yield [
                    file_cell(row, name, lang=lang, zone=settings.city_zone)
                    for name in file_columns(question)
                ]


def file_columns(question: CaseQuestion) -> tuple[str, ...]:
    """The columns of the file: those on the screen, always with the case's code."""
    return question.columns if "code" in question.columns else ("code", *question.columns)


def file_cell(row: dict[str, Any], column: str, *, lang: str, zone: tzinfo) -> Cell:
    """A shown row's value in a column; "" for nothing."""
    if column in _MOMENTS:
        return _local(row[f"{column}_ms"], zone)
    if column == "code":
        return str(row["case_code"])
    if column == "state":
        return str(row["state_name"])
    if column == "remaining":
        light = word(f"cases.light.{row['light']}", lang)
        return f"{light} {row['remaining'].removeprefix(light).strip()}".strip()
    if column == "marks":
        return " ".join(word(f"cases.mark.{name}", lang) for name in row["marks"])
    return str(row[column])


def _local(at_ms: int | None, zone: tzinfo) -> datetime | None:
    if at_ms is None:
        return None
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return moment.astimezone(zone).replace(tzinfo=None)


def csv_chunks(table: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """CSV in UTF-8 with a mark at its beginning, so that spreadsheets read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for number, row in enumerate(table, start=1):
        writer.writerow([_csv_text(cell) for cell in row])
        if number == 1 or not number % _CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
