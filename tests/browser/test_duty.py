"""The duty page: numbers without scripts, definitions, drilling down, and staying alive."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, file_of, query

pytestmark = pytest.mark.browser

_OWN = "#_pages_content .count-table .total"
_ON_DUTY = """() => document.querySelector(
  "#_pages_content .count-table .total td:nth-of-type(2)").textContent"""


def _write(database_url: str, statement: str) -> None:
    """Change the store the way another program would."""
    connection = sqlite3.connect(file_of(database_url), timeout=30)
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_dispatcher_reads_drills_and_opens(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    plain = visitor(quiet_product, java_script_enabled=False)
    plain.page.goto(plain.base + "/duty")
    assert "国办函〔2026〕12号" in plain.page.locator(".limits-note").inner_text()
    assert plain.page.locator(".tile").count() == 8
    visit = visitor(quiet_product)
    visit.open("/duty")
    visit.page.click('#_pages_content .tile[data-kpi="duty.staffed_grid_rate"]')
    visit.until_definition("duty.staffed_grid_rate")
    visit.page.keyboard.press("Escape")
    visit.page.click('#_pages_content [data-part="duty-areas"] tbody tr:nth-child(2) a')
    visit.until("() => new URLSearchParams(location.search).has('area')", what="the district")
    visit.settle("/duty")
    assert visit.page.locator("#_pages_content .path [aria-current]").inner_text() == "东城区"
    visit.page.go_back()
    visit.until("() => !new URLSearchParams(location.search).has('area')", what="the city again")


def test_it_fits_a_phone_in_english(visitor: Callable[..., Visit], quiet_product: Product) -> None:
    visit = visitor(quiet_product, viewport={"width": 360, "height": 740})
    visit.open("/duty?lang=en")
    assert visit.page.locator("#_pages_content h1").inner_text() == "Duty and visits"
    assert visit.value("() => document.documentElement.scrollWidth") == 360


def test_who_comes_on_duty_appears_in_place(
    visitor: Callable[..., Visit], own_product: Product
) -> None:
    visit = visitor(own_product)
    visit.open("/duty")
    before = visit.until(_ON_DUTY, what="a count")
    visit.page.focus(f"{_OWN} ~ tr a")
    visit.value("() => { window.standing = document.activeElement; }")
    now = int(time.time() * 1000)
    store = own_product.database_url
    worker, grid = query(
        store,
        "select w.worker_id, g.area_id from workers w join worker_grids g using (worker_id)"
        " where w.worker_id not in (select worker_id from shifts"
        f" where starts_at <= {now} and ends_at > {now}) and w.worker_id not in"
        f" (select worker_id from leaves where starts_at <= {now} and ends_at > {now}) limit 1",
    )[0]
    _write(
        store,
        "insert into shifts (worker_id, area_id, starts_at, ends_at, checked_in_at)"
        f" values ({worker}, {grid}, {now}, {now + 3_600_000}, {now})",
    )
    after = str(int(before.replace(",", "")) + 1) if before != "—" else "1"
    visit.until(f"(wanted) => ({_ON_DUTY})() === wanted", after, what="one more on duty")
    assert visit.value("() => window.standing === document.activeElement")
