"""Components and the first paint: what a visitor reads before any script has run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from dash import dcc, html

from dashboard.components.board_page import board_page
from dashboard.components.counted_cases import CaseList, case_list_view
from dashboard.components.definition import definition_view
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import area_href
from dashboard.components.league import share
from dashboard.components.missing_page import missing_area
from dashboard.components.spans import due_text, number_text, span_text
from dashboard.components.tile import kpi_tile
from dashboard.readings.case_list import CasePage
from dashboard.readings.explain import Explanation
from dashboard.settings import Settings
from dashboard.shell.callbacks import read_request
from dashboard.shell.first_paint import first_paint
from tests.unit.sample_board import AS_OF_MS, sample_board, tile

FRAME = PageFrame()


class Reader(HTMLParser):
    """Checks that every element is closed and collects tags with their attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def painted(lang: str = "zh", *, is_leaf: bool = False) -> Reader:
    return read(first_paint(board_page(sample_board(lang, is_leaf=is_leaf), FRAME)))


def test_numbers_states_and_demo_mark_are_in_the_first_answer() -> None:
    page = painted()
    tiles = {
        a["data-kpi"]: a
        for _, a in page.tags
        if str(a.get("class", "")).startswith("tile tile")
        or str(a.get("class", "")).startswith("tile is")
    }
    assert "is-empty" in str(tiles["duty.on_duty_rate"]["class"])
    assert "is-zero" in str(tiles["case.due_soon"]["class"])
    assert {"1,234", "演示数据", "萨尔图区", "和平街道"} <= set(page.text)


def test_text_of_the_store_cannot_become_markup() -> None:
    text = first_paint(board_page(sample_board(), FRAME))
    assert "<b>" not in text
    assert "&lt;b&gt;&amp;" in text
    attribute = first_paint(html.Div(title='"><script>'))
    assert "<script>" not in attribute


def test_every_button_and_link_has_a_name() -> None:
    text = first_paint(board_page(sample_board(), FRAME))
    for tag, rest in re.findall(r"<(button|a)\b(.*?)</\1>", text, re.S):
        inner = re.sub(r"<[^>]+>", "", rest.split(">", 1)[1])
        assert inner.strip() or "aria-label" in rest, f"{tag} {rest}"


def test_headings_go_down_one_level_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in painted(is_leaf=True).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_grid_shows_its_portrait_instead_of_a_league() -> None:
    page = painted(is_leaf=True)
    assert {"网格画像", "1,043", "网格员**31", "无记录"} <= set(page.text)
    assert not any(attributes.get("data-part") == "league" for _, attributes in page.tags)


def test_english_page_has_no_chinese_frame_words() -> None:
    page = painted("en")
    assert "Demo data" in page.text
    assert not {"演示数据", "受理与办结趋势", "最新超期"} & set(page.text)


def test_links_keep_period_and_language() -> None:
    board = sample_board("en")
    assert area_href(board, "230602001") == "/area/230602001?window=d30&lang=en"
    assert area_href(board, "230600", window="today") == "/?window=today&lang=en"
    assert area_href(board, "a/b?c").startswith("/area/a%2Fb%3Fc?")


def test_first_paint_refuses_what_dash_would_draw_differently() -> None:
    with pytest.raises(TypeError, match="Input"):
        first_paint(html.Div(dcc.Input(id="x")))
    assert first_paint(html.Div(dcc.Store(id="x"))) == first_paint(html.Div([]))


def test_styles_and_flags_are_written_as_html() -> None:
    text = first_paint(
        html.Button("x", disabled=True, hidden=False, style={"fontSize": "3px", "--share": "0.5"})
    )
    assert '<button disabled style="font-size:3px;--share:0.5">x</button>' in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "empty", "text": "—", "level_text": "正常"}, "无可计算"),
        ({"state": "stale", "level_text": "正常"}, "旧值"),
        ({"state": "failed"}, "计算失败"),
        ({"note": "样本不足", "level_text": "告警"}, "样本不足"),
        ({"level": "bad", "level_text": "告警"}, "告警"),
    ],
)
def test_a_state_says_its_word_before_the_level(changes: dict[str, str], expected: str) -> None:
    assert expected in read(first_paint(kpi_tile(tile("x.y", **changes), "zh"))).text


def test_rate_shows_its_parts_and_interval() -> None:
    rate = tile("x.y", numerator=3821, denominator=4067, interval=[93.2, 94.65], unit="%")
    assert {"3,821 / 4,067", "95%区间 93.2–94.7"} <= set(
        read(first_paint(kpi_tile(rate, "zh"))).text
    )


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0分", "0 min"),
        (59, "59分", "59 min"),
        (60, "1小时0分", "1 h 0 min"),
        (1439, "23小时59分", "23 h 59 min"),
        (1440, "1天0小时", "1 d 0 h"),
    ],
)
def test_spans_in_their_two_largest_units(minutes: int, zh: str, en: str) -> None:
    assert span_text(minutes * 60_000, "zh") == zh
    assert span_text(minutes * 60_000, "en") == en


def test_overdue_begins_at_the_deadline_itself() -> None:
    assert due_text(AS_OF_MS, AS_OF_MS, "zh") == "超期 0分"
    assert due_text(AS_OF_MS + 60_000, AS_OF_MS, "zh") == "剩余 1分"
    assert due_text(None, AS_OF_MS, "zh") == "无时限"


def test_absent_numbers_are_a_dash() -> None:
    assert number_text(None) == "—"
    assert number_text(0) == "0"
    assert share(None, 5) == 0
    assert share(0, 0) == 0
    assert share(2, 4) == 0.5


def test_unknown_area_is_named_and_leads_back() -> None:
    page = read(first_paint(missing_area("<999>", "zh")))
    assert "没有编码为 <999> 的区域。" in page.text
    assert any(a.get("href") == "/?lang=zh" for t, a in page.tags if t == "a")


def explanation() -> Explanation:
    week = {
        "kind": "wow", "name": "周环比", "period": "11-09 – 11-15", "alignment": "按同星期对齐",
        "value": "90.00", "change": "▲ 3.95 个百分点", "tone": "good", "reason": None,
    }  # fmt: skip
    refused = {
        "kind": "yoy", "name": "同比", "period": "2025-11-16 – 2025-11-22", "alignment": "",
        "value": None, "change": None, "tone": "neutral", "reason": "本库没有该时段的全部数据",
    }  # fmt: skip
    return Explanation(
        key="case.closure_rate", name="结案率", meaning="含义", formula="甲 ÷ 乙", unit="%",
        basis="考核口径", source="文件", evidence="unverified", evidence_text="未核实", version="1",
        area_name="大庆市", slice_names=[], window_label="近30天",
        from_on="2026-10-24", to_on="2026-11-22",
        as_of_ms=AS_OF_MS, text="93.95", state="value", level="good", level_text="正常", note="",
        numerator="3,821", denominator="4,067",
        numerator_sum="按期结案 3,800 + 超期结案 21", denominator_sum="", parts=[],
        interval=None, sample=None,
        thresholds=[("正常", "≥ 90%")], thresholds_from="目录默认值 2026-11-22",
        comparisons=[week, refused], spark=[90.0, None, 93.95],
        children=[
            {"code": "1", "name": "甲区", "text": "—", "state": "empty", "level": "none"}
        ],
        is_weighted=False, has_list=True, has_denominator_list=True,
    )  # fmt: skip


def cases_text(cases: CasePage | None, offset: int = 0) -> Reader:
    listed = CaseList(
        part="numerator", offset=offset, cases=cases, parts=("numerator", "denominator")
    )
    view = case_list_view(listed, lang="zh", frame=FRAME)
    return read(first_paint(html.Div(view)))


def test_definition_names_both_sides_and_its_source() -> None:
    links = {"": "/kpis/case.closure_rate?window=d30&lang=zh", "1": "/area/1?window=d30&lang=zh"}
    page = read(first_paint(definition_view(explanation(), links=links, lang="zh")))
    said = {
        "93.95",
        "3,821",
        "4,067",
        "按期结案 3,800 + 超期结案 21",
        "甲 ÷ 乙",
        "考核口径",
        "文件",
        "未核实",
        "正常 ≥ 90%",
    }
    assert said <= set(page.text)
    assert {a.get("href") for t, a in page.tags if t == "a"} == set(links.values())


def test_definition_says_how_it_has_changed_or_why_nothing_is_compared() -> None:
    page = read(first_paint(definition_view(explanation(), links={"": "/", "1": "/"}, lang="zh")))
    assert {"周环比", "90.00", "▲ 3.95 个百分点", "本库没有该时段的全部数据"} <= set(page.text)
    assert [a["data-spark"] for _, a in page.tags if "data-spark" in a] == ["[90.0,null,93.95]"]


def test_list_says_its_length_and_where_one_stands() -> None:
    row = {
        "case_code": "A-1", "case_id": 5, "category": None, "area": "甲区", "department": None,
        "state_name": "已结案", "accepted_ms": AS_OF_MS, "deadline_ms": None, "closed_ms": None,
    }  # fmt: skip
    page = cases_text(CasePage(total=3821, rows=[row]), offset=50)
    assert {"共 3,821 件", "第 51–51 件", "A-1"} <= set(page.text)
    turns = [a for t, a in page.tags if t == "button" and "data-offset" in a]
    assert [a["data-offset"] for a in turns] == ["0", "0", "0", "100"]


def test_figure_without_a_list_says_so() -> None:
    assert "该指标不由案件构成" in cases_text(None).text
    assert "没有案件" in cases_text(CasePage(total=0, rows=[])).text


def test_drawer_requests_are_not_trusted() -> None:
    request = read_request(
        {"window": "d9", "part": "x", "offset": "-5", "lang": "fr", "kpi": None}, Settings()
    )
    assert (request.window, request.part, request.offset) == ("d30", "numerator", 0)
    assert request.lang == "zh"
    assert read_request({"offset": 1e400}, Settings()).offset == 0
