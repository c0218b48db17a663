"""A real browser for each module, a watched visitor for each test, the product they visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visit import FLAGS, PATIENCE, Visit
from tests.system.product import Product, copied, demo_file, running

DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small demo city; copy it, do not change it."""
    return demo_file(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def quiet_product(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Web and jobs for all visitors that change nothing."""
    folder = tmp_path_factory.mktemp("quiet")
    with running(folder, copied(demo_store, folder)) as made:
        yield made


@pytest.fixture(scope="module")
def own_product(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Web and jobs on a store of this module alone, which its tests may change and kill."""
    folder = tmp_path_factory.mktemp("own")
    with running(folder, copied(demo_store, folder), YIWANG_STALE_AFTER_SECONDS="7") as made:
        yield made


@pytest.fixture(scope="module")
def editable_product(
    demo_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """Web and jobs on a store of this module alone, with editing switched on."""
    folder = tmp_path_factory.mktemp("editable")
    with running(folder, copied(demo_store, folder), YIWANG_EDITING="true") as made:
        yield made


# Not for the whole session: Playwright keeps an event loop in this thread while it runs.
@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The system's Chromium without a window."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
        yield made
        made.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Makes visitors of a product; afterwards none of them may have seen anything go wrong."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def arrive(product: Product, **more: Any) -> Visit:
            options = {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
            context = browser.new_context(**{**options, **more})
            context.set_default_timeout(PATIENCE * 1000)
            stack.callback(context.close)
            visits.append(Visit(context, product.base))
            return visits[-1]

        yield arrive
        problems = [problem for visit in visits for problem in visit.unexpected()]
    assert problems == []


@pytest.fixture
def visit(visitor: Callable[..., Visit], quiet_product: Product) -> Visit:
    """A visitor at a desk, of the product that nobody changes."""
    return visitor(quiet_product)
