"""Research: from a spike to its cases and back, narrowed by a click, a band of the limit chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser

PAGE = "#_pages_content "


def test_a_count_leads_to_its_cases_and_a_click_narrows_the_page(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    plain = visitor(quiet_product, java_script_enabled=False)
    plain.page.goto(plain.base + "/research?window=d30&tab=signals")
    hits = plain.page.locator('[data-part="signals"] .is-hit')
    assert hits.count() >= 1  # something is found, and told without any script

    visit = visitor(quiet_product)
    visit.open("/research?window=d30")
    # A spike, or early in a month, when the demo city has none, what comes nearest to one.
    first = visit.page.locator(PAGE + '[data-part="spikes"] tbody tr').first
    number = first.locator('a[data-found^="spike.0."]')
    count = int(number.get_attribute("data-count") or "0")
    kind = first.locator("td a").first.inner_text()
    number.focus()
    visit.page.keyboard.press("Enter")
    visit.settle("/cases")
    listed = visit.page.locator(PAGE + ".cases-list h2")
    assert listed.get_attribute("data-total") == str(count)
    rows = visit.page.locator(PAGE + ".cases-table tbody tr")
    assert rows.count() == count
    assert all(kind in text for text in rows.all_inner_texts())
    visit.page.go_back()
    visit.settle("/research")

    visit.page.click(PAGE + '[data-part="spikes"] tbody tr:first-child td:nth-child(2) a')
    visit.until("() => location.search.includes('category=')", what="the page cut to a category")
    visit.until(
        "() => document.querySelector('#_pages_content [data-cut=category]')", what="its mark"
    )
    visit.page.click(PAGE + '[data-tab="funnel"]')
    visit.until("() => location.search.includes('tab=funnel')", what="another tab")
    assert "category=" in visit.value("() => location.search")
    visit.until("() => document.querySelector('#_pages_content [data-part=funnel]')", what="funnel")
    visit.page.click(PAGE + "[data-cut=category] a")
    visit.until("() => !location.search.includes('category=')", what="the cut is gone")


def test_a_band_is_chosen_on_a_phone_in_english(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    visit = visitor(quiet_product, viewport={"width": 360, "height": 740})
    visit.open("/research?window=d30&tab=signals&lang=en")
    assert visit.page.locator(PAGE + "h1").inner_text() == "Analysis and warning"
    band = visit.page.locator(PAGE + '[data-part="bands"] a[data-band="18"]')
    count = band.get_attribute("data-count")
    band.click()
    visit.until("() => location.search.includes('band=18')", what="the band in the address")
    found = visit.page.locator(PAGE + '[data-part="found"] a[data-found="band.18"]')
    assert found.get_attribute("data-count") == count
    assert visit.value("() => document.documentElement.scrollWidth") == 360
