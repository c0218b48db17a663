"""The catalogue of KPIs: every value, the filter, the definition behind it, the page of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser

RATE = "case.on_time_closure_rate"
_PATROLS = "patrol.twice_daily_rate"
_PRESSED = """(part) => document.querySelector(`#_pages_content [data-part-of="${part}"]`)
  .getAttribute("aria-pressed") === "true" """
_OTHER_CASES = """(first) =>
  document.querySelector("#_pages_content .case-table tbody tr").dataset.case !== first"""
_SHOWN = """() => Array.from(document.querySelectorAll("#_pages_content tr[data-row]"))
  .filter((row) => row.offsetParent !== null).map((row) => row.dataset.row)"""


def _catalogue(product: Product, **query: str) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = product.get(f"/api/catalogue?{asked}")
    assert answer.status == 200, answer.body
    return {item["key"]: item for group in answer.data["groups"] for item in group["items"]}


def test_values_stand_without_any_script(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    visit = visitor(quiet_product, java_script_enabled=False)
    items = _catalogue(quiet_product, window="d365")
    visit.page.goto(visit.base + "/kpis?window=d365")
    assert len(items) >= 50
    for key, item in items.items():
        row = visit.page.locator(f'tr[data-row="{key}"]')
        assert row.locator('[data-f="text"]').inner_text() == item["text"], key
        assert item["evidence_text"] in row.inner_text()


def test_the_catalogue_says_what_the_board_says(quiet_product: Product) -> None:
    items = _catalogue(quiet_product, window="d365")
    board = quiet_product.board(window="d365")
    for tile in [*board["tiles"], *board["more"]]:
        same = ("text", "level", "numerator", "denominator", "spark")
        assert {name: items[tile["key"]][name] for name in same} == {
            name: tile[name] for name in same
        }


def test_filters_narrow_the_list_and_stay_in_the_address(visit: Visit) -> None:
    visit.open("/kpis?window=d365")
    everything = visit.value(_SHOWN)
    visit.page.fill('#_pages_content input[name="q"]', "k06")
    assert visit.value(_SHOWN) == [RATE]
    assert "q=k06" in visit.page.url
    visit.page.fill('#_pages_content input[name="q"]', "满意 回访")
    assert "visit.satisfaction_rate" in visit.value(_SHOWN)
    assert RATE not in visit.value(_SHOWN)
    visit.page.reload()
    visit.until("() => document.querySelector('input[name=q]')?.value === '满意 回访'", what="kept")
    visit.page.fill('#_pages_content input[name="q"]', "no such thing")
    assert visit.value(_SHOWN) == []
    assert visit.page.locator('[data-part="kpis-nothing"]').is_visible()
    visit.page.fill('#_pages_content input[name="q"]', "")
    assert visit.value(_SHOWN) == everything
    visit.page.click('#_pages_content [data-level-filter="good"]')
    good = visit.value(_SHOWN)
    assert 0 < len(good) < len(everything)
    rows = visit.page.locator("#_pages_content tr[data-row]:visible")
    assert {row.get_attribute("data-level") for row in rows.all()} == {"good"}
    assert "level=good" in visit.page.url


def test_every_value_opens_its_definition(visit: Visit, quiet_product: Product) -> None:
    visit.open("/kpis?window=d365")
    items = _catalogue(quiet_product, window="d365")
    for key in (
        RATE,
        "case.time_to_close",
        "score.composite",
        "duty.load",
        "patrol.twice_daily_rate",
    ):
        value = visit.page.locator(f'#_pages_content [data-row="{key}"] [data-kpi]')
        value.click()
        visit.until_definition(key)
        facts = visit.page.locator("#definition-facts")
        assert facts.locator("h2").inner_text() == items[key]["name"]
        assert facts.locator(".drawer-value").inner_text() == items[key]["text"]
        visit.page.keyboard.press("Escape")
        assert visit.value("() => document.activeElement.dataset.kpi") == key


def test_a_kpi_has_a_page_with_lists_as_long_as_its_numbers(
    visit: Visit, quiet_product: Product
) -> None:
    visit.open("/kpis?window=d365")
    item = _catalogue(quiet_product, window="d365")[RATE]
    visit.page.click(f'#_pages_content [data-row="{RATE}"] a.kpi-name')
    visit.settle(f"/kpis/{RATE}")
    page = visit.page.locator("#_pages_content")
    assert page.locator("h1").inner_text() == item["name"]
    assert page.locator(".drawer-value").inner_text() == item["text"]
    for part in ("numerator", "denominator"):
        page.locator(f'.card-cases [data-part-of="{part}"]').click()
        visit.until(_PRESSED, part, what=f"the list of the {part}")
        assert int(page.locator(".drawer-total").get_attribute("data-total") or -1) == item[part]
        assert page.locator(".case-table tbody tr").count() == min(50, item[part])
    onward = page.locator(".card-cases .drawer-pager a")
    first = page.locator(".case-table tbody tr").first.get_attribute("data-case")
    onward.last.click()
    visit.until("() => location.search.includes('offset=50')", what="the next page's address")
    visit.until(_OTHER_CASES, first, what="other cases")
    assert page.locator(".vectors li").count() >= 3
    assert page.locator('[data-version-of="0"]').inner_text().startswith("目录默认值")


def test_cases_left_out_are_listed_with_their_reasons(visit: Visit) -> None:
    visit.open(f"/?window=d365&kpi={RATE}")
    visit.until_definition(RATE)
    cases = visit.page.locator("#definition-cases")
    cases.locator('[data-part-of="excluded"]').click()
    visit.until_definition(RATE)
    total = int(cases.locator(".drawer-total").get_attribute("data-total") or -1)
    assert total > 0
    counts = [int(one) for one in visit.value(_COUNTS)]
    assert counts[0] == sum(counts[1:]) == total
    for number in range(1, len(counts)):
        chip = cases.locator("[data-reason-count]").nth(number)
        name = chip.inner_text().rsplit(" ", 1)[0]
        chip.click()
        visit.until_definition(RATE)
        shown = int(cases.locator(".drawer-total").get_attribute("data-total") or -1)
        assert shown == counts[number], name
        assert set(cases.locator("td.col-reason").all_inner_texts()) == {name}


_COUNTS = """() => Array.from(document.querySelectorAll(
  "#definition-cases [data-reason-count]"), (one) => one.dataset.reasonCount)"""


@pytest.mark.parametrize("subject", ["category", "source", "department"])
def test_a_bar_opens_exactly_its_own_cases(visit: Visit, subject: str) -> None:
    visit.open("/?window=d365")
    number = visit.page.locator(f'#_pages_content [data-breakdown="{subject}"] .bar-value').first
    count = int(number.inner_text().replace(",", ""))
    number.click()
    visit.until_definition("case.accepted")
    total = visit.page.locator("#definition-cases .drawer-total").get_attribute("data-total")
    assert int(total or -1) == count
    assert visit.page.locator("#definition-facts .drawer-value").inner_text() == f"{count:,}"
    visit.page.keyboard.press("Escape")
    assert number.evaluate("(one) => one === document.activeElement")


def test_a_figure_is_made_again_as_it_was_known(visit: Visit) -> None:
    visit.open(f"/kpis/{RATE}?window=d30")
    page = visit.page.locator("#_pages_content")
    assert page.locator('[data-part="as-known"] table').count() == 0
    known = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=6)
    page.locator('[name="known"]').fill(f"{known:%Y-%m-%dT%H:%M}")
    page.locator('form[data-goto="known"] button').click()
    visit.until("() => document.querySelector('#_pages_content [data-known]')", what="both figures")
    now = page.locator('[data-known="now"]').inner_text()
    assert now == page.locator(".card-value .drawer-value").inner_text()
    told = page.locator(".known-side .kpi-scope:last-child").all_inner_texts()
    sides = [_pair(text) for text in told]
    rows = [row.locator("td").all_inner_texts() for row in page.locator(_KNOWN_ROWS).all()]
    shares = [(_pair(cells[2]), _pair(cells[3])) for cells in rows]
    assert shares, "six days of a living city make a difference"
    for side in (0, 1):
        gained = sum(now[side] - then[side] for then, now in shares)
        assert sides[1][side] - sides[0][side] == gained
    assert "known=" in visit.page.url
    visit.open(f"/kpis/{RATE}?known=2999-01-01T00:00")
    assert "早于现在" in visit.page.locator('#_pages_content [data-part="as-known"]').inner_text()


_KNOWN_ROWS = '[data-part="as-known"] tbody tr'


def _pair(text: str) -> tuple[int, int]:
    one, other = text.replace(",", "").split(" / ")
    return int(one), int(other)


def test_with_editing_off_the_page_says_how_it_is_switched_on(visit: Visit) -> None:
    visit.open(f"/kpis/{RATE}")
    card = visit.page.locator("#_pages_content .card-thresholds")
    assert "editing = true" in card.inner_text()
    assert card.locator("form").count() == 0


def test_down_to_an_area_and_up_again(visit: Visit, quiet_product: Product) -> None:
    visit.open("/kpis?window=d365")
    child = quiet_product.board(window="d365")["league"]["rows"][0]
    menu = visit.page.locator("#_pages_content .area-menu")
    menu.locator("summary").click()
    menu.get_by_text(child["name"], exact=True).click()
    visit.until("(code) => yiwang.root().dataset.area === code", child["code"], what="the district")
    items = _catalogue(quiet_product, area=child["code"], window="d365")
    text = f'#_pages_content [data-row="{RATE}"] [data-f="text"]'
    assert visit.page.locator(text).inner_text() == items[RATE]["text"]
    visit.page.locator("#_pages_content .path a").first.click()
    visit.until("() => yiwang.root().dataset.area === yiwang.root().dataset.root", what="the city")


def test_an_unknown_kpi_says_so(visit: Visit) -> None:
    visit.expect_problem(r"status of 404 .*/kpis/case.nothing")
    answer = visit.page.goto(visit.base + "/kpis/case.nothing")
    assert answer is not None
    assert answer.status == 404
    visit.until("() => document.querySelector('#_pages_content .missing')", what="the page stands")
    assert "case.nothing" in visit.page.locator("#_pages_content .missing").inner_text()


def test_the_pages_lead_to_each_other_and_keep_the_selection(visit: Visit) -> None:
    visit.open("/?window=d7&lang=zh")
    for page in ("kpis", "calendar", "quality"):
        visit.page.click(f'#_pages_content .nav-link[href^="/{page}"]')
        visit.until("(page) => yiwang.root().dataset.page === page", page, what=f"the page {page}")
        assert visit.value("() => yiwang.root().dataset.window") == "d7"
    visit.page.click('#_pages_content .nav-link[href^="/?"]')
    visit.settle("/")
    assert visit.value("() => yiwang.root().dataset.window") == "d7"
