"""Phone, desk and wall: nothing wider than the screen, no card over another; and on paper."""

from __future__ import annotations

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
_GRID = "SELECT code FROM areas WHERE level = 'grid' AND kind = 'general' ORDER BY code LIMIT 1"
_BOXES = """(selector) => Array.from(document.querySelectorAll("#_pages_content " + selector))
  .map((element) => {
    const box = element.getBoundingClientRect();
    const name = element.dataset.kpi || element.className;
    return {name, left: box.left, right: box.right, top: box.top + scrollY,
      bottom: box.bottom + scrollY};
  })"""
_TOO_WIDE = """() => ({page: document.documentElement.scrollWidth, screen: innerWidth,
  body: document.body.scrollWidth})"""
# Text that is cut off inside a card although no scrolling would show it.
_CUT = """() => Array.from(document.querySelectorAll("#_pages_content :is(.tile, .tile *)"))
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0
    && getComputedStyle(element).overflowX !== "visible" && element.textContent)
  .map((element) => element.closest("[data-kpi]").dataset.kpi + ": " + element.textContent)"""


def _boxes(visit: Visit, selector: str) -> list[dict[str, Any]]:
    boxes: list[dict[str, Any]] = visit.value(_BOXES, selector)
    return boxes


def _over_each_other(boxes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (a["name"], b["name"])
        for a, b in combinations(boxes, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    ]


@pytest.mark.parametrize("size", [PHONE, DESK, WALL], ids=["phone", "desk", "wall"])
@pytest.mark.parametrize("place", ["city", "grid"])
def test_everything_has_its_place(
    visitor: Callable[..., Visit], quiet_product: Product, size: dict[str, Any], place: str
) -> None:
    visit = visitor(quiet_product, **size)
    [(grid,)] = query(quiet_product.database_url, _GRID)
    visit.open("/?window=d30" if place == "city" else f"/area/{grid}?window=d365&lang=en")
    width = size["viewport"]["width"]
    assert visit.value(_TOO_WIDE) == {"page": width, "screen": width, "body": width}
    tiles, cards = _boxes(visit, ".tile"), _boxes(visit, ".card")
    assert len(tiles) == 16
    assert len(cards) >= 6
    for box in tiles + cards:
        assert box["left"] >= 0, box
        assert box["right"] <= width, box
        assert box["bottom"] - box["top"] >= 40, box
    assert _over_each_other(tiles) == []
    assert _over_each_other(cards) == []
    assert visit.value(_CUT) == []


def test_first_numbers_are_on_the_first_screen(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    for size, number in ((PHONE, 4), (DESK, 8), (WALL, 14)):
        visit = visitor(quiet_product, **size)
        visit.open("/")
        height = size["viewport"]["height"]
        whole = [box for box in _boxes(visit, ".tile") if box["bottom"] <= height]
        assert len(whole) >= number, size


def test_a_finger_reaches_everything(visitor: Callable[..., Visit], quiet_product: Product) -> None:
    visit = visitor(quiet_product, **PHONE)
    visit.open("/?window=d365")
    page = visit.page
    page.locator('#_pages_content .tile[data-kpi="case.closed"]').tap()
    visit.until_definition("case.closed")
    drawer = page.locator("#definition-drawer").bounding_box()
    assert drawer is not None
    assert drawer["x"] >= 0
    assert drawer["x"] + drawer["width"] <= 360
    page.locator(".drawer-close").tap()
    visit.until(
        "() => document.querySelector('#definition-drawer').dataset.open === '0'", what="closed"
    )
    tiles = page.locator("#_pages_content .tile")
    for tile in tiles.all():
        tile.scroll_into_view_if_needed()
        tile.tap(trial=True)  # nothing lies over it
    row = page.locator('[data-part="league-rows"] tr').first
    code = row.get_attribute("data-code")
    row.locator("a").tap()
    visit.settle(f"/area/{code}")


def test_a_finger_on_the_map_first_tells_then_goes(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    visit = visitor(quiet_product, **PHONE)
    visit.open("/?window=d365")
    canvas = visit.page.locator("#_pages_content canvas")
    canvas.scroll_into_view_if_needed()
    box = visit.value("() => yiwang.map.scene.city.areas[yiwang.map.scene.city.grids[0]].box")
    at = visit.value(
        """(box) => { const {view} = yiwang.map;
          return {x: (box[0] + box[2]) / 2 * view.k + view.x,
            y: (box[1] + box[3]) / 2 * view.k + view.y}; }""",
        box,
    )
    target = visit.value("(at) => yiwang.map.targetOf(yiwang.map.leafAt(at.x, at.y)).code", at)
    canvas.tap(position=at)
    assert visit.page.locator(".map-tip").is_visible()
    visit.settle("/")
    canvas.tap(position=at)
    visit.settle(f"/area/{target}")


def test_on_paper(visit: Visit) -> None:
    visit.open("/?window=d30")
    visit.page.emulate_media(media="print")
    page = visit.page.locator("#_pages_content")
    for selector in (
        ".place-name",
        ".fresh-time",
        ".tile",
        ".league",
        ".card-overdue",
        ".demo-mark",
    ):
        assert page.locator(selector).first.is_visible(), selector
    for selector in (".tools", ".map-zoom"):
        assert not page.locator(selector).first.is_visible(), selector
    cut = """() => Array.from(document.querySelectorAll("#_pages_content .table-box"))
      .filter((box) => getComputedStyle(box).overflowX !== "visible").length"""
    assert visit.value(cut) == 0
    paper = visit.page.pdf(format="A4", landscape=True, print_background=True)
    assert paper.startswith(b"%PDF")
    assert len(paper) > 20_000


def test_lists_fit_a_sheet_upright(visitor: Callable[..., Visit], quiet_product: Product) -> None:
    visit = visitor(quiet_product, viewport={"width": 703, "height": 1000})  # A4 less its margins
    for path in ("/cases?window=d365", "/overdue?tab=suspended", "/satisfaction?window=d365"):
        visit.open(path)
        visit.page.emulate_media(media="print")
        assert visit.value("() => document.documentElement.scrollWidth") == 703, path
        assert not visit.page.locator(".nav").first.is_visible()
        visit.page.emulate_media(media="screen")
