"""Only this product's own pages may change anything."""

from __future__ import annotations

import pytest

from dashboard.runtime.same_origin import is_own_request

HOST = "board.city.example:8050"


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://other.example"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),  # typed or bookmarked: no form was sent
        ({"Origin": f"http://{HOST}"}, True),  # plain HTTP in the city's network: no Sec-Fetch
        ({"Origin": f"https://{HOST.upper()}"}, True),
        ({"Origin": "http://board.city.example"}, False),  # another port is another origin
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({}, False),
    ],
)
def test_who_sent_it(headers: dict[str, str], is_own: bool) -> None:
    assert is_own_request(headers, HOST) is is_own


def test_a_request_without_a_host_is_nobodys() -> None:
    assert not is_own_request({"Origin": "null"}, "")
