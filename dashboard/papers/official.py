"""The layout of an official paper 公文版式: A4, margins, type sizes and fonts of GB/T 9704-2012.

The standard's own text was not at hand; figures as domain section 4 quotes them: head margin 37 mm,
binding margin 28 mm, type area 156 × 225 mm, body 3号仿宋, title 2号小标宋, 22 lines a page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, HEADING, BODY, KAI = "方正小标宋简体", "黑体", "仿宋", "楷体"
# What to take where a font is not installed; a word processor reads these from the font table.
FALLBACKS: Final = {
    TITLE: "FZXiaoBiaoSong-B05S, 小标宋体, 华文中宋, STZhongsong, 宋体, Noto Serif CJK SC",
    HEADING: "SimHei, 华文黑体, STHeiti, Noto Sans CJK SC",
    BODY: "FangSong, 仿宋_GB2312, 华文仿宋, STFangsong, Noto Serif CJK SC",
    KAI: "KaiTi, 楷体_GB2312, 华文楷体, STKaiti, Noto Serif CJK SC",
}
TITLE_SIZE, BODY_SIZE, TABLE_SIZE = Pt(22), Pt(16), Pt(14)
LINE: Final = Pt(29)  # 225 mm over 22 lines
_CHARACTER: Final = 16  # points, one character of the body


def new_document(*, title: str, author: str, at: datetime) -> DocumentType:
    """An empty paper with page, body style, fonts with fallbacks and properties."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal: Any = document.styles["Normal"]
    normal.font.size = BODY_SIZE
    normal.font.name = "Times New Roman"
    _set_east_asian(normal.element.get_or_add_rPr(), BODY)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = LINE
    normal.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    properties.created = properties.modified = at.replace(tzinfo=None)
    _name_fallbacks(document)
    return document


def add_line(
    document: DocumentType,
    text: str,
    *,
    font: str = BODY,
    size: Pt = BODY_SIZE,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    indent: int = 0,
    right: int = 0,
) -> Paragraph:
    """A paragraph; ``indent`` of its first line and ``right`` in characters of the body."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.first_line_indent = Pt(_CHARACTER * indent)
    paragraph.paragraph_format.right_indent = Pt(_CHARACTER * right)
    set_font(paragraph.add_run(text), font, size)
    return paragraph


def set_font(run: Run, font: str, size: Pt) -> None:
    """A run in a Chinese font; letters and figures in the font of the body."""
    run.font.size = size
    _set_east_asian(run._element.get_or_add_rPr(), font)


def _set_east_asian(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:ascii"), "Times New Roman")
    fonts.set(qn("w:hAnsi"), "Times New Roman")


def _name_fallbacks(document: DocumentType) -> None:
    """Put the fonts and what stands in for them into the document's own font table."""
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            fonts = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{instead}"/>'
                '<w:charset w:val="86"/></w:font>'
                for name, instead in FALLBACKS.items()
            )
            blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
            part._blob = blob
