"""Small parts of case lists: addresses, masks, files, and where a point lies."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from dashboard.components.case_marks import case_href, light_view, number_href
from dashboard.readings.case_export import csv_chunks
from dashboard.readings.case_place import is_inside, outer_ring
from dashboard.readings.case_story import shown_actor
from dashboard.readings.masking import hidden_address, hidden_name, hidden_phone, hidden_text
from dashboard.readings.sheet_file import xlsx_chunks
from dashboard.readings.view import SliceCodes
from dashboard.shell.first_paint import first_paint


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("2106022026111800016", "/case/2106022026111800016?lang=zh"),
        ("A-1.b_2", "/case/A-1.b_2?lang=zh"),
        ("沪12/3", "/case/7?lang=zh"),
        ("..", "/case/7?lang=zh"),
        ("", "/case/7?lang=zh"),
        ("a b", "/case/7?lang=zh"),
    ],
)
def test_a_code_that_an_address_cannot_carry_gives_way_to_the_id(code: str, address: str) -> None:
    assert case_href({"case_code": code, "case_id": 7}, "zh") == address


def test_a_number_leads_to_exactly_its_cases() -> None:
    where = {"area": "A 1", "window": "d30", "lang": "en"}
    href = number_href("case.open", "numerator", codes=SliceCodes(source="s&1"), **where)
    assert href == "/cases?number=case.open&area=A+1&window=d30&lang=en&source=s%261"
    assert "part=denominator" in number_href("case.rework_rate", "denominator", **where)
    assert number_href("case.rework_rate", "excluded", **where) == ""


@pytest.mark.parametrize(
    ("light", "text", "shown"),
    [
        ("red", "超期 3 工作时 0 分", "超期3 工作时 0 分"),
        ("red", "已超期", "超期"),
        ("red", "", "超期2天0小时"),
        ("yellow", "", "临期剩余"),
        ("paused", "挂账中，剩 1 工作时 0 分", "挂账中，剩 1 工作时 0 分"),
        ("none", "无时限", "无时限"),
    ],
)
def test_a_light_says_its_name_once(light: str, text: str, shown: str) -> None:
    day = 86_400_000
    now = 5 * day if light == "red" else 2 * day
    row = {"light": light, "remaining": text, "deadline_ms": 3 * day}
    html = first_paint(light_view(row, "zh", now))
    plain = "".join(part.split(">")[-1] for part in html.split("<")).replace(" ", "")
    assert shown.replace(" ", "") in plain
    assert plain.count("超期") <= 1


def test_nobody_can_be_told_from_what_is_shown() -> None:
    assert (hidden_name("王小明"), hidden_name(None)) == ("王**", "")
    assert hidden_phone("139-1234-5678") == "139****78"
    assert (hidden_phone("110"), hidden_phone("")) == ("****", "")
    assert hidden_address("和平路12号3单元501室") == "和平路*号*单元*室"
    assert hidden_address("五一广场十八号楼B座") == "五一广场*号楼*座"
    assert (
        hidden_text("请电13912345678或0452-8123456，证号23010219900101123X。")
        == "请电****或****，证号****。"
    )
    assert hidden_text("井盖缺3个") == "井盖缺3个"
    assert (shown_actor("派遣员"), shown_actor("热线座席12"), shown_actor("李四")) == (
        "派遣员", "热线座席12", "李*",
    )  # fmt: skip


def test_a_file_without_a_row_still_has_its_heading() -> None:
    assert b"".join(csv_chunks([["a", "b"]])) == "\ufeffa,b\r\n".encode()
    sheet = load_workbook(io.BytesIO(b"".join(xlsx_chunks([["a", "b"]]))))["1"]
    assert [cell.value for cell in sheet[1]] == ["a", "b"] and sheet.max_row == 1


@pytest.mark.parametrize(
    ("start", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A", "'@A"),
        ("\t=1", "'\t=1"),
        ("a=", "a="),
    ],
)
def test_a_formula_is_text_in_a_file(start: str, written: str) -> None:
    text = b"".join(csv_chunks([["h"], [start]])).decode("utf-8-sig")
    assert text == f"h\r\n{written}\r\n"


def test_a_sheet_that_is_full_goes_on_in_the_next() -> None:
    moment = datetime(2026, 3, 1, 23, 59, 30)
    table = [["code", "at"], *([f"<{n}>&\x0b", moment] for n in range(25))]
    book = load_workbook(io.BytesIO(b"".join(xlsx_chunks(table, rows_of_a_sheet=11))))
    rows = [tuple(row) for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [sheet.max_row for sheet in book] == [11, 11, 6]
    assert {sheet["A1"].value for sheet in book} == {"code"}
    assert rows == [(f"<{n}>&", moment) for n in range(25)]


def test_a_full_last_sheet_opens_no_empty_one() -> None:
    table = [["h"], *([str(n)] for n in range(4))]
    book = load_workbook(io.BytesIO(b"".join(xlsx_chunks(table, rows_of_a_sheet=5))))
    assert [sheet.max_row for sheet in book] == [5]


def test_a_point_lies_in_a_ring() -> None:
    hook = outer_ring('{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[2,1],[0,4],[0,0]]]}')
    assert is_inside((0.5, 2.0), hook)
    assert not is_inside((2.0, 3.0), hook)
    assert outer_ring(None) == []
