"""A number on a screen and the list behind it: as many rows, for scopes nobody has chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from dashboard.kpis.catalogue import CATALOGUE
from tests.system.product import Product, query, wait_until

pytestmark = pytest.mark.browser

_WINDOWS = ("today", "week", "month", "year", "d7", "d30", "d365", "all", "amonth", "reportday")

_TREE = "SELECT code, p.depth FROM area_paths p JOIN areas USING (area_id) ORDER BY area_id"


def _scopes(product: Product, random: Random) -> Iterator[dict[str, str]]:
    """Any area of any level, any window, and one time in three a slice."""
    address = product.database_url
    by_depth: dict[int, list[str]] = {}
    for code, depth in query(address, _TREE):
        by_depth.setdefault(depth, []).append(code)
    members = {
        name: [row[0] for row in query(address, f"SELECT code FROM {table} ORDER BY code")]
        for name, table in (
            ("category", "categories"), ("source", "sources"), ("department", "departments"),
        )
    }  # fmt: skip
    members["department"].append("-")
    [(first, last)] = query(address, "SELECT min(day), max(day) FROM (SELECT date(accepted_at"
                            " / 1000, 'unixepoch') AS day FROM cases) AS days")  # fmt: skip
    years = [str(year) for year in range(int(first[:4]), int(last[:4]) + 1)]
    while True:
        year, month = random.choice(years), random.randint(1, 12)
        windows = (*_WINDOWS, year, f"{year}-{month:02d}", f"{year}-{month:02d}-09",
                   f"{year}-{month:02d}-03..{year}-{month:02d}-21")  # fmt: skip
        scope = {"area": random.choice(by_depth[random.choice(sorted(by_depth))])}
        scope["window"] = random.choice(windows)
        if random.random() < 1 / 3:
            name = random.choice(sorted(members))
            scope[name] = random.choice(members[name])
        yield scope


def _read(product: Product, scope: dict[str, str], page: str) -> dict[tuple[str, str], int]:
    """(KPI, part) → count, of every number of a page that counts whole cases or call-backs."""
    document = product.get(f"/api/{page}?{urlencode(scope)}").data
    shown = document["tiles"] if page == "board" else _items(document)
    found = {}
    for tile in shown:
        kpi = CATALOGUE[tile["key"]]
        for part, terms in (("numerator", kpi.numerator), ("denominator", kpi.denominator or ())):
            is_plain = kpi.is_of_cases and all(term.weight == 1 for term in terms)
            if is_plain and tile[part] is not None and kpi.has_list(part):
                found[kpi.key, part] = int(tile[part])
    return found


def _items(catalogue: Any) -> list[Any]:
    return [item for group in catalogue["groups"] for item in group["items"]]


def _length(product: Product, scope: dict[str, str], number: tuple[str, str], way: str) -> int:
    """How many rows the list of cases has: as it says itself, or as a file holds."""
    asked = urlencode(scope | {"number": number[0], "part": number[1]})
    if way == "count":
        return int(product.get(f"/api/cases/count?{asked}").data["total"])
    text = product.get(f"/export/cases.csv?{asked}").body.decode("utf-8-sig")
    return len(list(csv.reader(io.StringIO(text)))) - 1


def test_two_hundred_numbers_have_lists_as_long(quiet_product: Product) -> None:
    random, counted = Random(200), 0
    scopes = _scopes(quiet_product, random)
    for turn in range(200):
        page, way = "board" if turn % 4 else "catalogue", "count" if turn % 10 else "file"
        scope = next(scopes)
        if page == "catalogue":  # which has no slices
            scope = {name: scope[name] for name in ("area", "window")}
        numbers = _read(quiet_product, scope, page)
        assert numbers, scope
        # mostly one that is not nothing, where there is one: many grids are quiet
        full = [key for key, count in numbers.items() if count]
        chosen = random.choice(full if full and random.random() < 0.8 else [*numbers])
        counted += chosen in full
        if numbers[chosen] == _length(quiet_product, scope, chosen, way):
            continue

        def agree() -> bool:  # a deadline passed in between, or a slice was some seconds old
            shown = _read(quiet_product, scope, page)[chosen]  # noqa: B023
            return shown == _length(quiet_product, scope, chosen, way)  # noqa: B023

        wait_until(agree, what=f"{chosen} of {scope} has a list as long", seconds=15)
    assert counted > 100
