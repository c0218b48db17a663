"""What goes over the wire: conditions, encodings, policies, errors, the event stream."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape

import brotli
import pytest

from tests.system.product import Product, close_a_case_with_sqlite, query


def test_board_is_sent_once_and_then_only_confirmed(product: Product) -> None:
    first = product.get("/api/board?window=d30&lang=zh")
    assert first.status == 200
    assert first.data["schema"] == 1
    assert first.headers["cache-control"] == "no-cache"
    again = product.get("/api/board?window=d30&lang=zh", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["yiwang-version"] == str(first.data["version"])
    other = product.get("/api/board?window=d7&lang=zh", if_none_match=first.headers["etag"])
    assert other.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/board?window=d30",
        "/api/catalogue?window=d30",
        "/api/map-values?metric=case.accepted",
    ],
)
def test_documents_come_compressed_as_the_client_likes(product: Product, path: str) -> None:
    plain = product.get(path)
    assert "content-encoding" not in plain.headers
    zipped = product.get(path, accept_encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    best = product.get(path, accept_encoding="gzip, deflate, br")
    assert best.headers["content-encoding"] == "br"
    assert {one.headers["vary"] for one in (plain, zipped, best)} == {"Accept-Encoding"}
    contents = [plain.body, gzip.decompress(zipped.body), brotli.decompress(best.body)]
    stable = [{**json.loads(one), "computed_ms": 0, "as_of_ms": 0} for one in contents]
    assert stable[0] == stable[1] == stable[2]
    assert len(best.body) < len(plain.body) > len(zipped.body)


def test_unknown_things_are_named(product: Product) -> None:
    area = product.get("/api/board?area=nowhere")
    assert (area.status, area.data["error"]["code"]) == (404, "unknown_area")
    assert area.data["error"]["message"]
    catalogue = product.get("/api/catalogue?area=nowhere")
    assert (catalogue.status, catalogue.data["error"]["code"]) == (404, "unknown_area")
    metric = product.get("/api/map-values?metric=case.nothing")
    assert (metric.status, metric.data["error"]["code"]) == (404, "unknown_metric")
    geometry = product.get("/geometry/0123456789abcdef.json")
    assert (geometry.status, geometry.data["error"]["code"]) == (404, "unknown_geometry")


def test_unknown_period_and_language_fall_back(product: Product) -> None:
    board = product.board(window="nonsense", lang="xx")
    assert (board["window"]["key"], board["lang"]) == ("d30", "zh")


def test_geometry_never_changes_under_its_address(product: Product) -> None:
    board = product.board()
    answer = product.get(board["geometry"], accept_encoding="br")
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert "max-age=31536000" in answer.headers["cache-control"]
    city = json.loads(brotli.decompress(answer.body))
    leaves = "SELECT count(*) FROM areas WHERE level = 'grid' AND kind <> 'unlocated'"
    [(grids,)] = query(product.database_url, leaves)
    assert len(city["grids"]) == grids > 50


def test_map_values_are_those_of_the_grids(product: Product) -> None:
    city = product.get(product.board()["geometry"]).data
    values = product.get("/api/map-values?metric=case.accepted&window=d365").data["values"]
    assert len(values) == len(city["grids"])
    assert len(set(values)) > 5
    for at in (0, len(values) // 2, len(values) - 1):
        code = city["areas"][city["grids"][at]]["code"]
        assert product.board(code, window="d365")["tiles"][0]["numerator"] == values[at]


def test_first_answer_holds_the_numbers(product: Product) -> None:
    page = product.get("/?window=d30")
    text = unescape(page.body.decode())
    board = product.board(window="d30")
    assert page.status == 200
    for tile in board["tiles"] + board["more"]:
        assert f'data-kpi="{tile["key"]}"' in text
        assert re.search(rf'data-f="text">{re.escape(tile["text"])}<', text), tile["key"]
    for row in board["league"]["rows"]:
        assert row["name"] in text


def test_policy_lets_nothing_in_from_elsewhere(product: Product) -> None:
    page = product.get("/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in page.headers["content-security-policy"].split(";")
        if " " in part.strip()
    )
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert page.headers["x-content-type-options"] == "nosniff"
    foreign = re.findall(r"""(?:src|href)="((?:https?:)?//[^"]+)""", page.body.decode())
    assert foreign == []


def test_own_files_are_immutable_under_their_fingerprint(product: Product) -> None:
    page = product.get("/").body.decode()
    addresses = [unescape(one) for one in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)]
    assert len(addresses) > 10
    for address in addresses:
        answer = product.get(address, accept_encoding="br")
        assert answer.status == 200, address
        assert "immutable" in answer.headers["cache-control"], address
    plain = product.get(addresses[0].split("?")[0])
    assert plain.headers["cache-control"] == "no-cache"
    assert product.get("/assets/../app.py").status == 404


def test_unknown_area_page_is_a_404_a_person_can_read(product: Product) -> None:
    page = product.get("/area/nowhere")
    assert page.status == 404
    assert "nowhere" in page.body.decode()
    assert product.get("/no/such/page").status == 404


def test_event_stream_beats_and_tells_of_a_change(product: Product) -> None:
    with product.live() as ticks:
        first = next(ticks)
        assert first["status"] == "live"
        assert abs(first["server_ms"] - first["checked_at_ms"]) < 60_000
        before = product.board()
        close_a_case_with_sqlite(product.database_url)
        moved = next(tick for tick in ticks if tick["version"] > first["version"])
        after = product.board()
    assert after["version"] >= moved["version"]
    taken = _number(before, "case.open") - _number(after, "case.open")
    added = _number(after, "case.closed") - _number(before, "case.closed")
    assert (taken, added) == (1, 1)


def test_event_stream_beats_while_nothing_changes(product: Product) -> None:
    with product.live() as ticks:
        heard = [next(ticks) for _ in range(2)]
    assert heard[1]["server_ms"] - heard[0]["server_ms"] < 8_000


def _number(board: dict[str, list[dict[str, int]]], key: str) -> int:
    return next(tile["numerator"] for tile in board["tiles"] if tile["key"] == key)
