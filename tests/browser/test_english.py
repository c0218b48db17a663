"""Every page in English: Chinese stands only in data, names of papers and the product's name."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from dashboard.components.hrefs import PAGES
from dashboard.words import WORDS
from tests.system.product import Product, query

pytestmark = pytest.mark.browser

_SAID = ("title", "aria-label", "placeholder", "alt", "data-hint", "data-label")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_OWN = {"一网", "中文"}  # the product's name, and the way to its Chinese pages
_OF_SOURCES = {"南通", "天门", "许昌"}  # cities in the worked examples of a definition


class _Texts(HTMLParser):
    """Every text a reader meets, one by one, and what is told on pointing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.found |= {value.strip() for name, value in attrs if name in _SAID and value}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.add(data.strip())


def _data_texts(product: Product) -> str:
    """All Chinese of the store, in one text: names, titles, addresses, opinions."""
    address, found = product.database_url, set()
    for (table,) in query(address, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        for _, column, kind, *_ in query(address, f"PRAGMA table_info({table})"):
            if "CHAR" in kind.upper() or "TEXT" in kind.upper():
                rows = query(address, f'SELECT DISTINCT "{column}" FROM "{table}"')
                found |= {text for (text,) in rows if isinstance(text, str)}
    return "\n".join(text for text in found if _CHINESE.search(text))


def _paths(product: Product) -> list[str]:
    """Every page of the navigation, and the pages of one grid, case, KPI, department, campaign."""
    wanted = {
        "/area": "SELECT code FROM area_paths JOIN areas USING (area_id) WHERE is_leaf LIMIT 1",
        "/case": "SELECT case_code FROM cases WHERE cycle_no > 1 LIMIT 1",
        "/department": "SELECT code FROM departments LIMIT 1",
        "/campaign": "SELECT code FROM campaigns LIMIT 1",
    }
    one = [f"{path}/{query(product.database_url, sql)[0][0]}" for path, sql in wanted.items()]
    return ["/", *(f"/{page}" for page in PAGES if page != "board"), *one,
            "/kpis/case.closure_rate", "/overdue?tab=suspended"]  # fmt: skip


def test_english_pages_say_nothing_in_chinese(quiet_product: Product) -> None:
    data = _data_texts(quiet_product)
    interface = {chinese for chinese, english in WORDS.values() if chinese != english} - _OWN
    # a word that is a name in the store as well, such as the category 其他, proves nothing
    interface -= set(data.splitlines())
    wrong = {}
    for path in _paths(quiet_product):
        answer = quiet_product.get(f"{path}{'&' if '?' in path else '?'}lang=en&window=d365")
        assert answer.status == 200, path
        page = _Texts()
        page.feed(answer.body.decode())
        strange = {
            text
            for text in page.found
            if any(part not in data for part in set(_CHINESE.findall(text)) - _OWN - _OF_SOURCES)
        }
        wrong[path] = strange | (page.found & interface)
    assert {path: texts for path, texts in wrong.items() if texts} == {}
