"""Going down from the city to a grid and back, by table and by map; the address holds it all."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, query

pytestmark = pytest.mark.browser

_LINE = """
SELECT d.code, s.code, c.code, g.code FROM areas g
JOIN areas c ON c.area_id = g.parent_id JOIN areas s ON s.area_id = c.parent_id
JOIN areas d ON d.area_id = s.parent_id
WHERE g.level = 'grid' AND c.level = 'community' AND s.level = 'street' AND d.level = 'district'
AND g.kind = 'general' ORDER BY g.area_id DESC LIMIT 1
"""
# Canvas position of a grid that leads somewhere else than here, away from names and edges.
_PLACE = """() => {
  const {map} = yiwang, {scene} = map;
  for (let y = 40; y < scene.height - 40; y += 7) for (let x = 40; x < scene.width - 80; x += 7) {
    const leaves = [[x, y], [x + 6, y], [x, y + 6], [x - 6, y], [x, y - 6]].map(
      ([a, b]) => map.leafAt(a, b));
    if (leaves[0] < 0 || leaves.some((leaf) => leaf !== leaves[0])) continue;
    const target = map.targetOf(leaves[0]);
    if (target) return {x: x, y: y, code: target.code};
  }
  return null;
}"""


def _row(visit: Visit, code: str) -> None:
    visit.page.click(f'[data-part="league-rows"] tr[data-code="{code}"] a')


def _query(visit: Visit) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(visit.page.url).query).items()}


def test_down_to_a_grid_by_the_table_and_back_by_the_browser(
    visit: Visit, quiet_product: Product
) -> None:
    [line] = query(quiet_product.database_url, _LINE)
    visit.open("/?window=d365&lang=zh")
    for code in line:
        _row(visit, code)
        visit.settle(f"/area/{code}")
        board = quiet_product.board(code, window="d365")
        assert visit.page.locator("#_pages_content h1").inner_text() == board["area"]["name"]
        assert visit.tile("case.accepted") == board["tiles"][0]["text"]
        assert _query(visit) == {"window": "d365", "lang": "zh"}
        steps = visit.page.locator("#_pages_content .path li").all_inner_texts()
        assert steps == [step["name"] for step in board["path"]]
    assert visit.page.locator(".card-league").count() == 0
    assert visit.page.get_by_text("网格画像").is_visible()
    for code in reversed(line[:-1]):
        visit.page.go_back()
        visit.settle(f"/area/{code}")
    visit.page.go_back()
    visit.settle("/")
    visit.page.go_forward()
    visit.settle(f"/area/{line[0]}")


def test_up_by_the_area_path(visit: Visit, quiet_product: Product) -> None:
    [line] = query(quiet_product.database_url, _LINE)
    visit.open(f"/area/{line[3]}")
    visit.page.locator("#_pages_content .path a").nth(1).click()
    visit.settle(f"/area/{line[0]}")
    visit.page.locator("#_pages_content .path a").first.click()
    visit.settle("/")


def test_down_by_the_map(visit: Visit) -> None:
    visit.open("/?window=d30")
    for _ in range(2):
        canvas = visit.page.locator("#_pages_content canvas")
        canvas.scroll_into_view_if_needed()
        place = visit.value(_PLACE)
        assert place
        canvas.hover(position={"x": place["x"], "y": place["y"]})
        assert visit.page.locator(".map-tip").is_visible()
        canvas.click(position={"x": place["x"], "y": place["y"]})
        visit.settle(f"/area/{place['code']}")
        assert visit.value("() => yiwang.root().dataset.area") == place["code"]
    assert visit.value("() => yiwang.map.scene.current") > 0


def test_down_by_the_keyboard(visit: Visit) -> None:
    visit.open("/")
    first = visit.page.locator('[data-part="league-rows"] a').first
    first.focus()
    href = first.get_attribute("href") or ""
    visit.page.keyboard.press("Enter")
    visit.settle(urlsplit(href).path)
    assert visit.value("() => document.activeElement.tagName") == "H1"


def test_a_number_of_the_table_opens_by_the_keyboard(visit: Visit) -> None:
    visit.open("/?window=d365")
    page, league = visit.page, "#_pages_content .card-league"
    page.locator(f"{league} th button").last.focus()
    focused = "() => document.activeElement.dataset.col || document.activeElement.tagName"
    page.keyboard.press("Tab")
    first = visit.value(focused)
    assert first == page.locator(f"{league} td[data-col]").first.get_attribute("data-col")
    page.keyboard.press("Tab")
    assert visit.value(focused) == "A"  # one stop for all numbers, then the areas
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    column = page.locator(f"{league} tr[data-total] td[data-col]").last.get_attribute("data-col")
    assert visit.value(focused) == column
    page.keyboard.press("Enter")
    visit.until_definition(column or "")
    code = page.locator(f"{league} tr[data-code]").first.get_attribute("data-code")
    assert _query(visit)["of"] == code
    page.keyboard.press("Escape")
    visit.until(f"() => ({focused})() === '{column}'", what="the focus is back on the number")


def test_a_slice_stays_through_areas_and_periods(visit: Visit, quiet_product: Product) -> None:
    [line] = query(quiet_product.database_url, _LINE)
    [(source,)] = query(quiet_product.database_url, _BUSIEST)
    visit.open(f"/?window=d30&source={source}")
    visit.page.locator(f'#_pages_content a[href*="/area/{line[0]}?"]').first.click()
    visit.settle(f"/area/{line[0]}")
    visit.page.get_by_role("link", name="近3年", exact=True).click()
    visit.until("() => yiwang.root().dataset.window === 'd1095'", what="three years")
    visit.settle(f"/area/{line[0]}")
    assert _query(visit)["source"] == source
    board = quiet_product.board(line[0], window="d1095", source=source)
    assert visit.tile("case.accepted") == board["tiles"][0]["text"]
    visit.page.click('#_pages_content [data-slice="source"]')
    visit.until("() => !location.search.includes('source=')", what="all sources again")


_BUSIEST = (
    "SELECT s.code FROM cases JOIN sources s USING (source_id) GROUP BY 1"
    " ORDER BY count(*) DESC LIMIT 1"
)


def test_sorting_stays_in_the_address_through_drill_and_reload(visit: Visit) -> None:
    visit.open("/?window=d365")
    rows = '[data-part="league-rows"] tr'
    visit.page.click('[data-sort="case.accepted"]')
    assert _query(visit)["sort"] == "-case.accepted"
    assert _numbers(visit) == sorted(_numbers(visit), reverse=True)
    visit.page.click('[data-sort="case.accepted"]')
    assert _query(visit)["sort"] == "case.accepted"
    order = visit.page.locator(f"{rows} a").all_inner_texts()
    assert _numbers(visit) == sorted(_numbers(visit))
    visit.page.reload()
    visit.settle("/")
    assert visit.page.locator(f"{rows} a").all_inner_texts() == order
    code = visit.page.locator(rows).last.get_attribute("data-code")
    visit.page.locator(f"{rows} a").last.click()
    visit.settle(f"/area/{code}")
    assert _query(visit)["sort"] == "case.accepted"
    assert _numbers(visit) == sorted(_numbers(visit))
    assert visit.page.locator("th[aria-sort=ascending]").count() == 1


def _numbers(visit: Visit) -> list[float]:
    cells = visit.page.locator('[data-part="league-rows"] td[data-col="case.accepted"]')
    return [float(cell.get_attribute("data-value") or "nan") for cell in cells.all()]


def test_another_period_keeps_the_area(visit: Visit, quiet_product: Product) -> None:
    [line] = query(quiet_product.database_url, _LINE)
    visit.open(f"/area/{line[0]}?window=d30")
    visit.page.get_by_role("link", name="近3年", exact=True).click()
    visit.until("() => yiwang.root().dataset.window === 'd1095'", what="three years")
    visit.settle(f"/area/{line[0]}")
    board = quiet_product.board(line[0], window="d1095")
    assert visit.tile("case.accepted") == board["tiles"][0]["text"]
    assert _query(visit)["window"] == "d1095"
