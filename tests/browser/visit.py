"""A visitor in a real browser, watched: nothing may leave the machine, nothing may go wrong."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Route

PATIENCE = 30.0
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI);
});
"""
# The page's policy forbids eval, and so Playwright's own wait_for_function: this one waits inside.
_WAIT = """([argument, seconds]) => new Promise((resolve) => {
  const end = performance.now() + seconds * 1000;
  const look = () => {
    let answer = null;
    try { answer = (%s)(argument); } catch (error) { answer = null; }
    if (answer || performance.now() > end) resolve(answer || null);
    else setTimeout(look, 30);
  };
  look();
})"""
_READY = """() => {
  const pages = document.querySelector("#_pages_content [data-page]");
  if (!pages || pages.matches(".is-leaving")) return false;
  if (document.querySelector("#first-paint")) return false;
  if (pages.dataset.page === "missing" || yiwang.live.mode === "none") return false;
  if (pages.dataset.live && !document.documentElement.dataset.paintedVersion) return false;
  if (pages.dataset.page !== "board") return true;
  const trend = pages.querySelector(".trend-host");
  const canvas = pages.querySelector("canvas");
  return trend.matches(".is-drawn") && canvas && canvas.dataset.paintedMetric !== ""
    && canvas.dataset.paintedMetric !== undefined && yiwang.live.mode !== "none"
    && document.documentElement.dataset.paintedVersion;
}"""


class Visit:
    """One page of one context. ``problems`` must be empty in the end."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.problems: list[str] = []
        self._expected: list[str] = []
        context.add_init_script(_WATCH)
        context.route(lambda url: not self._is_local(url), self._refuse)
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        self.page: Page = context.new_page()

    def expect_problem(self, pattern: str) -> None:
        """Let problems that match ``pattern`` be; for tests that take something away."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """What went wrong and was not to be expected."""
        return [
            problem
            for problem in self.problems
            if not any(re.search(pattern, problem) for pattern in self._expected)
        ]

    def open(self, path: str) -> None:
        """Go to an address of the product and wait until everything is drawn."""
        self.page.goto(self.base + path, wait_until="domcontentloaded")
        self.until(_READY, what=f"{path} is drawn")

    def settle(self, path: str) -> None:
        """Wait until the page of this path stands and is drawn."""
        there = "(path) => location.pathname === path"
        self.until(there, path, what=f"the address is {path}")
        own = """() => {
          const [, page, code] = location.pathname.split("/"), data = yiwang.root().dataset;
          if (page === "" || page === "area") return data.area === (code || data.root);
          return data.page === page;
        }"""
        self.until(own, what=f"the page of {path}")
        self.until(_READY, what=f"{path} is drawn")

    def until(
        self, predicate: str, argument: Any = None, *, what: str, seconds: float = PATIENCE
    ) -> Any:
        """The first true value of a JavaScript function, asked again and again in the page."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                answer = self.page.evaluate(_WAIT % predicate, [argument, left])
            except Error as error:  # a reload took the page away under the question
                if "context was destroyed" not in str(error) and "navigation" not in str(error):
                    raise
                continue
            if answer:
                return answer
        raise AssertionError(f"waited {seconds:.0f} s in vain: {what}\n{self._state()}")

    def tile(self, kpi: str) -> str:
        """The number on a tile, as text."""
        return self.page.locator(
            f'#_pages_content .tile[data-kpi="{kpi}"] [data-f="text"]'
        ).inner_text()

    def until_tile(self, kpi: str, text: str, *, seconds: float = PATIENCE) -> None:
        """Wait until a tile shows exactly this."""
        self.until(
            """([kpi, text]) => document.querySelector(
              `#_pages_content .tile[data-kpi="${kpi}"] [data-f="text"]`).textContent === text""",
            [kpi, text],
            what=f"{kpi} shows {text}",
            seconds=seconds,
        )

    def open_definition(self, kpi: str) -> None:
        """Click a tile and wait for what its drawer says."""
        self.page.click(f'#_pages_content .tile[data-kpi="{kpi}"]')
        self.until_definition(kpi)

    def until_definition(self, kpi: str) -> None:
        """Wait until the drawer's two parts have answered the last question asked."""
        self.until(
            """() => document.querySelector("#definition-drawer").dataset.open === "1"
              && ["facts", "cases"].every((name) => {
                const part = document.querySelector("#definition-" + name);
                return part.dataset.waiting === "" && part.textContent;
              })""",
            what=f"the definition of {kpi}",
        )

    def value(self, script: str, argument: Any = None) -> Any:
        """The value of a JavaScript function now."""
        return self.page.evaluate(script, argument)

    def _is_local(self, url: str) -> bool:
        return url.startswith((self.base + "/", "data:", "blob:", "about:"))

    def _refuse(self, route: Route) -> None:
        route.abort()

    def _note_request(self, request: Request) -> None:
        if not self._is_local(request.url):
            self.problems.append(f"left the machine: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            address = message.location.get("url", "")
            self.problems.append(f"console: {message.text} {address}")

    def _state(self) -> str:
        try:
            state = self.page.evaluate(
                """() => ({address: location.href, live: window.yiwang && yiwang.live,
                  root: yiwang.root() && {...yiwang.root().dataset, words: "", document: ""},
                  painted: document.documentElement.dataset.paintedVersion,
                  banner: document.querySelector(".banner")?.textContent})"""
            )
        except Error as error:
            return f"no page: {error}; problems: {self.problems}"
        return json.dumps({**state, "problems": self.problems}, ensure_ascii=False)
