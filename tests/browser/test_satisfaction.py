"""The satisfaction page: rates open, the work list leads to the case and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser


def test_a_leader_goes_from_a_rate_to_the_dissatisfied(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    plain = visitor(quiet_product, java_script_enabled=False)
    plain.page.goto(plain.base + "/satisfaction?window=d365")
    board = quiet_product.board(window="d365")
    tile = next(one for one in board["tiles"] if one["key"] == "visit.satisfaction_rate")
    shown = plain.page.locator('.tile[data-kpi="visit.satisfaction_rate"] [data-f="text"]')
    assert shown.inner_text() == tile["text"]  # the same number everywhere
    total = plain.page.locator('[data-part="satisfaction-areas"] .total')
    assert tile["text"] in total.inner_text()

    visit = visitor(quiet_product)
    visit.open("/satisfaction?window=d365")
    visit.page.click(
        '#_pages_content [data-part="satisfaction-areas"] .total [data-col="visit.solution_rate"]'
    )
    visit.until_definition("visit.solution_rate")
    visit.page.keyboard.press("Escape")
    again = visit.page.locator('#_pages_content [data-stage="rated_again"]')
    count = int(again.get_attribute("data-count") or "0")
    again.click()
    visit.until("() => location.search.includes('stage=rated_again')", what="the stage chosen")
    visit.settle("/satisfaction")
    rows = visit.page.locator('#_pages_content [data-part="rework"] tbody tr')
    assert rows.count() == min(count, 20)
    visit.page.go_back()
    visit.until("() => !location.search.includes('stage=')", what="all stages again")


def test_it_fits_a_phone_in_english(visitor: Callable[..., Visit], quiet_product: Product) -> None:
    visit = visitor(quiet_product, viewport={"width": 360, "height": 740})
    visit.open("/satisfaction?lang=en")
    assert visit.page.locator("#_pages_content h1").inner_text() == "What citizens say"
    assert visit.value("() => document.documentElement.scrollWidth") == 360
