"""The video wall in a real browser: every size, its seams, the walk, acting, what stands in."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.readings.wall_profile import slot_at
from tests.browser.visit import Visit
from tests.system.product import Product, copied, file_of, query, running

pytestmark = pytest.mark.browser

_AUDIT = (Path(__file__).parent / "wall_audit.js").read_text(encoding="utf-8")
_LISTEN = """window.told = [];
document.addEventListener("yiwang:painted", (event) => told.push(event.detail));"""
_DRAWN = """() => {
  const wall = document.querySelector("#_pages_content #wall.is-laid");
  const canvas = wall && wall.querySelector("canvas");
  return canvas && canvas.dataset.paintedMetric === yiwang.mapValues.metric && wall.dataset.place
    && document.fonts.status === "loaded" && wall.querySelector("[data-f='as-of']").textContent;
}"""
# width, height, columns and rows of screens
SIZES = [
    (1920, 1080, 1, 1),
    (3840, 1080, 2, 1),
    (3840, 2160, 2, 2),
    (5760, 2160, 3, 2),
    (7680, 2160, 4, 2),
    (6656, 1792, 1, 1),
    (9600, 3240, 5, 3),
]
_PROFILE = 'personal_data = "key"\ndwell_seconds = 300\n'
_OPEN = """
SELECT c.case_id FROM cases c JOIN areas a ON a.area_id = c.area_id
WHERE c.closed_at IS NULL AND c.voided_at IS NULL AND c.accepted_at IS NOT NULL
AND c.state = 'handling' AND a.kind = 'general' AND c.department_id IS NOT NULL
ORDER BY c.case_id LIMIT 3
"""
# Without the start of its clock: a deadline that the source brought is left alone.
_LATE = """
UPDATE cases SET deadline_at = ?, clock_started_at = NULL, timeout_exempt = 0, title = '某户'
WHERE case_id = ?
"""
_UNSIGNED = """
UPDATE cases SET is_urgent = 1, state = 'dispatched', dispatched_at = ?, signed_at = NULL,
deadline_at = NULL, due_soon_at = NULL, clock_started_at = NULL WHERE case_id = ?
"""
_NEW = "UPDATE cases SET is_urgent = 1, accepted_at = ?, ingested_at = ? WHERE case_id = ?"


def _now() -> int:
    return int(time.time() * 1000)


def _change(database_url: str, statement: str, *values: Any) -> None:
    """Write past the product, as another program would."""
    with sqlite3.connect(file_of(database_url), timeout=30) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.fixture(scope="module")
def wall_product(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Web and jobs with editing, an emergency nobody signed for, an overdue case, and profiles of
    this city's own."""
    folder = tmp_path_factory.mktemp("wall")
    walls = folder / "walls"
    walls.mkdir()
    (walls / "hall.toml").write_text(_PROFILE, encoding="utf-8")
    (walls / "broken.toml").write_text("dwell_seconds = 1\n", encoding="utf-8")
    url = copied(demo_store, folder)
    cases = [case_id for (case_id,) in query(url, _OPEN)]
    _change(url, _UNSIGNED, _now() - 1_800_000, cases[0])
    _change(url, _LATE, _now() - 7_200_000, cases[1])
    more = {"YIWANG_EDITING": "true", "YIWANG_WALL_PROFILES_DIR": str(walls)}
    with running(folder, url, **more) as made:
        yield made


@pytest.fixture
def arrive(visitor: Callable[..., Visit], wall_product: Product) -> Callable[..., Visit]:
    """Opens a wall of a profile on a screen of a size."""

    def at(path: str, width: int = 1920, height: int = 1080, *, listen: bool = False) -> Visit:
        visit = visitor(wall_product, viewport={"width": width, "height": height})
        if listen:
            visit.page.add_init_script(_LISTEN)
        visit.open(path)
        visit.until(_DRAWN, what=f"{path} is drawn")
        return visit

    return at


def test_nothing_is_cut_too_small_too_pale_or_on_a_seam(arrive: Callable[..., Visit]) -> None:
    visit = arrive("/wall")
    for width, height, columns, rows in SIZES:
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.value(
            """([columns, rows]) => {
              const seams = (count) => Array.from({length: count - 1}, (_, n) => (n + 1) / count);
              const data = yiwang.root().dataset;
              [data.seamsX, data.seamsY] = [seams(columns).join(" "), seams(rows).join(" ")];
              window.dispatchEvent(new Event("resize"));
            }""",
            [columns, rows],
        )
        visit.until(
            """() => {
              const host = yiwang.part("map-host"), canvas = host.querySelector("canvas");
              return canvas.width === host.clientWidth && canvas.height === host.clientHeight;
            }""",
            what="the map has its new size",
        )
        assert {f"{width}×{height}": visit.value(_AUDIT)} == {f"{width}×{height}": []}


def test_two_walls_agree_without_knowing_each_other(arrive: Callable[..., Visit]) -> None:
    one, other = arrive("/wall"), arrive("/wall/ultrawide", 3840, 1080)
    for now, dwell, count in ((1_795_368_612_345, 25, 9), (1_795_368_675_000, 20, 4), (7, 0, 3)):
        slot = one.value("(given) => yiwang.wall.slotAt(...given)", [now, dwell, count])
        assert slot == slot_at(now, dwell, count)
    both = [visit.value("() => yiwang.root().dataset.place") for visit in (one, other)]
    if both[0] != both[1]:  # the walk went on between the two looks
        both = [visit.value("() => yiwang.root().dataset.place") for visit in (one, other)]
    assert both[0] == both[1]


def _place(visit: Visit, why: str) -> str:
    visit.until("(why) => yiwang.root().dataset.why === why", why, what=f"the walk is {why}")
    return str(visit.value("() => yiwang.root().dataset.place"))


def test_arrows_step_a_key_locks_and_the_lock_outlives_a_reload(
    arrive: Callable[..., Visit],
) -> None:
    visit = arrive("/wall")
    page = visit.page
    page.keyboard.press("Home")
    home = _place(visit, "paused")
    page.keyboard.press("ArrowRight")
    next_one = visit.until(
        "(home) => yiwang.root().dataset.place !== home && yiwang.root().dataset.place", home,
        what="the next place",
    )  # fmt: skip
    page.keyboard.press("l")
    assert _place(visit, "locked") == next_one
    page.keyboard.press("ArrowRight")
    page.reload()
    visit.until(_DRAWN, what="the wall again")
    assert _place(visit, "locked") == next_one
    page.click("#_pages_content [data-walk='lock']")
    page.keyboard.press("Escape")
    _place(visit, "walking")


def test_colours_change_in_place(arrive: Callable[..., Visit]) -> None:
    visit = arrive("/wall", listen=True)
    visit.value("() => { window.before = document.querySelector('#_pages_content canvas'); }")
    nodes = visit.value("() => document.querySelectorAll('#_pages_content *').length")
    for _ in range(2):
        for metric in ("case.accepted", "duty.grid_coverage_rate", "case.overdue"):
            visit.page.click(f"#_pages_content [data-metric='{metric}']")
            visit.until(
                "(metric) => before.isConnected && before.dataset.paintedMetric === metric",
                metric, what=f"the map shows {metric}",
            )  # fmt: skip
    fetched = visit.value(
        "() => performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
    )
    assert sum(path.startswith("/geometry/") for path in fetched) == 1
    after = visit.value("() => document.querySelectorAll('#_pages_content *').length")
    assert abs(after - nodes) < 40  # lists turn their pages meanwhile
    told = visit.value("() => told[told.length - 1]")
    assert set(told) == {"version", "as_of_ms", "computed_ms", "painted_ms", "area"}
    assert abs(told["painted_ms"] - _now()) < 60_000


def test_alarms_are_acknowledged_and_a_new_emergency_takes_the_walk_along(
    arrive: Callable[..., Visit], wall_product: Product
) -> None:
    visit = arrive("/wall/hall", 3840)  # room for every alarm
    page = visit.page
    cards = page.locator("#_pages_content .wall-alarm")
    assert cards.first.get_attribute("data-key") == f"unsigned:{_case(wall_product, 0)}"
    late = page.locator(f"#_pages_content [data-key='red:{_case(wall_product, 1)}']")
    assert late.locator(".wall-detail").is_visible() is False
    page.keyboard.press("h")
    late.locator(".wall-detail").wait_for(state="visible")
    assert "某户" in late.locator(".wall-detail").inner_text()
    page.keyboard.press("h")
    late.locator(".wall-detail").wait_for(state="hidden")
    late.locator(".wall-ack").click()
    form = page.locator("#_pages_content [data-act-form='acknowledge'] form")
    form.locator("[name='actor']").fill("值班长")
    form.locator("button[type=submit]").click()
    late.wait_for(state="detached")
    page.keyboard.press("Home")
    city = _place(visit, "paused")
    now = _now()
    _change(wall_product.database_url, _NEW, now, now, _case(wall_product, 2))
    assert _place(visit, "jump") != city


def _case(product: Product, number: int) -> int:
    """The cases planted, in their order: an emergency, a late one, one that becomes urgent."""
    found = query(product.database_url, "SELECT case_id FROM cases WHERE is_urgent = 1"
                  " AND state = 'dispatched' AND signed_at IS NULL")  # fmt: skip
    late = query(product.database_url, "SELECT case_id FROM cases WHERE title = '某户'")
    if number < 2:
        return int((found, late)[number][0][0])
    return int(query(product.database_url, _OPEN)[-1][0])


def test_a_broken_profile_shows_the_default_and_is_listed(arrive: Callable[..., Visit]) -> None:
    visit = arrive("/wall/broken")
    note = visit.page.locator("#_pages_content .wall-problem").inner_text()
    assert note.endswith("broken")
    assert visit.value(_AUDIT) == []
    visit.open("/walls")
    card = visit.page.locator("#_pages_content [data-part='wall-broken']").inner_text()
    assert "broken.toml: dwell_seconds = 1: allowed is a whole number from 5 to 600, or 0" in card
