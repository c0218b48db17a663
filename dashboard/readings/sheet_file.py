"""XLSX files written while their rows are read: nothing is kept, no row is lost.

A workbook is a ZIP of XML parts (ECMA-376). The parts are small and fixed but for the sheets, so
they are written here: libraries keep the whole workbook, or a file of it, before the first byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final
from xml.sax.saxutils import escape

ROWS_OF_A_SHEET: Final = 1_048_576  # as many as the format allows
_LONGEST_TEXT: Final = 32_767
_FLUSH: Final = 2_000
_EPOCH: Final = datetime(1899, 12, 30)  # day 0 of spreadsheets
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def xlsx_chunks(
    table: Iterable[Sequence[str | datetime | None]], *, rows_of_a_sheet: int = ROWS_OF_A_SHEET
) -> Iterator[bytes]:
    """The workbook of a table, its first row the heading, in pieces.

    A table that is too long for one sheet goes on in the next, with the same heading. Text cells
    are text, whatever they begin with; moments are naive and become dates.
    """
    sink = _Sink()
    rows = iter(table)
    heading = next(rows, [])
    sheets = 0
    following: Sequence[Any] | None = None
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        while sheets == 0 or following is not None:
            sheets += 1
            own = rows if following is None else chain([following], rows)
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as part:
                part.write(_sheet_head(len(heading)))
                part.write(_row(heading, 1, style=2))
                yield sink.taken()
                count = 1
                for row in _upto(own, rows_of_a_sheet - 1):
                    count += 1
                    part.write(_row(row, count))
                    if not count % _FLUSH:
                        yield sink.taken()
                part.write(b"</sheetData></worksheet>")
            following = next(rows, None)
        for name, content in _fixed_parts(sheets):
            archive.writestr(name, _HEAD + content)
    yield sink.taken()


def _upto(rows: Iterator[Any], most: int) -> Iterator[Any]:
    """The next ``most`` rows; nothing beyond them is taken from the iterator."""
    for _ in range(most):
        try:
            yield next(rows)
        except StopIteration:
            return


class _Sink(io.RawIOBase):
    """Where the archive writes; what has come is taken away again and again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """All that came since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _sheet_head(columns: int) -> bytes:
    frozen = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    widths = f'<cols><col min="1" max="{max(1, columns)}" width="20" customWidth="1"/></cols>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{frozen}{widths}<sheetData>'.encode()


def _row(cells: Sequence[str | datetime | None], number: int, *, style: int = 0) -> bytes:
    return f'<row r="{number}">{"".join(_cell(cell, style) for cell in cells)}</row>'.encode()


def _cell(value: str | datetime | None, style: int) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, datetime):
        days = (value - _EPOCH).total_seconds() / 86_400
        return f'<c s="1"><v>{days:.8f}</v></c>'
    text = escape(_NOT_XML.sub("", value)[:_LONGEST_TEXT])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _fixed_parts(sheets: int) -> Iterator[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    named = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
        f'Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES


# 0 plain, 1 moment, 2 heading.
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/>'
    '<xf fontId="1" applyFont="1" xfId="0"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
