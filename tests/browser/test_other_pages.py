"""The pages beside the board: on every screen, in both languages, with nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, query

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK = {"viewport": {"width": 1280, "height": 800}}
WALL = {"viewport": {"width": 1920, "height": 1080}}
PATHS = ("/kpis", "/kpis/case.closure_rate", "/calendar", "/quality")
_TOO_WIDE = """() => ({page: document.documentElement.scrollWidth, screen: innerWidth,
  body: document.body.scrollWidth})"""
_CARDS = """() => Array.from(document.querySelectorAll("#_pages_content :is(.card, .month)"))
  .map((element) => { const box = element.getBoundingClientRect();
    return [box.left, box.top + scrollY, box.right, box.bottom + scrollY]; })"""
# Text that leaves its cell, button or chip without anything to scroll.
_CUT = """() => Array.from(document.querySelectorAll(
    "#_pages_content :is(.kpi-table td, .month td, .seg, .tile-status, .evidence, .version)"))
  .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.className + ": " + one.textContent)"""


@pytest.mark.parametrize("size", [PHONE, DESK, WALL], ids=["phone", "desk", "wall"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_fits_every_screen(
    visitor: Callable[..., Visit], quiet_product: Product, size: dict[str, Any], lang: str
) -> None:
    visit = visitor(quiet_product, **size)
    width = size["viewport"]["width"]
    for path in PATHS:
        visit.open(f"{path}?window=d30&lang={lang}")
        assert visit.value(_TOO_WIDE) == {"page": width, "screen": width, "body": width}, path
        assert visit.value(_CUT) == [], path
        cards = visit.value(_CARDS)
        assert cards, path
        for a, b in combinations(cards, 2):
            wide = min(a[2], b[2]) - max(a[0], b[0])
            high = min(a[3], b[3]) - max(a[1], b[1])
            assert min(wide, high) <= 1, (path, a, b)


def test_english_frames_hold_no_chinese(visit: Visit) -> None:
    for path, selector in (
        ("/kpis", "#main"),
        ("/calendar", "#main"),
        ("/kpis/case.closure_rate", ".card-thresholds"),
        ("/quality", ".kinds"),
    ):
        visit.open(f"{path}?lang=en")
        text = visit.page.locator(f"#_pages_content {selector}").inner_text()
        assert re.findall(r"[^\n]*[\u4e00-\u9fff]+[^\n]*", text) == [], path


def test_findings_are_listed_as_many_as_are_counted(visit: Visit, quiet_product: Product) -> None:
    found = "SELECT kind, count(*) FROM case_findings GROUP BY kind"
    counts = dict(query(quiet_product.database_url, found))
    assert counts, "the demo city has findings"
    visit.open("/quality")
    page = visit.page.locator("#_pages_content")
    shown = {
        one.get_attribute("data-kind"): int(one.get_attribute("data-count") or -1)
        for one in page.locator(".kinds [data-kind]").all()
    }
    assert shown.pop("") == sum(shown.values())
    assert set(shown) <= set(counts)
    kind = min(shown, key=lambda one: shown[one])
    page.locator(f'.kinds [data-kind="{kind}"]').click()
    visit.until("(kind) => location.search.includes('kind=' + kind)", kind, what="its address")
    visit.until(
        """(kind) => document.querySelector(`#_pages_content .kinds [data-kind="${kind}"]`)
          .getAttribute("aria-current") === "true" """,
        kind,
        what="its list",
    )
    total = int(page.locator("[data-total]").get_attribute("data-total") or -1)
    assert total == shown[kind]
    assert page.locator(".finding-table tbody tr").count() == min(50, total)


def test_the_calendar_holds_the_year_and_leads_to_the_next(visit: Visit) -> None:
    visit.open("/calendar?year=2026")
    page = visit.page.locator("#_pages_content")
    assert page.locator(".month").count() == 12
    assert page.locator(".month .day").count() == 365
    holiday = page.locator(".holidays li", has_text="国庆节")
    assert "10月1日 – 10月7日" in holiday.inner_text()
    assert "9月20日" in holiday.inner_text()
    assert "08:00–12:00, 14:00–18:00" in page.inner_text()
    assert page.locator("form").count() == 0
    page.get_by_label("下一年：2027").click()
    visit.until("() => location.search.includes('year=2027')", what="the next year's address")
    visit.until("() => document.querySelector('#_pages_content .year-steps h2').textContent"
                ".includes('2027')", what="the next year")  # fmt: skip
