"""Part ``soak``: the wall for a long time on the living city, watched from outside by CDP.

A wall looks at its city for weeks. Here the city lives fast, so that days of updates pass in hours:
after every sixteenth of the run the heap is measured behind a forced collection, with DOM nodes and
listeners, and the city is held for a moment to see that nothing was missed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.latency import open_chromium
from benchmarks.product import cpu_seconds, running_product
from benchmarks.results import Results, Row
from benchmarks.stores import FOLDER, Store
from benchmarks.viewers import demo_store
from dashboard.settings import PROGRAM_DIRECTORY

PROFILE = "yuanbao"
_LOOKS = 16
_BEATS = 5.0  # a second
_QUIET_SECONDS = 60.0
_LIMIT = 1.1  # heap of the last quarter against the second
# Districts, metrics and lists turn as fast as a profile may say.
_WALL = 'title = "soak"\ndwell_seconds = 5\nmetrics = ["case.overdue", "case.accepted"]\n'
_COUNT = """() => {
  window.soak = { updates: 0, last: 0, back: 0, newest: 0 };
  document.addEventListener("yiwang:painted", (event) => {
    const version = event.detail.version, now = window.soak;
    if (version < now.newest) now.back += 1;
    now.newest = Math.max(now.newest, version);
    if (version !== now.last) now.updates += 1;
    now.last = version;
  });
}"""
_SHOWN = """async () => {
  const tick = await (await fetch("/api/tick")).json();
  const wall = await (await fetch(document.getElementById("wall").dataset.live
    + "&lang=zh", {cache: "no-store"})).json();
  const texts = Object.fromEntries(wall.tiles.map((tile) => [tile.key, tile.text]));
  const wrong = Object.entries(texts).filter(([key, text]) => {
    const tile = document.querySelector(`#wall [data-kpi="${key}"] [data-f="text"]`);
    return !tile || tile.textContent !== text;
  });
  return { version: tick.version, painted: window.soak.newest, wrong: wrong.length };
}"""


_TAKEN = 20
_PARTS = 5
_TAKE = """() => {
  window.taken = [];
  yiwang.on("wall", (doc) => {
    if (window.taken.length < 20) window.taken.push(JSON.parse(JSON.stringify(doc)));
  });
}"""
# How many tiles did not show what they were painted with.
_REPAINT = """async (count) => {
  let wrong = 0;
  for (let number = 0; number < count; number += 1) {
    const doc = window.taken[number % window.taken.length];
    yiwang.emit("wall", doc);
    window.soak.updates += 1;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    doc.tiles.forEach((tile) => {
      const shown = document.querySelector(`#wall [data-kpi="${tile.key}"] [data-f="text"]`);
      if (!shown || shown.textContent !== tile.text) wrong += 1;
    });
  }
  return wrong;
}"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """The page at one moment, after a forced collection."""

    updates: int
    heap: float
    nodes: int
    listeners: int


def run_soak(
    engine_name: str, server: str, results: Results, *, options: argparse.Namespace
) -> None:
    """Run until so many updates, or for so many hours, whichever was asked for; prints quarters."""
    updates = 200 if options.quick else options.updates
    os.environ["YIWANG_REFRESH_SECONDS"] = "0.1"
    walls = FOLDER / "walls"
    walls.mkdir(parents=True, exist_ok=True)
    (walls / "soak.toml").write_text(_WALL, encoding="utf-8")
    os.environ["YIWANG_WALL_PROFILES_DIR"] = str(walls)
    with (
        demo_store(engine_name, PROFILE, server, keep=options.keep) as store,
        running_product(store, jobs=True) as product,
        sync_playwright() as playwright,
    ):
        browser = open_chromium(playwright)
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        problems: list[str] = []
        page.on("console", lambda said: said.type == "error" and problems.append(said.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{product.address}/wall/soak")
        page.wait_for_function("() => window.yiwang && yiwang.screen && yiwang.screen.painted")
        page.evaluate(_COUNT)
        cpu, started = cpu_seconds(product.web_pid), time.monotonic()
        with living(store, options.speed) as city:
            watched = Watched(page, city)
            if options.repaints:
                looks = watched.repaints(options.repaints)
            elif options.hours:
                looks = watched.hours(options.hours)
            else:
                looks = watched.updates(updates)
        elapsed = time.monotonic() - started
        used = 100 * (cpu_seconds(product.web_pid) - cpu) / elapsed
        browser.close()
    rows = quarters(looks)
    results.add("soak", f"the wall, demo city {PROFILE}, {engine_name}", rows)
    last = {
        "updates": looks[-1].updates - looks[0].updates, "seconds": elapsed,
        "last/second quarter": rows[-1]["heap MB"] / rows[1]["heap MB"],
        "flat": str(is_flat(rows)), "missed": watched.missed, "wrong": watched.wrong,
        "backward": watched.backward, "console errors": len(problems), "web CPU %": used,
    }  # fmt: skip
    results.add("soak", f"in all{': ' + problems[0] if problems else ''}", [last])


@contextmanager
def living(store: Store, speed: float) -> Iterator[subprocess.Popen[bytes]]:
    """The city, living at a speed, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fast_city", store.url, PROFILE]
    city = subprocess.Popen([*command, f"{speed:g}", f"{_BEATS:g}"], cwd=PROGRAM_DIRECTORY)
    try:
        yield city
    finally:
        city.send_signal(signal.SIGCONT)
        city.terminate()
        city.wait(timeout=60)


class Watched:
    """A wall under watch."""

    def __init__(self, page: Page, city: subprocess.Popen[bytes]) -> None:
        self._page, self._city = page, city
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable")
        self.missed = self.wrong = self.backward = 0

    def updates(self, count: int) -> list[Look]:
        """Look sixteen times within so many updates, and once before."""
        looks = [self.look()]
        for number in range(1, _LOOKS + 1):
            while self._count() < count * number / _LOOKS:
                self._page.wait_for_timeout(500)
            looks.append(self._held())
        return looks

    def hours(self, hours: float) -> list[Look]:
        """Look sixteen times within so many hours, and once before."""
        looks = [self.look()]
        for _ in range(_LOOKS):
            until = time.monotonic() + hours * 3600 / _LOOKS
            while time.monotonic() < until:
                self._page.wait_for_timeout(1000)
            looks.append(self._held())
        return looks

    def repaints(self, count: int) -> list[Look]:
        """Take documents of the living city, then paint all panels with them so many times, as fast
        as the browser draws: for a machine on which so many real updates would take a night."""
        self._page.evaluate(_TAKE)
        while self._page.evaluate("() => window.taken.length") < _TAKEN:
            self._page.wait_for_timeout(500)
        self._city.send_signal(signal.SIGSTOP)
        looks = [self.look()]
        for _ in range(_LOOKS):
            for _part in range(_PARTS):
                self.wrong += self._page.evaluate(_REPAINT, count // _LOOKS // _PARTS)
            looks.append(self.look())
        self._city.send_signal(signal.SIGCONT)
        return looks

    def _count(self) -> int:
        return int(self._page.evaluate("() => window.soak.updates"))

    def _held(self) -> Look:
        """Hold the city until the wall has caught up, and compare it with what the server says."""
        self._city.send_signal(signal.SIGSTOP)
        until = time.monotonic() + _QUIET_SECONDS
        shown: dict[str, Any] = {}
        while time.monotonic() < until:
            self._page.wait_for_timeout(1000)
            shown = self._page.evaluate(_SHOWN)
            if shown["version"] == shown["painted"] and not shown["wrong"]:
                break
        self.missed += int(shown["version"] != shown["painted"])
        self.wrong += int(shown["wrong"])
        self.backward = int(self._page.evaluate("() => window.soak.back"))
        found = self.look()
        self._city.send_signal(signal.SIGCONT)
        return found

    def look(self) -> Look:
        """Collect garbage, then measure."""
        for _ in range(3):
            self._cdp.send("HeapProfiler.collectGarbage")
            self._page.wait_for_timeout(100)
        found = self._cdp.send("Performance.getMetrics")["metrics"]
        metrics = {one["name"]: one["value"] for one in found}
        return Look(
            updates=self._count(),
            heap=metrics["JSHeapUsedSize"],
            nodes=int(metrics["Nodes"]),
            listeners=int(metrics["JSEventListeners"]),
        )


def quarters(looks: list[Look]) -> list[Row]:
    """The median of each quarter of the looks after the first; raises for fewer than five."""
    rest = looks[1:]
    size = len(rest) // 4
    if not size:
        raise ValueError("fewer than four looks")
    rows: list[Row] = []
    for number in range(4):
        part = rest[number * size : (number + 1) * size]
        rows.append(
            {
                "quarter": number + 1,
                "updates": part[-1].updates,
                "heap MB": median(one.heap for one in part) / 1e6,
                "DOM nodes": round(median(one.nodes for one in part)),
                "listeners": round(median(one.listeners for one in part)),
            }
        )
    return rows


def is_flat(rows: list[Row]) -> bool:
    """Whether heap, nodes and listeners of the last quarter stay within a tenth of the second."""
    names = ("heap MB", "DOM nodes", "listeners")
    return all(rows[-1][name] <= _LIMIT * rows[1][name] for name in names)
