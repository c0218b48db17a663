"""What an open page says while something is away, and that it recovers by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from tests.browser.visit import Visit
from tests.system.product import (
    Product,
    close_a_case_with_psql,
    close_a_case_with_sqlite,
    database_away,
    fill_store,
    running,
    wait_until,
)

pytestmark = pytest.mark.browser

_BANNER = """() => {
  const banner = document.querySelector("#_pages_content .banner");
  return banner && !banner.classList.contains("away") && banner.textContent;
}"""
_NO_BANNER = """() => {
  const banner = document.querySelector("#_pages_content .banner");
  return banner.classList.contains("away") && yiwang.part("fresh").className.includes("fresh-live");
}"""
_AGE = """() => {
  const age = document.querySelector('#_pages_content [data-part="fresh"] [data-f="age"]');
  return Number((/\\d+/.exec(age.textContent) || [0])[0]);
}"""
# What a browser writes by itself when an answer does not come or says 503.
_NO_ANSWER = r"ERR_CONNECTION_|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|status of 503"


def _until_banner(visit: Visit, part: str) -> str:
    told: str = visit.until(
        f"(part) => {{ const text = ({_BANNER})(); return text && text.includes(part) && text; }}",
        part,
        what=f"the banner says {part}",
    )
    return told


def _age_grows(visit: Visit) -> None:
    age = visit.value(_AGE)
    visit.until(f"(age) => ({_AGE})() > age", age, what=f"the age grows beyond {age}")


def _numbers(visit: Visit) -> list[str]:
    return visit.page.locator('#_pages_content .tile [data-f="text"]').all_inner_texts()


def _opened(visitor: Callable[..., Visit], product: Product) -> Visit:
    visit = visitor(product)
    visit.expect_problem(_NO_ANSWER)
    visit.open("/?window=d365")
    visit.value("() => { window.mark = 'same page'; }")
    visit.until(_NO_BANNER, what="no banner at first")
    return visit


def _until_alive(visit: Visit, product: Product, change: Callable[[str], None]) -> None:
    """No banner any more, and a new change arrives; all in the same loaded page."""
    visit.until(_NO_BANNER, what="the banner goes away", seconds=60)
    left = int(visit.tile("case.open")) - 1
    change(product.database_url)
    visit.until_tile("case.open", str(left))
    assert visit.value("() => window.mark") == "same page"


def test_server_killed_and_started_again(
    visitor: Callable[..., Visit], own_product: Product
) -> None:
    visit = _opened(visitor, own_product)
    before = _numbers(visit)
    own_product.kill("serve")
    try:
        told = _until_banner(visit, "连接已中断")
        _age_grows(visit)
        assert _numbers(visit) == before
        assert visit.value("() => yiwang.root().classList.contains('is-old')")
        assert visit.value("() => yiwang.part('fresh').className") == "fresh fresh-stale"
        as_of = '#_pages_content [data-part="fresh"] [data-f="as-of"]'
        assert visit.page.locator(as_of).inner_text() in told
    finally:
        own_product.start("serve")
    _until_alive(visit, own_product, close_a_case_with_sqlite)


def test_jobs_killed_and_started_again(visitor: Callable[..., Visit], own_product: Product) -> None:
    visit = _opened(visitor, own_product)
    before = _numbers(visit)
    own_product.kill("jobs")
    try:
        _until_banner(visit, "没有更新")
        assert _numbers(visit) == before
        _age_grows(visit)
    finally:
        own_product.start("jobs")
    _until_alive(visit, own_product, close_a_case_with_sqlite)


@pytest.fixture
def postgres_product(postgres_engine: Engine, tmp_path: Path) -> Iterator[Product]:
    """Web and jobs on PostgreSQL."""
    address = postgres_engine.url.render_as_string(hide_password=False)
    fill_store(tmp_path, address)
    with running(tmp_path, address, YIWANG_STALE_AFTER_SECONDS="7") as product:
        yield product


def test_database_away_and_back(
    visitor: Callable[..., Visit],
    postgres_product: Product,
    postgres_server: URL,
    postgres_engine: Engine,
) -> None:
    product = postgres_product
    visit = _opened(visitor, product)
    before = _numbers(visit)
    district = product.board()["league"]["rows"][0]["code"]
    known = product.get("/api/board?window=d365&lang=zh")
    postgres_engine.dispose()
    with database_away(postgres_server, str(postgres_engine.url.database)):
        told = _until_banner(visit, "计算失败")
        assert "数据库没有应答" in told
        assert _numbers(visit) == before
        _age_grows(visit)
        assert product.get("/api/tick").data["status"] == "failed"
        again = product.get("/api/board?window=d365&lang=zh", if_none_match=known.headers["etag"])
        assert again.status in (200, 304)
        unseen = product.get(f"/api/board?area={district}&window=week")
        assert (unseen.status, unseen.data["error"]["code"]) == (503, "unavailable")
        assert b"Traceback" not in unseen.body
    _until_alive(visit, product, close_a_case_with_psql)
    assert product.get("/api/tick").data["status"] == "live"


def test_a_new_visitor_while_the_database_is_away(
    visitor: Callable[..., Visit],
    postgres_product: Product,
    postgres_server: URL,
    postgres_engine: Engine,
) -> None:
    product = postgres_product
    district = product.board()["league"]["rows"][0]["code"]
    postgres_engine.dispose()
    visit = visitor(product)
    visit.expect_problem(_NO_ANSWER)
    with database_away(postgres_server, str(postgres_engine.url.database)):
        wait_until(
            lambda: product.get("/api/tick").data["status"] == "failed",
            what="the outage is noticed",
        )
        answer = visit.page.goto(f"{visit.base}/area/{district}?window=month")
        assert answer is not None
        assert answer.status == 200
        assert "数据暂时不可用" in visit.page.locator("main").first.inner_text()
        assert product.get("/api/board?window=month").status == 503
    visit.settle(f"/area/{district}")
    assert int(visit.tile("case.accepted").replace(",", "")) >= 0
