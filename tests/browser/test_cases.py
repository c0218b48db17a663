"""From a number to its cases, to one case and back; filters, views and files of the list."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, query

pytestmark = pytest.mark.browser

_DRAWN = """(page) => {
  const root = document.querySelector("#_pages_content [data-page]");
  return root && root.dataset.page === page && !document.querySelector("#first-paint")
    && !root.matches(".is-leaving");
}"""
_EXACT = """() => {
  const head = document.querySelector("#_pages_content .cases-list h2");
  return head && head.dataset.exact === "1" ? head.dataset.total : null;
}"""
_FILTERED = """(part) => location.search.includes(part)
  && !document.querySelector("#_pages_content .is-leaving")
  && document.querySelector("#_pages_content .cases-list h2") """
_KPIS = ("case.accepted", "case.closed", "case.open", "case.overdue", "case.suspended")


def _drawn(visit: Visit, page: str) -> None:
    visit.until(_DRAWN, page, what=f"the page {page}")


def _open(visit: Visit, path: str) -> None:
    visit.page.goto(visit.base + path, wait_until="domcontentloaded")
    _drawn(visit, "cases")


def _total(visit: Visit) -> int:
    return int(visit.until(_EXACT, what="the list is counted"))


def _codes(visit: Visit) -> list[str]:
    return visit.page.locator("#_pages_content .cases-table td.code").all_inner_texts()


def test_a_number_leads_to_its_list_a_case_and_back(visit: Visit, quiet_product: Product) -> None:
    visit.open("/?window=d30")
    board = quiet_product.board(window="d30")
    [tile] = [one for one in board["tiles"] if one["key"] == "case.open"]
    visit.open_definition("case.open")
    visit.page.click("#definition-drawer .open-list")
    _drawn(visit, "cases")
    assert visit.value("() => document.querySelector('#definition-drawer').dataset.open") == "0"
    assert _total(visit) == tile["numerator"] > 0
    codes = _codes(visit)
    address = visit.page.url
    visit.page.click("#_pages_content .cases-table td.code a >> nth=0")
    _drawn(visit, "case")
    assert visit.page.locator("#_pages_content h1").inner_text() == codes[0]
    head = visit.page.locator("#_pages_content .case-top")
    light = head.get_attribute("data-light")
    assert head.locator(f".clight-{light}").inner_text()
    parts = visit.page.locator("#_pages_content [data-part='citizen'] h3").all_inner_texts()
    assert parts == ["谁有诉求", "谁来接单", "怎么响应", "办理结果"]
    assert visit.page.locator("#_pages_content .stage").count() >= 3
    assert visit.page.locator("#_pages_content .place-point").count() == 1
    visit.page.go_back()
    visit.until("(there) => location.href === there", address, what="the list's address")
    _drawn(visit, "cases")
    assert _codes(visit) == codes


def test_rows_of_a_definition_and_of_findings_lead_to_the_case(visit: Visit) -> None:
    visit.open("/?window=d365")
    visit.open_definition("case.accepted")
    link = visit.page.locator("#definition-cases tbody td a").first
    code = link.inner_text()
    link.click()
    _drawn(visit, "case")
    assert visit.page.locator("#_pages_content h1").inner_text() == code
    visit.page.goto(visit.base + "/quality", wait_until="domcontentloaded")
    _drawn(visit, "quality")
    link = visit.page.locator("#_pages_content .finding-table td.code a").first
    code = link.inner_text()
    link.click()
    _drawn(visit, "case")
    assert visit.page.locator("#_pages_content h1").inner_text() == code
    assert visit.page.locator("#_pages_content [data-part='findings'] tbody tr").count() >= 1


def test_filters_columns_and_views(visit: Visit) -> None:
    _open(visit, "/cases?window=d365")
    everything = _total(visit)
    visit.page.click("#_pages_content [data-mark='open']")
    visit.until(_FILTERED, "is=open", what="only open cases")
    still_open = _total(visit)
    assert 0 < still_open < everything
    visit.page.select_option("#_pages_content select[name='light']", "green")
    visit.until(_FILTERED, "light=green", what="only green ones")
    assert _total(visit) <= still_open
    lights = visit.page.locator("#_pages_content .cases-table .clight").evaluate_all(
        "(all) => all.map((one) => one.className)"
    )
    assert set(lights) == {"clight clight-green"}
    visit.page.click("#_pages_content .list-menu >> nth=1")
    visit.page.check("#_pages_content .menu-body input[name='address']")
    visit.page.click("#_pages_content form[data-cases='columns'] button")
    visit.until(_FILTERED, "cols=", what="one more column")
    assert "地址" in visit.page.locator("#_pages_content thead").inner_text()
    visit.page.click("#_pages_content .list-menu >> nth=0")
    visit.page.fill("#_pages_content form[data-cases='view'] input", "绿灯")
    visit.page.click("#_pages_content form[data-cases='view'] button")
    _open(visit, "/cases")
    visit.page.click("#_pages_content .list-menu >> nth=0")
    visit.page.click("#_pages_content .views a")
    visit.until(_FILTERED, "light=green", what="the saved view")
    assert _total(visit) <= still_open


def test_the_file_holds_the_list(visit: Visit, tmp_path: Path) -> None:
    _open(visit, "/cases?by=any&is=open&order=-deadline")
    total, codes = _total(visit), _codes(visit)
    with visit.page.expect_download() as waiting:
        visit.page.click("#_pages_content [data-export='csv']")
    path = tmp_path / "cases.csv"
    waiting.value.save_as(path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert len(rows) == total + 1
    assert [row[0] for row in rows[1 : len(codes) + 1]] == codes


def test_a_phone_and_english(visitor: Any, quiet_product: Product) -> None:
    visit = visitor(quiet_product, viewport={"width": 360, "height": 740})
    for path, page in (("/cases?lang=en", "cases"), ("/case/1?lang=en", "case")):
        visit.page.goto(visit.base + path, wait_until="domcontentloaded")
        _drawn(visit, page)
        assert visit.value("() => document.documentElement.scrollWidth") <= 360
    assert "What became of the request" in visit.page.locator("#main").inner_text()


def test_counts_on_tiles_are_lengths_of_lists(quiet_product: Product) -> None:
    random = Random(5)
    codes = [
        row[0]
        for row in query(
            quiet_product.database_url,
            "SELECT code FROM areas"
            " WHERE hierarchy = 'main' AND area_id IN (SELECT area_id FROM area_paths)",
        )
    ]
    for code in random.sample(codes, min(len(codes), 40)):
        window = random.choice(("today", "d7", "d30", "d365"))
        tiles = {one["key"]: one for one in quiet_product.board(code, window=window)["tiles"]}
        for key in tiles.keys() & set(_KPIS):
            asked = f"number={key}&area={code}&window={window}"
            counted = quiet_product.get(f"/api/cases/count?{asked}").data["total"]
            assert counted == tiles[key]["numerator"], (code, window, key)


def test_what_is_not_there_says_so(quiet_product: Product) -> None:
    assert quiet_product.get("/case/no-such-case").status == 404
    assert quiet_product.get("/case/1").status == 200
    assert quiet_product.get("/export/cases.pdf").status == 404
    assert quiet_product.get("/export/cases.csv?area=nowhere").status == 404
    assert quiet_product.get("/api/cases/count?category=nowhere").status == 404
    assert "没有编号为" in quiet_product.get("/case/no-such-case").body.decode()
