"""From the league to one unit at the roll call, its answer and promise, and on to the next unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, query

pytestmark = pytest.mark.browser

_ACCEPTED = "#_pages_content tr[data-unit] [data-number='case.accepted']"
_PROMISED = """
SELECT p.matter, p.responsible, p.resolution, a.text, d.code FROM promises p
JOIN roll_call_answers a ON a.answer_id = p.answer_id
JOIN departments d ON d.department_id = p.department_id WHERE p.matter = '增设夜间值班岗'
"""


def until_promise(visit: Visit, state: str) -> None:
    """Wait for the new promise in this state."""
    script = """(state) => Array.from(document.querySelectorAll("#_pages_content .promise")).some(
      (one) => one.textContent.includes("增设夜间值班岗")
        && one.querySelector(`[data-state=${state}]`)
    )"""
    visit.until(script, state, what=f"the promise is {state}")


def test_from_the_league_to_a_promise_and_the_next_unit(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    visit = visitor(editable_product)
    visit.open("/departments?window=d365&order=-case.accepted")
    count = visit.page.locator(_ACCEPTED).first
    number = count.inner_text().replace(",", "")
    count.click()
    visit.settle("/cases")
    total = visit.page.locator("#_pages_content [data-total]").get_attribute("data-total")
    assert total == number and int(number) > 0
    visit.page.go_back()
    visit.settle("/departments")

    unit = visit.page.locator("#_pages_content tr[data-unit] th a").first
    name, code = unit.inner_text(), unit.get_attribute("href") or ""
    unit.click()
    path = code.split("?")[0]
    visit.settle(path)
    assert visit.page.locator("#_pages_content h1").inner_text() == name

    box = visit.page.locator("#_pages_content .answer-box form")
    box.locator('[name="matter"]').fill("增设夜间值班岗")
    box.locator('[name="text"]').fill("夜间值班力量不足")
    box.locator('[name="text"]').press("ArrowRight")  # moves the cursor, not the page
    box.locator('[name="actor"]').fill("会议记录员")
    box.locator("button[type=submit]").click()
    visit.until(
        "() => document.querySelector('.answer-box [data-wrong-of=responsible]').innerText",
        what="who sees to it is asked for",
    )
    box.locator('[name="responsible"]').fill("值班科科长")
    box.locator("button[type=submit]").click()
    until_promise(visit, "open")
    assert (
        visit.page.locator("#_pages_content .answers").inner_text().startswith("夜间值班力量不足")
    )
    found = query(editable_product.database_url, _PROMISED)
    assert found == [
        ("增设夜间值班岗", "值班科科长", None, "夜间值班力量不足", path.split("/")[-1])
    ]

    visit.page.locator(".promise:has-text('增设夜间值班岗') [data-act='finish_promise']").click()
    form = visit.page.locator("#_pages_content [data-act-form='finish_promise'] form")
    form.locator("textarea").fill("岗位已增设")
    form.locator("button[type=submit]").click()
    until_promise(visit, "done")

    following = visit.page.locator("#_pages_content [data-turn='next']").get_attribute("href") or ""
    visit.page.keyboard.press("ArrowRight")
    visit.settle(following.split("?")[0])
    visit.page.keyboard.press("ArrowLeft")
    visit.settle(path)
    until_promise(visit, "done")
