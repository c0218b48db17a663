"""A changed case reaches an open page by itself and moves nothing but the number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.browser.visit import Visit
from tests.system.product import (
    Product,
    close_a_case_with_psql,
    close_a_case_with_sqlite,
    fill_store,
    running,
)

pytestmark = pytest.mark.browser

_POSITION = """() => ({
  scroll: window.scrollY,
  table: document.querySelector(".card-league .table-box").scrollLeft,
  view: {...yiwang.map.view},
  focus: [document.activeElement.tagName, {...document.activeElement.dataset}],
  address: location.href,
  mark: window.mark,
  canvas: yiwang.map.canvas === window.canvas,
})"""

_DRAWER = """() => ({
  open: document.querySelector("#definition-drawer").dataset.open,
  facts: document.querySelector("#definition-facts").innerHTML,
  cases: document.querySelector("#definition-cases").innerHTML,
})"""


def _mark(visit: Visit) -> None:
    """Something a reload would take away."""
    visit.value("() => { window.mark = 'same page'; window.canvas = yiwang.map.canvas; }")


def _is_one_less(visit: Visit, product: Product, change: Callable[[str], None]) -> None:
    """Close a case and wait until tile, league and API say so; by deed of nobody in the page."""
    before = {key: int(visit.tile(key).replace(",", "")) for key in ("case.open", "case.closed")}
    change(product.database_url)
    visit.until_tile("case.open", f"{before['case.open'] - 1:,}")
    visit.until_tile("case.closed", f"{before['case.closed'] + 1:,}")
    total = '[data-total] td[data-col="case.open"]'
    visit.until(
        "([total, number]) => document.querySelector(total).textContent === number",
        [total, f"{before['case.open'] - 1:,}"],
        what="the league's total follows",
    )


def test_a_case_closed_in_the_file_moves_nothing_but_numbers(
    visitor: Callable[..., Visit], own_product: Product
) -> None:
    visit = visitor(own_product)
    visit.open("/?window=d30")
    _mark(visit)
    visit.page.click('[data-map="zoom_in"]')
    visit.value("() => { document.querySelector('.card-league .table-box').scrollLeft = 40; }")
    visit.page.locator('[data-part="league-rows"] a').nth(1).focus()
    visit.value("() => window.scrollTo(0, 333)")
    visit.until(
        "() => Number(yiwang.map.canvas.dataset.paintMs) >= 0 && scrollY === 333", what="scrolled"
    )
    before: dict[str, Any] = visit.value(_POSITION)
    assert before["view"]["k"] > visit.value("() => yiwang.map.home.k")
    _is_one_less(visit, own_product, close_a_case_with_sqlite)
    assert visit.value(_POSITION) == before


def test_an_open_definition_stays_open(visitor: Callable[..., Visit], own_product: Product) -> None:
    visit = visitor(own_product)
    visit.open("/?window=d30")
    _mark(visit)
    visit.open_definition("case.accepted")
    visit.page.locator("#definition-cases .drawer-pager button").last.click()
    visit.until_definition("case.accepted")
    assert visit.page.locator("#definition-cases .drawer-pager button").first.is_enabled()
    before = visit.value(_POSITION), visit.value(_DRAWER)
    assert before[1]["open"] == "1"
    assert before[0]["focus"][0] == "BUTTON"
    _is_one_less(visit, own_product, close_a_case_with_sqlite)
    assert (visit.value(_POSITION), visit.value(_DRAWER)) == before


def test_two_visitors_of_one_change(visitor: Callable[..., Visit], own_product: Product) -> None:
    desk, phone = visitor(own_product), visitor(own_product, viewport={"width": 360, "height": 740})
    desk.open("/?window=d30")
    phone.open("/?window=d365&lang=en")
    left = int(desk.tile("case.open")) - 1
    close_a_case_with_sqlite(own_product.database_url)
    desk.until_tile("case.open", str(left))
    phone.until_tile("case.open", str(left))


def test_a_case_closed_in_psql_appears(
    visitor: Callable[..., Visit], postgres_engine: Engine, tmp_path: Path
) -> None:
    address = postgres_engine.url.render_as_string(hide_password=False)
    fill_store(tmp_path, address)
    with running(tmp_path, address) as product:
        visit = visitor(product)
        visit.open("/?window=d30")
        _mark(visit)
        _is_one_less(visit, product, close_a_case_with_psql)
        assert visit.value("() => window.mark") == "same page"
