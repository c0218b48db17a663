"""Part ``viewers``: bytes and time to the first number, and what more viewers cost the server.

Runs on the demo city of the size of a prefecture (profile daqing), with its real polygons.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import make_url

from benchmarks.latency import TILE, open_chromium
from benchmarks.product import Product, cpu_seconds, running_product
from benchmarks.results import Results, Row, percentile
from benchmarks.stores import FOLDER, Store, administer, drop_store, is_complete
from benchmarks.writer import writing
from dashboard.runtime.terminal import progress_bar
from jobs.first_start import fill_with_demo

PROFILE = "daqing"
_PATHS = (
    "/api/board?area=&window=d30&lang=zh",
    "/api/map-values?metric=case.overdue&window=d30&lang=zh",
)
_MAP_EVERY = 2.0  # as the page does
_CHANGES_PER_SECOND = 1.0
_FIRST_NUMBER = """(selector) => {
  window.firstNumber = null;
  const look = () => {
    const element = document.querySelector(selector);
    if (element && /[0-9]/.test(element.textContent)) window.firstNumber ??= performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""


# [when it had come, bytes over the wire] of the document and everything after it.
_LOADED = """() => ["navigation", "resource"].flatMap(
  type => performance.getEntriesByType(type).filter(e => !e.name.includes("/api/live"))
    .map(e => [e.responseEnd, e.transferSize]))"""


def run_viewers(
    engine_name: str, server: str, results: Results, *, options: argparse.Namespace
) -> None:
    """Page weight in a browser, then CPU and queries with growing numbers of raw viewers."""
    profile = "yuanbao" if options.quick else PROFILE
    with demo_store(engine_name, profile, server, keep=options.keep) as store:
        title = f"{engine_name}, demo city {profile}"
        with running_product(store, jobs=False) as product, sync_playwright() as playwright:
            browser = open_chromium(playwright)
            rows = _page_rows(browser, product, visits=2 if options.quick else 7)
            results.add("viewers", f"page weight and first number, {title}", rows)
            browser.close()
        counts = [0, *([1, 10] if options.quick else options.viewers)]
        seconds = 5.0 if options.quick else min(options.seconds, 30.0)
        with running_product(store, jobs=True) as product:
            rows = [_with_viewers(store, product, count, seconds) for count in counts]
        results.add("viewers", f"viewers, {title}", _per_viewer(rows))


@contextmanager
def demo_store(engine_name: str, profile: str, server: str, *, keep: bool) -> Iterator[Store]:
    """A demo city of a profile; found again when kept, else dropped at the end."""
    name = f"yiwang_bench_{profile}"
    url = f"sqlite:///{FOLDER / name}.db"
    if engine_name != "sqlite":
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    store = Store(engine_name=engine_name, cases=0, url=url)
    if not is_complete(store):
        drop_store(store, server)
        if engine_name != "sqlite":
            administer(server, f'CREATE DATABASE "{name}"')
        with progress_bar(f"demo city {profile}") as report:
            fill_with_demo(store.settings(), profile=profile, progress=report)
    try:
        yield store
    finally:
        if not keep:
            drop_store(store, server)


def _page_rows(browser: Browser, product: Product, *, visits: int) -> list[Row]:
    rows = [_page_row("first after start, cold browser", [_visit(browser.new_context(), product)])]
    cold, warm = [], []
    for _ in range(visits):
        context = browser.new_context()
        cold.append(_visit(context, product))
        warm.append(_visit(context, product))
        context.close()
    return [*rows, _page_row("cold browser", cold), _page_row("warm browser", warm)]


@dataclass
class _Visit:
    first_number_ms: float
    idle_ms: float
    requests: int
    bytes: int
    before_number: int


def _visit(context: BrowserContext, product: Product) -> _Visit:
    """Open the city's page once and look at everything it loads, as the browser timed it."""
    page = context.new_page()
    page.add_init_script(f"({_FIRST_NUMBER})({json.dumps(TILE)})")
    page.goto(f"{product.address}/?window=d30&lang=zh")
    page.wait_for_function("window.firstNumber !== null", timeout=60_000)
    _wait_drawn(page)
    first = float(page.evaluate("window.firstNumber"))
    loaded = page.evaluate(_LOADED)
    page.close()
    return _Visit(
        first_number_ms=first,
        idle_ms=max(ended for ended, _ in loaded),
        requests=len(loaded),
        bytes=sum(size for _, size in loaded),
        before_number=sum(size for ended, size in loaded if ended <= first),
    )


def _wait_drawn(page: Page) -> None:
    """Until every file, the map's values and the geometry have come: nothing for half a second."""
    page.wait_for_function(
        "() => { const all = performance.getEntriesByType('resource').filter("
        "e => !e.name.includes('/api/live'));"
        " return all.some(e => e.name.includes('/api/map-values')) &&"
        " performance.now() - Math.max(...all.map(e => e.responseEnd)) > 500; }",
        timeout=60_000,
        polling=50,
    )


def _page_row(name: str, visits: list[_Visit]) -> Row:
    return {
        "visit": name,
        "first number p50 ms": percentile([visit.first_number_ms for visit in visits], 50),
        "first number max ms": max(visit.first_number_ms for visit in visits),
        "all loaded p50 ms": percentile([visit.idle_ms for visit in visits], 50),
        "KB before number": percentile([visit.before_number for visit in visits], 50) / 1000,
        "KB in all": percentile([visit.bytes for visit in visits], 50) / 1000,
        "requests": round(percentile([visit.requests for visit in visits], 50)),
        "visits": len(visits),
    }


@dataclass
class _Seen:
    """What all raw viewers together have received."""

    versions: set[int] = field(default_factory=set)
    boards: int = 0
    maps: int = 0
    unchanged: int = 0
    bytes: int = 0
    failures: int = 0

    def forget(self) -> None:
        """Begin again: what came before is not measured."""
        self.versions.clear()
        self.boards = self.maps = self.unchanged = self.bytes = self.failures = 0


def _with_viewers(store: Store, product: Product, count: int, seconds: float) -> Row:
    """Hold ``count`` viewers while one case a second changes."""
    with writing(store, _CHANGES_PER_SECOND) as writer:
        seen, cpu, queries, elapsed = asyncio.run(_watch(product, count, seconds))
        written = writer.stop()
    if written["error"]:
        raise RuntimeError(f"the writer failed: {written['error']}")
    return {
        "viewers": count,
        "versions": len(seen.versions),
        "boards": seen.boards,
        "maps": seen.maps,
        "304": seen.unchanged,
        "failed": seen.failures,
        "KB/viewer/s": seen.bytes / 1000 / max(count, 1) / elapsed,
        "web CPU %": 100 * cpu / elapsed,
        "queries/s": queries / elapsed,
        "cpu": cpu,
    }


def _per_viewer(rows: list[Row]) -> list[Row]:
    """Adds what a viewer's refresh costs beyond the first viewer, who pays for the computation."""
    alone = next(row for row in rows if row["viewers"] == 1)
    for row in rows:
        extra = row["boards"] + row["maps"] - alone["boards"] - alone["maps"]
        cost = 1000 * (row["cpu"] - alone["cpu"]) / extra if extra > 0 else float("nan")
        row["ms CPU per further answer"] = cost
    return [{name: value for name, value in row.items() if name != "cpu"} for row in rows]


async def _watch(product: Product, count: int, seconds: float) -> tuple[_Seen, float, int, float]:
    """Connect everybody, wait until the first answers are in, then measure."""
    seen = _Seen()
    viewers = [asyncio.create_task(_viewer(product, seen)) for _ in range(count)]
    await asyncio.sleep(3.0)
    seen.forget()
    cpu, queries, started = cpu_seconds(product.web_pid), product.queries(), time.monotonic()
    await asyncio.sleep(seconds)
    elapsed = time.monotonic() - started
    used = cpu_seconds(product.web_pid) - cpu, product.queries() - queries
    for viewer in viewers:
        viewer.cancel()
    await asyncio.gather(*viewers, return_exceptions=True)
    return seen, used[0], used[1], elapsed


async def _viewer(product: Product, seen: _Seen) -> None:
    """One open page: the stream of ticks, a board for every version, map values every 2 s."""
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    try:
        writer.write(_request("/api/live", "", keep=False))
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")
        session = _Session(product, seen)
        while True:
            line = await reader.readline()
            if not line:
                seen.failures += 1
                return
            if b"data: " in line:
                await session.hear(json.loads(line.split(b"data: ", 1)[1]))
    finally:
        writer.close()


class _Session:
    """The requests one page makes, on one kept connection, with the etags it has seen."""

    def __init__(self, product: Product, seen: _Seen) -> None:
        self._product, self._seen = product, seen
        self._etags = dict.fromkeys(_PATHS, "")
        self._version = -1
        self._map_at = 0.0
        self._streams: Any = None

    async def hear(self, tick: dict[str, Any]) -> None:
        """Fetch what a page fetches when a tick brings a new version."""
        if tick["version"] == self._version:
            return
        self._version = tick["version"]
        self._seen.versions.add(self._version)
        self._seen.boards += 1
        await self._get(_PATHS[0])
        if time.monotonic() - self._map_at >= _MAP_EVERY:
            self._map_at = time.monotonic()
            self._seen.maps += 1
            await self._get(_PATHS[1])

    async def _get(self, path: str) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._product.port)
        reader, writer = self._streams
        writer.write(_request(path, self._etags[path], keep=True))
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        status = int(head.split(" ", 2)[1])
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        self._etags[path] = fields.get("etag", self._etags[path])
        self._seen.unchanged += status == 304
        self._seen.failures += status not in (200, 304)
        self._seen.bytes += len(head) + len(body)


def _request(path: str, etag: str, *, keep: bool) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip, br"]
    if etag:
        lines.append(f"If-None-Match: {etag}")
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
