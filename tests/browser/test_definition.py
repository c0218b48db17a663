"""Behind every number: its definition and exactly the cases it counts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser

_PAGE = 50
_FOCUS_INSIDE = (
    "() => document.querySelector('#definition-drawer').contains(document.activeElement)"
)


def _cases(visit: Visit) -> tuple[int, int]:
    """(length of the list as it says itself, rows on this page)."""
    total = visit.page.locator("#definition-cases .drawer-total").get_attribute("data-total")
    return int(total or -1), visit.page.locator("#definition-cases tbody tr").count()


def _tiles(product: Product, window: str) -> list[Any]:
    board = product.board(window=window)
    return [*board["tiles"], *board["more"]]


def test_every_tile_opens_its_definition_with_as_many_cases(
    visit: Visit, quiet_product: Product
) -> None:
    visit.open("/?window=d7")
    tiles = _tiles(quiet_product, "d7")
    assert len(tiles) == 16
    for tile in tiles:
        key = tile["key"]
        visit.open_definition(key)
        facts = visit.page.locator("#definition-facts")
        assert facts.locator("h2").inner_text() == tile["name"]
        assert facts.locator(".drawer-value").inner_text() == tile["text"]
        assert facts.locator("dt").count() >= 4
        assert f"kpi={key}" in visit.page.url
        if key.startswith(("duty.", "survey.")):
            assert "不由案件构成" in visit.page.locator("#definition-cases").inner_text()
        else:
            _compare(visit, tile)
        visit.page.keyboard.press("Escape")
        assert visit.value("() => document.activeElement.dataset.kpi") == key
        assert "kpi=" not in visit.page.url


def _compare(visit: Visit, tile: Any) -> None:
    total, rows = _cases(visit)
    assert rows == min(total, _PAGE), tile["key"]
    if float(tile["numerator"]).is_integer():
        # 满意率 weighs 基本满意 with 0.9: its list holds the answers, not their weights.
        assert total == tile["numerator"] or tile["key"] == "visit.satisfaction_rate"
    if tile["denominator"] is not None:
        visit.page.click('#definition-cases [data-case-part="denominator"].seg >> nth=0')
        visit.until_definition(tile["key"])
        assert _cases(visit)[0] == tile["denominator"], tile["key"]


def test_paging_shows_every_case_once(visit: Visit, quiet_product: Product) -> None:
    visit.open("/?window=d30&lang=zh")
    [tile] = [one for one in _tiles(quiet_product, "d30") if one["key"] == "case.accepted"]
    assert tile["numerator"] > _PAGE
    visit.open_definition("case.accepted")
    back, onward = (
        visit.page.locator("#definition-cases .drawer-pager button").nth(n) for n in (0, 1)
    )
    assert back.is_disabled()
    seen: list[str] = _ids(visit)
    code = visit.page.locator("#definition-cases tbody td").first.inner_text()
    assert re.fullmatch(r"\d{19}", code)
    while onward.is_enabled():
        onward.click()
        visit.until_definition("case.accepted")
        assert visit.value(_FOCUS_INSIDE)
        seen += _ids(visit)
        assert len(seen) <= tile["numerator"]
    assert len(seen) == len(set(seen)) == tile["numerator"]
    back.click()
    visit.until_definition("case.accepted")
    last_full = (len(seen) - 1) // _PAGE * _PAGE
    assert _ids(visit) == seen[last_full - _PAGE : last_full]


def _ids(visit: Visit) -> list[str]:
    ids: list[str] = visit.value(
        """() => Array.from(document.querySelectorAll("#definition-cases tbody tr"),
          (row) => row.dataset.case)"""
    )
    return ids


def test_a_shared_link_opens_the_definition(visit: Visit) -> None:
    visit.open("/?window=d365&kpi=case.closed")
    visit.until_definition("case.closed")
    assert visit.page.locator("#definition-facts h2").inner_text() == "办结量"


def test_keyboard_stays_inside_until_it_is_closed(visit: Visit) -> None:
    visit.open("/?window=d365")
    tile = visit.page.locator('#_pages_content .tile[data-kpi="case.open"]')
    tile.focus()
    visit.page.keyboard.press("Enter")
    visit.until_definition("case.open")
    stops = visit.page.locator("#definition-drawer button:enabled, #definition-drawer a").count()
    for _ in range(stops + 2):
        visit.page.keyboard.press("Tab")
        assert visit.value(_FOCUS_INSIDE)
    visit.page.keyboard.press("Shift+Tab")
    assert visit.value(_FOCUS_INSIDE)
    visit.page.click(".drawer-close")
    assert visit.value("() => document.activeElement.dataset.kpi") == "case.open"


@pytest.mark.parametrize("kpi", ["case.on_time_closure_rate", "visit.satisfaction_rate"])
def test_areas_are_judged_as_in_the_league(visit: Visit, quiet_product: Product, kpi: str) -> None:
    visit.open("/?window=d365")
    visit.open_definition(kpi)
    league = quiet_product.board(window="d365")["league"]
    at = [column["key"] for column in league["columns"]].index(kpi)
    cells = [row["cells"][at] for row in league["rows"]]
    told = visit.page.locator("#definition-facts .league td.num").all()
    assert [cell.inner_text() for cell in told] == [cell["text"] for cell in cells]
    classes = [f"num is-{cell['state']} lv-{cell['level']}" for cell in cells]
    assert [cell.get_attribute("class") for cell in told] == classes


def test_an_area_in_the_definition_leads_there(visit: Visit, quiet_product: Product) -> None:
    visit.open("/?window=d365")
    visit.open_definition("case.accepted")
    rows = visit.page.locator("#definition-facts .league tbody tr")
    children = quiet_product.board(window="d365")["league"]["rows"]
    assert rows.count() == len(children)
    rows.first.locator("a").click()
    visit.settle(f"/area/{children[0]['code']}")
    assert visit.value("() => document.querySelector('#definition-drawer').dataset.open") == "0"


def test_the_overdue_list_opens_its_definition(visit: Visit) -> None:
    visit.open("/?window=d365")
    visit.page.click('.card-overdue button[data-kpi="case.overdue"]')
    visit.until_definition("case.overdue")
    assert visit.page.locator("#definition-facts h2").inner_text() == "超期未结"
