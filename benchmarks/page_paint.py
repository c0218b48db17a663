"""First contentful paint in headless Chromium: our pages with numbers against the naive shell.

The naive page (``benchmarks.naive_dash``) paints "Loading…" first, then its shell (the layout
without a number), then numbers.
Ours paints numbers first. Each visit has an empty browser cache; ours also ask for another district
every time, so that nothing has been computed before.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from playwright.sync_api import Browser, sync_playwright

from benchmarks import naive_dash
from benchmarks.latency import open_chromium
from benchmarks.product import running_product
from benchmarks.results import Row, percentile
from benchmarks.stores import Store
from dashboard.runtime.processes import Family
from dashboard.settings import PROGRAM_DIRECTORY

# When each element first stood in the document, by the page's own clock.
_WATCH = """(() => {
  window.stood = {};
  const look = () => {
    for (const selector of SELECTORS) {
      const element = document.querySelector(selector);
      if (element && element.textContent.trim()) window.stood[selector] ??= performance.now();
    }
    requestAnimationFrame(look);
  };
  look();
})()"""
# [first contentful paint, end of the answer, content], once all three are there.
_SEEN = """(content) => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const stood = window.stood?.[content];
  if (!paint || !stood) return null;
  return [paint.startTime, performance.getEntriesByType("navigation")[0].responseEnd, stood];
}"""
_OURS = {
    "/": "/area/{district}?window=d30",
    "/cases": "/cases?area={district}",
    "/overdue": "/overdue?area={district}",
    "/duty": "/duty?area={district}",
    "/satisfaction": "/satisfaction?area={district}",
    "/kpis": "/kpis?area={district}",
}
_OUR_CONTENT = "#first-paint main"


@dataclass
class _Visits:
    painted: list[float] = field(default_factory=list)
    content: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def paint_rows(store: Store, districts: Sequence[str], *, visits: int) -> list[Row]:
    """Milliseconds from navigation, medians of interleaved visits."""
    naive, naive_number = _Visits(), _Visits()
    ours = {name: _Visits() for name in _OURS}
    with (
        _naive_server(store) as naive_address,
        running_product(store, jobs=False) as product,
        sync_playwright() as playwright,
    ):
        browser = open_chromium(playwright)
        for number in range(visits + 1):
            if number == 1:  # the first round warmed both processes and the browser
                naive, naive_number = _Visits(), _Visits()
                ours = {name: _Visits() for name in _OURS}
            _visit(browser, naive_address, [naive_dash.SHELL], naive)
            _visit(browser, naive_address, [naive_dash.FIRST_NUMBER], naive_number)
            for name, path in _OURS.items():
                district = districts[number % len(districts)]
                address = product.address + path.format(district=district)
                _visit(browser, address, [_OUR_CONTENT], ours[name])
        browser.close()
    shell = percentile(naive.content, 50)
    rows = [
        _row("naive Dash: shell", naive, shell),
        _row("naive Dash: first number", naive_number, shell),
    ]
    return rows + [_row(f"ours {name}", found, shell) for name, found in ours.items()]


def _visit(browser: Browser, address: str, selectors: Sequence[str], into: _Visits) -> None:
    """One visit with an empty cache; ``selectors``: the content, the last of them told."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.add_init_script(_WATCH.replace("SELECTORS", json.dumps(list(selectors))))
    page.goto(address, wait_until="commit", timeout=120_000)
    seen = page.wait_for_function(_SEEN, arg=selectors[-1], timeout=120_000).json_value()
    into.painted.append(seen[0])
    into.answered.append(seen[1])
    into.content.append(seen[2])
    context.close()


def _row(name: str, found: _Visits, shell: float) -> Row:
    median, content = percentile(found.painted, 50), percentile(found.content, 50)
    return {
        "page": name,
        "answered p50 ms": percentile(found.answered, 50),
        "first paint p50 ms": median,
        "first paint max ms": max(found.painted),
        "content p50 ms": content,
        "× naive shell": (median if name.startswith("ours") else content) / shell,
        "visits": len(found.painted),
    }


@contextmanager
def _naive_server(store: Store) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "PYTHONPATH": str(PROGRAM_DIRECTORY)}
    address = f"http://127.0.0.1:{port}"
    with Family() as family:
        command = [sys.executable, "-m", "benchmarks.naive_dash", store.url, str(port)]
        family.start("naive", command, environ=environ)
        if family.wait_until(lambda: _answers(address), seconds=60) is not True:
            raise RuntimeError("the naive page did not start")
        yield address


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
