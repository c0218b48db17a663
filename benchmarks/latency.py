"""Part ``latency``: from a writer's commit to the rollups and to the number in a real page.

The writer inserts and closes cases; every new case raises the city's 受理量 by one, so the k-th
commit is on the screen when the tile has risen by k. The page is watched by a MutationObserver.
"""

from __future__ import annotations

import argparse
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine, select

from benchmarks.product import Product, cpu_seconds, running_product
from benchmarks.results import Results, Row, percentile
from benchmarks.stores import Store
from benchmarks.writer import writing
from data_access.engine import begin_read, open_engine
from data_access.rollup_reads import read_root
from data_access.tables import rollup_area

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
TILE = '[data-kpi="case.accepted"] [data-f="text"]'
_POLL_SECONDS = 0.01
_OBSERVE = """(selector) => {
  const number = () => {
    const element = document.querySelector(selector);
    return element ? Number(element.textContent.replace(/[^0-9]/g, "")) : null;
  };
  let last = number();
  window.seen = [[Date.now(), last]];
  new MutationObserver(() => {
    const value = number();
    if (value === null || value === last) return;
    last = value;
    window.seen.push([Date.now(), value]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def run_latency(store: Store, results: Results, *, options: argparse.Namespace) -> None:
    """Hold each rate for a while with web, jobs and one browser page running."""
    seconds = 5.0 if options.quick else options.seconds
    rows = []
    with running_product(store, jobs=True) as product, sync_playwright() as playwright:
        browser = open_chromium(playwright)
        page = browser.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"{product.address}/?window=d30&lang=zh")
        page.wait_for_selector(TILE)
        for rate in options.rates:
            rows.append(_at_rate(store, product, page, rate, seconds))
        browser.close()
    results.add("latency", f"commit → applied → DOM, {store.engine_name}", rows)


def open_chromium(playwright: Any) -> Browser:
    """The system's Chromium, headless."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("YIWANG_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)))
    browser: Browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
    return browser


def _at_rate(store: Store, product: Product, page: Page, rate: int, seconds: float) -> Row:
    page.wait_for_function(  # the page shows what the store holds
        "async () => (await (await fetch('/api/tick')).json()).version =="
        " document.documentElement.dataset.paintedVersion",
        timeout=60_000,
        polling=200,
    )
    page.evaluate(_OBSERVE, TILE)
    cpu = [cpu_seconds(pid) for pid in (product.web_pid, product.jobs_pid or 0)]
    started = time.time()
    with AppliedWatch(store) as applied, writing(store, rate) as writer:
        page.wait_for_timeout(1000 * max(seconds, 30 / rate))
        written = writer.stop()
        page.wait_for_timeout(5000)
        elapsed = time.time() - started
    used = [
        cpu_seconds(pid) - before
        for pid, before in zip((product.web_pid, product.jobs_pid or 0), cpu, strict=True)
    ]
    seen = [(moment / 1000, value) for moment, value in page.evaluate("window.seen")]
    commits = written["accepted"]
    to_store, lost_store = delays(commits, applied.seen)
    to_page, lost_page = delays(commits, seen)
    return {
        "cases": store.cases,
        "asked/s": rate,
        "held/s": written["changes"] / written["seconds"],
        "applied p50 s": percentile(to_store, 50),
        "applied p99 s": percentile(to_store, 99),
        "DOM p50 s": percentile(to_page, 50),
        "DOM p99 s": percentile(to_page, 99),
        "DOM max s": max(to_page, default=float("nan")),
        "commits": len(commits),
        "not seen": lost_store + lost_page,
        "web CPU %": 100 * used[0] / elapsed,
        "jobs CPU %": 100 * used[1] / elapsed,
        "error": written["error"],
    }


class AppliedWatch:
    """Notes every value of the city's all-time 受理量 in the rollups and when it first stood."""

    def __init__(self, store: Store) -> None:
        self._engine = open_engine(store.url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.seen: list[tuple[float, int]] = []

    def __enter__(self) -> AppliedWatch:
        self._read = _accepted_reader(self._engine)
        self.seen.append((time.time(), self._read()))
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        while not self._stop.wait(_POLL_SECONDS):
            value = self._read()
            if value != self.seen[-1][1]:
                self.seen.append((time.time(), value))


def _accepted_reader(engine: Engine) -> Callable[[], int]:
    with begin_read(engine) as connection:
        root = read_root(connection)
        if root is None:
            raise RuntimeError("the store has no areas")
    query = select(rollup_area.c.accepted).where(
        rollup_area.c.area_id == root.area_id, rollup_area.c.period == 0
    )

    def read() -> int:
        with begin_read(engine) as connection:
            return int(connection.execute(query).scalar_one())

    return read


def delays(commits: Sequence[float], seen: Sequence[tuple[float, int]]) -> tuple[list[float], int]:
    """Seconds from each commit to the first sight of a count that holds it; how many never were.

    ``seen``: (moment, count) with the count before the first commit at its head.
    """
    if not commits:
        return [], 0
    first = seen[0][1]
    counts = np.maximum.accumulate([value - first for _, value in seen])
    moments = [moment for moment, _ in seen]
    at = np.searchsorted(counts, np.arange(1, len(commits) + 1))
    found = [
        moments[position] - commit
        for commit, position in zip(commits, at.tolist(), strict=True)
        if position < len(moments)
    ]
    return found, len(commits) - len(found)
