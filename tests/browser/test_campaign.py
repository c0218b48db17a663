"""Campaigns: from the list to one, its burn-up, and progress that appears in place."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, file_of, query

pytestmark = pytest.mark.browser

_DONE = """() => document.querySelector('#_pages_content [data-f="done"]').textContent"""


def test_progress_appears_on_the_page_of_a_campaign(
    visitor: Callable[..., Visit], own_product: Product
) -> None:
    store = own_product.database_url
    [(done,)] = query(store, "select sum(done) from campaign_progress")
    plain = visitor(own_product, java_script_enabled=False)
    plain.page.goto(plain.base + "/campaign/heating-check")
    assert plain.page.locator('[data-f="done"]').inner_text() == f"{done:,}"

    visit = visitor(own_product, viewport={"width": 360, "height": 740})
    visit.open("/campaign")
    visit.page.click('#_pages_content [data-part="campaigns"] tbody a')
    visit.settle("/campaign/heating-check")
    visit.until("() => document.querySelector('#_pages_content .burn-up svg path.done')",
                what="the burn-up")  # fmt: skip
    assert visit.value("() => document.documentElement.scrollWidth") == 360
    visit.value("() => { window.mark = 'same page'; }")
    connection = sqlite3.connect(file_of(store), timeout=30)
    with connection:
        connection.execute(
            "insert into campaign_progress (campaign_id, area_id, at, done) select campaign_id,"
            " area_id, ?, 7 from campaign_targets limit 1",
            (int(time.time() * 1000),),
        )
    connection.close()
    visit.until(f"(wanted) => ({_DONE})() === wanted", f"{done + 7:,}", what="seven more")
    assert visit.value("() => window.mark") == "same page"


def test_an_unknown_campaign_says_so(visit: Visit) -> None:
    visit.page.goto(visit.base + "/campaign/none?lang=en")
    visit.until(
        "() => document.querySelector('#_pages_content .missing')?.textContent.includes('none')",
        what="a page that says so",
    )
