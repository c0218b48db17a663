"""The page 系统状态: a screen is listed, its token made and revoked; on a phone as well."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product

pytestmark = pytest.mark.browser

_FORM = '#_pages_content form[data-fixed*="{form}"]'


def _send(visit: Visit, form: str, **fields: str) -> None:
    chosen = _FORM.format(form=form)
    for name, text in fields.items():
        field = visit.page.locator(f'{chosen} [name="{name}"]')
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)
    visit.page.click(f"{chosen} button")


def test_a_screen_is_listed_and_loses_its_token(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    desk = visitor(editable_product)
    desk.open("/system")
    desk.until("() => document.querySelectorAll('[data-job]').length >= 5", what="jobs at work")
    _send(desk, "create", name="三楼大厅", profile="BAD", entered_by="")
    desk.until(
        "() => document.querySelectorAll('[aria-invalid]').length === 2", what="two wrong fields"
    )
    _send(desk, "create", name="三楼大厅", profile="", entered_by="王科长")
    told = desk.until(
        """() => {
          const said = document.querySelector('.form-said[data-result="saved"]');
          return said && said.textContent;
        }""",
        what="the address of the new token",
    )
    found = re.search(r"/wall/enter/[\w-]{43}", told)
    assert found
    desk.until(
        "() => document.querySelector('[data-token]').textContent.includes('三楼大厅')",
        what="the token is listed without a reload",
    )
    assert desk.page.locator(".form-said").first.inner_text() == told  # it stays to be copied

    wall = visitor(editable_product, viewport={"width": 1920, "height": 1080})
    wall.expect_problem("status of 403")
    wall.page.goto(editable_product.base + found[0])
    wall.until("() => window.yiwang && yiwang.screen.number", what="the screen has reported")
    row = "() => document.querySelector('[data-screen]')?.textContent"
    text = desk.until(f"() => ({row})()?.includes('三楼大厅') && ({row})()", what="it is listed")
    assert "default" in text
    assert "1920×1080@1" in text

    desk.open("/system?lang=en")
    _send(desk, "revoke", token_id="1 · 三楼大厅", entered_by="王科长")
    wall.until("() => document.querySelector('.screen-note')", what="the note on the screen")
    desk.until(
        "() => document.querySelector('[data-screen]').textContent.includes('token revoked')",
        what="the list says so",
    )
    acts = desk.page.locator('[data-part="audit"] tbody tr').all_inner_texts()
    assert ["revoked" in act for act in acts[:2]] == [True, False]
    assert all("王科长" in act for act in acts[:2])


def test_a_phone_misses_nothing(visitor: Callable[..., Visit], editable_product: Product) -> None:
    phone = visitor(
        editable_product, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
    )
    phone.open("/system")
    assert phone.value("() => document.documentElement.scrollWidth") == 360
    for part in ("screens", "jobs", "feeds", "tokens", "batches", "store", "audit"):
        assert phone.page.locator(f'#_pages_content [data-part="{part}"]').is_visible(), part
