"""A wall that nobody touches while something is away: it names the cause and comes back by itself.

One product on PostgreSQL for all journeys, with its default limits: the banner stands within ten
seconds and the right figures within fifteen after the end, in the page that was loaded at first.
YIWANG_TEST_OUTAGE_SECONDS makes every outage longer than it needs to be.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text

from dashboard.readings.wall_tokens import Clerk, issue_token, revoke_token
from data_access.engine import begin_write, open_engine
from tests.browser.visit import Visit
from tests.system.product import (
    ROOT,
    Product,
    close_a_case_with_psql,
    database_away,
    fill_store,
    running,
    wait_until,
)

pytestmark = pytest.mark.browser

BANNER_SECONDS = 10.0
BACK_SECONDS = 15.0
HEARTBEAT_SECONDS = 14.0  # ten, two in which tokens are kept, and the machine's own delay
_NO_ANSWER = (
    r"ERR_CONNECTION_|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISC"
    r"|status of (403|503)"
)
_DRAWN = """() => window.yiwang && yiwang.screen.painted && yiwang.live.mode === "sse"
  && !yiwang.freshness.judge().reason"""
_CAUSE = """(cause) => {
  const banner = document.querySelector("#wall .banner");
  return !banner.classList.contains("away") && banner.dataset.cause === cause
    && banner.textContent;
}"""
_TILE = '#wall [data-kpi="{kpi}"] [data-f="text"]'


@pytest.fixture(scope="module")
def database(postgres_server: URL, postgres_template: URL) -> Iterator[URL]:
    """A migrated PostgreSQL store of this module alone."""
    name = f"yiwang_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    server = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        made = f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template.database}"'
        connection.exec_driver_sql(made)
    yield postgres_server.set(database=name)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.dispose()


@pytest.fixture(scope="module")
def product(database: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("faults")
    address = database.render_as_string(hide_password=False)
    fill_store(folder, address)
    with running(folder, address, YIWANG_WALL_TOKENS="required") as made:
        _deliver(made)
        yield made


@pytest.fixture
def store(product: Product) -> Iterator[Engine]:
    engine = open_engine(product.database_url)
    yield engine
    engine.dispose()


def _deliver(product: Product, *, late: bool = False) -> None:
    """All sources have delivered a moment ago and promise a day; or one is to be late in 5 s."""
    engine = open_engine(product.database_url)
    with begin_write(engine) as connection:
        connection.execute(
            text("UPDATE sources SET last_ingested_at = now(), interval_seconds = 86400")
        )
        if late:
            connection.execute(
                text("UPDATE sources SET interval_seconds = 1, last_ingested_at = now()"
                     " WHERE source_id = (SELECT min(source_id) FROM sources)")
            )  # fmt: skip
    engine.dispose()


def _clerk() -> Clerk:
    return Clerk(name="值班长", origin="test", now=datetime.now(UTC))


def _opened(visitor: Callable[..., Visit], product: Product, store: Engine, name: str) -> Visit:
    """A wall with a token of its own, drawn, and marked so that a reload would show."""
    issued = issue_token(store, name, "", _clerk())
    visit = visitor(product, viewport={"width": 1920, "height": 1080})
    visit.expect_problem(_NO_ANSWER)
    wait_until(
        lambda: visit.page.goto(f"{product.base}/wall/enter/{issued.token}").status == 200,  # type: ignore[union-attr]
        what="the token lets the screen in",
    )
    assert visit.page.url == f"{product.base}/wall"
    visit.until(_DRAWN, what="the wall is drawn")
    visit.value("() => { window.mark = 'same page'; }")
    return visit


def _tile(visit: Visit, kpi: str = "case.open") -> str:
    return visit.page.locator(_TILE.format(kpi=kpi)).first.inner_text()


def _suffers(visit: Visit, cause: str) -> str:
    """The banner names the cause in time, and the figures stay."""
    before = _tile(visit)
    started = time.monotonic()
    told: str = visit.until(_CAUSE, cause, what=f"the banner names {cause}", seconds=BANNER_SECONDS)
    longer = float(os.environ.get("YIWANG_TEST_OUTAGE_SECONDS", "0"))
    wait_until(lambda: time.monotonic() - started >= longer, what="the outage", seconds=longer + 60)
    assert _tile(visit) == before
    assert visit.page.locator("input[type=password]").count() == 0
    return told


def _recovers(visit: Visit, product: Product) -> None:
    """A change made now is on the wall in time; all in the page that was there before."""
    left = str(int(_tile(visit)) - 1)
    close_a_case_with_psql(product.database_url)
    visit.until(
        "([selector, text]) => document.querySelector(selector).textContent === text",
        [_TILE.format(kpi="case.open"), left],
        what="the right figures are back",
        seconds=BACK_SECONDS,
    )
    visit.until(_DRAWN, what="no banner", seconds=BACK_SECONDS)
    assert visit.value("() => window.mark") == "same page"


def test_server_jobs_and_network_away(
    visitor: Callable[..., Visit], product: Product, store: Engine
) -> None:
    visit = _opened(visitor, product, store, "三楼")
    product.kill("serve")
    try:
        assert "连接已中断" in _suffers(visit, "link")
    finally:
        product.start("serve")
    _recovers(visit, product)

    product.kill("jobs")
    try:
        assert "没有更新" in _suffers(visit, "data")
    finally:
        product.start("jobs")
    _recovers(visit, product)

    visit.page.context.set_offline(True)
    assert "连接已中断" in _suffers(visit, "link")
    visit.page.context.set_offline(False)
    _recovers(visit, product)


def test_database_away(
    visitor: Callable[..., Visit],
    product: Product,
    store: Engine,
    postgres_server: URL,
    database: URL,
) -> None:
    visit = _opened(visitor, product, store, "四楼")
    store.dispose()
    with database_away(postgres_server, str(database.database)):
        assert "数据库没有应答" in _suffers(visit, "failed")
    _recovers(visit, product)


def test_a_late_source_is_named_by_the_wall_s_own_clock(
    visitor: Callable[..., Visit], product: Product, store: Engine
) -> None:
    visit = _opened(visitor, product, store, "五楼")
    _deliver(product, late=True)
    try:
        assert "1 个来源迟到" in _suffers(visit, "source")
        assert visit.page.locator('#wall-chain [data-link="received"].is-late').count() == 1
    finally:
        _deliver(product)
    visit.until(
        "() => document.querySelector('#wall .banner').classList.contains('away')",
        what="the source has come", seconds=BACK_SECONDS,
    )  # fmt: skip


def test_a_clock_that_is_set_across_midnight_changes_nothing(
    visitor: Callable[..., Visit], product: Product, store: Engine
) -> None:
    visit = _opened(visitor, product, store, "六楼")
    date = "() => document.querySelector('[data-wall=date]').textContent"
    before = visit.value(date)
    for days in (1, 8, -3):
        visit.value(
            """(shift) => {
              window.realNow = window.realNow || Date.now;
              Date.now = () => window.realNow.call(Date) + shift;
            }""",
            days * 86_400_000,
        )
        visit.until(
            "(shift) => Math.abs(yiwang.live.skew + shift) < 5000",
            days * 86_400_000,
            what="the wall has measured how far its clock is off",
            seconds=BACK_SECONDS,
        )
        visit.until(_DRAWN, what="no banner for a wrong clock", seconds=BACK_SECONDS)
        assert visit.page.locator('#wall-chain [data-f="skew"]').inner_text().startswith("本机时钟")
        visit.until(f"(text) => ({date})() === text", before, what="the date of the city")
    _recovers(visit, product)


def test_a_revoked_token_dims_the_screen_and_asks_nobody_to_sign_in(
    visitor: Callable[..., Visit], product: Product, store: Engine
) -> None:
    visit = _opened(visitor, product, store, "七楼大厅")
    with store.connect() as connection:
        newest = connection.execute(text("SELECT max(token_id) FROM screen_tokens")).scalar_one()
    assert revoke_token(store, newest, _clerk())
    visit.until(
        "() => document.querySelector('.screen-note')", what="the note", seconds=HEARTBEAT_SECONDS
    )
    told = visit.page.locator(".screen-note").inner_text()
    assert "此屏幕的令牌已停用" in told
    assert "七楼大厅" in told
    assert "系统管理员" in told
    assert not visit.page.locator("#wall").is_visible()
    with begin_write(store) as connection:  # nobody can give a token back; the test can
        connection.execute(text("UPDATE screen_tokens SET revoked_at = NULL"))
    visit.until(
        "() => !document.querySelector('.screen-note')", what="no note", seconds=HEARTBEAT_SECONDS
    )
    _recovers(visit, product)


_IN_FRONT = """() => {
  const frame = document.querySelector("iframe");
  return frame && frame.style.opacity !== "0" && frame.contentWindow.yiwang.screen.painted
    && getComputedStyle(document.querySelector("#first-paint > *")).display === "none";
}"""


def test_a_new_version_comes_unseen(
    visitor: Callable[..., Visit], product: Product, store: Engine, tmp_path: Path
) -> None:
    visit = _opened(visitor, product, store, "八楼")
    visit.value(
        """() => {
          window.gaps = 0;  // frames in which no wall is in front
          const look = () => {
            const frame = document.querySelector("iframe");
            const own = document.querySelector("#wall");
            const isOwn = own && own.getBoundingClientRect().width > 0;
            const isNew = frame && frame.style.opacity !== "0"
              && frame.contentDocument.querySelector("#wall");
            if (!isOwn && !isNew) window.gaps += 1;
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    newer = tmp_path / "newer"
    for part in ("app.py", "assets", "dashboard", "data_access", "jobs", "pages"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, newer / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            newer.mkdir(exist_ok=True)
            shutil.copyfile(source, newer / part)
    with (newer / "assets" / "icon.svg").open("a") as icon:
        icon.write("<!-- newer -->")
    product.kill("serve")
    try:
        product.start("serve", root=newer)
        visit.until(_IN_FRONT, what="the new version is in front", seconds=60)
        assert visit.value("() => window.gaps") == 0
        assert visit.value("() => window.mark") == "same page"  # not even the stage was reloaded
        inner = visit.page.frames[1]
        left = str(int(inner.locator(_TILE.format(kpi="case.open")).first.inner_text()) - 1)
        close_a_case_with_psql(product.database_url)
        visit.until(
            """([selector, text]) => document.querySelector("iframe").contentDocument
              .querySelector(selector).textContent === text""",
            [_TILE.format(kpi="case.open"), left],
            what="the new version is alive",
        )
    finally:
        product.kill("serve")
        product.start("serve")


def test_the_kiosk_script_waits_shows_the_wall_and_ends(
    product: Product, store: Engine, chromium_path: str, tmp_path: Path
) -> None:
    issued = issue_token(store, "门厅", "", _clerk())
    environ = {
        **os.environ,
        "KIOSK_URL": f"{product.base}/wall/enter/{issued.token}",
        "KIOSK_BROWSER": chromium_path,
        "KIOSK_FLAGS": "--headless=new --no-sandbox --disable-gpu --window-size=1280,720",
        "KIOSK_PROFILE_DIR": str(tmp_path / "kiosk"),
        "KIOSK_WAIT_SECONDS": "1",
    }
    environ.pop("DISPLAY", None)
    product.kill("serve")
    said = tmp_path / "kiosk.log"
    with said.open("wb") as log:
        kiosk = subprocess.Popen(
            [str(ROOT / "deploy" / "kiosk" / "yiwang-wall")], env=environ, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: "waiting for" in said.read_text(), what="the script waits")
        product.start("serve")
        code = (tmp_path / "kiosk" / "screen-code").read_text()
        wait_until(
            lambda: product.get(f"/api/screens/{code}").data["silent_s"] is not None,
            what="the screen reports itself",
        )
        kiosk.send_signal(signal.SIGTERM)
        assert kiosk.wait(timeout=30) != 0  # so that systemd starts it again
    finally:
        kiosk.kill()
        if "serve" not in product.running:
            product.start("serve")
