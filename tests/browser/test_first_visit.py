"""The first visit: numbers before scripts, then map and chart; two languages; odd addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser

# Colours of the map where a grid is and where none is, by asking the map itself.
_PAINTED = """() => {
  const {map} = yiwang, {scene, canvas} = map;
  const pen = canvas.getContext("2d");
  const probe = document.createElement("canvas").getContext("2d");
  const rgb = (colour) => {
    probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
    return Array.from(probe.getImageData(0, 0, 1, 1).data).join();
  };
  const scale = yiwang.mapScale(scene.metric).map(rgb);
  const found = {right: 0, grids: 0, outside: 0, clear: 0, classes: []};
  const classes = new Set();
  for (let x = 4; x < scene.width; x += 5) for (let y = 4; y < scene.height; y += 5) {
    const leaf = map.leafAt(x, y);
    const at = [Math.round(x * scene.ratio), Math.round(y * scene.ratio)];
    const pixel = Array.from(pen.getImageData(at[0], at[1], 1, 1).data).join();
    if (leaf < 0) { found.outside += 1; found.clear += pixel.endsWith(",0") ? 1 : 0; continue; }
    found.grids += 1;
    const step = scene.classes[leaf];
    if (pixel === scale[step]) { found.right += 1; classes.add(step); }
  }
  found.classes = Array.from(classes);
  return found;
}"""


def test_numbers_stand_without_any_script(
    visitor: Callable[..., Visit], quiet_product: Product
) -> None:
    visit = visitor(quiet_product, java_script_enabled=False)
    visit.page.goto(visit.base + "/?window=d30")
    board = quiet_product.board(window="d30")
    for tile in board["tiles"]:
        number = visit.page.locator(f'.tile[data-kpi="{tile["key"]}"] [data-f="text"]')
        assert number.is_visible()
        assert number.inner_text() == tile["text"]
    assert visit.page.get_by_text("演示数据", exact=True).is_visible()
    assert visit.page.locator("[data-part=league-rows] tr").count() == len(board["league"]["rows"])


def test_everything_is_drawn(visit: Visit, quiet_product: Product) -> None:
    visit.open("/?window=d365&metric=case.accepted")
    board = quiet_product.board(window="d365")
    for tile in board["tiles"] + board["more"]:
        assert visit.tile(tile["key"]) == tile["text"]
    names = visit.page.locator("[data-part=league-rows] a").all_inner_texts()
    assert sorted(names) == sorted(row["name"] for row in board["league"]["rows"])
    assert visit.page.locator(".demo-mark").inner_text() == "演示数据"
    painted = visit.value(_PAINTED)
    assert painted["right"] > 0.8 * painted["grids"] > 100  # borders and names cover the rest
    assert len(painted["classes"]) >= 3
    assert painted["clear"] > 0.9 * painted["outside"] > 100
    paths = visit.page.locator(".trend-host .scatterlayer path.js-line")
    assert paths.count() == 3
    drawn = visit.value(
        """() => document.querySelector(".trend-host").data.map((trace) => Array.from(trace.y))"""
    )
    assert drawn == [board["trend"][name] for name in ("accepted", "closed", "overdue")]


def test_another_metric_repaints_the_map(visit: Visit) -> None:
    visit.open("/?window=d365")
    visit.page.click('[data-metric="case.accepted"]')
    painted = """() => yiwang.map.canvas.dataset.paintedMetric === "case.accepted" """
    visit.until(painted, what="the map shows 受理量")
    assert len(visit.value(_PAINTED)["classes"]) >= 3
    assert "metric=case.accepted" in visit.page.url
    visit.page.reload()
    visit.until(f"() => yiwang.map.canvas && ({painted})()", what="the map shows it again")


def test_english_all_through(visit: Visit) -> None:
    visit.open("/")
    visit.page.click("a.tool[lang=en]")
    visit.until("() => document.documentElement.lang === 'en'", what="the page is English")
    visit.until("() => yiwang.root().dataset.lang === 'en'", what="the page is English")
    assert "lang=en" in visit.page.url
    assert visit.page.locator(".demo-mark").inner_text() == "Demo data"
    assert visit.page.locator("h1").inner_text() == "Trial City"
    left = re.findall(r"[^\n]*[\u4e00-\u9fff]+[^\n]*", visit.page.locator("body").inner_text())
    assert [line for line in left if line != "中文"] == []
    visit.page.click("a.tool[lang=zh]")
    visit.until("() => yiwang.root().dataset.lang === 'zh'", what="the page is Chinese again")


def test_unknown_area_says_so_and_leads_back(visit: Visit) -> None:
    visit.expect_problem(r"status of 404 .*/area/nowhere")
    answer = visit.page.goto(visit.base + "/area/nowhere?lang=zh")
    assert answer is not None
    assert answer.status == 404
    visit.until("() => document.querySelector('#_pages_content .missing')", what="the page stands")
    assert "nowhere" in visit.page.locator("#_pages_content .missing").inner_text()
    visit.page.click("#_pages_content .missing a.button")
    visit.settle("/")


def test_odd_period_and_language_fall_back(visit: Visit) -> None:
    visit.open("/?window=sometimes&lang=klingon&sort=nothing&metric=none&kpi=none")
    assert visit.value("() => yiwang.root().dataset.window") == "d30"
    assert visit.value("() => yiwang.root().dataset.lang") == "zh"


def test_dark_theme_is_kept(visit: Visit) -> None:
    visit.open("/")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = visit.value(ground)
    visit.page.click('[data-action="theme"]')
    assert visit.value(ground) != light
    visit.page.reload()
    assert visit.value("() => document.documentElement.dataset.theme") == "dark"
    assert visit.value(ground) != light
