"""Notices 督办通知、催办通知、任务通知 as a page of DOCX: number, unit, fields, who signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from docx.document import Document as DocumentType
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt

from dashboard.papers.official import (
    BODY,
    HEADING,
    TABLE_SIZE,
    TITLE,
    TITLE_SIZE,
    add_line,
    new_document,
    set_font,
)

_LABEL_WIDTH, _TEXT_WIDTH = Mm(38), Mm(118)  # together the type area of 156 mm
# Left open on paper, to be filled in by hand as well.
_TALL: Final = {"反馈情况": Mm(26), "核销": Mm(16), "完成情况": Mm(26)}


def notice_docx(paper: Mapping[str, Any], *, at: datetime) -> bytes:
    """A notice as a DOCX file.

    ``paper``: title, number 发文字号, recipient 责任单位, lead, rows (label, text), unit and date
    of the one who issues it. ``at``: when it was issued, for the file's properties.
    """
    document = new_document(title=paper["number"], author=paper["unit"], at=at)
    add_line(
        document, paper["title"], font=TITLE, size=TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER
    ).paragraph_format.line_spacing = Pt(36)
    add_line(document, paper["number"], align=WD_ALIGN_PARAGRAPH.CENTER)
    add_line(document, "")
    add_line(document, f"{paper['recipient']}：")
    add_line(document, paper["lead"], indent=2)
    _table(document, paper["rows"])
    add_line(document, "")
    add_line(document, paper["unit"], align=WD_ALIGN_PARAGRAPH.RIGHT, right=2)
    add_line(document, paper["date"], align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _table(document: DocumentType, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for label, text in rows:
        row = table.add_row()
        row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        row.height = _TALL.get(label, Mm(9))
        for cell, content, width, font in (
            (row.cells[0], label, _LABEL_WIDTH, HEADING),
            (row.cells[1], text, _TEXT_WIDTH, BODY),
        ):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            paragraph.paragraph_format.line_spacing = Pt(24)
            set_font(paragraph.add_run(content), font, TABLE_SIZE)
