"""Reading CSV, CSV.GZ and XLSX row by row, and finding out beforehand whether they can be read."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TextIO, cast

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from jobs.ingest.encodings import detect_encoding
from jobs.ingest.incoming import ImportRefused, Problem

SUFFIXES: Final = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx")
_LONGEST_CELL: Final = 1_000_000
_DELIMITERS: Final = ",;\t|"
# What the readers raise for files that are cut off, damaged or of another kind (SyntaxError: XML).
_DAMAGED: Final = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError,
    InvalidFileException,
)  # fmt: skip


class TableRow(NamedTuple):
    """A row as a person counts (the header is row 1), its cells and what is wrong with them."""

    row_no: int
    cells: list[Any]
    problems: list[Problem]


class ForeignTable:
    """A file with a header and rows. Opening reads it through once and refuses what is broken.

    ``columns`` are the header's names, ``row_count`` the rows below it. Raises ImportRefused, with
    row and column where there is one, for a file that is missing, of another kind, damaged, not in
    its encoding or without a header. Memory stays bounded: a row at a time.
    """

    def __init__(
        self, path: Path, *, encoding: str = "auto", delimiter: str = "", sheet: str = ""
    ) -> None:
        self.path = path
        self._sheet = sheet
        self.is_workbook = path.name.lower().endswith(".xlsx")
        if not path.is_file():
            raise ImportRefused(f"{path}: there is no such file")
        if not path.name.lower().endswith(SUFFIXES):
            raise ImportRefused(f"{path.name}: can read {', '.join(SUFFIXES)} only")
        if not self.is_workbook:
            sample = self._sample()
            self.encoding = detect_encoding(sample) if encoding == "auto" else encoding
            if self.encoding == "utf-8":
                self.encoding = "utf-8-sig"  # the same, less a byte order mark
            text = sample.decode(self.encoding, errors="replace")
            self._delimiter = delimiter or _delimiter_of(text.partition("\n")[0])
        self.columns: list[str] = []
        self.row_count = 0
        self._read_through()

    def rows(self) -> Iterator[TableRow]:
        """Every row below the header; blank rows are passed over."""
        reading = self._workbook_rows() if self.is_workbook else self._text_rows()
        width = len(self.columns)
        for row_no, cells, problems in reading:
            if row_no == 1 or not any(cell not in (None, "") for cell in cells):
                continue
            if len(cells) > width and not any(cell not in (None, "") for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) != width and not self.is_workbook:
                reason = f"has {len(cells)} cells, the header has {width}"
                problems = [*problems, Problem("", "", reason, "wrong number of cells")]
            cells = cells + [None] * (width - len(cells))
            yield TableRow(row_no, cells, problems)

    def _read_through(self) -> None:
        reading = self._workbook_rows() if self.is_workbook else self._text_rows()
        try:
            for row_no, cells, _ in reading:
                if row_no == 1:
                    self.columns = _header(cells, self.path.name)
                elif any(cell not in (None, "") for cell in cells):
                    self.row_count += 1
        except UnicodeDecodeError as error:
            raise ImportRefused(self._broken_text()) from error
        except csv.Error as error:
            raise ImportRefused(
                f"{self.path.name}: row {self.row_count + 2}: not readable as CSV: {error}"
            ) from error
        except _DAMAGED as error:
            raise ImportRefused(
                f"{self.path.name}: damaged or no {self._kind()}: {error}"
            ) from error
        if not self.columns:
            raise ImportRefused(f"{self.path.name}: empty, not even a header row")

    def _kind(self) -> str:
        if self.is_workbook:
            return "XLSX workbook"
        return "gzip file" if self.path.name.lower().endswith(".gz") else "text file"

    # Text

    def _sample(self) -> bytes:
        try:
            with self._open_binary() as file:
                sample = file.read(1 << 20)
        except (OSError, EOFError, zlib.error) as error:
            raise ImportRefused(
                f"{self.path.name}: damaged or no {self._kind()}: {error}"
            ) from error
        if sample.startswith(b"PK\x03\x04"):
            raise ImportRefused(f"{self.path.name}: is a ZIP or XLSX file, not text: rename it")
        if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportRefused(f"{self.path.name}: is UTF-16; save it as UTF-8")
        if b"\x00" in sample:
            raise ImportRefused(f"{self.path.name}: not a text file (it holds zero bytes)")
        return sample

    def _open_binary(self) -> BinaryIO:
        if self.path.name.lower().endswith(".gz"):
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        return self.path.open("rb")

    @contextmanager
    def _open_text(self, errors: str = "strict") -> Iterator[TextIO]:
        with (
            self._open_binary() as file,
            io.TextIOWrapper(file, encoding=self.encoding, errors=errors, newline="") as text,
        ):
            yield text

    def _text_rows(self, errors: str = "strict") -> Iterator[TableRow]:
        csv.field_size_limit(_LONGEST_CELL)
        with self._open_text(errors) as text:
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            for row_no, cells in enumerate(reader, start=1):
                yield TableRow(row_no, cells, [])

    def _broken_text(self) -> str:
        """Where the first bytes stand that are not text of the encoding."""
        name = self.encoding.removesuffix("-sig")
        columns: list[str] = []
        for row_no, cells, _ in self._text_rows("surrogateescape"):
            for number, cell in enumerate(cells):
                wrong = [
                    f"0x{ord(sign) - 0xDC00:02x}" for sign in cell if "\udc80" <= sign <= "\udcff"
                ]
                if wrong:
                    column = columns[number] if number < len(columns) else f"number {number + 1}"
                    return (
                        f"{self.path.name}: row {row_no}, column {column!r}: bytes"
                        f" {' '.join(wrong[:4])} are not {name}; nothing was imported"
                    )
            columns = columns or cells
        return f"{self.path.name}: ends in the middle of a {name} character; nothing was imported"

    # Workbooks

    def _workbook_rows(self) -> Iterator[TableRow]:
        # Values and formulas cannot be read in one pass; two read-only passes go side by side.
        with self._open_sheet(data_only=True) as values, self._open_sheet(data_only=False) as texts:
            pairs = zip(
                values.iter_rows(values_only=True), texts.iter_rows(values_only=True), strict=False
            )
            for row_no, (cells, formulas) in enumerate(pairs, start=1):
                problems = [
                    self._formula_problem(number, formula, row_no)
                    for number, (cell, formula) in enumerate(zip(cells, formulas, strict=False))
                    if cell is None and formula is not None
                ]
                yield TableRow(row_no, list(cells), problems)

    def _formula_problem(self, number: int, formula: object, row_no: int) -> Problem:
        name = self.columns[number] if number < len(self.columns) else str(number + 1)
        cell = f"{get_column_letter(number + 1)}{row_no}"
        reason = (
            f"cell {cell} is a formula without a stored value: open the file in a spreadsheet"
            " program and save it, or paste the values"
        )
        shown = str(getattr(formula, "text", formula))
        return Problem(name, shown[:200], reason, "formula without a value")

    @contextmanager
    def _open_sheet(self, *, data_only: bool) -> Iterator[Any]:
        book = load_workbook(self.path, read_only=True, data_only=data_only)
        try:
            if self._sheet and self._sheet not in book.sheetnames:
                listed = ", ".join(book.sheetnames)
                raise ImportRefused(
                    f"{self.path.name}: no sheet {self._sheet!r}; there are {listed}"
                )
            sheet = book[self._sheet] if self._sheet else book.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong size and rows would be missed
            yield sheet
        finally:
            book.close()


def _delimiter_of(header: str) -> str:
    """The sign that parts the header most often; a comma where none does."""
    return max(_DELIMITERS, key=header.count)


def _header(cells: list[Any], name: str) -> list[str]:
    columns = ["" if cell is None else str(cell).strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise ImportRefused(f"{name}: row 1: column {twice[0]!r} is there twice")
    return columns
